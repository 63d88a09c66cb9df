"""Copies of stories within a large ledger, made by SQLite: under keys and numbers of their own, with the same words.

A copy costs a tenth of a story. On the shelf its data is the story's own, so that what is found under a copy's key has
other keys; no figure of the benchmark depends on that.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping

ROWS = ("article", "alias", "delivery", "attempt")
SHELF = ("article", "shelf", "shelf_key", "shelf_name")
MOST = 31  # copies of one story
TURNED = "SUBSTR({0}, :copy + 1) || SUBSTR({0}, 1, :copy)"  # 32 digits, begun at another one
STEP, BELOW = 57_646_075_230_342_349, (1 << 60) - 1
CHANGED: Mapping[str, Mapping[str, str]] = {
    "article": {
        "anchor": "{anchor}",
        "url": "REPLACE(url, '.example/', '.example/' || :copy || '/')",
        "title_key": TURNED.format("title_key"),
        "summary_key": TURNED.format("summary_key"),
    },
    "alias": {"hash": TURNED.format("hash"), "anchor": "{anchor}"},
    "delivery": {"key": "{key}", "anchor": "{anchor}"},
    "attempt": {"key": "{key}"},
    "shelf": {"id": "{id}"},
    "shelf_key": {"start": "(start + :copy * 214748365) & 4294967295", "id": "{id}"},
    "shelf_name": {"hash": f"(hash + :copy * {STEP}) & {BELOW}", "id": "{id}"},
}
"""What differs in a copy."""
WORDS = {
    "anchor": TURNED.format("anchor"),
    "key": TURNED.format("key"),
    "id": f"(id + :copy * {STEP}) & {BELOW}",
}


class Copies:
    """Of the rows that are in these tables now, and were not there `since` (the number of the last article then)."""

    def __init__(self, connection: sqlite3.Connection, tables: tuple[str, ...], since: int) -> None:
        self._connection, self._tables = connection, tables
        connection.execute("PRAGMA temp_store=MEMORY")
        for table in tables:
            among = " WHERE rowid > :since" if table == "article" else ""
            connection.execute(f"CREATE TEMP TABLE made_{table} AS SELECT * FROM main.{table}{among}", {"since": since})

    def add(self, copies: int) -> None:
        """Add so many copies of each row."""
        for copy in range(1, copies + 1):
            for table in self._tables:
                columns = [row[1] for row in self._connection.execute(f"PRAGMA main.table_info({table})")]
                put = ", ".join(CHANGED[table].get(name, name).format(**WORDS) for name in columns)
                order = "" if table == "article" else " ORDER BY 1"
                said = f"INSERT INTO main.{table} ({', '.join(columns)}) SELECT {put} FROM made_{table}{order}"
                self._connection.execute(said, {"copy": copy})

    def close(self) -> None:
        """Forget what was copied."""
        for table in self._tables:
            self._connection.execute(f"DROP TABLE made_{table}")
