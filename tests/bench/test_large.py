"""The ledger of the large benchmark is as the code itself writes it: rows of a run, and the shelf made of them."""

from __future__ import annotations

import contextlib
import json
import sqlite3
from collections import Counter
from datetime import UTC, datetime

import pytest

from bench import large_ledger
from bench.large_copies import ROWS, SHELF
from bench.large_quick import ARTICLE, Shelf, add
from bench.large_rows import names_of, published_at, stories, story_of, written
from bench.large_words import told
from syndicate.ledger.shelf import key_rows, name_rows, tally
from syndicate.ledger.shelf_format import Shelved, number_of, pack
from syndicate.ledger.shelving import Shelving
from syndicate.ledger.sqlite import SqliteDatabase

END = datetime(2026, 11, 30, 12, tzinfo=UTC)
COUNT = 140  # of three years: the numbers 49, 17 and 99 are among them, which are left out or took two tries
COMPARED = ("article", "alias", "delivery", "attempt", "shelf", "shelf_key", "shelf_name", "shelf_account", "meta")


def rows(path, asked, **values):
    with contextlib.closing(sqlite3.connect(path)) as connection:
        connection.row_factory = sqlite3.Row
        return [dict(row) for row in connection.execute(asked, values)]


@pytest.mark.parametrize("accounts", [1, 5, 7])
def test_a_story_written_at_once_is_what_the_shelf_makes_of_its_rows(accounts):
    named = names_of(accounts)
    numbers = {name: number for number, name in enumerate(named, 1)}
    quick, counts = Shelf(), Counter()
    for number in range(COUNT):
        said = told(number, published_at(number, COUNT, END))
        story = story_of(said, named)
        anchor = story.article["anchor"]
        deliveries = [row | {"account": numbers[row["account"]]} for row in story.deliveries]
        whole = Shelved(anchor, [(row["kind"], row["hash"]) for row in story.aliases], deliveries, story.attempts)
        counts.update(tally(whole))
        add(quick, said, named)
        assert dict(zip(ARTICLE, quick.articles[-1], strict=True)) == story.article
        kept = number_of(anchor), min(row["planned_at"] for row in deliveries), pack(whole)
        assert quick.stories[-1] == kept
        keys = {(row["start"], row["id"]) for row in key_rows(kept[0], whole)}
        assert {key for key in quick.keys if key[1] == kept[0]} == keys
        names = {(row["hash"], row["id"]) for row in name_rows(kept[0], whole)}
        assert {name for name in quick.names if name[1] == kept[0]} == names
    assert quick.counts == counts


def test_a_ledger_made_at_once_is_what_the_daemon_makes_of_one_without_a_shelf(tmp_path, monkeypatch):
    monkeypatch.setattr(large_ledger, "MARGIN", 0)
    monkeypatch.setattr(large_ledger, "AT_ONCE", 50)
    for name in ("quick", "plain"):
        large_ledger.build(tmp_path / name, COUNT, 5, END, plain=name == "plain")
    database = SqliteDatabase(tmp_path / "plain")
    shelving = Shelving(database, kept=0)
    while shelving.step(END):
        pass
    database.close()
    for table in COMPARED:
        asked = f"SELECT * FROM {table}"
        found, wanted = (
            sorted(map(repr, (row for row in rows(tmp_path / name, asked)))) for name in ("quick", "plain")
        )
        assert found == wanted, table
    counted = "SELECT * FROM shelf_count WHERE number <> 0 ORDER BY account, day, what"
    assert rows(tmp_path / "quick", counted) == rows(tmp_path / "plain", counted)
    assert 0 < rows(tmp_path / "quick", "SELECT COUNT(*) AS n FROM delivery")[0]["n"] < COUNT
    assert rows(tmp_path / "quick", "PRAGMA integrity_check") == [{"integrity_check": "ok"}]
    indexes = "SELECT name, sql FROM sqlite_master WHERE type = 'index' ORDER BY name"
    assert rows(tmp_path / "quick", indexes) == rows(tmp_path / "plain", indexes)


def test_copies_are_rows_of_their_own(tmp_path, monkeypatch):
    monkeypatch.setattr(large_ledger, "MARGIN", 0)
    for name, each in (("made", 1), ("copied", 5)):
        large_ledger.build(tmp_path / name, 40 * each, 3, END, each=each)
    for table in (*ROWS, *SHELF, "shelf_account"):
        [one], [five] = (rows(tmp_path / name, f"SELECT COUNT(*) AS n FROM {table}") for name in ("made", "copied"))
        assert five["n"] == one["n"] * (1 if table == "shelf_account" else 5), table
    counted = "SELECT SUM(number) AS n FROM shelf_count"
    assert rows(tmp_path / "copied", counted)[0]["n"] == 5 * rows(tmp_path / "made", counted)[0]["n"]
    assert rows(tmp_path / "copied", "PRAGMA integrity_check") == [{"integrity_check": "ok"}]
    assert rows(tmp_path / "copied", "PRAGMA foreign_key_check") == []


def shape(row):
    """Of a row: the type in each column that has something, and of JSON the fields."""
    found = {name: type(value).__name__ for name, value in row.items() if value is not None and name != "check_at"}
    read = {name: value for name, value in row.items() if isinstance(value, str) and value.startswith("{")}
    return found | {name: sorted(json.loads(value)) for name, value in read.items()}


def test_its_rows_are_as_a_run_writes_them(desk, tmp_path):
    desk.config("masto", "bsky", extra="defaults: {image: photo, hashtags: 1}")
    desk.site.publish(1)
    assert desk("post").code == 0
    desk.site.publish(1)
    assert desk("post").code == 0
    story = next(stories(COUNT, 2, END, range(20, 21)))
    made = {"article": [story.article], "alias": story.aliases, "attempt": story.attempts}
    made["delivery"] = [*map(written, story.deliveries)]
    for table, written_rows in made.items():
        key = "platform" if table == "delivery" else "none"
        real = {row.get(key): shape(row) for row in rows(desk.folder / "syndicate.db", f"SELECT * FROM {table}")}
        for row in written_rows:
            assert shape(row) == real[row.get(key)], table
