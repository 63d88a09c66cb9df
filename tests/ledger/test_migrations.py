"""A ledger of an earlier version keeps what it knows when it is opened by this one."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest

from syndicate.ledger import database as databases
from syndicate.ledger import transfer
from syndicate.ledger.sqlite import SqliteDatabase, dumped, whole_schema

ROW = (
    "INSERT INTO delivery (key, anchor, account, platform, action, revision, part, state, reason, planned_at, attempts,"
    " fence, lease_until, unknowns, absent, error, updated_at) VALUES (:key, 'a', :key, 'mastodon', 'post', 0, 0,"
    " :state, :reason, 0, 0, 0, 0, 0, 0, :error, 0)"
)
BEFORE = {
    "dated": ("planned", "approval", "it is dated 2027-11-23, more than 30 days ahead"),
    "asked": ("planned", "approval", None),
    "changed": ("planned", "approval", "it changed since it was approved"),
    "seen": ("skipped", "person", "seen before syndicate came (import-seen)"),
    "skipped": ("skipped", "person", None),
}
AFTER = {
    "dated": ("planned", "date", None),
    "asked": ("planned", "approval", None),
    "changed": ("planned", "approval", None),
    "seen": ("skipped", "person", "seen"),
    "skipped": ("skipped", "person", None),
}


@pytest.fixture
def earlier(tmp_path, monkeypatch):
    """The path of a ledger as version 8 of its schema left it."""
    path = tmp_path / "ledger.db"
    monkeypatch.setattr(databases, "VERSION", 8)
    database = SqliteDatabase(path)
    database.change(
        "INSERT INTO article (anchor, source, url, data, content_hash, first_seen_at, position)"
        " VALUES ('a', 'news', 'https://gazette.example/1', '{}', '', 0, 0)"
    )
    for key, (state, reason, error) in BEFORE.items():
        database.change(ROW, key=key, state=state, reason=reason, error=error)
    database.close()
    monkeypatch.undo()
    return path


def test_what_was_told_apart_by_its_words_has_a_reason_of_its_own(earlier):
    database = SqliteDatabase(earlier)
    found = {row["key"]: row for row in database.rows("SELECT * FROM delivery")}
    database.close()
    assert {key: (row["state"], row["reason"], row["waited_for"]) for key, row in found.items()} == AFTER
    assert {key: row["error"] for key, row in found.items()} == {key: said[2] for key, said in BEFORE.items()}


def test_a_new_ledger_is_what_all_migrations_in_turn_make(tmp_path):
    """Compared as a dump: tables, columns, indexes and rows. `docs/generate.py` writes a new ledger's script."""
    path = tmp_path / "new.db"
    SqliteDatabase(path, durable=False).close()
    with closing(sqlite3.connect(path)) as new:
        new.execute("DELETE FROM meta")
        new.execute("UPDATE chain SET own = 4611686018427387904, before = 4611686018427387904")
        assert "".join(f"{line}\n" for line in dumped(new)) == whole_schema()


def test_what_moves_to_a_server_and_back_is_every_table_but_the_one_of_files(tmp_path):
    database = SqliteDatabase(tmp_path / "new.db", durable=False)
    tables = {row["name"] for row in database.rows("SELECT name FROM sqlite_master WHERE type = 'table'")}
    database.close()
    assert tables - {*transfer.TABLES} == {"chain"}
