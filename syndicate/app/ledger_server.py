"""Opens a ledger on a PostgreSQL server, for a run or for a rehearsal."""

from __future__ import annotations

import contextlib
import importlib.util
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from syndicate.config.schema import Config
from syndicate.errors import LedgerError
from syndicate.ledger.database import Database
from syndicate.ledger.sqlite import SqliteDatabase
from syndicate.ledger.transfer import copy

if TYPE_CHECKING:
    from syndicate.ledger.postgresql import PostgresDatabase

INSTALL = 'pip install "syndicate-social[distributed]"'
DUMP = "use pg_dump and pg_restore; see docs/operations/postgresql.md"
KEY = "set SYNDICATE_KEY, or key_file, to the same key on each machine"


def connected(address: str, *, upgrade: bool = False) -> PostgresDatabase:
    """The database at this address. Raises LedgerError, also where its driver is not installed."""
    with _needing_driver():
        from syndicate.ledger.postgresql import PostgresDatabase
    return PostgresDatabase(address, upgrade=upgrade)


@contextlib.contextmanager
def _needing_driver() -> Iterator[None]:
    try:
        yield
    except ImportError as fault:
        raise LedgerError("a ledger on PostgreSQL needs psycopg", hint=INSTALL) from fault


def require_file(config: Config) -> None:
    """Raise LedgerError if the ledger is on a server: for what only files need."""
    if config.server:
        raise LedgerError(f"{config.ledger_name} is on a server, which has programs of its own for this", hint=DUMP)


def require_server(config: Config) -> str:
    """The address of the server that the config names. Raises LedgerError if it names none."""
    if not config.server:
        raise LedgerError(f"{config.ledger_name} is a file", hint="set `database` to postgresql://user@host/name first")
    return config.server


def require_key(config: Config, environ: Mapping[str, str]) -> None:
    """Raise LedgerError if no key is given: beside a server there is no file that all machines could read."""
    if not environ.get("SYNDICATE_KEY") and config.key_file is None:
        raise LedgerError("a ledger on PostgreSQL needs a key for stored credentials", hint=KEY)


def upgraded(config: Config) -> int:
    """Make the ledger's tables on the server, or bring them to this version, with those of the job engine where that
    is installed. Returns the version of the ledger's schema before.
    """
    with contextlib.closing(connected(require_server(config), upgrade=True)) as database:
        if importlib.util.find_spec("procrastinate"):
            from syndicate.app.fleet_schema import upgrade

            upgrade(database)
        return database.was


@contextlib.contextmanager
def rehearsed(address: str, file: Path) -> Iterator[Database]:
    """The ledger for a rehearsal, which only reads it: above it, or where the server allows no temporary tables, a copy
    in a file of its own.
    """
    with _needing_driver():
        from syndicate.ledger.postgresql_overlay import PostgresOverlay
    with contextlib.closing(PostgresOverlay(address)) as overlay:
        if overlay.fits:
            yield overlay
            return
    with contextlib.closing(SqliteDatabase(file, durable=False)) as target:
        with contextlib.closing(connected(address)) as source:
            copy(source, target)
        yield target
