"""Every way out of `due` before a claim, and what it leaves in the row: to the column."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest


@pytest.fixture
def due(put):
    return put(1, state="due", reason="window", error="an earlier one", looks=2)


def left(ledger, row):
    now = ledger.deliveries.find(row.key)
    return now.state, now.reason, now.due_at, now.error, now.looks


@pytest.mark.parametrize("state", ["due", "planned"])
def test_what_waits_says_why_and_until_when(ledger, clock, due, state):
    soon = clock() + timedelta(minutes=1)
    assert ledger.waiting.waits(due, "spacing", due_at=soon, error="every 10m", now=clock(), state=state)
    assert left(ledger, due) == (state, "spacing", soon, "every 10m", 2)


@pytest.mark.parametrize("other", ["fence", "state"])
def test_who_was_overtaken_changes_nothing(ledger, clock, put, due, other):
    ledger.database.change("UPDATE delivery SET " + {"fence": "fence = 9", "state": "state = 'held'"}[other])
    before = left(ledger, due)
    assert not ledger.waiting.waits(due, "cap", due_at=clock(), error="x", now=clock())
    assert not ledger.waiting.looks_again(due, "404", due_at=clock(), now=clock())
    assert not ledger.waiting.skips(due, "too_old", error="x", now=clock(), alerted=True)
    assert not ledger.waiting.fails(due, "too_long", error="x", now=clock())
    assert left(ledger, due) == before
    assert ledger.alerts.waiting() == []


def test_a_page_that_is_not_right_is_counted_from_the_first_look(ledger, clock, due):
    began = clock()
    for looks in (3, 4):
        soon = clock() + timedelta(minutes=1)
        assert ledger.waiting.looks_again(ledger.deliveries.find(due.key), "404", due_at=soon, now=clock())
        assert left(ledger, due) == ("planned", "preflight", soon, "404", looks)
        assert ledger.deliveries.find(due.key).looked_at == began
        ledger.database.change("UPDATE delivery SET state = 'due'")
        clock.move(minutes=1)


def test_a_page_that_is_right_forgets_the_looks(ledger, clock, put, due):
    other = put(2, state="due", looks=5)
    ledger.waiting.page_ok(replace(due, looks=0))
    assert ledger.deliveries.find(due.key).looks == 2  # nothing to forget, nothing written
    ledger.waiting.page_ok(due)
    found = ledger.deliveries.find(due.key)
    assert (found.looks, found.looked_at) == (0, None)
    assert ledger.deliveries.find(other.key).looks == 5


def test_what_can_never_be_sent_fails_and_somebody_hears(ledger, clock, due):
    assert ledger.waiting.fails(due, "too_long", error="512 of 500", now=clock())
    assert left(ledger, due) == ("failed", "too_long", None, "512 of 500", 2)
    assert [(row.key, told) for row, told, _ in ledger.alerts.waiting()] == [(due.key, "failed")]


@pytest.mark.parametrize("alerted", [True, False])
def test_what_is_skipped_says_why_and_somebody_hears_where_asked(ledger, clock, due, alerted):
    assert ledger.waiting.skips(due, "preflight", error="404", now=clock(), alerted=alerted)
    assert left(ledger, due) == ("skipped", "preflight", None, "404", 2)
    assert len(ledger.alerts.waiting()) == alerted
