"""Time in tests: how long one waits before it calls something hung, and how much work something may be.

No test passes or fails by how quick this machine is at the moment.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator

PATIENCE = 300.0
"""Seconds. It only ends a test that hangs: on a busy machine everything still happens long before."""


def wait_for(condition: Callable[[], object], seconds: float = PATIENCE) -> bool:
    """Until it holds; False where it never did."""
    deadline = time.monotonic() + seconds
    while not _holds(condition):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def _holds(condition: Callable[[], object]) -> bool:
    """Whether it holds now. What a server's thread fills while it is being read is asked once more."""
    try:
        return bool(condition())
    except RuntimeError as error:
        if "changed size during iteration" not in str(error):
            raise
        return False


@contextlib.contextmanager
def little_work(seconds: float) -> Iterator[None]:
    """At most so much CPU time of this thread, which other processes cannot take from it."""
    began = time.thread_time()
    yield
    spent = time.thread_time() - began
    assert spent < seconds, f"{spent:.1f} s of CPU time"
