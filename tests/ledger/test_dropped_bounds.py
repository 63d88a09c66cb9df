"""The bounds of what was dropped: which cause it has, until when it is told, and what expires without being wanted."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from syndicate.ledger.articles import CHUNK
from syndicate.ledger.database import micros
from syndicate.ledger.dropped import ANOTHER_LOGIN, APART, LATE, NO_RUN, STALE, DropCount, Expiring, note, why
from syndicate.model import Account
from tests.worlds.accounts import MASTO

FACE = Account("fb", "facebook")
HOUR = timedelta(hours=1)
DAY = timedelta(hours=24)
TICK = timedelta(microseconds=1)


@pytest.fixture
def account(ledger):
    def change(name="masto", **columns):
        settings = ", ".join(f"{column} = :{column}" for column in columns)
        ledger.database.change(f"UPDATE account SET {settings} WHERE name = :name", name=name, **columns)

    return change


@pytest.fixture
def drop(ledger, clock, put):
    """Records story `number` as dropped, some time ago."""

    def make(number=1, to=MASTO, ago=timedelta(0), cause=None, told=False, **columns):
        row = put(number, to, **columns)
        note(ledger.database, "key = :key", now=clock() - ago, cause=cause, told=told, values={"key": row.key})
        return row

    return make


@pytest.mark.parametrize(
    ("columns", "off", "cause"),
    [
        ({"next_at": 1}, 0, "no_run"),
        ({"next_at": 1}, 1, "rate_limited"),
        ({"next_at": 1, "failures": 1}, 0, "no_run"),
        ({"next_at": 1, "failures": 1}, 1, "unavailable"),
        ({"failures": 1}, 0, "no_run"),
        ({"opens_at": 1}, 0, "no_run"),
        ({"opens_at": 1}, 1, "window"),
        ({"opens_at": 1, "paused": "auth"}, 1, "auth"),
        ({"opens_at": 1, "paused": "person"}, 1, "paused"),
        ({"opens_at": 1, "next_at": 1}, 1, "rate_limited"),
    ],
)
def test_an_account_that_waits_from_the_next_moment_on_is_the_cause(ledger, account, drop, columns, off, cause):
    row = drop(2, FACE)
    at = micros(row.planned_at)
    ledger.database.change("DELETE FROM dropped")
    account("fb", **{name: at + off if name.endswith("_at") else value for name, value in columns.items()})
    note(ledger.database, "key = :key", now=ledger.now(), values={"key": row.key})
    assert [each.cause for each in ledger.dropped.take()] == [cause]


def test_a_pause_of_some_stories_is_no_cause(ledger, clock, drop):
    ledger.pauses.add("urgent", now=clock(), until=None)
    drop()
    assert [each.cause for each in ledger.dropped.take()] == [NO_RUN]


@pytest.mark.parametrize(
    ("down", "tried", "next_at"), [(None, None, 0), (5, 7, 9), (None, 7, 9), (5, None, 0), (None, None, 9)]
)
def test_since_when_its_network_was_away_and_how_long_it_asked_to_wait(
    ledger, clock, put, account, down, tried, next_at
):
    row, other = put(1, error="the words"), put(1, FACE)
    for fence, started in ((1, tried), (2, 8)) if tried else ():
        ledger.database.change(
            "INSERT INTO attempt (key, fence, started_at) VALUES (:key, :fence, :at)",
            key=row.key,
            fence=fence,
            at=started,
        )
    ledger.database.change("INSERT INTO attempt (key, fence, started_at) VALUES (:key, 1, 1)", key=other.key)
    account(down_since=down, next_at=next_at)
    account("fb", down_since=2, next_at=3)
    note(ledger.database, "key = :key", now=clock(), cause=LATE, values={"key": row.key})
    [found] = ledger.dropped.take()
    moments = [None if each is None else micros(each) for each in (found.down_since, found.until)]
    assert moments == [down or tried, next_at or None]
    assert (found.key, found.at, found.account, found.source) == (row.key, clock(), "masto", "news")
    assert (found.article, found.title, found.error, found.reason) == (row.article, "Story 1", "the words", None)


def test_any_number_of_late_ones_is_recorded_once(ledger, clock, put):
    keys = [put(number).key for number in range(3)]
    ledger.dropped.late([keys[0], *map(str, range(CHUNK - 1)), keys[1]], clock())
    ledger.dropped.late(keys[:1], clock())
    ledger.dropped.late([], clock())
    assert [(each.key, each.cause, each.at) for each in ledger.dropped.take()] == [
        (key, LATE, clock()) for key in keys[:2]
    ]
    assert [ledger.dropped.has(key) for key in keys] == [True, True, False]


def test_what_was_logged_is_not_taken_again_with_what_came_at_the_same_time(ledger, drop):
    first = drop(1)
    assert [each.key for each in ledger.dropped.take()] == [first.key]
    second, third = drop(2), drop(3, ago=HOUR)
    assert [each.key for each in ledger.dropped.take()] == [third.key, second.key]
    assert ledger.dropped.take() == []


@pytest.mark.parametrize(
    ("ago", "tries", "told", "news"),
    [
        (STALE, 0, None, False),
        (STALE - TICK, 0, None, True),
        (HOUR, 2, None, True),
        (HOUR, 3, None, False),
        (HOUR, 0, APART + DAY, False),  # it was told of already
    ],
)
def test_what_is_told(ledger, clock, drop, ago, tries, told, news):
    drop(1, ago=ago)
    ledger.database.change(
        "UPDATE dropped SET tries = :tries, told_at = :told",
        tries=tries,
        told=None if told is None else micros(clock() - told),
    )
    assert len(ledger.dropped.untold(clock())) == news


@pytest.mark.parametrize(
    ("to", "cause", "ago", "news"),
    [
        (MASTO, LATE, APART, True),
        (MASTO, LATE, APART - TICK, False),
        (MASTO, NO_RUN, TICK, True),
        (FACE, LATE, TICK, True),
    ],
)
def test_alerts_of_an_account_and_cause_are_an_hour_apart(ledger, clock, drop, to, cause, ago, news):
    drop(1, to, cause=cause, ago=2 * HOUR)
    ledger.database.change("UPDATE dropped SET told_at = :at", at=micros(clock() - ago))
    row = drop(2, cause=LATE)
    assert [each.key for each in ledger.dropped.untold(clock())] == [row.key] * news


@pytest.mark.parametrize("heard", [True, False])
def test_each_drop_is_told_for_itself(ledger, clock, drop, heard):
    rows = [drop(1), drop(1, ago=HOUR), drop(2)]
    [told] = [each for each in ledger.dropped.untold(clock()) if (each.key, each.at) == (rows[0].key, clock())]
    ledger.dropped.told([told], now=clock(), heard=heard)
    found = ledger.database.rows(
        "SELECT tries, told_at FROM dropped ORDER BY key = :key DESC, at DESC", key=rows[0].key
    )
    assert [(row["tries"], row["told_at"]) for row in found] == [
        (1, micros(clock()) if heard else None), (0, None), (0, None)
    ]  # fmt: skip


def test_what_another_notice_tells_of_is_told(ledger, drop, clock):
    drop(1, told=True)
    assert ledger.dropped.untold(clock()) == []
    assert len(ledger.dropped.take()) == 1


def test_drops_are_counted_by_account_and_cause(ledger, clock, drop):
    drop(1, ago=2 * HOUR, cause=LATE)
    drop(2, ago=HOUR, cause=LATE)
    drop(3, ago=HOUR, cause=NO_RUN)
    drop(3, FACE, ago=HOUR, cause=LATE)
    at = clock() - HOUR
    last = [DropCount("fb", LATE, 1, at), DropCount("masto", LATE, 1, at), DropCount("masto", NO_RUN, 1, at)]
    assert ledger.dropped.counts(at) == last
    assert ledger.dropped.counts() == [last[0], replace(last[1], count=2), last[2]]
    assert ledger.dropped.counts(at + TICK) == []


def test_every_cause_has_words():
    assert (why(LATE), why(NO_RUN), why(ANOTHER_LOGIN)) == (
        "it was too old when its source could be read again",
        "it was due, and no run sent it in time",
        "its account leads to another login now",
    )
    assert why("window")


@pytest.mark.parametrize(
    ("columns", "expires", "warned"),
    [
        ({}, 12 * HOUR, True),
        ({}, 12 * HOUR + TICK, False),
        ({}, timedelta(0), False),
        ({}, TICK, True),
        ({"state": "posted"}, HOUR, False),
        ({"state": "planned"}, HOUR, True),
        ({"action": "update"}, HOUR, False),
        ({"reason": "spacing", "due_at": HOUR}, HOUR, True),
        ({"reason": "spacing", "due_at": HOUR - TICK}, HOUR, False),
        ({"reason": "cap", "due_at": HOUR - TICK}, HOUR, False),
        ({"reason": "budget", "due_at": HOUR - TICK}, HOUR, False),
        ({"reason": "window", "due_at": HOUR - TICK}, HOUR, False),
    ],
)
def test_what_expires_soon(ledger, clock, put, columns, expires, warned):
    due = columns.get("due_at")
    base = {"reason": "unavailable", "expires_at": clock() + expires}
    put(1, **base | columns | ({"due_at": clock() + due} if due is not None else {}))
    put(2, FACE, **base)
    assert len(ledger.dropped.expiring("masto", clock(), DAY)) == warned


@pytest.mark.parametrize(("until", "warned"), [(3 * HOUR, True), (3 * HOUR - TICK, False)])
@pytest.mark.parametrize("everything", [True, False])
def test_a_pause_has_to_end_before_it_expires(ledger, clock, put, everything, until, warned):
    for number, to, reason in ((1, MASTO, "paused"), (1, FACE, "paused"), (2, MASTO, "unavailable")):
        put(number, to, reason=reason, expires_at=clock() + 3 * HOUR, error=reason)
    if everything:
        ledger.pauses.add("", now=clock(), until=clock() + until)
    else:
        ledger.accounts.pause("masto", "person", clock(), clock() + until)
    rest = [Expiring("masto", "unavailable", 1, clock() + 3 * HOUR, "unavailable")]
    mine = [Expiring("masto", "paused", 1, clock() + 3 * HOUR, "paused")] * warned
    assert ledger.dropped.expiring("masto", clock(), DAY) == mine + rest
    assert len(ledger.dropped.expiring("fb", clock(), DAY)) == (warned or not everything)


def test_what_expires_is_counted_by_cause_and_the_first_is_named(ledger, clock, put):
    for number, hours in enumerate((5, 3, 4)):
        put(number, reason="unavailable", expires_at=clock() + hours * HOUR)
    assert ledger.dropped.expiring("masto", clock(), DAY) == [Expiring("masto", "unavailable", 3, clock() + 3 * HOUR)]


@pytest.mark.parametrize(("opens", "warned"), [(3 * HOUR - TICK, 0), (3 * HOUR, 1)])
def test_hours_of_an_account_count_for_what_no_run_looked_at(ledger, clock, put, account, opens, warned):
    put(1, expires_at=clock() + 3 * HOUR, due_at=clock() + 9 * HOUR)
    put(1, FACE)
    account(opens_at=micros(clock() + opens))
    account("fb", opens_at=micros(clock() + HOUR))
    assert len(ledger.dropped.expiring("masto", clock(), DAY)) == warned


def test_how_long_it_is_news_and_how_far_apart_alerts_are():
    assert (APART, STALE) == (HOUR, 7 * DAY)
