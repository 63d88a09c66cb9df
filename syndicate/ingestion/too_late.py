"""Writes what a reading planned; records what grew too old between two readings of its source."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from syndicate.ledger import Ledger
from syndicate.ledger.delivery_keys import delivery_key
from syndicate.planning import apply
from syndicate.planning.plan import Planned, expiry


def write(entries: Sequence[Planned], read_at: datetime | None, ledger: Ledger, now: datetime) -> list[str]:
    """Write deliveries and return the keys of new ones, as `apply.write` does.

    Records as dropped what became too old while its source could not be read, or nothing read it. `read_at` is when
    the source was last read: what was as old then already is dated in the past, and the publisher's own `max_age`
    leaves it out.
    """
    keys = apply.write(entries, ledger, now)
    if read_at is None:
        return keys
    written = set(keys)
    late = [
        key
        for entry in entries
        if entry.state == "skipped" and entry.reason == "too_old"
        if expiry(entry.candidate.article, entry.account, now) > read_at
        if (key := delivery_key(entry.candidate.anchor, entry.account.name)) in written
    ]
    ledger.dropped.late(late, now)
    return keys
