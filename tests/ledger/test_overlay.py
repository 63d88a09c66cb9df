"""A ledger above a file that is only read: what it shows is what a copy of the file would show."""

import os
import random
import re
import sqlite3
from contextlib import closing, suppress
from pathlib import Path

import pytest

from syndicate.errors import LedgerError
from syndicate.ledger import Ledger, database
from syndicate.ledger.credentials import key_beside
from syndicate.ledger.deliveries import PlannedDelivery
from syndicate.ledger.overlay import Overlay
from syndicate.ledger.overlay_schema import LARGE
from syndicate.ledger.sqlite import SqliteDatabase, copy_ledger
from syndicate.model import Account
from syndicate.planning.apply import announce
from tests.worlds.accounts import MASTO
from tests.worlds.overlay_statements import operations
from tests.worlds.rows import planned

TABLES = sorted(LARGE)
FACE = Account("fb", "facebook")


def written(opened, sql, **values):
    with suppress(LedgerError):
        return opened.change(sql, **values)
    return "refused"


@pytest.fixture
def path(tmp_path, clock, article):
    """A ledger with eight stories for two accounts, in several states."""
    path = tmp_path / "there" / "ledger.db"
    path.parent.mkdir()
    ledger = Ledger(SqliteDatabase(path), clock, lambda: key_beside(path))
    for number in range(1, 9):
        for account in (MASTO, FACE):
            state = ("posted", "due", "planned", "skipped")[number % 4]
            planned(ledger, article(number), account, state=state, remote_id=f"r{number}")
    ledger.listings.record("news", [f"https://gazette.example/{number}" for number in range(5)], [], clock())
    ledger.close()
    return path


@pytest.fixture
def over(path):
    opened = Overlay(path)
    yield opened
    opened.close()


def dump(opened):
    found = {}
    for table in TABLES:
        rows = opened.rows(f"SELECT * FROM {table}")
        found[table] = sorted(tuple(map(str, row.values())) for row in rows)
    return found


def files(folder):
    return {found.name: found.read_bytes() for found in folder.iterdir()}


@pytest.mark.parametrize("seed", range(12))
def test_whatever_is_done_it_shows_what_a_copy_would_show(path, tmp_path, seed):
    copy_ledger(path, tmp_path / "copy.db")
    copied, over, dice = SqliteDatabase(tmp_path / "copy.db"), Overlay(path), random.Random(seed)
    copied.rows("PRAGMA foreign_keys=OFF")
    keys = [row["key"] for row in copied.rows("SELECT key FROM delivery ORDER BY key")]
    anchors = [row["anchor"] for row in copied.rows("SELECT anchor FROM article ORDER BY anchor")]
    for (sql, values), _ in zip(operations(dice, keys, anchors), range(60), strict=False):
        assert written(over, sql, **values) == written(copied, sql, **values), sql
    assert dump(over) == dump(copied)
    over.close()
    copied.close()


def test_a_story_that_is_planned_again_is_planned_once(over, clock, article):
    ledger = Ledger(over, clock, lambda: b"")
    made = [announce(article(number), [MASTO], ledger) for number in (3, 9, 9)]
    assert len(set(made)) == 2
    plan = PlannedDelivery(made[0], "masto", "mastodon", "due")
    assert ledger.deliveries.plan(plan, clock()) is None
    assert len(dump(over)["delivery"]) == 17


def test_what_a_statement_left_out_is_stored_as_in_the_file(over, path):
    over.change("INSERT INTO dropped (key, at, account, cause) VALUES ('k', 1, 'masto', 'window')")
    assert over.row("SELECT logged, tries, told_at FROM dropped") == {"logged": 0, "tries": 0, "told_at": None}


def test_a_transaction_that_fails_leaves_what_was_before(over):
    before = dump(over)
    with pytest.raises(LedgerError), over.transaction():
        over.change("DELETE FROM delivery WHERE state = 'due'") and over.change("UPDATE alias SET hash = 'x'")
    assert dump(over) == before
    assert over.change("DELETE FROM delivery WHERE state = 'due'") == 4


def test_the_key_of_a_row_does_not_change(over):
    with pytest.raises(LedgerError, match="the key of a row does not change"):
        over.change("UPDATE delivery SET key = 'other' WHERE state = 'due'")


def test_the_file_is_seen_as_it_was_while_others_write(path, over):
    before = dump(over)
    other = SqliteDatabase(path)
    other.change("UPDATE delivery SET state = 'held'")
    other.change("DELETE FROM alias")
    other.checkpoint()
    assert dump(over) == before
    assert over.change("UPDATE delivery SET state = 'failed' WHERE state = 'due'") == 4
    assert other.change("UPDATE delivery SET reason = NULL WHERE state = 'held'") == 16
    other.close()


@pytest.mark.parametrize("at_work", [True, False])
def test_nothing_is_written_to_the_file_nor_beside_it(path, at_work):
    other = SqliteDatabase(path)
    other.change("UPDATE article SET gone = 0")
    if not at_work:
        other.close()
    before = {name: held for name, held in files(path.parent).items() if not name.endswith("-shm")}
    over = Overlay(path)
    over.change("UPDATE delivery SET state = 'held'")
    over.change("UPDATE account SET paused = 'person'")
    with pytest.raises(LedgerError):
        over.change("UPDATE real.delivery SET state = 'held'")
    over.close()
    assert {name: held for name, held in files(path.parent).items() if not name.endswith("-shm")} == before
    other.close()


def test_where_nothing_may_be_written_it_is_read_all_the_same(path, monkeypatch):
    monkeypatch.setattr(os, "access", lambda *_: False)
    over = Overlay(path)
    assert len(over.rows("SELECT key FROM delivery")) == 16
    assert [found.name for found in path.parent.iterdir()] == [path.name]
    other = SqliteDatabase(path)
    other.change("UPDATE delivery SET state = 'held'")
    other.close()
    with pytest.raises(LedgerError, match="was written by another program meanwhile") as refused:
        over.rows("SELECT key FROM delivery")
    assert refused.value.hint == "run this again"
    over.close()


def test_a_copy_that_nobody_used_yet_is_not_held_up(path, tmp_path):
    fresh = tmp_path / "fresh.db"
    copy_ledger(path, fresh)
    with closing(sqlite3.connect(fresh)) as connection:
        connection.execute("PRAGMA journal_mode=DELETE")
    over = Overlay(fresh)
    assert len(over.rows("SELECT key FROM delivery")) == 16
    SqliteDatabase(fresh, busy=0.1).close()
    over.close()


def test_a_ledger_of_another_version_does_not_fit(path, tmp_path, monkeypatch):
    monkeypatch.setattr("syndicate.ledger.overlay.VERSION", database.VERSION + 1)
    over = Overlay(path)
    assert not over.fits
    over.close()
    (tmp_path / "empty.db").touch()
    over = Overlay(tmp_path / "empty.db")
    assert not over.fits
    over.close()


def test_no_statement_does_what_a_view_cannot():
    """SQLite has no ON CONFLICT DO UPDATE for a view, and what RETURNING gives for it is known for one row alone."""
    source = "".join(found.read_text("utf-8") for found in Path(database.__file__).parent.glob("*.py"))
    statements = re.sub(r'"\s*\n\s*f?"', "", source)
    found = re.findall(r'INSERT INTO (\w+)[^"]*ON CONFLICT[^"]*DO UPDATE', statements)
    assert "meta" in found
    assert not LARGE.intersection(found)


def test_what_may_have_changed_meanwhile_is_asked_anew_each_time(over):
    assert len({over.others() for _ in range(3)}) == 3
    before = over.changed_here()
    assert over.change("UPDATE delivery SET reason = 'paused' WHERE state = 'due'") > 0
    assert over.changed_here() > before
