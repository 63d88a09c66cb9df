"""Records a failed attempt: the retry policy's next step, for the delivery and for its account."""

from __future__ import annotations

from datetime import datetime

from syndicate.delivery import retry_policy
from syndicate.delivery.lane import Lane, Timeouts
from syndicate.delivery.retry_policy import Step
from syndicate.errors import NotReady, PlatformError
from syndicate.ledger import Ledger
from syndicate.model import Delivery, Json


def judged(claimed: Delivery, fault: PlatformError, lane: Lane, ledger: Ledger, timeouts: Timeouts) -> Step:
    """The next step after a failure that published nothing. Counts failures to reach the network."""
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
        throttles=throttles(fault, lane, ledger),
        aging=claimed.expires_at is not None,
    )


def throttles(fault: PlatformError, lane: Lane, ledger: Ledger) -> int:
    """Answers in a row, with this one, that ask the account to wait without saying how long; counts this one."""
    return ledger.accounts.throttled(lane.account.name) if retry_policy.unstated(fault) else 1


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
    """Record a failure that published nothing: the delivery is tried later, fails, or waits for a person.

    `refused` is the post, stored where the delivery fails. `resend`: the stored post of an earlier commit is sent
    again as it is.
    """
    step, now = judged(claimed, fault, lane, ledger, timeouts), ledger.now()
    if step.state == "failed" and step.reason is not None:
        ledger.outcomes.failed(claimed, step.reason, error=str(fault), now=now, post=refused)
    elif isinstance(fault, NotReady) and step.due_at is not None:
        ledger.outcomes.not_ready(claimed, fault.prepared, digest, due_at=step.due_at, error=str(fault), now=now)
    else:
        ledger.outcomes.later(
            claimed,
            step.reason,
            due_at=step.due_at or now,
            error=str(fault),
            now=now,
            spent=step.spent,
            resend=resend,
            kept=(fault.prepared, digest) if fault.prepared and digest else None,
        )
    hold_account(lane, step, ledger, now)


def hold_account(lane: Lane, step: Step, ledger: Ledger, now: datetime) -> None:
    """Apply to the whole account what a step says of it: a pause or a wait."""
    if step.pause:
        ledger.accounts.pause(lane.account.name, "auth", now)
    if step.trouble is not None:
        ledger.accounts.troubled(lane.account.name, step.trouble)
    if step.account_wait is not None:
        ledger.accounts.wait(lane.account.name, step.account_wait)
