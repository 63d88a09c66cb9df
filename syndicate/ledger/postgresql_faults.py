"""Says what is wrong with a ledger on a server: PostgreSQL's errors in our words, each with a cure where one is known.

No password is ever told: only host, port and name of the database, and the role.
"""

from __future__ import annotations

from urllib.parse import unquote, urlsplit

import psycopg

from syndicate.errors import LedgerAway, LedgerError
from syndicate.ledger.database import newer

NEEDS = "needs schema"
"""What a write fails with that comes from a program older than the ledger; the number follows."""
AGAIN = "nothing is lost: what was under way is done again once the server is there"
UTF8 = "make it anew with createdb --encoding UTF8 --template template0"
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
    "25006": (
        "cannot be written (read-only): {said}",
        "connect to the primary server, and not to a stand-by; or take default_transaction_read_only from the role",
    ),
    "25P03": ("ended a transaction that was held up for too long", AGAIN),
    "57014": ("ended a statement that took too long", "take statement_timeout from the role"),
    "42P01": ("lacks a table: {said}", "run syndicate db upgrade"),
    "42703": ("lacks a column: {said}", "run syndicate db upgrade"),
}
"""By SQLSTATE (PostgreSQL's manual, appendix A): what is wrong, and the cure."""
_PASSING = frozenset({"25006", "25P03", "40001", "40P01", "53100", "53200", "53300", "55P03", "57014"})
"""What may be over by itself, as things are: a daemon waits for it."""


def explained(name: str, fault: psycopg.Error) -> LedgerError:
    """A LedgerError with the ledger's place, the server's words, and a cure where one is known."""
    said = _words(fault)
    state = fault.sqlstate or _state_of(said)
    needed = said.partition(NEEDS)[2].strip(' "')
    if state == "22P02" and needed.isdigit():
        return newer(name, int(needed))
    if state in _BY_STATE:
        told, cure = _BY_STATE[state]
        role = unquote(urlsplit(name).username or "") or "of this process"
        kind = LedgerAway if state in _PASSING else LedgerError
        return kind(f"{name} {told.format(role=role, said=said)}", hint=cure)
    if isinstance(fault, psycopg.OperationalError) and (state is None or state[:2] in ("08", "57")):
        return LedgerAway(f"{name} cannot be reached: {said}", hint=AGAIN)
    return (LedgerAway if state in _PASSING else LedgerError)(f"{name}: {said}")


def wrong_encoding(name: str, encoding: str) -> LedgerError:
    """A LedgerError for a database that cannot hold every letter."""
    return LedgerError(f"{name} has the encoding {encoding}, which cannot hold every letter", hint=UTF8)


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
