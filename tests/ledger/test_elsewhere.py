"""What a network lists is recorded as posted, once, and what nobody can tell is held: by links, by words, by dates."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from syndicate.ledger.database import micros
from syndicate.ledger.elsewhere import IN_DOUBT_SAID, Settled
from syndicate.model import Account, ListedPost, Receipt
from tests.worlds.accounts import MASTO
from tests.worlds.rows import planned

HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)
TICK = timedelta(microseconds=1)
OTHER = Account("second", "mastodon")
LINK = "https://gazette.example/{}"


@pytest.fixture
def listed(clock):
    def make(number, *, there="9", ago=HOUR, links=None, text="", data=None):
        receipt = Receipt(there, f"https://social.example/{there}", data or {})
        return ListedPost(receipt, clock() - ago, (LINK.format(number),) if links is None else links, text)

    return make


@pytest.fixture
def row(ledger):
    def read(key):
        return ledger.database.row("SELECT * FROM delivery WHERE key = :key", key=key)

    return read


def keys(*deliveries):
    return tuple(each.key for each in deliveries)


def test_a_listed_story_is_recorded_as_posted_with_all_that_its_network_says(ledger, clock, put, listed, row):
    mine = put(
        1, state="due", reason="spacing", due_at=clock() + HOUR, error="later", post={"text": ""}, draft={"a": 1}
    )
    theirs = put(1, OTHER)
    ledger.elsewhere.keep("masto", [listed(1, data={"cid": "c"})])
    clock.move(minutes=1)
    assert ledger.elsewhere.settle("masto", clock()) == Settled(posted=keys(mine))
    found = row(mine.key)
    assert [found[name] for name in ("state", "reason", "due_at", "error", "draft", "post", "remote_id")] == [
        "posted", "elsewhere", None, None, None, None, "9"
    ]  # fmt: skip
    assert found["permalink"] == "https://social.example/9"
    assert json.loads(found["receipt"]) == {"id": "9", "permalink": found["permalink"], "data": {"cid": "c"}}
    assert (found["committed_at"], found["updated_at"]) == (micros(clock() - HOUR - MINUTE), micros(clock()))
    assert ledger.deliveries.find(theirs.key).state == "due"
    assert ledger.elsewhere.settle("masto", clock()) == Settled()


@pytest.mark.parametrize(
    ("columns", "settled"),
    [
        ({"state": "planned", "reason": "approval"}, True),
        ({"state": "due"}, True),
        ({"state": "failed"}, False),
        ({"state": "unknown"}, False),
        ({"action": "update"}, False),
        ({"revision": 1}, False),
        ({"cleared": 1}, False),
    ],
)
def test_only_a_first_post_that_waits_and_that_nobody_cleared_is_settled(ledger, clock, put, listed, columns, settled):
    delivery = put(1, **columns)
    ledger.elsewhere.keep("masto", [listed(1)])
    assert ledger.elsewhere.settle("masto", clock()) == Settled(posted=keys(delivery) if settled else ())


def test_one_delivery_alone_may_be_settled(ledger, clock, put, listed):
    first, second, third = (put(number) for number in (1, 2, 3))
    ledger.elsewhere.keep("masto", [listed(number, there=str(number)) for number in (1, 2, 3)])
    assert ledger.elsewhere.settle("masto", clock(), second.key).posted == keys(second)
    ledger.database.change("UPDATE delivery SET planned_at = planned_at - 1 WHERE key = :key", key=third.key)
    assert ledger.elsewhere.settle("masto", clock()).posted == keys(third, first), "in the order of planning"


def test_one_listed_post_is_one_delivery_and_the_oldest_counts_first(ledger, clock, put, listed, row):
    taken = put(3, state="posted", remote_id="old")
    theirs = put(4, OTHER, state="posted", remote_id="new")
    first = put(1)
    posts = [
        listed(1, there="new", ago=HOUR),
        listed(1, there="mid", ago=2 * HOUR),
        listed(1, there="old", ago=3 * HOUR),
    ]
    ledger.elsewhere.keep("masto", posts)
    assert ledger.elsewhere.settle("masto", clock()).posted == keys(first)
    assert row(first.key)["remote_id"] == "mid"
    ledger.elsewhere.keep("masto", posts[:1])
    again = put(5)
    ledger.database.change("UPDATE alias SET anchor = :new WHERE anchor = :old", new=again.anchor, old=first.anchor)
    assert ledger.elsewhere.settle("masto", clock()).posted == keys(again), "what another account has is its own"
    assert taken.remote_id == "old"
    assert theirs.remote_id == "new"


def test_an_earlier_list_is_forgotten_but_not_another_accounts(ledger, clock, put, listed):
    mine, theirs = put(1), put(1, OTHER)
    for name in ("masto", "second"):
        ledger.elsewhere.keep(name, [listed(1)])
    ledger.elsewhere.keep("masto", [listed(2)])
    assert ledger.elsewhere.settle("masto", clock()) == Settled()
    assert ledger.elsewhere.settle("second", clock()).posted == keys(theirs)
    assert ledger.deliveries.find(mine.key).state == "due"


# Words


@pytest.mark.parametrize(
    ("links", "text", "revision", "same"),
    [
        ((), "The harbour burns!", 0, True),
        ((), "The town burns", 0, False),
        ((), "The harbour burns!", 1, False),
        ((), "", 0, False),
        (None, "The harbour burns", 0, True),  # as a note may, it links to another page
        (None, "The town burns", 0, False),
    ],
)
def test_a_post_without_a_link_is_known_by_its_words(ledger, clock, put, listed, row, links, text, revision, same):
    delivery, other = put(1), put(1, OTHER)
    ledger.elsewhere.keep("masto", [listed(7, links=links, text=text)])
    delivery = replace(delivery, revision=revision)
    assert ledger.elsewhere.same_words(other, "the harbour burns", clock()) is False
    assert ledger.elsewhere.same_words(delivery, "the harbour burns", clock()) is same
    assert (row(delivery.key)["state"], row(delivery.key)["reason"]) == (
        ("posted", "elsewhere") if same else ("due", None)
    )


def test_no_words_are_the_same_as_nothing(ledger, clock, put, listed):
    ledger.elsewhere.keep("masto", [listed(7, links=(), text="")])
    assert ledger.elsewhere.same_words(put(1), "", clock()) is False


# Doubt


@pytest.fixture
def doubt(ledger, clock, put):
    """An account whose network cannot say what it has; the ledger was put back and last ran `until`."""

    def make(*, until, at=None, looked=True, unlisted=True):
        ledger.recovery.ask("put back")
        if looked:
            ledger.recovery.looked("masto", unlisted=unlisted)
        ledger.database.change(
            "UPDATE look SET doubt_at = :at, doubt_until = :until", at=micros(at or clock()), until=micros(until)
        )

    return make


@pytest.mark.parametrize(
    ("published", "held"),
    [(None, True), (-HOUR, True), (MINUTE, True), (MINUTE + TICK, False), (HOUR, False)],
)
def test_what_may_have_been_sent_meanwhile_is_held(ledger, clock, article, doubt, row, published, held):
    until = clock() - 2 * HOUR
    told = article(1, published=None if published is None else until + published)
    delivery = planned(ledger, told, MASTO, reason="spacing", due_at=clock())
    doubt(until=until)
    clock.move(minutes=1)
    assert ledger.elsewhere.settle("masto", clock()) == Settled(held=keys(delivery) if held else ())
    if held:
        found = row(delivery.key)
        assert [found[name] for name in ("state", "reason", "due_at", "error", "updated_at")] == [
            "held", "restored", None, IN_DOUBT_SAID, micros(clock())
        ]  # fmt: skip


@pytest.mark.parametrize(("off", "held"), [(14 * HOUR + MINUTE, True), (14 * HOUR + MINUTE + TICK, False)])
def test_a_date_in_a_guessed_zone_may_be_hours_off(ledger, clock, article, doubt, off, held):
    until = clock() - 2 * HOUR
    planned(ledger, article(1, published=until + off, tz_assumed=True), MASTO)
    doubt(until=until)
    assert len(ledger.elsewhere.settle("masto", clock()).held) == held


@pytest.mark.parametrize(("fast", "held"), [(3 * MINUTE, True), (5 * MINUTE, True), (5 * MINUTE + TICK, False)])
@pytest.mark.parametrize("same", [True, False])
def test_the_clock_of_a_site_may_be_ahead_as_it_was_before(ledger, clock, article, doubt, fast, held, same):
    until = clock() - 2 * HOUR
    delivery = planned(ledger, article(1, published=until + min(fast, 5 * MINUTE)), MASTO)
    before = planned(ledger, article(2), MASTO, state="posted")
    ledger.database.change(
        "UPDATE article SET published_at = first_seen_at + :fast, source = :source WHERE anchor = :anchor",
        fast=fast // TICK,
        source="news" if same else "other",
        anchor=before.anchor,
    )
    doubt(until=until)
    assert ledger.elsewhere.settle("masto", clock()).held == (keys(delivery) if held and same else ())


@pytest.mark.parametrize("how", [{"looked": False}, {"unlisted": False}])
def test_nothing_is_in_doubt_where_the_network_can_say_or_was_not_asked(ledger, clock, put, doubt, how):
    put(1)
    doubt(until=clock(), **how)
    assert ledger.elsewhere.settle("masto", clock()) == Settled()


def test_nothing_is_in_doubt_until_its_network_was_asked_again(ledger, clock, put, doubt):
    put(1)
    doubt(until=clock())
    ledger.recovery.ask_by_hand()
    assert ledger.elsewhere.settle("masto", clock()) == Settled()


def test_what_no_reading_since_could_list_is_in_doubt(ledger, clock, put, doubt):
    delivery = put(1)
    doubt(until=clock(), at=clock() + HOUR)
    assert ledger.elsewhere.settle("masto", clock()).held == keys(delivery)


def test_nothing_is_in_doubt_without_a_restore(ledger, clock, put):
    put(1)
    ledger.recovery.ask_by_hand()
    ledger.recovery.looked("masto", unlisted=True)
    assert ledger.elsewhere.settle("masto", clock()) == Settled()


def test_the_doubt_of_another_account_is_not_its_own(ledger, clock, put, doubt):
    put(1), put(1, OTHER)
    doubt(until=clock())
    assert ledger.elsewhere.settle("second", clock()) == Settled()


@pytest.mark.parametrize(
    ("seen", "other", "source", "held"),
    [
        (0 * MINUTE, 0 * MINUTE, "news", True),  # the first reading after the restore brought both
        (1 * MINUTE, 0 * MINUTE, "news", False),  # an earlier one did not list it
        (1 * MINUTE, -1 * TICK, "news", True),  # that was before the restore
        (1 * MINUTE, 0 * MINUTE, "other", True),
        (-1 * MINUTE, 1 * MINUTE, "news", True),
    ],
)
def test_a_story_that_a_reading_since_did_not_list_is_new(ledger, clock, put, doubt, seen, other, source, held):
    delivery, beside = put(1), put(2, state="posted")
    doubt(until=clock())
    for each, moment, name in ((delivery, seen, "news"), (beside, other, source)):
        ledger.database.change(
            "UPDATE article SET first_seen_at = :at, published_at = NULL, source = :name WHERE anchor = :anchor",
            at=micros(clock() + moment),
            name=name,
            anchor=each.anchor,
        )
    assert ledger.elsewhere.settle("masto", clock()).held == (keys(delivery) if held else ())


def test_a_listed_story_is_not_in_doubt(ledger, clock, put, doubt, listed):
    delivery = put(1)
    doubt(until=clock())
    ledger.elsewhere.keep("masto", [listed(1)])
    assert ledger.elsewhere.settle("masto", clock()) == Settled(posted=keys(delivery))
