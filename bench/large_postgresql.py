"""What a claim and a tick cost on a PostgreSQL server that has a large ledger.

    python -m bench.large --articles 1000000 --each 20 --out ledger.db
    python -m bench.large --postgresql ledger.db

The ledger's file is copied into a server of its own, the one of the tests, but with every commit on the disk. Indexes
are made after the rows, and statistics gathered, as the server itself does a while after `syndicate db import`.

On 2026-12-01, a million articles and five million deliveries, on two quiet cores, by the clock: copied in 63 s, a claim
0.57 ms, a tick 0.23 ms.
"""

from __future__ import annotations

import contextlib
import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg

from bench.large_measure import steps
from syndicate.ledger.postgresql import PostgresDatabase
from syndicate.ledger.transfer import OWN, TABLES
from tests.worlds import postgres

DURABLE = ("max_connections=60",)
ROOMY = ("shared_buffers=512MB", "max_wal_size=8GB", "maintenance_work_mem=256MB", "wal_level=minimal")
ROWS = 20_000  # of one message
WRITTEN = (
    "CASE typeof({0}) WHEN 'null' THEN '\\N' WHEN 'blob' THEN '\\\\x' || HEX({0}) ELSE"
    " REPLACE(REPLACE(REPLACE({0}, '\\', '\\\\'), CHAR(10), '\\n'), CHAR(9), '\\t') END"
)
"""A value as COPY wants it."""


def measure(file: Path) -> int:
    """Copy the ledger and print each figure with its bound. Returns 1 if one is over."""
    postgres.QUICK, postgres.LEAN = DURABLE, (*ROOMY, "max_wal_senders=0")
    with contextlib.closing(postgres.Server()) as server:
        address, begun = server.address(server.empty()), time.monotonic()
        PostgresDatabase(address, upgrade=True).close()
        with psycopg.connect(address, autocommit=True) as target, contextlib.closing(sqlite3.connect(file)) as source:
            fill(source, target)
            [(articles,)] = target.execute("SELECT COUNT(*) FROM article").fetchall()
            asked = "SELECT SUM(number) FROM shelf_count WHERE what IN ('posted', 'skipped')"
            [(shelved,)] = target.execute(asked).fetchall()
            [(rows,)] = target.execute("SELECT COUNT(*) FROM delivery").fetchall()
        took = time.monotonic() - begun
        print(f"{articles:,} articles, {rows + (shelved or 0):,} deliveries, copied in {took:.0f} s", flush=True)
        return int(not all([*steps(PostgresDatabase(address))]))


def fill(source: sqlite3.Connection, target: psycopg.Connection[tuple[object, ...]]) -> None:
    """Copy every row of a file."""
    indexes = target.execute(
        "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = current_schema()"
        " AND indexname NOT IN (SELECT conname FROM pg_constraint)"
    ).fetchall()
    for name, _ in indexes:
        target.execute(f"DROP INDEX {name}".encode())
    target.execute("DELETE FROM run")
    for table in TABLES:
        columns = [row[1] for row in source.execute(f"PRAGMA table_info({table})")]
        with target.cursor() as cursor, cursor.copy(f"COPY {table} ({', '.join(columns)}) FROM STDIN".encode()) as copy:
            for text in lines(source, table, columns):
                copy.write(text)
    for _, made in indexes:
        target.execute(str(made).encode())
    target.execute("ANALYZE")


def lines(source: sqlite3.Connection, table: str, columns: list[str]) -> Iterator[str]:
    """A table as the text of COPY, which SQLite itself writes."""
    written = [WRITTEN.format(column) for column in columns]
    own = f" WHERE name NOT IN ({', '.join(map(repr, sorted(OWN)))})" if table == "meta" else ""
    found = source.execute(f"SELECT {' || CHAR(9) || '.join(written)} || CHAR(10) FROM {table}{own}")
    while page := found.fetchmany(ROWS):
        yield "".join([row[0] for row in page])
