"""What an engine runs with: the app of now, the log, what is wrong, and whether it is to stop."""

from __future__ import annotations

import contextlib
import threading
import traceback
from collections.abc import Iterator

from syndicate.app.engines.telling import Telling
from syndicate.app.engines.troubles import Troubles, seldom
from syndicate.app.wiring import App
from syndicate.errors import LedgerError, NewerLedger, SyndicateError
from syndicate.ingestion.websub import Subscriber
from syndicate.ports import EventLog

OWN = {"ledger", "dispatch", "tick", "clock", "package"}
"""Troubles of the process itself; the others are of a source or an account."""


class Running:
    """Shared by all that an engine does. `app` and `subscriber` are others once the config was read again.

    `naming` is held while names of the config and of the ledger are compared. `renewing`: the config is being read
    again, and polls wait, because what they find is not for accounts that are added.
    """

    def __init__(self, app: App, say: EventLog, stop: threading.Event, subscriber: Subscriber | None = None) -> None:
        self.app = app
        self.subscriber = subscriber
        self.say = seldom(say)
        self.stop = stop
        self.telling = Telling(self.say)
        self.troubles = Troubles(lambda kind, words: self.telling.alarm(self.app, kind, words))
        self.naming = threading.Lock()
        self.renewing = False
        self.newer: NewerLedger | None = None
        self.before: list[App] = []
        self._reading = 0
        self._guard = threading.Lock()

    @contextlib.contextmanager
    def reading(self) -> Iterator[None]:
        """A source is read: waits while the config is read again, and has that wait meanwhile."""
        while self.renewing and not self.stop.is_set():
            self.stop.wait(0.05)
        with self._guard:
            self._reading += 1
        try:
            yield
        finally:
            with self._guard:
                self._reading -= 1

    @property
    def reads(self) -> bool:
        """Whether a source is being read."""
        return self._reading > 0

    def met(self, name: str, fault: SyndicateError) -> None:
        """A source or an account met an error: it is a trouble of ours only if the ledger cannot be written."""
        if isinstance(fault, LedgerError):
            self.troubles.found(name, str(fault), "ledger")
        else:
            self.troubles.over(name)

    def outdated(self, fault: NewerLedger) -> None:
        """A newer version has changed the ledger: this process stops, and its engine raises that in the end."""
        self.newer = fault
        self.stop.set()

    def bug(self, where: str) -> None:
        """Tell whole of a mistake of ours, of the exception that is being handled."""
        self.say("bug", where=where, trace=traceback.format_exc())

    def end_troubles(self, busy: set[str]) -> None:
        """End the troubles of sources that left the config and of accounts with nothing to do: no thread would."""
        found = self.troubles.names()
        if found:
            met = {f"source {name}" for name in self.app.config.sources} | {f"account {name}" for name in busy}
            for name in found - met - OWN:
                self.troubles.over(name)
