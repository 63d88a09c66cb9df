"""`deliver`: one delivery, as far as it goes now. Safe twice, at once, or late."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from syndicate import serialization
from syndicate.delivery import retry_policy
from syndicate.delivery.amend import amend
from syndicate.delivery.gates import Gate
from syndicate.delivery.lane import Lane, Render, Timeouts, hold_account, judged, with_session
from syndicate.delivery.retry_policy import Step
from syndicate.errors import (
    LedgerError,
    NotReady,
    PlatformError,
    RenderError,
    SyndicateError,
    TooLong,
    Unavailable,
    Uncertain,
    Unsupported,
)
from syndicate.ledger import Ledger
from syndicate.ledger.claims import ANYTHING
from syndicate.model import Article, Delivery, Draft, Json, Post, Receipt
from syndicate.ports import Platform, Priced

__all__ = ["Gate", "Lane", "Render", "Timeouts", "deliver", "with_session"]

SKEW = timedelta(hours=2)  # a network's clock may be this far behind ours: somebody set ours an hour ahead
TEMPLATE_WAIT = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Frozen:
    """What is about to be sent: a post just rendered, or the stored one of an earlier attempt."""

    record: Json
    digest: str
    post: Post | None = None
    draft: Draft | None = None
    warnings: tuple[str, ...] = ()
    cost: int = 0


def deliver(
    key: str, lane: Lane, ledger: Ledger, render: Render, terms: Timeouts, gate: Gate | None = None
) -> tuple[Delivery, tuple[str, ...]]:
    """Take one delivery as far as it goes now: render, claim, prepare, commit, record; or look it up.

    `gate` may keep it waiting; None: nothing but the claim stands in the way. Returns the delivery as it
    now stands, and warnings. Whoever calls again, or at once, does no harm.
    """
    delivery = _found(ledger, key)
    warnings: tuple[str, ...] = ()
    if delivery.state == "unknown":
        _look_up(delivery, lane, ledger, terms)
    elif delivery.state == "due" and delivery.action != "post":
        amend(delivery, lane, ledger, render, terms)
    elif delivery.state == "due":
        warnings = _post(delivery, lane, ledger, render, terms, gate)
    return _found(ledger, key), warnings


def _post(
    delivery: Delivery, lane: Lane, ledger: Ledger, render: Render, terms: Timeouts, gate: Gate | None
) -> tuple[str, ...]:
    known = ledger.articles.find(delivery.anchor)
    if gate is not None and not gate.before_render(delivery, known, lane.account):
        return ()
    frozen = _freeze(delivery, known.article, lane, ledger, render, terms)
    if frozen is None:
        return ()
    if frozen.draft is None:  # what is rendered anew goes through every gate, whatever was tried before
        delivery = replace(delivery, draft=None)
    allowance = gate.allowance(delivery, lane.account, lane.platform, frozen.post) if gate else ANYTHING
    if gate is not None and not gate.after_render(delivery, frozen.digest, lane.account, allowance):
        return frozen.warnings
    claimed = ledger.claims.claim(delivery, now=ledger.now(), lease=terms.lease, allowance=allowance)
    if claimed is not None:
        _send(claimed, replace(frozen, cost=_cost(lane.platform, frozen.post)), lane, ledger, terms)
    return frozen.warnings


def _cost(platform: Platform, post: Post | None) -> int:
    return platform.price(post) if isinstance(platform, Priced) and post is not None else 0


def _freeze(
    delivery: Delivery, article: Article, lane: Lane, ledger: Ledger, render: Render, terms: Timeouts
) -> Frozen | None:
    """Render, before any claim; None if that cannot be done now, which is then recorded."""
    now = ledger.now()
    if delivery.draft is not None and delivery.post is not None and not _expired(delivery.draft, now):
        return Frozen(delivery.post, delivery.digest or "", draft=delivery.draft)
    try:
        limits = with_session(lane, ledger, lane.limits)
        rendered = render(article, lane.account, lane.platform, limits, at=now, planned_at=delivery.planned_at)
    except TooLong as fault:
        ledger.claims.fails(delivery, "too_long", error=str(fault), now=now)
    except RenderError as fault:
        ledger.claims.waits(delivery, "template", due_at=now + TEMPLATE_WAIT, error=str(fault), now=now)
    except PlatformError as fault:
        _wait(delivery, fault, lane, ledger, terms)
    else:
        record = serialization.post_record(rendered.post)
        extent = {"length": rendered.length, "limit": rendered.limit}
        return Frozen(record | extent, serialization.digest(record), post=rendered.post, warnings=rendered.warnings)
    return None


def _wait(delivery: Delivery, fault: PlatformError, lane: Lane, ledger: Ledger, terms: Timeouts) -> None:
    """The network's limits could not be read: nothing was claimed, and nothing is spent."""
    now = ledger.now()
    step = retry_policy.after_failure(fault, attempts=1, now=now, jitter=terms.jitter())
    due_at = step.due_at or now + retry_policy.LONGEST_WAIT
    reason = step.reason if step.state == "due" and step.reason else "unavailable"  # a refusal is not of this story
    ledger.claims.waits(delivery, reason, due_at=due_at, error=str(fault), now=now)
    hold_account(lane, step, ledger)


def _send(claimed: Delivery, frozen: Frozen, lane: Lane, ledger: Ledger, terms: Timeouts) -> None:
    """From a claim to its end: whatever happens, the delivery leaves `sending` in a known way."""
    try:
        draft = frozen.draft or _prepared(claimed, frozen, lane, ledger)
    except PlatformError as fault:
        _record_failure(claimed, fault, frozen, lane, ledger, terms)
        return
    except LedgerError:
        ledger.claims.leave(claimed, "due", None, now=ledger.now(), due_at=ledger.now(), attempts=claimed.attempts - 1)
        raise
    began = ledger.now()
    if not ledger.claims.begin(
        claimed, frozen.record, frozen.digest, draft, now=began, lease=terms.lease, cost=frozen.cost
    ):
        return
    if ledger.now() - began > terms.lease - terms.timeout:  # stopped in between: the lease may end mid-request
        _record_failure(claimed, Unavailable("paused before sending"), frozen, lane, ledger, terms)
        return
    try:
        receipt = with_session(lane, ledger, lambda: lane.platform.commit(draft, claimed.key))
    except Uncertain as fault:
        _record_unanswered(claimed, fault, lane, ledger)
    except PlatformError as fault:
        _record_failure(claimed, fault, frozen, lane, ledger, terms)
    else:
        ledger.claims.posted(claimed, receipt, now=ledger.now())
        ledger.reached(lane.account)


def _prepared(claimed: Delivery, frozen: Frozen, lane: Lane, ledger: Ledger) -> Draft:
    """Uploads and containers. What an earlier NotReady left belongs to the very same post, or is dropped."""
    post = frozen.post
    assert post is not None
    earlier = claimed.prepared if claimed.digest == frozen.digest else None
    return with_session(lane, ledger, lambda: lane.platform.prepare(post, claimed.key, earlier))


def _record_failure(
    claimed: Delivery, fault: PlatformError, frozen: Frozen, lane: Lane, ledger: Ledger, terms: Timeouts
) -> None:
    """Nothing was published: later, never, or once a person has acted."""
    step = judged(claimed, fault, lane, ledger, terms)
    columns: dict[str, Any] = {"error": str(fault), "absent": 0}
    if frozen.draft is None or step.state != "due":  # the bytes of an earlier commit go again as they are
        columns |= {"draft": None, "committed_at": None, "unknowns": 0}
    if isinstance(fault, NotReady):
        columns |= {"prepared": serialization.compact(fault.prepared), "digest": frozen.digest}
    if step.state == "failed":
        columns["post"] = serialization.compact(frozen.record)
    _leave(claimed, step, ledger, columns)
    hold_account(lane, step, ledger)


def _record_unanswered(claimed: Delivery, fault: Uncertain, lane: Lane, ledger: Ledger) -> None:
    settle = timedelta(0) if lane.platform.certainty == "blind" else lane.settle
    step = retry_policy.unanswered(settle=settle, now=ledger.now())
    ledger.accounts.unreachable(lane.account.name, ledger.now(), retry_policy.BREAKS)
    _leave(claimed, step, ledger, {"error": str(fault), "unknowns": claimed.unknowns + 1, "absent": 0})


def _look_up(delivery: Delivery, lane: Lane, ledger: Ledger, terms: Timeouts) -> None:
    """Ask the network what became of a commit that was never answered."""
    claimed = ledger.claims.claim_lookup(delivery, now=ledger.now(), lease=terms.lease)
    if claimed is None:
        return
    since = (claimed.committed_at or claimed.planned_at) - SKEW
    # Two stories may share a link, as on a live page: what is another delivery's is not this one's.
    draft = (claimed.draft or {}) | {"others": ledger.deliveries.remote_ids(claimed)}
    try:
        receipt = with_session(lane, ledger, lambda: lane.platform.find(draft, claimed.key, since))
    except Unsupported as fault:
        step = retry_policy.cannot_tell(lane.account.on_unknown, ledger.now())
        _leave(claimed, step, ledger, {"error": claimed.error or str(fault)})
    except PlatformError as fault:
        step = retry_policy.lookup_failed(fault, settle=lane.settle, now=ledger.now(), jitter=terms.jitter())
        _leave(claimed, step, ledger, {"error": str(fault)})
        hold_account(lane, step, ledger)
    else:
        _record_found(claimed, receipt, lane, ledger)


def _record_found(claimed: Delivery, receipt: Receipt | None, lane: Lane, ledger: Ledger) -> None:
    if receipt is not None:
        ledger.claims.posted(claimed, receipt, now=ledger.now())
        return
    platform = lane.platform
    step = retry_policy.after_absence(claimed, platform.certainty, platform.key_window, lane.settle, ledger.now())
    _leave(claimed, step, ledger, {"absent": claimed.absent + 1 if step.state == "unknown" else 0})


def _leave(claimed: Delivery, step: Step, ledger: Ledger, columns: Mapping[str, Any]) -> None:
    settings = dict(columns) | {"due_at": step.due_at}
    if not step.spent:
        settings["attempts"] = claimed.attempts - 1
    if step.fresh:
        settings |= {"post": None, "draft": None, "prepared": None, "committed_at": None}
    ledger.claims.leave(claimed, step.state, step.reason, now=ledger.now(), **settings)


def _expired(draft: Draft, now: datetime) -> bool:
    expires_at = serialization.moment(draft.get("expires_at"))
    return expires_at is not None and expires_at <= now


def _found(ledger: Ledger, key: str) -> Delivery:
    delivery = ledger.deliveries.find(key)
    if delivery is None:
        raise SyndicateError(f"there is no delivery {key}")
    return delivery
