"""Writes a large ledger: in one transaction, without waiting for the disk, most of its indexes after the rows."""

from __future__ import annotations

import contextlib
import sqlite3
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from bench.large_copies import ROWS, SHELF, Copies
from bench.large_quick import ARTICLE, Shelf, add
from bench.large_rows import Row, names_of, published_at, seen_at, story_of, written
from bench.large_words import told
from syndicate.ledger.database import micros
from syndicate.ledger.shelving import CURSOR, KEPT, QUIET
from syndicate.ledger.sqlite import SqliteDatabase

AT_ONCE = 5000  # stories of one batch; sorted by key, so that neighbours share a page
TABLES = ("article", "alias", "delivery", "attempt", "shelf", "shelf_key", "shelf_name")
MARGIN = 2 * KEPT  # stories that stay rows of their own, however long ago
LOOSE = ("journal_mode=OFF", "synchronous=OFF", "cache_size=-600000", "foreign_keys=OFF", "locking_mode=EXCLUSIVE")


def build(path: Path, articles: int, accounts: int, end: datetime, *, plain: bool = False, each: int = 1) -> None:
    """Write a ledger of this tree's schema at `path`, which must not exist. `plain`: nothing is on the shelf yet.

    Of `each` stories one is made, and the others are copies of it.
    """
    begun, spent = time.monotonic(), time.process_time()
    SqliteDatabase(path).close()
    made = articles // each
    shelved = 0 if plain else _shelved(made, end, MARGIN // each)
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as connection:
        for said in LOOSE:
            connection.execute(f"PRAGMA {said}")
        indexes = _without_indexes(connection)
        connection.execute("BEGIN")
        counts = Counter[tuple[int, int, str]]()
        for done in _shelf(connection, range(shelved), made, names_of(accounts), end, counts):
            if done % (10 * AT_ONCE) == 0 or done == shelved:
                print(f"{done:,} articles on the shelf, {time.monotonic() - begun:.0f} s", file=sys.stderr)
        _copy(connection, SHELF, 0, each - 1)
        if shelved:
            counts = Counter({which: number * each for which, number in counts.items()})
            _finish(connection, counts, accounts, shelved * each)
        _rows(connection, range(shelved, made), made, accounts, end)
        _copy(connection, ROWS, shelved * each, each - 1)
        for sql in indexes:
            connection.execute(sql)
        connection.execute("COMMIT")
    took, spent = time.monotonic() - begun, time.process_time() - spent
    print(f"{path}: {articles:,} articles in {took:.0f} s, {spent:.0f} s of the processor", file=sys.stderr)


def _shelved(articles: int, end: datetime, margin: int) -> int:
    """How many stories are on the shelf: the oldest ones, as they were finished one after the other."""
    quiet, low, high = micros(end - QUIET), 0, max(0, articles - margin)
    while low < high:
        middle = (low + high) // 2
        if seen_at(middle, micros(published_at(middle, articles, end))) < quiet:
            low = middle + 1
        else:
            high = middle
    return low


def _without_indexes(connection: sqlite3.Connection) -> list[str]:
    """Drop the indexes of the large tables. Returns what makes them."""
    found = connection.execute(
        "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL AND tbl_name IN"
        f" ({', '.join(map(repr, TABLES))})"
    ).fetchall()
    for name, _ in found:
        connection.execute(f"DROP INDEX {name}")
    return [sql for _, sql in found]


def _shelf(
    connection: sqlite3.Connection,
    numbers: range,
    count: int,
    named: dict[str, str],
    end: datetime,
    counts: Counter[tuple[int, int, str]],
) -> Iterator[int]:
    """Write the stories that are on the shelf, and count them. Yields how many are there."""
    for start in range(0, numbers.stop, AT_ONCE):
        shelf, stop = Shelf(counts=counts), min(start + AT_ONCE, numbers.stop)
        for number in range(start, stop):
            add(shelf, told(number, published_at(number, count, end)), named)
        _load(connection, "article", ARTICLE, shelf.articles)
        _load(connection, "shelf", ("id", "planned_at", "data"), sorted(shelf.stories))
        _load(connection, "shelf_key", ("start", "id"), sorted(shelf.keys))
        _load(connection, "shelf_name", ("hash", "id"), sorted(shelf.names))
        yield stop


def _rows(connection: sqlite3.Connection, numbers: range, count: int, accounts: int, end: datetime) -> None:
    """Write the stories that are rows of their own."""
    named = names_of(accounts)
    for start in range(numbers.start, numbers.stop, AT_ONCE):
        rows: dict[str, list[Row]] = {"article": [], "alias": [], "delivery": [], "attempt": []}
        for number in range(start, min(start + AT_ONCE, numbers.stop)):
            story = story_of(told(number, published_at(number, count, end)), named)
            rows["article"].append(story.article)
            rows["alias"] += story.aliases
            rows["delivery"] += map(written, story.deliveries)
            rows["attempt"] += story.attempts
        for table, added in rows.items():
            columns = list(dict.fromkeys(name for row in added[:200] for name in row))
            made = [tuple(row.get(column) for column in columns) for row in added]
            _load(connection, table, columns, made)


def _copy(connection: sqlite3.Connection, tables: tuple[str, ...], since: int, copies: int) -> None:
    if copies:
        made = Copies(connection, tables, since)
        made.add(copies)
        made.close()


def _load(connection: sqlite3.Connection, table: str, columns: Sequence[str], rows: Sequence[tuple[Any, ...]]) -> None:
    put = f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))})"
    connection.executemany(put, rows)


def _finish(connection: sqlite3.Connection, counts: Counter[tuple[int, int, str]], accounts: int, shelved: int) -> None:
    """Write what counts the stories on the shelf, and that they have been looked at."""
    counted = [(*which, number) for which, number in counts.items()]
    _load(connection, "shelf_count", ("account", "day", "what", "number"), counted)
    named = [(number, name) for number, name in enumerate(names_of(accounts), 1)]
    _load(connection, "shelf_account", ("number", "name"), named)
    _load(connection, "meta", ("name", "value"), [(CURSOR, str(shelved))])
