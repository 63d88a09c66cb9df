"""Alerts of single deliveries: each is waiting until somebody heard it, or it was tried a few times."""

from __future__ import annotations

import pytest

from syndicate.ledger.transitions import alert
from syndicate.model import Account

FACE = Account("fb", "facebook")


@pytest.fixture
def alerts(ledger, put):
    """Four alerts: two of one delivery, one of it at a later fence, one of another that was planned before."""
    row, other = put(1, planned_at=2_000), put(2, FACE, planned_at=1_000)
    alert(ledger.database, row, "held")
    alert(ledger.database, row, "failed")
    ledger.database.change("UPDATE delivery SET fence = 5 WHERE key = :key", key=row.key)
    alert(ledger.database, ledger.deliveries.find(row.key), "held")
    alert(ledger.database, other, "held")
    return row, other


def waiting(ledger):
    return [(row.account, state, fence) for row, state, fence in ledger.alerts.waiting()]


def test_they_come_in_the_order_of_planning_with_the_state_and_fence_of_then(ledger, alerts):
    assert waiting(ledger)[0] == ("fb", "held", 0)
    assert sorted(waiting(ledger)[1:]) == [("masto", "failed", 0), ("masto", "held", 0), ("masto", "held", 5)]


@pytest.mark.parametrize("heard", [True, False])
def test_what_was_heard_is_over_and_what_was_not_is_tried_a_few_times(ledger, clock, alerts, heard):
    row, _ = alerts
    others = [each for each in waiting(ledger) if each != ("masto", "held", 0)]
    for _ in range(1 if heard else 3):
        assert ("masto", "held", 0) in waiting(ledger)
        ledger.alerts.told(row.key, "held", 0, now=clock(), heard=heard)
        clock.move(minutes=1)
    assert waiting(ledger) == others


def test_what_was_heard_once_is_not_told_again(ledger, put, clock):
    row = put(1)
    alert(ledger.database, row, "held")
    ledger.alerts.told(row.key, "held", 0, now=clock(), heard=True)
    alert(ledger.database, row, "held")
    assert waiting(ledger) == []
