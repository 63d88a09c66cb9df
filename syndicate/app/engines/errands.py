"""What an engine does besides polling and delivering, one job of each kind at a time."""

from __future__ import annotations

import time
from collections.abc import Callable, Container
from enum import Enum

from syndicate.app.engines.running import Running
from syndicate.errors import AuthError, SyndicateError
from syndicate.ingestion.withdrawals import watch

ASK = 60.0  # seconds between looks at whose login nobody has asked about for long
SHELVED = 0.2  # seconds at a time for putting finished stories on the shelf
IDLE = 3600.0  # seconds until the shelf is looked at again, once nothing is left for it
WATCHED = 20  # published pages that are checked again at a time


class Errand(Enum):
    """A kind of errand: its name in the report of a bug."""

    WATCH = "watch"  # look again at published pages
    HUBS = "websub"
    IDENTITIES = "identities"  # ask networks whose logins we have
    RENEWALS = "renewals"  # renew logins ahead of their end
    SHELF = "shelf"  # put finished stories there
    MEDIA = "media"  # remove pictures that networks fetched a day ago
    AGAIN = "again"  # plan what accounts post again by their rules
    WORD = "word"  # tell those of the setting `after` what became of deliveries


class Errands:
    """Which errands are due, and how each is done."""

    def __init__(self, running: Running) -> None:
        self._running = running
        self._next: dict[Errand, float] = {}
        self._asked: dict[Errand, Callable[[], bool]] = {
            Errand.WATCH: self._has_pages,
            Errand.HUBS: self._has_subscriptions,
            Errand.IDENTITIES: lambda: self._comes(Errand.IDENTITIES, ASK),
            Errand.RENEWALS: lambda: self._comes(Errand.RENEWALS, ASK),
            Errand.SHELF: lambda: self._comes(Errand.SHELF, 0.0),
            Errand.MEDIA: lambda: running.app.lanes.hosting is not None and self._comes(Errand.MEDIA, IDLE / 4),
            Errand.AGAIN: lambda: self._has_rules() and self._comes(Errand.AGAIN, 0.0),
            Errand.WORD: self._has_word,
        }
        say = running.say
        self._done: dict[Errand, tuple[Callable[[], None], Callable[[str], None]]] = {
            Errand.WATCH: (self._watch, lambda fault: say("watch.failed", error=fault)),
            Errand.HUBS: (self._subscribe, lambda fault: say("websub.failed", error=fault)),
            Errand.IDENTITIES: (self._ask_identities, lambda fault: say("account.failed", error=fault)),
            Errand.RENEWALS: (self._renew_logins, lambda fault: say("account.failed", error=fault)),
            Errand.SHELF: (self._shelve, lambda fault: say("ledger.failed", error=fault)),
            Errand.MEDIA: (self._sweep_media, lambda fault: say("media.failed", error=fault)),
            Errand.AGAIN: (self._say_again, lambda fault: say("ledger.failed", error=fault)),
            Errand.WORD: (self._write_back, lambda fault: say("ledger.failed", error=fault)),
        }

    def due(self, besides: Container[object] = ()) -> list[Errand]:
        """The errands that are to be done now, but those that are under way."""
        return [errand for errand, asked in self._asked.items() if errand not in besides and asked()]

    def do(self, errand: Errand) -> None:
        """Do one; what fails is logged."""
        work, failed = self._done[errand]
        try:
            work()
        except SyndicateError as fault:
            failed(str(fault))
        except Exception:  # noqa: BLE001 - a bug here stops nothing else, and is told whole
            self._running.bug(errand.value)

    def _comes(self, errand: Errand, apart: float) -> bool:
        """Whether its time has come; then it comes again in `apart` seconds."""
        if time.monotonic() < self._next.get(errand, 0.0):
            return False
        self._next[errand] = time.monotonic() + apart
        return True

    def _has_pages(self) -> bool:
        ledger = self._running.app.ledger
        return ledger.articles.has_to_check(ledger.now())

    def _watch(self) -> None:
        """Check published pages for withdrawn articles: a few at a time."""
        app = self._running.app
        most = 0 if self._running.stop.is_set() else WATCHED
        for key in watch(app.pages.gone, app.config.has_preflight, app.accounts, app.ledger, most=most):
            self._running.say("delivery.withdrawn", key=key)

    def _has_subscriptions(self) -> bool:
        subscriber = self._running.subscriber
        return subscriber is not None and subscriber.has_work()

    def _subscribe(self) -> None:
        """Make and renew WebSub subscriptions, one after the other."""
        if self._running.subscriber is not None:
            self._running.subscriber.work()

    def _ask_identities(self) -> None:
        """Ask networks whose logins we have before a post has to wait for that, one after the other."""
        app = self._running.app
        for name in app.identities.stale():
            if not self._running.stop.is_set():
                app.identities.ask(name)

    def _renew_logins(self) -> None:
        """Renew logins ahead of their end, one after the other."""
        app = self._running.app
        for name in app.renewals.due():
            if self._running.stop.is_set():
                return
            try:
                done, failed = app.renewals.renew(name)
            except AuthError as fault:
                done, failed = False, str(fault)
            if done:
                self._running.say("account.renewed", account=name)
            elif failed:
                self._running.say("account.failed", account=name, error=failed)

    def _shelve(self) -> None:
        """Put a few stories on the shelf that were finished long ago."""
        ledger, rest = self._running.app.ledger, IDLE
        try:
            if not self._running.stop.is_set() and ledger.shelving.work(ledger.now(), SHELVED):
                rest = 0.0
        finally:
            self._next[Errand.SHELF] = time.monotonic() + rest

    def _sweep_media(self) -> None:
        """Remove the pictures that were put where networks fetch them, a day later."""
        hosting = self._running.app.lanes.hosting
        if hosting is not None:
            hosting.sweep()

    def _has_rules(self) -> bool:
        return any(account.again for account in self._running.app.accounts)

    def _say_again(self) -> None:
        """Plan what accounts post again by their rules, once an hour; until all articles were looked at, at once."""
        from syndicate.app.engines.say_again import plan_by_rule

        app, rest = self._running.app, IDLE
        try:
            if not self._running.stop.is_set():
                planned, goes_on = plan_by_rule(app, [account.name for account in app.accounts], SHELVED)
                rest = 0.0 if goes_on else IDLE
                for key in planned:
                    self._running.say("delivery.again", key=key)
        finally:
            self._next[Errand.AGAIN] = time.monotonic() + rest

    def _has_word(self) -> bool:
        return self._running.app.word_back.is_due()

    def _write_back(self) -> None:
        """Tell those who want word of it what became of deliveries."""
        running = self._running
        for name, came in running.app.word_back.tell(lambda: not running.stop.is_set()):
            if came.told:
                running.say("word.told", to=name, events=came.told)
            for fault in came.faults:
                running.say("word.failed", to=name, error=str(fault), hint=fault.hint)
