"""Which delivery is next, what other deliveries have out, and what is planned after all."""

from __future__ import annotations

from datetime import timedelta

import pytest

from syndicate.ledger.database import micros
from syndicate.ledger.deliveries import SHORTEST, PlannedDelivery
from syndicate.model import Account
from tests.worlds.accounts import MASTO

FACE = Account("fb", "facebook")
MINUTE = timedelta(minutes=1)


def test_what_is_next_is_unknown_then_breaking_then_in_the_order_of_planning(ledger, clock, put):
    ledger.accounts.ensure(MASTO, clock())
    rows = {
        "later": put(1, planned_at=clock() - MINUTE),
        "earlier": put(2, planned_at=clock() - 2 * MINUTE),
        "breaking": put(3, priority=0),
        "unknown": put(4, state="unknown"),
    }
    put(5, FACE)
    put(6, state="planned", reason="approval")
    put(7, due_at=clock() + MINUTE)
    put(8, state="unknown", lease_until=clock() + MINUTE)
    for name in ("unknown", "breaking", "earlier", "later"):
        assert ledger.deliveries.next_due("masto", clock()) == rows[name]
        assert ledger.database.change("UPDATE delivery SET state = 'posted' WHERE key = :key", key=rows[name].key)
    assert ledger.deliveries.next_due("masto", clock()) is None


@pytest.mark.parametrize("state", ["due", "unknown"])
def test_of_one_story_only_its_own_delivery_is_next(ledger, clock, put, state):
    first, second = put(1, state=state, planned_at=clock() - MINUTE), put(2, state=state)
    for row in (first, second):
        assert ledger.deliveries.next_due("masto", clock(), anchor=row.anchor) == row
    assert ledger.deliveries.next_due("masto", clock(), anchor="of no story") is None


def test_of_one_source_only_its_own_deliveries_are_next(ledger, clock, put):
    put(1)
    assert ledger.deliveries.next_due("masto", clock(), sources=["news"]) is not None
    assert ledger.deliveries.next_due("masto", clock(), sources=["sport"]) is None


def test_the_posts_of_others_are_the_newest_thousand_of_this_account(ledger, clock, put):
    mine = put(0, remote_id="mine", planned_at=clock() + timedelta(days=1))
    put(1, FACE, remote_id="elsewhere", planned_at=clock() + timedelta(days=1))
    put(2)  # has none yet
    columns = (
        "key, anchor, account, platform, action, revision, part, state, planned_at, attempts, fence, lease_until,"
        " unknowns, absent, updated_at, remote_id"
    )
    with ledger.transaction():
        for number in range(1001):
            ledger.database.change(
                f"INSERT INTO delivery ({columns}) VALUES (:key, :anchor, 'masto', 'mastodon', 'post', :number, 1,"
                " 'posted', :at, 1, 1, 0, 0, 0, 0, :key)",
                key=f"{number:032}",
                anchor=mine.anchor,
                number=number,
                at=micros(clock() + timedelta(seconds=number)),
            )
    assert ledger.deliveries.remote_ids(mine) == [f"{number:032}" for number in range(1000, 0, -1)]


def planned_as(row, **decided):
    return PlannedDelivery(anchor=row.anchor, account=row.account, platform=row.platform, **decided)


SENT_BEFORE = {
    "state": "skipped",
    "due_at": None,
    "post": {"text": "as it was"},
    "draft": {"text": "as it was"},
    "looks": 3,
    "error": "its page answered 404",
}


def test_a_story_that_is_given_out_again_begins_anew(ledger, clock, put):
    tried = {"prepared": {"half": "done"}, "attempts": 5, "unknowns": 2, "absent": 1}
    instants = {"committed_at": clock(), "looked_at": clock()}
    row = put(1, reason="withdrawn", **SENT_BEFORE, **tried, **instants)
    clock.move(hours=1)
    moments = {"due_at": clock(), "expires_at": clock() + timedelta(days=1)}
    plan = {"state": "planned", "reason": "approval", "priority": 0} | moments
    planned = planned_as(row, **plan, note="look at it")
    assert not ledger.deliveries.let_in(planned, ("preflight",), clock())
    assert ledger.deliveries.find(row.key) == row
    assert ledger.deliveries.let_in(planned, ("preflight", "withdrawn"), clock())
    left = ledger.deliveries.find(row.key)
    assert {name: getattr(left, name) for name in plan} == plan
    assert (left.planned_at, left.error) == (clock(), "look at it")
    blank = ("post", "draft", "prepared", "committed_at", "looked_at")
    assert {name: getattr(left, name) for name in blank} == dict.fromkeys(blank)
    assert (left.attempts, left.unknowns, left.absent, left.looks) == (0, 0, 0, 0)
    assert not ledger.deliveries.let_in(planned, ("withdrawn",), clock())


@pytest.mark.parametrize(("state", "reason"), [("skipped", "too_old"), ("planned", "burst"), ("planned", "similar")])
def test_a_story_that_a_person_asks_for_is_rendered_anew_and_has_no_age(ledger, clock, put, state, reason):
    columns = SENT_BEFORE | {"state": state, "reason": reason}
    row = put(1, **columns, committed_at=clock(), looked_at=clock(), expires_at=clock())
    clock.move(hours=1)
    plan = {"state": "due", "reason": None, "due_at": clock(), "priority": 0}
    assert ledger.deliveries.replan(planned_as(row, **plan), ("too_old",), clock())
    left = ledger.deliveries.find(row.key)
    assert {name: getattr(left, name) for name in plan} == plan
    assert left.planned_at == clock()
    blank = ("post", "draft", "committed_at", "looked_at", "expires_at", "error")
    assert {name: getattr(left, name) for name in blank} == dict.fromkeys(blank)
    assert left.looks == 0


@pytest.mark.parametrize(
    ("state", "reason"), [("skipped", "person"), ("planned", "approval"), ("posted", None), ("failed", "rejected")]
)
def test_what_is_decided_or_out_is_not_planned_again(ledger, clock, put, state, reason):
    row = put(1, state=state, reason=reason)
    planned = planned_as(row, state="due", due_at=clock(), priority=0)
    assert not ledger.deliveries.replan(planned, ("too_old",), clock())
    assert not ledger.deliveries.let_in(planned, ("too_old",), clock())
    assert ledger.deliveries.find(row.key) == row


def test_a_delivery_is_planned_once_and_keeps_what_was_decided(ledger, clock, put):
    row = put(1)
    at = clock() + MINUTE
    decided = {"state": "planned", "reason": "approval", "due_at": at, "expires_at": at, "priority": 0}
    planned = planned_as(row, **decided, note="look", action="edit", revision=2)
    assert ledger.deliveries.plan(planned, clock()) == planned.key
    assert ledger.deliveries.plan(planned, clock()) is None
    found = ledger.deliveries.find(planned.key)
    assert {name: getattr(found, name) for name in decided} == decided
    assert (found.action, found.revision, found.part, found.error, found.planned_at) == ("edit", 2, 0, "look", clock())
    assert (found.attempts, found.fence, found.unknowns, found.absent) == (0, 0, 0, 0)


def test_a_delivery_is_found_by_the_first_digits_of_its_key(ledger, put):
    row = put(1)
    assert ledger.deliveries.starting_with(row.key[:SHORTEST]) == [row]
    assert ledger.deliveries.starting_with(row.key[: SHORTEST - 1]) == []
    assert ledger.deliveries.starting_with("%" * SHORTEST) == []
    assert ledger.deliveries.starting_with("f" * 32) == []


@pytest.mark.parametrize("state", ["planned", "due", "sending", "unknown", "held", "posted", "failed", "skipped"])
def test_what_was_posted_or_may_have_been(ledger, put, state):
    row = put(1, state=state)
    may = state in ("sending", "unknown", "held", "posted")
    assert ledger.deliveries.was_posted(row.anchor, "masto") is may
    assert not ledger.deliveries.was_posted(row.anchor, "fb")
    assert ledger.deliveries.under_way() is (state in ("due", "sending", "unknown"))
    assert ledger.deliveries.unclear() == (["masto"] if state == "unknown" else [])
    assert ledger.deliveries.has_unanswered() is (state in ("unknown", "held"))


@pytest.mark.parametrize(
    ("reason", "filtered", "given_up"),
    [("filtered", True, False), ("preflight", False, True), ("withdrawn", False, True), ("too_old", False, False)],
)
@pytest.mark.parametrize("state", ["skipped", "planned"])
def test_why_a_delivery_was_skipped(ledger, put, reason, filtered, given_up, state):
    row, other = put(1, state=state, reason=reason), put(2)
    put(1, FACE)
    left_out = ledger.deliveries.filtered("masto", [row.anchor, other.anchor])
    assert left_out == ({row.anchor} if filtered and state == "skipped" else set())
    assert ledger.deliveries.given_up(row.anchor) is (given_up and state == "skipped")
    assert ledger.deliveries.filtered("fb", [row.anchor]) == set()


def test_a_search_takes_what_fits_all_that_is_asked(ledger, clock, put):
    first = put(1, state="posted", planned_at=clock() - MINUTE)
    second, third = put(2, planned_at=clock() - 2 * MINUTE), put(1, FACE, planned_at=clock())
    search = ledger.deliveries.search
    assert search() == [second, first, third]
    assert search(states=("posted",)) == [first]
    assert search(accounts=("fb",)) == [third]
    assert search(sources=("news",), anchor=first.anchor) == [first, third]
    assert search(sources=("sport",)) == []
    assert search(states=("due",), anchor=first.anchor) == [third]
    assert ledger.deliveries.accounts() == ["masto", "fb"] or set(ledger.deliveries.accounts()) == {"masto", "fb"}


WORK = [
    ({}, True),
    ({"state": "planned"}, False),
    ({"state": "unknown"}, True),
    ({"state": "unknown", "lease_until": 1}, False),
    ({"due_at": 1}, False),
    ({"state": "unknown", "due_at": 1}, False),
]


@pytest.mark.parametrize(("columns", "works"), WORK)
def test_an_account_has_work_when_something_is_due_or_to_look_up(ledger, clock, put, columns, works):
    ledger.accounts.ensure(MASTO, clock())
    ledger.accounts.ensure(FACE, clock())
    later = {name: clock() + MINUTE for name, value in columns.items() if value == 1}
    put(1, **columns | later)
    assert ledger.deliveries.accounts_with_work(clock()) == (["masto"] if works else [])


@pytest.mark.parametrize(
    ("stop", "due", "breaking", "unknown"),
    [
        ("UPDATE account SET opens_at = :later", False, True, True),
        ("UPDATE account SET next_at = :later", False, False, True),
        ("UPDATE account SET paused = 'person' WHERE :later > 0", False, False, True),
        ("INSERT INTO pause (word, since) VALUES ('', :later)", False, False, True),
        ("INSERT INTO pause (word, since) VALUES ('election', :later)", True, True, True),
        ("UPDATE account SET opens_at = :later - 60000000, next_at = :later - 60000000", True, True, True),
    ],
)
def test_what_stops_an_account_stops_no_look_up(ledger, clock, put, stop, due, breaking, unknown):
    ledger.accounts.ensure(MASTO, clock())
    ledger.database.change(stop, later=micros(clock() + MINUTE))
    row = put(1, due_at=clock())
    for columns, works in (
        ("state = 'due', priority = 1", due),
        ("state = 'due', priority = 0", breaking),
        ("state = 'unknown', priority = 1", unknown),
    ):
        ledger.database.change(f"UPDATE delivery SET {columns} WHERE key = :key", key=row.key)
        assert ledger.deliveries.accounts_with_work(clock()) == (["masto"] if works else []), columns


def test_the_newest_post_but_one_is_the_second(ledger, clock, put):
    assert ledger.deliveries.latest_commit("masto", 1) is None
    newest, _ = put(1, committed_at=clock()), put(2, committed_at=clock() - MINUTE)
    put(3, FACE, committed_at=clock())
    put(4)
    latest = ledger.deliveries.latest_commit
    assert [latest("masto", number) for number in (1, 2, 3)] == [clock(), clock() - MINUTE, None]
    assert latest("masto", 1, besides=newest.key) == clock() - MINUTE
