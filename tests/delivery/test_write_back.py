"""Telling those who want word: at least once, in order for each article, whatever fails and whoever is killed."""

from __future__ import annotations

import contextlib
import json
from collections import defaultdict
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from syndicate import errors
from syndicate.delivery.write_back import FIRST_WAIT, LONGEST_WAIT, again_at, needs_person, write_back
from syndicate.ledger import claimant
from syndicate.model import Receipt


class Killed(BaseException):
    """The process ends here."""


class Place:
    """Hears what it is told; `script` holds what happens at each telling: None, a fault, or being killed before or
    after it heard.
    """

    name = "webhook"
    takes = "event"

    def __init__(self, *script, takes="event") -> None:
        self.script, self.takes = list(script), takes
        self.heard = []

    def tell(self, words):
        what = self.script.pop(0) if self.script else None
        if what == "killed before":
            raise Killed
        if isinstance(what, Exception):
            raise what
        self.heard += words
        if what == "killed after":
            raise Killed


@pytest.fixture
def happens(ledger, put, clock):
    """Something happens to the story with this number."""
    ledger.follow_ups.sinks = ("webhook",)

    def one(number=1):
        row = put(number)
        if row.state == "held":
            ledger.decisions.not_sent(row, clock.now)
            return
        ledger.database.change("UPDATE delivery SET state = 'sending', fence = fence + 1 WHERE key = :key", key=row.key)
        clock.move(seconds=1)
        ledger.outcomes.posted(ledger.deliveries.find(row.key), Receipt("1", "u"), now=clock.now)

    return one


def told(place):
    return [word.id for word in place.heard]


def test_all_that_is_owed_is_told_in_order(ledger, happens):
    for number in (1, 2, 1, 1):
        happens(number)
    owed = [word.id for word in ledger.follow_ups.owed("webhook")]
    place = Place()
    came = write_back(place, ledger, lambda: True)
    assert came.told == 4
    assert sorted(told(place)) == sorted(owed)
    assert not ledger.follow_ups.has_owed()


def test_a_place_that_another_process_took_is_told_by_nobody_else_for_five_minutes(ledger, happens, clock, monkeypatch):
    happens(1)
    with monkeypatch.context() as elsewhere:
        elsewhere.setattr(claimant, "me", lambda: json.dumps({"host": "another"}))
        elsewhere.setattr(ledger.follow_ups, "release", lambda sink: None)
        with pytest.raises(Killed):
            write_back(Place("killed before"), ledger, lambda: True)
    place = Place()
    for seconds, told_so_far in ((299, 0), (1, 1)):
        clock.move(seconds=seconds)
        write_back(place, ledger, lambda: True)
        assert len(place.heard) == told_so_far


def test_a_place_that_is_down_is_asked_once_and_then_ever_later(ledger, happens, clock):
    for number in range(1, 6):
        happens(number)
    place = Place(*[errors.Unavailable("down")] * 3)
    assert [str(fault) for fault in write_back(place, ledger, lambda: True).faults] == ["webhook: down"]
    assert not write_back(place, ledger, lambda: True).faults  # it is not time yet
    assert len(place.script) == 2
    clock.move(seconds=20)
    assert write_back(place, ledger, lambda: True).faults
    clock.move(seconds=20)
    assert not write_back(place, ledger, lambda: True).faults
    clock.move(seconds=20)
    assert write_back(place, ledger, lambda: True).faults
    [trouble] = ledger.follow_ups.untold()
    assert trouble.waiting == 5
    clock.move(hours=1)
    assert write_back(place, ledger, lambda: True).told == 5
    assert not ledger.follow_ups.untold()


def test_a_run_does_not_wait_for_the_time_of_a_retry(ledger, happens):
    happens()
    place = Place(errors.Unavailable("down"))
    write_back(place, ledger, lambda: True)
    assert write_back(place, ledger, lambda: True, early=True).told == 1


def test_what_is_refused_holds_up_its_own_article_alone(ledger, happens, clock):
    for number in (1, 1, 2, 3):
        happens(number)
    owed = ledger.follow_ups.owed("webhook")
    place = Place(errors.Rejected("not this one"))
    came = write_back(place, ledger, lambda: True)
    assert (came.told, len(came.faults)) == (2, 1)
    assert told(place) == [owed[2].id, owed[3].id]
    clock.move(minutes=1)
    assert write_back(place, ledger, lambda: True).told == 2
    assert told(place)[2:] == [owed[0].id, owed[1].id]


def test_a_place_that_refuses_everything_is_out_of_order(ledger, happens):
    for number in range(1, 10):
        happens(number)
    place = Place(*[errors.Rejected("no")] * 9)
    assert len(write_back(place, ledger, lambda: True).faults) == 3
    assert not write_back(place, ledger, lambda: True).faults


def test_what_is_refused_for_days_while_others_are_heard_is_given_up_and_told(ledger, happens, clock):
    happens(1)
    happens(1)
    place = Place(*[errors.Rejected("a field is wrong")] * 3)
    write_back(place, ledger, lambda: True)
    clock.move(days=8)
    assert not write_back(place, ledger, lambda: True).told  # nothing else was heard: it may be the place's own fault
    happens(2)
    clock.move(days=1)
    place.script = [errors.Rejected("a field is wrong"), None]
    write_back(place, ledger, lambda: True)
    clock.move(hours=2)
    place.script = [errors.Rejected("a field is wrong")]
    write_back(place, ledger, lambda: True)
    assert not ledger.follow_ups.has_owed()
    assert [notice.kind for notice in ledger.notices.waiting()] == ["given_up"]
    assert len(place.heard) == 2  # the other article, and what came after


def test_a_place_that_only_knows_articles_hears_of_each_once(ledger, happens):
    for number in (1, 1, 2):
        happens(number)
    place = Place(takes="article")
    assert write_back(place, ledger, lambda: True).told == 3
    assert not ledger.follow_ups.has_owed()


def test_a_file_takes_all_at_once(ledger, happens):
    for number in range(1, 300):
        happens(number)
    place = Place(takes="all")
    assert write_back(place, ledger, lambda: True).told == 299
    assert not ledger.follow_ups.has_owed()


def test_it_stops_when_it_is_told_to(ledger, happens):
    for number in range(1, 5):
        happens(number)
    place = Place()
    assert write_back(place, ledger, lambda: len(place.heard) < 2).told == 2


def test_a_server_is_asked_when_it_wants_to_be(ledger, happens, clock):
    happens()
    [word] = ledger.follow_ups.owed("webhook")
    assert again_at(word, errors.Unavailable("down"), clock.now) == clock.now + FIRST_WAIT
    wanted = again_at(word, errors.RateLimited("slow", retry_after=7200), clock.now)
    assert wanted == clock.now + timedelta(hours=2)
    assert timedelta(hours=2) > LONGEST_WAIT


def test_what_passes_by_itself_needs_nobody():
    assert not needs_person(errors.Unavailable("down"))
    assert not needs_person(errors.Uncertain("no answer"))
    assert needs_person(errors.AuthError("401"))
    assert needs_person(errors.Rejected("read-only"))


STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("happens"), st.integers(1, 3)),
        st.tuples(
            st.just("tell"),
            st.lists(
                st.sampled_from(
                    [
                        None,
                        None,
                        errors.Rejected("no"),
                        errors.Unavailable("down"),
                        "killed before",
                        "killed after",
                    ]
                ),
                max_size=6,
            ),
        ),
        st.tuples(st.just("later"), st.integers(1, 3000)),
    ),
    max_size=20,
)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
def test_each_article_is_told_in_order_and_nothing_is_lost(steps, ledger, happens, clock):
    ledger.database.change("DELETE FROM follow_up")
    place, happened = Place(), defaultdict(list)

    def known():
        for word in ledger.follow_ups.owed("webhook"):
            if word.id not in happened[word.anchor]:
                happened[word.anchor].append(word.id)

    def tell(script):
        place.script = list(script)
        with contextlib.suppress(Killed):
            write_back(place, ledger, lambda: True)
        place.script = []

    def happen(number):
        happens(number)
        known()

    does = {"happens": happen, "tell": tell, "later": lambda seconds: clock.move(seconds=seconds)}
    for step, value in steps:
        does[step](value)
    clock.move(days=2)
    for _ in range(3):
        tell([])
    assert not ledger.follow_ups.has_owed()
    for anchor, wanted in happened.items():
        said = [word.id for word in place.heard if word.anchor == anchor]
        assert list(dict.fromkeys(said)) == wanted  # each at least once, and first in order
        places = [wanted.index(each) for each in said]
        assert places == sorted(places)  # and what is told again is never older than what was told
