"""Forgets the posts and attempts of stories on the shelf, in the order of their rows, so that few pages are written.

How far it got is written with each batch: killed at any moment, the next time goes on there.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from syndicate.ledger import rows
from syndicate.ledger.database import Database, Row
from syndicate.ledger.shelf import Shelf
from syndicate.ledger.shelf_format import strip
from syndicate.model.dataclass import dataclass

BATCH = 200  # stories in one transaction: some hundredths of a second
_REACHED = "pruned"  # the row of `meta` with the instant before which every story has been looked at
_UNDER_WAY = "pruning"  # the one with the instant up to which a pass goes, and the last story that it has looked at
_FIRST = -1


@dataclass(frozen=True, slots=True)
class Pruned:
    """What was forgotten: of how many deliveries, how many attempts, how many characters of posts."""

    deliveries: int = 0
    attempts: int = 0
    characters: int = 0


@dataclass(frozen=True, slots=True)
class _Pass:
    """Once through all stories planned from `since` to before `until`, beginning after the story `last`."""

    since: int
    until: int
    last: int = _FIRST


class ShelfPruning:
    """Works a few stories at a time. Instants are microseconds since 1970."""

    def __init__(self, database: Database) -> None:
        self._db = database
        self._shelf = Shelf(database)

    def left(self, before: int) -> int:
        """How many stories were planned before this instant, and not looked at yet: an estimate, if it was killed."""
        asked = "SELECT COUNT(*) AS number FROM shelf WHERE planned_at >= :since AND planned_at < :before"
        row = self._db.row(asked, since=self._reached(), before=before)
        return row["number"] if row else 0

    def batches(self, before: int, *, pretend: bool) -> Iterator[tuple[int, Pruned]]:
        """Forget them. Yields how many stories were looked at, and what was forgotten; with `pretend`, nothing is."""
        for turn in self._passes(before):
            last = turn.last
            while ids := self._next(turn, last):
                last = ids[-1]
                if pretend:
                    found = self._stripped(ids, before, pretend=True)
                else:
                    with self._db.transaction():
                        found = self._stripped(ids, before, pretend=False)
                        self._write(_UNDER_WAY, f"{turn.until} {last}")
                yield len(ids), found
            if not pretend:
                with self._db.transaction():
                    self._write(_REACHED, str(turn.until))
                    self._db.change("DELETE FROM meta WHERE name = :name", name=_UNDER_WAY)

    def _passes(self, before: int) -> Iterator[_Pass]:
        since, under_way = self._reached(), self._read(_UNDER_WAY)
        if under_way is not None:
            until, last = map(int, under_way.split())
            yield _Pass(since, until, last)
            since = until
        if since < before:
            yield _Pass(since, before)

    def _next(self, turn: _Pass, last: int) -> list[int]:
        found = self._db.rows(
            "SELECT id FROM shelf WHERE id > :last AND +planned_at >= :since AND +planned_at < :until"  # + : by id
            " ORDER BY id LIMIT :most",
            last=last,
            since=turn.since,
            until=turn.until,
            most=BATCH,
        )
        return [row["id"] for row in found]

    def _stripped(self, ids: Sequence[int], before: int, *, pretend: bool) -> Pruned:
        values: Row = {}
        among = rows.among("id", ids, values)
        stored = self._db.rows(f"SELECT id, planned_at, data FROM shelf WHERE {among} ORDER BY id", **values)
        stories = [(row, bare) for row in stored if (bare := strip(row["data"], before)) is not None]
        if stories and not pretend:
            self._shelf.strip(stories)
        return Pruned(
            sum(bare.deliveries for _, bare in stories),
            sum(len(bare.attempts) for _, bare in stories),
            sum(bare.characters for _, bare in stories),
        )

    def _reached(self) -> int:
        return int(self._read(_REACHED) or 0)

    def _read(self, name: str) -> str | None:
        row = self._db.row("SELECT value FROM meta WHERE name = :name", name=name)
        return row["value"] if row else None

    def _write(self, name: str, value: str) -> None:
        self._db.change(
            "INSERT INTO meta (name, value) VALUES (:name, :value) ON CONFLICT (name) DO UPDATE SET value = :value",
            name=name,
            value=value,
        )
