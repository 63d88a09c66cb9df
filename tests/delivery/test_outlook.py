"""What a run would decide now for each waiting delivery, foretold: it writes nothing and asks nobody."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from syndicate.config.hours import hours
from syndicate.delivery.gates import Gate
from syndicate.delivery.housekeeping import run_housekeeping
from syndicate.delivery.outlook import outlook
from syndicate.ledger.database import micros
from syndicate.model import Schedule
from tests.worlds.accounts import MASTO

BLUE = replace(MASTO, name="blue")
SLOW = replace(MASTO, schedule=Schedule(spacing=timedelta(minutes=10)))
NIGHT = Schedule(windows=(hours("Mon-Sun 00:00-06:00"),))  # it is noon
TICK = timedelta(microseconds=1)


@pytest.fixture
def seen(ledger, clock):
    """State, reason, minutes to wait and error of each story that a run would take up, by its key."""

    def look(*accounts, anchor=None):
        found = outlook(accounts or (MASTO,), ledger, Gate(ledger), anchor)
        assert all(key == row.key for key, row in found.items())
        now = clock()
        return {
            key: (row.state, row.reason, row.due_at and (row.due_at - now) / timedelta(minutes=1), row.error)
            for key, row in found.items()
        }

    return look


@pytest.mark.parametrize(
    ("columns", "taken"),
    [
        ({"state": "due"}, True),
        ({"state": "due", "due_at": TICK}, False),
        ({"state": "due", "due_at": None}, False),
        ({"state": "due", "reason": "unavailable"}, True),
        ({"state": "due", "reason": "unavailable", "due_at": TICK}, False),
        ({"state": "due", "reason": "budget", "due_at": TICK}, False),
        ({"state": "due", "reason": "window", "due_at": TICK}, True),
        ({"state": "due", "reason": "spacing", "due_at": TICK}, True),
        ({"state": "due", "reason": "cap", "due_at": TICK}, True),
        ({"state": "due", "reason": "behind", "due_at": TICK}, True),
        ({"state": "planned", "reason": "embargo"}, True),
        ({"state": "planned", "reason": "embargo", "due_at": TICK}, False),
        ({"state": "planned", "reason": "delay"}, True),
        ({"state": "planned", "reason": "preflight"}, True),
        ({"state": "planned", "reason": "approval"}, False),
        ({"state": "planned", "reason": "window", "due_at": TICK}, False),
        ({"state": "posted"}, False),
        ({"state": "unknown"}, False),
        ({"state": "due", "action": "edit"}, False),
    ],
)
def test_a_run_takes_up_what_is_due_and_asks_the_schedule_anew(clock, put, seen, columns, taken):
    due = columns.get("due_at", timedelta(0))
    row = put(1, **columns | {"due_at": None if due is None else clock() + due})
    wait = 0 if due is None else due / timedelta(minutes=1)
    assert seen() == ({row.key: ("due", None, wait, None)} if taken else {})


def test_nothing_is_written(ledger, put, seen):
    put(1, state="planned", reason="embargo")
    put(2, SLOW, state="due")
    before = ledger.deliveries.search()
    seen(SLOW)
    assert ledger.deliveries.search() == before


@pytest.fixture
def queue(clock, put):
    """Stories planned a minute apart, the last of them breaking news."""

    def make(account, **last):
        times = [clock() + timedelta(minutes=minute) for minute in range(4)]
        rows = [put(number, account, state="due", planned_at=at) for number, at in enumerate(times)]
        return [*rows[:3], put(3, account, **{"priority": 0, "planned_at": times[3]} | last)]

    return make


def test_one_at_a_time_goes_where_the_account_asks_for_spacing(queue, seen):
    """Breaking news first; the next waits for the spacing, and the others behind it."""
    first, second, third, loud = queue(SLOW)
    assert seen(SLOW) == {
        loud.key: ("due", None, 0, None),
        first.key: ("due", "spacing", 10, "spacing"),
        second.key: ("due", "behind", 10, "spacing"),
        third.key: ("due", "behind", 10, "spacing"),
    }


def test_without_breaking_news_the_first_planned_goes(queue, seen):
    first, second, third, last = queue(SLOW, priority=1)
    assert [state[1] for state in (seen(SLOW)[row.key] for row in (first, second, third, last))] == [
        None,
        "spacing",
        "behind",
        "behind",
    ]


def test_a_cap_lets_so_many_go(queue, seen):
    capped = replace(MASTO, schedule=Schedule(per_hour=2))
    first, second, third, loud = queue(capped)
    found = seen(capped)
    assert [found[row.key][1] for row in (loud, first, second, third)] == [None, None, "cap", "behind"]
    assert found[second.key][2] == 60


def test_outside_the_hours_everything_waits_for_them(queue, seen):
    closed = replace(MASTO, schedule=NIGHT)
    queue(closed)
    assert list(seen(closed).values()) == [("due", "window", 720, "windows")] * 4


@pytest.mark.parametrize(("breaking", "goes"), [("at once", True), ("wait", False)])
def test_breaking_news_passes_a_closed_account_where_the_account_says_so(queue, seen, breaking, goes):
    account = replace(MASTO, schedule=replace(NIGHT, breaking=breaking))
    first, *_, loud = queue(account)
    assert seen(account)[loud.key][1] == (None if goes else "window")
    assert seen(account)[first.key][1] == "window"


@pytest.mark.parametrize(
    ("change", "reason", "wait"),
    [
        ("paused = 'person'", "paused", 0),
        ("next_at = :soon", "rate_limited", 5),
        ("next_at = :soon, failures = 5", "unavailable", 5),
    ],
)
def test_an_account_that_waits_holds_its_whole_queue(ledger, clock, put, queue, seen, change, reason, wait):
    put(1, BLUE, state="due")
    rows = queue(MASTO)
    soon = {"soon": micros(clock() + timedelta(minutes=5))} if ":soon" in change else {}
    ledger.database.change(f"UPDATE account SET {change} WHERE name = 'masto'", **soon)
    found = seen(MASTO, BLUE)
    assert {found.pop(row.key)[:3] for row in rows} == {("due", reason, wait)}
    assert [state[1] for state in found.values()] == [None]


def test_what_grew_too_old_is_told_as_skipped_and_takes_nobodys_turn(clock, put, seen):
    old = put(1, SLOW, state="due", reason="window", expires_at=clock(), planned_at=clock() - timedelta(hours=2))
    new = put(2, SLOW, state="due", expires_at=clock() + TICK)
    assert seen(SLOW) == {
        old.key: ("skipped", "too_old", None, "it expired while it waited: window"),
        new.key: ("due", None, 0, None),
    }


@pytest.mark.parametrize(("state", "reason"), [("planned", "delay"), ("planned", "embargo"), ("due", None)])
def test_what_grew_too_old_is_told_as_housekeeping_will_record_it(ledger, clock, put, seen, state, reason):
    row = put(1, state=state, reason=reason, expires_at=clock())
    told = seen()
    run_housekeeping(ledger, [MASTO], {MASTO.name: MASTO})
    recorded = ledger.deliveries.find(row.key)
    assert told == {row.key: (recorded.state, recorded.reason, recorded.due_at, recorded.error)}
    assert recorded.state == "skipped"


def test_a_post_that_goes_again_as_it_is_minds_no_hours_but_takes_its_turn(clock, put, seen):
    again = put(1, SLOW, state="due", reason="unavailable", draft={"text": "x"}, planned_at=clock() - timedelta(1))
    put(2, SLOW, state="posted", committed_at=clock() - timedelta(minutes=1))
    behind = put(3, SLOW, state="due")
    found = seen(SLOW)
    assert found[again.key] == ("due", None, 0, None)
    assert found[behind.key][1] == "spacing"


def test_a_paused_word_holds_only_its_stories(ledger, clock, article, put, seen):
    ledger.pauses.add("story 1", now=clock(), until=None)
    held, free = put(1, SLOW, state="due", planned_at=clock() - timedelta(1)), put(2, SLOW, state="due")
    assert seen(SLOW) == {
        held.key: ("due", "paused", 1, "articles with 'story 1' are paused"),
        free.key: ("due", None, 0, None),
    }


def test_of_one_article_the_queue_before_it_still_counts(ledger, put, queue, seen):
    _first, second, *_ = queue(SLOW)
    other = put(9, BLUE, state="due")
    assert seen(SLOW, BLUE, anchor=second.anchor) == {second.key: ("due", "behind", 10, "spacing")}
    assert seen(SLOW, BLUE, anchor=other.anchor) == {other.key: ("due", None, 0, None)}
    assert seen(SLOW, BLUE, anchor="nothing") == {}
    assert len(seen(SLOW, BLUE)) == 5


def test_an_article_without_a_waiting_delivery_costs_no_look_at_the_queue(ledger, queue):
    _first, *_ = queue(SLOW)
    ledger.accounts.find = lambda name: pytest.fail("nothing of this article waits")
    assert outlook([SLOW], ledger, Gate(ledger), "another") == {}
