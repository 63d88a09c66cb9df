"""The heartbeat: fetches an address after each healthy run, so that a monitor elsewhere notices when none comes."""

from __future__ import annotations

import threading
from collections.abc import Iterable

from syndicate.errors import LedgerError, SyndicateError
from syndicate.ingestion.poll import Polled
from syndicate.ledger.sources import SourceHealth
from syndicate.model import Secret
from syndicate.ports import Http

PATIENCE = 5.0  # seconds for the whole request


class Beat:
    """One request for the heartbeat's address, on a thread of its own."""

    def __init__(self, url: Secret, door: Http) -> None:
        self._url, self._door = url, door
        self._fault: str | None = None
        self._thread = threading.Thread(target=self._run, name="heartbeat", daemon=True)
        self._thread.start()

    def fault(self) -> str | None:
        """What went wrong; waits for the answer, a little longer than it may take."""
        self._thread.join(PATIENCE + 1)
        return f"took longer than {PATIENCE:.0f} s" if self._thread.is_alive() else self._fault

    def _run(self) -> None:
        try:
            status = self._door.call("GET", self._url).status
        except SyndicateError as fault:
            self._fault = str(fault)
        except Exception as bug:  # noqa: BLE001 - a heartbeat may end nothing; its message could hold the address
            self._fault = type(bug).__name__
        else:
            self._fault = None if status < 400 else f"answered HTTP {status}"


def run_is_healthy(polled: Iterable[Polled], faults: Iterable[SyndicateError]) -> bool:
    """Whether a run read any source and could write its ledger; what waits for a person does not count."""
    return any(polled) and not any(isinstance(fault, LedgerError) for fault in faults)


def sources_are_healthy(sources: Iterable[SourceHealth]) -> bool:
    """Whether any source could be read the last time; also where nothing was asked yet."""
    states = list(sources)
    return not states or any(not state.fails for state in states)
