"""Counts renders that never came back, so that a picture that ends a process does not end each one after it."""

from __future__ import annotations

from datetime import datetime, timedelta

from syndicate.ledger import claimant
from syndicate.ledger.database import Database, micros

KEPT = timedelta(days=30)
"""How long it is remembered that renders of a delivery were lost."""


class Renders:
    """A render is recorded before it begins, as a claim is, and forgotten when it came back, however it did."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def begin(self, key: str, *, now: datetime, lease: timedelta) -> int:
        """Record that this process begins to render a delivery. Returns how many of its renders were lost.

        Lost is one whose process is dead, or that another machine's began longer than `lease` ago.
        """
        with self._db.transaction():
            earlier = self._db.rows("SELECT by, at FROM rendering WHERE key = :key", key=key)
            self._db.change(
                "INSERT INTO rendering (key, by, at) VALUES (:key, :me, :now)"
                " ON CONFLICT (key, by) DO UPDATE SET at = excluded.at",
                key=key,
                me=claimant.me(),
                now=micros(now),
            )
        others = [row for row in earlier if row["by"] != claimant.me()]
        return sum(claimant.dead(row["by"]) or row["at"] <= micros(now - lease) for row in others)

    def came_back(self, key: str, *, forget: bool, now: datetime) -> None:
        """Record that this process's render came back; with `forget`, lost ones before it do not count any more."""
        with self._db.transaction():
            whose = "1 = 1" if forget else "by = :me"
            self._db.change(f"DELETE FROM rendering WHERE key = :key AND {whose}", key=key, me=claimant.me())
            self._db.change("DELETE FROM rendering WHERE at < :old", old=micros(now - KEPT))
