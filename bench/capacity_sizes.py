"""How many bytes and rows a story and a delivery take, in SQLite and in PostgreSQL, as rows and on the shelf."""

from __future__ import annotations

import contextlib
import math
import sqlite3
import sys
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

sys.path.insert(0, str(Path(__file__).parents[1]))
sys.path.insert(0, str(Path(__file__).parent))
import large_ledger

from syndicate.ledger.sqlite import SqliteDatabase
from syndicate.ledger.transfer import copy

ACCOUNTS = 5
MARGIN = 0.05
"""The part of stories that stays rows; more than those of the last weeks, which are never put away."""
TABLES = large_ledger.TABLES
SIZE = (
    "SELECT COALESCE(SUM(pg_total_relation_size(oid)), 0) FROM pg_class"
    f" WHERE relkind = 'r' AND relname IN ({', '.join(map(repr, TABLES))})"
)


class Size(NamedTuple):
    """Bytes and rows of a ledger."""

    bytes: float
    rows: float


def sizes(stories: tuple[int, int], server: Any) -> tuple[dict[str, float], dict[str, float]]:
    """By the names of `capacity_model.Ledger`, in a file and on a server; there nothing, where there is none."""
    kept: tuple[dict[str, float], dict[str, float]] = ({}, {})
    few, many = stories
    margin = math.ceil(many * MARGIN)
    for plain in (True, False):
        wanted = ((few, 1), (many, 1), (many, ACCOUNTS))
        found = [_both(count, accounts, server, margin, plain=plain) for count, accounts in wanted]
        for place, names in enumerate(kept):
            measured = [each[place] for each in found]
            if None not in measured:
                names.update(per_row(stories, measured, None if plain else (margin, names)))
    return kept


def per_row(
    stories: tuple[int, int], found: list[Any], shelved: tuple[int, dict[str, float]] | None = None
) -> dict[str, float]:
    """From three ledgers, of few and of many stories for one account and of many for all: what one more takes.

    `shelved`: how many of the stories are rows still, and what a row takes; the others are on the shelf.
    """
    few, many = stories
    taken: dict[str, float] = {}
    name, margin, rows = ("shelved_", *shelved) if shelved else ("", 0, {})
    for kind in Size._fields:
        small, large, wide = (getattr(each, kind) for each in found)
        left = margin * (ACCOUNTS - 1) * rows.get(f"delivery_{kind}", 0)
        delivery = (wide - large - left) / ((many - margin) * (ACCOUNTS - 1))
        article = (large - small) / (many - few) - delivery
        taken |= {f"{name}delivery_{kind}": delivery, f"{name}article_{kind}": article}
    return taken


def _both(stories: int, accounts: int, server: Any, margin: int, *, plain: bool) -> tuple[Size | None, Size | None]:
    """A ledger as a file, and the same on the server."""
    with tempfile.TemporaryDirectory() as folder, _rows_kept(margin):
        path = Path(folder, "ledger.db")
        large_ledger.build(path, stories, accounts, datetime.now(UTC) - timedelta(hours=2), plain=plain)
        rows = _rows(path)
        with contextlib.closing(sqlite3.connect(path)) as connection:
            [pages] = connection.execute("PRAGMA page_count").fetchone()
            [page] = connection.execute("PRAGMA page_size").fetchone()
        return Size(pages * page, rows), Size(_moved(path, server), rows) if server else None


def _rows(path: Path) -> int:
    with contextlib.closing(sqlite3.connect(path)) as connection:
        counts = [connection.execute(f"SELECT COUNT(*) FROM {table}").fetchone()[0] for table in TABLES]
    return sum(counts)


def _moved(path: Path, server: Any) -> float:
    """Bytes of the same ledger on the server, freshly written."""
    from syndicate.ledger.postgresql import PostgresDatabase

    name = server.empty()
    with (
        contextlib.closing(SqliteDatabase(path)) as source,
        contextlib.closing(PostgresDatabase(server.address(name), upgrade=True)) as target,
    ):
        copy(source, target)
    [(size,)] = server.run(SIZE, name)
    server.drop(name)
    return float(size)


@contextlib.contextmanager
def _rows_kept(margin: int) -> Iterator[None]:
    """Meanwhile, only so many of the old stories are not on the shelf: usually it is more than there are here."""
    before = large_ledger.MARGIN
    large_ledger.MARGIN = margin
    try:
        yield
    finally:
        large_ledger.MARGIN = before
