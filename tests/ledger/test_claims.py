"""Ways out of `due` and `sending`, and who hears of them."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from syndicate.ledger import claimant
from syndicate.ledger.claims import Allowance, Spend
from syndicate.ledger.database import micros
from syndicate.model import Receipt
from syndicate.schedule import Cap
from tests.worlds.accounts import MASTO

LEASE = timedelta(seconds=60)


def told(ledger):
    return [(row.key, state) for row, state, _ in ledger.alerts.waiting()]


@pytest.mark.parametrize("reason", ["too_old", "withdrawn", "preflight"])
@pytest.mark.parametrize("alert", [False, True])
def test_of_what_is_skipped_somebody_hears_only_where_that_is_asked(ledger, clock, put, reason, alert):
    row = put()
    overtaken = replace(row, fence=row.fence + 1)
    assert not ledger.waiting.skips(overtaken, reason, error=None, now=clock(), alerted=alert)
    assert told(ledger) == []
    assert ledger.waiting.skips(row, reason, error=None, now=clock(), alerted=alert)
    assert ledger.deliveries.find(row.key).state == "skipped"
    assert told(ledger) == ([(row.key, "skipped")] if alert else [])


@pytest.mark.parametrize(
    ("state", "heard"), [("held", True), ("failed", True), ("unknown", False), ("due", False), ("posted", False)]
)
def test_of_a_try_somebody_hears_where_a_person_has_to_act(ledger, clock, put, state, heard):
    claimed = ledger.claims.claim(put(), now=clock(), lease=LEASE)
    ways = {
        "posted": lambda out: out.posted(claimed, Receipt("1", None), now=clock()),
        "held": lambda out: out.held(claimed, now=clock()),
        "failed": lambda out: out.failed(claimed, "rejected", error="no", now=clock()),
        "unknown": lambda out: out.unanswered(claimed, due_at=clock(), now=clock()),
        "due": lambda out: out.later(claimed, "unavailable", due_at=clock(), error="down", now=clock()),
    }
    assert ways[state](ledger.outcomes)
    assert told(ledger) == ([(claimed.key, state)] if heard else [])


def test_who_has_to_leave_gives_back_what_it_holds_and_nothing_of_others(ledger, clock, put):
    unsent, sent = put(1), put(2, replace(MASTO, name="two"))
    stranger = put(3, replace(MASTO, name="three"))
    claims = [ledger.claims.claim(row, now=clock(), lease=LEASE) for row in (unsent, sent, stranger)]
    assert ledger.claims.begin(claims[1], {"text": "x"}, "digest", {"a": 1}, now=clock(), lease=LEASE)
    theirs = claimant._of(1)
    ledger.database.change("UPDATE delivery SET claimed_by = :by WHERE key = :key", by=theirs, key=stranger.key)
    ledger.claims.abandon(clock(), lambda _: timedelta(seconds=9))
    after = [ledger.deliveries.find(row.key) for row in claims]
    assert [row.state for row in after] == ["due", "unknown", "sending"]
    assert (after[0].attempts, after[0].due_at) == (0, clock())
    assert (after[1].due_at, after[1].unknowns, after[1].absent) == (clock() + timedelta(seconds=9), 1, 0)
    assert ledger.claims.claim(after[0], now=clock(), lease=LEASE), "its lane is free"


@pytest.fixture
def row(ledger, clock, put):
    ledger.accounts.ensure(MASTO, clock())
    return put(1, state="due", reason="window", due_at=clock(), attempts=2)


def columns(ledger, key, *names):
    found = ledger.database.row("SELECT * FROM delivery WHERE key = :key", key=key)
    return tuple(found[name] for name in names)


def test_a_claim_takes_the_delivery_and_the_lane_for_its_lease(ledger, clock, row):
    claimed = ledger.claims.claim(row, now=clock(), lease=LEASE)
    assert (claimed.state, claimed.reason, claimed.fence, claimed.attempts) == ("sending", None, row.fence + 1, 3)
    until = micros(clock() + LEASE)
    held = columns(ledger, row.key, "lease_until", "claimed_by", "updated_at")
    assert held == (until, claimant.me(), micros(clock()))
    lane = ledger.database.row("SELECT lane, lane_until FROM account")
    assert (lane["lane"], lane["lane_until"]) == (row.key, until)
    assert [(tried["fence"], tried["started_at"]) for tried in ledger.deliveries.attempts(row.key)] == [
        (claimed.fence, clock())
    ]


@pytest.mark.parametrize(
    "stop",
    [
        "UPDATE account SET paused = 'person'",
        "UPDATE account SET next_at = :later",
        "UPDATE account SET opens_at = :later",
        "UPDATE account SET lane = 'another', lane_until = :later",
        "INSERT INTO pause (word, since) VALUES ('', 0)",
        "UPDATE delivery SET state = 'planned'",
        "UPDATE delivery SET due_at = :later",
        "UPDATE delivery SET fence = fence + 1",
    ],
)
def test_what_may_not_go_is_not_claimed_until_it_may(ledger, clock, row, stop):
    ledger.database.change(stop, **({"later": micros(clock()) + 1} if ":later" in stop else {}))
    before = ledger.deliveries.find(row.key)
    shut = Allowance(urgent=False)
    assert ledger.claims.claim(row, now=clock(), lease=LEASE, allowance=shut) is None
    assert ledger.deliveries.find(row.key) == before
    assert ledger.deliveries.attempts(row.key) == []
    waits = ":later" in stop
    clock.move(microseconds=1)
    assert (ledger.claims.claim(row, now=clock(), lease=LEASE, allowance=shut) is not None) is waits


@pytest.mark.parametrize(
    "word", ["INSERT INTO pause (word, since) VALUES ('election', 0)", "UPDATE account SET opens_at = 9e15"]
)
def test_a_pause_of_a_word_and_closed_hours_do_not_stop_what_is_urgent(ledger, clock, row, word):
    ledger.database.change(word)
    assert ledger.claims.claim(row, now=clock(), lease=LEASE) is not None


@pytest.mark.parametrize(("ago", "goes"), [(59, False), (60, True)])
@pytest.mark.parametrize("action", ["post", "edit"])
def test_a_cap_counts_the_posts_of_the_account_in_its_window(ledger, clock, put, row, ago, goes, action):
    posted = put(2, state="posted", committed_at=clock() - timedelta(minutes=ago))
    ledger.database.change("UPDATE delivery SET action = :action WHERE key = :key", action=action, key=posted.key)
    put(3, replace(MASTO, name="other"), state="posted", committed_at=clock())
    ledger.database.change("UPDATE delivery SET committed_at = :now WHERE key = :key", now=micros(clock()), key=row.key)
    allowance = Allowance(caps=(Cap(1, timedelta(hours=1), "per_hour"),))
    claimed = ledger.claims.claim(row, now=clock(), lease=LEASE, allowance=allowance)
    assert (claimed is not None) is (goes or action == "edit")


@pytest.mark.parametrize(("cost", "goes"), [(4, True), (5, False)])
def test_a_budget_counts_what_was_spent_since_its_month_began(ledger, clock, put, row, cost, goes):
    since = clock() - timedelta(days=1)
    for number, (at, spent) in enumerate([(since, 6), (since - timedelta(microseconds=1), 90)], 2):
        ledger.database.change(
            "UPDATE delivery SET cost = :cost WHERE key = :key", cost=spent, key=put(number, committed_at=at).key
        )
    put(9, replace(MASTO, name="other"), committed_at=clock())
    ledger.database.change("UPDATE delivery SET cost = 90 WHERE account = 'other'")
    allowance = Allowance(spend=Spend(cost, 10, since))
    assert (ledger.claims.claim(row, now=clock(), lease=LEASE, allowance=allowance) is not None) is goes


def test_what_is_about_to_be_sent_is_stored_with_its_lease(ledger, clock, row):
    claimed = ledger.claims.claim(row, now=clock(), lease=LEASE)
    other = ledger.database.change("UPDATE delivery SET prepared = '{}' WHERE key = :key", key=row.key)
    clock.move(seconds=5)
    sent = {"now": clock(), "lease": LEASE, "cost": 7}
    assert other
    assert not ledger.claims.begin(replace(claimed, fence=claimed.fence + 1), {"a": 1}, "d", {"b": 2}, **sent)
    assert ledger.claims.begin(claimed, {"a": 1}, "d", {"b": 2}, **sent)
    left = ledger.deliveries.find(row.key)
    assert (left.post, left.digest, left.draft, left.prepared, left.committed_at) == (
        {"a": 1},
        "d",
        {"b": 2},
        None,
        clock(),
    )
    until = micros(clock() + LEASE)
    assert columns(ledger, row.key, "cost", "lease_until", "updated_at") == (7, until, micros(clock()))
    assert ledger.database.row("SELECT lane_until FROM account")["lane_until"] == until
    first = clock()
    clock.move(seconds=5)
    assert ledger.claims.begin(claimed, {"a": 1}, "d", {"b": 2}, now=clock(), lease=LEASE)
    assert ledger.deliveries.find(row.key).committed_at == first  # from when on it may be out
    assert columns(ledger, row.key, "cost") == (7,)


@pytest.mark.parametrize(("ahead", "fence", "taken"), [(0, 0, True), (1, 0, False), (0, 1, False)])
def test_an_unknown_delivery_is_looked_up_by_one_when_it_is_due(ledger, clock, put, ahead, fence, taken):
    row = put(1, state="unknown", reason="no_answer", due_at=clock() + timedelta(seconds=ahead), attempts=1)
    claimed = ledger.claims.claim_lookup(replace(row, fence=row.fence + fence), now=clock(), lease=LEASE)
    assert (claimed is not None) is taken
    if taken:
        assert (claimed.state, claimed.fence, claimed.attempts) == ("unknown", row.fence + 1, 1)
        held = columns(ledger, row.key, "lease_until", "claimed_by", "updated_at")
        assert held == (micros(clock() + LEASE), claimant.me(), micros(clock()))
        assert ledger.claims.claim_lookup(put(2, state="due"), now=clock(), lease=LEASE) is None


def test_a_claim_is_swept_when_its_lease_is_over_and_not_before(ledger, clock, put, row):
    claimed = ledger.claims.claim(row, now=clock(), lease=LEASE)
    clock.move(seconds=59)
    assert ledger.claims.sweep(clock(), lambda _: LEASE) == 0
    clock.move(seconds=1)
    assert ledger.claims.sweep(clock(), lambda _: LEASE) == 1
    assert ledger.deliveries.find(claimed.key).state == "due"


def test_a_look_up_of_a_dead_process_is_free_and_that_of_another_is_not(ledger, clock, put):
    gone = json.dumps(json.loads(claimant.me()) | {"boot": "an earlier one"})
    looked = {}
    for number, by in enumerate([gone, claimant.me()], 1):
        row = put(number, state="unknown", due_at=clock())
        looked[by] = ledger.claims.claim_lookup(row, now=clock(), lease=LEASE)
        ledger.database.change("UPDATE delivery SET claimed_by = :by WHERE key = :key", by=by, key=row.key)
    assert ledger.claims.sweep(clock(), lambda _: LEASE) == 0
    assert columns(ledger, looked[gone].key, "lease_until") == (0,)
    assert columns(ledger, looked[claimant.me()].key, "lease_until") == (micros(clock() + LEASE),)
