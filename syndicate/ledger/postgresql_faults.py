"""Says what is wrong with a ledger on a server: PostgreSQL's errors in our words, each with a cure where one is known.

No password is ever told: only host, port and name of the database, and the role.
"""

from __future__ import annotations

from urllib.parse import unquote, urlsplit

import psycopg

from syndicate.errors import LedgerError

AGAIN = "nothing is lost: what was under way is done again once the server is there"
_BY_STATE = {
    "28P01": ("refuses the role {role}: its password is wrong", "check `database` in the config, or PGPASSWORD"),
    "28000": ("refuses the role {role}: {said}", "create the role, or let it in with pg_hba.conf"),
    "3D000": ("has no such database: {said}", "create it with createdb, then run syndicate db upgrade"),
    "42501": (
        "does not let the role {role} do that: {said}",
        "make the role the owner of the database, or grant it ALL on its schema and tables",
    ),
    "53100": ("cannot be written: the disk of the server is full", "free some space there; nothing is lost"),
    "53300": ("takes no more connections: {said}", "raise max_connections of the server: a daemon may need 60"),
    "55P03": ("is locked by another program", "let it finish, then run this again"),
    "25006": ("cannot be written (read-only): {said}", "connect to the primary server"),
    "25P03": ("ended a transaction that was held up for too long", AGAIN),
    "42P01": ("lacks a table: {said}", "run syndicate db upgrade"),
    "42703": ("lacks a column: {said}", "run syndicate db upgrade"),
}
"""By SQLSTATE (PostgreSQL's manual, appendix A): what is wrong, and the cure."""


def explained(name: str, fault: psycopg.Error) -> LedgerError:
    """A LedgerError with the ledger's place, the server's words, and a cure where one is known."""
    said = _words(fault)
    state = fault.sqlstate or _state_of(said)
    if state in _BY_STATE:
        told, cure = _BY_STATE[state]
        role = unquote(urlsplit(name).username or "") or "of this process"
        return LedgerError(f"{name} {told.format(role=role, said=said)}", hint=cure)
    if isinstance(fault, psycopg.OperationalError) and (state is None or state[:2] in ("08", "57")):
        return LedgerError(f"{name} cannot be reached: {said}", hint=AGAIN)
    return LedgerError(f"{name}: {said}")


def passes(fault: psycopg.Error) -> bool:
    """Whether it is over by itself: the server is away, starts, stops, or is full of connections."""
    state = fault.sqlstate or _state_of(_words(fault))
    if state is None:
        return isinstance(fault, psycopg.OperationalError)
    return state[:2] in ("08", "53", "57")


def _words(fault: psycopg.Error) -> str:
    """The first line of what a server or its library said, without the address that goes before."""
    if fault.diag.message_primary:
        return fault.diag.message_primary
    first = next((line.strip() for line in str(fault).splitlines() if line.strip()), "no reason was given")
    for mark in ("FATAL:", "failed:"):
        first = first.rpartition(mark)[2].strip()
    return first


def _state_of(said: str) -> str | None:
    """The SQLSTATE of a refused connection, of which libpq tells only the words."""
    words = {
        "password authentication failed": "28P01",
        "no password supplied": "28P01",
        "no pg_hba.conf entry": "28000",
        "too many": "53300",
        "remaining connection slots": "53300",
    }
    for part, state in words.items():
        if part in said:
            return state
    if said.startswith("role ") and "does not exist" in said:
        return "28000"
    if said.startswith("database ") and "does not exist" in said:
        return "3D000"
    return None
