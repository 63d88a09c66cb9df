"""Builds each account's adapter; registers accounts in the ledger, verifies their logins, lists what is paused."""

from __future__ import annotations

import functools
import hashlib
import threading
from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from syndicate.app.doors import Doors
from syndicate.app.runs import KindOfRun
from syndicate.config.schema import AccountConfig
from syndicate.errors import PlatformError
from syndicate.ledger.credentials import Session
from syndicate.model import Identity, Limits
from syndicate.ports import Http, Identified, OwnDoor, Platform, Refreshable

if TYPE_CHECKING:
    from syndicate.delivery.lane import Lane

IDENTITY_AGE = timedelta(days=1)
"""How long the limits that a server stated are used before it is asked again."""
SAFE_MINUTE = timedelta(minutes=1)
"""The settle time of an account that is no longer in the config: after it, a post is surely visible."""


class Lanes:
    """The accounts of the config with their adapters. Each is built once, when it is first needed. Thread-safe.

    `notes` are for the person who runs this, such as that a server's limits could not be read.
    """

    def __init__(self, kind: KindOfRun, doors: Doors) -> None:
        self.notes: list[str] = []
        self._kind = kind
        self._config = kind.config
        self._ledger = kind.ledger
        self._doors = doors
        self._made: dict[str, Lane] = {}
        self._lock = threading.RLock()

    def of(self, name: str) -> Lane:
        """The lane of an account: its adapter, limits and session."""
        with self._lock:
            if name not in self._made:
                self._made[name] = self._build(self._config.accounts[name])
            return self._made[name]

    def register(self, *names: str) -> None:
        """Create or update the ledger's rows of these accounts (without names: all enabled ones), with their logins."""
        from syndicate import platforms

        for name in names or [account.name for account in self._config.enabled]:
            entry = self._config.accounts[name]
            adapter = platforms.find(entry.account.platform)
            said = adapter.whose(entry.options) if issubclass(adapter, Identified) else ()
            # With stand-ins for the network or for a secret, the login says nothing about whose account this is.
            stand_in = self._kind.stand_ins or not self._config.complete(name)
            # An address with a slash at its end is the same one; older ledgers have it as it was written.
            whose = () if stand_in else (_digest(map(_same, said)), _digest(said))
            self._ledger.accounts.ensure(entry.account, self._ledger.now(), *whose)

    def paused(self) -> dict[str, str]:
        """Accounts that are paused, and why: "auth", "person" or "all". On a copy of the ledger: as in the real one."""
        found = {**self._kind.paused} | {row["name"]: row["paused"] for row in self._ledger.accounts.paused()}
        return {account.name: found[account.name] for account in self._config.enabled if account.name in found}

    def troubled(self) -> dict[str, str]:
        """Accounts whose network asked for a long wait, as for a spent quota, with its words, and until when."""
        states, now = (self._ledger.accounts.find(account.name) for account in self._config.enabled), self._ledger.now()
        return {
            state.name: state.trouble + (f", until {state.next_at:%Y-%m-%d %H:%M} UTC" if state.next_at > now else "")
            for state in states
            if state is not None and state.trouble
        }

    def verify(self, name: str) -> Identity:
        """Ask the network whose account this is, and record the answer. Raises PlatformError."""
        from syndicate.delivery.session import with_session

        lane = self.of(name)
        identity = with_session(lane, self._ledger, lane.platform.verify)
        self._ledger.accounts.identified(name, identity, self._ledger.now())
        return identity

    def settle(self, name: str) -> timedelta:
        """How long after a commit a post of this account is surely visible."""
        return self.of(name).settle if name in self._config.accounts else SAFE_MINUTE

    def _build(self, entry: AccountConfig) -> Lane:
        from syndicate import platforms
        from syndicate.delivery.lane import Lane

        account, adapter = entry.account, platforms.find(entry.account.platform)
        session = Session(self._ledger.credentials, account.name)
        platform = adapter(entry.options, self._door(adapter, entry), session)
        return Lane(
            account=account,
            platform=platform,
            limits=functools.partial(self._limits, account.name, platform),
            settle=timedelta(seconds=platform.settle) if account.settle is None else account.settle,
            refresh=platform.refresh if isinstance(platform, Refreshable) else None,
        )

    def _door(self, adapter: type[Platform], entry: AccountConfig) -> Http:
        if issubclass(adapter, OwnDoor):
            door = adapter.door(entry.options, self._kind.clock)
        else:  # stand-ins are on this machine, and no proxy may see it
            door = self._doors.network(proxied=not self._kind.stand_ins)
        return self._kind.door(entry.account.name, door)

    def _limits(self, name: str, platform: Platform) -> Limits:
        """A platform's limits, with those that its server states, which are read once a day."""
        if not platform.limits.stated:
            return platform.limits
        now, state = self._ledger.now(), self._ledger.accounts.find(name)
        identity = state.identity if state else None
        if identity is None or state is None or state.identity_at is None or now - state.identity_at > IDENTITY_AGE:
            try:
                identity = platform.verify()
            except PlatformError as fault:
                if not self._kind.assumes_limits:
                    raise
                self.notes.append(
                    f"{name}: its server's limits could not be read; the usual ones are assumed ({fault})"
                )
                identity = Identity("", "")
            self._ledger.accounts.identified(name, identity, now)
        return replace(platform.limits, **identity.limits)  # type: ignore[arg-type] # names of Limits fields


def _same(option: str) -> str:
    """An option that identifies an account, with an address in it normalised."""
    from syndicate.aliases import urlkey

    return urlkey(option) or option


def _digest(words: Iterable[str]) -> str:
    return hashlib.sha256("\n".join(words).encode()).hexdigest()[:16]
