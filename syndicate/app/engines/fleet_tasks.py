"""The jobs of a fleet: what each does, and which are to be enqueued. The ledger decides what is really sent.

A job that is lost, doubled or late changes nothing: each asks the ledger what is to be done, and the ledger lets one
process do it.
"""

from __future__ import annotations

import random
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterable
from itertools import zip_longest

from syndicate.app.engines.account_turn import TURN, take_turn
from syndicate.app.engines.errands import Errand, Errands
from syndicate.app.engines.queues import ERRANDS, PICTURES, POLLS, POSTS, URGENT, USUAL, Job
from syndicate.app.engines.running import Running
from syndicate.app.engines.source_poll import read_source
from syndicate.app.engines.upkeep import Upkeep
from syndicate.app.turns import in_turn
from syndicate.errors import NewerLedger, SyndicateError

AHEAD = 20  # polls of one site that wait at a time: one runs, and none may fill the queue for the others


class FleetTasks:
    """What a worker does for each kind of job. Each method may be called by any thread."""

    def __init__(self, running: Running, upkeep: Upkeep) -> None:
        self._running, self._upkeep = running, upkeep
        self._errands = Errands(running)
        self._dispatching = threading.Lock()

    def dispatch(self) -> list[Job]:
        """Free claims that nobody holds any more, skip what is too old; returns the jobs for what is due.

        None while this process is at it already.
        """
        if not self._dispatching.acquire(blocking=False):
            return []
        running = self._running
        try:
            self._upkeep.sweep()
            due = [*self.deliveries(), *self._polls(), *self._due_errands()]
        except NewerLedger as fault:
            running.outdated(fault)
        except SyndicateError as fault:
            running.troubles.found("dispatch", str(fault), "ledger")
            running.say("ledger.failed", error=str(fault), hint=fault.hint)
        except Exception as bug:  # noqa: BLE001 - the next one tries again, and it is told whole
            running.troubles.found("tick", f"a bug: {bug!r}")
            running.bug("dispatch")
        else:
            running.troubles.over("dispatch")
            running.troubles.over("tick")
            return due
        finally:
            self._dispatching.release()
        return []

    def deliveries(self) -> list[Job]:
        """A turn for each account that has something to send, those of each site after the other's."""
        app, ledger = self._running.app, self._running.app.ledger
        if self._upkeep.waits():
            return []
        now, enabled = ledger.now(), {account.name for account in app.accounts}
        working = {*ledger.deliveries.accounts_with_work(now), *ledger.recovery.pending()} & enabled
        hurried = set(ledger.deliveries.accounts_in_a_hurry(now)) if working else set()
        mixed = random.sample(sorted(working), len(working))  # not all may find room in the queue each time
        return [self._turn(name, urgent=name in hurried) for name in in_turn(mixed)]

    def _turn(self, account: str, *, urgent: bool) -> Job:
        queue = PICTURES if self._running.app.config.accounts[account].account.image == "card" else POSTS
        once = f"deliver {account}{' urgent' if urgent else ''}"
        return Job("deliver", queue, {"account": account}, once, f"account {account}", URGENT if urgent else USUAL)

    def _polls(self) -> Iterable[Job]:
        """The sources that are due: a few of each site, one site after the other."""
        app = self._running.app
        hosts = defaultdict[str, list[Job]](list)
        for name, address in app.ledger.sources.due(app.ledger.now()).items():
            if name in app.config.sources:
                host = app.rounds.host(name, address)
                hosts[host].append(Job("poll", POLLS, {"source": name}, f"poll {name}", f"site {host}"))
        return [job for row in zip_longest(*(jobs[:AHEAD] for jobs in hosts.values())) for job in row if job]

    def _due_errands(self) -> list[Job]:
        return [
            Job("errand", ERRANDS, {"errand": errand.value}, f"errand {errand.value}", f"errand {errand.value}")
            for errand in self._errands.due()
        ]

    def poll(self, source: str, *, rescued: bool) -> list[Job]:
        """Read a source, unless another process has meanwhile; returns the turns for what is new.

        `rescued`: the worker that was at it has died, so that the ledger has its next poll already.
        """
        rounds = self._running.app.rounds
        try:
            names = [source] if rescued else rounds.reserve([source])
        except SyndicateError as fault:
            self._running.met(f"source {source}", fault)
            self._running.say("source.failed", source=source, error=str(fault))
            return []
        found = [read_source(self._running, name) for name in names]
        return self.deliveries() if any(found) else []

    def deliver(self, account: str, crowded: Callable[[], bool]) -> None:
        """Send what is due for an account: its turn is over after a while, if this worker is `crowded`."""
        ends = time.monotonic() + TURN
        stop = self._running.stop
        take_turn(self._running, account, lambda: not (stop.is_set() or (time.monotonic() > ends and crowded())))

    def errand(self, name: str) -> None:
        """Do an errand; one that this version does not know is another's."""
        if name in {each.value for each in Errand}:
            self._errands.do(Errand(name))
