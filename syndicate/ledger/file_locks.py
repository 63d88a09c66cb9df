"""Locks of an open file, which the process keeps even where it opens and closes the same file elsewhere."""

from __future__ import annotations

import fcntl
import struct
from typing import IO

SET = getattr(fcntl, "F_OFD_SETLK", None)
_REGION = struct.Struct("hhqqi4x")  # struct flock: kind, from where, start, length, process


def lock(file: IO[bytes], start: int = 0, length: int = 0) -> None:
    """Lock these bytes for writing; a `length` of 0 is all. Raises BlockingIOError where anybody else has a lock.

    Two files that this process opened keep each other out, where the system has such locks.
    """
    if SET is None:
        fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB, length, start)
    else:
        fcntl.fcntl(file, SET, _REGION.pack(fcntl.F_WRLCK, 0, start, length, 0))
