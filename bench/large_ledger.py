"""Writes a large ledger: in one transaction, its indexes after the rows."""

from __future__ import annotations

import contextlib
import multiprocessing
import sqlite3
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

from large_rows import Story, names_of, stories, written

from syndicate.ledger.database import micros
from syndicate.ledger.shelf import key_rows, name_rows, tally
from syndicate.ledger.shelf_format import Shelved, number_of, pack
from syndicate.ledger.shelving import KEPT, QUIET
from syndicate.ledger.sqlite import SqliteDatabase

AT_ONCE = 2000  # stories of one batch; sorted by key, so that neighbours share a page
TABLES = ("article", "alias", "delivery", "attempt", "shelf", "shelf_key", "shelf_name")
MARGIN = 2 * KEPT  # stories that stay rows of their own, however long ago


@dataclass(slots=True)
class Batch:
    """Rows by table, and how many deliveries of which kind are on the shelf."""

    rows: dict[str, list[dict[str, Any]]] = field(default_factory=lambda: {table: [] for table in TABLES})
    counts: Counter[tuple[int, int, str]] = field(default_factory=Counter)


def build(path: Path, articles: int, accounts: int, end: datetime, *, plain: bool) -> None:
    """Write a ledger of this tree's schema at `path`, which must not exist. `plain`: nothing is on the shelf yet."""
    begun = time.monotonic()
    SqliteDatabase(path).close()
    make = partial(_batch, count=articles, accounts=accounts, end=end, plain=plain)
    numbers = [range(start, min(start + AT_ONCE, articles)) for start in range(0, articles, AT_ONCE)]
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as connection, multiprocessing.Pool(2) as pool:
        for said in ("journal_mode=OFF", "synchronous=OFF", "cache_size=-600000", "foreign_keys=OFF"):
            connection.execute(f"PRAGMA {said}")
        indexes = _without_indexes(connection)
        connection.execute("BEGIN")
        counts: Counter[tuple[int, int, str]] = Counter()
        for number, batch in enumerate(pool.imap(make, numbers), 1):
            for table, rows in batch.rows.items():
                _load(connection, table, rows)
            counts.update(batch.counts)
            if number % 50 == 0:
                print(f"{number * AT_ONCE:,} articles, {time.monotonic() - begun:.0f} s", file=sys.stderr)
        _finish(connection, counts, accounts, indexes)
        connection.execute("COMMIT")
    print(f"{path}: {articles:,} articles in {time.monotonic() - begun:.0f} s", file=sys.stderr)


def _without_indexes(connection: sqlite3.Connection) -> list[str]:
    """Drop the indexes of the large tables. Returns what makes them."""
    found = connection.execute(
        "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL AND tbl_name IN"
        f" ({', '.join(map(repr, TABLES))})"
    ).fetchall()
    for name, _ in found:
        connection.execute(f"DROP INDEX {name}")
    return [sql for _, sql in found]


def _finish(
    connection: sqlite3.Connection, counts: Counter[tuple[int, int, str]], accounts: int, indexes: list[str]
) -> None:
    rows = [(account, day, what, number) for (account, day, what), number in counts.items()]
    connection.executemany("INSERT INTO shelf_count (account, day, what, number) VALUES (?, ?, ?, ?)", rows)
    if rows:
        named = [(number, name) for number, name in enumerate(names_of(accounts), 1)]
        connection.executemany("INSERT INTO shelf_account (number, name) VALUES (?, ?)", named)
    for sql in indexes:
        connection.execute(sql)


def _batch(numbers: range, *, count: int, accounts: int, end: datetime, plain: bool) -> Batch:
    """The rows of some stories, as a run leaves them or as they are on the shelf."""
    batch, named = Batch(), {name: number for number, name in enumerate(names_of(accounts), 1)}
    quiet = micros(end - QUIET)
    for number, story in zip(numbers, stories(count, accounts, end, numbers), strict=True):
        batch.rows["article"].append(story.article)
        if plain or story.article["first_seen_at"] >= quiet or number >= count - MARGIN:
            batch.rows["alias"] += story.aliases
            batch.rows["delivery"] += map(written, story.deliveries)
            batch.rows["attempt"] += story.attempts
        else:
            _shelve(batch, story, named)
    return batch


def _shelve(batch: Batch, story: Story, named: dict[str, int]) -> None:
    anchor = story.article["anchor"]
    deliveries = [row | {"account": named[row["account"]]} for row in story.deliveries]
    whole = Shelved(anchor, [(name["kind"], name["hash"]) for name in story.aliases], deliveries, story.attempts)
    number = number_of(anchor)
    planned_at = min(row["planned_at"] for row in deliveries)
    batch.rows["shelf"].append({"id": number, "planned_at": planned_at, "data": pack(whole)})
    batch.rows["shelf_key"] += key_rows(number, whole)
    batch.rows["shelf_name"] += name_rows(number, whole)
    batch.counts.update(tally(whole))


def _load(connection: sqlite3.Connection, table: str, rows: list[dict[str, Any]]) -> None:
    columns = list(dict.fromkeys(name for row in rows[:200] for name in row))
    if not columns:
        return
    made = [tuple(row.get(column) for column in columns) for row in rows]
    connection.executemany(
        f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))})",
        made if table == "article" else sorted(made, key=lambda row: row[0]),  # articles are in the order of time
    )
