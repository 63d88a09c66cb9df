"""The tables of an overlay: views over those of the ledger beneath that grow for ever, copies of the others."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator

from syndicate.model.dataclass import dataclass

SHELF = ("shelf", "shelf_key", "shelf_name")
LARGE = frozenset(
    {"article", "alias", "delivery", "attempt", "alert", "dropped", "listing", "listed", "evergreen", *SHELF}
)
"""Tables that are never copied. Each has a primary key, and nothing changes that of a row."""
_WRITE = re.compile(rf"\s*(INSERT INTO|UPDATE|DELETE FROM) ({'|'.join(sorted(LARGE))})\b")
_IGNORES = re.compile(r" ON CONFLICT( \([\w, ]+\))? DO NOTHING")


def writes(sql: str) -> str | None:
    """How a statement writes to one of these tables, which is a view; None if it does not."""
    found = _WRITE.match(sql)
    return found[1] if found else None


def plain(sql: str) -> str:
    """An INSERT without ON CONFLICT DO NOTHING, which no view has: its trigger ignores what is there."""
    return _IGNORES.sub("", sql)


def lay_out(connection: sqlite3.Connection) -> None:
    """Make the tables of an overlay in `main` and its views in `temp`, above the ledger that is attached as `real`."""
    made = connection.execute("SELECT type, name, tbl_name, sql FROM real.sqlite_master WHERE sql IS NOT NULL")
    for kind, name, table, sql in sorted(made.fetchall(), key=lambda row: row[0] != "table"):
        if name.startswith("sqlite_"):
            continue
        connection.execute(_local(sql, table) if table in LARGE else sql)
        if kind == "table" and table not in LARGE:
            connection.execute(f"INSERT INTO main.{name} SELECT * FROM real.{name}")
    for name in sorted(LARGE):
        for statement in _Large.of(name, connection).statements():
            connection.execute(statement)


def _local(sql: str, table: str) -> str:
    """The statement that makes a table or an index, for the rows of that table which are written here."""
    return re.sub(rf'^(CREATE TABLE |CREATE (?:UNIQUE )?INDEX \w+ ON )"?{table}"?', rf"\1local_{table}", sql)


@dataclass(frozen=True, slots=True)
class _Large:
    """A table that grows for ever: its columns with what is stored where none is given, and what is unique in it."""

    name: str
    columns: dict[str, str | None]
    key: tuple[str, ...]
    unique: tuple[tuple[str, ...], ...]

    @classmethod
    def of(cls, name: str, connection: sqlite3.Connection) -> _Large:
        columns = connection.execute(f"PRAGMA real.table_info({name})").fetchall()
        indexes = connection.execute(f"PRAGMA real.index_list({name})").fetchall()
        unique = tuple(
            tuple(row[2] for row in connection.execute(f"PRAGMA real.index_info({index})"))
            for _, index, is_unique, *_ in indexes
            if is_unique
        )
        key = tuple(column[1] for column in sorted(columns, key=lambda column: column[5]) if column[5])
        unique = unique if key in unique else (key, *unique)  # a number that is the row's own has no index
        return cls(name, {column[1]: column[4] for column in columns}, key, unique)

    def statements(self) -> Iterator[str]:
        """What makes the view and its triggers. In a trigger, the names of changed tables must be plain."""
        name, listed, keys = self.name, ", ".join(self.columns), ", ".join(self.key)
        old = ", ".join(f"OLD.{column}" for column in self.key)
        hide = f"INSERT OR IGNORE INTO hidden_{name} ({keys}) VALUES ({old});"
        forget = f"DELETE FROM local_{name} WHERE {self._same(self.key, 'OLD')};"
        new = ", ".join(f"NEW.{column}" for column in self.columns)
        given = ", ".join(f"COALESCE(NEW.{name}, {value or 'NULL'})" for name, value in self.columns.items())
        add = f"INSERT INTO local_{name} ({listed})"
        yield f"CREATE TABLE main.hidden_{name} ({keys}, PRIMARY KEY ({keys})) WITHOUT ROWID"
        yield (
            f"CREATE TEMP VIEW {name} AS SELECT {listed} FROM main.local_{name} UNION ALL"
            f" SELECT {listed} FROM real.{name} AS stored WHERE NOT EXISTS"
            f" (SELECT 1 FROM main.hidden_{name} AS hidden WHERE {self._joined()})"
        )
        on = f"ON {name} BEGIN"
        yield f"CREATE TEMP TRIGGER add_{name} INSTEAD OF INSERT {on} {add} SELECT {given} WHERE {self._absent()}; END"
        changed = f"{self._refusals()} {hide} {forget} {add} VALUES ({new});"
        yield f"CREATE TEMP TRIGGER change_{name} INSTEAD OF UPDATE {on} {changed} END"
        yield f"CREATE TEMP TRIGGER remove_{name} INSTEAD OF DELETE {on} {hide} {forget} END"

    def _joined(self) -> str:
        return " AND ".join(f"hidden.{column} = stored.{column}" for column in self.key)

    def _same(self, columns: tuple[str, ...], row: str) -> str:
        return " AND ".join(f"{column} = {row}.{column}" for column in columns)

    def _absent(self) -> str:
        """The condition that nothing unique of the new row is there."""
        return " AND ".join(
            f"NOT EXISTS (SELECT 1 FROM {self.name} WHERE {self._same(each, 'NEW')})" for each in self.unique
        )

    def _refusals(self) -> str:
        """What fails where a change touches the key, or makes a second row of something unique."""
        moved = " OR ".join(f"NEW.{column} IS NOT OLD.{column}" for column in self.key)
        refusals = f"SELECT RAISE(ABORT, 'the key of a row does not change') WHERE {moved};"
        for each in self.unique:
            if each != self.key:
                changed = " OR ".join(f"NEW.{column} IS NOT OLD.{column}" for column in each)
                refusals += (
                    f" SELECT RAISE(ABORT, 'UNIQUE constraint failed') WHERE ({changed})"
                    f" AND EXISTS (SELECT 1 FROM {self.name} WHERE {self._same(each, 'NEW')});"
                )
        return refusals
