"""What is released in the copy of a rehearsal, to the column."""

from __future__ import annotations

from datetime import timedelta

import pytest

from syndicate.ledger.database import micros
from syndicate.model import Account
from tests.worlds.accounts import MASTO


@pytest.mark.parametrize("keep", [True, False])
def test_lanes_are_free_and_for_stand_ins_nothing_waits(ledger, clock, keep):
    later = micros(clock() + timedelta(hours=1))
    for account in (MASTO, Account("fb", "facebook")):
        ledger.accounts.ensure(account, clock())
    waits = {"next_at": later, "opens_at": later, "paused": "auth", "identity": "{}", "trouble": "said"}
    columns = waits | {"lane": "k", "lane_until": later}
    ledger.database.change(f"UPDATE account SET {', '.join(f'{name} = :{name}' for name in columns)}", **columns)
    ledger.release_for_rehearsal(keep_logins=keep)
    free = {"next_at": 0, "opens_at": 0, "paused": None, "identity": None, "trouble": None}
    for row in ledger.database.rows("SELECT * FROM account"):
        assert {name: row[name] for name in waits} == (waits if keep else free)
        assert (row["lane"], row["lane_until"]) == (None, 0)
