"""Patterns of the config are compared within a moment, whatever they are and whatever a feed says."""

import sys
import threading
import time

import pytest

from syndicate.planning import patterns
from syndicate.planning.patterns import HASTE, LETTERS, PATIENCE, SECONDS, checked, matches, nests, trap
from tests import processes

SLOW = r"(a+)+b$"
HARMLESS = [
    r"(?i)^(quiz|crossword)",
    r"(?i)\b(live|breaking)\b",
    r"^\[(ad|sponsored)\]",
    r"^.*live.*$",
    r"\w+\s*:\s*\w+",
    r"(foo|bar)*baz",
    r"(\w+,)*x",
    r"(?<!\d)(\d{1,3})(,\d{3})*(\.\d+)? (euro|€)",
    r"a{70}",
    r"(?P<q>['\"]).+(?P=q)",
    r"^(?:(?!live).)*$",
]


@pytest.fixture(autouse=True)
def nothing_is_remembered(monkeypatch):
    monkeypatch.setattr(patterns, "_too_slow", patterns.Counter())
    monkeypatch.setattr(patterns, "_given_up", {})


@pytest.mark.parametrize(
    ("pattern", "title", "found"),
    [
        ("(?i)storm", "A STORM", True),
        ("^storm", "A storm", False),
        (r"^\w+$", "Überfall", True),
        ("b$", "a" * (LETTERS - 1) + "b", True),
        ("b$", "a" * LETTERS + "b", False),
        ("b", "a" * LETTERS + "b", False),
    ],
)
def test_a_title_is_compared_by_its_beginning(pattern, title, found):
    assert matches(pattern, title) is found


def test_what_takes_too_long_is_given_up_and_not_tried_twice():
    title = "given up " + "a" * 100_000
    begun = time.thread_time()
    assert matches(SLOW, title) is None
    spent = time.thread_time() - begun
    assert SECONDS / 2 < spent < 40 * SECONDS
    begun = time.thread_time()
    assert matches(SLOW, title) is None
    assert time.thread_time() - begun < SECONDS / 2
    assert matches(SLOW, "aab") is True, "other titles are compared all the same"


def test_a_feed_full_of_such_titles_costs_less_each(monkeypatch):
    monkeypatch.setattr(patterns, "_too_slow", patterns.Counter({SLOW: PATIENCE}))
    begun = time.thread_time()
    assert matches(SLOW, "in haste " + "a" * LETTERS) is None
    assert time.thread_time() - begun < (SECONDS + HASTE) / 2


def test_only_so_many_titles_are_remembered(monkeypatch):
    monkeypatch.setattr(patterns, "REMEMBERED", 2)
    monkeypatch.setattr(patterns, "_given_up", {})
    for name in "one", "two", "three":
        assert matches(SLOW, f"{name} {'a' * LETTERS}") is None
    assert [title[:3] for _, title in patterns._given_up] == ["two", "thr"]


def test_threads_may_compare_at_once():
    titles = [f"{number} {'a' * LETTERS}" for number in range(6)]
    found = []
    threads = [threading.Thread(target=lambda title=each: found.append(matches(SLOW, title))) for each in titles]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [None] * 6


def test_a_pattern_may_have_five_thousand_parts_with_its_repetitions():
    assert checked("a{4999}") == "a{4999}"


@pytest.mark.parametrize(
    ("pattern", "words"),
    [
        ("(", "is no regular expression: missing ), unterminated subpattern at position 0"),
        ("a{5000}", "asks for 5,001 letters and more"),
        ("(?:(?:a{1000}){1000}){1000}", "asks for 1,001,001,001 letters and more"),
        ("(?:ab?){100000}", "asks for"),
        ("a{6000}", "asks for"),
        ("(?:a|b{3}){2000}", "asks for"),
        ("(?:(?=a)){2000}" * 3, "asks for"),
        ("(?:(?!a)){2000}" * 3, "asks for"),
        ("(?>a{6000})", "asks for"),
        ("a{6000}+", "asks for"),
    ],
)
def test_a_pattern_that_the_engine_could_not_hold_is_a_mistake(pattern, words):
    with pytest.raises(ValueError, match=r"regular|asks") as caught:
        checked(pattern)
    assert words in str(caught.value)


@pytest.mark.parametrize("pattern", [*HARMLESS, SLOW, "a{400}", "(?:ab?){100}", "(a{1,3}){500}"])
def test_a_pattern_may_be_as_large_as_a_title(pattern):
    assert checked(pattern) == pattern


@pytest.mark.parametrize(
    "pattern",
    [
        SLOW,
        r"(x+x+)+y",
        r"(a|aa)+$",
        r"^Breaking: (a|aa)+ now$",
        r"(.*?,){20}P",
        r"^(([a-z])+.)+[A-Z]([a-z])+$",
        r"(\d+[.,]?)*%$",
        r"(é+)+ü",
        r"(?:.*?a){100}b",
        r"(?:quiz|(?:(\d+)+-)?end)",
        r"(.)(\1+)+$",
        r"(-+)+$",
        r"(\w*)*$",
        r"(Live|L)*(ive)*(\w+ ?)*z$",
    ],
)
def test_a_pattern_that_takes_too_long_is_known_by_its_own_words(pattern):
    found = trap(pattern)
    assert found is not None
    assert len(found) <= LETTERS
    assert matches(pattern, found) is None or nests(pattern)


@pytest.mark.parametrize(
    "pattern", [SLOW, r"^(\w+\s?)*LIVE$", r"^(\s*\S+\s*)+\?$", r"((a*)*)*", r"([A-Z]{2,} ?)+!", r"x(?:(?:a+)+)?"]
)
def test_a_repetition_of_a_repetition_is_told_whatever_the_engine_makes_of_it(pattern):
    assert nests(pattern)


@pytest.mark.parametrize("pattern", HARMLESS)
def test_what_publishers_write_is_not_warned_of(pattern):
    assert trap(pattern) is None
    assert not nests(pattern)


def test_the_engine_is_loaded_with_the_first_comparison():
    code = "import sys, syndicate.planning.plan; from syndicate.config.values import *; pattern('a+');"
    code += "print('regex' in sys.modules)"
    assert processes.run([sys.executable, "-c", code]).stdout.split() == ["False"]
