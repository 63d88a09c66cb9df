"""Logs made byte by byte: which stamps are found in them, and what is done with a log that is another's."""

from __future__ import annotations

import fcntl
import os
import sqlite3
from datetime import UTC, datetime

import pytest

from syndicate.ledger import file_locks, write_ahead
from syndicate.ledger.sqlite import SqliteDatabase

NOW = datetime(2026, 5, 6, 7, 8, 9, tzinfo=UTC)
SALTS, PAGE = b"saltsalt", 100
FIRST, SECOND = bytes.fromhex("377f0682"), bytes.fromhex("377f0683")
MARK = b"syndicate-ledger"


@pytest.fixture
def path(tmp_path):
    SqliteDatabase(tmp_path / "l.db").close()
    return tmp_path / "l.db"


@pytest.fixture
def own(path):
    with sqlite3.connect(path) as connection:
        [[found]] = connection.execute("SELECT own FROM chain").fetchall()
    connection.close()
    return found


def frame(stamp, before, *, salts=SALTS, mark=MARK):
    row = mark + stamp.to_bytes(8) + before.to_bytes(8)
    return b"12345678" + salts + b"checksum" + row.rjust(PAGE, b"\0")


def log(path, *frames, magic=FIRST, cut=None):
    head = magic + b"vers" + PAGE.to_bytes(4) + b"sequ" + SALTS + b"checksum"
    write_ahead.log_of(path).write_bytes((head + b"".join(frames))[:cut])


@pytest.mark.parametrize("magic", [FIRST, SECOND])
@pytest.mark.parametrize(
    ("frames", "foreign"),
    [
        ([(1, 2)], True),
        ([(1, 0)], False),  # it follows the file
        ([(0, 2)], False),  # the file is its first image
        ([(1, 2), (0, 1)], False),  # the file is a later one
        ([(1, 2), (3, 0)], True),
        ([], False),
    ],
)
def test_a_log_is_anothers_if_nothing_in_it_is_of_the_file(path, own, magic, frames, foreign):
    log(path, *(frame(stamp or own, before or own) for stamp, before in frames), magic=magic)
    assert write_ahead.is_foreign(path) is foreign


@pytest.mark.parametrize(
    ("changes", "cut"),
    [
        ({"magic": b"SQLi"}, None),
        ({}, 31),
        ({}, 32),
        ({}, 32 + 23),
        ({}, 32 + 24 + 99),  # the row is not whole
    ],
)
def test_what_is_no_log_or_has_no_whole_row_tells_nothing(path, changes, cut):
    log(path, frame(1, 2), cut=cut, **changes)
    assert write_ahead.is_foreign(path) is False


def test_only_frames_of_this_log_and_rows_of_this_table_count(path, own):
    log(path, frame(1, own, mark=b"x" * 16), frame(1, 2), frame(own, 1, salts=b"oldstuff"))
    assert write_ahead.is_foreign(path) is True
    log(path, frame(1, 2, salts=b"oldstuff"))
    assert write_ahead.is_foreign(path) is False


def test_nothing_is_foreign_without_a_log_or_beside_what_is_no_ledger(path, tmp_path):
    assert write_ahead.is_foreign(path) is False
    other = tmp_path / "other.db"
    other.write_bytes(b"no database" * 100)
    log(other, frame(1, 2))
    assert write_ahead.is_foreign(other) is False


def test_a_ledger_of_before_has_the_stamp_of_none(tmp_path):
    path = tmp_path / "old.db"
    sqlite3.connect(path).close()
    path.write_bytes(b"")
    log(path, frame(1, 2))
    assert write_ahead.is_foreign(path) is True
    log(path, frame(1, 1 << 62))
    assert write_ahead.is_foreign(path) is False


def test_a_log_that_was_moved_into_the_file_meanwhile_is_not_foreign(path, own, monkeypatch):
    log(path, frame(1, 2))
    stamps = iter([own, 2])
    monkeypatch.setattr(write_ahead, "_stamp", lambda ledger: next(stamps))
    assert write_ahead.is_foreign(path) is False


def test_each_transaction_has_a_stamp_of_its_own():
    connection = sqlite3.connect(":memory:")
    connection.execute("CREATE TABLE chain (own BIGINT, before BIGINT)")
    connection.execute("INSERT INTO chain VALUES (7, 0)")
    found = [(7, 0)]
    for _ in range(60):
        write_ahead.stamp(connection)
        found.append(connection.execute("SELECT own, before FROM chain").fetchone())
    connection.close()
    assert [before for _, before in found[1:]] == [own for own, _ in found[:-1]]
    stamps = [own for own, _ in found[1:]]
    assert len({*stamps}) == 60
    assert all(1 << 62 <= stamp < 1 << 63 for stamp in stamps)
    assert {stamp & 1 for stamp in stamps} == {0, 1}


@pytest.mark.parametrize(
    ("content", "whole"),
    [(None, True), (b"", True), (FIRST + b"more", True), (SECOND, True), (b"\0" * 9, False), (FIRST[:3], False)],
)
def test_a_log_begins_as_one(tmp_path, content, whole):
    if content is not None:
        (tmp_path / "wal").write_bytes(content)
    assert write_ahead.is_whole(tmp_path / "wal") is whole


# Putting it away


def test_a_foreign_log_is_put_away_with_its_index(path):
    log(path, frame(1, 2))
    path.with_name("l.db-shm").write_bytes(b"index")
    away = write_ahead.put_foreign_away(path, NOW)
    assert [found.name for found in away] == ["l.db-wal.20260506T070809Z", "l.db-shm.20260506T070809Z"]
    assert sorted(found.name for found in path.parent.iterdir()) == sorted(["l.db", *(found.name for found in away)])


def test_a_log_of_the_ledger_itself_is_left_alone_by_whoever_has_it_open(path, own):
    database = SqliteDatabase(path)
    database.change("INSERT INTO meta VALUES ('a', 'x')")
    assert write_ahead.put_foreign_away(path, NOW) == []
    database.close()


def test_what_another_process_has_put_away_meanwhile_is_left_alone(path, monkeypatch):
    log(path, frame(1, 2))
    answers = iter([True, False])
    monkeypatch.setattr(write_ahead, "is_foreign", lambda ledger: next(answers))
    assert write_ahead.put_foreign_away(path, NOW) == []
    assert write_ahead.log_of(path).exists()


def test_what_is_put_away_gets_a_name_that_no_file_has(tmp_path):
    wanted = ["l.20260506T070809Z", "l.20260506T070809Z.2", "l.20260506T070809Z.3"]
    for name in wanted:
        (tmp_path / "l").touch()
        [found] = write_ahead.put_away([tmp_path / "l", tmp_path / "missing"], NOW)
        assert found == tmp_path / name


def taken(path, *places, length=1):
    """Whether anybody has locked the bytes at each of these places."""
    found = []
    with path.open("r+b") as file:
        for place in places:
            try:
                file_locks.lock(file, place, length)
            except BlockingIOError:
                found.append(True)
            else:
                found.append(False)
    return found


def test_nobody_opens_a_ledger_meanwhile(path):
    first, last = 0x40000002, 0x40000002 + 509
    with write_ahead.alone(path):
        assert taken(path, first - 1, first, last, last + 1) == [False, True, True, False]
    assert taken(path, first, length=510) == [False]


# Locks


@pytest.mark.parametrize("own", [True, False], ids=["of the open file", "of the process"])
def test_a_lock_covers_its_bytes_alone(tmp_path, monkeypatch, own):
    path = tmp_path / "file"
    path.touch()
    with path.open("r+b") as file:
        with monkeypatch.context() as patched:
            if not own:
                patched.setattr(file_locks, "SET", None)
            os.lseek(file.fileno(), 2, os.SEEK_SET)  # from the begin all the same
            file_locks.lock(file, 5, 3)
        assert taken(path, 4, 5, 7, 8) == [False, True, True, False]
    assert taken(path, 0, length=0) == [False]


@pytest.mark.parametrize("own", [True, False])
def test_a_lock_is_of_the_whole_file_unless_said_and_does_not_wait(tmp_path, monkeypatch, own):
    path = tmp_path / "file"
    path.touch()
    with path.open("r+b") as one, path.open("r+b") as other:
        file_locks.lock(one)
        assert taken(path, 0, 1 << 40) == [True, True]
        if not own:
            monkeypatch.setattr(file_locks, "SET", None)
        with pytest.raises(BlockingIOError):
            file_locks.lock(other)


def test_it_is_a_lock_for_writing(tmp_path):
    path = tmp_path / "file"
    path.touch()
    with path.open("r+b") as one, path.open("rb") as other:
        file_locks.lock(one)
        with pytest.raises(BlockingIOError):
            fcntl.lockf(other, fcntl.LOCK_SH | fcntl.LOCK_NB)
