"""Says what is wrong with the ledger's file: SQLite's errors in our words, each with the cure where one is known."""

from __future__ import annotations

import errno
import fcntl
import sqlite3
import tempfile
from pathlib import Path

from syndicate.errors import LedgerError

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


def explained(path: Path, fault: sqlite3.Error, *, was_ledger: bool = False) -> LedgerError:
    """A LedgerError with the file's name, SQLite's message, and a cure where one is known.

    `was_ledger`: the file was a ledger when it was opened.
    """
    text = str(fault)
    code = getattr(fault, "sqlite_errorcode", None)
    if code == sqlite3.SQLITE_BUSY and _lockless(path.parent):
        return LedgerError(
            f"{path} cannot be locked: its disk has no file locks (NFS without lockd?)",
            hint="keep the ledger on a local disk, or mount this one with locks; without them nothing is sent",
        )
    if code == sqlite3.SQLITE_NOTADB and was_ledger:
        return damaged(path, text)
    for marks, told, cure in _FAULTS:
        if any(mark in text for mark in marks):
            return LedgerError(f"{path} {told.format(text)}", hint=cure)
    return LedgerError(f"{path}: {text}")


def damaged(path: Path, told: str) -> LedgerError:
    """A LedgerError for a ledger that is damaged, with the cure."""
    return LedgerError(f"{path} is damaged: {told}", hint=PUT_BACK)


def _lockless(folder: Path) -> bool:
    """Whether files in this folder cannot be locked: SQLite reports that as if another program had the lock."""
    try:
        with tempfile.TemporaryFile(dir=folder) as file:
            fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as fault:
        return fault.errno in (errno.ENOLCK, errno.ENOSYS, errno.EOPNOTSUPP)
    return False
