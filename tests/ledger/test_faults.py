"""SQLite's errors in our words, with a cure; and what is told of a disk without locks."""

from __future__ import annotations

import errno
import sqlite3

import pytest

from syndicate.ledger import faults
from syndicate.ledger.faults import damaged, explained, without_locks


class Fault(sqlite3.OperationalError):
    def __init__(self, text, code=None):
        super().__init__(text)
        if code is not None:
            self.sqlite_errorcode = code


@pytest.mark.parametrize(
    ("text", "told", "cure"),
    [
        ("database is locked", "is locked by another program", "let it finish"),
        ("the file is busy", "is locked by another program", "let it finish"),
        ("attempt to write a readonly database", "cannot be written (read-only)", "check the owner"),
        ("read-only file system", "cannot be written (read-only)", "check the owner"),
        ("database or disk is full", "cannot be written: database or disk is full", "free some space"),
        ("disk I/O error", "cannot be written: disk I/O error", "free some space"),
        ("unable to open database file", "cannot be opened", "check that its folder"),
        ("file is not a database", "is not a syndicate ledger: file is not a database", "check `database`"),
        ("database disk image is malformed", "is damaged: database disk image is malformed", "syndicate db check"),
    ],
)
def test_each_fault_is_told_with_its_cure(tmp_path, text, told, cure):
    path = tmp_path / "l.db"
    for was_ledger in (False, True):
        found = explained(path, Fault(text), was_ledger=was_ledger)
        assert str(found) == f"{path} {told}"
        assert found.hint.startswith(cure)


def test_a_fault_that_nobody_knows_is_told_as_it_is(tmp_path):
    found = explained(tmp_path / "l.db", Fault("no such table: x", sqlite3.SQLITE_ERROR))
    assert (str(found), found.hint) == (f"{tmp_path / 'l.db'}: no such table: x", None)


@pytest.mark.parametrize(
    ("code", "was_ledger", "told"),
    [
        (sqlite3.SQLITE_NOTADB, True, "is damaged"),
        (sqlite3.SQLITE_NOTADB, False, "is not a syndicate ledger"),
        (sqlite3.SQLITE_ERROR, True, "is not a syndicate ledger"),
    ],
)
def test_a_ledger_that_is_no_database_any_more_is_damaged(tmp_path, code, was_ledger, told):
    found = explained(tmp_path / "l.db", Fault("file is not a database", code), was_ledger=was_ledger)
    assert str(found).startswith(f"{tmp_path / 'l.db'} {told}: file")
    if told == "is damaged":
        assert found.hint == damaged(tmp_path, "").hint == faults.PUT_BACK


@pytest.fixture
def refuses(monkeypatch):
    """Locks that fail in this way."""

    def make(number):
        def lock(file, *_):
            raise OSError(number, "no locks")

        monkeypatch.setattr(faults, "lock", lock)

    return make


@pytest.mark.parametrize("number", [errno.ENOLCK, errno.ENOSYS, errno.EOPNOTSUPP, errno.EINVAL])
def test_a_disk_without_locks_is_no_other_program(tmp_path, refuses, number):
    refuses(number)
    path = tmp_path / "l.db"
    found = explained(path, Fault("database is locked", sqlite3.SQLITE_BUSY))
    if number == errno.EINVAL:
        assert str(found) == f"{path} is locked by another program"
        assert without_locks(path) is None
    else:
        assert str(found) == f"{path} cannot be locked: its disk has no file locks (NFS without lockd?)"
        assert found.hint == without_locks(path).hint == faults.LOCAL
    assert [*tmp_path.iterdir()] == []


def test_what_is_locked_in_another_way_is_not_tried(tmp_path, refuses):
    refuses(errno.ENOLCK)
    found = explained(tmp_path / "l.db", Fault("database table is locked", sqlite3.SQLITE_LOCKED))
    assert "by another program" in str(found)


def test_locks_that_keep_nobody_out_are_told(tmp_path, monkeypatch):
    locked = []
    monkeypatch.setattr(faults, "lock", locked.append)
    found = without_locks(tmp_path / "l.db")
    assert str(found) == f"{tmp_path / 'l.db'} cannot be locked: file locks on its disk keep nobody out"
    assert found.hint == faults.LOCAL
    assert len({file.fileno() if not file.closed else id(file) for file in locked}) == 2
    assert all(file.closed for file in locked)


def test_where_locks_work_or_cannot_be_told_apart_nothing_is_said(tmp_path, monkeypatch):
    assert without_locks(tmp_path / "l.db") is None
    assert without_locks(tmp_path / "no folder" / "l.db") is None
    monkeypatch.setattr(faults, "lock", lambda file: None)
    monkeypatch.setattr(faults, "SET", None)
    assert without_locks(tmp_path / "l.db") is None
