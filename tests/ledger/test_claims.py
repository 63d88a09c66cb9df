"""Ways out of `due` and `sending`, and who hears of them."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from syndicate.ledger import claimant
from syndicate.model import Receipt
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
