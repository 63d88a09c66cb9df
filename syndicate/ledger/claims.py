"""The state machine: claim, begin, and every way out of `sending` and `unknown`.

Every change is a compare-and-swap on state and fence, so a process that was overtaken changes
nothing; the claim takes the account's lane and the delivery in one transaction.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from syndicate.ledger import claimant, rows
from syndicate.ledger.database import Database, Row, micros
from syndicate.ledger.deliveries import Deliveries
from syndicate.model import Delivery, Draft, Json, Receipt, State
from syndicate.schedule import Cap, free_at
from syndicate.serialization import compact

FIRST_CHECK = timedelta(minutes=10)  # after a post, until its article's page is looked at again


@dataclass(frozen=True, slots=True)
class Spend:
    """What a post `cost`s, and the `most` its account may have spent since `since`; millionths of a dollar."""

    cost: int
    most: int
    since: datetime


@dataclass(frozen=True, slots=True)
class Allowance:
    """What a claim has to keep to. `urgent` ones mind no closed schedule, only these caps."""

    caps: tuple[Cap, ...] = ()
    urgent: bool = True
    spend: Spend | None = None


ANYTHING = Allowance()


class _TakenError(Exception):
    """Ends a transaction whose compare-and-swap touched no row."""


class Claims:
    """Transitions of the `delivery` table, with the attempts, lanes and alerts that go with them."""

    def __init__(self, database: Database) -> None:
        self._db = database
        self._deliveries = Deliveries(database)

    def claim(
        self, delivery: Delivery, *, now: datetime, lease: timedelta, allowance: Allowance = ANYTHING
    ) -> Delivery | None:
        """Take a due delivery and its account's lane for `lease`; None if either is not to be had.

        Caps and budget are read again in here: another process may have posted since they were judged.
        """
        try:
            with self._db.transaction():
                self._take_lane(delivery, now, now + lease, urgent=allowance.urgent)
                self._check(delivery, allowance, now)
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
        self,
        claimed: Delivery,
        post: Json,
        digest: str,
        draft: Draft,
        *,
        now: datetime,
        lease: timedelta,
        cost: int = 0,
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
                    " committed_at = COALESCE(committed_at, :now), cost = CASE WHEN :cost = 0 THEN cost ELSE :cost END,"
                    " lease_until = :until, updated_at = :now"
                    " WHERE key = :key AND state = 'sending' AND fence = :fence",
                    key=claimed.key,
                    fence=claimed.fence,
                    post=compact(post),
                    digest=digest,
                    draft=compact(draft),
                    cost=cost,
                    now=micros(now),
                    until=micros(now + lease),
                )
            )

    def posted(self, delivery: Delivery, receipt: Receipt, *, now: datetime, post: Json | None = None) -> bool:
        """It is out. Holds against anything but a decision: who has the receipt knows best.

        `post` is what it says now, for an edit: it has no `begin`, which would have kept that.
        """
        said = {} if post is None else {"post": compact(post)}
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
            **said,
        )

    def leave(self, delivery: Delivery, state: State, reason: str | None, *, now: datetime, **columns: Any) -> bool:
        """Out of `sending` (or, after a look-up, out of `unknown`) into what a failure leads to.

        `columns` are further columns to set. False if the delivery was taken over meanwhile.
        """
        return self._leave(
            delivery, ("sending", "unknown"), now=now, outcome=state, state=state, reason=reason, **columns
        )

    def waits(
        self,
        delivery: Delivery,
        reason: str,
        *,
        due_at: datetime | None,
        error: str | None,
        now: datetime,
        state: State = "due",
    ) -> bool:
        """A due delivery that cannot go now; no claim was taken, no attempt spent."""
        return bool(
            self._db.change(
                "UPDATE delivery SET state = :state, reason = :reason, due_at = :due_at, error = :error,"
                " updated_at = :now WHERE key = :key AND state = 'due' AND fence = :fence",
                key=delivery.key,
                fence=delivery.fence,
                state=state,
                reason=reason,
                due_at=micros(due_at),
                error=error,
                now=micros(now),
            )
        )

    def looks_again(self, delivery: Delivery, error: str, *, due_at: datetime, now: datetime) -> bool:
        """A due delivery whose page is not right yet; one look more is counted."""
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
        """The page is right by now: what it was before counts no more."""
        if delivery.looks:
            self._db.change("UPDATE delivery SET looks = 0, looked_at = NULL WHERE key = :key", key=delivery.key)

    def fails(self, delivery: Delivery, reason: str, *, error: str, now: datetime) -> bool:
        """A due delivery that can never be sent, as is plain before any claim."""
        return self._leave(
            delivery, ("due",), now=now, outcome="failed", state="failed", reason=reason, due_at=None, error=error
        )

    def skips(self, delivery: Delivery, reason: str, *, error: str | None, now: datetime, alert: bool = False) -> bool:
        """A due delivery that is not wanted any more; `alert`: somebody should hear of it."""
        with self._db.transaction():
            left = self._leave(
                delivery, ("due",), now=now, outcome="skipped", state="skipped", reason=reason, due_at=None, error=error
            )
            if left and alert:
                self._alert(delivery, "skipped")
        return left

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
            if state == "posted" and delivery.action == "post":
                self._db.change(
                    "UPDATE article SET check_at = COALESCE(check_at, :soon) WHERE anchor = :anchor",
                    anchor=delivery.anchor,
                    soon=micros(now + FIRST_CHECK),
                )
        return True

    def tell(self, delivery: Delivery, what: str) -> None:
        """Let somebody hear of it, once."""
        self._alert(delivery, what)

    def _alert(self, delivery: Delivery, state: str) -> None:
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

    def _check(self, delivery: Delivery, allowance: Allowance, now: datetime) -> None:
        """Room under every cap, and money left. The account's row is ours, so nobody else posts meanwhile."""

        def latest(number: int) -> datetime | None:
            return self._deliveries.latest_commit(delivery.account, number, besides=delivery.key)

        if free_at(allowance.caps, latest, now)[0] > now:
            raise _TakenError
        spend = allowance.spend
        if spend and self._deliveries.spent(delivery.account, spend.since) + spend.cost > spend.most:
            raise _TakenError

    def _take_lane(self, delivery: Delivery, now: datetime, until: datetime, *, urgent: bool) -> None:
        """The account's row first: not paused, its wait over, its hours open, nobody else sending for it."""
        if not self._db.change(
            "UPDATE account SET lane = :key, lane_until = :until WHERE name = :account AND paused IS NULL"
            " AND next_at <= :now AND (:urgent = 1 OR opens_at <= :now) AND (lane IS NULL OR lane_until <= :now)"
            " AND NOT EXISTS (SELECT 1 FROM pause WHERE word = '')",
            urgent=int(urgent),
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
