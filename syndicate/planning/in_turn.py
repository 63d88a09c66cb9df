"""What was published while nothing ran goes out a minute apart on each account."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from syndicate.ledger import Ledger
from syndicate.ledger.backlog import CATCH_UP_SPACING
from syndicate.planning.plan import Planned


def in_turn(entries: Sequence[Planned], ledger: Ledger, now: datetime) -> list[Planned]:
    """Give what is due its turn, in order, after what has one already. Breaking news goes at once."""
    last: dict[str, datetime | None] = {}
    found = []
    for entry in entries:
        name = entry.account.name
        if entry.state != "due" or entry.priority == 0:
            found.append(entry)
            continue
        before = last[name] if name in last else ledger.backlog.last_in_turn(name, now)
        last[name] = turn = now if before is None else max(now, before + CATCH_UP_SPACING)
        found.append(replace(entry, due_at=turn, reason="catch_up" if turn > now else None))
    return found
