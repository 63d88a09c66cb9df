"""Forgets the posts and attempts of stories that were finished long ago. Articles and their names are kept for ever."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from syndicate.ledger.database import Database, Row, micros

BATCH = 200  # deliveries in one transaction: others write in between
PAGES = 500  # given back to the disk in one transaction
MOVED = 8  # transactions, after which the log is moved into the file, so that it stays small

_FINISHED = "state IN ('posted', 'skipped', 'failed')"
_OLD = (
    "SELECT rowid AS number, key, COALESCE(LENGTH(post), 0) + COALESCE(LENGTH(draft), 0)"
    " + COALESCE(LENGTH(prepared), 0) AS size,"
    " (SELECT COUNT(*) FROM attempt WHERE attempt.key = delivery.key AND ended_at < :before) AS attempts"
    f" FROM delivery WHERE rowid > :last AND updated_at < :before AND {_FINISHED}"
    " AND (post IS NOT NULL OR draft IS NOT NULL OR prepared IS NOT NULL"
    " OR EXISTS (SELECT 1 FROM attempt WHERE attempt.key = delivery.key AND ended_at < :before))"
    " AND NOT EXISTS (SELECT 1 FROM delivery AS other WHERE other.anchor = delivery.anchor"
    " AND (other.state NOT IN ('posted', 'skipped', 'failed') OR other.updated_at >= :before))"
    " ORDER BY rowid LIMIT :most"
)
_ROW = f"SELECT rowid, * FROM delivery WHERE key = :key AND updated_at < :before AND {_FINISHED}"
_EMPTY: Row = {"post": None, "draft": None, "prepared": None}


@dataclass(frozen=True, slots=True)
class Pruned:
    """What was forgotten: of how many deliveries, how many attempts, how many characters of posts."""

    deliveries: int = 0
    attempts: int = 0
    characters: int = 0


class Pruning:
    """Works a few deliveries at a time, so that others may use the ledger meanwhile."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def forget(self, before: datetime, *, pretend: bool = False) -> Pruned:
        """Forget the posts and attempts of all stories on which nothing changed since `before`, and that are finished.

        With `pretend`, they are only counted.
        """
        deliveries = attempts = characters = 0
        for number, batch in enumerate(self._batches(before, pretend=pretend), 1):
            deliveries += len(batch)
            attempts += sum(row["attempts"] for row in batch)
            characters += sum(row["size"] for row in batch)
            if not pretend and number % MOVED == 0:
                self._db.checkpoint()
        return Pruned(deliveries, attempts, characters)

    def _batches(self, before: datetime, *, pretend: bool) -> Iterator[list[Row]]:
        last = 0
        while True:
            batch = self._db.rows(_OLD, last=last, before=micros(before), most=BATCH)
            if not batch:
                return
            if not pretend:
                self._forget([row["key"] for row in batch], before)
            last = batch[-1]["number"]
            yield batch

    def _forget(self, keys: list[str], before: datetime) -> None:
        """Write these rows anew without their posts. To make them smaller where they are would free no page."""
        named = [{"key": key, "before": micros(before)} for key in keys]
        with self._db.transaction():
            rows = [row for each in named for row in self._db.rows(_ROW, **each)]  # finished still
            self._db.change_many("DELETE FROM delivery WHERE key = :key", [{"key": row["key"]} for row in rows])
            if rows:
                self._db.change_many(_insert(rows[0]), [row | _EMPTY for row in rows])
            self._db.change_many("DELETE FROM attempt WHERE key = :key AND ended_at < :before", named)
            self._db.change_many("DELETE FROM alert WHERE key = :key AND done_at < :before", named)

    def give_back(self) -> int:
        """Give free pages back to the disk, some at a time. Returns how many bytes; 0 if this file cannot do that."""
        freed, pages = 0, self.free_pages()
        while pages and self._db.row("PRAGMA auto_vacuum") == {"auto_vacuum": 2}:
            self._db.give_back(PAGES)
            self._db.checkpoint()
            left = self.free_pages()
            if left >= pages:
                break
            freed, pages = freed + pages - left, left
        return freed * self._size()

    def free(self) -> int:
        """How many bytes of the file are free for what comes next."""
        return self.free_pages() * self._size()

    def free_pages(self) -> int:
        """How many pages of the file are free."""
        return self._number("freelist_count")

    def _size(self) -> int:
        return self._number("page_size")

    def _number(self, pragma: str) -> int:
        row = self._db.row(f"PRAGMA {pragma}")
        return int(row[pragma]) if row else 0


def _insert(row: Row) -> str:
    return f"INSERT INTO delivery ({', '.join(row)}) VALUES ({', '.join(f':{name}' for name in row)})"
