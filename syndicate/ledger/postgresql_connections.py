"""Connections to a PostgreSQL server: one for each living thread, opened when it is first needed or was lost."""

from __future__ import annotations

import contextlib
import threading
from typing import Any

import psycopg
from psycopg.adapt import Loader
from psycopg.conninfo import conninfo_to_dict

BUSY_SECONDS = 30
"""How long to wait for another writer, and how long the server lets a transaction wait for a process that is gone."""
REACH_SECONDS = 10  # to wait for a server that does not answer when a connection is opened
CLOSING_SECONDS = 2.0

_SETTINGS = (
    f"SET lock_timeout = '{BUSY_SECONDS}s'; SET idle_in_transaction_session_timeout = '{BUSY_SECONDS}s';"
    " SET timezone = 'UTC'; SET client_encoding = 'UTF8'; SET standard_conforming_strings = on;"
    " SET synchronous_commit = on; SET default_transaction_isolation = 'read committed'"
)
_ALIVE: dict[str, Any] = {
    "application_name": "syndicate",
    "connect_timeout": REACH_SECONDS,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": BUSY_SECONDS * 1000,
}
"""What an address may say otherwise. By these, a server that is cut off is noticed within half a minute."""


class _NumberLoader(Loader):
    """Sums are whole numbers here, and quotients are not: both as Python's own, as SQLite gives them."""

    def load(self, data: Any) -> Any:
        text = bytes(data)
        return float(text) if b"." in text else int(text)


class ThreadConnection:
    """A thread's connection, whether a transaction is under way on it, and how many rows it has changed."""

    def __init__(self) -> None:
        self.connection: psycopg.Connection[tuple[Any, ...]] | None = None
        self.lock = threading.RLock()
        self.inside = False
        self.changed = 0

    def close(self) -> None:
        """Close the connection; the next question opens another one."""
        connection, self.connection = self.connection, None
        if connection is not None:
            with contextlib.suppress(psycopg.Error):
                connection.close()


class Connections:
    """All connections of one process to one database."""

    def __init__(self, address: str) -> None:
        self._address = address
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
            mine.connection = self._open()
            with self._guard:
                for thread in [thread for thread in self._all if not thread.is_alive()]:
                    self._all.pop(thread).close()
                self._all[threading.current_thread()] = mine
        return mine.connection

    def _open(self) -> psycopg.Connection[tuple[Any, ...]]:
        given: dict[str, Any] = _ALIVE | conninfo_to_dict(self._address)
        connection = psycopg.connect(autocommit=True, cursor_factory=psycopg.ClientCursor, **given)
        connection.adapters.register_loader("numeric", _NumberLoader)
        connection.execute(_SETTINGS)
        return connection

    def close(self) -> None:
        """Close every thread's connection. One that is in use for longer than CLOSING_SECONDS stays open."""
        with self._guard:
            for mine in self._all.values():
                if mine.lock.acquire(timeout=CLOSING_SECONDS):
                    mine.close()
                    mine.lock.release()
            self._all.clear()
