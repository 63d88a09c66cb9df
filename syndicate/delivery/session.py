"""Calls a network with valid credentials; refreshes them once if the network refuses them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TypeVar

from syndicate.delivery import retry_policy
from syndicate.delivery.lane import Lane
from syndicate.errors import AuthError, PlatformError
from syndicate.ledger import Ledger
from syndicate.model.dataclass import dataclass

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Renewal:
    """What became of the renewal of a login: `done`, or not due, or failed in `words` and tried again at `until`."""

    done: bool = False
    words: str = ""
    until: datetime | None = None


def with_session(lane: Lane, ledger: Ledger, call: Callable[[], T]) -> T:
    """Call the network, and clean its answer. If it refuses the login (AuthError), refresh the credentials once and
    call again. Where there is nothing to refresh them with, the network's own words are what is raised.
    """
    if lane.refresh is None:
        return _cleaned(call(), lane)
    version, _ = ledger.credentials.load(lane.account.name)
    try:
        return _cleaned(call(), lane)
    except AuthError as refused:
        try:
            ledger.credentials.renew(lane.account.name, version, lane.refresh, clock=ledger.now)
        except AuthError as fault:
            raise (refused if fault.status is None else fault) from fault  # without a status, nobody was asked
        return _cleaned(call(), lane)


def renew_ahead(lane: Lane, ledger: Ledger) -> Renewal:
    """Renew the account's credentials if that is due. While they live, a failure is put off, and told.

    Raises AuthError where the network refuses to: then the account is paused.
    """
    name, now = lane.account.name, ledger.now()
    term = ledger.credentials.term(name) if lane.refresh is not None and lane.renews else None
    if lane.refresh is None or term is None or not term.is_due(now):
        return Renewal()
    try:
        return Renewal(ledger.credentials.renew_ahead(name, term.version, lane.refresh, clock=ledger.now))
    except AuthError as fault:
        ledger.accounts.pause(name, "auth", now)
        ledger.accounts.troubled(name, str(fault))
        raise
    except PlatformError as fault:
        until = now + retry_policy.renewal_wait(fault, term.failures)
        ledger.credentials.put_off(name, term.version, until)
        return Renewal(words=str(fault), until=until)


def _cleaned(said: T, lane: Lane) -> T:
    cleaned: T = lane.cleaned(said)
    return cleaned
