"""The delivery state machine: every allowed change of state, who makes it, and the statement that makes it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Literal, TypeAlias

from syndicate.ledger import dropped
from syndicate.ledger.database import Database, Often, Row, micros
from syndicate.ledger.follow_ups import FollowUps
from syndicate.model import Delivery, Reason, State
from syndicate.model.dataclass import dataclass
from syndicate.serialization import OF, PARTS

Maker: TypeAlias = Literal["engine", "network", "clock", "source", "person", "config"]
"""Who makes a change: the claim, an answer or its absence, time, a reading of the site, a person, the config and its
state file."""

FIRST_CHECK = timedelta(minutes=10)  # after a post, until its article's page is looked at again


@dataclass(frozen=True, slots=True)
class Transition:
    """A named change of state: from any of `before` to one of `after`."""

    name: str
    before: tuple[State, ...]
    after: tuple[State, ...]
    by: tuple[Maker, ...]

    @property
    def allowed(self) -> str:
        """The SQL condition on a row that may make this transition."""
        return f"delivery.state IN ({', '.join(repr(state) for state in self.before)})"

    def sets(self, state: State | None = None) -> str:
        """The SQL assignment of the new state. `state` chooses where there are several; ValueError for any other."""
        chosen = state or self.after[0]
        if chosen not in self.after or (state is None and len(self.after) > 1):
            raise ValueError(f"{self.name} does not lead to {chosen}")
        return f"state = {chosen!r}"


CLAIMED = Transition("claimed", ("due",), ("sending",), ("engine",))
WAITS = Transition("waits", ("due",), ("due", "planned"), ("engine",))
SKIPPED = Transition("skipped", ("due",), ("skipped",), ("engine",))
UNSENDABLE = Transition("unsendable", ("due",), ("failed",), ("engine", "clock"))
POSTED = Transition("posted", ("sending", "unknown", "held"), ("posted",), ("network", "person"))
ASSUMED = Transition("assumed", ("unknown",), ("posted",), ("config",))
LATER = Transition("later", ("sending",), ("due",), ("network", "engine"))
FAILED = Transition("failed", ("sending",), ("failed",), ("network",))
UNANSWERED = Transition("unanswered", ("sending", "unknown"), ("unknown",), ("network", "engine"))
AGAIN = Transition("again", ("unknown",), ("due",), ("network", "config"))
HELD = Transition("held", ("sending", "unknown"), ("held",), ("network", "config"))
RELEASED = Transition("released", ("planned",), ("due",), ("clock",))
EXPIRED = Transition("expired", ("planned", "due"), ("skipped",), ("clock",))
WITHDRAWN = Transition("withdrawn", ("planned", "due"), ("skipped",), ("source",))
CLOSED = Transition("closed", ("planned", "due"), ("skipped",), ("config",))
RETURNED = Transition("returned", ("skipped",), ("planned", "due"), ("config",))
SEEN_ELSEWHERE = Transition("seen elsewhere", ("planned", "due"), ("skipped",), ("person",))
ELSEWHERE = Transition("elsewhere", ("planned", "due"), ("posted",), ("network",))
IN_DOUBT = Transition("in doubt", ("planned", "due"), ("held",), ("engine",))
REMEMBERED = Transition(
    "remembered", ("planned", "due", "skipped", "failed", "unknown", "held"), ("posted",), ("config",)
)
WANTED = Transition("wanted", ("skipped", "planned"), ("planned", "due"), ("person", "source"))
APPROVED = Transition("approved", ("planned",), ("due", "planned"), ("person",))
RETRIED = Transition("retried", ("failed",), ("due",), ("person",))
DROPPED = Transition("dropped", ("planned", "due", "failed"), ("skipped",), ("person",))
NOT_SENT = Transition("not sent", ("held",), ("due",), ("person",))
ASKED_AGAIN = Transition("asked again", ("failed", "skipped"), ("due",), ("person", "source"))

_IN_THREAD = frozenset((PARTS, OF))

TRANSITIONS: Mapping[str, Transition] = {
    each.name: each
    for each in (
        CLAIMED,
        WAITS,
        SKIPPED,
        UNSENDABLE,
        POSTED,
        ASSUMED,
        LATER,
        FAILED,
        UNANSWERED,
        AGAIN,
        HELD,
        RELEASED,
        EXPIRED,
        WITHDRAWN,
        CLOSED,
        RETURNED,
        SEEN_ELSEWHERE,
        ELSEWHERE,
        IN_DOUBT,
        REMEMBERED,
        WANTED,
        APPROVED,
        RETRIED,
        DROPPED,
        NOT_SENT,
        ASKED_AGAIN,
    )
}

_CHECK = Often("UPDATE article SET check_at = COALESCE(check_at, :soon) WHERE anchor = :anchor")
_ENDED = Often(
    "UPDATE attempt SET ended_at = :now, outcome = :outcome, error = :error"
    " WHERE key = :key AND fence = :fence AND ended_at IS NULL"
)
_FREE = Often("UPDATE account SET lane = NULL, lane_until = 0 WHERE name = :account AND lane = :key")

FRESH: Row = {"post": None, "draft": None, "prepared": None, "committed_at": None}
"""Columns of a delivery that is to be rendered anew: nothing of an earlier attempt is kept."""


def move(
    database: Database,
    delivery: Delivery,
    transition: Transition,
    *,
    now: datetime,
    state: State | None = None,
    outcome: str | None = None,
    columns: Mapping[str, Any],
    follow_ups: FollowUps | None = None,
) -> bool:
    """Change a delivery's state, close its attempt, free its lane and write an alert where one is due: all or nothing.

    A compare-and-swap on state and fence: False where the delivery was taken over meanwhile. `columns` are
    further columns to set; `outcome` is the outcome of the attempt, the new state unless given. `follow_ups` keep word
    of it for those who want to hear.
    """
    after = state or transition.after[0]
    values: Row = {name: micros(value) if isinstance(value, datetime) else value for name, value in columns.items()}
    values |= {"updated_at": micros(now), "lease_until": 0}
    settings = ", ".join((transition.sets(state), *(f"{name} = :{name}" for name in values)))
    if after == "posted" and "posted_at" not in values:
        settings += ", posted_at = COALESCE(committed_at, :updated_at)"
    # A receipt is valid even where the delivery was looked up or held since: only its claim is out of date.
    late = " OR (fence > :fence AND state IN ('unknown', 'held'))" if transition is POSTED else ""
    with database.transaction():
        asked = f"UPDATE delivery SET {settings} WHERE key = :key AND {transition.allowed} AND (fence = :fence{late})"
        if not database.change(Often(asked), key=delivery.key, fence=delivery.fence, **values):
            return False
        _close_attempt(database, delivery, outcome or after, columns.get("error"), now)
        if after in ("held", "failed"):
            alert(database, delivery, after)
        if after == "posted" and delivery.action == "post":
            database.note(
                _CHECK,
                anchor=delivery.anchor,
                soon=micros(now + FIRST_CHECK),
            )
        if after == "posted" and delivery.post is not None and not _IN_THREAD.isdisjoint(delivery.post):
            from syndicate.ledger.parts import follow

            follow(database, delivery, now)
        if follow_ups is not None and follow_ups.sinks:
            follow_ups.note(delivery, after, now)
    return True


TOLD_APART: tuple[Reason, ...] = ("account_left", "baseline")
"""Reasons for which deliveries are dropped that a notice of its own tells."""


def drop(
    database: Database,
    transition: Transition,
    where: str,
    *,
    now: datetime,
    error: str,
    reason: Reason = "too_old",
    cause: str | None = None,
    values: Row,
) -> int:
    """Skip the waiting deliveries that `where` names, and record each as dropped. Returns how many.

    `error` is an SQL expression with `values`. `cause` is what they waited for, where their rows do not say so.
    """
    with database.transaction():
        dropped.note(
            database,
            f"{transition.allowed} AND {where}",
            now=now,
            cause=cause,
            told=reason in TOLD_APART,
            values=values,
        )
        return database.change(
            f"UPDATE delivery SET {transition.sets()}, waited_for = reason, reason = :dropped_reason, due_at = NULL,"
            f" updated_at = :updated_at, error = {error} WHERE {transition.allowed} AND {where}",
            **values,
            dropped_reason=reason,
            updated_at=micros(now),
        )


def _close_attempt(database: Database, delivery: Delivery, outcome: str, error: str | None, now: datetime) -> None:
    database.note(
        _ENDED,
        key=delivery.key,
        fence=delivery.fence,
        now=micros(now),
        outcome=outcome,
        error=error,
    )
    leave_lane(database, delivery)


def leave_lane(database: Database, delivery: Delivery) -> None:
    """Free the lane of a delivery's account, if it was taken for that delivery."""
    database.note(_FREE, account=delivery.account, key=delivery.key)


def alert(database: Database, delivery: Delivery, what: str) -> None:
    """Have an alert about a delivery sent, once."""
    database.note(
        "INSERT INTO alert (key, state, fence, tries) VALUES (:key, :state, :fence, 0) ON CONFLICT DO NOTHING",
        key=delivery.key,
        state=what,
        fence=delivery.fence,
    )
