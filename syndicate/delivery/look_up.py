"""Asks a network what became of a commit that was never answered, and records what it says."""

from __future__ import annotations

from datetime import timedelta

from syndicate.delivery import retry_policy
from syndicate.delivery.failures import hold_account, throttles
from syndicate.delivery.lane import Lane, Timeouts
from syndicate.delivery.retry_policy import Step
from syndicate.delivery.session import with_session
from syndicate.errors import PlatformError, Unsupported
from syndicate.ledger import Ledger
from syndicate.model import Delivery, Receipt

SHARED = "a post with its link is there, but may be another story's, which has the same link and no answer either"
SKEW = timedelta(hours=2)  # a network's clock may be this far behind ours, as when somebody sets ours an hour ahead


def look_up(delivery: Delivery, lane: Lane, ledger: Ledger, timeouts: Timeouts) -> None:
    """Look up an unknown delivery once."""
    claimed = ledger.claims.claim_lookup(delivery, now=ledger.now(), lease=timeouts.lease)
    if claimed is None:
        return
    since = (claimed.committed_at or claimed.planned_at) - SKEW - _ahead(ledger)
    # Two articles may share a link, as on a live page: a post known as another delivery's is not this one's.
    draft = (claimed.draft or {}) | {"others": ledger.deliveries.remote_ids(claimed)}
    try:
        if not with_session(lane, ledger, lane.recognise):
            return  # another login shows nothing of this one; whose it was is held for a person
        receipt = with_session(lane, ledger, lambda: lane.platform.find(draft, claimed.key, since))
    except Unsupported as fault:
        step = retry_policy.cannot_tell(lane.account.on_unknown, ledger.now())
        _record(claimed, step, ledger, error=claimed.error or str(fault))
    except PlatformError as fault:
        step = retry_policy.lookup_failed(
            fault,
            settle=lane.settle,
            now=ledger.now(),
            jitter=timeouts.jitter(),
            throttles=throttles(fault, lane, ledger),
        )
        _record(claimed, step, ledger, error=str(fault), absent=claimed.absent)
        hold_account(lane, step, ledger, ledger.now())
    else:
        _record_found(claimed, receipt, lane, ledger)


def _ahead(ledger: Ledger) -> timedelta:
    """How far our clock is ahead of the servers', by which networks date their posts."""
    doubt = ledger.doubt()
    if doubt is None or doubt.servers is None:
        return timedelta(0)
    return max(timedelta(0), ledger.now() - doubt.servers)


def _record_found(claimed: Delivery, receipt: Receipt | None, lane: Lane, ledger: Ledger) -> None:
    if receipt is not None and _may_be_anothers(claimed, ledger):
        _record(claimed, retry_policy.cannot_tell(lane.account.on_unknown, ledger.now()), ledger, error=SHARED)
        return
    if receipt is not None:
        ledger.outcomes.posted(claimed, receipt, now=ledger.now())
        ledger.accounts.flows(lane.account.name)
        return
    platform = lane.platform
    step = retry_policy.after_absence(claimed, platform.certainty, platform.key_window, lane.settle, ledger.now())
    _record(claimed, step, ledger, absent=claimed.absent + 1)


def _may_be_anothers(claimed: Delivery, ledger: Ledger) -> bool:
    """Whether the post that was found may be that of another delivery with the same link, sent without an answer."""
    link = (claimed.post or {}).get("link")
    return ledger.deliveries.rivals(claimed, link, ("unknown", "held"))


def _record(claimed: Delivery, step: Step, ledger: Ledger, *, absent: int = 0, error: str | None = None) -> None:
    now = ledger.now()
    match step.state:
        case "unknown":
            ledger.outcomes.still_unknown(claimed, due_at=step.due_at or now, absent=absent, now=now, error=error)
        case "due":
            ledger.outcomes.again(claimed, due_at=step.due_at or now, fresh=step.fresh, now=now)
        case "posted":
            ledger.outcomes.assumed(claimed, error=error or "", now=now)
        case _:
            ledger.outcomes.held(claimed, now=now, error=error)
