"""Calls a network with valid credentials; refreshes them once if the network refuses them."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from syndicate.delivery.lane import Lane
from syndicate.errors import AuthError
from syndicate.ledger import Ledger

T = TypeVar("T")


def with_session(lane: Lane, ledger: Ledger, call: Callable[[], T]) -> T:
    """Call the network. If it refuses the login (AuthError), refresh the credentials once and call again."""
    if lane.refresh is None:
        return call()
    version, _ = ledger.credentials.load(lane.account.name)
    try:
        return call()
    except AuthError:
        ledger.credentials.renew(lane.account.name, version, lane.refresh, clock=ledger.now)
        return call()
