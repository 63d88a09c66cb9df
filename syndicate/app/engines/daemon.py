"""The daemon: a tick each second takes what is due from the ledger, and threads poll and deliver it."""

from __future__ import annotations

import contextlib
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor

from syndicate.app.engines.account_turn import TURN, take_turn
from syndicate.app.engines.config_reload import ConfigReload, Renew
from syndicate.app.engines.errands import Errand, Errands
from syndicate.app.engines.running import Running
from syndicate.app.engines.source_poll import read_source
from syndicate.app.engines.thread_pool import GrowingPool
from syndicate.app.engines.ticker import tick_until
from syndicate.app.engines.upkeep import Upkeep
from syndicate.app.monitoring.systemd import notify
from syndicate.app.turns import in_turn
from syndicate.app.wiring import App
from syndicate.errors import NewerLedger, SyndicateError
from syndicate.ingestion.websub import Subscriber
from syndicate.ports import EventLog

POLLERS = (2, 24)  # threads at least, and at most; they do the errands too
LANES = 32
RESERVED = 400  # polls that are reserved in one commit
GRACE = 8.0  # seconds for the requests in flight when told to stop
SILENT = 30.0  # seconds without a good tick after which the daemon is unhealthy


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
        self.running = running = Running(app, say, stop, subscriber)
        self.upkeep = Upkeep(running)
        self.reloading = ConfigReload(running, self.upkeep, renew, changed, reload)
        self._errands = Errands(running)
        self._stop = stop
        self._ticked = time.monotonic()
        self._polls = GrowingPool(*POLLERS, "poll")
        self._lanes = ThreadPoolExecutor(LANES, thread_name_prefix="lane")
        self._busy: set[str] = set()
        self._queued: set[str] = set()  # those of them that wait for a thread
        self._polling: set[str | Errand] = set()
        self._queues: dict[str, deque[str]] = {}
        self._guard = threading.Lock()

    def run(self) -> bool:
        """Run until `stop` is set, then wait for the requests in flight; those still unanswered become `unknown`.

        False if some request is still under way: its thread would keep the process alive. Raises NewerLedger.
        """
        self.upkeep.begin()
        try:
            tick_until(self._stop, self._tick, self.reloading.look)
        finally:
            notify("STOPPING=1")
            calm = self._leave()
        if self.running.newer is not None:
            raise self.running.newer
        return calm

    def _tick(self) -> None:
        running = self.running
        try:
            self.upkeep.sweep()
            self._polls.grow()  # before there is more: what waits now has waited since the last tick
            self._start_polls()
            self._start_lanes()
            self._start_errands()
            running.troubles.look()
            running.telling.alerts(running.app)
            if self.health() is None:
                running.telling.heartbeat(running.app)
        except NewerLedger as fault:
            running.outdated(fault)
        except SyndicateError as fault:
            running.troubles.found("ledger", str(fault), "ledger")
            running.say("ledger.failed", error=str(fault))
        except Exception as bug:  # noqa: BLE001 - the next tick tries again, and it is told whole
            running.troubles.found("tick", f"a bug: {bug!r}")
            running.bug("tick")
        else:
            running.troubles.over("ledger")
            running.troubles.over("tick")
            self._ticked = time.monotonic()
            notify(f"WATCHDOG=1\nSTATUS={len(self._polling)} polls and {len(self._busy)} accounts under way")

    def health(self) -> str | None:
        """What is wrong with this daemon; None if nothing is."""
        silent, wrong = time.monotonic() - self._ticked, self.running.troubles.reason()
        return wrong or (f"no tick for {silent:.0f} s" if silent > SILENT else None)

    def expect(self, names: Iterable[str]) -> None:
        """A hook named a story of these sources."""
        self.running.app.rounds.expect(names)

    def wake(self) -> None:
        """A hook had sources read at once: their polls begin now, and not with the next tick."""
        with contextlib.suppress(SyndicateError):  # the next tick meets it again, and says so
            self._start_polls()

    def _start_polls(self) -> None:
        """Reserve the polls that are due, and queue them by site: one request at a time for each site.

        The next poll is written before this one begins, so that a crash loop never hammers a server.
        """
        app = self.running.app
        ledger, known = app.ledger, app.config.sources
        due = ledger.sources.due(ledger.now())
        with self._guard:
            names = [name for name in due if name in known and name not in self._polling and not self._stop.is_set()]
        for start in range(0, len(names), RESERVED):
            for name in app.rounds.reserve(names[start : start + RESERVED]):
                self._queue(name, app.rounds.host(name, due.get(name)))

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
            try:
                self._poll(name)
            finally:
                with self._guard:
                    self._polling.discard(name)

    def _poll(self, name: str) -> None:
        if read_source(self.running, name):
            self._start_lanes()

    def _start_errands(self) -> None:
        """Have polling threads do the errands that are due."""
        for errand in self._errands.due(besides=self._polling):
            with self._guard:
                self._polling.add(errand)
            self._polls.submit(self._do, errand)

    def _do(self, errand: Errand) -> None:
        try:
            self._errands.do(errand)
        finally:
            with self._guard:
                self._polling.discard(errand)

    def _start_lanes(self) -> None:
        app = self.running.app
        if self.upkeep.waits():
            return
        enabled = {account.name for account in app.accounts}
        working = {*app.ledger.deliveries.accounts_with_work(app.ledger.now()), *app.ledger.recovery.pending()}
        with self._guard:
            busy = set(self._busy)
        self.running.end_troubles(working & enabled | busy)
        for name in in_turn(working & enabled):
            with self._guard:
                if name in self._busy or self._stop.is_set():
                    continue
                self._busy.add(name)
                self._queued.add(name)
            self._lanes.submit(self._drain, name)

    def _drain(self, name: str) -> None:
        """Deliver what is due for one account; while others wait for a thread, for a turn."""
        ends, again = time.monotonic() + TURN, False
        with self._guard:
            self._queued.discard(name)
        try:
            again = take_turn(
                self.running,
                name,
                lambda: not (self._stop.is_set() or (self._queued and time.monotonic() > ends)),
            )
        finally:
            with self._guard:
                (self._queued.add if again else self._busy.discard)(name)
            if again:
                with contextlib.suppress(RuntimeError):  # the daemon ends just now
                    self._lanes.submit(self._drain, name)

    def _leave(self) -> bool:
        self._polls.close()  # what has not begun ends at once
        self._lanes.shutdown(wait=False, cancel_futures=True)
        deadline = time.monotonic() + GRACE
        while (self._busy or self._polling) and time.monotonic() < deadline:
            threading.Event().wait(0.05)
        for app in self.running.before:
            app.renderer.close()
        if (
            self._busy and self.running.newer is None
        ):  # else the newer version looks its claims up once their leases end
            ledger = self.running.app.ledger
            ledger.claims.abandon(ledger.now(), self.running.app.lanes.settle)
        return not self._busy and not self._polling
