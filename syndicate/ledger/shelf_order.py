"""Reads deliveries from the shelf in the order in which they were planned, and joins them with those that are not."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterator
from itertools import chain
from typing import TypeAlias

from syndicate.ledger.database import Row
from syndicate.ledger.days import DAY
from syndicate.ledger.shelf import WIDE, Shelf

EVER = 1 << 62
Place: TypeAlias = tuple[int, str]
"""Where a delivery is in the order: when it was planned, and its key."""


def place(row: Row) -> Place:
    """Where a row of `delivery` is in the order."""
    return row["planned_at"], row["key"]


def shelved(
    shelf: Shelf, wanted: Callable[[Row], bool], *, newest_first: bool, since: int | None, until: int | None
) -> Iterator[Row]:
    """Rows of `delivery` from the shelf, in order; planned from `since` to before `until`."""
    low, high = -EVER if since is None else since - WIDE, EVER if until is None else until
    held: list[tuple[Place | _Reversed, Row]] = []
    for planned_at, deliveries in shelf.stories(newest_first=newest_first, low=low, high=high):
        # No delivery of this story or of a later one comes before this place.
        bound: Place | _Reversed = _Reversed((planned_at + WIDE, "~")) if newest_first else (planned_at, "")
        while held and held[0][0] < bound:  # type: ignore[operator]
            yield heapq.heappop(held)[1]
        for row in filter(wanted, deliveries):
            heapq.heappush(held, (_Reversed(place(row)) if newest_first else place(row), row))
    while held:
        yield heapq.heappop(held)[1]


def joined(others: Iterator[Row], shelved: Iterator[Row], newest: int | None) -> Iterator[Row]:
    """Two sequences of rows in order as one. With `newest`, when the last story on the shelf was planned, both begin
    with the newest row, and the shelf is not read before it is reached.
    """
    if newest is not None:
        for row in others:
            if row["planned_at"] <= newest + WIDE:
                others = chain([row], others)
                break
            yield row
    yield from heapq.merge(others, shelved, key=place, reverse=newest is not None)


def parts_of_days(since: int | None, until: int | None) -> list[tuple[int, int]]:
    """The parts of this time that are no whole days, of which there are no counts."""
    low = None if since is None else -(-since // DAY) * DAY
    high = None if until is None else until // DAY * DAY
    if since is not None and until is not None and low is not None and high is not None and low > high:
        return [(since, until)]
    parts = [] if since is None or low is None or low == since else [(since, low)]
    return parts if until is None or high is None or high == until else [*parts, (high, until)]


class _Reversed:
    """A place that is sorted the other way round."""

    __slots__ = ("place",)

    def __init__(self, place: Place) -> None:
        self.place = place

    def __lt__(self, other: _Reversed) -> bool:
        return other.place < self.place

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Reversed) and other.place == self.place

    def __hash__(self) -> int:
        return hash(self.place)
