"""Remembers what time servers say it is, by the `Date` of their answers."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit


def elapsed() -> float:
    """Seconds that no change of the clock touches; where the system tells, those of a sleeping machine count."""
    return time.clock_gettime(time.CLOCK_BOOTTIME) if hasattr(time, "CLOCK_BOOTTIME") else time.monotonic()


class ServerTimes:
    """The last `Date` of each server, and how long ago it was said. Thread-safe.

    So the present time by a server is known for a while, whatever becomes of this machine's clock.
    """

    def __init__(self, elapsed: Callable[[], float] = elapsed) -> None:
        self._elapsed = elapsed
        self._said: dict[str, tuple[datetime, float]] = {}
        self._asked_at: float | None = None

    def asked(self) -> None:
        """A request is sent."""
        self._asked_at = self._elapsed()

    def heard(self, url: str, headers: Mapping[str, str]) -> None:
        """An answer came. Header names are lower case."""
        moment = stated(headers)
        if moment is not None:
            self._said[server(url)] = moment, self._elapsed()

    def recent(self, seconds: float) -> dict[str, datetime]:
        """The present time by each server that said it in the last `seconds`."""
        now = self._elapsed()
        said = list(self._said.items())
        return {name: moment + timedelta(seconds=now - at) for name, (moment, at) in said if now - at <= seconds}

    def heard_since(self, mark: float) -> bool:
        """Whether any server said what time it is since `elapsed()` was `mark`."""
        return any(at >= mark for _, at in list(self._said.values()))

    def asked_since(self, mark: float) -> bool:
        """Whether any server was asked for anything since `elapsed()` was `mark`."""
        return self._asked_at is not None and self._asked_at >= mark


def stated(headers: Mapping[str, str]) -> datetime | None:
    """When an answer was sent: its `Date`, and its `Age` if a cache kept it (RFC 9111 §5.1); else None."""
    try:
        moment = parsedate_to_datetime(headers.get("date", ""))
    except ValueError:
        return None
    age = headers.get("age", "").strip()
    kept = int(age) if age.isdecimal() and len(age) < 10 else 0
    try:
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)) + timedelta(seconds=kept)
    except OverflowError:
        return None


def server(url: str) -> str:
    """The host and port of an address, without a login."""
    return urlsplit(url).netloc.rpartition("@")[2].lower()
