"""Pauses of everything and of words."""

from __future__ import annotations

from datetime import timedelta

from syndicate.ledger.pauses import EVERYTHING, Pause

HOUR = timedelta(hours=1)


def test_a_pause_begins_once_and_its_end_may_be_changed(ledger, clock):
    began = clock()
    ledger.pauses.add("Election", now=began, until=None)
    clock.move(minutes=1)
    ledger.pauses.add("strike", now=clock(), until=clock() + HOUR)
    ledger.pauses.add("ELECTION", now=clock(), until=clock() + HOUR)
    ledger.pauses.add(EVERYTHING, now=clock() + HOUR, until=None)
    assert ledger.pauses.all() == [
        Pause(EVERYTHING, clock() + HOUR, None),
        Pause("election", began, clock() + HOUR),
        Pause("strike", clock(), clock() + HOUR),
    ]


def test_a_pause_lapses_at_its_end(ledger, clock):
    ledger.pauses.add("election", now=clock(), until=clock() + HOUR)
    ledger.pauses.add("strike", now=clock(), until=None)
    assert ledger.pauses.lapsed(clock() + HOUR - timedelta(seconds=1)) == []
    assert ledger.pauses.lapsed(clock() + HOUR) == ["election"]


def test_what_waited_for_a_pause_is_due_when_it_ends(ledger, clock, put):
    later = clock() + HOUR
    waited = put(1, state="due", reason="paused", due_at=later)
    others = [put(2, state="due", reason="window", due_at=later), put(3, state="planned", reason="paused")]
    ledger.pauses.add("election", now=clock(), until=None)
    ledger.pauses.add("strike", now=clock(), until=None)
    ledger.pauses.end("Election", clock())
    assert [pause.word for pause in ledger.pauses.all()] == ["strike"]
    found = ledger.deliveries.find(waited.key)
    assert (found.reason, found.due_at) == (None, clock())
    assert [ledger.deliveries.find(row.key) for row in others] == others
