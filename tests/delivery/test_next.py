"""An account's next delivery: whether the account may send, what is recorded if not, and what came of it if so."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from syndicate.config.hours import hours
from syndicate.delivery.gates import Gate
from syndicate.delivery.next import Busy, Taken, Waits, deliver_next
from syndicate.ledger.database import micros
from syndicate.model import Schedule
from tests.worlds.accounts import MASTO

NIGHT = Schedule(windows=(hours("Mon-Sun 00:00-06:00"),))  # it is noon
SLOW = Schedule(spacing=timedelta(minutes=10))


@pytest.fixture
def take(ledger):
    """Takes the next delivery; `taken` are those that were delivered. `deliver` stands in for that."""

    def one(account=MASTO, deliver=None):
        def carry(row):
            one.taken.append(row)
            return deliver(row) if deliver else (replace(row, state="posted"), ("a warning",))

        return deliver_next(account, ledger, Gate(ledger), carry, ledger.deliveries.next_due)

    one.taken = []
    return one


def row(ledger, delivery):
    now = ledger.deliveries.find(delivery.key)
    return now.state, now.reason, now.due_at, now.error


def test_where_nothing_is_due_nothing_is_taken(ledger, clock, put, take):
    assert take() is None
    put(1, state="due", due_at=clock() + timedelta(microseconds=1))
    assert take() is None
    ledger.database.change("UPDATE delivery SET due_at = 0")
    ledger.database.change("DELETE FROM account")
    assert take() is None
    assert take.taken == []


def test_what_is_taken_is_told_before_and_after_with_its_warnings(put, take):
    first = put(1, state="due")
    assert take() == Taken(first, replace(first, state="posted"), ("a warning",))


@pytest.mark.parametrize("column", ["fence", "due_at", "state"])
def test_a_delivery_that_moved_was_taken_and_one_that_did_not_is_with_another(clock, put, take, column):
    first = put(1, state="due")
    assert take(deliver=lambda row: (replace(row, error="x"), ())) == Busy(first)
    other = {"fence": 5, "due_at": clock() + timedelta(minutes=1), "state": "sending"}[column]
    after = replace(first, **{column: other})
    assert take(deliver=lambda _: (after, ())) == Taken(first, after, ())


@pytest.mark.parametrize(
    ("change", "reason", "ahead", "error"),
    [
        ("paused = 'auth'", "auth", None, "the account is paused: its login was refused"),
        ("paused = 'person'", "paused", None, "the account is paused by a person"),
        ("next_at = :soon", "rate_limited", 5, None),
        ("next_at = :soon, trouble = 'told to wait'", "rate_limited", 5, "told to wait"),
        ("next_at = :soon, failures = 6, trouble = 'told to wait'", "unavailable", 5, None),
    ],
)
def test_an_account_that_has_to_wait_says_why_on_all_that_is_due(
    ledger, clock, put, take, change, reason, ahead, error
):
    until = ahead and clock() + timedelta(minutes=ahead)
    first, second = put(1, state="due", planned_at=clock() - timedelta(1)), put(2, state="due")
    values = {"soon": micros(until)} if until else {}
    ledger.database.change(f"UPDATE account SET {change}", **values)
    assert take() == Waits(until, first)
    assert take.taken == []
    for each in (first, second):
        assert row(ledger, each) == ("due", reason, until or clock(), error)


@pytest.mark.parametrize(("paused", "waits"), [(None, False), ("person", False), ("all", False), ("auth", True)])
def test_what_may_be_out_is_looked_up_though_its_account_waits_unless_its_login_was_refused(
    ledger, clock, put, take, paused, waits
):
    first = put(1, state="unknown", reason="no_answer")
    ledger.database.change("UPDATE account SET next_at = :soon", soon=micros(clock() + timedelta(hours=1)))
    if paused == "all":
        ledger.pauses.add("", now=clock(), until=None)
    elif paused:
        ledger.accounts.pause("masto", paused, clock())
    assert isinstance(take(), Waits if waits else Taken)
    assert take.taken == ([] if waits else [first])


def test_a_time_to_wait_that_has_come_is_over(ledger, clock, put, take):
    put(1, state="due")
    ledger.database.change("UPDATE account SET next_at = :now", now=micros(clock()))
    assert isinstance(take(), Taken)


# Hours


@pytest.fixture
def closed(ledger, clock):
    """The account's hours are over for the day, says the ledger."""
    ledger.accounts.ensure(MASTO, clock())
    ledger.database.change("UPDATE account SET opens_at = :later", later=micros(clock() + timedelta(hours=12)))


def test_outside_its_hours_everything_due_waits_for_them(ledger, clock, put, take, closed):
    first, second = put(1, state="due", planned_at=clock() - timedelta(1)), put(2, state="due")
    opens = clock() + timedelta(hours=12)
    assert take(replace(MASTO, schedule=NIGHT)) == Waits(opens, first)
    for each in (first, second):
        assert row(ledger, each) == ("due", "window", opens, "windows")
    assert ledger.accounts.find("masto").opens_at == opens
    assert take.taken == []


def test_a_paused_account_says_that_and_not_its_hours(ledger, clock, put, take, closed):
    first = put(1, state="due")
    ledger.accounts.pause("masto", "person", clock())
    assert take(replace(MASTO, schedule=NIGHT)) == Waits(None, first)
    assert row(ledger, first)[1] == "paused"


def test_spacing_lets_the_first_say_so_and_the_others_wait_behind_it(ledger, clock, put, take, closed):
    first, second = put(1, state="due", planned_at=clock() - timedelta(1)), put(2, state="due")
    put(3, state="posted", committed_at=clock() - timedelta(minutes=4))
    opens = clock() + timedelta(minutes=6)
    assert take(replace(MASTO, schedule=SLOW)) == Waits(opens, first)
    assert row(ledger, first) == ("due", "spacing", opens, "spacing")
    assert row(ledger, second) == ("due", "behind", opens, "spacing")


def test_hours_that_were_taken_out_of_the_config_open_the_account(ledger, put, take, closed):
    put(1, state="due")
    assert isinstance(take(), Taken)
    assert ledger.accounts.find("masto").opens_at < ledger.now()


@pytest.mark.parametrize(
    ("columns", "breaking"),
    [
        ({"priority": 0}, "at once"),
        ({"action": "edit"}, "wait"),
        ({"action": "delete", "priority": 0}, "wait"),
        ({"draft": {"text": "x"}}, "wait"),
        ({"state": "unknown"}, "wait"),
    ],
)
def test_hours_bind_neither_what_may_be_out_nor_breaking_news_nor_changes(put, take, closed, columns, breaking):
    put(1, **{"state": "due"} | columns)
    assert isinstance(take(replace(MASTO, schedule=replace(NIGHT, breaking=breaking))), Taken)


def test_breaking_news_waits_for_the_hours_where_it_is_not_told_to_go_at_once(put, take, closed):
    put(1, state="due", priority=0)
    assert isinstance(take(replace(MASTO, schedule=NIGHT)), Waits)


def test_hours_that_the_ledger_does_not_hold_closed_are_for_the_delivery(clock, put, take, ledger):
    put(1, state="due")
    ledger.database.change("UPDATE account SET opens_at = :now", now=micros(clock()))
    assert isinstance(take(replace(MASTO, schedule=NIGHT)), Taken)
