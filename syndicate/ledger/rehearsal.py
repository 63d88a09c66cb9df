"""Prepares the ledger that a rehearsal works on, above the real one."""

from __future__ import annotations

from syndicate.ledger.database import Database


def release(database: Database, *, keep_logins: bool) -> None:
    """Free the lanes; without `keep_logins`, end all waits and pauses too, and delete sessions and identities.

    A dry run keeps the logins, and shows what waits as a real run would find it. A run against stand-ins sends all.
    """
    # Another process may be sending just now; in the copy nobody would ever free its lane.
    database.change("UPDATE account SET lane = NULL, lane_until = 0")
    if not keep_logins:
        database.change("UPDATE account SET next_at = 0, opens_at = 0, paused = NULL, identity = NULL, trouble = NULL")
        database.change("DELETE FROM pause")
        database.change("DELETE FROM credential")
        database.change("DELETE FROM look")  # stand-ins have nothing yet
        database.change("UPDATE run SET count = 0, stamped = 0")
