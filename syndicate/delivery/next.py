"""The next delivery of an account: which one it is, whether the account may send, and what came of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

from syndicate.delivery.gates import Gate, Wait
from syndicate.ledger import Ledger
from syndicate.model import Account, Delivery
from syndicate.schedule import at_once

Pick: TypeAlias = Callable[[str, datetime], Delivery | None]
"""The delivery of an account that is worked on next, at an instant."""
Deliver: TypeAlias = Callable[[Delivery], tuple[Delivery, tuple[str, ...]]]
"""Takes a delivery as far as it goes: as it stands then, with warnings."""


@dataclass(frozen=True, slots=True)
class Taken:
    """A delivery was taken as far as it goes now."""

    before: Delivery
    after: Delivery
    warnings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Waits:
    """The whole account has to wait; `until` None: until a person acts. `first` is what stands first in its queue."""

    until: datetime | None
    first: Delivery


@dataclass(frozen=True, slots=True)
class Busy:
    """Another process sends for this account just now."""

    first: Delivery


def deliver_next(
    account: Account, ledger: Ledger, gate: Gate, deliver: Deliver, pick: Pick
) -> Taken | Waits | Busy | None:
    """Take an account's next delivery as far as it goes now; None where nothing is due for it."""
    now = ledger.now()
    before, state = pick(account.name, now), ledger.accounts.find(account.name)
    if before is None or state is None:
        return None
    wait = gate.account(before, state, now)
    if wait is None and state.opens_at > now and _is_scheduled(before, account):
        wait = _closed(before, account, ledger, gate, now)
    if wait is not None:
        _mark(wait, account, ledger, now)
        return Waits(wait.until, before)
    after, warnings = deliver(before)
    if (after.fence, after.due_at, after.state) == (before.fence, before.due_at, before.state):
        return Busy(before)
    return Taken(before, after, warnings)


def _mark(wait: Wait, account: Account, ledger: Ledger, now: datetime) -> None:
    """Let everything that is due for the account say why it waits."""
    if wait.scheduled and wait.until is not None:
        ledger.backlog.close(account.name, wait.reason, wait.until, wait.words or "", now)
    else:
        ledger.backlog.hold(account.name, wait.reason, wait.until, wait.words, now)


def _is_scheduled(delivery: Delivery, account: Account) -> bool:
    """Whether the account's hours hold for it."""
    fresh = delivery.state == "due" and delivery.action == "post" and delivery.draft is None
    return fresh and not at_once(account, delivery.priority)


def _closed(delivery: Delivery, account: Account, ledger: Ledger, gate: Gate, now: datetime) -> Wait | None:
    """What the schedule says of an account that was closed: its settings may have changed since."""
    opening = gate.opening(delivery, account, now)
    if opening.reason is None:
        ledger.backlog.reopen(account.name)
        return None
    return Wait(opening.reason, opening.at, opening.said, scheduled=True)
