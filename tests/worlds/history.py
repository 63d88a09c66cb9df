"""Years of finished deliveries in a ledger, made of one that is there."""

from __future__ import annotations

import hashlib
import sqlite3
from contextlib import closing

DAY = 86_400_000_000  # microseconds


def grow(path, numbers):
    """Adds an older article for each of `numbers` to a ledger, an hour apart, with the names, deliveries and attempts
    of the newest posted one.
    """
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.row_factory = sqlite3.Row
        newest = "SELECT anchor FROM delivery WHERE state = 'posted' ORDER BY planned_at DESC LIMIT 1"
        anchor = connection.execute(newest).fetchone()[0]
        for table in ("article", "alias", "delivery", "attempt"):
            which = "key IN (SELECT key FROM delivery WHERE anchor = ?)" if table == "attempt" else "anchor = ?"
            rows = [dict(row) for row in connection.execute(f"SELECT * FROM {table} WHERE {which}", (anchor,))]
            names = list(rows[0])
            marks = ", ".join("?" * len(names))
            made = ([_older(name, row[name], n) for name in names] for n in numbers for row in rows)
            connection.executemany(f"INSERT INTO {table} ({', '.join(names)}) VALUES ({marks})", made)


def _older(column, value, number):
    if value is None:
        return None
    if column in ("anchor", "key", "hash", "title_key", "summary_key", "content_hash"):
        return hashlib.sha256(f"{value} {number}".encode()).hexdigest()[: len(value)]
    if column.endswith("_at"):
        return value - number * DAY // 24 - DAY * 3
    return f"{value}/{number}" if column == "url" else value
