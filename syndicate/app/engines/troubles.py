"""What is wrong with the daemon itself: logged once a minute, said by /healthz, and alerted without the ledger."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any, Literal, TypeAlias

from syndicate.model.dataclass import dataclass
from syndicate.net.server_time import elapsed
from syndicate.ports import EventLog

Kind: TypeAlias = Literal["ledger", "daemon"]
MINUTE = 60.0  # seconds between two equal lines
LASTS = 5.0  # seconds after which a trouble is alerted
_REPEATED = ("failed", "refused")


@dataclass
class _Trouble:
    kind: Kind
    words: str
    since: float
    alerted: bool = False


class Troubles:
    """The troubles of now, by name. `alarm` gets each that lasts, and its end, once. Thread-safe.

    Those of the ledger are one to whoever is alerted, however many sources and accounts meet it.
    """

    def __init__(self, alarm: Callable[[Kind, str], None], elapsed: Callable[[], float] = elapsed) -> None:
        self._alarm = alarm
        self._elapsed = elapsed
        self._now: dict[str, _Trouble] = {}
        self._guard = threading.Lock()

    def found(self, name: str, words: str, kind: Kind = "daemon") -> None:
        """Something is wrong, again or still."""
        with self._guard:
            self._now.setdefault(name, _Trouble(kind, words, self._elapsed())).words = words
        self.look()

    def look(self) -> None:
        """Alert what has lasted; called now and then, since not all that is wrong is found again soon."""
        with self._guard:
            lasting = []
            for trouble in self._now.values():
                if not trouble.alerted and self._elapsed() - trouble.since >= LASTS:
                    lasting += [] if self._is_told(trouble) else [trouble]
                    trouble.alerted = True
        for trouble in lasting:
            self._alarm(trouble.kind, trouble.words)

    def over(self, name: str) -> None:
        """It is right again."""
        with self._guard:
            known = self._now.pop(name, None)
            ends = known is not None and known.alerted and not self._is_told(known)
        if known is not None and ends:
            self._alarm(known.kind, f"over: {known.words}")

    def names(self) -> set[str]:
        """The names of the troubles of now."""
        with self._guard:
            return set(self._now)

    def _is_told(self, trouble: _Trouble) -> bool:
        """Whether the ledger's trouble is alerted already, as met by others."""
        return trouble.kind == "ledger" and any(each.alerted for each in self._now.values() if each.kind == "ledger")

    def reason(self) -> str | None:
        """The first of the troubles, in words; None if all is well."""
        with self._guard:
            return next((trouble.words for trouble in self._now.values()), None)


def seldom(say: EventLog, elapsed: Callable[[], float] = elapsed) -> EventLog:
    """An event log that writes the same failure or bug once a minute at most, and then how often it came."""
    last: dict[str, tuple[float, int]] = {}
    guard = threading.Lock()

    def write(event: str, **fields: Any) -> None:
        if event != "bug" and not event.endswith(_REPEATED):
            say(event, **fields)
            return
        key, now = f"{event} {sorted(fields.items())}", elapsed()
        with guard:
            for old in [name for name, (at, _) in last.items() if now - at > 10 * MINUTE]:
                del last[old]
            at, count = last.get(key, (-MINUTE, 0))
            if now - at < MINUTE:
                last[key] = at, count + 1
                return
            last[key] = now, 0
        say(event, **fields, repeated=count or None)

    return write
