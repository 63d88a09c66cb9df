"""What the ledger asks of a database, whichever it is: plain SQL with `:name` parameters, short transactions."""

from __future__ import annotations

import contextlib
import functools
import re
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Protocol, overload

from syndicate.errors import NewerLedger
from syndicate.model.pattern import pattern

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
MIGRATIONS = Path(__file__).parent / "migrations"
VERSION = 17
ADDS = "-- Additive: "
"""How a script of migrations/ begins after which processes of the version before may go on: it only adds tables,
indexes, and columns that they do not have to know. See docs/operations/upgrade.md.
"""

Row = dict[str, Any]

_PARTS = pattern(r"'[^']*'|(?<![:\w]):([A-Za-z_]\w*)|%|\b(?:un)?likely(?=\()")
"""A text in quotes, a parameter, a percent sign, or a hint that only SQLite's planner wants."""
_HINTS = ("likely", "unlikely")


class Often(str):
    """A statement that is asked for each post, and finds its rows by their keys: a server keeps its plan.

    Columns are named one by one: the server refuses a kept `*` once a newer version has added a column. What decides
    which index serves is written out, and no parameter.
    """

    __slots__ = ()


class Database(Protocol):
    """One ledger. Every method raises LedgerError, and may be called by any thread."""

    @property
    def name(self) -> str:
        """Where it is, for messages; never with a password."""

    @property
    def path(self) -> Path | None:
        """Its file; None where a server keeps it."""

    @property
    def packs(self) -> bool:
        """Whether the words of old articles are stored compressed; a server does that by itself."""

    def rows(self, sql: str, **values: Any) -> list[Row]:
        """Run one statement and return its rows."""

    def row(self, sql: str, **values: Any) -> Row | None:
        """The first row, if there is one."""

    def change(self, sql: str, **values: Any) -> int:
        """Run one statement and return how many rows it touched."""

    def note(self, sql: str, **values: Any) -> None:
        """Run one statement of which nobody asks how many rows it touched; a server may get it with what comes next."""

    def change_many(self, sql: str, rows: Sequence[Row]) -> None:
        """Run one statement for each of many rows, all of them or none."""

    def transaction(self) -> contextlib.AbstractContextManager[Any]:
        """One transaction, without other writers. Inside another one on this thread: part of that."""

    def snapshot(self) -> contextlib.AbstractContextManager[Any]:
        """Meanwhile, this thread reads everything as it is now, and nobody waits for it."""

    def stream(self, sql: str, most: int) -> Iterator[list[Row]]:
        """The rows of one statement, at most so many at a time; within `snapshot`."""

    def columns(self, table: str) -> set[str]:
        """The names of a table's columns."""

    def defer_references(self) -> None:
        """Let rows that others refer to be missing until the end of this transaction."""

    def others(self) -> int:
        """A number that is another one as soon as any other thread or process has changed something."""

    def changed_here(self) -> int:
        """How many rows this thread has changed so far."""

    def relaxed(self) -> contextlib.AbstractContextManager[Any]:
        """Meanwhile, commits of this thread do not wait for the disk."""

    def sync(self) -> None:
        """Bring to the disk what was committed `relaxed`, if anything was."""

    def check(self) -> None:
        """Raise LedgerError if it is not the one that was opened."""

    def check_log(self) -> None:
        """Raise LedgerError if its log is not the one that it had when it was opened."""

    def damage(self, *, whole: bool = True) -> list[str]:
        """What is damaged, in the database's words. Unless `whole`, what takes long is not looked at."""

    def size(self) -> int:
        """How many bytes it has."""

    def checkpoint(self) -> None:
        """Bring its file up to date, if it has one of its own."""

    def widen(self, cache_kb: int) -> None:
        """Give this thread more memory, for writing many rows. `cache_kb` is in KiB."""

    def close(self) -> None:
        """Close every thread's connection."""


@overload
def micros(moment: datetime) -> int: ...
@overload
def micros(moment: datetime | None) -> int | None: ...
def micros(moment: datetime | None) -> int | None:
    """An instant as the ledger stores it: microseconds since 1970."""
    return None if moment is None else (moment - EPOCH) // MICROSECOND


def from_micros(value: int | None) -> datetime | None:
    """The reverse of `micros`."""
    return None if value is None else EPOCH + value * MICROSECOND


@functools.lru_cache(maxsize=1024)
def percent_named(sql: str) -> str:
    """A statement with `:name` parameters as psycopg wants it: `%(name)s`, and `%%` for a percent sign."""
    return _PARTS.sub(_percent_named, sql)


def numbered(sql: str) -> tuple[str, tuple[str, ...]]:
    """A statement with `:name` parameters as PREPARE wants it, `$1`, `$2`, and their names in that order."""
    names: dict[str, int] = {}

    def number(found: re.Match[str]) -> str:
        if found[1]:
            return f"${names.setdefault(found[1], len(names) + 1)}"
        return "" if found[0] in _HINTS else found[0]

    return _PARTS.sub(number, sql), tuple(names)


def _percent_named(found: re.Match[str]) -> str:
    if found[1]:
        return f"%({found[1]})s"
    return "" if found[0] in _HINTS else found[0].replace("%", "%%")


def schema_of(database: Database) -> int:
    """The version of the schema that a ledger with a table `meta` has; 0 where it is not known."""
    found = database.row("SELECT value FROM meta WHERE name = 'schema_version'")
    return int(found["value"]) if found else 0


def oldest_of(database: Database) -> int:
    """The oldest version that may use a ledger: its own, or one since which its tables were only added to."""
    found = database.row("SELECT value FROM meta WHERE name = 'schema_oldest'")
    return int(found["value"]) if found else schema_of(database)


def require_known(database: Database) -> None:
    """Raise NewerLedger if a newer version has changed this ledger in a way that this one must not go on with."""
    oldest = oldest_of(database)
    if oldest > VERSION:
        raise newer(database.name, oldest)


def newer(name: str, version: int) -> NewerLedger:
    """A NewerLedger for a ledger that needs a later version."""
    return NewerLedger(
        f"{name} was written by a newer syndicate (schema {version}, this one knows {VERSION})",
        hint="install the newer version again",
    )


def scripts(version: int) -> Iterator[str]:
    """What makes a ledger of this version one of today; of version 0, a new one, all at once where that is written."""
    whole = MIGRATIONS / f"whole-{VERSION:03}.sql"
    if version == 0 and whole.exists():
        yield whole.read_text(encoding="utf-8")
        return
    for number in range(version + 1, VERSION + 1):
        yield _script(number)


def _script(number: int) -> str:
    return (MIGRATIONS / f"{number:03}.sql").read_text(encoding="utf-8")


def oldest_beside() -> int:
    """The oldest version that may use a ledger of this one: all scripts since then are marked as `ADDS`."""
    version = VERSION
    while version > 1 and _script(version).startswith(ADDS):
        version -= 1
    return version


def migrate(database: Database, run: Callable[[str], None]) -> None:
    """Bring a ledger to this version's schema, within a transaction; `run` runs a script of several statements."""
    database.change("CREATE TABLE IF NOT EXISTS meta (name TEXT PRIMARY KEY, value TEXT NOT NULL)")
    version = schema_of(database)
    if version > VERSION:  # a newer one was quicker
        require_known(database)
        return
    for script in scripts(version):
        run(script)
    for name, value in (("schema_version", VERSION), ("schema_oldest", oldest_beside())):
        database.change(
            "INSERT INTO meta (name, value) VALUES (:name, :value) ON CONFLICT (name) DO UPDATE SET value = :value",
            name=name,
            value=str(value),
        )
