"""The bytes of an article with its deliveries: as an earlier version left them, on the shelf, and pruned."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bench.large_ledger import build
from syndicate.ledger.pruning import Pruning
from syndicate.ledger.sqlite import SqliteDatabase


def compare(path: Path, articles: int, accounts: int) -> None:
    """Write a ledger without a shelf at `path`, put its stories away, prune it, and print its size each time."""
    now = datetime.now(UTC)
    build(path, articles, accounts, now - timedelta(hours=2), plain=True)
    before = _told("as an earlier version left it", path, articles, None)
    _step(path, lambda pruning: pruning.put_away(now))
    _told("finished stories on the shelf", path, articles, before)
    _step(path, lambda pruning: pruning.forget(now - timedelta(days=90)))
    _told("after db prune --older 90d", path, articles, before)


def _step(path: Path, work: Callable[[Pruning], object]) -> None:
    """Do a step, and write the file anew without what is free."""
    database = SqliteDatabase(path)
    database.widen(100_000)
    work(Pruning(database))
    database.rewrite()
    database.close()


def _told(name: str, path: Path, articles: int, before: int | None) -> int:
    with contextlib.closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        [rows] = connection.execute("SELECT COUNT(*) FROM delivery").fetchone()
    size = path.stat().st_size
    part = f", {size / before:.0%}" if before else ""
    print(f"{size / 1e6:9,.1f} MB, {size / articles:8,.0f} bytes an article{part}: {name}, {rows:,} rows", flush=True)
    return size
