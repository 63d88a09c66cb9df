"""Makes what a ledger holds older, as if it had been kept for so long."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import timedelta

COLUMNS = {
    "article": ("published_at", "first_seen_at", "check_at", "changed_at"),
    "delivery": ("planned_at", "due_at", "committed_at", "posted_at", "updated_at"),
    "attempt": ("started_at", "ended_at"),
}


def pass_by(path, time: timedelta) -> None:
    """Let so much time pass by for all that is in the ledger at `path`; no command runs meanwhile."""
    with closing(sqlite3.connect(path)) as connection, connection:
        for table, names in COLUMNS.items():
            known = {row[1] for row in connection.execute(f"PRAGMA table_info({table})")}
            settings = ", ".join(f"{name} = {name} - :time" for name in names if name in known)
            connection.execute(f"UPDATE {table} SET {settings}", {"time": round(time.total_seconds() * 1e6)})
