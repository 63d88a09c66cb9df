"""A ledger for a rehearsal: what is written stays apart, in a temporary database, and the file beneath is only read.

The tables that grow for ever are views: the rows of the file, without those that were changed or deleted here, and the
rows that are written here. Triggers take what is written to a view. The other tables are copied. Everything is one
transaction that is never committed, so that the file is seen as it was at one moment, whatever others write to it.
See docs/decisions/0024.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
import threading
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from syndicate.errors import LedgerError
from syndicate.ledger import write_ahead
from syndicate.ledger.database import VERSION, Row
from syndicate.ledger.overlay_schema import lay_out, plain, writes
from syndicate.ledger.sqlite import BUSY_SECONDS, SqliteDatabase, _identity

CACHE_KB = 8_000
READS = frozenset({sqlite3.SQLITE_READ, sqlite3.SQLITE_SELECT, sqlite3.SQLITE_FUNCTION, sqlite3.SQLITE_RECURSIVE})


class Overlay(SqliteDatabase):
    """A `Database` above a ledger file, which it never writes to. All threads share one connection. Raises LedgerError.

    `fits`: the file has the tables of this version; else nothing can be asked.
    """

    def __init__(self, path: Path) -> None:
        self.path, self.name = path, str(path)
        self._file = _identity(path)
        self._local = threading.local()
        self._shared = threading.RLock()
        self._depth = 0
        self._asked = 0
        self._frozen: tuple[int, int] | None = None
        with self._translated():
            self._one = sqlite3.connect(
                "file:", uri=True, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False
            )
            try:
                self.fits = self._begin()
            except BaseException:
                self._one.close()
                raise

    def others(self) -> int:
        """Another number each time: threads share the connection, which cannot tell what others have changed."""
        self._asked += 1
        return self._asked

    def changed_here(self) -> int:
        """How many rows were changed so far."""
        return self._one.total_changes

    def _begin(self) -> bool:
        self._one.execute("PRAGMA synchronous=OFF")
        self._one.execute(f"PRAGMA cache_size=-{CACHE_KB}")
        self._attach()
        self._one.execute("BEGIN")  # never committed
        if self._version_beneath() != VERSION:
            return False
        lay_out(self._one)
        self._one.set_authorizer(_only_reads_the_file)
        return True

    def _attach(self) -> None:
        """Attach the file so that nobody changes its pages under us, and nothing stays beside it that was not there."""
        log, index = write_ahead.log_of(self.path), self.path.with_name(self.path.name + "-shm")
        if not write_ahead.is_foreign(self.path):
            if log.exists() and (log.stat().st_size or index.exists()):
                self._attach_as("mode=ro")  # others have it open, or were killed
                return
            if os.access(self.path, os.W_OK) and os.access(self.path.parent, os.W_OK):
                self._attach_as("mode=rw")  # SQLite makes its files beside it, and removes them when it closes
                if self._one.execute("PRAGMA real.journal_mode").fetchone() == ("wal",):
                    return
                self._one.execute("DETACH real")  # a copy that nobody used so far: a reader would hold up its first run
        self._frozen = _state(self.path)
        self._attach_as("immutable=1")

    def _attach_as(self, how: str) -> None:
        self._one.execute("ATTACH :uri AS real", {"uri": f"{self.path.absolute().as_uri()}?{how}"})

    def _version_beneath(self) -> int:
        if not self._one.execute("SELECT 1 FROM real.sqlite_master WHERE name = 'meta'").fetchone():
            return 0
        found = self._one.execute("SELECT value FROM real.meta WHERE name = 'schema_version'").fetchone()
        return int(found[0]) if found else 0

    def rows(self, sql: str, **values: Any) -> list[Row]:
        """Run one statement and return its rows."""
        with self._shared, self._translated():
            if writes(sql) == "INSERT INTO":
                return self._insert(sql, values)[0]
            return self._answer(sql, values)

    def change(self, sql: str, **values: Any) -> int:
        """Run one statement and return how many rows it touched."""
        with self.transaction(), self._translated():
            match writes(sql):
                case "INSERT INTO":
                    return self._insert(sql, values)[1]
                case "UPDATE" | "DELETE FROM":  # SQLite counts none for a view
                    return len(self._answer(f"{sql} RETURNING 1", values))
            return self._one.execute(sql, values).rowcount

    def change_many(self, sql: str, rows: Sequence[Row]) -> None:
        """Run one statement for each of many rows."""
        with self.transaction(), self._translated():
            self._one.executemany(plain(sql) if writes(sql) else sql, rows)

    def _insert(self, sql: str, values: Mapping[str, Any]) -> tuple[list[Row], int]:
        """Add rows to a view, whose trigger ignores those that are there; SQLite allows no ON CONFLICT for one.

        Returns what the statement returns, and how many rows were added.
        """
        before = self._one.total_changes
        found = self._answer(plain(sql), values)
        added = self._one.total_changes - before
        if not added and plain(sql) == sql:
            raise sqlite3.IntegrityError("UNIQUE constraint failed")
        return (found if added else []), added

    def _answer(self, sql: str, values: Mapping[str, Any]) -> list[Row]:
        cursor = self._one.execute(sql, values)
        names = [column[0] for column in cursor.description or ()]
        found = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
        if self._frozen is not None and _state(self.path) != self._frozen:
            raise LedgerError(f"{self.path} was written by another program meanwhile", hint="run this again")
        return found

    @contextlib.contextmanager
    def transaction(self) -> Iterator[None]:
        """All of it or nothing, and no other thread meanwhile. Inside another one on this thread: part of that."""
        with self._shared:
            if self._depth:
                yield
                return
            self._depth = 1
            self._one.execute("SAVEPOINT work")
            try:
                yield
            except BaseException:
                self._one.execute("ROLLBACK TO work")
                raise
            finally:
                self._depth = 0
                self._one.execute("RELEASE work")

    @contextlib.contextmanager
    def relaxed(self) -> Iterator[None]:
        """Nothing that is written here is ever brought to the disk."""
        yield

    def sync(self) -> None:
        """Nothing that is written here is ever brought to the disk."""

    def close(self) -> None:
        """Close the connection: what was written here is gone."""
        with self._shared:
            self._one.close()


def _only_reads_the_file(action: int, _one: str | None, _two: str | None, schema: str | None, _by: str | None) -> int:
    return sqlite3.SQLITE_DENY if schema == "real" and action not in READS else sqlite3.SQLITE_OK


def _state(path: Path) -> tuple[int, int]:
    found = path.stat()
    return found.st_mtime_ns, found.st_size
