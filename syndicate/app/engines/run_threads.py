"""The threads of a run: started, watched for a stop and for more to do, and waited for."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from typing import TypeAlias

from syndicate.app.wiring import App

POLLERS = 16  # threads at most that read sources: while all wait for servers
FEW = 2  # of them at first: threads that compute slow each other down, since one runs at a time
IDLE = 0.5  # of one core: with less, this process waits for servers
WATCH = 0.2  # seconds between two looks at the threads
GRACE = 8.0  # seconds for the request in flight when asked to stop

Job: TypeAlias = Callable[[], None]


def together(
    jobs: Sequence[Job], stop: threading.Event, app: App, more: Callable[[], Sequence[Job]] = lambda: ()
) -> None:
    """Run the jobs on threads, while this one watches for `stop` and starts what is `more`.

    An exception of a job is raised here.
    """
    bugs: list[BaseException] = []

    def guarded(job: Job) -> None:
        try:
            job()
        except BaseException as bug:  # noqa: BLE001 - raised again below, on the main thread
            bugs.append(bug)

    def started(added: Sequence[Job]) -> list[threading.Thread]:
        made = [threading.Thread(target=guarded, args=(job,), daemon=True) for job in added]
        for thread in made:
            thread.start()
        return made

    threads = started(jobs)
    for thread in threads:  # those that are added as well
        while thread.is_alive() and not stop.is_set():
            thread.join(WATCH)
            threads += started(more()) if thread.is_alive() else ()
    if stop.is_set():
        _leave(threads, app)
    if bugs:
        raise bugs[0]


def _leave(threads: Sequence[threading.Thread], app: App) -> None:
    """Wait for the requests in flight, at most GRACE; those still unanswered become `unknown`."""
    deadline = time.monotonic() + GRACE
    for thread in threads:
        thread.join(max(0.0, deadline - time.monotonic()))
    if any(thread.is_alive() for thread in threads):
        app.ledger.claims.abandon(app.ledger.now(), app.lanes.settle)


class Growth:
    """Doubles the threads that read sources, up to POLLERS, while there are more to read and all wait for servers."""

    def __init__(self, work: Job, size: int, left: Callable[[], int]) -> None:
        self._work, self._size, self._left = work, size, left
        self._at, self._spent = time.monotonic(), time.process_time()

    def more(self) -> list[Job]:
        """What is to be started beside the others."""
        at, spent = time.monotonic(), time.process_time()
        waits = spent - self._spent < IDLE * (at - self._at)
        self._at, self._spent = at, spent
        added = min(self._size, POLLERS - self._size, self._left()) if waits else 0
        self._size += added
        return [self._work] * added
