"""Copies a ledger whole, and says what a file holds: is it a ledger, of which version, is it damaged."""

from __future__ import annotations

import contextlib
import os
import sqlite3
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from syndicate.errors import LedgerError
from syndicate.ledger import private_file, write_ahead
from syndicate.ledger.database import VERSION, from_micros
from syndicate.ledger.faults import damaged, explained
from syndicate.ledger.sqlite import BUSY_SECONDS
from syndicate.model.dataclass import dataclass

Missing = sqlite3.OperationalError
"""Raised in a `reading` by a statement about a table that is not there."""
TABLES = {"meta", "article", "alias", "delivery", "account"}
NEWER = "install the newer version again, or use another backup"


@dataclass(frozen=True, slots=True)
class Contents:
    """What a ledger holds. `clock` is the last time that a run stored in it."""

    schema: int
    articles: int
    posted: int
    clock: datetime | None


@contextlib.contextmanager
def reading(ledger: Path) -> Iterator[sqlite3.Connection]:
    """A connection that only reads, with what the log holds if that is the ledger's own. Raises LedgerError."""
    log = write_ahead.log_of(ledger)
    if not ledger.is_file():
        raise LedgerError(f"there is no ledger at {ledger}")
    own = log.exists() and log.stat().st_size and not write_ahead.is_foreign(ledger)
    uri = f"{ledger.absolute().as_uri()}?{'mode=ro' if own else 'mode=ro&immutable=1'}"
    try:
        with contextlib.closing(sqlite3.connect(uri, uri=True, timeout=BUSY_SECONDS)) as connection:
            yield connection
    except sqlite3.Error as fault:
        raise explained(ledger, fault) from fault


def contents(ledger: Path) -> Contents:
    """What the file holds. Raises LedgerError if it is no ledger, or one of a newer version."""
    with reading(ledger) as connection:
        tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        if not tables >= TABLES:
            raise LedgerError(f"{ledger} is a database, but no syndicate ledger")
        meta = dict(connection.execute("SELECT name, value FROM meta WHERE name IN ('schema_version', 'clock')"))
        schema = int(meta.get("schema_version", 0))
        if schema > VERSION:
            raise LedgerError(
                f"{ledger} was written by a newer syndicate (schema {schema}, this one knows {VERSION})", hint=NEWER
            )
        [articles] = connection.execute("SELECT count(*) FROM article").fetchone()
        [posted] = connection.execute("SELECT count(*) FROM delivery WHERE state = 'posted'").fetchone()
        if "shelf_count" in tables:
            shelved = "SELECT COALESCE(SUM(number), 0) FROM shelf_count WHERE what IN ('posted', 'deleted')"
            posted += connection.execute(shelved).fetchone()[0]
    return Contents(schema, articles, posted, from_micros(int(meta["clock"])) if "clock" in meta else None)


def damage(ledger: Path, *, whole: bool = True) -> list[str]:
    """What is damaged in the file, in SQLite's words. Unless `whole`, indexes are not compared with their tables."""
    with reading(ledger) as connection:
        found = connection.execute(f"PRAGMA {'integrity_check' if whole else 'quick_check'}(20)").fetchall()
    told = [str(row[0]) for row in found]
    return [] if told == ["ok"] else told


def write_copy(ledger: Path, target: Path) -> None:
    """Write a whole copy into a new file that only its owner can read, while others may write to the ledger.

    The copy is one file, without a log, that is on the disk and was looked through. Nothing is left if it fails.
    """
    os.close(private_file.create(target))
    try:
        _copy(ledger, target)
        _require_whole(ledger, target)
        _bring_to_disk(target)
    except BaseException:
        for end in ("", "-journal", "-wal", "-shm"):
            target.with_name(target.name + end).unlink(missing_ok=True)
        raise


def _require_whole(ledger: Path, copy: Path) -> None:
    found = damage(copy, whole=False)
    if found:
        raise damaged(ledger, found[0])


def _copy(ledger: Path, target: Path) -> None:
    # As any run has it: no other process moves the log away while it is read.
    uri = f"{ledger.absolute().as_uri()}?mode=rw"
    try:
        with (
            contextlib.closing(sqlite3.connect(uri, uri=True, timeout=BUSY_SECONDS)) as original,
            contextlib.closing(sqlite3.connect(target)) as copy,
        ):
            copy.execute("PRAGMA synchronous=OFF")  # it is brought to the disk later, once
            original.backup(copy)
            copy.execute("PRAGMA journal_mode=DELETE")
    except sqlite3.Error as fault:
        if getattr(fault, "sqlite_errorcode", 0) & 0xFF in (sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR):
            raise LedgerError(f"{target.parent} has no room for a copy: {fault}", hint="free some space") from fault
        raise explained(ledger, fault) from fault


def _bring_to_disk(file: Path) -> None:
    descriptor = os.open(file, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
