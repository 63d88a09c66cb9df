"""What a claim, its end and a sweep take, and what they leave to others."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from syndicate.ledger import claimant
from syndicate.ledger.claims import ANYTHING, Allowance, Spend
from syndicate.ledger.database import micros
from syndicate.model import Account
from syndicate.schedule import Cap
from tests.worlds.accounts import MASTO

FACE = Account("fb", "facebook")
LEASE, SECOND = timedelta(seconds=60), timedelta(seconds=1)
DEAD = json.dumps(json.loads(claimant.me()) | {"boot": "an earlier one"})


@pytest.fixture
def stored(ledger):
    return lambda row: (
        ledger.database.row("SELECT * FROM delivery WHERE key = :key", key=row.key),
        ledger.database.row("SELECT lane, lane_until FROM account WHERE name = :name", name=row.account),
    )


@pytest.fixture
def due(ledger, clock, put):
    """A due delivery, one of the same account, and one of another."""
    for account in (MASTO, FACE):
        ledger.accounts.ensure(account, clock())
    return put(1, due_at=clock()), put(2, due_at=clock()), put(1, FACE, due_at=clock())


def test_a_claim_takes_one_delivery_and_one_lane(ledger, clock, due, stored):
    row, same, other = due
    before = stored(same)[0], stored(other)
    assert ledger.claims.claim(row, now=clock(), lease=LEASE)
    assert (stored(same)[0], stored(other)) == before
    assert ledger.claims.claim(same, now=clock(), lease=LEASE) is None, "its lane is taken"
    assert ledger.claims.claim(other, now=clock(), lease=LEASE)
    clock.now += LEASE
    assert ledger.claims.claim(same, now=clock(), lease=LEASE), "a lane is free when its lease is over"


def test_a_begin_extends_one_lease_and_one_lane(ledger, clock, due, stored):
    row, _, other = due
    mine, theirs = (ledger.claims.claim(each, now=clock(), lease=LEASE) for each in (row, other))
    before = stored(other)
    clock.move(seconds=5)
    assert ledger.claims.begin(mine, {"a": 1}, "d", {"b": 2}, now=clock(), lease=LEASE)
    assert stored(other) == before
    assert stored(row)[1] == {"lane": row.key, "lane_until": micros(clock() + LEASE)}
    ledger.database.change("UPDATE account SET lane = 'another' WHERE name = 'masto'")
    clock.move(seconds=5)
    assert ledger.claims.begin(mine, {"a": 1}, "d", {"b": 2}, now=clock(), lease=LEASE)
    assert stored(row)[1]["lane_until"] == micros(clock() - 5 * SECOND + LEASE), "it is another's by now"
    ledger.database.change("UPDATE delivery SET state = 'unknown' WHERE key = :key", key=theirs.key)
    assert not ledger.claims.begin(theirs, {"a": 1}, "d", {"b": 2}, now=clock(), lease=LEASE)


def test_what_is_taken_nowhere_is_not_found(ledger, clock, due):
    row, *_ = due
    assert ledger.claims.claim(replace(row, account="nobody"), now=clock(), lease=LEASE) is None
    assert ledger.claims.claim_lookup(row, now=clock(), lease=LEASE) is None


def test_a_claim_without_limits_is_urgent_and_has_none():
    assert Allowance((), urgent=True, spend=None) == ANYTHING


@pytest.mark.parametrize(("spent", "cost", "goes"), [(3, 7, True), (4, 7, False), (0, 10, True), (0, 11, False)])
def test_a_budget_is_spent_to_the_last(ledger, clock, due, put, spent, cost, goes):
    put(3, committed_at=clock(), cost=spent)
    allowance = Allowance(spend=Spend(cost, 10, clock()))
    assert (ledger.claims.claim(due[0], now=clock(), lease=LEASE, allowance=allowance) is not None) is goes
    attempts = ledger.deliveries.attempts(due[0].key)
    assert len(attempts) == goes
    assert ledger.database.row("SELECT lane FROM account WHERE name = 'masto'") == {
        "lane": due[0].key if goes else None
    }


def test_of_its_own_earlier_try_a_cap_knows_nothing(ledger, clock, due, put):
    row, _, _ = due
    ledger.database.change("UPDATE delivery SET committed_at = :at", at=micros(clock()))
    allowance = Allowance(caps=(Cap(2, timedelta(hours=1), "per_hour"),))
    assert ledger.claims.claim(row, now=clock(), lease=LEASE, allowance=allowance)


@pytest.mark.parametrize("by", ["lease", "death"])
@pytest.mark.parametrize("sent", [False, True])
def test_a_sweep_frees_what_nobody_holds(ledger, clock, due, stored, by, sent):
    row, _, other = due
    mine, theirs = (ledger.claims.claim(each, now=clock(), lease=LEASE) for each in (row, other))
    if sent:
        assert ledger.claims.begin(mine, {"a": 1}, "d", {"b": 2}, now=clock(), lease=LEASE)
    if by == "death":
        ledger.database.change("UPDATE delivery SET claimed_by = :by WHERE key = :key", by=DEAD, key=mine.key)
    else:
        ledger.database.change(
            "UPDATE delivery SET lease_until = :now WHERE key = :key", now=micros(clock()), key=mine.key
        )
    settle = {"masto": 5 * SECOND, "fb": 7 * SECOND}
    before = stored(other)
    assert ledger.claims.sweep(clock(), settle.__getitem__) == 1
    left = ledger.deliveries.find(mine.key)
    assert (left.state, left.due_at) == (("unknown", clock() + 5 * SECOND) if sent else ("due", clock()))
    assert left.attempts == (1 if sent else 0)
    assert stored(other) == before
    assert ledger.deliveries.find(theirs.key).state == "sending"


@pytest.mark.parametrize(
    ("columns", "freed"),
    [
        ({"claimed_by": DEAD}, True),
        ({"claimed_by": claimant.me()}, False),
        ({"claimed_by": None}, False),
        ({"claimed_by": DEAD, "state": "posted"}, False),
    ],
)
def test_a_sweep_frees_the_look_up_of_one_that_died(ledger, clock, put, stored, columns, freed):
    until = clock() + LEASE
    row = put(1, **{"state": "unknown", "due_at": clock(), "lease_until": until} | columns)
    same = put(2, state="unknown", due_at=clock(), lease_until=until, claimed_by=claimant.me())
    before = stored(same)
    assert ledger.claims.sweep(clock(), lambda _: LEASE) == 0
    assert stored(row)[0]["lease_until"] == (0 if freed else micros(until))
    assert stored(same) == before
