"""What a delivery is carried out with: its account's lane, the terms of a claim, what a failure does to both."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol, TypeVar

from syndicate.delivery import retry_policy
from syndicate.delivery.retry_policy import Step
from syndicate.errors import AuthError, PlatformError
from syndicate.ledger import Ledger
from syndicate.model import Account, Article, Delivery, Json, Limits, Rendered
from syndicate.ports import Platform

T = TypeVar("T")


class Render(Protocol):
    """An article as one account's post."""

    def __call__(
        self,
        article: Article,
        account: Account,
        platform: Platform,
        limits: Limits,
        *,
        at: datetime,
        planned_at: datetime,
    ) -> Rendered:
        """Raises RenderError, TooLong."""


@dataclass(frozen=True, slots=True)
class Lane:
    """One account with its adapter. Deliveries of a lane go out one after the other.

    `limits` are the network's own where it states any. `settle` is when a post is surely visible.
    `refresh` makes new credentials from the old, where the platform's expire.
    """

    account: Account
    platform: Platform
    limits: Callable[[], Limits]
    settle: timedelta
    refresh: Callable[[Json], Json] | None = None


@dataclass(frozen=True, slots=True)
class Timeouts:
    """How long a claim lasts, how long a request may take, and where chance comes from ([0, 1))."""

    lease: timedelta
    timeout: timedelta
    jitter: Callable[[], float]


def with_session(lane: Lane, ledger: Ledger, call: Callable[[], T]) -> T:
    """Call the network; when it refuses who we are, refresh once and call again."""
    if lane.refresh is None:
        return call()
    version, _ = ledger.credentials.load(lane.account.name)
    try:
        return call()
    except AuthError:
        ledger.credentials.renew(lane.account.name, version, lane.refresh, clock=ledger.now)
        return call()


def judged(claimed: Delivery, fault: PlatformError, lane: Lane, ledger: Ledger, terms: Timeouts) -> Step:
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
        jitter=terms.jitter(),
        failures=failures,
        aging=claimed.expires_at is not None,
    )


def hold_account(lane: Lane, step: Step, ledger: Ledger) -> None:
    """What a step says of the whole account."""
    if step.pause:
        ledger.accounts.pause(lane.account.name, "auth", ledger.now())
    if step.account_wait is not None:
        ledger.accounts.wait(lane.account.name, step.account_wait)
