"""A ledger on a server for a rehearsal: what is written stays in temporary tables, and the ledger is only read.

As above a file (`overlay.py`): the tables that grow for ever are views, the others are copied, and everything is one
transaction that is never committed, so that the ledger is seen as it was at one moment. It holds no lock that a writer
waits for, and once the tables are laid out the server itself refuses whatever would change the ledger.
See docs/decisions/0031.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from typing import Any, TypeVar

import psycopg

from syndicate.errors import LedgerError
from syndicate.ledger.database import Row
from syndicate.ledger.overlay_schema import plain, writes
from syndicate.ledger.postgresql import PostgresDatabase
from syndicate.ledger.postgresql_connections import SharedConnection, ThreadConnection
from syndicate.ledger.postgresql_overlay_schema import lay_out

T = TypeVar("T")

PATIENT_MINUTES = 30
"""How long the server lets a rehearsal wait for sites and networks between two questions."""
_OWN = f"SET idle_in_transaction_session_timeout = '{PATIENT_MINUTES}min'; SET jit = off"
_REFUSED = (psycopg.errors.InsufficientPrivilege, psycopg.errors.ReadOnlySqlTransaction)


class PostgresOverlay(PostgresDatabase):
    """A `Database` above a ledger on a server, which it never writes to. All threads share one connection.

    `fits`: the server let the temporary tables be made; else nothing can be asked, as on a stand-by or without the
    right to them.
    """

    _connects = SharedConnection

    def __init__(self, address: str) -> None:
        super().__init__(address)
        self._mine = self._connections.mine()
        self._depth = 0
        try:
            self.fits = self._begin_rehearsal()
        except BaseException:
            self.close()
            raise

    def _begin_rehearsal(self) -> bool:
        with self._translated(self._mine):
            connection = self._connections.of(self._mine)
            connection.execute(_OWN)
            connection.execute("BEGIN ISOLATION LEVEL REPEATABLE READ")  # never committed
            self._mine.inside = True
            try:
                lay_out(connection)
            except _REFUSED:
                return False
            connection.execute("SET TRANSACTION READ ONLY")  # temporary tables are written to all the same
        return True

    def rows(self, sql: str, **values: Any) -> list[Row]:
        """Run one statement and return its rows."""
        if writes(sql) != "INSERT INTO":
            return super().rows(sql, **values)
        with self.transaction():
            return self._added(sql, super().rows(plain(sql), **values))

    def change(self, sql: str, **values: Any) -> int:
        """Run one statement and return how many rows it touched."""
        with self.transaction():
            if writes(sql) != "INSERT INTO":
                return super().change(sql, **values)
            return self._added(sql, super().change(plain(sql), **values))

    def note(self, sql: str, **values: Any) -> None:
        """As `change`: no lock is held here."""
        self.change(sql, **values)

    def change_many(self, sql: str, rows: Sequence[Row]) -> None:
        """Run one statement for each of many rows, all of them or none."""
        super().change_many(plain(sql) if writes(sql) else sql, rows)

    def _said(self, mine: ThreadConnection, sql: str, values: Row) -> str:
        """Nothing is prepared here: hardly any statement comes twice."""
        return super()._said(mine, str(sql), values)

    def _added(self, sql: str, found: T) -> T:
        """What an INSERT into a view gave; its trigger leaves out what is there, which only some statements allow."""
        if not found and plain(sql) == sql and " SELECT " not in sql:
            raise LedgerError(f"{self.name}: duplicate key value violates unique constraint")
        return found

    @contextlib.contextmanager
    def transaction(self) -> Iterator[None]:
        """All of it or nothing, and no other thread meanwhile. Inside another one on this thread: part of that."""
        with self._mine.lock:
            if self._depth:
                yield
                return
            self._set(self._mine, "SAVEPOINT work")
            self._depth = 1
            try:
                yield
            except BaseException:
                with contextlib.suppress(LedgerError):  # where the connection is lost, all of it is gone
                    self._set(self._mine, "ROLLBACK TO work")
                raise
            finally:
                self._depth = 0
                with contextlib.suppress(LedgerError):
                    self._set(self._mine, "RELEASE work")

    @contextlib.contextmanager
    def relaxed(self) -> Iterator[None]:
        """Nothing that is written here is ever brought to the disk."""
        yield

    def sync(self) -> None:
        """Nothing that is written here is ever brought to the disk."""
