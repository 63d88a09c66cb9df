"""Articles alike, asked about for a whole reading at once: the same as for each story alone, in as many questions."""

from __future__ import annotations

import random

import pytest

from syndicate.aliases import aliases
from syndicate.ledger.twins import TWINS
from tests.worlds.statements import counted

SHARED = "What happened."


@pytest.fixture
def listed(ledger, article, clock):
    """Adds articles as one reading does; gives them by their anchors."""

    def add(*articles):
        clock.move(seconds=1)
        named = [(each, aliases(each), number) for number, each in enumerate(articles)]
        ledger.articles.add_all(named, clock())
        return {names[0].hash: each for each, names, _ in named}

    return add


def expected(known, anchor, story, besides):
    """The twins of one story among `known`, which are the last seen first; each is its anchor and its article."""
    others = [(each, other) for each, other in known if each != anchor]
    titled = [(each, other) for each, other in others if other.title == story.title]
    told = [(each, other) for each, other in others if other.summary == story.summary and other.title != story.title]
    order = [each for each, _ in known]
    found = sorted([each for each, _ in titled + told], key=order.index)
    both = [each for each, other in titled if other.summary == story.summary]
    first = both[:TWINS] if len(found) >= TWINS + len(besides) else []
    return [each for each in dict.fromkeys([*first, *found]) if each not in besides][:TWINS]


@pytest.mark.parametrize("seed", range(4))
def test_each_story_has_the_twins_that_it_would_have_alone(ledger, listed, article, seed):
    chance = random.Random(seed)
    known, number, titles = [], 0, ("A", "B", "C") if seed % 2 else [f"T{each}" for each in range(40)]
    for _ in range(60):
        number += 1
        title, summary = chance.choice(titles), chance.choice(("One.", "Two.", SHARED, SHARED))
        known[:0] = listed(article(number, title=title, summary=summary)).items()
    new = {}
    for _ in range(6):
        number += 1
        new |= listed(article(number, title=chance.choice(titles), summary=chance.choice(("One.", SHARED))))
    known[:0] = reversed(new.items())
    for besides in (new.keys(), ()):
        found = ledger.twins.alike(new, besides)
        assert {anchor: [each.anchor for each, _ in others] for anchor, others in found.items()} == {
            anchor: expected(known, anchor, story, besides) for anchor, story in new.items()
        }


def test_the_oldest_with_both_is_found_under_a_headline_that_very_many_have(ledger, listed, article):
    oldest = listed(article(1, title="Photo of the day", summary="A heron."))
    listed(*(article(number, title="Photo of the day", summary=f"Day {number}.") for number in range(2, TWINS + 30)))
    new = listed(article(99, title="Photo of the day", summary="A heron."))
    [others] = ledger.twins.alike(new, new.keys()).values()
    assert (others[0][0].anchor, len(others)) == (*oldest, TWINS)


def test_a_thousand_stories_cost_hardly_more_questions_than_one(ledger, listed, article):
    listed(*(article(number, summary=SHARED) for number in range(TWINS + 5)))
    asked = []
    for start, count in ((100, 1), (200, 300)):
        new = listed(*(article(start + number, summary=SHARED) for number in range(count)))
        with counted(ledger.database) as statements:
            ledger.twins.alike(new, new.keys())
            ledger.twins.of_one_instant(new, new.keys())
        asked.append(len(statements))
    assert asked == [4, 4]


def test_of_one_instant_are_only_those_of_its_source(ledger, listed, article, clock):
    at = clock()
    known = listed(article(1, published=at), article(2, source="other", published=at), article(3, published=None))
    new = listed(article(4, published=at), article(5, published=None), article(6, published=clock()))
    found = ledger.twins.of_one_instant(new, new.keys())
    assert [[each.anchor for each in others] for others in found.values()] == [[next(iter(known))], [], []]
