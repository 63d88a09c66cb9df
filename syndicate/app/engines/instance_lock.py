"""Whether this is the only daemon on a ledger file. Two do no harm, and are rarely meant."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path


@contextlib.contextmanager
def claim_instance(ledger: Path) -> Iterator[str | None]:
    """Hold the daemon's place on this file; gives who holds it already, None if nobody does.

    An advisory lock on a file beside the ledger: it goes with the process, however that ends.
    """
    import fcntl

    path = ledger.with_name(f"{ledger.name}.daemon")
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError:  # a read-only folder: the ledger will say so itself
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
