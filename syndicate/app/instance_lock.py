"""Finds out whether another daemon uses the same ledger. Two do no harm, but are rarely intended."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path


def running(ledger: Path) -> str | None:
    """The process that runs a daemon on this ledger; None if none does."""
    import fcntl

    try:
        descriptor = os.open(ledger.with_name(f"{ledger.name}.daemon"), os.O_RDONLY | os.O_CLOEXEC)
    except OSError:  # no daemon ever ran here
        return None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except OSError:
        return os.pread(descriptor, 100, 0).decode("utf-8", "replace").strip() or "another process"
    finally:
        os.close(descriptor)
    return None


@contextlib.contextmanager
def claim_instance(ledger: Path) -> Iterator[str | None]:
    """Take the daemon's lock for this ledger; gives the process that has it already, None if there is none.

    It is an advisory lock on a file next to the ledger, which ends with the process, however that ends.
    """
    import fcntl

    path = ledger.with_name(f"{ledger.name}.daemon")
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    except OSError:  # a read-only folder: opening the ledger reports it
        yield None
        return
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            yield os.pread(descriptor, 100, 0).decode("utf-8", "replace").strip() or "another process"
            return
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, f"process {os.getpid()}\n".encode(), 0)
        yield None
    finally:
        os.close(descriptor)
