"""Moves a ledger from a file to a PostgreSQL server, and back: ids, keys and history stay as they are."""

from __future__ import annotations

import contextlib
from pathlib import Path

from syndicate.app.ledger_server import connected, require_server
from syndicate.app.restoring import undisturbed
from syndicate.config.schema import Config
from syndicate.errors import LedgerError
from syndicate.ledger import copies, private_file
from syndicate.ledger.database import VERSION, newer, schema_of
from syndicate.ledger.sqlite import SqliteDatabase, copy_ledger
from syndicate.ledger.transfer import copy


def import_file(config: Config, file: Path) -> dict[str, int]:
    """Copy a ledger's file to the server, while nothing else uses the file. Returns how many rows, by table."""
    import tempfile

    target = connected(require_server(config), upgrade=True)
    with contextlib.closing(target), tempfile.TemporaryDirectory(prefix="syndicate-") as folder:
        copies.contents(file)
        with undisturbed(file):
            made = Path(folder) / "ledger.db"
            copy_ledger(file, made)
        with contextlib.closing(SqliteDatabase(made, durable=False)) as source:
            return copy(source, target)


def export_file(config: Config, file: Path) -> dict[str, int]:
    """Write the ledger on the server to a new file, while others may use it. Returns how many rows, by table."""
    if file.exists():
        raise LedgerError(f"{file} is there already", hint="use another name")
    with contextlib.closing(connected(require_server(config))) as source:
        if schema_of(source) > VERSION:  # what it has more would be left out
            raise newer(source.name, schema_of(source))
        try:
            private_file.require(file)
            with contextlib.closing(SqliteDatabase(file)) as target:
                return copy(source, target)
        except BaseException:
            for end in ("", "-wal", "-shm"):
                file.with_name(file.name + end).unlink(missing_ok=True)
            raise
