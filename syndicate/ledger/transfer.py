"""Copies a whole ledger from one database to another: ids, keys, fences and history stay as they are."""

from __future__ import annotations

from syndicate.errors import LedgerError
from syndicate.ledger.database import Database
from syndicate.serialization import unpacked_article

TABLES = (
    *("article", "alias", "delivery", "attempt", "alert", "account", "credential", "source", "source_host"),
    *("subscription", "pause", "listing", "look", "listed", "charge", "dropped", "notice", "former_name"),
    *("shelf", "shelf_key", "shelf_name", "shelf_account", "shelf_count", "rendering", "hosted", "run", "meta"),
    *("follow_up", "follow_up_sink", "evergreen"),
)
"""In the order in which rows refer to others. `chain` is of a file alone."""
ORDERED = frozenset({"article", "alias", "delivery", "follow_up"})
"""Tables whose rows are worked through in the order in which they came."""
OWN = frozenset({"schema_version", "schema_oldest", "synced", "config"})
"""Names of rows of `meta` that each ledger has of its own."""
BATCH = 2000


def copy(source: Database, target: Database) -> dict[str, int]:
    """Copy every row, in one transaction. Returns how many, by table. Raises LedgerError if the target has any."""
    numbers = {}
    with target.transaction():
        require_empty(target)
        target.change("DELETE FROM run")
        with source.snapshot():
            for table in TABLES:
                numbers[table] = _copied(source, target, table)
    return numbers


def require_empty(target: Database) -> None:
    """Raise LedgerError if a ledger has been used: its rows and others cannot become one."""
    for table in ("article", "delivery", "account", "source", "shelf"):
        if target.row(f"SELECT 1 AS there FROM {table} LIMIT 1") is not None:
            raise LedgerError(f"{target.name} has a ledger already", hint="use an empty database, or another file")


def _copied(source: Database, target: Database, table: str) -> int:
    columns = sorted(source.columns(table) & target.columns(table))  # a newer version may have added some
    asked = f"SELECT {', '.join(columns)} FROM {table}" + (" ORDER BY rowid" if table in ORDERED else "")
    names = ", ".join(f":{name}" for name in columns)
    put, number = f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({names})", 0
    for batch in source.stream(asked, BATCH):
        rows = [row for row in batch if table != "meta" or row["name"] not in OWN]
        if table == "article" and not target.packs:
            rows = [row | {"data": unpacked_article(row["data"])} for row in rows]
        if rows:
            target.change_many(put, rows)
        number += len(rows)
    return number
