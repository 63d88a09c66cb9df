"""What a person is alerted to: once for each time it holds or happens."""

from __future__ import annotations

from datetime import timedelta

import pytest

from syndicate.ledger.alerts import TRIES
from syndicate.ledger.notices import GAP, LEFT_OUT, Notice

LOGIN, FAILING = ("login", "masto"), ("source_failing", "news")


def waiting(ledger):
    return [(notice.kind, notice.subject, notice.message) for notice in ledger.notices.waiting()]


def test_a_condition_is_stored_once_and_removed_when_it_is_over(ledger, clock):
    began = clock()
    ledger.notices.observe({LOGIN: "refused"}, began)
    clock.move(minutes=1)
    ledger.notices.observe({LOGIN: "refused again", FAILING: "down"}, clock())
    assert ledger.notices.waiting() == [
        Notice(*LOGIN, "refused", began),
        Notice(*FAILING, "down", clock()),
    ]
    ledger.notices.observe({FAILING: "down"}, clock())
    assert waiting(ledger) == [(*FAILING, "down")]
    ledger.notices.observe({}, clock())
    assert waiting(ledger) == []


@pytest.mark.parametrize("kind", [GAP, LEFT_OUT])
def test_an_event_stays_whatever_holds_and_is_told_each_time_it_happens(ledger, clock, kind):
    ledger.notices.happened(kind, "news", "once", clock())
    ledger.notices.happened(kind, "sport", "there too", clock())
    ledger.notices.observe({LOGIN: "refused"}, clock())
    ledger.notices.observe({}, clock())
    assert sorted(waiting(ledger)) == [(kind, "news", "once"), (kind, "sport", "there too")]
    for notice in ledger.notices.waiting():
        ledger.notices.told(notice, now=clock(), heard=True)
    assert waiting(ledger) == []
    ledger.notices.happened(kind, "news", "again", clock() + timedelta(seconds=1))
    assert waiting(ledger) == [(kind, "news", "again")]


def test_who_does_not_hear_is_asked_a_few_times(ledger, clock):
    ledger.notices.observe({LOGIN: "refused", FAILING: "down"}, clock())
    [notice] = [notice for notice in ledger.notices.waiting() if notice.kind == "login"]
    for _ in range(TRIES - 1):
        ledger.notices.told(notice, now=clock(), heard=False)
    assert len(waiting(ledger)) == 2
    ledger.notices.told(notice, now=clock(), heard=False)
    assert waiting(ledger) == [(*FAILING, "down")]
