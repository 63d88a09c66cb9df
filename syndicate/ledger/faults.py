"""Says what is wrong with the ledger's file: SQLite's errors in our words, each with the cure where one is known."""

from __future__ import annotations

import contextlib
import errno
import os
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from syndicate.errors import LedgerError
from syndicate.ledger.file_locks import SET, lock

PUT_BACK = "syndicate db check says more; put back a backup with syndicate db restore FILE, or salvage it with .recover"
_FAULTS = (
    (("locked", "busy"), "is locked by another program", "let it finish, then run this again"),
    (("readonly", "read-only"), "cannot be written (read-only)", "check the owner and mode of file and folder"),
    (("disk is full", "disk I/O"), "cannot be written: {}", "free some space; nothing is lost"),
    (("unable to open",), "cannot be opened", "check that its folder exists and may be written"),
    (("not a database",), "is not a syndicate ledger: {}", "check `database` in the config"),
    (("malformed",), "is damaged: {}", PUT_BACK),
)
"""Parts of SQLite's messages, each with what is wrong in our words, and the cure."""
LOCAL = "keep the ledger on a local disk, or mount this one with locks; without them nothing is sent"


def explained(path: Path, fault: sqlite3.Error, *, was_ledger: bool = False) -> LedgerError:
    """A LedgerError with the file's name, SQLite's message, and a cure where one is known.

    `was_ledger`: the file was a ledger when it was opened.
    """
    text = str(fault)
    code = getattr(fault, "sqlite_errorcode", None)
    if code == sqlite3.SQLITE_BUSY:
        unlocked = without_locks(path)
        if unlocked is not None:
            return unlocked
    if code == sqlite3.SQLITE_NOTADB and was_ledger:
        return damaged(path, text)
    for marks, told, cure in _FAULTS:
        if any(mark in text for mark in marks):
            return LedgerError(f"{path} {told.format(text)}", hint=cure)
    return LedgerError(f"{path}: {text}")


def damaged(path: Path | str, told: str) -> LedgerError:
    """A LedgerError for a ledger that is damaged, with the cure."""
    return LedgerError(f"{path} is damaged: {told}", hint=PUT_BACK)


def without_locks(path: Path) -> LedgerError | None:
    """A LedgerError if files beside this one cannot be locked, or if a lock keeps nobody out; None if all is well.

    SQLite reports the first as if another program had the lock, and cannot notice the second.
    """
    if SET is None:
        return None
    try:
        with _opened_twice(path.with_name(f".{path.name}.{os.getpid()}.locks")) as files:
            for file in files:
                lock(file)
    except BlockingIOError:
        return None
    except OSError as fault:
        if fault.errno not in (errno.ENOLCK, errno.ENOSYS, errno.EOPNOTSUPP):
            return None  # not to be found out in this way, or the ledger's own fault, which is told when it is opened
        return LedgerError(f"{path} cannot be locked: its disk has no file locks (NFS without lockd?)", hint=LOCAL)
    return LedgerError(f"{path} cannot be locked: file locks on its disk keep nobody out", hint=LOCAL)


@contextlib.contextmanager
def _opened_twice(path: Path) -> Iterator[tuple[IO[bytes], IO[bytes]]]:
    """A new file without a name, open in two ways."""
    with path.open("w+b") as one:
        try:
            other = path.open("r+b")
        finally:
            path.unlink()
        with other:
            yield one, other
