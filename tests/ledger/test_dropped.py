"""What was dropped while it waited: for which cause, logged once, told once, counted."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from syndicate.ledger.database import micros
from syndicate.ledger.dropped import STALE, DropCount, why
from syndicate.model import Account
from tests.worlds.accounts import MASTO

FACE = Account("fb", "facebook")

HOUR = timedelta(hours=1)
LATER = micros(datetime(2026, 12, 24, tzinfo=UTC))


def account(ledger, name="masto", **columns):
    settings = ", ".join(f"{column} = :{column}" for column in columns)
    assert ledger.database.change(f"UPDATE account SET {settings} WHERE name = :name", name=name, **columns)


@pytest.mark.parametrize(
    ("reason", "columns", "cause"),
    [
        ("template", {"paused": "auth"}, "template"),  # what its row says comes first
        (None, {}, "no_run"),
        (None, {"paused": "auth"}, "auth"),
        (None, {"paused": "person"}, "paused"),
        (None, {"next_at": LATER}, "rate_limited"),
        (None, {"next_at": LATER, "failures": 7}, "unavailable"),
        (None, {"opens_at": LATER}, "window"),
    ],
)
def test_what_no_run_looked_at_waits_for_what_its_account_waits_for(ledger, clock, put, reason, columns, cause):
    put(1, reason=reason, expires_at=clock(), error="the network's words")
    if columns:
        account(ledger, **columns)
    ledger.backlog.expire(clock())
    [drop] = ledger.dropped.take()
    assert (drop.cause, drop.error, drop.title) == (cause, "the network's words", "Story 1")
    assert why(cause)


def test_a_pause_of_everything_is_a_cause_too(ledger, clock, put):
    put(1, expires_at=clock())
    ledger.pauses.add("", now=clock(), until=None)
    ledger.backlog.expire(clock())
    assert [drop.cause for drop in ledger.dropped.take()] == ["paused"]


def test_what_was_dropped_is_logged_once_and_told_until_it_was_heard(ledger, clock, put):
    put(1, reason="unavailable", expires_at=clock())
    put(1, FACE, reason="unavailable", expires_at=clock())
    ledger.backlog.expire(clock())
    assert {drop.account for drop in ledger.dropped.take()} == {"masto", "fb"}
    assert ledger.dropped.take() == []
    for heard in (False, True):
        drops = ledger.dropped.untold(clock())
        assert len(drops) == 2
        ledger.dropped.told(drops, now=clock(), heard=heard)
    assert ledger.dropped.untold(clock()) == []
    assert ledger.dropped.counts(clock()) == [
        DropCount("fb", "unavailable", 1, clock()),
        DropCount("masto", "unavailable", 1, clock()),
    ]
    assert ledger.dropped.counts(clock() + HOUR) == []


def test_what_goes_on_being_dropped_is_told_at_once_and_then_each_hour(ledger, clock, put):
    told = []
    for number in range(1, 8):
        put(number, reason="paused", expires_at=clock())
        ledger.backlog.expire(clock())
        drops = ledger.dropped.untold(clock())
        ledger.dropped.told(drops, now=clock(), heard=True)
        told.append(len(drops))
        clock.move(minutes=20)
    assert told == [1, 0, 0, 3, 0, 0, 3]


def test_what_was_dropped_long_before_alerts_were_set_up_is_no_news(ledger, clock, put):
    put(1, expires_at=clock())
    ledger.backlog.expire(clock())
    assert ledger.dropped.untold(clock() + STALE) == []


def test_what_a_long_stop_leaves_behind_is_dropped_for_what_stopped_it(ledger, clock, put):
    for number in range(1, 8):
        put(number, due_at=clock(), expires_at=clock() + 9 * HOUR, reason="auth")
    ledger.accounts.pause("masto", "auth", clock())
    clock.move(hours=2)
    assert ledger.resume(MASTO) == (True, 2)
    assert [(drop.cause, drop.reason) for drop in ledger.dropped.take()] == [("auth", "too_old")] * 2


def test_a_page_that_never_answered_is_a_cause_and_has_an_alert_of_its_own(ledger, clock, put):
    row = put(1)
    assert ledger.waiting.skips(row, "preflight", error="HTTP 404", now=clock(), alerted=True)
    assert [drop.cause for drop in ledger.dropped.take()] == ["preflight"]
    assert ledger.dropped.untold(clock()) == []
    assert len(ledger.alerts.waiting()) == 1


@pytest.mark.parametrize(
    ("columns", "warned"),
    [
        ({"reason": "unavailable"}, True),
        ({"reason": "template"}, True),
        ({"reason": "approval", "state": "planned", "due_at": None}, True),
        ({"reason": "embargo", "state": "planned"}, False),
        ({"reason": "delay", "state": "planned"}, False),
        ({"reason": None}, False),
        ({"reason": "window", "due_at": "before"}, False),
        ({"reason": "window", "due_at": "after"}, True),
        ({"reason": "behind", "due_at": "before"}, True),
        ({"reason": "paused"}, True),
        ({"reason": "unavailable", "draft": {"text": "may be out"}}, False),
    ],
)
def test_what_waits_for_half_of_its_time_is_expiring_unless_the_publisher_wants_it(ledger, clock, put, columns, warned):
    expires = clock() + 12 * HOUR
    times = {"before": expires - HOUR, "after": expires + HOUR}
    columns = columns | {"due_at": times.get(columns.get("due_at"), columns.get("due_at", clock()))}
    put(1, expires_at=expires, **columns)
    day = timedelta(hours=24)
    assert ledger.dropped.expiring("masto", clock() - timedelta(seconds=1), day) == []
    [*found] = ledger.dropped.expiring("masto", clock(), day)
    assert [(each.cause, each.count, each.first) for each in found] == (
        [(columns["reason"], 1, expires)] if warned else []
    )


@pytest.mark.parametrize(("hours", "warned"), [(2, 0), (4, 1)])
def test_hours_that_open_too_late_are_warned_of_also_where_no_run_looked_at_what_waits(
    ledger, clock, put, hours, warned
):
    put(1, expires_at=clock() + 3 * HOUR)
    account(ledger, opens_at=micros(clock() + hours * HOUR))
    assert len(ledger.dropped.expiring("masto", clock(), timedelta(hours=24))) == warned


def test_a_pause_that_ends_in_time_is_no_reason_to_warn(ledger, clock, put):
    put(1, reason="paused", expires_at=clock() + 3 * HOUR)
    ledger.accounts.pause("masto", "person", clock(), clock() + HOUR)
    assert ledger.dropped.expiring("masto", clock(), timedelta(hours=24)) == []
    ledger.accounts.pause("masto", "person", clock(), clock() + 4 * HOUR)
    assert len(ledger.dropped.expiring("masto", clock(), timedelta(hours=24))) == 1
