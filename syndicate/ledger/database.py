"""SQLite: plain SQL with `:name` parameters, short transactions, errors with a cure."""

from __future__ import annotations

import contextlib
import sqlite3
import threading
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, overload

from syndicate.errors import LedgerError
from syndicate.ledger import write_ahead
from syndicate.ledger.faults import explained
from syndicate.ledger.log_watch import LogWatch

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
MIGRATIONS = Path(__file__).parent / "migrations"
VERSION = 12
BUSY_SECONDS = 30.0
CACHE_KB = 400

_LEFT_OPEN: list[sqlite3.Connection] = []
"""Connections that end with the process: their log is no longer the one beside the ledger."""

Row = dict[str, Any]


@overload
def micros(moment: datetime) -> int: ...
@overload
def micros(moment: datetime | None) -> int | None: ...
def micros(moment: datetime | None) -> int | None:
    """An instant as the ledger stores it: microseconds since 1970."""
    return None if moment is None else (moment - EPOCH) // MICROSECOND


def from_micros(value: int | None) -> datetime | None:
    """The reverse of `micros`."""
    return None if value is None else EPOCH + value * MICROSECOND


class Database:
    """One SQLite file, a connection for each living thread: WAL, every commit on disk before it returns.

    `busy` is how many seconds to wait for another writer. `durable` is False only for copies that are
    thrown away.
    """

    def __init__(self, path: Path, *, busy: float = BUSY_SECONDS, durable: bool = True) -> None:
        self.path = path
        self._busy = busy
        self._durable = durable
        self._chained = False
        self._local = threading.local()
        self._all: dict[threading.Thread, sqlite3.Connection] = {}
        self._guard = threading.Lock()
        self._file: tuple[int, int] | None = None
        self._watch = LogWatch(path, self.checkpoint)
        before = _identity(path)
        self._migrate()
        self._file = before or _identity(path)
        self.check()  # another file may have been put there while it was opened

    def rows(self, sql: str, **values: Any) -> list[Row]:
        """Run one statement and return its rows."""
        with self.transaction() if " RETURNING " in sql else contextlib.nullcontext(), self._translated():
            cursor = self._connection().execute(sql, values)
            names = [column[0] for column in cursor.description or ()]
            return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]

    def row(self, sql: str, **values: Any) -> Row | None:
        """The first row, if there is one."""
        found = self.rows(sql, **values)
        return found[0] if found else None

    def change(self, sql: str, **values: Any) -> int:
        """Run one statement and return how many rows it touched."""
        with self.transaction(), self._translated():
            return self._connection().execute(sql, values).rowcount

    def change_many(self, sql: str, rows: Sequence[Row]) -> None:
        """Run one statement for each of many rows."""
        with self.transaction(), self._translated():
            self._connection().executemany(sql, rows)

    @contextlib.contextmanager
    def transaction(self) -> Iterator[None]:
        """One transaction (BEGIN IMMEDIATE), without other writers. Inside another one on this thread: part of that."""
        connection = self._connection()
        if connection.in_transaction:
            yield
            return
        self._watch.check()
        with self._translated():
            connection.execute("BEGIN IMMEDIATE")
        before = connection.total_changes
        try:
            yield
            with self._translated():
                if connection.total_changes != before:
                    self._stamp()
                connection.execute("COMMIT")
        except BaseException:
            # A full disk may have ended the transaction already.
            with contextlib.suppress(sqlite3.Error):
                connection.execute("ROLLBACK")
            raise

    def check(self) -> None:
        """Raise LedgerError if the file was removed or replaced since it was opened."""
        found = _identity(self.path)
        if found != self._file:
            raise LedgerError(
                f"{self.path} is {'another file than when it was opened' if found else 'gone'}",
                hint="stop this, put the file back from your backup if need be, and start again",
            )

    def check_log(self) -> None:
        """Raise LedgerError if the write-ahead log was removed, replaced or cut, or the file overwritten, in use."""
        self._watch.check_file()

    def damage(self, *, whole: bool = True) -> list[str]:
        """What is damaged in the file, in SQLite's words. Unless `whole`, indexes are not compared with tables."""
        found = self.rows(f"PRAGMA {'integrity_check' if whole else 'quick_check'}(20)")
        told = [str(next(iter(row.values()))) for row in found]
        return [] if told == ["ok"] else told

    def checkpoint(self) -> None:
        """Move what the write-ahead log holds into the file itself, as far as nobody reads it: a copy of the file
        alone is then up to date.
        """
        self.rows("PRAGMA wal_checkpoint(PASSIVE)")

    def give_back(self, pages: int) -> None:
        """Give some free pages at the end of the file back to the disk."""
        with self.transaction(), self._translated():
            for _ in range(pages):  # Python takes but one step of this statement, and each step frees one page
                self._connection().execute("PRAGMA incremental_vacuum")
            self._stamp()

    def rewrite(self) -> None:
        """Write the whole file anew, without free pages, so that it can give some back from then on. Others wait."""
        with self.transaction(), self._translated():
            self._stamp()
        with self._translated():
            self._connection().execute("PRAGMA auto_vacuum=INCREMENTAL")
            self._connection().execute("VACUUM")
        with self.transaction(), self._translated():
            self._stamp()
        self.checkpoint()

    def _stamp(self) -> None:
        if self._chained:
            write_ahead.stamp(self._connection())

    def widen(self, cache_kb: int) -> None:
        """Give this thread a larger page cache, for writing many rows all over the file. `cache_kb` is in KiB."""
        self.rows(f"PRAGMA cache_size=-{cache_kb}")

    def copy_to(self, target: Path) -> None:
        """Write a consistent copy to `target`, while others may write."""
        with self._translated(), contextlib.closing(sqlite3.connect(target)) as other:
            self._connection().backup(other)

    def close(self) -> None:
        """Close every thread's connection; none may be in use."""
        with self._guard:
            if self._watch.lost:  # closing the last one would move its log over what others have written since
                _LEFT_OPEN.extend(self._all.values())
            else:
                for connection in self._all.values():
                    connection.close()
            self._all.clear()
        self._local = threading.local()

    def _connection(self) -> sqlite3.Connection:
        found: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if found is None:
            with self._translated():
                found = self._open()
            self._local.connection = found
            with self._guard:
                if not self._all:
                    self._watch.begin()
                for thread in [thread for thread in self._all if not thread.is_alive()]:
                    self._all.pop(thread).close()
                self._all[threading.current_thread()] = found
        return found

    def _open(self) -> sqlite3.Connection:
        mode = "rwc" if self._file is None else "rw"  # never create an empty database where the file was removed
        connection = sqlite3.connect(
            f"{self.path.absolute().as_uri()}?mode={mode}",
            uri=True,
            timeout=self._busy,
            isolation_level=None,
            check_same_thread=False,
            cached_statements=256,
        )
        try:
            if not self.path.stat().st_size:
                connection.execute("PRAGMA auto_vacuum=INCREMENTAL")  # so that `prune` can make the file smaller
            connection.execute("PRAGMA journal_mode=WAL")
            connection.execute(f"PRAGMA synchronous={'FULL' if self._durable else 'OFF'}")
            connection.execute("PRAGMA foreign_keys=ON")
            connection.execute(f"PRAGMA cache_size=-{CACHE_KB}")  # for each thread: many of them may be at work
            connection.execute("SELECT 1 FROM sqlite_master")  # makes the log, if there is none yet
        except sqlite3.Error:
            connection.close()
            raise
        return connection

    def _version(self) -> int:
        if not self._has("meta"):
            return 0
        found = self.row("SELECT value FROM meta WHERE name = 'schema_version'")
        return int(found["value"]) if found else 0

    def _has(self, table: str) -> bool:
        return bool(self.rows("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = :table", table=table))

    def _migrate(self) -> None:
        version = self._version()
        if version == VERSION:
            self._chained = self._durable and self._has("chain")
            return
        if version > VERSION:
            raise LedgerError(
                f"{self.path} was written by a newer syndicate (schema {version}, this one knows {VERSION})",
                hint="install the newer version again",
            )
        with self.transaction():
            self.change("CREATE TABLE IF NOT EXISTS meta (name TEXT PRIMARY KEY, value TEXT NOT NULL)")
            for number in range(self._version() + 1, VERSION + 1):
                self._run((MIGRATIONS / f"{number:03}.sql").read_text(encoding="utf-8"))
            self.change(
                "INSERT INTO meta (name, value) VALUES ('schema_version', :version)"
                " ON CONFLICT (name) DO UPDATE SET value = :version",
                version=str(VERSION),
            )
            self._chained = self._durable and self._has("chain")

    def _run(self, script: str) -> None:
        """Run a script statement by statement: `executescript` would commit the transaction first."""
        statement = ""
        for line in script.splitlines(keepends=True):
            statement += line
            if sqlite3.complete_statement(statement):
                self.change(statement)
                statement = ""

    @contextlib.contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as fault:
            raise explained(self.path, fault, was_ledger=self._file is not None) from fault


def _identity(path: Path) -> tuple[int, int] | None:
    """Device and inode of the file at a path; None if there is none."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


def copy_ledger(source: Path, target: Path) -> None:
    """Copy a ledger for a rehearsal. Writes nothing next to the original, not even SQLite's own files."""
    log = write_ahead.log_of(source)
    own = log.exists() and log.stat().st_size and not write_ahead.is_foreign(source)
    mode = "mode=ro" if own else "immutable=1"
    try:
        with (
            contextlib.closing(sqlite3.connect(f"{source.absolute().as_uri()}?{mode}", uri=True)) as original,
            contextlib.closing(sqlite3.connect(target)) as copy,
        ):
            original.backup(copy)
    except sqlite3.Error as fault:
        raise explained(source, fault) from fault
