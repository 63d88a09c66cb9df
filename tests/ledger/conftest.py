"""Deliveries in any state."""

from __future__ import annotations

import json
from datetime import datetime

import pytest

from syndicate.ledger.database import micros
from syndicate.ledger.deliveries import delivery_key
from syndicate.planning.apply import announce
from tests.worlds.accounts import MASTO


@pytest.fixture
def put(ledger, article):
    """Plans story `number` for an account and sets columns of its row; gives the delivery as it then is."""

    def make(number=1, account=MASTO, **columns):
        key = delivery_key(announce(article(number), [account], ledger), account.name)
        values = {name: _stored(value) for name, value in columns.items()}
        if values:
            settings = ", ".join(f"{name} = :{name}" for name in values)
            assert ledger.database.change(f"UPDATE delivery SET {settings} WHERE key = :key", key=key, **values)
        return ledger.deliveries.find(key)

    return make


def _stored(value):
    if isinstance(value, datetime):
        return micros(value)
    return json.dumps(value) if isinstance(value, dict) else value
