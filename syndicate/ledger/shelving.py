"""Puts stories on the shelf that were finished long ago, a few at a time, oldest first.

Each transaction is whole: killed at any moment, it goes on where it was. Nothing that a limit, a budget, a look-up or a
check of pages may ask about is put away.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import takewhile
from time import monotonic
from typing import Any

from syndicate.ledger import rows
from syndicate.ledger.alerts import TRIES
from syndicate.ledger.database import MICROSECOND, Database, Row, micros
from syndicate.ledger.deliveries import Deliveries
from syndicate.ledger.shelf import Shelf
from syndicate.ledger.shelf_format import Shelved

QUIET = timedelta(days=45)
"""How long nothing has changed of a story: longer than the month of a budget, and than what flood control compares."""
KEPT = 1000
"""The newest deliveries of each account that stay: a look-up compares with so many."""
STORIES = 4  # of one transaction: some milliseconds
CURSOR = "shelved"  # the row of `meta` with the last article that was looked at
_LOOKED_AT = "rowid AS number, anchor, check_at, published_at, first_seen_at"
_PLAIN = ("posted", "skipped")


class Shelving:
    """Moves rows of `delivery`, `attempt` and `alias` to the shelf."""

    def __init__(self, database: Database, *, kept: int = KEPT) -> None:
        self._db = database
        self._shelf = Shelf(database)
        self._kept = kept

    def has_work(self, now: datetime) -> bool:
        """Whether a step would look at any story. Cheap."""
        return bool(self._old(micros(now - QUIET), 1))

    def step(self, now: datetime, most: int = STORIES) -> int:
        """Look at the next few stories, in one transaction. Returns how many; 0: nothing is left for now."""
        before = micros(now - QUIET)
        if not self.has_work(now):
            return 0
        newest = self._newest_kept()
        with self._db.transaction():
            old = self._old(before, most)
            self._put_all(old, before, newest)
            if old:
                self._move_cursor(old[-1]["number"])
        return len(old)

    def passed_by(self, now: datetime) -> list[int]:
        """The numbers of the articles that were looked at and whose stories are not on the shelf, or are back."""
        found = self._db.rows(
            "SELECT rowid AS number FROM article WHERE anchor IN (SELECT DISTINCT anchor FROM delivery)"
            " AND +rowid <= :cursor AND first_seen_at < :before ORDER BY +rowid",  # + keeps to the few with deliveries
            cursor=self._cursor(),
            before=micros(now - QUIET),
        )
        return [row["number"] for row in found]

    def look_again(self, numbers: Sequence[int], now: datetime) -> None:
        """Look at these articles once more, in one transaction."""
        before, newest, values = micros(now - QUIET), self._newest_kept(), dict[str, Any]()
        asked = f"SELECT {_LOOKED_AT} FROM article WHERE {rows.among('rowid', numbers, values)}"
        with self._db.transaction():
            self._put_all(self._db.rows(asked, **values), before, newest)

    def _put_all(self, articles: Sequence[Row], before: int, newest: dict[str, int]) -> None:
        for row in articles:
            if row["check_at"] is None and max(row["first_seen_at"], row["published_at"] or 0) < before:
                self._put(row, before, newest)

    def _old(self, before: int, most: int) -> list[Row]:
        """The next articles that nobody has looked at and that are old, up to the first that is not.

        Those that have a date far ahead, or were seen while the clock was far ahead, hold up nothing.
        """
        found = self._db.rows(
            f"SELECT {_LOOKED_AT},"
            " first_seen_at < :before OR first_seen_at > :ahead AS old FROM article"
            " WHERE rowid > :cursor ORDER BY rowid LIMIT :most",
            before=before,
            ahead=before + 2 * (QUIET // MICROSECOND),
            cursor=self._cursor(),
            most=most,
        )
        return [*takewhile(lambda row: row["old"], found)]

    def work(self, now: datetime, seconds: float) -> bool:
        """Take steps for so long. Returns whether anything is left."""
        ends = monotonic() + seconds
        while self.step(now):
            if monotonic() >= ends:
                return True
        return False

    def _cursor(self) -> int:
        row = self._db.row("SELECT value FROM meta WHERE name = :name", name=CURSOR)
        return int(row["value"]) if row else 0

    def _move_cursor(self, number: int) -> None:
        self._db.change(
            "INSERT INTO meta (name, value) VALUES (:name, :value) ON CONFLICT (name) DO UPDATE SET value = :value",
            name=CURSOR,
            value=str(number),
        )

    def _newest_kept(self) -> dict[str, int]:
        """By account, since when its deliveries stay because they are among its newest."""
        found = {}
        for account in Deliveries(self._db).accounts():
            row = self._db.row(
                "SELECT committed_at AS at FROM delivery WHERE account = :account AND committed_at IS NOT NULL"
                " ORDER BY committed_at DESC LIMIT 1 OFFSET :kept",
                account=account,
                kept=self._kept,
            )
            found[account] = row["at"] if row else 0
        return found

    def _put(self, article: Row, before: int, newest: dict[str, int]) -> None:
        anchor = article["anchor"]
        deliveries = self._db.rows("SELECT * FROM delivery WHERE anchor = :anchor", anchor=anchor)
        if not all(_is_done(row, before, newest) for row in deliveries) or not any(map(_is_plain, deliveries)):
            return
        values: Row = {}
        among = rows.among("key", [row["key"] for row in deliveries], values)
        attempts = self._db.rows(f"SELECT * FROM attempt WHERE {among} ORDER BY key, fence", **values)
        if any(row["ended_at"] is None for row in attempts) or self._db.row(
            f"SELECT 1 FROM alert WHERE {among} AND done_at IS NULL AND tries < {TRIES} LIMIT 1", **values
        ):
            return
        names = self._db.rows("SELECT kind, hash FROM alias WHERE anchor = :anchor ORDER BY rowid", anchor=anchor)
        listed = [(row["kind"], row["hash"]) for row in names]
        self._shelf.put(Shelved(anchor, listed, deliveries, attempts))


def _is_done(row: Row, before: int, newest: dict[str, int]) -> bool:
    """Whether a delivery is finished, and neither recent nor among its account's newest."""
    if row["state"] not in _PLAIN or row["updated_at"] >= before:
        return False
    if row["left_login"] is not None and (row["expires_at"] is None or row["expires_at"] >= before):
        return False  # it waits again if its account comes back
    return row["committed_at"] is None or row["committed_at"] < newest.get(row["account"], 0)


def _is_plain(row: Row) -> bool:
    """Whether a story with this delivery counts as one that went out."""
    return bool(row["state"] == "posted" and row["action"] == "post")
