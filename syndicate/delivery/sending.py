"""Sends a claimed delivery: prepare, begin, commit, record; and the next one right after it, where that is ready.

Where the next one is ready, one transaction records the post that arrived, and claims and begins the next.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Protocol

from syndicate.delivery import retry_policy
from syndicate.delivery.concessions import conceded
from syndicate.delivery.failures import record_failure
from syndicate.delivery.known_people import remembered, with_people
from syndicate.delivery.lane import Lane, Timeouts
from syndicate.delivery.session import with_session
from syndicate.errors import LedgerError, PlatformError, Unavailable, Uncertain
from syndicate.ledger import Ledger
from syndicate.ledger.claims import Allowance, Intent
from syndicate.ledger.server_clock import seconds
from syndicate.model import Delivery, Draft, Json, Post, Receipt, StoryWarning
from syndicate.model.dataclass import dataclass
from syndicate.net.awaiting import meanwhile
from syndicate.net.leaving import asking
from syndicate.ports import Platform, is_priced
from syndicate.serialization import OF, PARTS


@dataclass(frozen=True, slots=True)
class Frozen:
    """What is about to be sent: a post just rendered, or the stored one of an earlier attempt. `rest` are the further
    posts of its thread.
    """

    record: Json
    digest: str
    post: Post | None = None
    draft: Draft | None = None
    warnings: tuple[str, ...] = ()
    cost: int = 0
    rest: tuple[Post, ...] = ()


@dataclass(frozen=True, slots=True)
class Taken:
    """A delivery was taken as far as possible now."""

    before: Delivery
    after: Delivery
    warnings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Ready:
    """A due delivery that passed every check, rendered and prepared; not claimed yet."""

    delivery: Delivery
    frozen: Frozen
    draft: Draft
    allowance: Allowance


@dataclass(frozen=True, slots=True)
class Begun:
    """A delivery that is claimed, and recorded as about to be sent."""

    claimed: Delivery
    frozen: Frozen
    draft: Draft
    at: datetime
    since: float  # the same by a counter that no change of a clock and no wait for the ledger touches
    told: tuple[str, ...] = ()  # warnings


class Onward(Protocol):
    """What an account sends right after a post that arrived."""

    def make(self) -> None:
        """Make the next delivery ready, while the answer to this one is awaited; reads only, and raises nothing."""

    def next(self) -> Ready | None:
        """The next delivery, if it is ready and nothing has changed since; reads only."""

    def goes(self, ready: Ready) -> None:
        """It is begun, and sent now: nothing slow may happen here."""

    def sends(self) -> None:
        """A request leaves now: what the ledger has changed since is not the work of this one."""


def cost(platform: Platform, post: Post | None) -> int:
    """What the network takes for a post, in millionths of a dollar."""
    return platform.price(post) if is_priced(platform) and post is not None else 0


def send(
    claimed: Delivery, frozen: Frozen, lane: Lane, ledger: Ledger, timeouts: Timeouts, onward: Onward | None = None
) -> tuple[str, ...]:
    """Send a claimed delivery, and what `onward` has ready after it. Whatever happens, each of them leaves the state
    `sending` by a recorded transition. Returns warnings of the adapter, which it gave as it prepared the post.
    """
    begun = _begin(claimed, frozen, lane, ledger, timeouts)
    told = begun.told if begun is not None else ()
    while begun is not None:
        begun = _send(begun, lane, ledger, timeouts, onward)
    return told


def _begin(claimed: Delivery, frozen: Frozen, lane: Lane, ledger: Ledger, timeouts: Timeouts) -> Begun | None:
    """Prepare a claimed delivery and record that it is about to be sent; None if that is not possible now."""
    try:
        draft = frozen.draft or _prepared(claimed, frozen, lane, ledger)
        ledger.journal.intends(_in_thread(claimed, frozen.record), ledger.now())
    except PlatformError as fault:
        last = claimed.attempts >= retry_policy.ATTEMPTS
        _record_failure(claimed, fault, frozen, lane, ledger, timeouts, last_upload=last)
        return None
    except LedgerError:
        ledger.outcomes.given_back(claimed, ledger.now())
        raise
    told = tuple(map(StoryWarning, draft.get("told", ()))) if frozen.draft is None else ()  # once
    began, since = ledger.now(), seconds()
    if not ledger.claims.begin(
        claimed, frozen.record, frozen.digest, draft, now=began, lease=timeouts.lease, cost=frozen.cost
    ):
        return None
    return Begun(claimed, frozen, draft, began, since, told)


def _send(begun: Begun, lane: Lane, ledger: Ledger, timeouts: Timeouts, onward: Onward | None) -> Begun | None:
    """Make the one request that is seen, and record what became of it. Returns what was begun with that record."""
    claimed, frozen = begun.claimed, begun.frozen

    def in_time() -> None:
        if _late(begun, ledger, timeouts):
            raise Unavailable("the process was stopped before it could send")

    def request() -> Receipt:
        in_time()
        if onward is None:
            return lane.platform.commit(begun.draft, claimed.key)
        onward.sends()
        with meanwhile(onward.make):
            return lane.platform.commit(begun.draft, claimed.key)

    try:
        with asking(in_time):
            receipt = with_session(lane, ledger, request)
    except Uncertain as fault:
        _record_unanswered(claimed, fault, lane, ledger)
    except PlatformError as fault:
        _record_failure(claimed, fault, frozen, lane, ledger, timeouts)
    else:
        return _record_posted(begun, receipt, lane, ledger, timeouts, onward)
    return None


def _late(begun: Begun, ledger: Ledger, timeouts: Timeouts) -> bool:
    """Whether the lease might end during a request that leaves now: the process was stopped, or the ledger away.

    The ledger's clock may itself wait for a server that was cut off, so the counter is read after it.
    """
    by_ledger = (ledger.now() - begun.at).total_seconds()
    return max(by_ledger, seconds() - begun.since) > (timeouts.lease - timeouts.timeout).total_seconds()


def _record_posted(
    begun: Begun, receipt: Receipt, lane: Lane, ledger: Ledger, timeouts: Timeouts, onward: Onward | None
) -> Begun | None:
    """Record a post, and with it that the next one is about to be sent: one commit, right before its request."""
    try:
        ledger.journal.arrived(begun.claimed, receipt, ledger.now())
        ready = onward.next() if onward else None
        if ready:
            ledger.journal.intends(_in_thread(ready.delivery, ready.frozen.record), ledger.now())
        now, since = ledger.now(), seconds()
        with ledger.transaction():
            _posted(begun, receipt, lane, ledger, now)
            started = ready and ledger.claims.start(
                ready.delivery,
                Intent(ready.frozen.record, ready.frozen.digest, ready.draft, ready.frozen.cost),
                now=now,
                lease=timeouts.lease,
                allowance=ready.allowance,
            )
    except BaseException:  # whatever keeps the next one back, this one is out
        _posted(begun, receipt, lane, ledger, ledger.now())
        raise
    if not started or ready is None or onward is None:
        return None
    ledger.recovery.written(started.count)
    onward.goes(ready)
    return Begun(started.delivery, ready.frozen, ready.draft, now, since)


def _posted(begun: Begun, receipt: Receipt, lane: Lane, ledger: Ledger, now: datetime) -> None:
    claimed = _in_thread(begun.claimed, begun.frozen.record)
    with ledger.transaction():
        ledger.outcomes.posted(claimed, receipt, now=now)
        ledger.took(lane.account)


def _in_thread(delivery: Delivery, record: Json) -> Delivery:
    """With what is sent, where its thread goes on after it."""
    return replace(delivery, post=record) if PARTS in record or OF in record else delivery


def _prepared(claimed: Delivery, frozen: Frozen, lane: Lane, ledger: Ledger) -> Draft:
    """Call `prepare`. What an earlier NotReady left is used only for exactly the same post."""
    post = frozen.post
    assert post is not None
    earlier = claimed.prepared if claimed.digest == frozen.digest else None
    known = with_people(post, lane.platform.name, ledger)
    draft = with_session(lane, ledger, lambda: lane.platform.prepare(lane.hosted(known), claimed.key, earlier))
    return remembered(draft, known, lane.platform.name, ledger)


def _record_failure(
    claimed: Delivery,
    fault: PlatformError,
    frozen: Frozen,
    lane: Lane,
    ledger: Ledger,
    timeouts: Timeouts,
    *,
    last_upload: bool = False,
) -> None:
    given = conceded(
        fault,
        claimed.conceded,
        frozen.record,
        frozen.post,
        lane.account,
        lane.platform.measure,
        last=last_upload,
    )
    if given is not None and not claimed.part:  # what a thread says is settled with its first post
        ledger.outcomes.concedes(claimed, given, error=str(fault), now=ledger.now())
        ledger.reached(lane.account)
        return
    record_failure(
        claimed,
        fault,
        lane,
        ledger,
        timeouts,
        refused=frozen.record,
        digest=frozen.digest,
        resend=frozen.draft is not None,
    )


def _record_unanswered(claimed: Delivery, fault: Uncertain, lane: Lane, ledger: Ledger) -> None:
    now = ledger.now()
    settle = timedelta(0) if lane.platform.certainty == "blind" else lane.settle
    ledger.accounts.unreachable(lane.account.name, now, retry_policy.BREAKS)
    ledger.outcomes.unanswered(claimed, due_at=now + settle, now=now, error=str(fault))
