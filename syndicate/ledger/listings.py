"""What sources list besides their articles: addresses that a sitemap had before, and entries that were left out."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import datetime

from syndicate.aliases import urlkey
from syndicate.ledger.database import Database, Row, from_micros, micros
from syndicate.model import LeftOut
from syndicate.model.dataclass import dataclass

_AT_ONCE = 500  # places of one question


@dataclass(frozen=True, slots=True)
class StoredListing:
    """An entry that a source listed. `why` it was left out; None: it was known as an address, and no more."""

    source: str
    seen_at: datetime
    why: str | None


class Listings:
    """The `listing` table."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def record(self, source: str, known: Iterable[str], left_out: Iterable[LeftOut], now: datetime) -> list[LeftOut]:
        """Store addresses that a source listed, and what was left out. Returns what was not left out before.

        After a reading that left some for the next, `now` is the time of the one before.
        """
        self._db.change_many(
            "INSERT INTO listing (source, place, seen_at) VALUES (:source, :place, :now) ON CONFLICT DO NOTHING",
            [{"source": source, "place": _key(place), "now": micros(now)} for place in known],
        )
        return [each for each in left_out if self._is_new(source, each, now)]

    def _is_new(self, source: str, left_out: LeftOut, now: datetime) -> bool:
        values: Row = {"source": source, "place": _key(left_out.place), "now": micros(now), "why": left_out.why[:500]}
        with self._db.transaction():
            if self._db.change(
                "INSERT INTO listing (source, place, seen_at, why) VALUES (:source, :place, :now, :why)"
                " ON CONFLICT (source, place) DO NOTHING",
                **values,
            ):
                return True
            return bool(
                self._db.change(
                    "UPDATE listing SET why = :why WHERE source = :source AND place = :place"
                    " AND (why IS NULL OR why <> :why)",
                    **values,
                )
            )

    def of(self, source: str) -> Memory:
        """What one source listed, for its reader."""
        return Memory(self._db, source)

    def find(self, place: str) -> list[StoredListing]:
        """The sources that listed an address or a file, the last one first."""
        rows = self._db.rows(
            "SELECT source, seen_at, why FROM listing WHERE place = :place ORDER BY seen_at DESC", place=_key(place)
        )
        return [StoredListing(row["source"], seen, row["why"]) for row in rows if (seen := from_micros(row["seen_at"]))]


class Memory:
    """ports.Memory of one source."""

    def __init__(self, database: Database, source: str) -> None:
        self._db = database
        self._source = source

    def first(self) -> bool:
        """Whether this is its first reading, from which nothing is announced."""
        row = self._db.row("SELECT baseline_at FROM source WHERE name = :source", source=self._source)
        return row is None or row["baseline_at"] is None

    def since(self) -> datetime | None:
        """When it last listed something that was not known; None: never yet."""
        row = self._db.row("SELECT MAX(seen_at) AS last FROM listing WHERE source = :source", source=self._source)
        return from_micros(row["last"]) if row else None

    def unknown(self, places: Iterable[str]) -> set[str]:
        """Those of these addresses that it never listed before."""
        keys = {place: _key(place) for place in places}
        known: set[str] = set()
        listed = list(keys.values())
        for start in range(0, len(listed), _AT_ONCE):
            values = {f"p{number}": key for number, key in enumerate(listed[start : start + _AT_ONCE])}
            rows = self._db.rows(
                "SELECT place FROM listing WHERE source = :source"
                f" AND place IN ({', '.join(f':{each}' for each in values)})",
                source=self._source,
                **values,
            )
            known |= {row["place"] for row in rows}
        return {place for place, key in keys.items() if key not in known}


def _key(place: str) -> str:
    return hashlib.sha256((urlkey(place) or place).encode("utf-8", "surrogateescape")).hexdigest()[:32]
