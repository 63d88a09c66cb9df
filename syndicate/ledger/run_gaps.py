"""When anything last ran on this ledger, and how long it usually is between two runs."""

from __future__ import annotations

import json
from datetime import datetime, timedelta

from syndicate.ledger.database import MICROSECOND, Database, from_micros, micros

USUAL = 3  # times the usual gap
SHORTEST = timedelta(minutes=15)  # a shorter gap is no stop, however often runs begin
UNKNOWN = timedelta(hours=6)  # from then on a gap is a stop, as long as nobody knows what is usual
KNOWN, KEPT = 3, 9  # gaps that show what is usual, and that are stored
OFTEN = timedelta(seconds=20)  # between two beats


class RunGaps:
    """The rows `ran_at` and `run_gaps` of the `meta` table. Only what a believed clock says is stored."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def stopped_since(self, now: datetime) -> datetime | None:
        """Since when nothing has run, if that is longer than three usual gaps; else None."""
        last = self._last()
        return last if last is not None and now - last >= self._stop() else None

    def begin(self, now: datetime, *, sure: bool = True) -> None:
        """A run begins. Only a clock that is `sure` puts an earlier time in the place of a later one."""
        with self._db.transaction():
            last, gaps = self._last(), self._gaps()
            if last is not None and now > last:
                gaps = [*gaps, now - last][-KEPT:]
                self._write("run_gaps", json.dumps([gap // MICROSECOND for gap in gaps]))
            self._run_at(now, last, sure=sure)

    def beat(self, now: datetime, *, sure: bool = True) -> None:
        """Something still runs."""
        last = self._last()
        if last is None or abs(now - last) >= OFTEN:
            self._run_at(now, last, sure=sure)

    def _run_at(self, now: datetime, last: datetime | None, *, sure: bool) -> None:
        if sure or last is None or now > last:
            self._write("ran_at", str(micros(now)))

    def _stop(self) -> timedelta:
        gaps = sorted(self._gaps())
        return max(SHORTEST, USUAL * gaps[(len(gaps) - 1) // 2]) if len(gaps) >= KNOWN else UNKNOWN

    def _gaps(self) -> list[timedelta]:
        row = self._db.row("SELECT value FROM meta WHERE name = 'run_gaps'")
        return [gap * MICROSECOND for gap in json.loads(row["value"])] if row else []

    def _last(self) -> datetime | None:
        row = self._db.row("SELECT value FROM meta WHERE name = 'ran_at'")
        return from_micros(int(row["value"])) if row else None

    def _write(self, name: str, value: str) -> None:
        self._db.change(
            "INSERT INTO meta (name, value) VALUES (:name, :value) ON CONFLICT (name) DO UPDATE SET value = :value",
            name=name,
            value=value,
        )
