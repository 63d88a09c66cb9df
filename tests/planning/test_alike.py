"""Which articles look like one of before, and how many at once are a flood: the pure part."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syndicate.model import Account, Article, FloodLimits
from syndicate.planning.flood_control import NEAR, History, LikelyDuplicate, alike, hold_back, saying, waiting
from syndicate.planning.plan import Candidate, Planned

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
MASTO = Account("masto", "mastodon")
LONG = "one two three four five six seven eight nine ten eleven twelve"


def story(title="The bridge is open", summary="", **fields):
    return Article("news", "https://g.example/1", title, summary=summary, **{"published": NOW} | fields)


def planned(anchor="a", found=None, state="due", **fields):
    return Planned(Candidate(anchor, found or story(title=f"Story {anchor}"), **fields), MASTO, state, None, NOW)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (("The bridge is open", ""), ("The BRIDGE is open!", "Other words"), True),
        (("", "What happened"), ("", "What happened"), False),
        (("", ""), ("", ""), False),
        (("a b c d e", "Said."), ("a b c d f", "Said."), False),  # four of six words
        (("a b c d e f g h i", "Said."), ("a b c d e f g h", "Said."), True),  # eight of nine
        (("a b c d", "Said."), ("a b c d e", "Said."), True),  # four of five
        (("a b c d", "Said."), ("a b c d e", "Said, too."), False),
        (("a b c d", ""), ("a b c d e", ""), False),
        (("a b c d 1", "Said."), ("a b c d 2", "Said."), False),  # another number is another story
        (("a b c", LONG), ("a b d", LONG), True),  # half of the words, over a long summary
        (("a b c", LONG), ("a d e", LONG), False),
        (("a b c", LONG.replace(" twelve", "")), ("a b d", LONG.replace(" twelve", "")), False),
    ],
)
def test_two_articles_are_alike_by_their_words(one, other, same):
    assert alike(story(*one), story(*other)) is same
    assert alike(story(*other), story(*one)) is same


def held(entries, *, new=None, listed=20, newest=None, twins=None, **limits):
    floods = FloodLimits(**{"burst": 3, "similar": "ask"} | limits)
    anchors = [entry.candidate.anchor for entry in entries] if new is None else new
    found = hold_back(entries, anchors, History(listed, newest, twins or {}), floods)
    return [(entry.state, entry.reason) for entry in found]


GOES, BURST, SIMILAR = ("due", None), ("planned", "burst"), ("planned", "similar")


@pytest.mark.parametrize(
    ("count", "listed", "burst", "waits"),
    [(3, 20, 3, False), (4, 20, 3, True), (4, 20, None, False), (4, 20, 4, False), (4, 6, 3, True)],
)
def test_more_at_once_than_burst_wait_all_of_them(count, listed, burst, waits):
    entries = [planned(str(number)) for number in range(count)]
    assert held(entries, listed=listed, burst=burst) == [BURST if waits else GOES] * count


@pytest.mark.parametrize(
    ("new", "listed", "waits"), [(3, 6, False), (4, 6, True), (4, 8, False), (5, 8, True), (11, 40, True)]
)
@pytest.mark.parametrize("precision", ["second", "day"])
def test_of_a_listing_that_is_mostly_new_what_is_no_newer_waits(new, listed, waits, precision):
    """More than half of it, or more than `burst`; three are never too many."""
    day = timedelta(days=1) if precision == "day" else timedelta(0)
    old = planned("old", story(published=NOW - day, precision=precision))
    fresh = planned("fresh", story("Other", published=NOW - day + timedelta(seconds=1), precision=precision))
    undated = planned("undated", story("No date", published=None))
    names = [str(number) for number in range(new)]
    found = held([old, fresh, undated], new=names, listed=listed, newest=NOW, burst=10)
    assert found == [BURST if waits else GOES, GOES, GOES]
    assert held([old], new=names, listed=listed, newest=None, burst=10) == [GOES]


@pytest.mark.parametrize(("wish", "left"), [("ask", SIMILAR), ("skip", ("skipped", "similar")), ("post", GOES)])
@pytest.mark.parametrize(("apart", "near"), [(NEAR, True), (NEAR + timedelta(seconds=1), False)])
def test_what_resembles_a_known_article_nearby_is_asked_about(wish, left, apart, near):
    twin = LikelyDuplicate("known", story(), NOW - apart)
    entry = planned("a", story())
    found = held([entry], twins={"a": [twin]}, similar=wish)
    assert found == [left if near else GOES]


def test_what_resembles_nothing_goes():
    twin = LikelyDuplicate("known", story("Quite another story"), NOW)
    assert held([planned("a", story())], twins={"a": [twin]}) == [GOES]
    assert held([planned("a", story())], twins={"b": [replace(twin, article=story())]}) == [GOES]


def test_an_undated_one_is_near_to_all():
    twin = LikelyDuplicate("known", story(), NOW - timedelta(days=99))
    assert held([planned("a", story(published=None))], twins={"a": [twin]}) == [SIMILAR]


@pytest.mark.parametrize(
    ("kinds", "asks"),
    [
        ([{}], True),
        ([{}, {}], False),  # a column under one headline
        ([{"doubted": True}] * 2, True),
        ([{}, {"doubted": True}], True),
        ([{"replaced": True}] * 2, True),
    ],
)
def test_a_regular_column_is_no_repetition(kinds, asks):
    twins = [LikelyDuplicate(str(number), story(), NOW, **kind) for number, kind in enumerate(kinds)]
    assert held([planned("a", story())], twins={"a": twins}) == [SIMILAR if asks else GOES]


def test_what_stood_in_its_place_counts_though_it_has_other_words():
    twin = LikelyDuplicate("known", story("Quite other words"), NOW, replaced=True)
    assert held([planned("a", story())], twins={"a": [twin]}) == [SIMILAR]
    names = [str(number) for number in range(9)]
    assert held(
        [planned("a", story())], new=names, listed=9, newest=NOW - timedelta(1), burst=20, twins={"a": [twin]}
    ) == [GOES]


def test_of_two_alike_in_one_reading_the_second_waits():
    first, second = planned("a", story()), planned("b", story(published=NOW + NEAR))
    assert held([first, second]) == [GOES, SIMILAR]
    assert held([first, planned("b", story(published=NOW + NEAR + timedelta(seconds=1)))]) == [GOES, GOES]
    assert held([planned("a", story("", "Said.")), planned("b", story("", "Said."))]) == [GOES, GOES]
    assert held([planned("a", story(published=None)), planned("b", story())]) == [GOES, GOES]


def test_what_is_skipped_stays_so_and_is_no_twin():
    skipped = planned("a", story(), state="skipped")
    assert held([skipped, planned("b", story())]) == [("skipped", None), GOES]


def test_a_name_that_was_taken_over_is_asked_about():
    entry = planned("a", story("New"), borrowed=story())
    [found] = hold_back([entry], ["a"], History(20, None, {}), FloodLimits(burst=3, similar="ask"))
    assert (found.state, found.reason) == SIMILAR
    assert found.note == "it has the address or guid of https://g.example/1, but nothing else in common with it"


def test_a_time_that_it_waits_for_as_well_stays():
    later = NOW + timedelta(hours=1)
    embargoed = replace(planned("a", story()), state="planned", reason="embargo", due_at=later)
    twin = LikelyDuplicate("known", story(), NOW)
    for entry, due_at in ((embargoed, later), (planned("a", story()), None)):
        [found] = hold_back([entry], ["a"], History(20, None, {"a": [twin]}), FloodLimits(burst=3, similar="ask"))
        assert (found.due_at, found.note) == (due_at, "it resembles https://g.example/1")


def test_what_waits_is_counted_by_article():
    entries = [
        Planned(Candidate(anchor, story()), replace(MASTO, name=name), "planned", reason)
        for anchor, name, reason in (
            ("a", "m", "burst"),
            ("a", "n", "burst"),
            ("b", "m", "burst"),
            ("c", "m", "similar"),
            ("d", "m", "approval"),
        )
    ]
    assert waiting([*entries, planned("e")]) == {"burst": 2, "similar": 1}


WORDS = st.lists(st.sampled_from(("Mayor", "opens", "bridge", "2", "in", "3rd", "May")), max_size=5).map(" ".join)


@given(WORDS, WORDS, st.sampled_from(("", "What happened.")))
def test_what_is_alike_is_looked_for_in_one_place(one, other, summary):
    articles = [Article("news", "https://gazette.example/", title, summary=summary) for title in (one, other)]
    if alike(*articles):
        assert set(saying(articles[0]).keys) & set(saying(articles[1]).keys)
