"""Ticks once a second, whatever becomes of the clock.

APScheduler takes its intervals from the clock: set back, it waits as long as the step; set ahead, it lists every
second in between. So it only gets jobs that are due at once, and time.monotonic says when.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import UTC, datetime

TICK = 1.0  # seconds
LAST = 8.0  # seconds for a tick that is under way when told to stop
ALWAYS_DUE = datetime(1970, 1, 1, tzinfo=UTC)


def tick_until(stop: threading.Event, tick: Callable[[], None], watch: Callable[[], None] = lambda: None) -> None:
    """Run `tick` once a second, on a thread of the scheduler, until `stop` is set; not while the last one runs.

    `watch` runs on this thread, as often.
    """
    from apscheduler.events import EVENT_JOB_REMOVED
    from apscheduler.schedulers.background import BackgroundScheduler

    running, taken = threading.Lock(), threading.Event()
    taken.set()

    def once() -> None:
        if not running.acquire(blocking=False):
            return
        try:
            tick()
        finally:
            running.release()

    scheduler = BackgroundScheduler(timezone="UTC", job_defaults={"misfire_grace_time": None, "max_instances": 3})
    scheduler.add_listener(lambda _: taken.set(), EVENT_JOB_REMOVED)
    scheduler.start()
    try:
        while not stop.is_set():
            if not running.locked():  # also where the last job was never begun
                taken.clear()
                scheduler.add_job(once, id="tick", replace_existing=True, next_run_time=ALWAYS_DUE)
            watch()
            stop.wait(TICK)  # by the monotonic clock
    finally:
        taken.wait(TICK)  # a scheduler that is stopped while it takes a job says that the job is unknown
        scheduler.shutdown(wait=False)
        running.acquire(timeout=LAST)  # what the tick uses is closed next
