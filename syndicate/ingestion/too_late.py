"""Finds articles that were too old when they were first seen, and were not when their source was last read."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from syndicate.ledger import Ledger
from syndicate.ledger.deliveries import delivery_key
from syndicate.planning.plan import Planned, expiry


def record_late(entries: Sequence[Planned], written: Collection[str], read_at: datetime | None, ledger: Ledger) -> None:
    """Record as dropped what became too old while its source could not be read, or nothing read it.

    `written` are the keys of new deliveries, `read_at` is when the source was last read. What was as old then
    already is dated in the past, and left out by the publisher's own `max_age`.
    """
    if read_at is None:
        return
    now = ledger.now()
    late = [
        key
        for entry in entries
        if entry.state == "skipped" and entry.reason == "too_old"
        if expiry(entry.candidate.article, entry.account, now) > read_at
        if (key := delivery_key(entry.candidate.anchor, entry.account.name)) in written
    ]
    ledger.dropped.late(late, now)
