"""The daemon: a tick each second takes what is due from the ledger, and threads poll and deliver it."""

from __future__ import annotations

import contextlib
import functools
import threading
import time
import traceback
from collections import deque
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from enum import Enum
from typing import TypeAlias

from syndicate.app import advice
from syndicate.app.clock_watch import HINT
from syndicate.app.clock_watch import PATIENCE as HEARING
from syndicate.app.engines.installed import Package
from syndicate.app.engines.ledger_care import LedgerCare
from syndicate.app.engines.telling import Telling
from syndicate.app.engines.thread_pool import GrowingPool
from syndicate.app.engines.ticker import tick_until
from syndicate.app.engines.troubles import Troubles, seldom
from syndicate.app.monitoring.events import delivery_fact, drop_fact
from syndicate.app.monitoring.systemd import notify
from syndicate.app.stops import Stops
from syndicate.app.turns import in_turn
from syndicate.app.wiring import App
from syndicate.delivery.ahead import Ahead
from syndicate.delivery.housekeeping import run_housekeeping
from syndicate.delivery.next import Taken, deliver_next
from syndicate.errors import AuthError, LedgerError, SyndicateError
from syndicate.ingestion.poll import Polled
from syndicate.ingestion.websub import Subscriber
from syndicate.ingestion.withdrawals import watch
from syndicate.ledger.recovery import KEPT, Noticed
from syndicate.model import Delivery
from syndicate.ports import EventLog

POLLERS = (2, 24)  # threads at least, and at most
LANES = 32
TURN = 2.0  # seconds of an account with much to send, while others wait for a thread
RESERVED = 400  # polls that are reserved in one commit
GRACE = 8.0  # seconds for the requests in flight when told to stop
SHELVED = 0.2  # seconds of a tick for putting finished stories on the shelf
IDLE = 3600.0  # seconds until the shelf is looked at again, once nothing is left for it
WATCHED = 20  # published pages that are checked again at a time
SILENT = 30.0  # seconds without a good tick after which the daemon is unhealthy
OWN = {"ledger", "tick", "clock", "package"}  # troubles of the daemon itself; the others are of a source or an account
ASK = 60.0  # seconds between looks at whose login nobody has asked about for long
LOOK = 5.0  # seconds between looks at the files of config and program


Renew: TypeAlias = Callable[[App], tuple[App, Subscriber | None]]


class Errand(Enum):
    """What the polling threads do besides polling, one job of each kind at a time: its name in the report of a bug."""

    WATCH = "watch"  # look again at published pages
    HUBS = "websub"
    IDENTITIES = "identities"  # ask networks whose logins we have
    RENEWALS = "renewals"  # renew logins ahead of their end
    SHELF = "shelf"  # put finished stories there
    MEDIA = "media"  # remove pictures that networks fetched a day ago
    WORD = "word"  # tell those of the setting `after` what became of deliveries


class Daemon:
    """Polls what is due and delivers what is due, until `stop` is set. Each account has one thread at most.

    `say` gets each event. Each poll and each account has a thread of its own, up to a bound, so that one
    that hangs delays no other. `renew` makes the app and the subscriber of a config that was changed; `reload` is set
    when that is to be done, and `changed` says whether it was.
    """

    def __init__(
        self,
        app: App,
        say: EventLog,
        stop: threading.Event,
        subscriber: Subscriber | None = None,
        *,
        renew: Renew | None = None,
        changed: Callable[[], bool] = lambda: False,
        reload: threading.Event | None = None,
    ) -> None:
        self._app = app
        self._before: list[App] = []
        self._renew, self._changed, self._reload = renew, changed, reload or threading.Event()
        self._subscriber = subscriber
        self._say = seldom(say)
        self._stops = Stops(HEARING)
        self._package = Package()
        self._telling = Telling(self._say)
        self._troubles = Troubles(lambda kind, words: self._telling.alarm(self._app, kind, words))
        self._looked_at = 0.0
        self._ask_at = 0.0
        self._renew_at = 0.0
        self._reading = 0
        self._renewing = False
        self._ticked = time.monotonic()
        self._shelve_at = 0.0
        self._sweep_media_at = 0.0
        self._stop = stop
        self._polls = GrowingPool(*POLLERS, "poll")
        self._lanes = ThreadPoolExecutor(LANES, thread_name_prefix="lane")
        self._busy: set[str] = set()
        self._queued: set[str] = set()  # those of them that wait for a thread
        self._polling: set[str | Errand] = set()
        self._queues: dict[str, deque[str]] = {}
        self._care = LedgerCare(app.ledger)
        self._guard = threading.Lock()
        self._naming = threading.Lock()  # held while names of the config and of the ledger are compared

    def run(self) -> bool:
        """Run until `stop` is set, then wait for the requests in flight; those still unanswered become `unknown`.

        False if some request is still under way: its thread would keep the process alive.
        """
        self._begin()
        try:
            tick_until(self._stop, self._tick, self._look_at_files)
        finally:
            notify("STOPPING=1")
            calm = self._leave()
        return calm

    def _begin(self) -> None:
        app = self._app
        self._stops.look(app)
        self._tell_left_out()
        app.register()
        with app.ledger.transaction():  # ten thousand sources are one commit
            for source in app.config.sources.values():
                app.ledger.sources.ensure(source.name, source.url)
        app.rounds.begin()
        self._notice(app.begin_run(usual=KEPT))
        app.ledger.backlog.retry(app.ledger.now())  # hours and templates may be others now
        if self._subscriber is not None:
            self._subscriber.begin()

    def _tell_left_out(self) -> None:
        """Tell of the sites whose config has a mistake, at the start and whenever it was read again."""
        config = self._app.config
        for site, mistake in config.broken_sites().items():
            if site in config.sites:
                self._say("config.refused", error=f"{site}: {mistake}", at=time.time())
                told = f"the config of the site {site} was not read again, and the old one stays: {mistake}"
            else:
                self._say("config.left_out", site=site, error=mistake, at=time.time())
                told = f"the site {site} is left out, the others go on: {mistake}"
            self._telling.alarm(self._app, "daemon", told)

    def _notice(self, noticed: Noticed) -> None:
        for note in advice.recovery_notes(noticed, self._app.config.ledger.name):
            self._say("ledger.noticed", why=noticed.why, note=note)

    def _look_at_files(self) -> None:
        """Now and then: whether the program or its config was changed. Reads the config again when told to."""
        if self._reload.is_set():
            self._reload.clear()
            self._read_again()
        if time.monotonic() - self._looked_at < LOOK:
            return
        self._looked_at = time.monotonic()
        replaced = self._package.replaced()
        if replaced:
            self._troubles.found("package", replaced)
            self._say("daemon.failed", error=replaced)
        if self._changed():
            self._say("config.changed", file=str(self._app.config.path), note="SIGHUP has it read again")

    def _read_again(self) -> None:
        """Go on with the config as it is now; one with a mistake is refused, and the old one stays."""
        if self._renew is None:
            return
        try:
            app, subscriber = self._renew(self._app)
        except SyndicateError as fault:
            self._say("config.refused", error=str(fault), hint=fault.hint, at=time.time())
            self._telling.alarm(self._app, "daemon", f"the config was not read again, and the old one stays: {fault}")
            return
        self._renewing = True  # what a poll under way finds is not for accounts that are added
        deadline = time.monotonic() + GRACE
        while self._reading and not self._stop.is_set() and time.monotonic() < deadline:
            self._stop.wait(0.05)
        self._before.append(self._app)
        try:
            with self._naming:  # else what waits for a renamed account would count as that of one that left
                self._app, self._subscriber = app, subscriber
                notes = app.follow_names()
            for note in notes:
                self._say("config.note", note=note)
            self._begin()
        except SyndicateError as fault:
            self._say("ledger.failed", error=str(fault))
        finally:
            self._renewing = False
        self._say("config.reloaded", sources=len(app.config.sources), accounts=len(app.accounts))

    def _tick(self) -> None:
        try:
            self._sweep()
            self._polls.grow()  # before there is more: what waits now has waited since the last tick
            self._start_polls()
            self._start_lanes()
            self._start_watch()
            self._start_hubs()
            self._start_identities()
            self._start_renewals()
            self._start_shelving()
            self._start_sweeping_media()
            self._start_word_back()
            self._troubles.look()
            self._telling.alerts(self._app)
            if self.health() is None:
                self._telling.heartbeat(self._app)
        except SyndicateError as fault:
            self._troubles.found("ledger", str(fault), "ledger")
            self._say("ledger.failed", error=str(fault))
        except Exception as bug:  # noqa: BLE001 - the next tick tries again, and it is told whole
            self._troubles.found("tick", f"a bug: {bug!r}")
            self._say("bug", where="tick", trace=traceback.format_exc())
        else:
            self._troubles.over("ledger")
            self._troubles.over("tick")
            self._ticked = time.monotonic()
            notify(f"WATCHDOG=1\nSTATUS={len(self._polling)} polls and {len(self._busy)} accounts under way")

    def health(self) -> str | None:
        """What is wrong with this daemon; None if nothing is."""
        silent, wrong = time.monotonic() - self._ticked, self._troubles.reason()
        return wrong or (f"no tick for {silent:.0f} s" if silent > SILENT else None)

    def expect(self, names: Iterable[str]) -> None:
        """A hook named a story of these sources."""
        self._app.rounds.expect(names)

    def wake(self) -> None:
        """A hook had sources read at once: their polls begin now, and not with the next tick."""
        with contextlib.suppress(SyndicateError):  # the next tick meets it again, and says so
            self._start_polls()

    def _sweep(self) -> None:
        ledger = self._app.ledger
        for note in self._care.check():
            self._say("ledger.note", note=note)
        self._stops.look(self._app)
        doubt = self._stops.settle(self._app)
        if doubt is None or not doubt.words:
            self._troubles.over("clock")
        else:
            self._troubles.found("clock", doubt.words)
            self._say("clock.failed", error=doubt.words, hint=HINT)
        noticed = ledger.recovery.keep(asks=self._app.config.recover == "ask")
        if noticed is not None:
            self._notice(noticed)
        now = ledger.now()
        ledger.claims.sweep(now, self._app.lanes.settle)
        with self._naming:
            notes = run_housekeeping(ledger, self._app.accounts, self._app.configured, self._app.config.rests)
        for note in notes:
            self._say("config.note", note=note)
        for drop in ledger.dropped.take():
            event, fields = drop_fact(drop)
            self._say(event, **fields)
        for note in self._app.new_notes():
            self._say("config.note", note=note)

    def _start_polls(self) -> None:
        """Reserve the polls that are due, and queue them by site: one request at a time for each site.

        The next poll is written before this one begins, so that a crash loop never hammers a server.
        """
        ledger, known = self._app.ledger, self._app.config.sources
        due = ledger.sources.due(ledger.now())
        with self._guard:
            names = [name for name in due if name in known and name not in self._polling and not self._stop.is_set()]
        for start in range(0, len(names), RESERVED):
            for name in self._app.rounds.reserve(names[start : start + RESERVED]):
                self._queue(name, self._app.rounds.host(name, due.get(name)))

    def _queue(self, name: str, host: str) -> None:
        with self._guard:
            if name in self._polling:
                return
            self._polling.add(name)
            if host in self._queues:
                self._queues[host].append(name)
                return
            self._queues[host] = deque([name])
        self._polls.submit(self._visit, host)

    def _visit(self, host: str) -> None:
        """Poll the queued sources of a site, one after the other."""
        while True:
            with self._guard:
                queue = self._queues[host]
                if not queue or self._stop.is_set():
                    del self._queues[host]
                    self._polling.difference_update(queue)
                    return
                name = queue.popleft()
            while self._renewing and not self._stop.is_set():
                self._stop.wait(0.05)
            try:
                with self._guard:
                    self._reading += 1
                if name in self._app.config.sources:  # else it left the config meanwhile
                    self._poll(name)
            finally:
                with self._guard:
                    self._reading -= 1
                    self._polling.discard(name)

    def _start_errand(self, errand: Errand, work: Callable[[], None], failed: Callable[[str], None]) -> None:
        """Have a polling thread do this. `failed` gets the error, if there is one."""
        with self._guard:
            self._polling.add(errand)
        self._polls.submit(self._do, errand, work, failed)

    def _do(self, errand: Errand, work: Callable[[], None], failed: Callable[[str], None]) -> None:
        try:
            work()
        except SyndicateError as fault:
            failed(str(fault))
        except Exception:  # noqa: BLE001 - a bug here stops nothing else, and is told whole
            self._say("bug", where=errand.value, trace=traceback.format_exc())
        finally:
            with self._guard:
                self._polling.discard(errand)

    def _start_watch(self) -> None:
        """Check published pages for withdrawn articles: a few at a time."""
        ledger = self._app.ledger
        if Errand.WATCH not in self._polling and ledger.articles.has_to_check(ledger.now()):
            self._start_errand(Errand.WATCH, self._watch, lambda fault: self._say("watch.failed", error=fault))

    def _watch(self) -> None:
        app = self._app
        most = 0 if self._stop.is_set() else WATCHED
        for key in watch(app.pages.gone, app.config.has_preflight, app.accounts, app.ledger, most=most):
            self._say("delivery.withdrawn", key=key)

    def _start_hubs(self) -> None:
        """Make and renew WebSub subscriptions, one after the other."""
        subscriber = self._subscriber
        if subscriber is not None and Errand.HUBS not in self._polling and subscriber.has_work():
            self._start_errand(Errand.HUBS, subscriber.work, lambda fault: self._say("websub.failed", error=fault))

    def _start_identities(self) -> None:
        """Ask networks whose logins we have before a post has to wait for that, one after the other."""
        if Errand.IDENTITIES in self._polling or time.monotonic() < self._ask_at:
            return
        self._ask_at = time.monotonic() + ASK
        work = functools.partial(self._ask_identities, self._app)
        self._start_errand(Errand.IDENTITIES, work, lambda fault: self._say("account.failed", error=fault))

    def _ask_identities(self, app: App) -> None:
        for name in app.identities.stale():
            if not self._stop.is_set():
                app.identities.ask(name)

    def _start_renewals(self) -> None:
        """Renew logins ahead of their end, one after the other."""
        if Errand.RENEWALS in self._polling or time.monotonic() < self._renew_at:
            return
        self._renew_at = time.monotonic() + ASK
        work = functools.partial(self._renew_logins, self._app)
        self._start_errand(Errand.RENEWALS, work, lambda fault: self._say("account.failed", error=fault))

    def _renew_logins(self, app: App) -> None:
        for name in app.renewals.due():
            if self._stop.is_set():
                return
            try:
                done, failed = app.renewals.renew(name)
            except AuthError as fault:
                done, failed = False, str(fault)
            if done:
                self._say("account.renewed", account=name)
            elif failed:
                self._say("account.failed", account=name, error=failed)

    def _start_shelving(self) -> None:
        """Put a few stories on the shelf that were finished long ago."""
        if Errand.SHELF not in self._polling and time.monotonic() >= self._shelve_at:
            self._start_errand(Errand.SHELF, self._shelve, lambda fault: self._say("ledger.failed", error=fault))

    def _start_sweeping_media(self) -> None:
        """Remove the pictures that were put where networks fetch them, a day later."""
        hosting = self._app.lanes.hosting
        if hosting is None or Errand.MEDIA in self._polling or time.monotonic() < self._sweep_media_at:
            return
        self._sweep_media_at = time.monotonic() + IDLE / 4
        self._start_errand(Errand.MEDIA, hosting.sweep, lambda fault: self._say("media.failed", error=fault))

    def _start_word_back(self) -> None:
        """Tell those who want word of it what became of deliveries."""
        if Errand.WORD not in self._polling and self._app.word_back.is_due():
            work = functools.partial(self._write_back, self._app)
            self._start_errand(Errand.WORD, work, lambda fault: self._say("ledger.failed", error=fault))

    def _write_back(self, app: App) -> None:
        for name, came in app.word_back.tell(lambda: not self._stop.is_set()):
            if came.told:
                self._say("word.told", to=name, events=came.told)
            for fault in came.faults:
                self._say("word.failed", to=name, error=str(fault), hint=fault.hint)

    def _shelve(self) -> None:
        ledger, rest = self._app.ledger, IDLE
        try:
            if not self._stop.is_set() and ledger.shelving.work(ledger.now(), SHELVED):
                rest = 0.0
        finally:
            self._shelve_at = time.monotonic() + rest

    def _start_lanes(self) -> None:
        ledger = self._app.ledger
        if self._stops.waits(self._app):
            return
        enabled = {account.name for account in self._app.accounts}
        working = {*ledger.deliveries.accounts_with_work(ledger.now()), *ledger.recovery.pending()} & enabled
        self._end_troubles(working)
        for name in in_turn(working):
            with self._guard:
                if name in self._busy or self._stop.is_set():
                    continue
                self._busy.add(name)
                self._queued.add(name)
            self._lanes.submit(self._drain, name)

    def _end_troubles(self, working: set[str]) -> None:
        """End the troubles of sources that left the config and of accounts with nothing to do: no thread would."""
        found = self._troubles.names()
        if found:
            with self._guard:
                busy = working | self._busy
            met = {f"source {name}" for name in self._app.config.sources} | {f"account {name}" for name in busy}
            for name in found - met - OWN:
                self._troubles.over(name)

    def _poll(self, name: str) -> None:
        try:
            polled = self._app.rounds.poll(name)
            if self._subscriber is not None:
                self._subscriber.update_subscription(polled)
        except SyndicateError as fault:
            self._met(f"source {name}", fault)
            self._say("source.failed", source=name, error=str(fault))
            return
        except Exception as bug:  # noqa: BLE001 - a bug in one source stops no other, and is told whole
            self._troubles.found(f"source {name}", f"a bug with the source {name}: {bug!r}")
            self._say("bug", source=name, trace=traceback.format_exc())
            return
        self._troubles.over(f"source {name}")
        self._told(polled)
        if polled.keys:
            self._start_lanes()

    def _met(self, name: str, fault: SyndicateError) -> None:
        """A source or an account met an error: it is the daemon's own trouble only if the ledger cannot be written."""
        if isinstance(fault, LedgerError):
            self._troubles.found(name, str(fault), "ledger")
        else:
            self._troubles.over(name)

    def _told(self, polled: Polled) -> None:
        for note in advice.notes(polled):
            self._say("source.note", source=polled.source, note=note)
        if polled.baseline:
            self._say("source.baseline", source=polled.source, articles=polled.seen)
        elif polled.new:
            self._say("source.read", source=polled.source, new=polled.new, planned=len(polled.keys))

    def _drain(self, name: str) -> None:
        """Deliver what is due for one account, in order, until nothing is or the account has to wait; while others
        wait for a thread, for a turn.
        """
        ends, again = time.monotonic() + TURN, False

        def going() -> bool:
            return not (self._stop.is_set() or (self._queued and time.monotonic() > ends))

        with self._guard:
            self._queued.discard(name)
        try:
            self._look_first(name)
            sent = more = not self._stop.is_set() and self._step(name, going)
            while more and going():
                more = self._step(name, going)
            if sent:  # a copy of the file alone knows of it from now on
                self._app.ledger.database.checkpoint()
            self._troubles.over(f"account {name}")
            again = more and not self._stop.is_set()
        except SyndicateError as fault:
            self._met(f"account {name}", fault)
            self._say("account.failed", account=name, error=str(fault))
        except Exception as bug:  # noqa: BLE001 - a bug with one account stops no other, and is told whole
            self._troubles.found(f"account {name}", f"a bug with the account {name}: {bug!r}")
            self._say("bug", account=name, trace=traceback.format_exc())
        finally:
            with self._guard:
                (self._queued.add if again else self._busy.discard)(name)
            if again:
                with contextlib.suppress(RuntimeError):  # the daemon ends just now
                    self._lanes.submit(self._drain, name)

    def _look_first(self, name: str) -> None:
        """After a restore or a stop: ask the network what it has, also where everything waits for an approval."""
        if name not in self._app.ledger.recovery.pending():
            return
        looked = self._app.look_first(name)
        for note in looked.notes:
            self._say("account.looked", account=name, note=note)
        for key in (*looked.settled.posted, *looked.settled.held):
            found = self._app.ledger.deliveries.find(key)
            if found is not None:
                event, fields = delivery_fact(found)
                self._say(event, **fields)

    def _step(self, name: str, going: Callable[[], bool]) -> bool:
        """Deliver the account's next one, and what is ready after it while it is `going`.

        False if it has none, has to wait, or another process sends for it.
        """
        app = self._app
        if name not in app.config.accounts:
            return False  # it left the config meanwhile
        account = app.config.accounts[name].account
        ahead: list[Ahead] = []

        def deliver(delivery: Delivery) -> tuple[Delivery, tuple[str, ...]]:
            ahead.extend(app.ahead(name, app.ledger.deliveries.queue, going))
            return app.deliver(delivery, *ahead)

        came = deliver_next(account, app.ledger, app.gate, deliver, app.ledger.deliveries.next_due)
        if not isinstance(came, Taken):
            return False  # the next tick looks again
        for taken in (came, *(each for made in ahead for each in made.taken())):
            self._took(name, taken)
        return True

    def _took(self, name: str, came: Taken) -> None:
        """Log what became of a delivery."""
        after = came.after
        for warning in came.warnings:
            self._say("delivery.warning", account=name, key=after.key, article=after.article, warning=warning)
        event, fields = delivery_fact(after)
        if after.state != "skipped" or not self._app.ledger.dropped.has(after.key):  # else the next tick says it
            self._say(event, **fields)

    def _leave(self) -> bool:
        self._polls.close()  # what has not begun ends at once
        self._lanes.shutdown(wait=False, cancel_futures=True)
        deadline = time.monotonic() + GRACE
        while (self._busy or self._polling) and time.monotonic() < deadline:
            threading.Event().wait(0.05)
        for app in self._before:
            app.renderer.close()
        if self._busy:
            self._app.ledger.claims.abandon(self._app.ledger.now(), self._app.lanes.settle)
        return not self._busy and not self._polling
