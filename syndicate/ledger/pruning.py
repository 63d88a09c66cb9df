"""Forgets the posts and attempts of stories that were finished long ago. Articles and their names are kept for ever."""

from __future__ import annotations

import contextlib
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import chain

from syndicate.ledger.database import Database, Row, micros
from syndicate.ledger.shelf import Shelf
from syndicate.ledger.shelf_format import Shelved, unpack
from syndicate.ledger.shelving import Shelving
from syndicate.ledger.sqlite import SqliteDatabase
from syndicate.model.dataclass import dataclass
from syndicate.serialization import packed_article

BATCH = 200  # deliveries in one transaction: others write in between
STORIES = 64  # put away in one transaction
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
_WORDY = (
    "SELECT rowid AS number, data FROM article WHERE rowid > :last AND typeof(data) = 'text'"
    " AND first_seen_at < :before AND COALESCE(published_at, 0) < :before AND check_at IS NULL"
    ' AND data NOT LIKE \'%"precision":"day"%\''  # flood control asks for these by their text
    " AND NOT EXISTS (SELECT 1 FROM delivery WHERE delivery.anchor = article.anchor) ORDER BY rowid LIMIT :most"
)
_SAME = "SELECT rowid, * FROM article WHERE rowid = :number AND data = :data"
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
        found = chain(self._batches(before, pretend=pretend), self._shelved(before, pretend=pretend))
        for number, batch in enumerate(found, 1):
            deliveries += len(batch)
            attempts += sum(row["attempts"] for row in batch)
            characters += sum(row["size"] for row in batch)
            if not pretend and number % MOVED == 0:
                self._db.checkpoint()
        if not pretend and self._db.packs:
            self._pack(before)
        return Pruned(deliveries, attempts, characters)

    def _pack(self, before: datetime) -> None:
        """Compress the words of articles that nobody is likely to read again."""
        last, number = 0, 0
        while found := self._db.rows(_WORDY, last=last, before=micros(before), most=BATCH):
            with self._db.transaction():
                self._db.defer_references()  # their names refer to them
                rows = [row for each in found for row in self._db.rows(_SAME, number=each["number"], data=each["data"])]
                self._db.change_many("DELETE FROM article WHERE rowid = :rowid", rows)  # so that pages get free
                if rows:
                    packed = [row | {"data": packed_article(row["data"])} for row in rows]
                    self._db.change_many(_insert("article", rows[0]), packed)
            last, number = found[-1]["number"], number + 1
            if number % MOVED == 0:
                self._db.checkpoint()

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

    def put_away(self, now: datetime) -> None:
        """Put all stories on the shelf that may go there; also those that were passed by so far."""
        shelving, number = Shelving(self._db), 0
        shelving.begin_again()
        while shelving.step(now, STORIES):
            number += 1
            if number % MOVED == 0:
                self._db.checkpoint()

    def _shelved(self, before: datetime, *, pretend: bool) -> Iterator[list[Row]]:
        """The same for stories on the shelf; where the last run got to is known."""
        at = self._reached()
        while True:
            page = self._db.rows(
                "SELECT id, planned_at, data FROM shelf WHERE planned_at >= :at AND planned_at < :before"
                " ORDER BY planned_at LIMIT :most",
                at=at,
                before=micros(before),
                most=BATCH,
            )
            if page:
                at = page[-1]["planned_at"] + 1
                yield self._strip(page, at, before, pretend=pretend)
            if len(page) < BATCH:
                return

    def _strip(self, page: Sequence[Row], at: int, before: datetime, *, pretend: bool) -> list[Row]:
        found: list[Row] = []
        with contextlib.nullcontext() if pretend else self._db.transaction():
            for row in page:
                story = unpack(row["data"])
                if all(each["updated_at"] < micros(before) for each in story.deliveries):
                    found += self._bare(row, story, pretend=pretend)
            if not pretend:
                self._reach(at)
        return found

    def _bare(self, row: Row, story: Shelved, *, pretend: bool) -> list[Row]:
        """Forget what is left of a story's posts and attempts. Returns what there was of each delivery."""
        tried = Counter(each["key"] for each in story.attempts)
        sizes = {each["key"]: len(each.get("post") or "") for each in story.deliveries}
        if not pretend and (tried or any(sizes.values())):
            bare = [{name: value for name, value in each.items() if name != "post"} for each in story.deliveries]
            Shelf(self._db).replace(row["id"], story, Shelved(story.anchor, story.names, bare, []))
        return [{"attempts": tried[key], "size": size} for key, size in sizes.items() if size or tried[key]]

    def _reached(self) -> int:
        row = self._db.row("SELECT value FROM meta WHERE name = 'pruned'")
        return int(row["value"]) if row else 0

    def _reach(self, at: int) -> None:
        self._db.change(
            "INSERT INTO meta (name, value) VALUES ('pruned', :at) ON CONFLICT (name) DO UPDATE SET value = :at",
            at=str(at),
        )

    def _forget(self, keys: list[str], before: datetime) -> None:
        """Write these rows anew without their posts. To make them smaller where they are would free no page."""
        named = [{"key": key, "before": micros(before)} for key in keys]
        with self._db.transaction():
            rows = [row for each in named for row in self._db.rows(_ROW, **each)]  # finished still
            self._db.change_many("DELETE FROM delivery WHERE key = :key", [{"key": row["key"]} for row in rows])
            if rows:
                self._db.change_many(_insert("delivery", rows[0]), [row | _EMPTY for row in rows])
            self._db.change_many("DELETE FROM attempt WHERE key = :key AND ended_at < :before", named)
            self._db.change_many("DELETE FROM alert WHERE key = :key AND done_at < :before", named)

    def give_back(self) -> int:
        """Give free pages back to the disk, some at a time. Returns how many bytes; 0 if this file cannot do that."""
        freed, pages = 0, self.free_pages()
        while pages and self._db.row("PRAGMA auto_vacuum") == {"auto_vacuum": 2}:
            assert isinstance(self._db, SqliteDatabase)
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


def _insert(table: str, row: Row) -> str:
    return f"INSERT INTO {table} ({', '.join(row)}) VALUES ({', '.join(f':{name}' for name in row)})"
