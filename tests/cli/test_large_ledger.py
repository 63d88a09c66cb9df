"""What a command does on a ledger of many years is bounded by what is new, not by what is finished."""

import sqlite3

import pytest

from syndicate.app import ledger_files
from tests.worlds.history import grow

STEPS = 100  # of SQLite's virtual machine, for each call


@pytest.fixture
def worked(monkeypatch):
    """How many times STEPS SQLite took since it was asked last, over all connections."""
    steps, connect = [0], sqlite3.connect

    def counted(*args, **kwargs):
        made = connect(*args, **kwargs)
        made.set_progress_handler(lambda: steps.__setitem__(0, steps[0] + 1), STEPS)
        return made

    monkeypatch.setattr(sqlite3, "connect", counted)

    def since():
        found, steps[0] = steps[0], 0
        return found

    return since


@pytest.mark.parametrize(
    "words",
    [
        ("post",),
        ("post", "--dry-run"),
        ("preview",),
        ("post", "--sandbox"),
        ("status",),
        ("accounts", "list"),
        ("explain", "https://gazette.example/none"),
        ("deliveries", "list", "--json", "--limit", "50"),
        ("deliveries", "list", "--state", "due"),
    ],
    ids=" ".join,
)
def test_years_of_finished_posts_cost_no_more_work(desk, worked, monkeypatch, words):
    monkeypatch.setattr(ledger_files, "QUICK", 0)  # a small ledger is looked through whenever it is opened
    desk("post")
    desk.site.publish(1)
    assert desk("post").code == 0
    figures = []
    for numbers in (range(1, 100), range(100, 700)):
        grow(desk.folder / "syndicate.db", numbers)
        desk(*words)
        worked()
        assert desk(*words).code in (0, 1)
        figures.append(worked())
    assert figures[1] <= figures[0] + 3
