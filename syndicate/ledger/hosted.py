"""Remembers which pictures were put where everyone can fetch them, so that they are removed again."""

from __future__ import annotations

from datetime import datetime

from syndicate.ledger.database import Database, micros


class Hosted:
    """The `hosted` table: a file's name, and when it was last put there."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def put(self, name: str, now: datetime) -> None:
        """Record a file, before it is put there."""
        with self._db.transaction():
            if not self._db.change("UPDATE hosted SET at = :now WHERE name = :name", name=name, now=micros(now)):
                self._db.change(
                    "INSERT INTO hosted (name, at) VALUES (:name, :now) ON CONFLICT DO NOTHING",
                    name=name,
                    now=micros(now),
                )

    def has(self, name: str, since: datetime) -> bool:
        """Whether a file was put there since then."""
        return bool(
            self._db.row("SELECT 1 AS found FROM hosted WHERE name = :name AND at > :at", name=name, at=micros(since))
        )

    def old(self, before: datetime) -> list[str]:
        """The files that were put there before then, oldest first."""
        rows = self._db.rows("SELECT name FROM hosted WHERE at < :at ORDER BY at LIMIT 100", at=micros(before))
        return [row["name"] for row in rows]

    def gone(self, name: str, before: datetime) -> None:
        """Forget a file that was removed, unless it was put there anew."""
        self._db.change("DELETE FROM hosted WHERE name = :name AND at < :at", name=name, at=micros(before))
