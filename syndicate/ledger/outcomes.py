"""What becomes of a claimed delivery: every way out of `sending` and `unknown`.

Each is a compare-and-swap on state and fence: False where somebody else has taken the delivery over.
"""

from __future__ import annotations

from datetime import datetime

from syndicate.ledger import transitions
from syndicate.ledger.database import Database, Row
from syndicate.ledger.transitions import FRESH, move
from syndicate.model import Delivery, Json, Reason, Receipt
from syndicate.serialization import compact

NOTHING_SENT: Row = {"draft": None, "committed_at": None, "unknowns": 0}
"""Columns of a delivery of which nothing can be out there."""


class Outcomes:
    """Transitions that end a claim or a look-up, with their attempt, lane and alert."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def posted(self, delivery: Delivery, receipt: Receipt, *, now: datetime, post: Json | None = None) -> bool:
        """It is out. Holds against anything but a decision: who has the receipt knows best.

        `post` is what it says now, for an edit: it has no `begin`, which would have kept that.
        """
        columns: Row = {
            "reason": None,
            "due_at": None,
            "draft": None,
            "prepared": None,
            "unknowns": 0,
            "absent": 0,
            "remote_id": receipt.id,
            "permalink": receipt.permalink,
            "receipt": compact({"id": receipt.id, "permalink": receipt.permalink, "data": receipt.data}),
            "error": None,
        }
        columns |= {} if post is None else {"post": compact(post)}
        return move(self._db, delivery, transitions.POSTED, now=now, columns=columns)

    def later(
        self,
        claimed: Delivery,
        reason: Reason | None,
        *,
        due_at: datetime,
        error: str,
        now: datetime,
        spent: bool = True,
        resend: bool = False,
    ) -> bool:
        """Nothing was published; it is tried again at `due_at`. `spent` False gives the attempt back.

        `resend`: the bytes of an earlier commit go again as they are.
        """
        columns: Row = {"reason": reason, "due_at": due_at, "error": error, "absent": 0}
        columns |= {} if spent else {"attempts": claimed.attempts - 1}
        columns |= {} if resend else NOTHING_SENT
        return move(self._db, claimed, transitions.LATER, now=now, columns=columns)

    def not_ready(
        self, claimed: Delivery, prepared: Json, digest: str, *, due_at: datetime, error: str, now: datetime
    ) -> bool:
        """The network still works on an upload: what it has so far is kept, and no attempt is spent."""
        columns: Row = {
            "reason": "unavailable",
            "due_at": due_at,
            "error": error,
            "absent": 0,
            "attempts": claimed.attempts - 1,
            "prepared": compact(prepared),
            "digest": digest,
        }
        return move(self._db, claimed, transitions.LATER, now=now, columns=columns | NOTHING_SENT)

    def given_back(self, claimed: Delivery, now: datetime) -> bool:
        """Nothing was sent, for reasons of our own: due again at once, and no attempt is spent."""
        columns: Row = {"reason": None, "due_at": now, "attempts": max(0, claimed.attempts - 1)}
        return move(self._db, claimed, transitions.LATER, now=now, columns=columns)

    def failed(self, claimed: Delivery, reason: Reason, *, error: str, now: datetime, post: Json | None = None) -> bool:
        """It is not sent any more. `post` is what was refused, for people to look at."""
        columns: Row = {"reason": reason, "due_at": None, "error": error, "absent": 0} | NOTHING_SENT
        columns |= {} if post is None else {"post": compact(post)}
        return move(self._db, claimed, transitions.FAILED, now=now, columns=columns)

    def unanswered(self, claimed: Delivery, *, due_at: datetime, now: datetime, error: str | None = None) -> bool:
        """The request left and no answer came: it is looked up at `due_at`."""
        columns: Row = {"reason": "no_answer", "due_at": due_at, "unknowns": claimed.unknowns + 1, "absent": 0}
        columns |= {} if error is None else {"error": error}
        return move(self._db, claimed, transitions.UNANSWERED, now=now, columns=columns)

    def still_unknown(
        self, claimed: Delivery, *, due_at: datetime, absent: int, now: datetime, error: str | None = None
    ) -> bool:
        """A look-up told nothing, or saw nothing `absent` times in a row: it is looked up again at `due_at`."""
        columns: Row = {"reason": "no_answer", "due_at": due_at, "absent": absent}
        columns |= {} if error is None else {"error": error}
        return move(self._db, claimed, transitions.UNANSWERED, now=now, columns=columns)

    def again(self, claimed: Delivery, *, due_at: datetime, fresh: bool, now: datetime) -> bool:
        """It is surely not out there, or the publisher accepts a double: it is sent again at `due_at`.

        `fresh`: post and draft are dropped, and rendered anew.
        """
        columns: Row = {"reason": None, "due_at": due_at, "absent": 0} | (FRESH if fresh else {})
        return move(self._db, claimed, transitions.AGAIN, now=now, columns=columns)

    def assumed(self, claimed: Delivery, *, error: str, now: datetime) -> bool:
        """Nobody can tell whether it is out, and the publisher wants it taken as posted."""
        columns: Row = {"reason": "no_answer", "due_at": None, "error": error}
        return move(self._db, claimed, transitions.ASSUMED, now=now, columns=columns)

    def held(self, claimed: Delivery, *, now: datetime, error: str | None = None) -> bool:
        """Nobody can tell whether it is out: a person decides."""
        columns: Row = {"reason": "no_answer", "due_at": None, "absent": 0}
        columns |= {} if error is None else {"error": error}
        return move(self._db, claimed, transitions.HELD, now=now, columns=columns)
