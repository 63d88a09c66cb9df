"""Counts what is asked of a database."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from unittest import mock

from syndicate.ledger.database import Database


@contextlib.contextmanager
def counted(database: Database) -> Iterator[list[str]]:
    """Meanwhile, the statements that are asked of a ledger's database, each once however many rows it is for."""
    asked: list[str] = []

    def noting(name):
        ask = getattr(database, name)

        def noted(sql, *rows, **values):
            asked.append(sql)
            return ask(sql, *rows, **values)

        return noted

    with contextlib.ExitStack() as stack:
        for name in ("rows", "change", "change_many"):  # `row` asks by `rows`
            stack.enter_context(mock.patch.object(database, name, noting(name)))
        yield asked
