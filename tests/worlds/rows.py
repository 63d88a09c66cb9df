"""Rows of the ledger in whatever state a test needs."""

from __future__ import annotations

import json
from datetime import datetime

from syndicate.ledger.database import micros
from syndicate.planning.apply import announce


def planned(ledger, article, account, **columns):
    """Plans an article for an account and sets columns of its row; gives the delivery as it then is."""
    key = ledger.deliveries.of(announce(article, [account], ledger), account.name).key
    values = {name: _stored(value) for name, value in columns.items()}
    if values:
        settings = ", ".join(f"{name} = :{name}" for name in values)
        assert ledger.database.change(f"UPDATE delivery SET {settings} WHERE key = :row", row=key, **values)
    return ledger.deliveries.find(columns.get("key", key))


def _stored(value):
    if isinstance(value, datetime):
        return micros(value)
    return json.dumps(value) if isinstance(value, dict) else value
