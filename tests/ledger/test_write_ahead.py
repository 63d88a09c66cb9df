"""The log beside a ledger: its own is always replayed, another's never, and one that is taken away is noticed."""

from __future__ import annotations

import os
import shutil
import sqlite3
import sys
from datetime import UTC, datetime

import pytest

from syndicate.errors import LedgerError
from syndicate.ledger import write_ahead
from syndicate.ledger.sqlite import SqliteDatabase
from tests import processes

NOW = datetime(2026, 5, 6, 7, 8, 9, tzinfo=UTC)
WRITES = """
import os, sys
from pathlib import Path
from syndicate.ledger.sqlite import SqliteDatabase
database = SqliteDatabase(Path(sys.argv[1]))
for name in sys.argv[2:]:
    if name == "checkpoint":
        database.checkpoint()
    elif name == "sync":
        with database.relaxed():
            database.change("INSERT INTO meta VALUES ('relaxed', 'x') ON CONFLICT DO NOTHING")
        database.checkpoint()
        database.sync()
    elif name == "give back":
        database.give_back(2)
    elif name == "rewrite":
        database.rewrite()
    else:
        database.change("INSERT INTO meta VALUES (:name, 'x')", name=name)
os.kill(os.getpid(), 9)
"""


@pytest.fixture
def path(tmp_path):
    SqliteDatabase(tmp_path / "l.db").close()
    return tmp_path / "l.db"


def killed(path, *names):
    """A process that writes these names, and is killed with its log beside the file."""
    processes.run([sys.executable, "-c", WRITES, str(path), *names], check=False)
    assert write_ahead.log_of(path).exists()


def wrote(path):
    with sqlite3.connect(path) as connection:
        found = {name for (name,) in connection.execute("SELECT name FROM meta WHERE value = 'x'")}
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    connection.close()
    return found


@pytest.mark.parametrize(
    "names",
    [
        *(["a"], ["a", "b"], ["a", "checkpoint"], ["checkpoint", "a"], ["a", "checkpoint", "b", "checkpoint", "c"]),
        *(["a", "sync"], ["a", "checkpoint", "give back"], ["a", "checkpoint", "rewrite"]),
    ],
    ids="-".join,
)
def test_the_log_of_a_process_that_was_killed_is_its_ledgers_own(path, names):
    killed(path, *names)
    assert not write_ahead.is_foreign(path)
    assert write_ahead.put_foreign_away(path, NOW) == []
    assert wrote(path) - {"relaxed"} == {"a", "b", "c"}.intersection(names)


def test_the_first_log_of_a_new_ledger_is_its_own(tmp_path):
    killed(tmp_path / "l.db", "a")
    assert not write_ahead.is_foreign(tmp_path / "l.db")
    assert wrote(tmp_path / "l.db") == {"a"}


def test_a_file_put_back_while_its_log_had_begun_from_it_is_brought_up_to_date(path, tmp_path):
    shutil.copy(path, tmp_path / "copy.db")
    killed(path, "a", "b", "checkpoint")
    shutil.copy(tmp_path / "copy.db", path)
    assert not write_ahead.is_foreign(path)
    assert wrote(path) == {"a", "b"}


@pytest.mark.parametrize("later", [False, True])
def test_the_log_of_another_ledger_is_put_away_and_nothing_of_it_is_replayed(path, tmp_path, later):
    shutil.copy(path, tmp_path / "night.db")
    for name in ("a", "b"):
        database = SqliteDatabase(path)
        database.change("INSERT INTO meta VALUES (:name, 'x')", name=name)
        database.close()
    if later:  # the file has gone on where the log stopped
        killed(path, "c")
        shutil.copy(write_ahead.log_of(path), tmp_path / "wal")
        wrote(path)
        shutil.copy(tmp_path / "wal", write_ahead.log_of(path))
        database = SqliteDatabase(tmp_path / "night.db")
        database.change("INSERT INTO meta VALUES ('d', 'x')")
        database.close()
    else:
        killed(path, "c")
    shutil.copy(tmp_path / "night.db", path)
    assert write_ahead.is_foreign(path)
    away = write_ahead.put_foreign_away(path, NOW)
    assert {found.name.partition(".2026")[0] for found in away} <= {"l.db-wal", "l.db-shm"}
    assert away[0].name == "l.db-wal.20260506T070809Z"
    assert away[0].stat().st_size
    assert wrote(path) == ({"d"} if later else set())


def test_a_log_in_use_is_not_put_away(path, tmp_path):
    shutil.copy(path, tmp_path / "night.db")
    database = SqliteDatabase(path)
    database.change("INSERT INTO meta VALUES ('a', 'x')")
    database.checkpoint()
    database.close()
    database = SqliteDatabase(path)
    database.change("INSERT INTO meta VALUES ('b', 'x')")
    processes.run(["cp", str(tmp_path / "night.db"), str(path)])  # in this process it would free our locks
    child = os.fork()
    if child == 0:
        try:
            write_ahead.put_foreign_away(path, NOW)
        except BlockingIOError:
            os._exit(7)
        os._exit(0)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 7
    with pytest.raises(LedgerError, match="overwritten while it was in use"):
        database.check_log()
    with pytest.raises(LedgerError, match="overwritten"):
        database.change("INSERT INTO meta VALUES ('c', 'x')")
    database.close()


def test_a_log_that_was_removed_is_saved_into_the_ledger_and_nothing_more_is_written(path):
    database = SqliteDatabase(path)
    database.change("INSERT INTO meta VALUES ('a', 'x')")
    for end in ("-wal", "-shm"):
        path.with_name(path.name + end).unlink()
    for _ in range(2):
        with pytest.raises(LedgerError, match="was removed while it was in use") as told:
            database.change("INSERT INTO meta VALUES ('b', 'x')")
    assert "start them again" in told.value.hint
    other = SqliteDatabase(path)
    assert other.rows("SELECT name FROM meta WHERE value = 'x'") == [{"name": "a"}]
    other.close()
    with pytest.raises(LedgerError, match="was removed"):
        database.check_log()
    database.close()
    assert wrote(path) == {"a"}


@pytest.mark.parametrize(("length", "told"), [(0, "was cut"), (20, "was cut")])
def test_a_log_that_was_cut_is_noticed_before_the_next_write(path, length, told):
    database = SqliteDatabase(path)
    database.change("INSERT INTO meta VALUES ('a', 'x')")
    database.check_log()
    log = write_ahead.log_of(path)
    os.truncate(log, length)
    if length:
        log.write_bytes(b"\0" * 5000)
    with pytest.raises(LedgerError, match=told):
        database.change("INSERT INTO meta VALUES ('b', 'x')")
    database.close()


def test_a_log_that_another_program_emptied_as_it_should_is_fine(path):
    database = SqliteDatabase(path)
    database.change("INSERT INTO meta VALUES ('a', 'x')")
    database.check_log()
    other = sqlite3.connect(path)
    other.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    assert write_ahead.log_of(path).stat().st_size == 0
    database.check_log()
    database.change("INSERT INTO meta VALUES ('b', 'x')")
    other.close()
    database.close()
    assert wrote(path) == {"a", "b"}


def test_what_changes_nothing_writes_nothing(path):
    database = SqliteDatabase(path)
    database.change("INSERT INTO meta VALUES ('a', 'x')")
    log = write_ahead.log_of(path)
    before = log.stat().st_size
    database.change("DELETE FROM meta WHERE name = 'none'")
    with database.transaction():
        assert database.change("UPDATE meta SET value = 'y' WHERE name = 'none'") == 0
    assert log.stat().st_size == before
    database.close()
