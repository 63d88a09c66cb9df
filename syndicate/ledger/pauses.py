"""Pauses that a person set for everything, or for articles with a certain word."""

from __future__ import annotations

from datetime import datetime

from syndicate.ledger.database import Database, Often, from_micros, micros
from syndicate.model.dataclass import dataclass

EVERYTHING = ""
_ALL = Often("SELECT word, since, until FROM pause ORDER BY since")


@dataclass(frozen=True, slots=True)
class Pause:
    """`word` is in lower case, "" for everything; `until` None: until somebody resumes."""

    word: str
    since: datetime
    until: datetime | None


class Pauses:
    """The `pause` table. Each row is a pause in force; those that `lapsed` lists are past their end."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def add(self, word: str, *, now: datetime, until: datetime | None) -> None:
        """Begin a pause, or change its end."""
        self._db.change(
            "INSERT INTO pause (word, since, until) VALUES (:word, :now, :until)"
            " ON CONFLICT (word) DO UPDATE SET until = :until",
            word=word.casefold(),
            now=micros(now),
            until=micros(until),
        )

    def all(self) -> list[Pause]:
        """Every pause in force, that of everything first."""
        found = []
        for row in self._db.rows(_ALL):
            since = from_micros(row["since"])
            assert since is not None
            found.append(Pause(row["word"], since, from_micros(row["until"])))
        return sorted(found, key=lambda pause: pause.word != EVERYTHING)

    def end(self, word: str, now: datetime) -> None:
        """End a pause: what waited for it is due."""
        with self._db.transaction():
            self._db.change("DELETE FROM pause WHERE word = :word", word=word.casefold())
            self._db.change(
                "UPDATE delivery SET reason = NULL, due_at = :now WHERE state = 'due' AND reason = 'paused'",
                now=micros(now),
            )

    def lapsed(self, now: datetime) -> list[str]:
        """The words of pauses whose end has passed."""
        found = self._db.rows("SELECT word FROM pause WHERE until IS NOT NULL AND until <= :now", now=micros(now))
        return [row["word"] for row in found]
