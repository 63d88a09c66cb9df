"""The temporary tables of a rehearsal on a server: views over those that grow for ever, copies of the others."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from syndicate.ledger.overlay_schema import LARGE
from syndicate.ledger.postgresql_schema import NUMBERED
from syndicate.ledger.transfer import TABLES
from syndicate.model.dataclass import dataclass

if TYPE_CHECKING:
    import psycopg

FIRST_ROW = 1 << 62
"""The number of the first row that is written here: after all of the ledger's."""
_SCHEMA = "SELECT quote_ident(current_schema())"
_COLUMNS = """
SELECT relname, attname, pg_get_expr(adbin, adrelid) FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid
 LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum
 WHERE relnamespace = quote_ident(current_schema())::regnamespace AND attnum > 0 AND NOT attisdropped ORDER BY attnum
"""
_UNIQUE = """
SELECT relname, indisprimary, ARRAY(SELECT attname::text FROM unnest(indkey::int2[]) WITH ORDINALITY AS part (number)
 JOIN pg_attribute ON attrelid = indrelid AND attnum = part.number ORDER BY part.ordinality)
 FROM pg_index JOIN pg_class ON pg_class.oid = indrelid
 WHERE relnamespace = quote_ident(current_schema())::regnamespace AND indisunique AND indpred IS NULL
"""


def lay_out(connection: psycopg.Connection[tuple[Any, ...]]) -> None:
    """Make the temporary tables and views, whose names go before those of the ledger's own. Raises psycopg.Error."""
    [(schema,)] = connection.execute(_SCHEMA).fetchall()
    columns, unique = connection.execute(_COLUMNS).fetchall(), connection.execute(_UNIQUE).fetchall()
    script = [f"CREATE TEMP SEQUENCE local_rowid START {FIRST_ROW}"]
    for name in TABLES:
        if name in LARGE:
            script += _GrowingTable.of(name, columns, unique).statements(schema)
        else:
            script += [
                f"CREATE TEMP TABLE {name} (LIKE {schema}.{name} INCLUDING ALL)",
                f"INSERT INTO pg_temp.{name} SELECT * FROM {schema}.{name}",
            ]
    connection.execute(";\n".join(script).encode())


@dataclass(frozen=True, slots=True)
class _GrowingTable:
    """A table that grows for ever: its columns with what is stored where none is given, and what is unique in it."""

    name: str
    columns: dict[str, str | None]
    key: list[str]
    unique: list[list[str]]

    @classmethod
    def of(cls, name: str, columns: list[tuple[Any, ...]], unique: list[tuple[Any, ...]]) -> _GrowingTable:
        own = {column: value for table, column, value in columns if table == name}
        if name in NUMBERED:
            own["rowid"] = "nextval('local_rowid')"
        [key] = [parts for table, primary, parts in unique if table == name and primary]
        others = [parts for table, primary, parts in unique if table == name and not primary and parts != ["rowid"]]
        return cls(name, own, key, [key, *others])

    def statements(self, schema: str) -> Iterator[str]:
        """What makes the view and its triggers."""
        name, listed, keys = self.name, ", ".join(self.columns), ", ".join(self.key)
        yield f"CREATE TEMP TABLE local_{name} (LIKE {schema}.{name} INCLUDING INDEXES)"
        yield f"CREATE TEMP TABLE hidden_{name} AS SELECT {keys} FROM {schema}.{name} LIMIT 0"
        yield f"ALTER TABLE hidden_{name} ADD PRIMARY KEY ({keys})"
        # The condition stands outside: two plain parts are planned as one table, with the indexes of both.
        yield (
            f"CREATE TEMP VIEW {name} AS SELECT {listed} FROM (SELECT {listed}, 0 AS here FROM {schema}.{name}"
            f" UNION ALL SELECT {listed}, 1 FROM local_{name}) AS stored WHERE here = 1 OR NOT EXISTS"
            f" (SELECT 1 FROM hidden_{name} AS hidden WHERE {self._joined()})"
        )
        yield from self._trigger("add", "INSERT", self._adds())
        yield from self._trigger("change", "UPDATE", self._changes())
        yield from self._trigger("remove", "DELETE", f"{self._hides()} RETURN OLD;")

    def _trigger(self, verb: str, event: str, body: str) -> Iterator[str]:
        called = f"pg_temp.{verb}_{self.name}()"
        yield f"CREATE FUNCTION {called} RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {body} END $$"
        yield (
            f"CREATE TRIGGER {verb}_{self.name} INSTEAD OF {event} ON {self.name}"
            f" FOR EACH ROW EXECUTE FUNCTION {called}"
        )

    def _adds(self) -> str:
        given = "".join(
            f"NEW.{each} := COALESCE(NEW.{each}, {value}); " for each, value in self.columns.items() if value
        )
        there = " OR ".join(self._there(each) for each in self.unique)
        return f"{given}IF {there} THEN RETURN NULL; END IF; {self._store()} RETURN NEW;"

    def _changes(self) -> str:
        refused = "".join(
            f"IF ({self._differs(each)}) AND {self._there(each)} THEN RAISE unique_violation; END IF; "
            for each in self.unique[1:]
        )
        moved = f"IF {self._differs(self.key)} THEN RAISE EXCEPTION 'the key of a row does not change'; END IF;"
        return f"{moved} {refused}{self._hides()} {self._store()} RETURN NEW;"

    def _hides(self) -> str:
        old = ", ".join(f"OLD.{each}" for each in self.key)
        return (
            f"INSERT INTO hidden_{self.name} VALUES ({old}) ON CONFLICT DO NOTHING;"
            f" DELETE FROM local_{self.name} WHERE {_same(self.key, 'OLD')};"
        )

    def _store(self) -> str:
        new = ", ".join(f"NEW.{each}" for each in self.columns)
        return f"INSERT INTO local_{self.name} ({', '.join(self.columns)}) VALUES ({new});"

    def _there(self, columns: list[str]) -> str:
        return f"EXISTS (SELECT 1 FROM {self.name} WHERE {_same(columns, 'NEW')})"

    def _differs(self, columns: list[str]) -> str:
        return " OR ".join(f"NEW.{each} IS DISTINCT FROM OLD.{each}" for each in columns)

    def _joined(self) -> str:
        return " AND ".join(f"hidden.{each} = stored.{each}" for each in self.key)


def _same(columns: list[str], row: str) -> str:
    return " AND ".join(f"{each} = {row}.{each}" for each in columns)
