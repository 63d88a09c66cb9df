"""What one screen says of the ledger."""

from __future__ import annotations

from datetime import timedelta

import pytest

from syndicate.ledger.database import VERSION, micros
from syndicate.ledger.standing import DroppedCount, Standing
from syndicate.model import Account

FACE = Account("fb", "facebook")
HOUR = timedelta(hours=1)
TICK = timedelta(microseconds=1)


@pytest.fixture
def standing(ledger):
    return Standing(ledger.database)


def test_what_was_sent_without_an_answer_waits_as_well(standing, put):
    for number, state in enumerate(("planned", "due", "sending", "unknown", "held", "posted", "skipped", "failed")):
        put(number, state=state)
    put(9, FACE, state="unknown")
    assert standing.waiting() == {"masto": 4, "fb": 1}


@pytest.mark.parametrize(
    ("columns", "reason"),
    [
        ({"reason": "window"}, "window"),
        ({"reason": "spacing"}, "spacing"),
        ({"reason": "cap"}, "cap"),
        ({"reason": "behind"}, "behind"),
        ({"reason": "paused"}, None),
        ({"reason": None}, None),
        ({"reason": "window", "state": "planned"}, None),
    ],
)
def test_what_the_schedule_of_an_account_waits_for(standing, put, columns, reason):
    put(1, **columns)
    put(1, FACE, reason="cap")
    assert standing.closed_for("masto") == reason


def test_the_next_post_says_what_the_schedule_waits_for(standing, ledger, put):
    for number, reason in enumerate(("cap", "window", "spacing")):
        put(number, reason=reason)
    ledger.database.change("UPDATE delivery SET planned_at = planned_at - 1 WHERE reason = 'window'")
    assert standing.closed_for("masto") == "window"


@pytest.mark.parametrize(
    ("columns", "age", "unsettled"),
    [
        ({"state": "held"}, 9 * HOUR, True),
        ({"state": "failed"}, HOUR, True),
        ({"state": "failed"}, HOUR + TICK, False),
        ({"state": "due", "reason": "template"}, 9 * HOUR, True),
        ({"state": "planned", "reason": "template"}, TICK, False),
        ({"state": "due", "reason": "window"}, TICK, False),
        ({"state": "posted"}, TICK, False),
    ],
)
def test_what_a_person_has_to_settle(standing, clock, put, columns, age, unsettled):
    row = put(1, **columns, updated_at=clock() - age)
    assert standing.unsettled(clock() - HOUR) == [row] * unsettled


def test_what_is_to_be_settled_comes_in_the_order_of_planning(standing, ledger, clock, put):
    rows = [put(number, state="held") for number in (1, 2)]
    ledger.database.change("UPDATE delivery SET planned_at = planned_at - 1 WHERE key = :key", key=rows[1].key)
    assert [row.key for row in standing.unsettled(clock())] == [rows[1].key, rows[0].key]


@pytest.mark.parametrize(
    ("columns", "age", "counted"),
    [
        ({"reason": "too_old"}, HOUR, True),
        ({"reason": "too_old"}, HOUR + TICK, False),
        ({"reason": "preflight"}, HOUR, True),
        ({"reason": "empty"}, HOUR, True),
        ({"reason": "withdrawn"}, HOUR, True),
        ({"reason": "account_left"}, HOUR, True),
        ({"reason": "person"}, HOUR, False),
        ({"reason": "too_old", "state": "due"}, HOUR, False),
        ({"reason": "too_old", "action": "update"}, HOUR, False),
    ],
)
def test_what_nobody_chose_to_drop_is_counted(standing, clock, put, columns, age, counted):
    put(1, **{"state": "skipped", "waited_for": "window", "updated_at": clock() - age} | columns)
    found = [DroppedCount("masto", columns["reason"], "window", 1)] * counted
    assert standing.dropped(clock() - HOUR) == found


def test_the_most_dropped_come_first_then_accounts_by_name(standing, clock, put):
    for number, (account, reason, waits) in enumerate(
        [(None, "too_old", "cap"), (None, "too_old", "cap"), (None, "empty", None), (FACE, "too_old", None)]
    ):
        to = {"account": account} if account else {}
        put(number, **to, state="skipped", reason=reason, waited_for=waits)
    assert standing.dropped(clock()) == [
        DroppedCount("masto", "too_old", "cap", 2),
        DroppedCount("fb", "too_old", None, 1),
        DroppedCount("masto", "empty", None, 1),
    ]


@pytest.mark.parametrize(("polled", "clocked"), [(3, 2), (2, 3)])
def test_when_anything_last_ran(standing, ledger, clock, polled, clocked):
    ledger.database.change("DELETE FROM meta WHERE name = 'clock'")
    assert standing.last_run() is None
    at = micros(clock())
    ledger.sources.ensure("news", "https://gazette.example/feed")
    ledger.database.change("UPDATE source SET polled_at = :at", at=at + polled)
    for name, value in (("clock", at + clocked), ("later", at + 9)):
        ledger.database.change("INSERT INTO meta VALUES (:name, :value)", name=name, value=str(value))
    assert standing.last_run() == clock() + 3 * TICK


def test_the_version_of_the_tables(standing, ledger):
    assert standing.schema() == VERSION
    ledger.database.change("UPDATE meta SET value = '7' WHERE name = 'schema_version'")
    assert standing.schema() == 7
    ledger.database.change("DELETE FROM meta WHERE name = 'schema_version'")
    assert standing.schema() == 0
