"""Which delivery is next, what other deliveries have out, and what is planned after all."""

from __future__ import annotations

from datetime import timedelta

import pytest

from syndicate.ledger.database import micros
from syndicate.ledger.deliveries import PlannedDelivery
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
