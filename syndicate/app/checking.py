"""Checks a ledger or a backup without writing: is it whole, of which version, is its log its own, does its key open."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from pathlib import Path
from typing import Literal, TypeAlias

from syndicate.config.schema import Config
from syndicate.errors import LedgerError
from syndicate.ledger import copies, key_file, write_ahead
from syndicate.ledger.database import VERSION
from syndicate.ledger.faults import PUT_BACK
from syndicate.model.dataclass import dataclass

Check: TypeAlias = Literal["file", "server", "log", "integrity", "references", "key"]
KEY_CURE = "put back the key, or go on: each account signs in anew from the config, once"


@dataclass(frozen=True, slots=True)
class LedgerFinding:
    """What one check found. `cure` is what to do about it."""

    check: Check
    ok: bool
    said: str
    cure: str | None = None


def checked(config: Config, environ: Mapping[str, str], ledger: Path) -> list[LedgerFinding]:
    """Every finding about this file, which is the config's ledger or a backup of it."""
    try:
        held = copies.contents(ledger)
    except LedgerError as fault:
        return [LedgerFinding("file", ok=False, said=str(fault), cure=fault.hint)]
    older = "" if held.schema == VERSION else f" (the next run brings it to {VERSION})"
    said = f"schema {held.schema}{older}, {held.articles} articles, {held.posted} posts"
    return [
        LedgerFinding("file", ok=True, said=said),
        _log(ledger),
        _integrity(ledger),
        _references(ledger),
        _key(config, environ, ledger),
    ]


def checked_on_server(config: Config, environ: Mapping[str, str], address: str) -> list[LedgerFinding]:
    """Every finding about the ledger on a server. What is damaged in its files, the server's own programs tell."""
    from syndicate.app.ledger_server import connected

    try:
        database = connected(address)
    except LedgerError as fault:
        return [LedgerFinding("server", ok=False, said=str(fault), cure=fault.hint)]
    with contextlib.closing(database):
        numbers = [database.row(counted) for counted in _COUNTED]
        texts = [row["sealed"] for sealed in _SEALED for row in database.rows(sealed)]
    articles, posted = (row["number"] if row else 0 for row in numbers)
    said = f"schema {VERSION}, {articles} articles, {posted} posts"
    return [LedgerFinding("server", ok=True, said=said), _opened_by(texts, _keys(config, environ, config.ledger))]


_COUNTED = (
    "SELECT COUNT(*) AS number FROM article",
    "SELECT COUNT(*) AS number FROM delivery WHERE action = 'post' AND state = 'posted'",
)
_SEALED = (
    "SELECT data AS sealed FROM credential WHERE data <> ''",
    "SELECT sealed FROM subscription WHERE sealed <> ''",
)


def _log(ledger: Path) -> LedgerFinding:
    if write_ahead.is_foreign(ledger):
        cure = "stop all programs that use this ledger: the next run puts the log away, and does not replay it"
        return LedgerFinding("log", ok=False, said="the log beside it is of another ledger", cure=cure)
    if not write_ahead.is_whole(write_ahead.log_of(ledger)):
        return LedgerFinding("log", ok=False, said="the log beside it was cut", cure=PUT_BACK)
    return LedgerFinding("log", ok=True, said="")


def _integrity(ledger: Path) -> LedgerFinding:
    try:
        found = copies.damage(ledger)
    except LedgerError as fault:
        return LedgerFinding("integrity", ok=False, said=str(fault), cure=_CURE)
    said = "; ".join(found[:3]) + (f"; {len(found) - 3} more" if len(found) > 3 else "")
    return LedgerFinding("integrity", ok=not found, said=said, cure=_CURE if found else None)


_CURE = "put back a backup with syndicate db restore FILE, or salvage this file with .recover of sqlite3"


def _references(ledger: Path) -> LedgerFinding:
    try:
        with copies.reading(ledger) as connection:
            found = connection.execute("PRAGMA foreign_key_check").fetchall()
    except LedgerError as fault:
        return LedgerFinding("references", ok=False, said=str(fault), cure=_CURE)
    said = f"{len(found)} rows name an article that is not there" if found else ""
    return LedgerFinding("references", ok=not found, said=said, cure=_CURE if found else None)


def _key(config: Config, environ: Mapping[str, str], ledger: Path) -> LedgerFinding:
    """Whether the key opens what is sealed. For a backup, the key beside it is tried first."""
    try:
        sealed = _sealed(ledger)
    except LedgerError as fault:
        return LedgerFinding("key", ok=False, said=str(fault), cure=_CURE)
    return _opened_by(sealed, _keys(config, environ, ledger))


def _opened_by(sealed: list[str], keys: list[bytes]) -> LedgerFinding:
    """Whether these keys open what is sealed."""
    if not sealed:
        return LedgerFinding("key", ok=True, said="no session is stored")
    if not keys:
        return LedgerFinding("key", ok=False, said="there is no key", cure=KEY_CURE)
    shut = sum(not any(_opens(key, text) for key in keys) for text in sealed)
    if shut:
        return LedgerFinding(
            "key", ok=False, said=f"opens {len(sealed) - shut} of {len(sealed)} sessions", cure=KEY_CURE
        )
    return LedgerFinding("key", ok=True, said=f"opens all {len(sealed)} sessions")


def _sealed(ledger: Path) -> list[str]:
    with copies.reading(ledger) as connection:
        logins, subscriptions = _SEALED
        found = connection.execute(logins).fetchall()
        with contextlib.suppress(copies.Missing):  # of a schema before subscriptions
            found += connection.execute(subscriptions).fetchall()
    return [str(row[0]) for row in found]


def _keys(config: Config, environ: Mapping[str, str], ledger: Path) -> list[bytes]:
    beside = [key_file.path_beside(place) for place in dict.fromkeys((ledger, config.ledger))]
    files = [config.key_file] if config.key_file else beside
    given = environ.get("SYNDICATE_KEY")
    if given:
        return given.encode().split()
    found = []
    for file in files:
        with contextlib.suppress(OSError):
            found += file.read_bytes().split()
    return [key for key in found if key_file.is_key(key)]


def _opens(key: bytes, sealed: str) -> bool:
    from cryptography.fernet import Fernet, InvalidToken

    with contextlib.suppress(InvalidToken):
        Fernet(key).decrypt(sealed.encode())
        return True
    return False
