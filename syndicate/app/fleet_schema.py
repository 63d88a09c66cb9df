"""The tables of the job engine, procrastinate, beside those of the ledger: made, brought up to date, and checked.

Which version they have is kept in the ledger's `meta`, as the number of procrastinate's last migration.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from syndicate.errors import LedgerError

if TYPE_CHECKING:
    from syndicate.ledger.postgresql import PostgresDatabase

_NAME = "engine_schema"
UPGRADE = "run syndicate db upgrade"
INSTALL = 'pip install "syndicate-social[distributed]"'


def upgrade(database: PostgresDatabase) -> tuple[str | None, str]:
    """Make the engine's tables, or move them on to the installed version. Returns the version before, and now.

    Any number of machines may do it at once; it happens once. Raises LedgerError.
    """
    from procrastinate.schema import SchemaManager

    known = _migrations()
    newest = max(known)
    with database.transaction():  # two processes one after the other
        before = version(database)
        if before is None:
            if _there(database):
                raise _foreign(database)
            database.script(SchemaManager.get_schema())
            _keep(database, newest)
    if before is not None and before > newest:
        raise _newer(database, before)
    for number in sorted(known) if before is not None else ():
        with database.transaction():
            if number > (version(database) or ""):
                database.script(known[number])
                _keep(database, number)
    return before, newest


def require(database: PostgresDatabase) -> None:
    """Raise LedgerError if the engine's tables are not those of the installed version."""
    found, newest = version(database), max(_migrations())
    if found is None:
        raise LedgerError(f"{database.name} has no tables of the job engine yet", hint=UPGRADE)
    if found > newest:
        raise _newer(database, found)
    if found < newest:
        told = f"has the tables of an earlier job engine (procrastinate {_shown(found)}, this one has {_shown(newest)})"
        raise LedgerError(f"{database.name} {told}", hint=UPGRADE)


def version(database: PostgresDatabase) -> str | None:
    """The number of the engine's last migration there; None where it has no tables."""
    row = database.row("SELECT value FROM meta WHERE name = :name", name=_NAME)
    return row["value"] if row else None


def _there(database: PostgresDatabase) -> bool:
    row = database.row("SELECT to_regclass('procrastinate_jobs') IS NOT NULL AS there")
    return bool(row and row["there"])


def _keep(database: PostgresDatabase, number: str) -> None:
    database.change(
        "INSERT INTO meta (name, value) VALUES (:name, :number) ON CONFLICT (name) DO UPDATE SET value = :number",
        name=_NAME,
        number=number,
    )


def _migrations() -> dict[str, str]:
    """The scripts that procrastinate brings along, by their numbers, such as 03.04.00_50."""
    from importlib import resources

    files = (resources.files("procrastinate.sql") / "migrations").iterdir()
    scripts = (file for file in files if file.name.endswith(".sql"))
    return {"_".join(file.name.split("_")[:2]): file.read_text(encoding="utf-8") for file in scripts}


def _shown(number: str) -> str:
    """A migration's number as people write versions: 3.4.0."""
    return ".".join(str(int(part)) for part in number.partition("_")[0].split("."))


def _newer(database: PostgresDatabase, found: str) -> LedgerError:
    return LedgerError(
        f"{database.name} has the tables of a later job engine (procrastinate {_shown(found)})",
        hint=f"install the newer version again: {INSTALL} --upgrade",
    )


def _foreign(database: PostgresDatabase) -> LedgerError:
    return LedgerError(
        f"{database.name} has tables of procrastinate that another program made",
        hint="give syndicate a database of its own",
    )
