"""A worker of a fleet: the same work as the daemon's, shared by many processes through the queues of a job engine.

Where the database is lost, the worker waits and begins again by itself. What it was sending is in the ledger.
"""

from __future__ import annotations

import asyncio
import contextlib
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

import psycopg
from procrastinate.exceptions import ConnectorException

from syndicate.app import clock
from syndicate.app.engines.config_reload import ConfigReload
from syndicate.app.engines.fleet_engine import FleetEngine, polls_beside
from syndicate.app.engines.fleet_log import quiet
from syndicate.app.engines.fleet_tasks import FleetTasks
from syndicate.app.engines.fleet_telling import FleetTelling
from syndicate.app.engines.running import Running
from syndicate.app.engines.upkeep import Upkeep
from syndicate.app.monitoring.systemd import notify
from syndicate.errors import LedgerError, NewerLedger, SyndicateError
from syndicate.ledger.postgresql_faults import explained

GRACE = 8.0  # seconds for the requests in flight when told to stop
SILENT = 30.0  # seconds without a sign of the engine after which the worker is unhealthy
AGAIN = 3.0  # seconds until a database that was lost is tried again
TICK = 1.0
APART = 30.0  # seconds between this machine's clock and the server's that are told
RESCUE = 3.0  # seconds between two looks for jobs of workers that died
T = TypeVar("T")
OWN_THREADS = 3  # besides those of the jobs: one dispatches, one looks at the files, one tells


class FleetWorker:
    """Runs jobs until `running.stop` is set. `hurries`: it is to end at once, without waiting for requests in flight.

    `queues` are those that it holds, and `concurrency` is how many jobs run at once.
    """

    def __init__(
        self,
        running: Running,
        upkeep: Upkeep,
        reloading: ConfigReload,
        queues: Sequence[str],
        concurrency: int,
        hurries: Callable[[], bool],
    ) -> None:
        self._running, self._upkeep, self._reloading, self._hurries = running, upkeep, reloading, hurries
        self._queues, self._concurrency = queues, concurrency
        self._telling = FleetTelling(running)
        self._tasks = FleetTasks(running, upkeep)
        self._threads = ThreadPoolExecutor(
            concurrency + polls_beside(concurrency) + OWN_THREADS, thread_name_prefix="job"
        )
        self._loop = asyncio.new_event_loop()
        self._stopped, self._called = asyncio.Event(), asyncio.Event()
        self._seen = time.monotonic()
        self._calm = True

    def run(self) -> bool:
        """Run until told to stop, then wait for the requests in flight; those still unanswered become `unknown`.

        False if some request is still under way: its thread would keep the process alive. Raises NewerLedger.
        """
        threading.Thread(target=self._hear, daemon=True).start()
        with quiet(self._running, self._loop):
            self._loop.run_until_complete(self._run())
        if self._running.newer is not None:
            raise self._running.newer
        return self._calm

    def _hear(self) -> None:
        """On a thread: pass on to the loop that it is to stop."""
        self._running.stop.wait()
        self._loop.call_soon_threadsafe(self._stopped.set)

    def health(self) -> str | None:
        """What is wrong with this worker; None if nothing is."""
        silent, wrong = time.monotonic() - self._seen, self._running.troubles.reason()
        return wrong or (f"no sign of the job engine for {silent:.0f} s" if silent > SILENT else None)

    def expect(self, names: Iterable[str]) -> None:
        """A hook named a story of these sources."""
        self._running.app.rounds.expect(names)

    def wake(self) -> None:
        """A hook had sources read at once: what is due is dispatched now."""
        self._loop.call_soon_threadsafe(self._called.set)

    async def _run(self) -> None:
        begun = False
        while not self._running.stop.is_set():
            try:
                await self._apart(self._reach)
                if not begun:
                    await self._apart(self._begin)
                    begun = True
                    notify("READY=1")
                await self._serve()
            except NewerLedger as fault:
                self._running.outdated(fault)
            except (SyndicateError, ConnectorException, psycopg.Error, OSError) as fault:
                self._lost(fault)
                await self._pause(AGAIN)
            except Exception:  # noqa: BLE001 - it begins again, and is told whole
                self._running.bug("worker")
                await self._pause(AGAIN)
        notify("STOPPING=1")
        await self._leave()

    def _begin(self) -> None:
        running = self._running
        ahead = (clock.now() - running.app.ledger.now()).total_seconds()
        if abs(ahead) > APART:
            which = "ahead of" if ahead > 0 else "behind"
            told = f"the clock of this machine is {abs(ahead):.0f} s {which} the server's, which counts"
            running.say("clock.differs", note=told)
        self._upkeep.begin()

    def _reach(self) -> None:
        """Raise LedgerError, in words that help, if the server cannot be reached."""
        self._running.app.ledger.database.row("SELECT 1 AS here")

    async def _serve(self) -> None:
        """Run jobs until told to stop, or until the database is lost: then it raises."""
        running = self._running
        address = running.app.config.server
        assert address is not None
        engine = FleetEngine(address, self._tasks, self._threads, self._concurrency, self._queues)
        async with engine.opened():
            work = asyncio.create_task(engine.work())
            others: list[asyncio.Task[Any]] = [
                asyncio.create_task(each) for each in (self._beat(engine), self._care(), self._stopped.wait())
            ]
            await asyncio.wait((work, *others), return_when=asyncio.FIRST_COMPLETED)
            engine.stop()
            for each in others:
                each.cancel()
            await asyncio.wait(others)
            await self._await_jobs(work)
            for each in (work, *others):
                if each.done() and not each.cancelled():
                    each.result()
        if not running.stop.is_set():
            raise LedgerError(f"{running.app.config.ledger_name}: the job engine has stopped")

    async def _await_jobs(self, work: asyncio.Task[None]) -> None:
        deadline = time.monotonic() + GRACE
        while not work.done() and time.monotonic() < deadline and not self._hurries():
            await asyncio.wait([work], timeout=0.05)
        if not work.done() and self._running.stop.is_set():
            self._calm = False

    async def _beat(self, engine: FleetEngine) -> None:
        """Each second have one worker of the fleet dispatch, by the server's clock; now and then rescue jobs."""
        rescue_at = 0.0
        while True:
            now = await self._apart(self._running.app.ledger.now)
            await engine.call_dispatch(int(now.timestamp()))
            if time.monotonic() >= rescue_at:
                rescue_at = time.monotonic() + RESCUE
                await engine.rescue()
                self._telling.is_ours = await engine.is_first()
            self._seen = time.monotonic()
            self._running.troubles.over("ledger")
            notify(f"WATCHDOG=1\nSTATUS={engine.running} jobs under way")
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._called.wait(), TICK)
            self._called.clear()

    async def _care(self) -> None:
        """Each second look whether the config is to be read again, and tell what there is to tell."""
        while True:
            await self._apart(self._reloading.look)
            await self._apart(lambda: self._telling.look(self.health))
            await asyncio.sleep(TICK)

    async def _pause(self, seconds: float) -> None:
        """Wait, unless told to stop."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._stopped.wait(), seconds)

    def _lost(self, fault: Exception) -> None:
        """The database cannot be used now: say so, and what helps."""
        cause = fault.__cause__ if isinstance(fault, ConnectorException) else fault
        if isinstance(cause, psycopg.Error):
            fault = explained(self._running.app.config.ledger_name, cause)
        self._running.troubles.found("ledger", str(fault), "ledger")
        self._running.say("ledger.failed", error=str(fault), hint=getattr(fault, "hint", None))

    async def _leave(self) -> None:
        running = self._running
        self._threads.shutdown(wait=False, cancel_futures=True)
        for app in running.before:
            app.renderer.close()
        if not self._calm and running.newer is None:
            with contextlib.suppress(SyndicateError):  # their leases end
                running.app.ledger.claims.abandon(running.app.ledger.now(), running.app.lanes.settle)

    async def _apart(self, work: Callable[[], T]) -> T:
        """Do it on a thread of our own."""
        return await self._loop.run_in_executor(self._threads, work)
