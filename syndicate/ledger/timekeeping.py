"""Notices that the machine's clock was set back, and moves all waits, so that nothing waits for the same time twice."""

from __future__ import annotations

from datetime import datetime, timedelta

from syndicate.ledger.database import Database, from_micros, micros

KEPT = timedelta(seconds=20)  # how often the present time is stored
JUMP = timedelta(seconds=2)  # a clock that is kept right is slowed down, and never goes back

_COLUMNS = {
    "delivery": ("due_at", "lease_until", "committed_at"),
    "account": ("next_at", "opens_at", "lane_until", "down_since"),
    "source": ("next_poll_at", "retry_at", "refused_at", "read_at"),
    "follow_up": ("again_at", "failing_at"),
    "follow_up_sink": ("again_at", "lease_until"),
}
"""Columns with instants of this machine's clock that something waits for."""
_CLAIMS = {"delivery": "lease_until", "account": "lane_until"}
_BASELINED = ("source", "account")
_OURS = (
    "(state IN ('due', 'sending', 'unknown') OR (state = 'planned' AND reason IN ('preflight', 'delay', 'override')))"
)
"""Deliveries that wait for an instant of this machine's clock."""


class Timekeeping:
    """Stores the latest instant that any process of this ledger saw."""

    def __init__(self, database: Database) -> None:
        self._db = database
        self._seen: datetime | None = None  # by this process, in its last call
        self._stored: datetime | None = None  # what was stored then
        self._elapsed: float | None = None

    def keep(self, now: datetime, elapsed: float | None = None) -> timedelta:
        """Store the present time. If the clock was set back since the last call, move all waits; returns by how much.

        Embargoes stay: their time is the publisher's, not this clock's. So do first runs, see `settle`. With `elapsed`,
        seconds that no change of the clock touches, a clock that was set ahead ends no claim of a request in flight.
        """
        stored, seen = self._latest(), self._seen
        if stored is None or (self._stored is not None and stored < self._stored):
            seen = None  # another process has noticed it, and moved what waits
        expected = self._expected(seen, elapsed)
        self._seen, self._stored, self._elapsed = now, stored, elapsed
        if expected is not None and stored is not None and now - expected >= JUMP and stored <= expected + JUMP:
            self._turn_ahead(now, expected, stored)
            return timedelta(0)
        latest = max(filter(None, (stored, seen)), default=None)
        if latest is not None and latest - now >= JUMP:
            return self._turn_back(now, latest, stored)
        if stored is None or now - stored >= KEPT:
            self._write(now)
        return timedelta(0)

    def settle(self, now: datetime) -> None:
        """Put right first runs that took place while the clock was ahead: none was later than now.

        Else all that is published until then would be older than the first run. For a clock that is right.
        """
        for table in _BASELINED:
            self._db.change(f"UPDATE {table} SET baseline_at = :now WHERE baseline_at > :now", now=micros(now))

    def _turn_back(self, now: datetime, latest: datetime, stored: datetime | None) -> timedelta:
        with self._db.transaction():
            if self._latest() != stored:  # another process was first
                return timedelta(0)
            self._move(now, latest - now)
            self._write(now)
        return latest - now

    def _expected(self, seen: datetime | None, elapsed: float | None) -> datetime | None:
        """What the clock shows now if nobody has set it since the last call."""
        if seen is None or elapsed is None or self._elapsed is None:
            return None
        return seen + timedelta(seconds=elapsed - self._elapsed)

    def _turn_ahead(self, now: datetime, expected: datetime, stored: datetime) -> None:
        """Let the claims of requests in flight last as long as they would have."""
        values = {"expected": micros(expected), "jump": micros_of(now - expected)}
        with self._db.transaction():
            if self._latest() != stored:  # another process was first
                return
            for table, column in _CLAIMS.items():
                self._db.change(f"UPDATE {table} SET {column} = {column} + :jump WHERE {column} > :expected", **values)
            self._write(now)

    def _move(self, now: datetime, jump: timedelta) -> None:
        for table, columns in _COLUMNS.items():
            moved = ", ".join(
                f"{name} = CASE WHEN {name} > :now THEN {name} - :jump ELSE {name} END" for name in columns
            )
            ours = f" WHERE {_OURS}" if table == "delivery" else ""
            self._db.change(f"UPDATE {table} SET {moved}{ours}", now=micros(now), jump=micros_of(jump))

    def _latest(self) -> datetime | None:
        row = self._db.row("SELECT value FROM meta WHERE name = 'clock'")
        return from_micros(int(row["value"])) if row else None

    def _write(self, now: datetime) -> None:
        self._stored = now
        self._db.change(
            "INSERT INTO meta (name, value) VALUES ('clock', :value) ON CONFLICT (name) DO UPDATE SET value = :value",
            value=str(micros(now)),
        )


def micros_of(span: timedelta) -> int:
    """A length of time in microseconds, as the ledger stores it."""
    return span // timedelta(microseconds=1)
