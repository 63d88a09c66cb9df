"""Subscriptions to WebSub hubs: what was requested, what was granted, and when to ask again."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Literal, TypeAlias

from syndicate.ledger.credentials import Credentials
from syndicate.ledger.database import Database, Row, from_micros, micros
from syndicate.model import Hub, Json
from syndicate.model.dataclass import dataclass

Standing: TypeAlias = Literal["none", "pending", "active", "denied", "ended"]
Mode: TypeAlias = Literal["subscribe", "unsubscribe"]


@dataclass(frozen=True, slots=True)
class Subscription:
    """One source's subscription. `callback` is the last part of its callback address, and cannot be guessed.

    `public` is the first part, as configured when it was made. `state` "none": the feed names no hub, and there are
    no addresses.
    `asked` is the request that the hub may now confirm. `fails` counts requests since a hub last confirmed one.
    """

    callback: str
    source: str
    hub: str
    topic: str
    secret: str
    public: str
    state: Standing
    asked: Mode | None = None
    lease_until: datetime | None = None
    fails: int = 0
    error: str | None = None

    @property
    def names(self) -> Hub | None:
        """The hub that the feed named when this was made."""
        return None if self.state == "none" else Hub(self.hub, self.topic)


class Subscriptions:
    """The `subscription` table. Hub, topic and secret are encrypted: addresses may hold secrets, too."""

    def __init__(self, database: Database, credentials: Credentials) -> None:
        self._db = database
        self._credentials = credentials

    def add(self, made: Subscription, act_at: datetime | None) -> None:
        """Store a new one; its hub is asked at `act_at`."""
        sealed = {"hub": made.hub, "topic": made.topic, "secret": made.secret, "public": made.public}
        with self._db.transaction():  # nobody changes the key between sealing and storing
            self._db.change(
                "INSERT INTO subscription (callback, source, sealed, state, asked, act_at, fails)"
                " VALUES (:callback, :source, :sealed, :state, :asked, :act_at, 0)",
                callback=made.callback,
                source=made.source,
                sealed=self._credentials.seal(sealed),
                state=made.state,
                asked=made.asked,
                act_at=micros(act_at),
            )

    def find(self, callback: str) -> Subscription | None:
        """The one with this callback."""
        return self._first(self._db.rows("SELECT * FROM subscription WHERE callback = :callback", callback=callback))

    def of(self, source: str) -> Subscription | None:
        """The current subscription of a source; those that ended do not count."""
        found = "SELECT * FROM subscription WHERE source = :source AND state <> 'ended'"
        return self._first(self._db.rows(found, source=source))

    def all(self) -> list[Subscription]:
        """Every one that has not ended."""
        return self._loaded(self._db.rows("SELECT * FROM subscription WHERE state <> 'ended'"))

    def has_due(self, now: datetime) -> bool:
        """Whether a request to some hub is due."""
        return bool(self._db.rows("SELECT 1 FROM subscription WHERE act_at <= :now LIMIT 1", now=micros(now)))

    def due(self, now: datetime) -> list[Subscription]:
        """Those with a request due, the longest due first."""
        found = self._db.rows("SELECT * FROM subscription WHERE act_at <= :now ORDER BY act_at", now=micros(now))
        return self._loaded(found)

    def take(self, callback: str, mode: Mode, now: datetime, act_at: datetime) -> bool:
        """Reserve the request to the hub for this process; False if another has it.

        Written before the request, since the hub may ask for confirmation before it answers.
        """
        return bool(
            self._db.change(
                "UPDATE subscription SET asked = :mode, act_at = :act_at, fails = fails + 1"
                " WHERE callback = :callback AND act_at <= :now",
                callback=callback,
                mode=mode,
                now=micros(now),
                act_at=micros(act_at),
            )
        )

    def refresh(self, now: datetime, before: datetime) -> None:
        """Make a renewal due for those confirmed before `before`, as if half of their lease were over."""
        self._db.change(
            "UPDATE subscription SET act_at = :now"
            " WHERE state = 'active' AND act_at > :now AND 2 * act_at - lease_until < :before",
            now=micros(now),
            before=micros(before),
        )

    def failed(self, callback: str, error: str) -> None:
        """Record that a request to the hub failed."""
        self._db.change(
            "UPDATE subscription SET error = :error WHERE callback = :callback", callback=callback, error=error
        )

    def confirmed(self, callback: str, *, lease_until: datetime, act_at: datetime) -> None:
        """Record that the hub asked for confirmation and got it."""
        self._db.change(
            "UPDATE subscription SET state = 'active', asked = NULL, lease_until = :lease_until, act_at = :act_at,"
            " fails = 0, error = NULL WHERE callback = :callback",
            callback=callback,
            lease_until=micros(lease_until),
            act_at=micros(act_at),
        )

    def denied(self, callback: str, reason: str, act_at: datetime) -> None:
        """Record that the hub refused; it is asked again at `act_at`."""
        self._db.change(
            "UPDATE subscription SET state = 'denied', asked = NULL, lease_until = NULL, act_at = :act_at,"
            " error = :reason WHERE callback = :callback",
            callback=callback,
            reason=reason,
            act_at=micros(act_at),
        )

    def end(self, callback: str, act_at: datetime) -> None:
        """End a subscription: its notifications are ignored from now on, and the hub is asked to stop at `act_at`."""
        self._db.change(
            "UPDATE subscription SET state = 'ended', asked = NULL, act_at = :act_at, fails = 0"
            " WHERE callback = :callback",
            callback=callback,
            act_at=micros(act_at),
        )

    def remove(self, callback: str) -> None:
        """Delete a subscription."""
        self._db.change("DELETE FROM subscription WHERE callback = :callback", callback=callback)

    def _first(self, rows: Sequence[Row]) -> Subscription | None:
        return next(iter(self._loaded(rows[:1])), None)

    def _loaded(self, rows: Sequence[Row]) -> list[Subscription]:
        """The subscriptions of these rows. One that was sealed with another key is deleted: a new one is made."""
        found = []
        for row in rows:
            sealed = self._credentials.unseal(row["sealed"])
            if sealed is None:
                self.remove(row["callback"])
            else:
                found.append(_subscription(row, sealed))
        return found


def _subscription(row: Row, sealed: Json) -> Subscription:
    return Subscription(
        callback=row["callback"],
        source=row["source"],
        hub=sealed["hub"],
        topic=sealed["topic"],
        secret=sealed["secret"],
        public=sealed["public"],
        state=row["state"],
        asked=row["asked"],
        lease_until=from_micros(row["lease_until"]),
        fails=row["fails"],
        error=row["error"],
    )
