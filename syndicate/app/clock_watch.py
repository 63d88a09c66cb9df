"""Decides whether this machine's clock is right, by what servers say and by when the ledger was last used."""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection
from datetime import datetime, timedelta

from syndicate.net.server_time import ServerTimes, elapsed
from syndicate.ports import Clock, ClockDoubt

TOLERANCE = timedelta(minutes=10)
"""How far the clock may be from what a server says."""
FRESH = 600.0
"""Seconds for which what a server said is used."""
AGAIN = 30.0
"""Seconds between questions that are asked only to judge the clock."""
PATIENCE = 60.0
"""Seconds for which a daemon waits for a first answer; without any, the clock is believed."""
HINT = "set the clock of this machine right (timedatectl status); meanwhile nothing expires or is skipped for its date"


class ClockWatch:
    """Compares the clock with the servers that were just asked. Thread-safe.

    It is doubted if no server agrees with it: two at least, or one if there is only one. `ask` has one more
    server say what time it is, besides the given ones.
    """

    def __init__(self, clock: Clock, times: ServerTimes, ask: Callable[[Collection[str]], None]) -> None:
        self._clock = clock
        self._times = times
        self._ask = ask
        self._asked_at = -AGAIN
        self._mark: float | None = None
        self._patience = 0.0
        self._behind: str | None = None
        self._lock = threading.Lock()

    def doubt(self) -> ClockDoubt | None:
        """Why the clock is doubted; None if it is believed. May ask a server."""
        with self._lock:
            said = self._times.recent(FRESH)
            if said and not self._agrees(said) and elapsed() - self._asked_at >= AGAIN:
                self._asked_at = elapsed()
                self._ask(said.keys())
                said = self._times.recent(FRESH)
            return self._judged(said)

    def begin(self, patience: float) -> None:
        """A process begins, or nothing ran for long until now: a server has to be heard before the clock is believed.

        If nobody is asked, that is waited for so many seconds.
        """
        with self._lock:
            self._mark, self._patience = elapsed(), patience

    def confirmed(self) -> bool:
        """Whether a server that was just asked agrees with the clock."""
        said = self._times.recent(FRESH)
        return bool(said) and self._agrees(said)

    def behind(self, jump: timedelta) -> None:
        """The clock is behind the time at which the ledger was last used: it is wrong, or was wrong then."""
        with self._lock:
            self._behind = f"the clock of this machine is {span(jump)} behind the last run"
            self._mark = elapsed()

    def unheard(self) -> bool:
        """Whether nobody answered since the stop, though somebody was asked, or will be soon."""
        if self._mark is None or self._times.heard_since(self._mark):
            return False
        return self._times.asked_since(self._mark) or elapsed() - self._mark < self._patience

    def _agrees(self, said: dict[str, datetime]) -> bool:
        now = self._clock()
        return any(abs(moment - now) <= TOLERANCE for moment in said.values())

    def _judged(self, said: dict[str, datetime]) -> ClockDoubt | None:
        if said and self._agrees(said):
            self._mark = self._behind = None
            return None
        if said:
            now, servers = self._clock(), sorted(said.values())[len(said) // 2]
            names = " and ".join(sorted(said)[:2])
            way = "ahead of" if now > servers else "behind"
            return ClockDoubt(f"the clock of this machine is {span(abs(now - servers))} {way} that of {names}", servers)
        if self._behind is not None:
            return ClockDoubt(self._behind)
        return ClockDoubt("") if self.unheard() else None


def span(length: timedelta) -> str:
    """A length of time in words, for a message."""
    minutes = round(length.total_seconds() / 60)
    if minutes < 1:
        return f"{length.total_seconds():.0f} s"
    if minutes < 120:
        return f"{minutes} min"
    return f"{minutes // 60} h" if minutes < 48 * 60 else f"{minutes // 1440} days"
