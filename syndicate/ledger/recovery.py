"""Remembers that the networks have to be asked what they already have, before anything is posted."""

from __future__ import annotations

from syndicate.ledger.database import Database
from syndicate.ports import Clock


class Recovery:
    """The wish to look before posting, in the `meta` table."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._db = database
        self._clock = clock

    def ask(self, why: str) -> None:
        """Have the networks asked before anything is posted; `why` is for people."""
        self._db.change(
            "INSERT INTO meta (name, value) VALUES ('recover', :why) ON CONFLICT (name) DO UPDATE SET value = :why",
            why=why,
        )
