"""Copying a ledger into another one: whole, and only into one that was never used."""

from __future__ import annotations

import pytest

from syndicate.errors import LedgerError
from syndicate.ledger import Ledger, transfer
from syndicate.ledger.sqlite import SqliteDatabase
from syndicate.planning.apply import announce


@pytest.fixture
def target(tmp_path):
    made = SqliteDatabase(tmp_path / "target.db", durable=False)
    yield made
    made.close()


@pytest.mark.parametrize("table", ["article", "account", "source", "shelf"])
def test_a_ledger_with_a_row_in_any_of_its_tables_takes_no_other(ledger, article, put, target, clock, table):
    put(1)
    with_one = {
        "article": lambda: announce(article(1), [], Ledger(target, clock, dict)),
        "account": lambda: target.change(
            "INSERT INTO account (name, platform, whose, baseline_at, next_at, lane_until)"
            " VALUES ('masto', 'mastodon', '', 0, 0, 0)"
        ),
        "source": lambda: target.change(
            "INSERT INTO source (name, url, next_poll_at, retry_at, fails, entries) VALUES ('news', 'u', 0, 0, 0, 0)"
        ),
        "shelf": lambda: target.change("INSERT INTO shelf (id, planned_at, data) VALUES (1, 0, x'00')"),
    }
    with_one[table]()
    assert [name for name in with_one if target.row(f"SELECT 1 AS there FROM {name}")] == [table]
    with pytest.raises(LedgerError, match="has a ledger already") as caught:
        transfer.copy(ledger.database, target)
    assert caught.value.hint == "use an empty database, or another file"
    assert target.row("SELECT 1 AS there FROM delivery") is None


def test_every_row_arrives_and_is_counted(ledger, put, target):
    for number in (1, 2):
        put(number, state="posted", post={"text": f"Story {number}"})
    copied = transfer.copy(ledger.database, target)
    assert (copied["article"], copied["delivery"], copied["account"]) == (2, 2, 1)
    for table in ("article", "delivery", "account"):
        asked = f"SELECT * FROM {table} ORDER BY 1"
        assert target.rows(asked) == ledger.database.rows(asked)
