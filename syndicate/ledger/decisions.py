"""Transitions made by a person's decision on a delivery, or by the publisher's site withdrawing its article."""

from __future__ import annotations

from datetime import datetime

from syndicate.ledger import floods, transitions
from syndicate.ledger.database import Database, Row, micros
from syndicate.ledger.follow_ups import FollowUps
from syndicate.ledger.transitions import Transition, alert, move
from syndicate.model import Delivery, State

BY_A_PERSON = "by a person"
"""End of the outcome of an attempt that a person's decision closed."""
ANEW: Row = {"attempts": 0, "unknowns": 0, "absent": 0, "post": None, "error": None, "conceded": None}


class Decisions:
    """Transitions that only a person or the site makes. Each returns False where the state does not allow it."""

    def __init__(self, database: Database, follow_ups: FollowUps) -> None:
        self._db = database
        self._follow_ups = follow_ups

    def approve(
        self, delivery: Delivery, digest: str, *, at: datetime | None, now: datetime, ages: bool, by: str = ""
    ) -> bool:
        """Let a planned delivery go out as exactly this post: now, or at its publication time `at`.

        `ages` False: it no longer expires. What it tells of its source is recorded, for its next articles. `by`: who
        decided, in words, to be kept with the delivery's attempts.
        """
        waits = at is not None and at > now
        columns: Row = {
            "approved": digest,
            "asked_at": None,
            "error": None,
            "due_at": at if waits else now,
            "reason": "embargo" if waits else None,
        }
        columns |= {} if ages else {"expires_at": None}
        with self._db.transaction():
            moved = self._move(delivery, transitions.APPROVED, columns, now, state="planned" if waits else "due")
            if moved:
                floods.approved(self._db, delivery, now)
                self._signed(delivery, "planned" if waits else "due", by, now)
        return moved

    def retry(self, delivery: Delivery, now: datetime) -> bool:
        """Try a failed delivery again, as if for the first time. It is not given up for its age any more: a person
        wants it.
        """
        columns = {"reason": None, "due_at": now, "expires_at": None} | ANEW
        return self._move(delivery, transitions.RETRIED, columns, now)

    def skip(self, delivery: Delivery, now: datetime, by: str = "") -> bool:
        """Never send it. `by`: as for `approve`."""
        columns: Row = {"reason": "person", "due_at": None, "draft": None}
        with self._db.transaction():
            moved = self._move(delivery, transitions.DROPPED, columns, now)
            if moved:
                self._signed(delivery, "skipped", by, now)
        return moved

    def link(self, delivery: Delivery, now: datetime) -> bool:
        """Never send a reply, since its link goes into the post itself."""
        columns: Row = {"reason": "linked", "due_at": None, "draft": None}
        return self._move(delivery, transitions.DROPPED, columns, now)

    def not_sent(self, delivery: Delivery, now: datetime) -> bool:
        """Record that a held delivery never arrived: it is rendered anew and sent."""
        columns: Row = {
            "reason": None,
            "due_at": now,
            "post": None,
            "draft": None,
            "committed_at": None,
            "unknowns": 0,
            "absent": 0,
            "cleared": 1,
        }
        return self._move(delivery, transitions.NOT_SENT, columns, now)

    def ask_again(self, delivery: Delivery, now: datetime) -> bool:
        """Try a deletion again that failed, or had nothing to delete."""
        columns: Row = {"reason": None, "due_at": now, "attempts": 0, "error": None}
        return self._move(delivery, transitions.ASKED_AGAIN, columns, now)

    def withdraw(self, delivery: Delivery, *, error: str, now: datetime) -> bool:
        """Skip a delivery whose article was withdrawn before it was sent."""
        columns: Row = {"reason": "withdrawn", "due_at": None, "error": error}
        return self._move(delivery, transitions.WITHDRAWN, columns, now, outcome="skipped by its site")

    def leave_out(self, delivery: Delivery, *, now: datetime) -> bool:
        """Skip a delivery whose article the account's filter refuses, now that its sources say more of it."""
        columns: Row = {"reason": "filtered", "due_at": None}
        return self._move(delivery, transitions.WITHDRAWN, columns, now, outcome="skipped by its site")

    def tell(self, delivery: Delivery, what: str) -> None:
        """Have an alert about a delivery sent, once."""
        alert(self._db, delivery, what)

    def _signed(self, delivery: Delivery, after: State, by: str, now: datetime) -> None:
        """Keep who decided, where that was said."""
        if not by:
            return
        values: Row = {"key": delivery.key, "fence": delivery.fence, "by": by, "outcome": f"{after} {BY_A_PERSON}"}
        which = "WHERE key = :key AND fence = :fence"
        if not self._db.change(f"UPDATE attempt SET outcome = :outcome, error = :by {which}", **values):
            self._db.change(
                "INSERT INTO attempt (key, fence, started_at, ended_at, outcome, error)"
                " VALUES (:key, :fence, :now, :now, :outcome, :by)",
                **values,
                now=micros(now),
            )

    def _move(
        self,
        delivery: Delivery,
        transition: Transition,
        columns: Row,
        now: datetime,
        *,
        state: State | None = None,
        outcome: str | None = None,
    ) -> bool:
        said = outcome or f"{state or transition.after[0]} {BY_A_PERSON}"
        return move(
            self._db,
            delivery,
            transition,
            now=now,
            state=state,
            outcome=said,
            columns=columns,
            follow_ups=self._follow_ups,
        )
