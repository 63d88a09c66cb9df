"""What one delivery waits for, or why it is left, is written to no other; and each change says when it was made."""

from __future__ import annotations

from datetime import timedelta

import pytest

from syndicate.ledger.backlog import LONG_STOP
from syndicate.ledger.database import micros
from syndicate.model import Account
from tests.worlds.accounts import MASTO

FACE = Account("fb", "facebook")
MINUTE = timedelta(minutes=1)
WRITES = {
    "waits": lambda kept, row, now: kept.waiting.waits(row, "cap", due_at=now, error="x", now=now),
    "looks again": lambda kept, row, now: kept.waiting.looks_again(row, "404", due_at=now, now=now),
    "skips": lambda kept, row, now: kept.waiting.skips(row, "too_old", error="x", now=now),
    "fails": lambda kept, row, now: kept.waiting.fails(row, "too_long", error="x", now=now),
}


@pytest.mark.parametrize("write", WRITES)
def test_a_write_to_one_leaves_the_others_and_says_when(ledger, clock, put, write):
    row, other, elsewhere = put(1), put(2), put(1, FACE)
    clock.move(hours=1)
    assert WRITES[write](ledger, row, clock())
    assert ledger.deliveries.find(row.key) != row
    assert [ledger.deliveries.find(each.key) for each in (other, elsewhere)] == [other, elsewhere]
    at = {each["key"]: each["updated_at"] for each in ledger.database.rows("SELECT key, updated_at FROM delivery")}
    assert at == {row.key: micros(clock()), other.key: micros(clock()) - 3_600_000_000} | {
        elsewhere.key: micros(clock()) - 3_600_000_000
    }


@pytest.mark.parametrize("many", ["expire", "close", "hold", "catch_up", "another login"])
def test_what_is_changed_at_once_says_when(ledger, clock, put, many):
    for account in (MASTO, FACE):
        ledger.accounts.ensure(account, clock(), "one")
    ages = clock() + timedelta(days=1)
    row, new = put(1, due_at=clock(), expires_at=ages), put(2, due_at=clock(), expires_at=ages, planned_at=ages)
    clock.move(days=1)
    now, until = clock(), clock() + MINUTE
    {
        "expire": lambda: ledger.backlog.expire(now),
        "close": lambda: ledger.backlog.close("masto", "window", until, "said", now),
        "hold": lambda: ledger.backlog.hold("masto", "auth", until, "said", now),
        "catch_up": lambda: ledger.backlog.catch_up("masto", since=now - LONG_STOP, now=now, keep=1),
        "another login": lambda: ledger.accounts.ensure(MASTO, now, "two"),
    }[many]()
    found = ledger.database.rows("SELECT key, updated_at FROM delivery")
    assert {each["key"]: each["updated_at"] for each in found} == dict.fromkeys((row.key, new.key), micros(now))
