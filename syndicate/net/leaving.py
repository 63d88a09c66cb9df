"""Asks, right before a request that changes something leaves, whether it still may.

Whoever sends for a while only, as under a claim that another process takes over later, cannot know what an adapter
waits for before its request: a token is read from a ledger, and the ledger's server may have been cut off for a minute.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

_HERE = threading.local()


@contextmanager
def asking(check: Callable[[], None]) -> Iterator[None]:
    """Meanwhile, on this thread, no request but a read leaves before `check` was called; it raises where none may."""
    before = getattr(_HERE, "check", None)
    _HERE.check = check
    try:
        yield
    finally:
        _HERE.check = before


def ask() -> None:
    """Raise what the check raises, if one was set."""
    check = getattr(_HERE, "check", None)
    if check is not None:
        check()
