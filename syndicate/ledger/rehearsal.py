"""Prepares the private copy of a ledger: nothing in it keeps a run from looking at what would be sent."""

from __future__ import annotations

from syndicate.ledger.database import Database


def release(database: Database, *, keep_logins: bool) -> None:
    """Free the lanes, end the waits and the pauses; without `keep_logins`, forget sessions and identities too."""
    # Another process may be sending just now; in a copy nobody would ever free its lanes.
    database.change("UPDATE account SET lane = NULL, lane_until = 0, next_at = 0, opens_at = 0, paused = NULL")
    database.change("DELETE FROM pause")
    if not keep_logins:
        database.change("DELETE FROM credential")
        database.change("UPDATE account SET identity = NULL")
