"""The state machine: claim, begin, and every way out of `sending` and `unknown`.

Every change is a compare-and-swap on state and fence, so a process that was overtaken changes
nothing; the claim takes the account's lane and the delivery in one transaction.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

from syndicate.ledger import claimant, rows
from syndicate.ledger.database import Database, Row, micros
from syndicate.model import Delivery, Draft, Json, Receipt, State
from syndicate.records import compact


class _TakenError(Exception):
    """Ends a transaction whose compare-and-swap touched no row."""


class Claims:
    """Transitions of the `delivery` table, with the attempts, lanes and alerts that go with them."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def claim(self, delivery: Delivery, *, now: datetime, lease: timedelta) -> Delivery | None:
        """Take a due delivery and its account's lane for `lease`; None if either is not to be had."""
        try:
            with self._db.transaction():
                self._take_lane(delivery, now, now + lease)
                self._take(delivery, now, now + lease)
        except _TakenError:
            return None
        return self._find(delivery.key)

    def claim_lookup(self, delivery: Delivery, *, now: datetime, lease: timedelta) -> Delivery | None:
        """Take an unknown delivery to look it up; needs no lane and spends no attempt."""
        taken = self._db.change(
            "UPDATE delivery SET fence = fence + 1, lease_until = :until, claimed_by = :me, updated_at = :now"
            " WHERE key = :key AND state = 'unknown' AND due_at <= :now AND fence = :fence",
            key=delivery.key,
            now=micros(now),
            until=micros(now + lease),
            fence=delivery.fence,
            me=claimant.me(),
        )
        return self._find(delivery.key) if taken else None

    def begin(
        self, claimed: Delivery, post: Json, digest: str, draft: Draft, *, now: datetime, lease: timedelta
    ) -> bool:
        """The write before the one request that makes it visible: post and draft frozen, lease extended.
        False: somebody else has taken over, and nothing may be sent.
        """
        with self._db.transaction():
            self._db.change(
                "UPDATE account SET lane_until = :until WHERE name = :account AND lane = :key",
                until=micros(now + lease),
                account=claimed.account,
                key=claimed.key,
            )
            return bool(
                self._db.change(
                    "UPDATE delivery SET post = :post, digest = :digest, draft = :draft, prepared = NULL,"
                    " committed_at = COALESCE(committed_at, :now), lease_until = :until, updated_at = :now"
                    " WHERE key = :key AND state = 'sending' AND fence = :fence",
                    key=claimed.key,
                    fence=claimed.fence,
                    post=compact(post),
                    digest=digest,
                    draft=compact(draft),
                    now=micros(now),
                    until=micros(now + lease),
                )
            )

    def posted(self, delivery: Delivery, receipt: Receipt, *, now: datetime) -> bool:
        """It is out. Holds against anything but a decision: who has the receipt knows best."""
        return self._leave(
            delivery,
            ("sending", "unknown", "held"),
            now=now,
            outcome="posted",
            state="posted",
            reason=None,
            due_at=None,
            draft=None,
            prepared=None,
            unknowns=0,
            absent=0,
            remote_id=receipt.id,
            permalink=receipt.permalink,
            receipt=compact({"id": receipt.id, "permalink": receipt.permalink, "data": receipt.data}),
            error=None,
        )

    def leave(self, delivery: Delivery, state: State, reason: str | None, *, now: datetime, **columns: Any) -> bool:
        """Out of `sending` (or, after a look-up, out of `unknown`) into what a failure leads to.

        `columns` are further columns to set. False if the delivery was taken over meanwhile.
        """
        return self._leave(
            delivery, ("sending", "unknown"), now=now, outcome=state, state=state, reason=reason, **columns
        )

    def waits(self, delivery: Delivery, reason: str, *, due_at: datetime, error: str, now: datetime) -> bool:
        """A due delivery that cannot be rendered now; no claim was taken, no attempt spent."""
        return bool(
            self._db.change(
                "UPDATE delivery SET reason = :reason, due_at = :due_at, error = :error, updated_at = :now"
                " WHERE key = :key AND state = 'due' AND fence = :fence",
                key=delivery.key,
                fence=delivery.fence,
                reason=reason,
                due_at=micros(due_at),
                error=error,
                now=micros(now),
            )
        )

    def fails(self, delivery: Delivery, reason: str, *, error: str, now: datetime) -> bool:
        """A due delivery that can never be sent, as is plain before any claim."""
        return self._leave(
            delivery, ("due",), now=now, outcome="failed", state="failed", reason=reason, due_at=None, error=error
        )

    def sweep(self, now: datetime, settle: Callable[[str], timedelta]) -> int:
        """Take up what others left: claims past their lease, or of a process that is dead.

        Without a draft nothing was sent: due again. With one it is unknown, and never simply retried;
        `settle` gives the time after which an account's platform surely shows a post.
        """
        sending = self._db.rows(f"{rows.JOINED} WHERE delivery.state = 'sending'")
        left = [row for row in sending if row["lease_until"] <= (micros(now) or 0) or claimant.dead(row["claimed_by"])]
        for row in left:
            self._give_back(rows.delivery(row), now, settle)
        looking = self._db.rows(
            "SELECT key, claimed_by FROM delivery WHERE state = 'unknown' AND lease_until > :now", now=micros(now)
        )
        for row in looking:
            if claimant.dead(row["claimed_by"]):
                self._db.change(
                    "UPDATE delivery SET lease_until = 0 WHERE key = :key AND state = 'unknown'"
                    " AND claimed_by = :claimed_by",
                    key=row["key"],
                    claimed_by=row["claimed_by"],
                )
        return len(left)

    def abandon(self, now: datetime, settle: Callable[[str], timedelta]) -> None:
        """Give back what this process holds, because it has to leave without the answer."""
        held = self._db.rows(
            f"{rows.JOINED} WHERE delivery.state = 'sending' AND delivery.claimed_by = :me", me=claimant.me()
        )
        for row in held:
            self._give_back(rows.delivery(row), now, settle)

    def _give_back(self, delivery: Delivery, now: datetime, settle: Callable[[str], timedelta]) -> None:
        if delivery.draft is None:
            # Nothing was sent, so no attempt was spent: kills must not use up a story's tries.
            self.leave(delivery, "due", None, now=now, due_at=now, attempts=max(0, delivery.attempts - 1))
            return
        self.leave(
            delivery,
            "unknown",
            "no_answer",
            now=now,
            due_at=now + settle(delivery.account),
            unknowns=delivery.unknowns + 1,
            absent=0,
        )

    def decide(
        self,
        delivery: Delivery,
        states: Sequence[State],
        state: State,
        reason: str | None,
        *,
        now: datetime,
        **columns: Any,
    ) -> bool:
        """Move a delivery by a person's word; False if it is no longer in one of `states`."""
        return self._leave(
            delivery, states, now=now, outcome=f"{state} by a person", state=state, reason=reason, **columns
        )

    def _leave(
        self, delivery: Delivery, states: Sequence[State], *, now: datetime, outcome: str, state: State, **columns: Any
    ) -> bool:
        """One change of state, its attempt closed, its lane freed, and an alert written: all or nothing."""
        values: Row = {
            name: micros(value) if isinstance(value, datetime) else value for name, value in columns.items()
        } | {"state": state, "updated_at": micros(now), "lease_until": 0}
        settings = ", ".join(f"{name} = :{name}" for name in values)
        names = {f"s{number}": value for number, value in enumerate(states)}
        listed = ", ".join(f":{name}" for name in names)
        with self._db.transaction():
            if not self._db.change(
                f"UPDATE delivery SET {settings} WHERE key = :key AND state IN ({listed})"
                # A receipt counts for what was since looked up or held: only its claim is out of date.
                " AND (fence = :fence OR (:state = 'posted' AND fence > :fence AND state IN ('unknown', 'held')))",
                key=delivery.key,
                fence=delivery.fence,
                **values,
                **names,
            ):
                return False
            self._db.change(
                "UPDATE attempt SET ended_at = :now, outcome = :outcome, error = :error"
                " WHERE key = :key AND fence = :fence AND ended_at IS NULL",
                key=delivery.key,
                fence=delivery.fence,
                now=micros(now),
                outcome=outcome,
                error=columns.get("error"),
            )
            self._db.change(
                "UPDATE account SET lane = NULL, lane_until = 0 WHERE name = :account AND lane = :key",
                account=delivery.account,
                key=delivery.key,
            )
            if state in ("held", "failed"):
                self._alert(delivery, state)
        return True

    def _alert(self, delivery: Delivery, state: State) -> None:
        self._db.change(
            "INSERT INTO alert (key, state, fence, tries) VALUES (:key, :state, :fence, 0) ON CONFLICT DO NOTHING",
            key=delivery.key,
            state=state,
            fence=delivery.fence,
        )

    def _attempted(self, key: str, fence: int, now: datetime) -> None:
        self._db.change(
            "INSERT INTO attempt (key, fence, started_at) VALUES (:key, :fence, :now)",
            key=key,
            fence=fence,
            now=micros(now),
        )

    def _take_lane(self, delivery: Delivery, now: datetime, until: datetime) -> None:
        """The account's row first: not paused, its wait over, nobody else sending for it."""
        if not self._db.change(
            "UPDATE account SET lane = :key, lane_until = :until WHERE name = :account AND paused IS NULL"
            " AND next_at <= :now AND (lane IS NULL OR lane_until <= :now)",
            key=delivery.key,
            account=delivery.account,
            now=micros(now),
            until=micros(until),
        ):
            raise _TakenError

    def _take(self, delivery: Delivery, now: datetime, until: datetime) -> None:
        if not self._db.change(
            "UPDATE delivery SET state = 'sending', reason = NULL, fence = fence + 1, attempts = attempts + 1,"
            " lease_until = :until, claimed_by = :me, updated_at = :now"
            " WHERE key = :key AND state = 'due' AND due_at <= :now AND fence = :fence",
            key=delivery.key,
            fence=delivery.fence,
            me=claimant.me(),
            now=micros(now),
            until=micros(until),
        ):
            raise _TakenError
        self._attempted(delivery.key, delivery.fence + 1, now)

    def _find(self, key: str) -> Delivery | None:
        row = self._db.row(f"{rows.JOINED} WHERE delivery.key = :key", key=key)
        return rows.delivery(row) if row else None
