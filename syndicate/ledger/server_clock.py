"""The clock of the server that holds the ledger, so that machines whose clocks differ agree on what is due."""

from __future__ import annotations

import threading
import time
from datetime import datetime

from syndicate.errors import LedgerError
from syndicate.ledger.database import Database, from_micros

AGAIN = 20.0
"""Seconds between two questions; in between, this machine counts on."""
SURE = 1.0
"""Seconds that an answer may take. One that was longer under way says little of now: it may be off by half of that."""
_NOW = "SELECT CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000000 AS BIGINT) AS at"
_COUNTER = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)  # goes on while a machine sleeps


def seconds() -> float:
    """Seconds that no change of a clock touches."""
    return time.clock_gettime(_COUNTER)


class ServerClock:
    """A `ports.Clock`. Raises LedgerError at first; later, while the server cannot be reached, it goes on."""

    def __init__(self, database: Database) -> None:
        self._db = database
        self._guard = threading.Lock()
        self._asked = 0.0
        self._base: float | None = None  # of the server's clock, in microseconds, when `seconds` was 0

    def __call__(self) -> datetime:
        """The time now: aware, UTC."""
        if self._base is None or seconds() - self._asked > AGAIN:
            self._ask()
        assert self._base is not None
        now = from_micros(int(self._base + seconds() * 1_000_000))
        assert now is not None
        return now

    def _ask(self) -> None:
        before = seconds()
        try:
            row = self._db.row(_NOW)
        except LedgerError:
            if self._base is None:
                raise
            self._asked = before
            return
        assert row is not None
        with self._guard:
            self._asked = seconds()
            if self._base is None or self._asked - before <= SURE:
                self._base = row["at"] - (before + self._asked) / 2 * 1_000_000
