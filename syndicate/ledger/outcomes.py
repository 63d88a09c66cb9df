"""Records what became of a claimed delivery: every transition out of `sending` and `unknown`.

Each is a compare-and-swap on state and fence: False where another process has taken the delivery over.
"""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime

from syndicate.ledger import transitions
from syndicate.ledger.database import Database, Row, micros
from syndicate.ledger.follow_ups import FollowUps
from syndicate.ledger.transitions import FRESH, Transition, move
from syndicate.model import Concession, Delivery, Json, Reason, Receipt
from syndicate.serialization import OWN_WORDS, compact, own_words

NOTHING_SENT: Row = {"draft": None, "committed_at": None, "unknowns": 0}
"""Columns of a delivery of which nothing can have been published."""


class Outcomes:
    """Transitions that end a claim or a look-up, with their attempt, lane and alert."""

    def __init__(self, database: Database, follow_ups: FollowUps) -> None:
        self._db = database
        self._follow_ups = follow_ups

    def posted(self, delivery: Delivery, receipt: Receipt, *, now: datetime, post: Json | None = None) -> bool:
        """Record that it is published. A receipt overrules everything but a person's decision.

        `post` is what an edited post says now: an edit has no `begin`, which would have stored it.
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
        with self._db.transaction():
            moved = self._told(delivery, transitions.POSTED, columns, now)
            if moved and delivery.action == "delete":
                self._deleted(delivery, now)
        return moved

    def _told(self, delivery: Delivery, transition: Transition, columns: Row, now: datetime) -> bool:
        """Make a transition of which word is kept."""
        return move(self._db, delivery, transition, now=now, columns=columns, follow_ups=self._follow_ups)

    def _deleted(self, deletion: Delivery, now: datetime) -> None:
        """Record on the post itself that it was deleted."""
        self._db.change(
            "UPDATE delivery SET reason = 'deleted', updated_at = :now"
            " WHERE anchor = :anchor AND account = :account AND action = 'post' AND revision = :revision"
            " AND part = :part AND state = 'posted'",
            anchor=deletion.anchor,
            account=deletion.account,
            revision=deletion.revision,
            part=deletion.part,
            now=micros(now),
        )

    def leave_lane(self, delivery: Delivery) -> None:
        """Free the account's lane, which was taken for a delivery that does not go."""
        transitions.leave_lane(self._db, delivery)

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
        kept: tuple[Json, str] | None = None,
    ) -> bool:
        """Nothing was published; try again at `due_at`. `spent` False: the attempt does not count.

        `resend`: the stored post of an earlier commit is sent again as it is. `kept` is what was prepared so far, and
        the digest of its post.
        """
        columns: Row = {"reason": reason, "due_at": due_at, "error": error, "absent": 0}
        columns |= {} if spent else {"attempts": claimed.attempts - 1}
        columns |= {} if resend else NOTHING_SENT
        columns |= {} if kept is None else {"prepared": compact(kept[0]), "digest": kept[1]}
        return move(self._db, claimed, transitions.LATER, now=now, columns=columns)

    def not_ready(
        self, claimed: Delivery, prepared: Json, digest: str, *, due_at: datetime, error: str, now: datetime
    ) -> bool:
        """The network still works on an upload: store what was prepared so far. The attempt does not count."""
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

    def concedes(self, claimed: Delivery, conceded: Concession, *, error: str, now: datetime) -> bool:
        """The network refused a part of the post: due again at once, without that part. The attempt does not count."""
        columns: Row = {
            "reason": None,
            "due_at": now,
            "error": error,
            "absent": 0,
            "attempts": max(0, claimed.attempts - 1),
            "prepared": None,
            "conceded": compact(asdict(conceded)),
        }
        return move(self._db, claimed, transitions.LATER, now=now, columns=columns | NOTHING_SENT)

    def given_back(self, claimed: Delivery, now: datetime) -> bool:
        """Nothing was sent, for a reason of our own: due again at once. The attempt does not count."""
        columns: Row = {"reason": None, "due_at": now, "attempts": max(0, claimed.attempts - 1)}
        return move(self._db, claimed, transitions.LATER, now=now, columns=columns)

    def failed(self, claimed: Delivery, reason: Reason, *, error: str, now: datetime, post: Json | None = None) -> bool:
        """Give it up. `post` is what was refused, for people to look at."""
        columns: Row = {"reason": reason, "due_at": None, "error": error, "absent": 0} | NOTHING_SENT
        columns |= {} if post is None else {"post": compact(post)}
        return self._told(claimed, transitions.FAILED, columns, now)

    def unanswered(self, claimed: Delivery, *, due_at: datetime, now: datetime, error: str | None = None) -> bool:
        """The request was sent and no answer came: look it up at `due_at`."""
        columns: Row = {"reason": "no_answer", "due_at": due_at, "unknowns": claimed.unknowns + 1, "absent": 0}
        columns |= {} if error is None else {"error": error}
        return move(self._db, claimed, transitions.UNANSWERED, now=now, columns=columns)

    def still_unknown(
        self, claimed: Delivery, *, due_at: datetime, absent: int, now: datetime, error: str | None = None
    ) -> bool:
        """A look-up failed, or has not found the post `absent` times in a row: look it up again at `due_at`."""
        columns: Row = {"reason": "no_answer", "due_at": due_at, "absent": absent}
        columns |= {} if error is None else {"error": error}
        return move(self._db, claimed, transitions.UNANSWERED, now=now, columns=columns)

    def again(self, claimed: Delivery, *, due_at: datetime, fresh: bool, now: datetime) -> bool:
        """It was surely not published, or the publisher accepts a double post: send it again at `due_at`.

        `fresh`: post and draft are dropped and rendered anew, in the same words if the publisher's command wrote them.
        """
        columns: Row = {"reason": None, "due_at": due_at, "absent": 0} | (FRESH if fresh else {})
        if fresh and own_words(claimed.post) is not None:
            columns["post"] = compact({OWN_WORDS: (claimed.post or {})[OWN_WORDS]})
        return move(self._db, claimed, transitions.AGAIN, now=now, columns=columns)

    def assumed(self, claimed: Delivery, *, error: str, now: datetime) -> bool:
        """Nobody can tell whether it was published, and the config says to count it as posted."""
        columns: Row = {"reason": "no_answer", "due_at": None, "error": error}
        return self._told(claimed, transitions.ASSUMED, columns, now)

    def held(self, claimed: Delivery, *, now: datetime, error: str | None = None) -> bool:
        """Nobody can tell whether it was published: a person decides."""
        columns: Row = {"reason": "no_answer", "due_at": None, "absent": 0}
        columns |= {} if error is None else {"error": error}
        return self._told(claimed, transitions.HELD, columns, now)
