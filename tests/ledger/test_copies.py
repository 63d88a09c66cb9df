"""Whole copies of a ledger, and what a file is told to hold: another database, a newer or a damaged ledger."""

from __future__ import annotations

import os
import sqlite3
import stat

import pytest

from syndicate.errors import LedgerError
from syndicate.ledger import copies
from syndicate.ledger.copies import Contents, contents, damage, reading, write_copy
from syndicate.ledger.database import VERSION, micros
from syndicate.ledger.sqlite import BUSY_SECONDS, SqliteDatabase


@pytest.fixture
def path(ledger, put, clock):
    put(1, state="posted"), put(2), put(3, state="posted")
    ledger.database.change("DELETE FROM meta WHERE name = 'clock'")
    ledger.database.checkpoint()
    return ledger.database.path


def test_what_a_ledger_holds(path, clock, ledger):
    assert contents(path) == Contents(VERSION, 3, 2, None)
    ledger.database.change("INSERT INTO meta VALUES ('clock', :at)", at=str(micros(clock())))
    assert contents(path).clock == clock(), "what its own log holds counts"
    ledger.database.change("DELETE FROM meta WHERE name = 'schema_version'")
    assert contents(path).schema == 0


def test_a_ledger_of_a_newer_version_is_told(path, ledger):
    ledger.database.change("UPDATE meta SET value = :next WHERE name = 'schema_version'", next=str(VERSION + 1))
    with pytest.raises(LedgerError) as told:
        contents(path)
    assert str(told.value) == (
        f"{path} was written by a newer syndicate (schema {VERSION + 1}, this one knows {VERSION})"
    )
    assert told.value.hint == "install the newer version again, or use another backup"


@pytest.mark.parametrize("missing", ["meta", "article", "alias", "delivery", "account"])
def test_another_database_is_no_ledger(tmp_path, missing):
    path = tmp_path / "other.db"
    with sqlite3.connect(path) as connection:
        for table in {"meta", "article", "alias", "delivery", "account"} - {missing}:
            connection.execute(f"CREATE TABLE {table} (name, value, state)")
        connection.execute(f"CREATE INDEX {missing} ON {'alias' if missing != 'alias' else 'meta'} (name)")
    connection.close()
    with pytest.raises(LedgerError, match=r"other\.db is a database, but no syndicate ledger"):
        contents(path)


@pytest.mark.parametrize(("make", "told"), [(None, "there is no ledger at"), ("folder", "there is no ledger at")])
def test_where_there_is_none(tmp_path, make, told):
    if make:
        (tmp_path / "l.db").mkdir()
    with pytest.raises(LedgerError, match=told):
        contents(tmp_path / "l.db")


def test_what_is_no_database_is_told(tmp_path):
    (tmp_path / "l.db").write_bytes(b"no database" * 100)
    with pytest.raises(LedgerError, match="is not a syndicate ledger"):
        contents(tmp_path / "l.db")


def test_reading_writes_nothing(path):
    with pytest.raises(LedgerError, match=r"cannot be written \(read-only\)"), reading(path) as connection:
        connection.execute("DELETE FROM meta")


@pytest.mark.parametrize("own", [True, False])
def test_a_log_counts_where_it_is_the_ledgers_own(path, ledger, monkeypatch, own):
    ledger.database.change("INSERT INTO meta VALUES ('late', 'x')")
    monkeypatch.setattr(copies.write_ahead, "is_foreign", lambda ledger: not own)
    with reading(path) as connection:
        found = connection.execute("SELECT 1 FROM meta WHERE name = 'late'").fetchone()
    assert bool(found) is own


# Damage


@pytest.fixture
def broken(path, ledger, tmp_path):
    """A copy whose index of one table has lost an entry."""
    copy = tmp_path / "broken.db"
    write_copy(path, copy)
    connection = sqlite3.connect(copy, isolation_level=None)
    connection.execute("PRAGMA writable_schema=ON")
    connection.execute("DELETE FROM sqlite_master WHERE name = 'article_by_summary'")
    connection.close()
    connection = sqlite3.connect(copy, isolation_level=None)
    connection.execute("UPDATE article SET summary_key = 'other'")
    connection.close()
    return copy


def test_what_is_whole_has_no_damage(path):
    assert damage(path) == []
    assert damage(path, whole=False) == []


@pytest.mark.parametrize(("whole", "pragma"), [(True, "integrity_check"), (False, "quick_check")])
def test_damage_is_told_in_the_words_of_sqlite(path, monkeypatch, whole, pragma):
    asked = []

    class Connection:
        def execute(self, sql):
            asked.append(sql)
            return self

        def fetchall(self):
            return [("row 1 missing",), (7,)]

    def opened(ledger):
        yield Connection()

    monkeypatch.setattr(copies, "reading", copies.contextlib.contextmanager(opened))
    assert damage(path, whole=whole) == ["row 1 missing", "7"]
    assert asked == [f"PRAGMA {pragma}(20)"]


def test_indexes_are_compared_with_their_tables_unless_said(broken):
    assert damage(broken) != []


# Copies


def test_a_copy_is_one_file_for_its_owner_with_all_that_the_log_holds(path, ledger, tmp_path):
    ledger.database.change("INSERT INTO meta VALUES ('late', 'x')")
    target = tmp_path / "copies" / "c.db"
    target.parent.mkdir()
    mask = os.umask(0)
    try:
        write_copy(path, target)
    finally:
        os.umask(mask)
    assert [each.name for each in target.parent.iterdir()] == ["c.db"]
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    with sqlite3.connect(target) as connection:
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("delete",)
        assert connection.execute("SELECT value FROM meta WHERE name = 'late'").fetchone() == ("x",)
    connection.close()
    assert contents(target) == contents(path)


def test_a_copy_takes_no_other_files_place(path, tmp_path):
    (tmp_path / "c.db").write_bytes(b"mine")
    with pytest.raises(FileExistsError):
        write_copy(path, tmp_path / "c.db")
    assert (tmp_path / "c.db").read_bytes() == b"mine"


def test_a_copy_is_looked_through_and_brought_to_the_disk(path, tmp_path, monkeypatch):
    done = []
    whole = copies.damage
    monkeypatch.setattr(copies, "damage", lambda file, **how: done.append((file.name, how)) or whole(file, **how))
    monkeypatch.setattr(os, "fsync", lambda descriptor: done.append(os.fstat(descriptor).st_size > 0))
    write_copy(path, tmp_path / "c.db")
    assert done == [("c.db", {"whole": False}), True]


def test_a_copy_waits_for_who_writes_to_the_ledger(path, tmp_path, monkeypatch):
    waited = []
    connect = sqlite3.connect

    def connected(*args, **how):
        waited.append(how.get("timeout"))
        return connect(*args, **how)

    monkeypatch.setattr(copies.sqlite3, "connect", connected)
    write_copy(path, tmp_path / "c.db")
    assert waited == [BUSY_SECONDS, None, BUSY_SECONDS], "the copy itself is nobody else's"


def test_a_copy_that_is_damaged_leaves_nothing(path, tmp_path, monkeypatch):
    folder = tmp_path / "copies"
    folder.mkdir()

    def found(file, **how):
        for end in ("-journal", "-wal", "-shm"):
            file.with_name(file.name + end).touch()
        return ["row 1 missing", "row 2 missing"]

    monkeypatch.setattr(copies, "damage", found)
    with pytest.raises(LedgerError, match=rf"{path} is damaged: row 1 missing$"):
        write_copy(path, folder / "c.db")
    assert [*folder.iterdir()] == []


@pytest.mark.parametrize(
    ("code", "told"),
    [
        (sqlite3.SQLITE_FULL, "has no room for a copy: cannot"),
        (sqlite3.SQLITE_IOERR, "has no room for a copy: cannot"),
        (sqlite3.SQLITE_IOERR | 3 << 8, "has no room for a copy: cannot"),
        (sqlite3.SQLITE_READONLY, "l.db: cannot"),
        (None, "l.db: cannot"),
    ],
)
def test_a_disk_without_room_is_told(tmp_path, monkeypatch, code, told):
    SqliteDatabase(tmp_path / "l.db").close()
    fault = sqlite3.OperationalError("cannot")
    if code is not None:
        fault.sqlite_errorcode = code

    def refused(*args, **how):
        raise fault

    folder = tmp_path / "copies"
    folder.mkdir()
    monkeypatch.setattr(copies.sqlite3, "connect", refused)
    with pytest.raises(LedgerError) as found:
        write_copy(tmp_path / "l.db", folder / "c.db")
    place = folder if "room" in told else tmp_path
    assert str(found.value).startswith(f"{place} has no room for a copy" if "room" in told else f"{tmp_path / told}")
    assert (found.value.hint == "free some space") is ("room" in told)
    assert [*folder.iterdir()] == []
