"""The ledger as an SQLite file: short transactions, one writer at a time, errors with a cure."""

from __future__ import annotations

import contextlib
import sqlite3
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from syndicate.errors import LedgerError
from syndicate.ledger import database, private_file, write_ahead
from syndicate.ledger.database import Row
from syndicate.ledger.faults import explained
from syndicate.ledger.log_watch import LogWatch

BUSY_SECONDS = 30.0
CACHE_KB = 400
LOG_PAGES = 250
"""After so many pages (a megabyte) the log is moved into the file, and written over from its start: a commit waits for
the disk for a fifth less than where the log grows, which it else does up to 4 MB.
"""

CLOSING_SECONDS = 2.0
"""How long `close` waits for each thread that is using its connection."""


class _Own:
    """A thread's connection. While its lock is held no other thread closes it, which would end the process."""

    def __init__(self) -> None:
        self.connection: sqlite3.Connection | None = None
        self.lock = threading.RLock()

    def close(self, *, leave: bool = False) -> None:
        """Close the connection, or `leave` it to the end of the process."""
        if self.connection is not None:
            if leave:
                _LEFT_OPEN.append(self.connection)
            else:
                self.connection.close()
            self.connection = None


_LEFT_OPEN: list[sqlite3.Connection] = []
"""Connections that end with the process: their log is no longer the one beside the ledger."""


class SqliteDatabase:
    """One SQLite file, a connection for each living thread: WAL, every commit on disk before it returns.

    `busy` is how many seconds to wait for another writer. `durable` is False only for copies that are
    thrown away.
    """

    packs = True

    def __init__(self, path: Path, *, busy: float = BUSY_SECONDS, durable: bool = True) -> None:
        self.path = path
        self.name = str(path)
        self._busy = busy
        self._durable = durable
        self._chained = False
        self._guarded = False
        self._unsynced = False
        self._local = threading.local()
        self._all: dict[threading.Thread, _Own] = {}
        self._guard = threading.Lock()
        self._file: tuple[int, int] | None = None
        self._watch = LogWatch(path, self.checkpoint)
        before = _identity(path)
        self._migrate()
        self._file = before or _identity(path)
        self.check()  # another file may have been put there while it was opened

    def rows(self, sql: str, **values: Any) -> list[Row]:
        """Run one statement and return its rows."""
        if " RETURNING " in sql:
            with self.transaction():
                return self._rows(sql, values)
        return self._rows(sql, values)

    def _rows(self, sql: str, values: Row) -> list[Row]:
        own = self._own()
        try:
            with own.lock:
                cursor = (own.connection or self._connection()).execute(sql, values)
                found = cursor.fetchall()
        except sqlite3.Error as fault:
            raise self._explained(fault) from fault
        if not found:
            return []
        names = [column[0] for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in found]

    def row(self, sql: str, **values: Any) -> Row | None:
        """The first row, if there is one."""
        found = self.rows(sql, **values)
        return found[0] if found else None

    def change(self, sql: str, **values: Any) -> int:
        """Run one statement and return how many rows it touched."""
        own = self._own()
        with own.lock:
            connection = own.connection or self._connection()
            if not connection.in_transaction:
                with self.transaction():
                    return self.change(sql, **values)
            try:
                return connection.execute(sql, values).rowcount
            except sqlite3.Error as fault:
                raise self._explained(fault) from fault

    def note(self, sql: str, **values: Any) -> None:
        """As `change`, of which nobody asks anything."""
        self.change(sql, **values)

    def change_many(self, sql: str, rows: Sequence[Row]) -> None:
        """Run one statement for each of many rows."""
        with self.transaction(), self._translated():
            self._connection().executemany(sql, rows)

    def transaction(self) -> contextlib.AbstractContextManager[Any]:
        """One transaction (BEGIN IMMEDIATE), without other writers. Inside another one on this thread: part of that."""
        own = self._own()
        with own.lock:
            inside = own.connection is not None and own.connection.in_transaction
        return own.lock if inside else self._begun(own)

    @contextlib.contextmanager
    def _begun(self, own: _Own) -> Iterator[None]:
        with own.lock:
            connection = self._connection()
            self._watch.check()
            with self._translated():
                connection.execute("BEGIN IMMEDIATE")
            before, unsynced = connection.total_changes, self._unsynced
            try:
                if self._guarded:
                    self._require_known(connection)
                yield
                with self._translated():
                    if connection.total_changes != before:
                        self._stamp()
                        # Others cannot write meanwhile, and a commit that waits brings what was before it to the disk.
                        self._unsynced = getattr(self._local, "relaxed", False)
                    connection.execute("COMMIT")
            except BaseException:
                self._unsynced |= unsynced
                # A full disk may have ended the transaction already.
                with contextlib.suppress(sqlite3.Error):
                    connection.execute("ROLLBACK")
                raise

    @contextlib.contextmanager
    def snapshot(self) -> Iterator[None]:
        """Meanwhile, this thread reads everything as it is now, and nobody waits for it."""
        with self._translated():
            self._connection().execute("BEGIN")
            try:
                yield
            finally:
                self._connection().execute("ROLLBACK")

    def stream(self, sql: str, most: int) -> Iterator[list[Row]]:
        """The rows of one statement, at most so many at a time; within `snapshot`."""
        with self._translated():
            cursor = self._connection().execute(sql)
            names = [column[0] for column in cursor.description]
            while page := cursor.fetchmany(most):
                yield [dict(zip(names, row, strict=True)) for row in page]

    def columns(self, table: str) -> set[str]:
        """The names of a table's columns."""
        return {each["name"] for each in self.rows(f"PRAGMA table_info({table})")}

    def defer_references(self) -> None:
        """Let rows that others refer to be missing until the end of this transaction."""
        self.change("PRAGMA defer_foreign_keys = ON")

    def others(self) -> int:
        """A number that is another one as soon as any other thread or process has changed something."""
        with self._translated():
            found: int = self._connection().execute("PRAGMA data_version").fetchone()[0]
        return found

    def changed_here(self) -> int:
        """How many rows this thread has changed so far."""
        return self._connection().total_changes

    @contextlib.contextmanager
    def relaxed(self) -> Iterator[None]:
        """Meanwhile, commits of this thread do not wait for the disk: what they write is there after the next commit of
        another thread, or `sync`. For what is learned again if the power fails, before anything is sent because of it.
        """
        own = self._own()
        with self._translated():
            self._connection().execute("PRAGMA synchronous=NORMAL")
        self._local.relaxed = True
        try:
            yield
        finally:
            self._local.relaxed = False
            with self._translated():
                if own.connection is not None:  # else it was closed meanwhile
                    own.connection.execute(f"PRAGMA synchronous={self._synchronous}")

    def sync(self) -> None:
        """Bring to the disk what was committed `relaxed`, if anything was."""
        if self._unsynced:
            self._unsynced = False
            with self.transaction(), self._translated():
                self._touch()

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

    def size(self) -> int:
        """How many bytes the file and its log have."""
        files = (self.path, write_ahead.log_of(self.path))
        return sum(file.stat().st_size for file in files if file.exists())

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
            self._touch()

    def rewrite(self) -> None:
        """Write the whole file anew, without free pages, so that it can give some back from then on. Others wait."""
        with self.transaction(), self._translated():
            self._touch()
        with self._translated():
            self._connection().execute("PRAGMA auto_vacuum=INCREMENTAL")
            self._connection().execute("VACUUM")
        with self.transaction(), self._translated():
            self._touch()
        self.checkpoint()

    def _stamp(self) -> None:
        if self._chained:
            write_ahead.stamp(self._connection())

    def _touch(self) -> None:
        """Have the transaction under way get its stamp, though it changed no row. Not a stamp itself: of two in one
        transaction the first is nowhere, and a log that begins with it would be another ledger's.
        """
        if self._chained:
            write_ahead.touch(self._connection())

    def widen(self, cache_kb: int) -> None:
        """Give this thread a larger page cache, for writing many rows all over the file. `cache_kb` is in KiB."""
        self.rows(f"PRAGMA cache_size=-{cache_kb}")

    def copy_to(self, target: Path) -> None:
        """Write a consistent copy to `target`, while others may write."""
        private_file.require(target)
        with self._translated(), contextlib.closing(sqlite3.connect(target)) as other:
            self._connection().backup(other)

    def close(self) -> None:
        """Close every thread's connection. One that is in use for longer than CLOSING_SECONDS stays open."""
        with self._guard:
            for own in self._all.values():
                if own.lock.acquire(timeout=CLOSING_SECONDS):
                    # With its log lost, closing the last one would move it over what others have written since.
                    own.close(leave=self._watch.lost is not None)
                    own.lock.release()
            self._all.clear()

    def _own(self) -> _Own:
        """This thread's connection, and its lock."""
        found: _Own | None = getattr(self._local, "own", None)
        if found is None:
            found = self._local.own = _Own()
        return found

    def _connection(self) -> sqlite3.Connection:
        own = self._own()
        if own.connection is None:
            with self._translated():
                own.connection = self._open()
            with self._guard:
                if not self._all:
                    self._watch.begin()
                for thread in [thread for thread in self._all if not thread.is_alive()]:
                    self._all.pop(thread).close()
                self._all[threading.current_thread()] = own
        return own.connection

    @property
    def _synchronous(self) -> str:
        return "FULL" if self._durable else "OFF"

    def _open(self) -> sqlite3.Connection:
        mode = "rwc" if self._file is None else "rw"  # never create an empty database where the file was removed
        if self._file is None:  # SQLite gives its log the same mode
            with contextlib.suppress(OSError):  # SQLite says what is wrong
                private_file.require(self.path)
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
            connection.execute(f"PRAGMA synchronous={self._synchronous}")
            connection.execute(f"PRAGMA wal_autocheckpoint={LOG_PAGES}")
            connection.execute("PRAGMA foreign_keys=ON")
            connection.execute(f"PRAGMA cache_size=-{CACHE_KB}")  # for each thread: many of them may be at work
            connection.execute("SELECT 1 FROM sqlite_master")  # makes the log, if there is none yet
        except sqlite3.Error:
            connection.close()
            raise
        return connection

    def _require_known(self, connection: sqlite3.Connection) -> None:
        """Raise NewerLedger where a newer version has changed the tables since this opened them."""
        with self._translated():
            found = connection.execute("SELECT value FROM meta WHERE name = 'schema_oldest'").fetchone()
        if found is not None and int(found[0]) > database.VERSION:
            raise database.newer(self.name, int(found[0]))

    def _version(self) -> int:
        return database.schema_of(self) if self._has("meta") else 0

    def _has(self, table: str) -> bool:
        return bool(self.rows("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = :table", table=table))

    def _migrate(self) -> None:
        version = self._version()
        if version > database.VERSION:
            database.require_known(self)
        if version < database.VERSION:
            with self.transaction():
                database.migrate(self, self._run)
        self._chained = self._durable and self._has("chain")
        self._guarded = self._durable

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
            with self._own().lock:
                yield
        except sqlite3.Error as fault:
            raise self._explained(fault) from fault

    def _explained(self, fault: sqlite3.Error) -> LedgerError:
        return explained(self.path, fault, was_ledger=self._file is not None)


def whole_schema() -> str:
    """The script of a new ledger, which is what all migrations in turn would make; `docs/generate.py` writes it."""
    with contextlib.closing(sqlite3.connect(":memory:")) as made:
        made.execute("CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL)")
        for number in range(1, database.VERSION + 1):
            made.executescript((database.MIGRATIONS / f"{number:03}.sql").read_text(encoding="utf-8"))
        return "".join(f"{line}\n" for line in dumped(made))


def dumped(connection: sqlite3.Connection) -> Iterator[str]:
    """The statements that make a database's tables, in the order in which they were made, and their rows."""
    made = "SELECT sql || ';' FROM sqlite_master WHERE sql IS NOT NULL AND tbl_name != 'meta' ORDER BY rowid"
    yield from (row[0] for row in connection.execute(made))
    yield from (line for line in connection.iterdump() if line.startswith("INSERT INTO"))


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
    mode = "mode=ro" if own else "mode=ro&immutable=1"
    try:
        with (
            contextlib.closing(sqlite3.connect(f"{source.absolute().as_uri()}?{mode}", uri=True)) as original,
            contextlib.closing(sqlite3.connect(target)) as copy,
        ):
            original.backup(copy)
    except sqlite3.Error as fault:
        raise explained(source, fault) from fault
