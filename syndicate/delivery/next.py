"""Picks an account's next delivery, checks whether the account may send, and delivers it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TypeAlias

from syndicate.delivery.gates import Gate, Wait
from syndicate.delivery.sending import Taken
from syndicate.ledger import Ledger
from syndicate.model import Account, Delivery
from syndicate.model.dataclass import dataclass
from syndicate.schedule import at_once

__all__ = ["Busy", "Deliver", "Pick", "Taken", "Waits", "deliver_next"]

Pick: TypeAlias = Callable[[str, datetime], Delivery | None]
"""Picks the next delivery of an account at an instant; None if there is none."""
Deliver: TypeAlias = Callable[[Delivery], tuple[Delivery, tuple[str, ...]]]
"""Takes a delivery as far as possible; returns it in its new state, with warnings."""


@dataclass(frozen=True, slots=True)
class Waits:
    """The whole account has to wait; `until` None: until a person acts. `first` is the first in its queue."""

    until: datetime | None
    first: Delivery


@dataclass(frozen=True, slots=True)
class Busy:
    """Another process is sending for this account."""

    first: Delivery


def deliver_next(
    account: Account, ledger: Ledger, gate: Gate, deliver: Deliver, pick: Pick
) -> Taken | Waits | Busy | None:
    """Take an account's next delivery as far as possible now; None where nothing is due for it."""
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
    """Record on everything due for the account why it waits."""
    if wait.scheduled and wait.until is not None:
        ledger.backlog.close(account.name, wait.reason, wait.until, wait.words or "", now)
    else:
        ledger.backlog.hold(account.name, wait.reason, wait.until, wait.words, now)


def _is_scheduled(delivery: Delivery, account: Account) -> bool:
    """Whether the account's hours apply to it."""
    fresh = delivery.state == "due" and delivery.action == "post" and delivery.draft is None
    return fresh and not at_once(account, delivery.priority)


def _closed(delivery: Delivery, account: Account, ledger: Ledger, gate: Gate, now: datetime) -> Wait | None:
    """Check again whether a closed account has to wait: its settings may have changed since."""
    opening = gate.opening(delivery, account, now)
    if opening.reason is None:
        ledger.backlog.reopen(account.name)
        return None
    return Wait(opening.reason, opening.at, opening.said, scheduled=True)
