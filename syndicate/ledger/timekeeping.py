"""Notices that the machine's clock was set back, and moves all waits, so that nothing waits for the same time twice."""

from __future__ import annotations

from datetime import datetime, timedelta

from syndicate.ledger.database import Database, from_micros, micros

KEPT = timedelta(seconds=20)  # how often the present time is stored
JUMP = timedelta(minutes=2)  # clocks that are kept right by NTP move by less

_COLUMNS = {
    "delivery": ("due_at", "lease_until", "committed_at"),
    "account": ("next_at", "opens_at", "lane_until", "down_since"),
    "source": ("next_poll_at", "retry_at", "refused_at", "read_at"),
}
"""Columns with instants of this machine's clock that something waits for."""
_BASELINED = ("source", "account")
_OURS = "(state IN ('due', 'sending', 'unknown') OR (state = 'planned' AND reason IN ('preflight', 'delay')))"
"""Deliveries that wait for an instant of this machine's clock."""


class Timekeeping:
    """Stores the latest instant that any process of this ledger saw."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def keep(self, now: datetime) -> timedelta:
        """Store the present time. If the clock was set back since the last call, move all waits; returns by how much.

        Embargoes stay: their time is the publisher's, not this clock's.
        """
        latest = self._latest()
        if latest is None or now - latest >= KEPT:
            self._write(now)
        elif latest - now >= JUMP:
            with self._db.transaction():
                again = self._latest()  # another process may have been first
                if again is None or again - now < JUMP:
                    return timedelta(0)
                jump = again - now
                self._move(now, jump)
                self._write(now)
            return jump
        return timedelta(0)

    def _move(self, now: datetime, jump: timedelta) -> None:
        for table, columns in _COLUMNS.items():
            moved = ", ".join(
                f"{name} = CASE WHEN {name} > :now THEN {name} - :jump ELSE {name} END" for name in columns
            )
            ours = f" WHERE {_OURS}" if table == "delivery" else ""
            self._db.change(f"UPDATE {table} SET {moved}{ours}", now=micros(now), jump=micros_of(jump))
        for table in _BASELINED:  # else all that is published until then would be older than the first run
            self._db.change(f"UPDATE {table} SET baseline_at = :now WHERE baseline_at > :now", now=micros(now))

    def _latest(self) -> datetime | None:
        row = self._db.row("SELECT value FROM meta WHERE name = 'clock'")
        return from_micros(int(row["value"])) if row else None

    def _write(self, now: datetime) -> None:
        self._db.change(
            "INSERT INTO meta (name, value) VALUES ('clock', :value) ON CONFLICT (name) DO UPDATE SET value = :value",
            value=str(micros(now)),
        )


def micros_of(span: timedelta) -> int:
    """A length of time in microseconds, as the ledger stores it."""
    return span // timedelta(microseconds=1)
