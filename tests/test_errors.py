"""Errors as values: one is told in other words without touching what was raised."""

from __future__ import annotations

import pytest

from syndicate.errors import (
    ConfigError,
    NotReady,
    RateLimited,
    SourceError,
    SyndicateError,
    Unavailable,
    prefixed,
    reworded,
)

FAULTS = [
    ConfigError("config.yaml:1:1: no", hint="look there"),
    SourceError("answers 429", hint="wait", retry_after=30.0, pressed=True, status=429),
    RateLimited("slow down", retry_after=5.0, status=429),
    Unavailable("refused", unresolved=True),
    NotReady("still working", prepared={"id": "1"}, retry_after=2.0),
]


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: type(fault).__name__)
def test_other_words_are_the_same_advice_and_leave_what_was_raised_alone(fault):
    before = str(fault), dict(fault.__dict__)
    told = reworded(fault, "in other words")
    assert (type(told), str(told), told.__dict__) == (type(fault), "in other words", fault.__dict__)
    told.hint = "another"
    assert (str(fault), fault.__dict__) == before


def test_other_words_may_come_with_another_hint():
    assert reworded(SyndicateError("no", hint="old"), "no", "new").hint == "new"


def test_an_error_says_first_what_it_is_about_and_only_once():
    fault = SourceError("answers 404", absent=True)
    told = prefixed("news", fault)
    assert (str(told), told.absent, str(fault)) == ("news: answers 404", True, "answers 404")
    assert prefixed("news", told) is told
