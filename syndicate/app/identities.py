"""Asks networks whose login each account is before a post has to wait for the answer, which is good for a day."""

from __future__ import annotations

import contextlib
from datetime import timedelta

from syndicate.app.accounts import IDENTITY_AGE, Lanes
from syndicate.app.runs import KindOfRun
from syndicate.errors import PlatformError

EARLY = IDENTITY_AGE / 2
AGAIN = timedelta(hours=1)  # until a network that could not be asked is asked again


class Identities:
    """What networks say of our logins, and of their limits."""

    def __init__(self, kind: KindOfRun, lanes: Lanes) -> None:
        self._kind = kind
        self._lanes = lanes

    def stale(self) -> list[str]:
        """Accounts that may send, and whose network is to be asked: nobody asked it for half a day."""
        if self._kind.stand_ins or self._kind.assumes_limits:
            return []
        return [account.name for account in self._kind.config.enabled if self._is_stale(account.name)]

    def ask(self, name: str) -> None:
        """Ask one network. One that cannot be asked now is asked again in an hour, or when something is sent."""
        self._kind.ledger.logins.asks(name, self._kind.ledger.now())
        with contextlib.suppress(PlatformError):
            self._lanes.verify(name)

    def _is_stale(self, name: str) -> bool:
        if not self._lanes.states_whose(name):
            return False
        ledger, now = self._kind.ledger, self._kind.ledger.now()
        state, asked_at = ledger.accounts.find(name), ledger.logins.asked_at(name)
        if state is None or state.paused or state.next_at > now or not self._kind.config.complete(name):
            return False
        if state.identity_at is not None and abs(now - state.identity_at) <= EARLY:
            return False
        return asked_at is None or abs(now - asked_at) > AGAIN
