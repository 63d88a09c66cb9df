"""Which changes of state a ledger has really made, recorded by the database itself."""

from __future__ import annotations

from syndicate.ledger.transitions import TRANSITIONS

MOVES = {(before, after) for each in TRANSITIONS.values() for before in each.before for after in each.after}
"""Every pair of states that a transition leads from and to."""


def watch_moves(database):
    """Let the database record each change of a delivery's state."""
    database.change("CREATE TABLE seen_move (before TEXT NOT NULL, after TEXT NOT NULL, UNIQUE (before, after))")
    database.change(
        "CREATE TRIGGER see_move AFTER UPDATE OF state ON delivery WHEN OLD.state <> NEW.state"
        " BEGIN INSERT OR IGNORE INTO seen_move VALUES (OLD.state, NEW.state); END"
    )


def moves_seen(database):
    """The pairs seen since."""
    return {(row["before"], row["after"]) for row in database.rows("SELECT before, after FROM seen_move")}
