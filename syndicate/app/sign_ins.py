"""Which accounts are signed in to, which need somebody to do so, and what a rehearsal uses in place of a login."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import fields, replace
from typing import Any

from syndicate.app.runs import KindOfRun
from syndicate.config.schema import AccountConfig
from syndicate.ledger.credential_terms import SIGNED_IN
from syndicate.ledger.credentials import LOST, SHUT, Session
from syndicate.model import Json, Secret
from syndicate.net.answers import secrets_held
from syndicate.ports import Platform, Rotating, SignedOut, SignIn

NEVER = "nobody has signed in yet"
LOST_KEY = f"{SHUT}; {LOST}, or sign in again"
FORGOTTEN = (
    "it gives another refresh token each time, and this machine forgets it: $CI is set, and the key is only beside the"
    " ledger; give the key in $SYNDICATE_KEY and keep the ledger from run to run, or run it on a machine of your own"
)
ENDS_BY_ITSELF = (NEVER, LOST_KEY)
"""Reasons to wait for a person that may go without one: a token was put into the config, or the key was put back."""
_APP = ("client_secret", "app_secret")
"""Options that belong to the app and are no login."""


def signed_out(adapter: type[Platform], options: Any) -> Json:
    """What a rehearsal uses as credentials where somebody would have to sign in; {} where `options` hold a login."""
    if not issubclass(adapter, SignIn):
        return {}
    if issubclass(adapter, SignedOut):
        return adapter.signed_out(options)
    own = [getattr(options, each.name) for each in fields(options) if each.name not in _APP]
    return {} if any(isinstance(value, Secret) for value in own) else {"token": "<token>"}


def completed(options: Any, held: Json) -> Any:
    """The options of an account, with what its credentials say of those that are not set; secrets are not among it."""
    unset = {each.name for each in fields(options) if each.init and getattr(options, each.name) is None}
    said = {name: held[name] for name in unset & held.keys() if not secrets_held({name: held[name]})}
    return replace(options, **said) if said else options


class HeldCredentials:
    """ports.Credentials of one account: what is stored, else what a rehearsal uses. `learn` gets each secret in it."""

    def __init__(self, session: Session, stand_in: Json, learn: Callable[..., None]) -> None:
        self._session = session
        self._stand_in = stand_in
        self._learn = learn

    def current(self) -> Json:
        """What is stored now, with what the account's server runs as far as that was asked."""
        stored, software = self._session.current()
        held = stored or self._stand_in
        self._learn(*secrets_held(held))
        return held | {"software": software} if software else held


class SignIns:
    """What the ledger holds for accounts that are signed in to."""

    def __init__(self, kind: KindOfRun) -> None:
        self._kind = kind
        self._ledger = kind.ledger

    @property
    def rehearses(self) -> bool:
        """Whether this run needs no login of anybody."""
        return self._kind.stand_ins or self._kind.assumes_limits

    def held(self, name: str) -> Json:
        """What is stored for an account and can be opened."""
        return self._ledger.credentials.load(name)[1] if self._ledger.credentials.term(name) else {}

    def all_held(self) -> dict[str, Json]:
        """What is stored and can be opened, by account; those with nothing are not in it."""
        return {name: self._ledger.credentials.load(name)[1] for name in self._ledger.credentials.terms()}

    def is_signed_in(self, name: str) -> bool:
        """Whether somebody signed in to an account, and that can be used."""
        return SIGNED_IN in self.held(name)

    def secrets(self, names: Iterable[str] | None = None) -> set[str]:
        """The secrets among all that is held for these accounts; None: for all of them."""
        stored = self._ledger.credentials.terms()
        wanted = self._kind.config.accounts if names is None else names
        return {secret for name in wanted if name in stored for secret in secrets_held(self.held(name))}

    def stand_in(self, entry: AccountConfig, adapter: type[Platform]) -> Json:
        """What stands for credentials in a run that needs none."""
        return signed_out(adapter, entry.options) if self.rehearses else {}

    def needed(self, entry: AccountConfig, adapter: type[Platform]) -> str | None:
        """Why somebody has to sign in to an account before it can post; None where that is not so."""
        name = entry.account.name
        if not signed_out(adapter, entry.options):
            return None
        if isinstance(adapter, Rotating) and self._kind.forgets:
            return FORGOTTEN
        if self.held(name):
            return None
        return LOST_KEY if self._ledger.credentials.is_shut(name) else NEVER

    def proof(self, held: Json) -> str | None:
        """What belongs to one login of a person; None where `held` came from a login of the config."""
        return f"signed in at {held[SIGNED_IN]}" if held.get(SIGNED_IN) else None

    def mark(self, entry: AccountConfig, adapter: type[Platform]) -> None:
        """Pause an account that needs somebody to sign in; let one go on whose reason for that is gone."""
        name, why = entry.account.name, self.needed(entry, adapter)
        state = self._ledger.accounts.find(name)
        if state is None or self.rehearses:
            return
        if why is not None and (state.paused is None or (state.paused == "login" and state.trouble != why)):
            self._ledger.accounts.pause(name, "login", self._ledger.now())
            self._ledger.accounts.troubled(name, why)
        elif why is None and state.paused == "login" and state.trouble in ENDS_BY_ITSELF:
            self._ledger.resume(entry.account)
