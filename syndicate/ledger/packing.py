"""Compresses the words of articles that nobody is likely to read again."""

from __future__ import annotations

from collections.abc import Iterator

from syndicate.ledger.database import Database, Row
from syndicate.serialization import packed_article

BATCH = 200  # articles in one transaction
MOVED_EACH = 3  # of so many neighbours one is written anew, so that SQLite joins their pages

_WORDY = (
    "SELECT rowid AS number, data FROM article WHERE rowid > :last AND typeof(data) = 'text'"
    " AND first_seen_at < :before AND COALESCE(published_at, 0) < :before AND check_at IS NULL"
    ' AND data NOT LIKE \'%"precision":"day"%\''  # flood control asks for these by their text
    " AND NOT EXISTS (SELECT 1 FROM delivery WHERE delivery.anchor = article.anchor) ORDER BY rowid LIMIT :most"
)
_PACKED = "UPDATE article SET data = :packed WHERE rowid = :number AND data = :data"
_WHOLE = "SELECT rowid, * FROM article WHERE rowid = :number"


class Packing:
    """Works a few articles at a time. Instants are microseconds since 1970."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def left(self, before: int) -> int:
        """How many articles were seen before this instant."""
        row = self._db.row("SELECT MAX(rowid) AS number FROM article WHERE first_seen_at < :before", before=before)
        return (row and row["number"]) or 0

    def batches(self, before: int) -> Iterator[int]:
        """Compress them. Yields the number of the last article that was looked at."""
        last = 0
        while found := self._db.rows(_WORDY, last=last, before=before, most=BATCH):
            packed = [row | {"packed": packed_article(row["data"])} for row in found]
            with self._db.transaction():
                self._db.change_many(_PACKED, packed)  # no index has these words, so none is written
                self._write_anew(packed[::MOVED_EACH])
            last = found[-1]["number"]
            yield last

    def _write_anew(self, some: list[Row]) -> None:
        """Delete these rows and write them again under their numbers: a row that only got smaller would free no page,
        and its neighbours neither.
        """
        self._db.defer_references()  # their names refer to them
        rows = [row for each in some for row in self._db.rows(_WHOLE, number=each["number"])]
        self._db.change_many("DELETE FROM article WHERE rowid = :rowid", rows)
        if rows:
            names = rows[0]
            put = f"INSERT INTO article ({', '.join(names)}) VALUES ({', '.join(f':{name}' for name in names)})"
            self._db.change_many(put, rows)
