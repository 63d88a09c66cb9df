"""Gives a thread something to do while a server makes its answer: what would have to be done right after it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

_HERE = threading.local()


@contextmanager
def meanwhile(work: Callable[[], None]) -> Iterator[None]:
    """`work` is done once: when a request of this thread has left, or at the end, where none did.

    It raises nothing, or what is raised looks like a fault of that request. After a fault it may be left undone.
    """
    _HERE.work = work
    try:
        yield
        awaited()
    finally:
        _HERE.work = None


def awaited() -> None:
    """A request has left: do what is to be done meanwhile."""
    work = getattr(_HERE, "work", None)
    if work is not None:
        _HERE.work = None
        work()
