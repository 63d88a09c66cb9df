"""What is done again and again costs no more in a ledger that has grown: counted in steps of SQLite's machine."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from syndicate.app import ledger_files
from syndicate.ledger import Ledger, catalogue
from syndicate.ledger.deliveries import PlannedDelivery
from syndicate.ledger.shelving import Shelving
from syndicate.ledger.sqlite import SqliteDatabase
from syndicate.model import Receipt
from tests.worlds.old_stories import fill

STEP = 20  # instructions of SQLite between two counts
FEW, MANY = 150, 900  # stories of an old ledger
ACCOUNT = "masto"


class Counter:
    """Counts the instructions of all connections."""

    def __init__(self, monkeypatch) -> None:
        self.steps = 0
        opened = SqliteDatabase._open

        def counted(database):
            connection = opened(database)
            connection.set_progress_handler(self._count, STEP)
            return connection

        monkeypatch.setattr(SqliteDatabase, "_open", counted)

    def _count(self) -> int:
        self.steps += 1
        return 0

    def of(self, what) -> int:
        before = self.steps
        what()
        return self.steps - before


@pytest.fixture
def counter(monkeypatch):
    return Counter(monkeypatch)


def settle(path):
    """Let everything be looked at that may go to the shelf."""
    database = SqliteDatabase(path)
    while Shelving(database).step(datetime.now(UTC), MANY):
        pass
    database.close()


@pytest.fixture
def path(desk):
    desk.site.publish(3)
    assert desk("post").code == 0
    return desk.folder / "syndicate.db"


@pytest.mark.parametrize(
    "command",
    [["post"], ["deliveries", "list", "--json", "--limit", "20"], ["status"], ["explain", "URL"]],
    ids=" ".join,
)
def test_a_command_costs_the_same_in_a_large_ledger(desk, path, counter, command, monkeypatch):
    monkeypatch.setattr(ledger_files, "QUICK", 0)  # a ledger of up to so many bytes is looked through
    monkeypatch.setattr(catalogue, "PAGE", 60)
    costs = []
    for numbers in (range(FEW), range(FEW, MANY)):
        url = fill(path, numbers)
        words = [url if word == "URL" else word for word in command]
        settle(path)
        assert desk(*words).code == 0
        costs.append(counter.of(lambda: desk(*words)))  # noqa: B023
    assert costs[1] < costs[0] * 1.2 + 20, costs


def test_a_tick_and_a_claim_cost_the_same_in_a_large_ledger(desk, path, counter):
    costs = []
    for numbers in (range(FEW), range(FEW, MANY)):
        fill(path, numbers)
        ledger = Ledger(SqliteDatabase(path), lambda: datetime.now(UTC), lambda: b"")
        anchors = [row["anchor"] for row in ledger.database.rows("SELECT anchor FROM article ORDER BY rowid DESC")]
        plan = PlannedDelivery(anchors[0], ACCOUNT, "mastodon", "due", due_at=ledger.now(), revision=7)
        ledger.deliveries.plan(plan, ledger.now())

        def tick_and_claim(ledger=ledger, plan=plan):
            assert ledger.deliveries.accounts_with_work(ledger.now()) == [ACCOUNT]
            assert not ledger.recovery.pending()
            ledger.articles.has_to_check(ledger.now())
            due = ledger.deliveries.next_due(ACCOUNT, ledger.now())
            assert due.key == plan.key
            claimed = ledger.claims.claim(due, now=ledger.now(), lease=timedelta(seconds=60))
            assert claimed is not None
            assert ledger.outcomes.posted(claimed, Receipt("1", None), now=ledger.now())

        costs.append(counter.of(tick_and_claim))
        ledger.close()
    assert costs[1] < costs[0] * 1.2 + 20, costs
