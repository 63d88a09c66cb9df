"""Signs somebody in to an account: the conversation, whose login it is, and only then what is stored."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from datetime import datetime
from typing import Any

from syndicate.app.sign_ins import FORGOTTEN
from syndicate.app.wiring import App
from syndicate.errors import PlatformError, SyndicateError
from syndicate.ledger.accounts import REFUSED
from syndicate.ledger.credential_terms import Term
from syndicate.model import Ask, Identity, Json, Question
from syndicate.model.dataclass import dataclass
from syndicate.net.answers import AnswerCleaner, secrets_held
from syndicate.ports import Platform, Rotating, SignIn, SigningIn, SignOut

NOTHING = "nothing was stored"


@dataclass(frozen=True, slots=True)
class InMemory:
    """ports.Credentials that are stored nowhere."""

    held: Json

    def current(self) -> Json:
        """These credentials."""
        return self.held


@dataclass(frozen=True, slots=True)
class NewLogin:
    """What the conversation gave, and whose login the network says it is. `before`: the login that it replaces, where
    that was another one.
    """

    held: Json
    identity: Identity
    before: Identity | None


class SigningIntoAccount:
    """One attempt to sign in to one account. Nothing is stored before `store`. Raises SyndicateError."""

    def __init__(self, app: App, name: str) -> None:
        from syndicate import platforms

        self._app = app
        self._name = name
        self._entry = app.config.accounts[name]
        adapter = platforms.find(self._entry.account.platform)
        if not issubclass(adapter, SignIn):
            told = f"{name}: nobody can sign in to {adapter.name}: its secrets stand in the config"
            raise SyndicateError(told, hint=f"docs/platforms/{adapter.name}.md says where they come from")
        if isinstance(adapter, Rotating) and app.kind.forgets:
            raise SyndicateError(f"{name}: {FORGOTTEN}")
        app.ledger.credentials.cipher()  # a login that cannot be stored is not asked for
        self._adapter: type[Platform] = adapter
        self._sign_in: Callable[[Any, Any, str], SigningIn] = adapter.sign_in
        self._held_before = app.lanes.sign_ins.held(name)
        self._term_before = app.ledger.credentials.term(name)
        self._door = app.doors.network(name)

    def talk(self, redirect: str, answer: Callable[[Question], str]) -> NewLogin:
        """Ask what the adapter asks, and then the network whose login it is. Raises PlatformError."""

        def heard(question: Question) -> str:
            said = answer(question)
            if isinstance(question, Ask) and question.secret:
                self._door.learn(said.strip())
            return said

        held = _converse(self._sign_in(self._entry.options, self._door, redirect), heard)
        self._door.learn(*secrets_held(held))
        platform = self._adapter(self._entry.options, self._door, InMemory(held))
        identity = AnswerCleaner(secrets_held(held), self._door).cleaned(platform.verify())
        return NewLogin(held, identity, self._another(identity))

    def store(self, login: NewLogin) -> Term:
        """Store a login, and let the account go on if it waited for one. The login before it is ended.

        Raises SyndicateError if somebody else signed in meanwhile.
        """
        ledger = self._app.ledger
        with ledger.transaction():
            if _signed_in_at(ledger.credentials.term(self._name)) != _signed_in_at(self._term_before):
                raise SyndicateError(f"{self._name}: somebody else signed in meanwhile; {NOTHING}")
            self._app.lanes.signs_in(self._name, login.held, login.identity)
            state = ledger.accounts.find(self._name)
            if state is not None and state.paused in REFUSED:
                ledger.resume(self._entry.account)
            term = ledger.credentials.term(self._name)
        assert term is not None
        self._end_login_before(login)
        return term

    def _another(self, identity: Identity) -> Identity | None:
        state = self._app.ledger.accounts.find(self._name)
        before = state.identity if state is not None else None
        return before if before is not None and before.id not in ("", identity.id) else None

    def _end_login_before(self, login: NewLogin) -> None:
        before = self._held_before
        if not isinstance(self._adapter, SignOut) or not before or before.get("token") == login.held.get("token"):
            return
        with contextlib.suppress(PlatformError, KeyError):  # it ends by itself, or the person ends it on the network
            self._adapter.sign_out(self._entry.options, self._door, before)


def _signed_in_at(term: Term | None) -> datetime | None:
    return term.signed_in_at if term is not None else None


def _converse(flow: SigningIn, answer: Callable[[Question], str]) -> Json:
    """Have `answer` answer each question; what the adapter returns in the end."""
    with contextlib.closing(flow):
        try:
            question = next(flow)
            while True:
                question = flow.send(answer(question))
        except StopIteration as ended:
            held: Json = ended.value
            return held
