"""Forgets the posts and attempts of stories that were finished long ago. Articles and their names are kept for ever."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import datetime

from syndicate.ledger import said
from syndicate.ledger.database import Database, Row, micros
from syndicate.ledger.packing import Packing
from syndicate.ledger.shelf_pruning import Pruned, ShelfPruning
from syndicate.ledger.shelving import Shelving
from syndicate.ledger.sqlite import SqliteDatabase

BATCH = 200  # deliveries in one transaction: others write in between
STORIES = 64  # put away in one transaction
PAGES = 500  # given back to the disk in one transaction
MOVED = 8  # transactions, after which the log is moved into the file
REST = 0.2  # of the time that a transaction takes, for others that wait to write
LONGEST = 0.05  # seconds

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


class Pruning:
    """Works a few deliveries at a time, so that others may use the ledger meanwhile.

    `tell` is called all the time with what is done, how much of it, and of how much.
    """

    def __init__(self, database: Database, tell: Callable[[str, int, int], None] = lambda *_: None) -> None:
        self._db = database
        self._tell = tell
        self._steps = 0
        self._begun = time.monotonic()

    def forget(self, before: datetime, *, pretend: bool = False) -> Pruned:
        """Forget the posts and attempts of all stories on which nothing changed since `before`, and that are finished.

        With `pretend`, they are only counted.
        """
        found = [*self._batches(before, pretend=pretend), *self._shelved(before, pretend=pretend)]
        if not pretend and self._db.packs:
            self._pack(before)
        return Pruned(
            sum(each.deliveries for each in found),
            sum(each.attempts for each in found),
            sum(each.characters for each in found),
        )

    def put_away(self, now: datetime) -> None:
        """Put all stories on the shelf that may go there; also those that were passed by so far."""
        shelving = Shelving(self._db)
        again, done = shelving.passed_by(now), 0
        for start in range(0, len(again), STORIES):
            shelving.look_again(again[start : start + STORIES], now)
            self._pause("stories put on the shelf", start, len(again))
        while looked := shelving.step(now, STORIES):
            done += looked
            self._pause("stories put on the shelf", done, done)

    def _shelved(self, before: datetime, *, pretend: bool) -> Iterator[Pruned]:
        """The same for stories on the shelf."""
        shelf, done = ShelfPruning(self._db), 0
        total = shelf.left(micros(before))
        for looked, found in shelf.batches(micros(before), pretend=pretend):
            done += looked
            if not pretend:
                self._pause("stories forgotten", done, total)
            yield found

    def _pack(self, before: datetime) -> None:
        """Compress the words of articles that nobody is likely to read again."""
        packing = Packing(self._db)
        total = packing.left(micros(before))
        for last in packing.batches(micros(before)):
            self._pause("articles compressed", last, total)

    def _pause(self, what: str, done: int, total: int) -> None:
        """After a transaction: let others write, and now and then move the log into the file, which keeps it small."""
        self._tell(what, done, total)
        self._steps += 1
        if self._steps % MOVED == 0:
            self._db.checkpoint()
        time.sleep(min(LONGEST, REST * (time.monotonic() - self._begun)))
        self._begun = time.monotonic()

    def _batches(self, before: datetime, *, pretend: bool) -> Iterator[Pruned]:
        last = 0
        while True:
            batch = self._db.rows(_OLD, last=last, before=micros(before), most=BATCH)
            if not batch:
                return
            if not pretend:
                self._forget([row["key"] for row in batch], before)
                self._pause("posts forgotten", batch[-1]["number"], batch[-1]["number"])
            last = batch[-1]["number"]
            attempts, size = (sum(row[name] for row in batch) for name in ("attempts", "size"))
            yield Pruned(len(batch), attempts, size)

    def _forget(self, keys: list[str], before: datetime) -> None:
        """Write these rows anew without their posts. To make them smaller where they are would free no page."""
        named = [{"key": key, "before": micros(before)} for key in keys]
        with self._db.transaction():
            rows = [row for each in named for row in self._db.rows(_ROW, **each)]  # finished still
            self._db.change_many("DELETE FROM delivery WHERE key = :key", [{"key": row["key"]} for row in rows])
            if rows:
                self._db.change_many(_insert("delivery", rows[0]), [_emptied(row) for row in rows])
            self._db.change_many("DELETE FROM attempt WHERE key = :key AND ended_at < :before", named)
            self._db.change_many("DELETE FROM alert WHERE key = :key AND done_at < :before", named)

    def give_back(self) -> int:
        """Give free pages back to the disk, some at a time. Returns how many bytes; 0 if this file cannot do that."""
        freed, pages = 0, self.free_pages()
        total = pages
        while pages and self._db.row("PRAGMA auto_vacuum") == {"auto_vacuum": 2}:
            assert isinstance(self._db, SqliteDatabase)
            self._db.give_back(PAGES)
            self._pause("pages given back to the disk", total - pages, total)
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


def _emptied(row: Row) -> Row:
    """A row without its post; of what is out, by what its words are known again."""
    mark = said.of_row(row)
    return row | _EMPTY | ({"digest": mark} if mark else {})


def _insert(table: str, row: Row) -> str:
    return f"INSERT INTO {table} ({', '.join(row)}) VALUES ({', '.join(f':{name}' for name in row)})"
