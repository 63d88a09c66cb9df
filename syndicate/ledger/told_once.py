"""Which words were told to a person just now, so that of many processes that met the same thing one tells it."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta

from syndicate.ledger.database import Database, micros

JUST_NOW = timedelta(minutes=2)


class ToldOnce:
    """Rows `told …` of the `meta` table; those that are over are removed."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def is_first(self, words: str, now: datetime) -> bool:
        """Whether nobody has told these words just now; whoever gets True tells them."""
        name, since = f"told {hashlib.sha256(words.encode()).hexdigest()[:32]}", now - JUST_NOW
        with self._db.transaction():
            self._db.change(
                "DELETE FROM meta WHERE name >= 'told ' AND name < 'told!' AND CAST(value AS BIGINT) < :since",
                since=micros(since),
            )
            made = self._db.row(
                "INSERT INTO meta (name, value) VALUES (:name, :now) ON CONFLICT DO NOTHING RETURNING name",
                name=name,
                now=str(micros(now)),
            )
        return made is not None
