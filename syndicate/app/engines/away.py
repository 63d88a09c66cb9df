"""Waits for a ledger whose server is away, and goes on once it is there."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TypeVar

from syndicate.errors import LedgerAway

AGAIN = 2.0
"""Seconds between two tries."""

T = TypeVar("T")


def once_there(work: Callable[[], T], stop: threading.Event, told: Callable[[LedgerAway], None]) -> T | None:
    """What `work` gives, tried again for as long as the ledger's server is away; `told` gets each failure.

    None where `stop` was set first. `work` must do no harm when it is done in part and then again.
    """
    while not stop.is_set():
        try:
            return work()
        except LedgerAway as fault:
            told(fault)
            stop.wait(AGAIN)
    return None
