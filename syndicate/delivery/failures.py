"""What a failure does to a delivery and to its account: records the step that the retry policy chose."""

from __future__ import annotations

from datetime import datetime

from syndicate.delivery import retry_policy
from syndicate.delivery.lane import Lane, Timeouts
from syndicate.delivery.retry_policy import Step
from syndicate.errors import NotReady, PlatformError
from syndicate.ledger import Ledger
from syndicate.model import Delivery, Json


def judged(claimed: Delivery, fault: PlatformError, lane: Lane, ledger: Ledger, timeouts: Timeouts) -> Step:
    """What a failure leads to, when nothing can have been published; a network that is not reached is counted."""
    name, now, failures = lane.account.name, ledger.now(), 0
    if retry_policy.unreached(fault):
        failures = ledger.accounts.unreachable(name, now, retry_policy.BREAKS)
    else:
        ledger.reached(lane.account)
    return retry_policy.after_failure(
        fault,
        attempts=claimed.attempts,
        now=now,
        jitter=timeouts.jitter(),
        failures=failures,
        aging=claimed.expires_at is not None,
    )


def record_failure(
    claimed: Delivery,
    fault: PlatformError,
    lane: Lane,
    ledger: Ledger,
    timeouts: Timeouts,
    *,
    refused: Json | None = None,
    digest: str = "",
    resend: bool = False,
) -> None:
    """Nothing was published: later, never, or once a person has acted.

    `refused` is what was to be posted, kept where it never will be. `resend`: what waits are the bytes of an
    earlier commit.
    """
    step, now = judged(claimed, fault, lane, ledger, timeouts), ledger.now()
    if step.state == "failed" and step.reason is not None:
        ledger.outcomes.failed(claimed, step.reason, error=str(fault), now=now, post=refused)
    elif isinstance(fault, NotReady) and step.due_at is not None:
        ledger.outcomes.not_ready(claimed, fault.prepared, digest, due_at=step.due_at, error=str(fault), now=now)
    else:
        due_at = step.due_at or now
        ledger.outcomes.later(
            claimed, step.reason, due_at=due_at, error=str(fault), now=now, spent=step.spent, resend=resend
        )
    hold_account(lane, step, ledger, now)


def hold_account(lane: Lane, step: Step, ledger: Ledger, now: datetime) -> None:
    """What a step says of the whole account."""
    if step.pause:
        ledger.accounts.pause(lane.account.name, "auth", now)
    if step.account_wait is not None:
        ledger.accounts.wait(lane.account.name, step.account_wait)
