"""What is moved, skipped or found at once: each condition with the row beside that does not fit it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from syndicate.ledger.articles import CHUNK
from syndicate.ledger.backlog import DRIFT, LONG_STOP, MARKED, WAITED
from syndicate.ledger.database import micros
from syndicate.model import Account
from tests.worlds.accounts import MASTO

FACE = Account("fb", "facebook")
SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)


def found(ledger, *rows):
    return [ledger.deliveries.find(row.key) for row in rows]


@pytest.fixture
def number_of(ledger, clock, put):
    """Plans so many deliveries, a minute apart; gives their keys in the order of planning."""

    def make(number, **columns):
        with ledger.transaction():
            rows = [put(n, planned_at=clock() + n * SECOND, **columns) for n in range(1, number + 1)]
        return [row.key for row in rows]

    return make


@pytest.mark.parametrize(
    ("columns", "asked"),
    [
        ({"state": "planned"}, True),
        ({"state": "due"}, True),
        ({"state": "due", "draft": {"text": "may be out"}}, False),
        ({"state": "planned", "draft": {"text": "may be out"}}, False),
        ({"state": "posted"}, False),
        ({"state": "skipped", "reason": "filtered"}, True),
        ({"state": "skipped", "reason": "empty"}, True),
        ({"state": "skipped", "reason": "too_old"}, False),
        ({"state": "failed", "reason": "empty"}, False),
        ({"state": "planned", "action": "edit"}, False),
        ({"state": "skipped", "reason": "empty", "action": "edit"}, False),
    ],
)
def test_what_is_still_to_be_sent_or_said_too_little(ledger, clock, put, columns, asked):
    row, other = put(1, planned_at=clock(), **columns), put(2)
    assert ledger.backlog.unsent([row.anchor], since=clock()) == ([row.anchor] if asked else [])
    late = asked and columns["state"] != "skipped"
    assert ledger.backlog.unsent([row.anchor], since=clock() + SECOND) == ([row.anchor] if late else [])
    unknown = [f"unknown {number}" for number in range(CHUNK)]
    assert ledger.backlog.unsent([*unknown, other.anchor], since=clock()) == [other.anchor]
    assert ledger.backlog.unsent([], since=clock()) == []


def test_an_article_that_several_accounts_wait_for_is_told_once(ledger, clock, put):
    row = put(1)
    put(1, FACE)
    assert ledger.backlog.unsent([row.anchor], since=clock()) == [row.anchor]


def test_what_waits_for_a_yes_is_counted_by_article_and_source(ledger, clock, put, article):
    for account in (MASTO, FACE):
        put(1, account, state="planned", reason="approval")
        put(2, account, state="planned", reason="burst")
    put(3, state="planned", reason="approval")
    put(4, state="planned", reason="approval")
    ledger.database.change("UPDATE article SET source = 'sport' WHERE url LIKE '%/4'")
    assert ledger.backlog.batches() == {("approval", "news"): 2, ("burst", "news"): 1, ("approval", "sport"): 1}


@pytest.mark.parametrize(("reason", "waited"), [(None, WAITED), ("window", f"{WAITED}: window")])
def test_what_expired_says_what_it_waited_for(ledger, clock, put, reason, waited):
    row = put(1, reason=reason, expires_at=clock(), due_at=clock())
    others = [
        put(2, state="planned", reason="burst", expires_at=clock() + SECOND),
        put(3, state="sending", expires_at=clock()),
        put(4, state="planned", expires_at=clock(), draft={"text": "may be out"}),
        put(5, state="skipped", reason="approval", expires_at=clock()),
    ]
    assert ledger.backlog.expire(clock() - SECOND) == 0
    assert ledger.backlog.expire(clock()) == 1
    left = ledger.deliveries.find(row.key)
    assert (left.state, left.reason, left.error, left.due_at) == ("skipped", "too_old", waited, None)
    told = ledger.database.row("SELECT waited_for FROM delivery WHERE key = :key", key=row.key)
    assert told == {"waited_for": reason}
    assert found(ledger, *others) == others


def test_what_expires_is_counted_and_only_this_time(ledger, clock, put):
    for account in (MASTO, FACE):
        put(1, account, state="planned", reason="approval", expires_at=clock())
    put(2, state="planned", reason="similar", expires_at=clock())
    assert [ledger.backlog.expire(clock()), ledger.backlog.expire(clock())] == [3, 0]
    clock.move(seconds=1)
    put(3, state="planned", reason="embargo", expires_at=clock())
    assert ledger.backlog.expire(clock()) == 1
    causes = [(drop.account, drop.cause) for drop in ledger.dropped.take()]
    assert sorted(causes) == [("fb", "approval"), ("masto", "approval"), ("masto", "embargo"), ("masto", "similar")]


def test_what_is_released_forgets_why_it_waited(ledger, clock, put):
    row = put(1, state="planned", reason="embargo", due_at=clock())
    ledger.backlog.release(clock())
    left = ledger.deliveries.find(row.key)
    assert (left.state, left.reason, left.due_at) == ("due", None, clock())


@pytest.mark.parametrize("reason", ["window", "spacing"])
def test_a_closed_account_marks_the_first_few_hundred_of_its_queue(ledger, clock, number_of, reason):
    keys = number_of(MARKED + 2, due_at=clock() - SECOND)
    ledger.backlog.close("masto", reason, clock() + MINUTE, "said", clock())
    marked = [ledger.deliveries.find(key).due_at > clock() for key in keys]
    assert marked == [True] * MARKED + [False] * 2


def test_an_account_that_is_held_marks_the_first_few_hundred_of_its_queue(ledger, clock, number_of):
    keys = number_of(MARKED + 2, due_at=clock() - SECOND)
    ledger.backlog.hold("masto", "auth", None, "said", clock())
    marked = [ledger.deliveries.find(key).reason == "auth" for key in keys]
    assert marked == [True] * MARKED + [False] * 2


@pytest.mark.parametrize(
    "beside",
    [
        {"state": "planned", "reason": "behind"},
        {"priority": 0, "reason": "behind"},
        {"action": "edit", "reason": "behind"},
        {"reason": "unavailable"},
        {"reason": None},
    ],
)
def test_the_first_behind_a_wait_is_one_that_waits_for_it(ledger, clock, put, beside):
    ledger.accounts.ensure(MASTO, clock())
    early, late = clock() - MINUTE, clock() + MINUTE
    row, other = put(1, due_at=late, reason="behind"), put(2, due_at=late, planned_at=early, **beside)
    ledger.backlog.close("masto", "cap", late, "said", clock())
    assert ledger.deliveries.find(row.key).reason == "cap"
    assert ledger.deliveries.find(other.key) == other


def test_what_waits_for_a_schedule_that_opens_opens_for_this_account_alone(ledger, clock):
    for account in (MASTO, FACE):
        ledger.accounts.ensure(account, clock())
        ledger.backlog.close(account.name, "window", clock() + MINUTE, "said", clock())
    ledger.backlog.reopen("masto")
    assert ledger.accounts.find("masto").opens_at < clock()
    assert ledger.accounts.find("fb").opens_at == clock() + MINUTE


@pytest.mark.parametrize(("opens_in", "at_once"), [(1, True), (0, True), (-1, True)])
def test_a_schedule_that_somebody_may_have_mended_is_looked_at_anew(ledger, clock, opens_in, at_once):
    ledger.accounts.ensure(MASTO, clock())
    ledger.backlog.close("masto", "window", clock() + opens_in * SECOND, "said", clock())
    ledger.backlog.retry(clock())
    assert (ledger.accounts.find("masto").opens_at <= clock()) is at_once


@pytest.mark.parametrize(
    "columns",
    [
        {"reason": "delay", "state": "due"},
        {"reason": "embargo", "state": "skipped"},
        {"reason": "preflight"},
        {"reason": "embargo", "action": "edit"},
    ],
)
def test_a_new_date_moves_nothing_else(ledger, clock, put, columns):
    row = put(1, **{"state": "planned", "due_at": clock(), "expires_at": clock()} | columns)
    published = clock() + timedelta(hours=1)
    ledger.backlog.reschedule(row.anchor, clock(), published, clock(), None)
    assert ledger.deliveries.find(row.key) == row


@pytest.mark.parametrize("reason", ["embargo", "delay"])
def test_what_a_person_approved_waits_for_no_other_look_at_its_date(ledger, clock, put, reason):
    published = clock() + timedelta(hours=1)
    row = put(1, state="planned", reason=reason, due_at=clock(), error="said", approved="d1")
    ledger.backlog.reschedule(row.anchor, clock(), published, clock(), "far")
    left = ledger.deliveries.find(row.key)
    assert (left.reason, left.due_at, left.error) == ("embargo", published, "said")


@pytest.mark.parametrize(
    ("due", "moved", "soon", "reason", "after"),
    [
        (10, 10, 0, "delay", ("delay", 10)),  # its delay ends with its hour
        (10, 11, 0, "delay", ("embargo", 11)),
        (None, 5, 5, "approval", ("approval", None)),
        (None, 6, 5, "approval", ("approval", 6)),
        (3, 5, 5, "approval", ("approval", 5)),
    ],
)
def test_the_bounds_of_a_new_date(ledger, clock, put, due, moved, soon, reason, after):
    row = put(1, state="planned", reason=reason, due_at=None if due is None else clock() + due * MINUTE)
    ledger.backlog.reschedule(row.anchor, clock(), clock() + moved * MINUTE, clock() + soon * MINUTE, None)
    left = ledger.deliveries.find(row.key)
    assert (left.reason, left.due_at) == (after[0], None if after[1] is None else clock() + after[1] * MINUTE)


def test_breaking_news_goes_before_the_rest_of_every_account_and_no_more_than_that(ledger, put):
    mine, theirs, urgent = put(1), put(1, FACE), put(2, priority=0)
    ledger.backlog.raise_priority(mine.anchor)
    assert [row.priority for row in found(ledger, mine, theirs, urgent)] == [0, 0, 0]


@pytest.mark.parametrize(
    ("due", "planned", "until"), [(10, 0, 10), (9, 0, 10), (30, -30, 30), (20, -55, 20), (4, -55, 5), (5, -55, 5)]
)
def test_the_bounds_of_a_delay_that_begins_anew(ledger, clock, put, due, planned, until):
    at = {"planned_at": clock() + planned * MINUTE, "due_at": clock() + due * MINUTE}
    row = put(1, state="planned", reason="delay", **at)
    ledger.backlog.extend_delay(row.anchor, "masto", clock(), 10 * MINUTE)
    assert ledger.deliveries.find(row.key).due_at == clock() + until * MINUTE


@pytest.mark.parametrize("word", ["", "election"])
@pytest.mark.parametrize("beside", [{"priority": 0}, {"action": "edit"}, {"state": "planned"}, {"draft": {"t": "x"}}])
def test_after_a_stop_what_may_be_out_or_is_urgent_stays(ledger, clock, put, word, beside):
    row = {"due_at": clock(), "expires_at": clock() + timedelta(days=1), "reason": "paused"}
    mine, other = put(1, **row), put(2, **row | beside)
    assert ledger.backlog.catch_up("masto", since=clock() - LONG_STOP, now=clock(), keep=0, word=word) == 1
    assert ledger.deliveries.find(mine.key).state == "skipped"
    assert ledger.deliveries.find(other.key) == other


@pytest.mark.parametrize(("minutes", "told"), [(60, "1h00m"), (61, "1h01m"), (185, "3h05m"), (1500, "25h00m")])
def test_a_stop_is_told_in_hours_and_minutes(ledger, clock, put, minutes, told):
    row = put(1, due_at=clock(), expires_at=clock() + timedelta(days=1), reason="window")
    assert ledger.backlog.catch_up("masto", since=clock() - minutes * MINUTE, now=clock(), keep=0) == 1
    left = ledger.deliveries.find(row.key)
    assert left.error == f"too old after a stop of {told}; only the newest 0 go out"
    waited = ledger.database.row("SELECT waited_for FROM delivery")
    assert waited == {"waited_for": "window"}


def test_where_nothing_is_too_old_the_queue_stays_as_it_is(ledger, clock, put):
    row = put(1, due_at=clock() - MINUTE, expires_at=clock() + timedelta(days=1), reason="window")
    assert ledger.backlog.catch_up("masto", since=clock() - LONG_STOP, now=clock(), keep=1) == 0
    assert ledger.deliveries.find(row.key) == row


def state_of(ledger, row):
    found = ledger.deliveries.find(row.key)
    return found.priority, found.reason, found.due_at, found.error


@pytest.mark.parametrize(
    ("columns", "hurried", "freed"),
    [
        ({"state": "planned", "reason": "delay"}, True, False),
        *(({"state": "due", "reason": reason}, True, True) for reason in ("window", "spacing", "cap", "behind")),
        ({"state": "due", "reason": "budget"}, True, False),
        ({"state": "planned", "reason": "window"}, True, False),
        ({"state": "posted"}, False, False),
        ({"state": "skipped", "reason": "window"}, False, False),
        ({"state": "due", "reason": "window", "action": "edit"}, False, False),
    ],
)
def test_what_a_person_wants_at_once_passes_its_schedule(ledger, clock, put, columns, hurried, freed):
    later = clock() + MINUTE
    row = put(1, due_at=later, error="closed", **columns)
    others = [put(2, due_at=later, **columns), put(1, FACE, due_at=later, **columns)]
    ledger.backlog.hurry(row.anchor, ["masto", "another"], clock())
    waits = (None, clock(), None) if freed else (columns.get("reason"), later, "closed")
    assert state_of(ledger, row) == (-1 if hurried else row.priority, *waits)
    assert found(ledger, *others) == others
    ledger.backlog.hurry(row.anchor, ["masto", "fb"], clock())
    assert (ledger.deliveries.find(others[1].key).priority == -1) is hurried


@pytest.mark.parametrize(
    ("columns", "counts"),
    [
        ({}, True),
        ({"reason": "catch_up"}, True),
        ({"reason": "window"}, False),
        ({"state": "planned"}, False),
        ({"priority": 0}, False),
        ({"priority": 2}, True),
        ({"due_at": -MINUTE}, False),
        ({"due_at": timedelta(microseconds=1) - MINUTE}, True),
    ],
)
def test_the_last_in_turn_is_what_goes_out_a_minute_apart(ledger, clock, put, columns, counts):
    assert ledger.backlog.last_in_turn("masto", clock()) is None
    due_at = clock() + columns.get("due_at", MINUTE)
    put(1, **{"state": "due", "reason": None} | columns | {"due_at": due_at})
    put(2, FACE, state="due", due_at=clock() + 9 * MINUTE)
    assert ledger.backlog.last_in_turn("masto", clock()) == (due_at if counts else None)
    put(3, state="due", due_at=clock() + 2 * MINUTE)
    assert ledger.backlog.last_in_turn("masto", clock()) == clock() + 2 * MINUTE


@pytest.mark.parametrize(
    ("columns", "planned", "dated", "freed"),
    [
        ({}, -DRIFT - SECOND, 30 * MINUTE, True),
        ({}, -DRIFT, 30 * MINUTE, False),  # no earlier than a right clock may have said
        ({}, -DRIFT - SECOND, 60 * MINUTE, True),
        ({}, -DRIFT - SECOND, 60 * MINUTE + SECOND, False),  # far in the future by this clock too
        ({"reason": "approval"}, -DRIFT - SECOND, 30 * MINUTE, False),
        ({"state": "due"}, -DRIFT - SECOND, 30 * MINUTE, False),
        ({"action": "edit"}, -DRIFT - SECOND, 30 * MINUTE, False),
    ],
)
def test_a_date_that_was_far_ahead_by_a_clock_behind_is_waited_for(
    ledger, clock, put, article, columns, planned, dated, freed
):
    wanted = {"state": "planned", "reason": "date", "error": "far ahead"} | columns
    row = put(1, planned_at=clock() + planned, **wanted)
    ledger.database.change("UPDATE account SET baseline_at = :now", now=micros(clock()))
    ledger.database.change("UPDATE article SET published_at = :at", at=micros(clock() + dated))
    ledger.backlog.look_at_dates_again(clock(), 60 * MINUTE)
    left = ledger.deliveries.find(row.key)
    assert (left.reason, left.due_at, left.error) == (
        ("embargo", clock() + dated, None) if freed else (row.reason, row.due_at, "far ahead")
    )
