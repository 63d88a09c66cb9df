"""Deliveries from the shelf in the order of their planning, joined with those that are not there."""

from __future__ import annotations

import pytest

from syndicate.ledger import shelf_order
from syndicate.ledger.days import DAY
from syndicate.ledger.shelf import WIDE
from syndicate.ledger.shelf_order import joined, parts_of_days, shelved


def row(planned_at, key="a"):
    return {"planned_at": planned_at, "key": key}


class Shelf:
    """Stories by their planning; each has deliveries planned up to WIDE later."""

    def __init__(self, *stories):
        self.all, self.read, self.asked = sorted(stories, key=lambda story: story[0]), [], None

    def stories(self, *, newest_first, low, high):
        self.asked = (low, high)
        for planned_at, rows in reversed(self.all) if newest_first else self.all:
            self.read.append(planned_at)
            yield planned_at, rows


STORIES = (
    (0, [row(0, "b"), row(WIDE, "c"), row(0, "x-not")]),
    (1, [row(1, "e"), row(1, "d")]),
    (WIDE, [row(WIDE, "b")]),
    (3 * WIDE, [row(3 * WIDE)]),
)
ORDER = [(0, "b"), (1, "d"), (1, "e"), (WIDE, "b"), (WIDE, "c"), (3 * WIDE, "a")]


def wanted(found):
    return found["key"] != "x-not"


def places(rows):
    return [(each["planned_at"], each["key"]) for each in rows]


@pytest.mark.parametrize("newest_first", [False, True])
def test_deliveries_of_overlapping_stories_are_in_order(newest_first):
    found = places(shelved(Shelf(*STORIES), wanted, newest_first=newest_first, since=None, until=None))
    assert found == (ORDER[::-1] if newest_first else ORDER)


@pytest.mark.parametrize("newest_first", [False, True])
def test_no_more_is_read_than_is_needed_for_the_first(newest_first):
    shelf = Shelf(*((number * 3 * WIDE, [row(number * 3 * WIDE)]) for number in range(9)))
    next(shelved(shelf, wanted, newest_first=newest_first, since=None, until=None))
    assert len(shelf.read) == 2


def test_a_time_is_asked_for_with_what_a_story_may_be_wide():
    shelf = Shelf()
    for since, until, asked in [
        (None, None, (-(1 << 62), 1 << 62)),
        (5 * WIDE, None, (4 * WIDE, 1 << 62)),
        (None, 7, (-(1 << 62), 7)),
    ]:
        assert list(shelved(shelf, wanted, newest_first=True, since=since, until=until)) == []
        assert shelf.asked == asked


@pytest.mark.parametrize("newest", [None, 4])
def test_two_sequences_become_one(newest):
    others, here = [row(5), row(3, "b"), row(1)], [row(4), row(3), row(0)]
    order = [(5, "a"), (4, "a"), (3, "b"), (3, "a"), (1, "a"), (0, "a")]
    if newest is None:
        others, here, order = others[::-1], here[::-1], order[::-1]
    assert places(joined(iter(others), iter(here), newest)) == order


def test_the_shelf_is_not_read_before_its_newest_story_is_reached():
    read = []

    def here():
        read.append(True)
        yield row(10)

    found = joined(iter([row(12 + WIDE), row(11 + WIDE), row(10 + WIDE)]), here(), 10)
    assert places([next(found), next(found)]) == [(12 + WIDE, "a"), (11 + WIDE, "a")]
    assert read == []
    assert places(found) == [(10 + WIDE, "a"), (10, "a")]


@pytest.mark.parametrize(
    ("since", "until", "parts"),
    [
        (None, None, []),
        (2 * DAY, None, []),
        (None, 2 * DAY, []),
        (2 * DAY, 4 * DAY, []),
        (2 * DAY + 1, None, [(2 * DAY + 1, 3 * DAY)]),
        (None, 2 * DAY + 1, [(2 * DAY, 2 * DAY + 1)]),
        (2 * DAY - 1, 4 * DAY + 1, [(2 * DAY - 1, 2 * DAY), (4 * DAY, 4 * DAY + 1)]),
        (DAY + 1, 2 * DAY - 1, [(DAY + 1, 2 * DAY - 1)]),
        (DAY + 1, 2 * DAY + 5, [(DAY + 1, 2 * DAY), (2 * DAY, 2 * DAY + 5)]),
        (DAY, DAY + 5, [(DAY, DAY + 5)]),
    ],
)
def test_a_time_has_parts_that_are_no_whole_days(since, until, parts):
    assert parts_of_days(since, until) == parts


def test_a_place_is_the_planning_and_then_the_key():
    assert shelf_order.place(row(3, "k")) == (3, "k")
