"""Claims deliveries for sending or looking up, stores what is about to be sent, and frees claims of dead processes.

Every change is a compare-and-swap on state and fence, so a process that was overtaken changes nothing. A
claim takes the account's lane and the delivery in one transaction. How a claim ends is in `outcomes`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from syndicate.ledger import claimant, rows
from syndicate.ledger.database import Database, Often, Row, micros
from syndicate.ledger.deliveries import Deliveries
from syndicate.ledger.outcomes import Outcomes
from syndicate.ledger.recovery import Recovery
from syndicate.ledger.transitions import CLAIMED
from syndicate.model import Delivery, Draft, Json
from syndicate.model.dataclass import dataclass
from syndicate.schedule import Cap, free_at
from syndicate.serialization import compact


@dataclass(frozen=True, slots=True)
class Spend:
    """What a post `cost`s, and the `most` its account may have spent since `since`; millionths of a dollar."""

    cost: int
    most: int
    since: datetime


@dataclass(frozen=True, slots=True)
class Allowance:
    """Limits that a claim checks. An `urgent` one ignores a closed schedule, but not these caps."""

    caps: tuple[Cap, ...] = ()
    urgent: bool = True
    spend: Spend | None = None


ANYTHING = Allowance()


@dataclass(frozen=True, slots=True)
class Intent:
    """What is about to be sent: the post, its digest, the adapter's draft, and what it costs."""

    post: Json
    digest: str
    draft: Draft
    cost: int = 0


@dataclass(frozen=True, slots=True)
class Started:
    """A delivery that was claimed and begun in one; `count` is to be stored beside the ledger before it is sent."""

    delivery: Delivery
    count: int


_INTENDED = (
    "post = :post, digest = :digest, draft = :draft, prepared = NULL, committed_at = COALESCE(committed_at, :now),"
    " cost = CASE WHEN :cost = 0 THEN cost ELSE :cost END"
)

_KEEP_LANE = Often("UPDATE account SET lane_until = :until WHERE name = :account AND lane = :key")
_TAKE_LANE = Often(
    "UPDATE account SET lane = :key, lane_until = :until WHERE name = :account AND paused IS NULL"
    " AND next_at <= :now AND (:urgent = 1 OR opens_at <= :now) AND (lane IS NULL OR lane_until <= :now)"
    " AND NOT EXISTS (SELECT 1 FROM pause WHERE word = '')"
)
_ATTEMPT = Often("INSERT INTO attempt (key, fence, started_at) VALUES (:key, :fence, :now)")
_BEGIN = Often(
    f"UPDATE delivery SET {_INTENDED}, lease_until = :until, updated_at = :now"
    " WHERE key = :key AND state = 'sending' AND fence = :fence"
)


def _taking(more: str) -> Often:
    """The statement that claims a delivery of which no other name of its login has the story; `more` is set too."""
    return Often(
        f"UPDATE delivery SET {CLAIMED.sets()}, reason = NULL, fence = fence + 1, attempts = attempts + 1,"
        f" lease_until = :until, claimed_by = :me, updated_at = :now{more}"
        f" WHERE key = :key AND {CLAIMED.allowed} AND due_at <= :now AND fence = :fence"
        " AND NOT EXISTS (SELECT 1 FROM delivery AS twin JOIN account AS other ON other.name = twin.account"
        " JOIN account AS mine ON mine.name = delivery.account WHERE twin.anchor = delivery.anchor"
        " AND twin.account <> delivery.account AND delivery.action = 'post' AND twin.action = 'post'"
        " AND twin.revision = delivery.revision AND twin.part = delivery.part AND other.login = mine.login"
        " AND other.platform = mine.platform AND twin.state IN ('sending', 'unknown', 'held', 'posted'))"
    )


_TAKE, _TAKE_AND_BEGIN = _taking(""), _taking(f", {_INTENDED}")


def _intended(intent: Intent | None) -> Row:
    """The parameters of `_INTENDED`."""
    if intent is None:
        return {}
    texts = {"post": compact(intent.post), "digest": intent.digest, "draft": compact(intent.draft)}
    return {**texts, "cost": intent.cost}


class _TakenError(Exception):
    """Ends a transaction whose compare-and-swap touched no row."""


class Claims:
    """Records who works on which delivery, in `delivery`, `account` and `attempt`."""

    def __init__(self, database: Database, outcomes: Outcomes, recovery: Recovery) -> None:
        self._db = database
        self._deliveries = Deliveries(database)
        self._outcomes = outcomes
        self._recovery = recovery

    def claim(
        self, delivery: Delivery, *, now: datetime, lease: timedelta, allowance: Allowance = ANYTHING
    ) -> Delivery | None:
        """Take a due delivery and its account's lane for `lease`; None if either is taken or may not go.

        Caps, budget and other names of the same login are checked again here: another process may have posted since
        the gate did.
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
        """Take an unknown delivery to look it up; None if it is taken. Needs no lane and spends no attempt."""
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
        """Store post and draft and extend the lease, right before the request that makes the post visible.
        False: another process has taken over, and nothing may be sent. The post is counted, here and beside the ledger.
        """
        with self._db.transaction():
            count = self._recovery.count()
            begun = self._begin(claimed, Intent(post, digest, draft, cost), now, now + lease)
        self._recovery.written(count)
        return begun

    def start(
        self, delivery: Delivery, intent: Intent, *, now: datetime, lease: timedelta, allowance: Allowance
    ) -> Started | None:
        """Claim and begin in one, in the transaction that records the account's post before it. None as for `claim`.

        `delivery` is as the ledger has it. `intent` was made before the claim, without a request. The `count` is stored
        once the transaction is over.
        """
        try:
            self._check(delivery, allowance, now)
            self._take_lane(delivery, now, now + lease, urgent=allowance.urgent)
        except _TakenError:
            return None
        try:
            self._take(delivery, now, now + lease, intent)
        except _TakenError:
            self._outcomes.leave_lane(delivery)
            return None
        tried, fence = delivery.attempts + 1, delivery.fence + 1
        claimed = replace(delivery, state="sending", reason=None, attempts=tried, fence=fence)
        return Started(claimed, self._recovery.count())

    def _begin(self, claimed: Delivery, intent: Intent, now: datetime, until: datetime) -> bool:
        self._db.note(
            _KEEP_LANE,
            until=micros(until),
            account=claimed.account,
            key=claimed.key,
        )
        return bool(
            self._db.change(
                _BEGIN,
                key=claimed.key,
                fence=claimed.fence,
                now=micros(now),
                until=micros(until),
                **_intended(intent),
            )
        )

    def sweep(self, now: datetime, settle: Callable[[str], timedelta]) -> int:
        """Free claims whose lease is over or whose process is dead. Returns how many.

        Without a draft nothing was sent: it is due again. With one it is unknown, and never simply retried.
        `settle` gives, by account, the time after which its platform surely shows a post.
        """
        sending = self._db.rows(f"{rows.JOINED} WHERE delivery.state = 'sending'")
        left = [row for row in sending if row["lease_until"] <= micros(now) or claimant.dead(row["claimed_by"])]
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
        """Free this process's claims, when it has to stop without waiting for answers. Its renders are not lost."""
        self._db.change("DELETE FROM rendering WHERE by = :me", me=claimant.me())
        held = self._db.rows(
            f"{rows.JOINED} WHERE delivery.state = 'sending' AND delivery.claimed_by = :me", me=claimant.me()
        )
        for row in held:
            self._give_back(rows.delivery(row), now, settle)

    def _give_back(self, delivery: Delivery, now: datetime, settle: Callable[[str], timedelta]) -> None:
        if delivery.draft is None:  # nothing was sent, so no attempt was spent: kills must not use up tries
            self._outcomes.given_back(delivery, now)
        else:
            self._outcomes.unanswered(delivery, due_at=now + settle(delivery.account), now=now)

    def _attempted(self, key: str, fence: int, now: datetime) -> None:
        self._db.note(
            _ATTEMPT,
            key=key,
            fence=fence,
            now=micros(now),
        )

    def _check(self, delivery: Delivery, allowance: Allowance, now: datetime) -> None:
        """Check caps and budget. This transaction holds the account's row, so nobody else posts meanwhile."""

        def latest(number: int) -> datetime | None:
            return self._deliveries.latest_commit(delivery.account, number, besides=delivery.key)

        if free_at(allowance.caps, latest, now)[0] > now:
            raise _TakenError
        spend = allowance.spend
        if spend and self._deliveries.spent(delivery.account, spend.since) + spend.cost > spend.most:
            raise _TakenError

    def _take_lane(self, delivery: Delivery, now: datetime, until: datetime, *, urgent: bool) -> None:
        """Take the account's lane: it is not paused, its wait is over, its hours are open, and nobody else sends for
        it.
        """
        if not self._db.change(
            _TAKE_LANE,
            urgent=int(urgent),
            key=delivery.key,
            account=delivery.account,
            now=micros(now),
            until=micros(until),
        ):
            raise _TakenError

    def _take(self, delivery: Delivery, now: datetime, until: datetime, intent: Intent | None = None) -> None:
        """Claim a delivery; with `intent`, begin it at once."""
        if not self._db.change(
            _TAKE_AND_BEGIN if intent else _TAKE,
            key=delivery.key,
            fence=delivery.fence,
            me=claimant.me(),
            now=micros(now),
            until=micros(until),
            **_intended(intent),
        ):
            raise _TakenError
        self._attempted(delivery.key, delivery.fence + 1, now)

    def _find(self, key: str) -> Delivery | None:
        return self._deliveries.stored(key)
