"""The ledger on a PostgreSQL server: the same SQL, one writer at a time, a connection for each living thread.

A write begins with one lock for the whole ledger, held until its end (`pg_advisory_xact_lock`): what a transaction has
read stays so until it commits, as with SQLite's BEGIN IMMEDIATE. Readers wait for nobody. The lock ends before the
server has its log on the disk, and a transaction after that: so many writers wait for one write of the disk, and
nothing is done outside the ledger before what was recorded is safe. See docs/decisions/0031.
"""

from __future__ import annotations

import contextlib
import itertools
from collections.abc import Iterator, Sequence
from typing import Any

import psycopg

from syndicate.addresses import server_place
from syndicate.errors import LedgerError
from syndicate.ledger import database
from syndicate.ledger.database import Often, Row
from syndicate.ledger.postgresql_connections import SAFE, Connections, ThreadConnection
from syndicate.ledger.postgresql_faults import NEEDS, explained, wrong_encoding
from syndicate.ledger.postgresql_schema import translated

LOCK = 0x53594E44
"""The lock of a ledger's writers, with the hash of its schema's name."""
TOGETHER = 100  # rows that one message writes
_WRITER = Often(f"SELECT pg_advisory_xact_lock({LOCK}, hashtext(current_schema()))")
_KNOWN = Often(
    f"SELECT CAST('{NEEDS} ' || value AS BIGINT) FROM meta"
    f" WHERE name = 'schema_oldest' AND CAST(value AS BIGINT) > {database.VERSION}"
)
"""Fails, with what is needed, where a newer version has changed the tables since they were opened. It goes after
the lock, in the same message, so that nobody changes them between this and what is written.
"""


class PostgresDatabase:
    """A ledger on a server, at an address such as `postgresql://user@host/name`.

    A connection that is lost fails what is under way on it, with one clear line; what comes next opens another. Where
    that was a COMMIT, it may have been carried out: every change of the ledger is a compare-and-swap, so that doing it
    again does nothing, and a post whose record failed is looked up before it is sent again.

    With `upgrade`, the ledger's tables are made or brought to this version; else a ledger of another one is refused.
    """

    packs = False
    path = None
    was = 0
    """The version of the schema before an upgrade."""
    _connects: type[Connections] = Connections

    def __init__(self, address: str, *, upgrade: bool = False) -> None:
        self.name = server_place(address)
        self._connections = self._connects(address)
        self._asked = itertools.count(1)
        self._unsynced = False
        self._opens: tuple[Often, ...] = (_WRITER,)
        try:
            self._migrate() if upgrade else self._require_version()
            self._opens = (_WRITER, _KNOWN)
        except BaseException:
            self.close()
            raise

    def rows(self, sql: str, **values: Any) -> list[Row]:
        """Run one statement and return its rows."""
        mine = self._connections.mine()
        with mine.lock:
            if " RETURNING " in sql:
                return self._written(mine, sql, values)[0]
            return self._read(mine, sql, values)

    def row(self, sql: str, **values: Any) -> Row | None:
        """The first row, if there is one."""
        found = self.rows(sql, **values)
        return found[0] if found else None

    def change(self, sql: str, **values: Any) -> int:
        """Run one statement and return how many rows it touched."""
        mine = self._connections.mine()
        with mine.lock:
            return self._written(mine, sql, values)[1]

    def note(self, sql: str, **values: Any) -> None:
        """Run one statement of which nobody asks anything: within a transaction, in one message with what comes next.

        So the lock is held for fewer ways to the server and back.
        """
        mine = self._connections.mine()
        with mine.lock:
            if not mine.inside:
                self._written(mine, sql, values)
                return
            with self._translated(mine):
                mine.noted.append(self._said(mine, sql, values))

    def change_many(self, sql: str, rows: Sequence[Row]) -> None:
        """Run one statement for each of many rows, all of them or none."""
        mine = self._connections.mine()
        with mine.lock, self.transaction(), self._translated(mine):
            for start in range(0, len(rows), TOGETHER):
                *before, last = [self._said(mine, Often(sql), row) for row in rows[start : start + TOGETHER]]
                mine.noted += before
                cursor = self._execute(mine, last)
                mine.changed += max(0, cursor.rowcount)

    @contextlib.contextmanager
    def transaction(self) -> Iterator[None]:
        """One transaction, without other writers. Inside another one on this thread: part of that."""
        mine = self._connections.mine()
        with mine.lock:
            if mine.inside:
                yield
                return
            self._begin(mine)
            mine.inside, before = True, mine.changed
            try:
                yield
                with self._translated(mine):
                    waits = mine.defers and (mine.noted or mine.changed > before)
                    self._execute(mine, f"COMMIT; {self._said(mine, SAFE, {})}" if waits else "COMMIT")
            except BaseException:
                self._roll_back(mine)
                raise
            finally:
                mine.inside = False

    @contextlib.contextmanager
    def snapshot(self) -> Iterator[None]:
        """Meanwhile, this thread reads everything as it is now, and nobody waits for it."""
        mine = self._connections.mine()
        with mine.lock:
            self._set(mine, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
            mine.inside = True
            try:
                yield
            finally:
                mine.inside = False
                self._roll_back(mine)

    def stream(self, sql: str, most: int) -> Iterator[list[Row]]:
        """The rows of one statement, at most so many at a time; within `snapshot`."""
        mine = self._connections.mine()
        with self._translated(mine), psycopg.ServerCursor(self._connections.of(mine), "stream") as cursor:
            cursor.execute(sql.encode())
            names = [column.name for column in cursor.description or ()]
            while page := cursor.fetchmany(most):
                yield [dict(zip(names, row, strict=True)) for row in page]

    def columns(self, table: str) -> set[str]:
        """The names of a table's columns, but the number that each row gets here."""
        asked = (
            "SELECT column_name AS name FROM information_schema.columns"
            " WHERE table_schema = current_schema() AND table_name = :table"
        )
        return {each["name"] for each in self.rows(asked, table=table)} - {"rowid"}

    def defer_references(self) -> None:
        """Let rows that others refer to be missing until the end of this transaction."""
        mine = self._connections.mine()
        with mine.lock, self._translated(mine):
            self._settle(mine)
            self._connections.of(mine).execute("SET CONSTRAINTS ALL DEFERRED")

    def others(self) -> int:
        """Another number each time: the server counts nothing that would tell."""
        return next(self._asked)

    def changed_here(self) -> int:
        """How many rows this thread has changed so far."""
        return self._connections.mine().changed

    @contextlib.contextmanager
    def relaxed(self) -> Iterator[None]:
        """Meanwhile, commits of this thread do not wait for the disk: they are there after the next one that does, or
        `sync`.
        """
        mine = self._connections.mine()
        self._set(mine, "SET synchronous_commit = off")
        self._unsynced, defers, mine.defers = True, mine.defers, False
        try:
            yield
        finally:
            if mine.connection is not None:  # another one waits for the disk from the start
                self._set(mine, "SET synchronous_commit = on")
                mine.defers = defers

    def sync(self) -> None:
        """Bring to the disk what was committed `relaxed`, if anything was."""
        if self._unsynced:
            self._unsynced = False
            self.change(
                "INSERT INTO meta (name, value) VALUES ('synced', '') ON CONFLICT (name) DO UPDATE SET value = ''"
            )

    def check(self) -> None:
        """Nothing to do: each question finds out whether the server is there."""

    def check_log(self) -> None:
        """Nothing to do: the log is the server's."""

    def damage(self, *, whole: bool = True) -> list[str]:  # noqa: ARG002 - the Protocol's
        """Nothing is looked at: a server reports damage itself where it reads it."""
        return []

    def size(self) -> int:
        """How many bytes the database has on the server."""
        found = self.row("SELECT pg_database_size(current_database()) AS size")
        return int(found["size"]) if found else 0

    def checkpoint(self) -> None:
        """Nothing to do: the server does it."""

    def widen(self, cache_kb: int) -> None:
        """Nothing to do: the server has its own memory."""

    def script(self, statements: str) -> None:
        """Run several statements, as PostgreSQL has them; best within `transaction`."""
        mine = self._connections.mine()
        with mine.lock, self._translated(mine):
            self._settle(mine)
            self._connections.of(mine).execute(statements.encode())

    def close(self) -> None:
        """Close every thread's connection. One that is in use for long stays open."""
        self._connections.close()

    def _read(self, mine: ThreadConnection, sql: str, values: Row) -> list[Row]:
        """A statement that changes nothing. Outside a transaction, it is asked again where the connection was lost."""
        again = mine.connection is not None and not mine.inside
        try:
            with self._translated(mine):
                return _fetched(self._execute(mine, self._said(mine, sql, values)))
        except LedgerError:
            if not again or mine.connection is not None:
                raise
        return self._read(mine, sql, values)

    def _written(self, mine: ThreadConnection, sql: str, values: Row) -> tuple[list[Row], int]:
        """A statement that writes. Outside a transaction, it goes with the lock in one message, which is one."""
        with self._translated(mine):
            said = self._said(mine, sql, values)
            cursor = self._execute(mine, said if mine.inside else f"{self._lock(mine)}; {said}")
            mine.changed += max(0, cursor.rowcount)
            return _fetched(cursor), cursor.rowcount

    def _said(self, mine: ThreadConnection, sql: str, values: Row) -> str:
        """A statement with its values, as the server is asked."""
        return mine.plans.said(self._connections.of(mine), sql, values)

    def _lock(self, mine: ThreadConnection) -> str:
        """What each write begins with."""
        return "; ".join(self._said(mine, each, {}) for each in self._opens)

    def _execute(self, mine: ThreadConnection, said: str) -> psycopg.Cursor[tuple[Any, ...]]:
        """Run statements, after what was noted. The cursor is at the answer to the last one."""
        connection, noted, mine.noted = self._connections.of(mine), mine.noted, []
        cursor = connection.execute("; ".join((*noted, said)).encode())
        for _ in noted:  # one answer each
            mine.changed += max(0, cursor.rowcount)
            cursor.nextset()
        while cursor.nextset():
            pass
        return cursor

    def _settle(self, mine: ThreadConnection) -> None:
        """Run what was noted and nothing came after."""
        if mine.noted:
            self._execute(mine, "SELECT 1")

    def _begin(self, mine: ThreadConnection) -> None:
        """Begin a transaction. Where a connection is lost that was used before, nothing was sent: it is done again."""
        again = mine.connection is not None
        try:
            with self._translated(mine):
                connection = self._connections.of(mine)
                defers = "SET LOCAL synchronous_commit = off; " if mine.defers else ""
                connection.execute(f"BEGIN; {defers}{self._lock(mine)}".encode())
        except LedgerError:
            if not again or mine.connection is not None:
                self._roll_back(mine)
                raise
            self._begin(mine)

    def _roll_back(self, mine: ThreadConnection) -> None:
        mine.noted = []
        if mine.connection is None:
            return
        try:
            mine.connection.execute("ROLLBACK")
        except psycopg.Error:
            mine.close()

    def _set(self, mine: ThreadConnection, statement: str) -> None:
        with mine.lock, self._translated(mine):
            self._connections.of(mine).execute(statement)

    @contextlib.contextmanager
    def _translated(self, mine: ThreadConnection) -> Iterator[None]:
        """Errors in our words; a connection that was lost is forgotten."""
        try:
            yield
        except psycopg.Error as fault:
            if mine.connection is None or mine.connection.closed:
                mine.close()
            raise explained(self.name, fault) from fault

    # Tables

    def _version(self) -> int:
        found = self.row(
            "SELECT to_regclass('meta') IS NOT NULL AS there, current_setting('server_encoding') AS letters"
        )
        assert found is not None
        if found["letters"] != "UTF8":
            raise wrong_encoding(self.name, found["letters"])
        return database.schema_of(self) if found["there"] else 0

    def _require_version(self) -> None:
        version = self._version()
        if version > database.VERSION:
            database.require_known(self)
        if version < database.VERSION:
            held = f"is of an earlier version (schema {version})" if version else "holds no ledger yet"
            raise LedgerError(f"{self.name} {held}", hint="run syndicate db upgrade")

    def _migrate(self) -> None:
        version = self.was = self._version()
        if version > database.VERSION:
            database.require_known(self)
        if version < database.VERSION:
            with self.transaction():  # two processes one after the other
                database.migrate(self, lambda script: self.script(translated(script)))


def _fetched(cursor: psycopg.Cursor[tuple[Any, ...]]) -> list[Row]:
    result = cursor.pgresult
    if result is None or not result.nfields:
        return []
    names = [(result.fname(number) or b"").decode() for number in range(result.nfields)]  # description takes longer
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
