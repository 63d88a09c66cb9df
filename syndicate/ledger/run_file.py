"""The count of runs in a file beside the ledger: what tells that the ledger was put back from an older copy."""

from __future__ import annotations

import contextlib
import json
import os
import threading
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from syndicate.ledger.database import from_micros, micros

ENDING = ".runs"
SAME = 100_000_000  # nanoseconds: some file servers round the times that they keep

_FIXED = 1_000_000_000 * 1_000_000_000  # nanoseconds since 1970: the time of change that the file is given


@dataclass(frozen=True, slots=True)
class LastRun:
    """How far the last run had counted that this machine knows of, and when; `stamp` is of the file itself."""

    count: int
    at: datetime
    stamp: int


class RunFile:
    """The file `<ledger>.runs`: readable by its owner alone, replaced whole, so that it is never half written.

    `kept` False: it is only read, by a run on a private copy of the ledger.
    """

    def __init__(self, ledger: Path, *, kept: bool = True) -> None:
        self.path = ledger.with_name(ledger.name + ENDING)
        self._kept = kept
        self._guard = threading.Lock()

    def read(self) -> LastRun | None:
        """What it says; None where it is missing or says nothing."""
        try:
            said = json.loads(self.path.read_bytes())
            at, stamp = from_micros(int(said["at"])), self._stamp()
            return LastRun(int(said["count"]), at, stamp) if at is not None else None
        except (OSError, ValueError, TypeError, KeyError, OverflowError):
            return None

    def write(self, count: int, at: datetime) -> int | None:
        """Store a count, on the disk before this returns. The stamp of the new file, by which it is known again.

        None where a later count is there, or the file cannot be written: then the ledger counts more than it.
        """
        if not self._kept:
            return None
        with self._guard:
            known = self.read()
            if known is not None and known.count >= count:
                return None
            draft = self.path.with_name(f"{self.path.name}.{os.getpid()}")
            try:
                handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
                with os.fdopen(handle, "wb") as file:
                    file.write(json.dumps({"count": count, "at": micros(at)}).encode())
                    file.flush()
                    os.utime(handle, ns=(_FIXED, _FIXED))
                    os.fsync(handle)
                draft.replace(self.path)
                return self._stamp()
            except OSError:
                with contextlib.suppress(OSError):
                    draft.unlink()
                return None

    def tidy(self) -> None:
        """Remove what processes left that were killed while they wrote."""
        for draft in self.path.parent.glob(f"{self.path.name}.*") if self._kept else ():
            with contextlib.suppress(OSError, ValueError):
                if not _alive(int(draft.suffix[1:])):
                    draft.unlink()

    def _stamp(self) -> int:
        """When this very file was made: no copy of it has the same. Independent of what the clock is set to."""
        found = self.path.stat()
        return found.st_ctime_ns - found.st_mtime_ns


def _alive(number: int) -> bool:
    """Whether a process of this number runs."""
    try:
        os.kill(number, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True
