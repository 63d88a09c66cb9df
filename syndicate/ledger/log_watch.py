"""Notices that the write-ahead log of an open ledger was removed, replaced or cut, before anything more is sent."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

from syndicate.errors import LedgerError
from syndicate.ledger import write_ahead

HINT = "stop all programs that use this ledger and start them again; until then nothing is sent"


class LogWatch:
    """Watches the log of one ledger from `begin` on. `lost` says what happened to it, None while it is as it was.

    `settle` is called to move the log into the ledger: once where the log was removed, and where it became shorter.
    """

    def __init__(self, ledger: Path, settle: Callable[[], None]) -> None:
        self.lost: str | None = None
        self._ledger = ledger
        self._log = write_ahead.log_of(ledger)
        self._settle = settle
        self._file: tuple[int, int] | None = None
        self._size = 0
        self._written = 0
        self._guard = threading.RLock()

    def begin(self) -> None:
        """Remember the log as it is now. To be called when the first connection has read from the ledger."""
        self._file, self._size = self._found() or (None, 0)
        self.lost = None

    def check(self) -> None:
        """Raise LedgerError if the log is not the one that this process writes to, or was cut. Cheap."""
        if self._file is None:
            return
        found = self._found()
        if self.lost is None and found is not None and found[0] == self._file and found[1] >= self._size:
            self._size = found[1]
            return
        with self._guard:
            self.lost = self.lost or self._judged(found)
        if self.lost is not None:
            raise LedgerError(f"{self._log} {self.lost}", hint=HINT)

    def check_file(self) -> None:
        """Raise LedgerError if the ledger itself was overwritten with another. Reads the log where anything changed."""
        self.check()
        written = self._ledger.stat().st_mtime_ns
        if written != self._written:
            self._written = written
            if self._file is not None and write_ahead.is_foreign(self._ledger):
                self.lost = "does not belong to the ledger, which was overwritten while it was in use"
                self.check()

    def _judged(self, found: tuple[tuple[int, int], int] | None) -> str | None:
        if found is None:
            self._settle()  # this process can still read it, and no other has begun another one
            return "was removed while it was in use; what it held was saved into the ledger"
        if found[0] != self._file:
            return "was replaced while it was in use"
        if not write_ahead.is_whole(self._log):
            return "was cut while it was in use"
        if not found[1]:  # another program may have emptied it, as it should be done
            try:
                self._settle()
            except LedgerError:
                return "was cut while it was in use"
        self._size = found[1]
        return None

    def _found(self) -> tuple[tuple[int, int], int] | None:
        try:
            found = self._log.stat()
        except OSError:
            return None
        return (found.st_dev, found.st_ino), found.st_size
