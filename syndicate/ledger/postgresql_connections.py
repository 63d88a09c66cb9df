"""Connections to a PostgreSQL server: one for each living thread, opened when it is first needed or was lost."""

from __future__ import annotations

import contextlib
import logging
import threading
from typing import Any

import psycopg
from psycopg.adapt import Loader
from psycopg.conninfo import conninfo_to_dict

from syndicate.addresses import server_place
from syndicate.errors import LedgerError
from syndicate.ledger.database import Often
from syndicate.ledger.postgresql_plans import Plans

BUSY_SECONDS = 30
"""How long to wait for another writer."""
IDLE_SECONDS = 10
"""How long the server lets a transaction wait between two statements for a process that was stopped or cut off. Less
than others wait for it, so that none of them fails for that; much more than ours ever compute in between.
"""
REACH_SECONDS = 10  # to wait for a server that does not answer when a connection is opened
CLOSING_SECONDS = 2.0
SPECIAL = "in a password, write % as %25, @ as %40, / as %2F and # as %23"

_SETTINGS = """
SET lock_timeout = '{busy}s'; SET idle_in_transaction_session_timeout = '{idle}s'; SET timezone = 'UTC';
SET client_encoding = 'UTF8'; SET standard_conforming_strings = on; SET synchronous_commit = on;
SET default_transaction_isolation = 'read committed';
SELECT set_config(name, '0', false)
 FROM (VALUES ('statement_timeout'), ('idle_session_timeout'), ('transaction_timeout')) AS limits (name)
 WHERE current_setting(name, true) IS NOT NULL;
SELECT bool_and(has_function_privilege(oid, 'EXECUTE')) FROM pg_catalog.pg_proc
 WHERE proname = 'pg_logical_emit_message'
"""
"""Whatever the role or the database has: of other limits than ours, each one would end something in its middle."""
SAFE = Often("SELECT pg_catalog.pg_logical_emit_message(true, 'syndicate', '')")
"""A transaction of a few bytes, whose commit waits until the server's log is on the disk up to itself, and so with all
that was committed before it (and with stand-bys, where `synchronous_standby_names` names some).
"""
ALIVE: dict[str, Any] = {
    "application_name": "syndicate",
    "connect_timeout": REACH_SECONDS,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": BUSY_SECONDS * 1000,
}
"""What an address may say otherwise. By these, a server that is cut off is noticed within half a minute."""


logging.getLogger("psycopg").addHandler(logging.NullHandler())
"""Its warnings are of what is raised as well; without a handler they would be lines on standard error."""


class _NumberLoader(Loader):
    """Sums are whole numbers here, and quotients are not: both as Python's own, as SQLite gives them."""

    def load(self, data: Any) -> Any:
        text = bytes(data)
        return float(text) if b"." in text else int(text)


class ThreadConnection:
    """A thread's connection, whether a transaction is under way on it, and how many rows it has changed.

    `noted` are statements that go with the next one. `defers`: its transactions end before they are on the disk, and
    `SAFE` waits for that; the role may do so.
    """

    def __init__(self) -> None:
        self.connection: psycopg.Connection[tuple[Any, ...]] | None = None
        self.lock = threading.RLock()
        self.inside = self.defers = False
        self.noted: list[str] = []
        self.plans = Plans()
        self.changed = 0

    def close(self) -> None:
        """Close the connection; the next question opens another one."""
        connection, self.connection, self.noted, self.plans = self.connection, None, [], Plans()
        if connection is not None:
            with contextlib.suppress(psycopg.Error):
                connection.close()

    def __del__(self) -> None:
        """A thread may have asked once more after all was closed, and opened another one."""
        if self.connection is not None:
            self.close()


class Connections:
    """All connections of one process to one database."""

    def __init__(self, address: str) -> None:
        try:
            self._given: dict[str, Any] = ALIVE | conninfo_to_dict(address)
        except psycopg.ProgrammingError:  # its words may hold the password
            raise LedgerError(f"{server_place(address)} is no address that can be read", hint=SPECIAL) from None
        self._local = threading.local()
        self._all: dict[threading.Thread, ThreadConnection] = {}
        self._guard = threading.Lock()

    def mine(self) -> ThreadConnection:
        """What this thread has."""
        found: ThreadConnection | None = getattr(self._local, "mine", None)
        if found is None:
            found = self._local.mine = ThreadConnection()
        return found

    def of(self, mine: ThreadConnection) -> psycopg.Connection[tuple[Any, ...]]:
        """A thread's connection. Raises psycopg.Error."""
        if mine.connection is None:
            if mine.inside:  # what it did so far is undone: nothing more may happen outside it
                raise psycopg.OperationalError("the connection was lost in a transaction")
            mine.connection, mine.defers = self._open()
            with self._guard:
                for thread in [thread for thread in self._all if not thread.is_alive()]:
                    self._all.pop(thread).close()
                self._all[threading.current_thread()] = mine
        return mine.connection

    def _open(self) -> tuple[psycopg.Connection[tuple[Any, ...]], bool]:
        """A connection, and whether its role may do what SAFE does."""
        connection = psycopg.connect(
            autocommit=True, cursor_factory=psycopg.ClientCursor, prepare_threshold=None, **self._given
        )
        try:
            connection.adapters.register_loader("numeric", _NumberLoader)
            cursor = connection.execute(_SETTINGS.format(busy=BUSY_SECONDS, idle=IDLE_SECONDS).encode())
            while cursor.nextset():
                pass
            row = cursor.fetchone()
        except BaseException:
            connection.close()
            raise
        return connection, bool(row and row[0])

    def close(self) -> None:
        """Close every thread's connection. One that is in use for longer than CLOSING_SECONDS stays open."""
        with self._guard:
            for mine in self._all.values():
                if mine.lock.acquire(timeout=CLOSING_SECONDS):
                    mine.close()
                    mine.lock.release()
            self._all.clear()


class SharedConnection(Connections):
    """One connection for all threads of a process, one after the other."""

    def __init__(self, address: str) -> None:
        super().__init__(address)
        self._one = ThreadConnection()

    def mine(self) -> ThreadConnection:
        """What all threads have."""
        return self._one
