"""Transitions of a due delivery before any claim: it waits, is skipped, or fails."""

from __future__ import annotations

from datetime import datetime

from syndicate.ledger.database import Database, Row, micros
from syndicate.ledger.dropped import note
from syndicate.ledger.follow_ups import FollowUps
from syndicate.ledger.transitions import SKIPPED, UNSENDABLE, WAITS, alert, move
from syndicate.model import Delivery, Reason, State


class Waiting:
    """Transitions out of `due` that claim nothing and spend no attempt."""

    def __init__(self, database: Database, follow_ups: FollowUps) -> None:
        self._db = database
        self._follow_ups = follow_ups

    def waits(
        self,
        delivery: Delivery,
        reason: Reason,
        *,
        due_at: datetime | None,
        error: str | None,
        now: datetime,
        state: State = "due",
    ) -> bool:
        """Record that a due delivery waits, and why. `state` is `planned` for what waits for a person or its page."""
        return bool(
            self._db.change(
                f"UPDATE delivery SET {WAITS.sets(state)}, reason = :reason, due_at = :due_at, error = :error,"
                f" updated_at = :now WHERE key = :key AND {WAITS.allowed} AND fence = :fence",
                key=delivery.key,
                fence=delivery.fence,
                reason=reason,
                due_at=micros(due_at),
                error=error,
                now=micros(now),
            )
        )

    def looks_again(self, delivery: Delivery, error: str, *, due_at: datetime, now: datetime) -> bool:
        """Record that a due delivery waits because its page is not right yet, and count the look."""
        with self._db.transaction():
            waits = self.waits(delivery, "preflight", state="planned", due_at=due_at, error=error, now=now)
            return waits and bool(
                self._db.change(
                    "UPDATE delivery SET looks = looks + 1, looked_at = COALESCE(looked_at, :now) WHERE key = :key",
                    key=delivery.key,
                    now=micros(now),
                )
            )

    def page_ok(self, delivery: Delivery) -> None:
        """Record that the page is right: earlier looks do not count any more."""
        if delivery.looks:
            self._db.change("UPDATE delivery SET looks = 0, looked_at = NULL WHERE key = :key", key=delivery.key)

    def fails(self, delivery: Delivery, reason: Reason, *, error: str, now: datetime) -> bool:
        """Fail a due delivery that can never be sent."""
        columns: Row = {"reason": reason, "due_at": None, "error": error}
        return move(self._db, delivery, UNSENDABLE, now=now, columns=columns, follow_ups=self._follow_ups)

    def skips(
        self, delivery: Delivery, reason: Reason, *, error: str | None, now: datetime, alerted: bool = False
    ) -> bool:
        """Skip a due delivery; `alerted`: have an alert about it sent. What is given up is recorded as dropped."""
        columns: Row = {"reason": reason, "due_at": None, "error": error}
        with self._db.transaction():
            if alerted or reason == "too_old":
                values: Row = {"key": delivery.key, "fence": delivery.fence}
                where = f"{SKIPPED.allowed} AND key = :key AND fence = :fence"
                cause = reason if alerted else None
                note(self._db, where, now=now, cause=cause, told=alerted, values=values)
            left = move(self._db, delivery, SKIPPED, now=now, columns=columns)
            if left and alerted:
                alert(self._db, delivery, "skipped")
        return left
