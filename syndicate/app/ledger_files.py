"""Checks the files of a ledger before and after it is opened: is it there, is its log its own, is it whole."""

from __future__ import annotations

import contextlib
import sqlite3
import time
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from syndicate.config.schema import Config
from syndicate.errors import LedgerError
from syndicate.ledger.database import Database
from syndicate.ledger.faults import damaged, explained, without_locks
from syndicate.ledger.sqlite import SqliteDatabase
from syndicate.ledger.write_ahead import put_foreign_away

SIGNS = (".runs", ".daemon", ".key", "-wal")
"""Ends of the names of files that lie beside a ledger, and only there."""
WHOLE = 8_000_000  # bytes of a ledger that is checked whole each time it is opened: some hundredths of a second
QUICK = 64_000_000  # bytes of one whose indexes are not compared; larger ones are checked by the daemon alone
TRIES = 30  # a tenth of a second apart, until another process has put a log away
NEIGHBOURS = 50  # files that are looked at, at most
BEGIN = "or begin a new one with syndicate db new"


def require(config: Config) -> None:
    """Raise LedgerError if the ledger is not there although it was: a new one would forget what was published."""
    path = config.ledger
    if path.exists() and path.stat().st_size:
        return
    signs = [beside.name for end in SIGNS if (beside := path.with_name(path.name + end)).exists()]
    if signs:
        raise LedgerError(
            f"{path} is gone: {signs[0]} beside it says that there was a ledger",
            hint=f"put it back with syndicate db restore FILE, {BEGIN}",
        )
    moved = next(_of_this_config(config), None)
    if moved is not None:
        raise LedgerError(
            f"there is no ledger at {path}, but this config has used {moved}",
            hint=f"set `database` to that file, or move it (with its .key) while nothing runs, {BEGIN}",
        )


def _of_this_config(config: Config) -> Iterator[Path]:
    """Ledgers nearby that were last used with this config."""
    home, path = config.path.absolute().parent, config.ledger.absolute()
    near = [home / "syndicate.db", *sorted(home.glob("*.db"))[:NEIGHBOURS]]
    if path.parent != home:
        with contextlib.suppress(OSError):
            near += sorted(path.parent.glob("*.db"))[:NEIGHBOURS]
    for other in dict.fromkeys(near):
        if other.absolute() != path and other.is_file() and _config_of(other) == str(config.path.resolve()):
            yield other


def _config_of(ledger: Path) -> str | None:
    uri = f"{ledger.absolute().as_uri()}?mode=ro&immutable=1"
    with contextlib.suppress(sqlite3.Error), contextlib.closing(sqlite3.connect(uri, uri=True)) as connection:
        found = connection.execute("SELECT value FROM meta WHERE name = 'config'").fetchone()
        return str(found[0]) if found else None
    return None


def remember_config(database: Database, config: Config) -> None:
    """Store in a ledger with which config it is used."""
    used = str(config.path.resolve())
    if (database.row("SELECT value FROM meta WHERE name = 'config'") or {}).get("value") != used:
        database.change(
            "INSERT INTO meta (name, value) VALUES ('config', :used) ON CONFLICT (name) DO UPDATE SET value = :used",
            used=used,
        )


def put_log_away(path: Path, now: datetime) -> str | None:
    """Put away a log that is not this ledger's, before SQLite replays it. Returns what was done, for people."""
    for _ in range(TRIES):
        try:
            away = put_foreign_away(path, now)
        except BlockingIOError:
            time.sleep(0.1)
            continue
        except OSError as fault:
            raise LedgerError(f"the log beside {path} is of another ledger and cannot be put away: {fault}") from fault
        if not away:
            return None
        return f"the log beside {path.name} was of another ledger, and was put away as {away[0].name}"
    raise LedgerError(
        f"{path} was replaced while another program uses it",
        hint="stop all programs that use this ledger, then run this again",
    )


def require_locks(path: Path) -> None:
    """Raise LedgerError if file locks do not work where the ledger is: two processes would send the same."""
    fault = without_locks(path)
    if fault is not None:
        raise fault


def check_whole(database: SqliteDatabase) -> None:
    """Raise LedgerError if the ledger is damaged, as far as a look costs next to nothing."""
    size = database.path.stat().st_size
    if size > QUICK:
        return
    try:
        found = database.damage(whole=size <= WHOLE)
    except sqlite3.Error as fault:
        raise explained(database.path, fault) from fault
    if found:
        raise damaged(database.path, found[0])
