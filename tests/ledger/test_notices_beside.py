"""What becomes of one notice leaves those of other kinds and subjects as they are."""

from __future__ import annotations

from itertools import product

import pytest

from syndicate.ledger.notices import GAP, LEFT, LEFT_OUT

CONDITIONS = dict.fromkeys(product(("login", "account_waits"), ("masto", "fb")), "said")
EVENTS = (*product((GAP, LEFT, LEFT_OUT), ("news", "sport")),)
FIRST = ("login", "masto")


def waiting(ledger):
    return {(notice.kind, notice.subject): notice.message for notice in ledger.notices.waiting()}


@pytest.fixture
def all_of_them(ledger, clock):
    ledger.notices.observe(CONDITIONS, clock())
    for kind, subject in EVENTS:
        ledger.notices.happened(kind, subject, "once", clock())
    return CONDITIONS | dict.fromkeys(EVENTS, "once")


def test_a_condition_that_is_over_takes_no_other_with_it(ledger, clock, all_of_them):
    ledger.notices.observe({each: "said" for each in CONDITIONS if each != FIRST}, clock())
    assert waiting(ledger) == {each: said for each, said in all_of_them.items() if each != FIRST}


@pytest.mark.parametrize("event", EVENTS)
def test_an_event_that_happens_again_replaces_itself_alone(ledger, clock, all_of_them, event):
    ledger.notices.happened(*event, "again", clock())
    assert waiting(ledger) == all_of_them | {event: "again"}


@pytest.mark.parametrize("heard", [True, False])
@pytest.mark.parametrize("told", [FIRST, EVENTS[0]])
def test_who_heard_of_one_is_still_told_the_others(ledger, clock, all_of_them, told, heard):
    [notice] = [each for each in ledger.notices.waiting() if (each.kind, each.subject) == told]
    for _ in range(1 if heard else 3):
        assert told in waiting(ledger)
        ledger.notices.told(notice, now=clock(), heard=heard)
    assert waiting(ledger) == {each: said for each, said in all_of_them.items() if each != told}


def test_they_come_in_the_order_in_which_they_began(ledger, clock):
    ledger.notices.happened(GAP, "sport", "", clock())
    clock.move(minutes=-1)
    ledger.notices.happened(LEFT, "news", "", clock())
    clock.move(minutes=-1)
    ledger.notices.observe({FIRST: ""}, clock())
    assert [each.kind for each in ledger.notices.waiting()] == ["login", LEFT, GAP]


def test_a_condition_that_goes_on_is_not_told_anew(ledger, clock, all_of_them):
    for notice in ledger.notices.waiting():
        ledger.notices.told(notice, now=clock(), heard=True)
    ledger.notices.observe(CONDITIONS, clock())
    assert waiting(ledger) == {}
    ledger.notices.observe({}, clock())
    ledger.notices.observe(CONDITIONS, clock())
    assert waiting(ledger) == CONDITIONS


def test_what_holds_now_is_no_event_and_not_over(ledger):
    for subject, event, ended in (("holds", 0, None), ("over", 0, 5), ("event", 1, None), ("past event", 1, 5)):
        ledger.database.change(
            "INSERT INTO notice (kind, subject, cause, message, since, tries, ended_at, event)"
            " VALUES ('source', :subject, '', 'm', 1, 0, :ended, :event)",
            subject=subject,
            event=event,
            ended=ended,
        )
    assert [notice.subject for notice in ledger.notices.holding()] == ["holds"]
