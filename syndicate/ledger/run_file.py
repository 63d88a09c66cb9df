"""The count of runs in a file beside the ledger: what tells that the ledger was put back from an older copy."""

from __future__ import annotations

import contextlib
import json
import os
import re
import threading
from datetime import datetime
from pathlib import Path
from time import monotonic

from syndicate.ledger import private_file
from syndicate.ledger.database import from_micros, micros
from syndicate.model.dataclass import dataclass
from syndicate.model.pattern import pattern

ENDING = ".runs"
SIZE = 80
"""Bytes of the file, most of them blank."""
READINGS = 3  # of a file that says nothing
SAME = 100_000_000  # nanoseconds: some file servers round the times that they keep
SOON = 1.0  # seconds in which counts may follow each other before one is brought to the disk

_FIXED = 1_000_000_000 * 1_000_000_000  # nanoseconds since 1970: the time of change that the file is given
_SAID = pattern(r'\{"count": (\d+), "at": \d+\} *\Z', re.ASCII)
_sync = getattr(os, "fdatasync", os.fsync)  # the length does not change, and the time need not be kept


@dataclass(frozen=True, slots=True)
class LastRun:
    """How far the last run had counted that this machine knows of, and when; `stamp` is of the file itself."""

    count: int
    at: datetime
    stamp: int


class RunFile:
    """The file `<ledger>.runs`: readable by its owner alone, of one length, so that it is never half written.

    Every count is in the file when `write` returns, whoever is killed then. It is on the disk, too, unless another one
    was brought there less than SOON before; then the next one after that is, or the last by `settle`. So a power cut
    may take the last counts of a burst, and the ledger counts more than its file, which it may at any time. That says
    nothing wrong, and hides only that the ledger was put back from a copy made after the last count on the disk.

    `kept` False: it is only read, by a run on a ledger that is only rehearsed with. `shared`: other machines count in
    the same ledger, on a server, so that a file that is missing, or counted less, says nothing.
    """

    def __init__(self, ledger: Path, *, kept: bool = True, shared: bool = False) -> None:
        self.shared = shared
        self.path = ledger.with_name(ledger.name + ENDING)
        self._kept = kept
        self._guard = threading.Lock()
        self._synced = -SOON  # when a count was last brought to the disk, by the counter of this machine
        self._unsynced = False

    def read(self) -> LastRun | None:
        """What it says; None where it is missing or says nothing."""
        for _ in range(READINGS):
            try:
                said = json.loads(self.path.read_bytes())
                at, stamp = from_micros(int(said["at"])), self._stamp()
                return LastRun(int(said["count"]), at, stamp) if at is not None else None
            except OSError:
                return None
            except (ValueError, TypeError, KeyError, OverflowError):  # another process may just be writing it
                continue
        return None

    def write(self, count: int, at: datetime) -> int | None:
        """Store a count. The stamp of the file as it is then, by which it is known again.

        None where a later count is there, or the file cannot be written: then the ledger counts more than it.
        """
        if not self._kept:
            return None
        told = b'{"count": %d, "at": %d}' % (count, micros(at))
        with self._guard:
            try:
                return self._overwritten(told.ljust(SIZE), count) or self._anew(told.ljust(SIZE), count)
            except OSError:
                return None

    def settle(self) -> None:
        """Bring the last count to the disk, if it is not there yet."""
        with self._guard, contextlib.suppress(OSError):
            if self._unsynced:
                handle = os.open(self.path, os.O_RDWR | os.O_NOFOLLOW | os.O_CLOEXEC)
                try:
                    self._sync(handle)
                finally:
                    os.close(handle)

    def _sync(self, handle: int) -> None:
        _sync(handle)
        self._synced, self._unsynced = monotonic(), False

    def _overwritten(self, told: bytes, count: int) -> int | None:
        """Write into the file itself, which is one block: a third of what it takes to make a new one. Its stamp; None
        where it is missing, of another length, or does not say an earlier count.
        """
        try:
            handle = os.open(self.path, os.O_RDWR | os.O_NOFOLLOW | os.O_CLOEXEC)
        except OSError:
            return None
        try:
            said = _SAID.match(os.pread(handle, SIZE + 1, 0).decode("latin-1"))
            if len(told) != SIZE or said is None or int(said[1]) >= count:
                return None
            os.pwrite(handle, told, 0)
            os.utime(handle, ns=(_FIXED, _FIXED))
            self._unsynced = True
            if monotonic() - self._synced >= SOON:
                self._sync(handle)
            return _stamp_of(os.fstat(handle))
        finally:
            os.close(handle)

    def _anew(self, told: bytes, count: int) -> int | None:
        """Write a new file, unless it says a later count. Its stamp."""
        known = self.read()
        if known is not None and known.count >= count:
            return None
        self._replaced(told)
        self._synced, self._unsynced = monotonic(), False
        return self._stamp()

    def _replaced(self, told: bytes) -> None:
        """Write a new file, and put it in place of the old one."""
        draft = self.path.with_name(f"{self.path.name}.{os.getpid()}")
        try:
            handle = private_file.create_anew(draft)
            with os.fdopen(handle, "wb") as file:
                file.write(told)
                file.flush()
                os.utime(handle, ns=(_FIXED, _FIXED))
                os.fsync(handle)
            draft.replace(self.path)
        except OSError:
            with contextlib.suppress(OSError):
                draft.unlink()
            raise

    def tidy(self) -> None:
        """Remove what processes left that were killed while they wrote."""
        for draft in self.path.parent.glob(f"{self.path.name}.*") if self._kept else ():
            with contextlib.suppress(OSError, ValueError, OverflowError):
                if not _alive(int(draft.suffix[1:])):
                    draft.unlink()

    def _stamp(self) -> int:
        """When this very file was made: no copy of it has the same. Independent of what the clock is set to."""
        return _stamp_of(self.path.stat())


def _stamp_of(found: os.stat_result) -> int:
    return found.st_ctime_ns - found.st_mtime_ns


def _alive(number: int) -> bool:
    """Whether a process of this number runs."""
    try:
        os.kill(number, 0)
    except ProcessLookupError:
        return False
    except OSError:
        pass  # it is somebody else's
    return True
