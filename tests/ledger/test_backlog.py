"""What waits, moved or counted all at once."""

from __future__ import annotations

from datetime import timedelta

import pytest

WAITING = [("approval", True), ("burst", True), ("similar", True), ("embargo", False), ("delay", False)]
WAITING += [("preflight", False)]


@pytest.mark.parametrize(("reason", "asks"), WAITING)
def test_only_what_waits_for_a_person_is_told_as_waiting_for_a_yes(ledger, clock, put, reason, asks):
    put(1, state="planned", reason=reason)
    put(2, state="due", reason=reason)
    put(3, state="skipped", reason=reason)
    assert ledger.backlog.batches() == ({(reason, "news"): 1} if asks else {})


@pytest.mark.parametrize(("reason", "asks"), WAITING)
def test_what_waited_for_a_person_and_grew_too_old_is_counted(ledger, clock, put, reason, asks):
    row = put(1, state="planned", reason=reason, expires_at=clock())
    sent = put(2, state="due", draft={"text": "may be out"}, expires_at=clock())
    young = put(3, state="planned", reason=reason, expires_at=clock() + timedelta(seconds=1))
    assert ledger.backlog.expire(clock()) == ({"news": 1} if asks else {})
    left = ledger.deliveries.find(row.key)
    assert (left.state, left.reason, left.due_at) == ("skipped", "too_old", None)
    assert [ledger.deliveries.find(each.key) for each in (sent, young)] == [sent, young]


@pytest.mark.parametrize(("reason", "asks"), WAITING)
def test_only_what_waits_for_an_instant_is_released_by_it(ledger, clock, put, reason, asks):
    row = put(1, state="planned", reason=reason, due_at=clock() + timedelta(seconds=1))
    ledger.backlog.release(clock())
    assert ledger.deliveries.find(row.key) == row
    clock.move(seconds=1)
    ledger.backlog.release(clock())
    assert ledger.deliveries.find(row.key).state == ("planned" if asks else "due")
