"""One delivery, taken as far as possible now."""

from __future__ import annotations

import pytest

from syndicate.delivery.deliver import deliver
from syndicate.delivery.gates import Gate
from syndicate.delivery.lane import Lane
from tests.worlds.accounts import MASTO
from tests.worlds.one_delivery import SETTLE, TERMS, render


@pytest.fixture
def send(ledger, clock):
    """Delivers a row once; the row as it then is."""

    def one(row, network, *, account=MASTO, render=render, limits=None, refresh=None):
        lane = Lane(account, network, limits or (lambda: network.limits), SETTLE, refresh)
        after, one.warnings = deliver(row.key, lane, ledger, render, TERMS, Gate(ledger))
        return after

    return one
