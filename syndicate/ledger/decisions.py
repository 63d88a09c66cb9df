"""What a person decides of a delivery, and what the publisher's site says of its story: transitions by their word."""

from __future__ import annotations

from datetime import datetime

from syndicate.ledger import transitions
from syndicate.ledger.database import Database, Row
from syndicate.ledger.transitions import Transition, alert, move
from syndicate.model import Delivery, State

ANEW: Row = {"attempts": 0, "unknowns": 0, "absent": 0, "post": None, "error": None}


class Decisions:
    """Transitions that nothing but a person or the site makes. Each is False where the state does not allow it."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def approve(self, delivery: Delivery, digest: str, *, at: datetime | None, now: datetime, ages: bool) -> bool:
        """Let a planned delivery go out as exactly this post: now, or at its publication time `at`.

        `ages` False: from now on no age limit holds for it.
        """
        waits = at is not None and at > now
        columns: Row = {
            "approved": digest,
            "error": None,
            "due_at": at if waits else now,
            "reason": "embargo" if waits else None,
        }
        columns |= {} if ages else {"expires_at": None}
        return self._move(delivery, transitions.APPROVED, columns, now, state="planned" if waits else "due")

    def retry(self, delivery: Delivery, now: datetime) -> bool:
        """Try a failed delivery again, as if for the first time."""
        return self._move(delivery, transitions.RETRIED, {"reason": None, "due_at": now} | ANEW, now)

    def skip(self, delivery: Delivery, now: datetime) -> bool:
        """Never send it."""
        columns: Row = {"reason": "person", "due_at": None, "draft": None}
        return self._move(delivery, transitions.DROPPED, columns, now)

    def not_sent(self, delivery: Delivery, now: datetime) -> bool:
        """A held delivery never arrived: it is rendered anew and sent."""
        columns: Row = {
            "reason": None,
            "due_at": now,
            "post": None,
            "draft": None,
            "committed_at": None,
            "unknowns": 0,
            "absent": 0,
        }
        return self._move(delivery, transitions.NOT_SENT, columns, now)

    def ask_again(self, delivery: Delivery, now: datetime) -> bool:
        """A deletion that failed, or had nothing to delete, is wanted once more."""
        columns: Row = {"reason": None, "due_at": now, "attempts": 0, "error": None}
        return self._move(delivery, transitions.ASKED_AGAIN, columns, now)

    def withdraw(self, delivery: Delivery, *, error: str, now: datetime) -> bool:
        """The publisher took the story back before it was sent."""
        columns: Row = {"reason": "withdrawn", "due_at": None, "error": error}
        return self._move(delivery, transitions.WITHDRAWN, columns, now, outcome="skipped by its site")

    def tell(self, delivery: Delivery, what: str) -> None:
        """Let somebody hear of a delivery, once."""
        alert(self._db, delivery, what)

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
        said = outcome or f"{state or transition.after[0]} by a person"
        return move(self._db, delivery, transition, now=now, state=state, outcome=said, columns=columns)
