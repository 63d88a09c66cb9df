"""Statements that are asked for each post: a server reads and plans each once for a connection (`PREPARE`)."""

from __future__ import annotations

import functools
from typing import Any

import psycopg

from syndicate.ledger.database import Often, Row, numbered, percent_named

_TYPES = {int: "bigint", str: "text"}
"""As columns have them. Of other values, such as one that is null, the server finds the type itself."""
MOST = 250
"""Plans that a connection keeps, each some tens of kB on the server; ours are a third of that."""
_numbered = functools.lru_cache(maxsize=256)(numbered)


class Plans:
    """The statements that one connection has prepared; they are gone with it, and psycopg prepares none beside them."""

    def __init__(self) -> None:
        self._names: dict[tuple[str, ...], str] = {}

    def said(self, connection: psycopg.Connection[Any], sql: str, values: Row) -> str:
        """A statement with its values, as the server is asked; one of `Often` is prepared when it first comes."""
        asked = percent_named(sql)
        if isinstance(sql, Often):
            text, names = _numbered(sql)
            types = [_TYPES.get(type(values[name]), "unknown") for name in names]
            known = self._names.get((sql, *types)) or self._prepared(connection, sql, text, types)
            given = f" ({', '.join(f'%({name})s' for name in names)})" if names else ""
            asked = f"EXECUTE {known}{given}" if known else asked
        return psycopg.ClientCursor(connection).mogrify(asked, values)

    def _prepared(self, connection: psycopg.Connection[Any], sql: str, text: str, types: list[str]) -> str | None:
        if len(self._names) >= MOST:
            return None
        name = f"often{len(self._names)}"
        listed = f" ({', '.join(types)})" if types else ""
        connection.execute(f"PREPARE {name}{listed} AS {text}".encode())
        self._names[sql, *types] = name
        return name
