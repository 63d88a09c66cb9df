"""The row of a thread's next post: made with the receipt of the one before, once, and not where the thread is going."""

from __future__ import annotations

from datetime import timedelta

import pytest

from syndicate.ledger import parts
from syndicate.ledger.database import micros
from syndicate.ledger.delivery_keys import delivery_key
from syndicate.serialization import PARTS

THREAD = {"text": "One", PARTS: [{"text": "Two"}, {"text": "Three"}]}
DAY = timedelta(days=1)


def second(ledger, first):
    return ledger.deliveries.of(first.anchor, first.account, first.revision, 1)


def test_the_next_post_is_due_at_once_before_all_others_and_as_long_as_its_account_waits(ledger, clock, put):
    first = put(1, state="posted", post=THREAD)
    ledger.database.change("UPDATE account SET max_age = :day", day=int(DAY / timedelta(microseconds=1)))
    assert parts.follow(ledger.database, first, clock())
    made = second(ledger, first)
    assert made.key == delivery_key(first.anchor, first.account, "post", 0, 1)
    assert (made.state, made.due_at, made.planned_at, made.day) == ("due", clock(), clock(), first.day)
    row = ledger.database.row("SELECT priority, expires_at, attempts FROM delivery WHERE key = :key", key=made.key)
    assert row == {"priority": -1, "expires_at": micros(clock() + DAY), "attempts": 0}


def test_it_is_planned_once(ledger, clock, put):
    first = put(1, state="posted", post=THREAD)
    assert parts.follow(ledger.database, first, clock())
    assert not parts.follow(ledger.database, first, clock())
    assert ledger.database.row("SELECT COUNT(*) AS number FROM delivery") == {"number": 2}


def test_a_post_that_is_no_thread_and_the_last_of_one_have_no_next(ledger, clock, put):
    alone = put(1, state="posted", post={"text": "One"})
    last = put(2, state="posted", part=2, post={"text": "Three", "of": 3})
    assert not parts.follow(ledger.database, alone, clock())
    assert not parts.follow(ledger.database, last, clock())


@pytest.mark.parametrize(("state", "goes_on"), [("due", False), ("posted", False), ("skipped", True), ("failed", True)])
def test_nothing_follows_while_its_thread_is_deleted(ledger, clock, put, state, goes_on):
    first = put(1, state="posted", post=THREAD)
    ledger.database.change(
        "INSERT INTO delivery (key, anchor, account, platform, action, revision, part, state, planned_at, priority,"
        " attempts, fence, lease_until, unknowns, absent, updated_at)"
        " VALUES ('d', :anchor, :account, 'mastodon', 'delete', 0, 0, :state, 0, 0, 0, 0, 0, 0, 0, 0)",
        anchor=first.anchor,
        account=first.account,
        state=state,
    )
    assert parts.follow(ledger.database, first, clock()) is goes_on


def test_a_key_that_a_former_account_of_that_name_has_is_not_taken(ledger, clock, put):
    first = put(1, state="posted", post=THREAD)
    key = delivery_key(first.anchor, first.account, "post", 0, 1)
    theirs = put(2)
    ledger.database.change(
        "UPDATE delivery SET key = :key, account = 'former' WHERE key = :old", key=key, old=theirs.key
    )
    assert parts.follow(ledger.database, first, clock())
    assert second(ledger, first).key == delivery_key(key, first.account)
