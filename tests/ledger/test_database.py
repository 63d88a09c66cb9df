"""The file below the ledger: its statements and transactions, its copies, and what each fault of it says."""

from __future__ import annotations

import contextlib
import errno
import sqlite3
import threading
from datetime import UTC, datetime

import pytest

from syndicate.errors import LedgerError
from syndicate.ledger.database import VERSION, from_micros, micros
from syndicate.ledger.faults import explained, without_locks
from syndicate.ledger.sqlite import SqliteDatabase, copy_ledger


@pytest.fixture
def database(tmp_path):
    opened = SqliteDatabase(tmp_path / "l.db", durable=False)
    opened.change("CREATE TABLE thing (name TEXT PRIMARY KEY, number INTEGER)")
    opened.change_many(
        "INSERT INTO thing VALUES (:name, :number)", [{"name": name, "number": len(name)} for name in ("a", "bb", "cc")]
    )
    yield opened
    opened.close()


def names(database):
    return [row["name"] for row in database.rows("SELECT name FROM thing ORDER BY name")]


def fault(call, *arguments):
    with pytest.raises(LedgerError) as told:
        call(*arguments)
    return str(told.value), told.value.hint


@pytest.mark.parametrize(
    ("moment", "value"),
    [
        (None, None),
        (datetime(1970, 1, 1, tzinfo=UTC), 0),
        (datetime(1970, 1, 1, 0, 0, 1, 5, tzinfo=UTC), 1_000_005),
        (datetime(1969, 12, 31, 23, 59, 59, tzinfo=UTC), -1_000_000),
    ],
)
def test_an_instant_is_microseconds_since_1970(moment, value):
    assert micros(moment) == value
    assert from_micros(value) == moment


def test_statements_give_their_rows_and_changes_how_many(database):
    asked = "SELECT name, number FROM thing WHERE number = :number ORDER BY name"
    assert database.rows(asked, number=2) == [{"name": "bb", "number": 2}, {"name": "cc", "number": 2}]
    assert database.row(asked, number=2) == {"name": "bb", "number": 2}
    assert (database.rows(asked, number=9), database.row(asked, number=9)) == ([], None)
    assert database.change("UPDATE thing SET number = 0 WHERE number = 2") == 2
    assert database.change("UPDATE thing SET number = 0 WHERE number = 9") == 0


@pytest.mark.parametrize("fails", [False, True])
@pytest.mark.parametrize("inner", [False, True])
def test_a_transaction_is_all_or_nothing_also_inside_another(database, fails, inner):
    def work():
        with database.transaction():
            database.change("DELETE FROM thing WHERE name = 'a'")
            if inner:
                with database.transaction():
                    database.change("DELETE FROM thing WHERE name = 'bb'")
            if fails:
                raise ZeroDivisionError

    if fails:
        with pytest.raises(ZeroDivisionError):
            work()
        assert names(database) == ["a", "bb", "cc"]
    else:
        work()
        assert names(database) == (["cc"] if inner else ["bb", "cc"])
    with database.transaction():  # nothing is left open
        database.change("DELETE FROM thing")
    assert names(database) == []


def test_while_one_writes_another_is_told_that_the_file_is_locked(database):
    hasty = SqliteDatabase(database.path, busy=0)
    with database.transaction():
        assert fault(hasty.transaction().__enter__) == (
            f"{database.path} is locked by another program",
            "let it finish, then run this again",
        )
        assert fault(hasty.change, "DELETE FROM thing")[0].endswith("is locked by another program")
    assert hasty.change("DELETE FROM thing") == 3
    hasty.close()


@pytest.mark.parametrize(("durable", "synchronous"), [(True, 2), (False, 0)])
def test_each_connection_writes_ahead_and_is_on_disk_before_it_returns(tmp_path, durable, synchronous):
    database = SqliteDatabase(tmp_path / "l.db", durable=durable)
    found = [
        next(iter(database.row(f"PRAGMA {name}").values()))
        for name in ("journal_mode", "synchronous", "foreign_keys", "cache_size", "busy_timeout")
    ]
    assert found == ["wal", synchronous, 1, -400, 30_000]
    database.widen(5000)
    assert database.row("PRAGMA cache_size") == {"cache_size": -5000}
    database.close()


def test_a_file_that_was_removed_or_replaced_is_noticed_and_never_made_anew(tmp_path, database):
    database.check()
    hint = "stop this, put the file back from your backup if need be, and start again"
    kept = tmp_path / "kept.db"
    database.path.rename(kept)
    assert fault(database.check) == (f"{database.path} is gone", hint)
    told = []
    other = threading.Thread(target=lambda: told.append(fault(database.rows, "SELECT 1")))
    other.start()
    other.join()
    assert told == [(f"{database.path} cannot be opened", "check that its folder exists and may be written")]
    assert not database.path.exists()
    SqliteDatabase(database.path).close()
    assert fault(database.check) == (f"{database.path} is another file than when it was opened", hint)
    database.path.unlink()
    kept.rename(database.path)
    database.check()


def test_a_database_that_was_closed_opens_again_when_it_is_asked(database):
    connection = database._connection()
    assert database._connection() is connection
    database.close()
    with pytest.raises(sqlite3.ProgrammingError):
        connection.execute("SELECT 1")
    assert names(database) == ["a", "bb", "cc"]


def test_a_ledger_of_a_newer_version_is_left_alone(database):
    database.change("UPDATE meta SET value = :v WHERE name LIKE 'schema_%'", v=str(VERSION + 1))
    assert fault(SqliteDatabase, database.path) == (
        f"{database.path} was written by a newer syndicate (schema {VERSION + 1}, this one knows {VERSION})",
        "install the newer version again",
    )
    assert database.row("SELECT value FROM meta WHERE name = 'schema_version'") == {"value": str(VERSION + 1)}


def test_a_file_with_tables_of_something_else_becomes_a_ledger_beside_them(tmp_path):
    with sqlite3.connect(tmp_path / "l.db") as other:
        other.execute("CREATE TABLE thing (name TEXT)")
    other.close()
    database = SqliteDatabase(tmp_path / "l.db")
    assert database.row("SELECT value FROM meta WHERE name = 'schema_version'") == {"value": str(VERSION)}
    assert database.rows("SELECT * FROM thing") == []
    database.close()


def test_a_ledger_of_this_version_is_opened_as_it_is(database):
    assert database.row("SELECT value FROM meta WHERE name = 'schema_version'") == {"value": str(VERSION)}
    database.change("DROP TABLE delivery")  # what a migration made is not made again
    with database.transaction():  # and nothing has to be written
        again = SqliteDatabase(database.path, busy=0)
    assert again.rows("SELECT 1 FROM sqlite_master WHERE name = 'delivery'") == []
    again.close()


@pytest.mark.parametrize(
    ("said", "told", "cure"),
    [
        ("database is locked", "is locked by another program", "let it finish"),
        ("database table is busy", "is locked by another program", "let it finish"),
        ("attempt to write a readonly database", "cannot be written (read-only)", "check the owner and mode"),
        ("the file is read-only", "cannot be written (read-only)", "check the owner and mode"),
        ("database or disk is full", "cannot be written: database or disk is full", "free some space"),
        ("disk I/O error", "cannot be written: disk I/O error", "free some space"),
        ("unable to open database file", "cannot be opened", "check that its folder exists"),
        ("file is not a database", "is not a syndicate ledger: file is not a database", "check `database`"),
        ("database disk image is malformed", "is damaged: database disk image is malformed", "syndicate db check"),
    ],
)
def test_each_fault_of_the_file_is_said_in_our_words_with_a_cure(tmp_path, said, told, cure):
    found = explained(tmp_path / "l.db", sqlite3.OperationalError(said))
    assert str(found) == f"{tmp_path / 'l.db'} {told}"
    assert found.hint.startswith(cure)


def test_a_fault_that_is_not_known_is_told_as_it_is(tmp_path):
    found = explained(tmp_path / "l.db", sqlite3.OperationalError("no such table: x"))
    assert (str(found), found.hint) == (f"{tmp_path / 'l.db'}: no such table: x", None)


def test_a_file_that_is_no_ledger_is_named(tmp_path):
    path = tmp_path / "notes.txt"
    path.write_text("not a database, but long enough to look like one" * 20, encoding="utf-8")
    said = f"{path} is not a syndicate ledger: file is not a database"
    assert fault(SqliteDatabase, path) == (said, "check `database` in the config")
    assert fault(copy_ledger, path, tmp_path / "copy.db")[0] == said


# Copies


@pytest.mark.parametrize("at_work", [True, False])
def test_a_copy_has_everything_and_writes_nothing_beside_the_original(tmp_path, database, at_work):
    folder = tmp_path / "there"
    folder.mkdir()
    if not at_work:
        database.close()
    beside = sorted(found.name for found in tmp_path.iterdir() if found.is_file())
    copy_ledger(database.path, folder / "copy.db")
    assert sorted(found.name for found in tmp_path.iterdir() if found.is_file()) == beside
    copy = SqliteDatabase(folder / "copy.db")
    assert names(copy) == ["a", "bb", "cc"]
    copy.change("DELETE FROM thing")
    copy.close()
    assert names(database) == ["a", "bb", "cc"]


def test_a_copy_while_others_write_is_whole(tmp_path, database):
    database.copy_to(tmp_path / "copy.db")
    copy = SqliteDatabase(tmp_path / "copy.db")
    assert names(copy) == ["a", "bb", "cc"]
    copy.close()


# Locks


def fails(*_):
    raise OSError(errno.ENOLCK, "No locks available")


@pytest.mark.parametrize(
    ("lock", "told"),
    [
        (None, None),
        (fails, "its disk has no file locks (NFS without lockd?)"),
        (lambda *_: 0, "file locks on its disk keep nobody out"),
    ],
    ids=["works", "fails", "lies"],
)
def test_a_disk_without_file_locks_is_named(tmp_path, monkeypatch, lock, told):
    if lock is not None:
        monkeypatch.setattr("fcntl.fcntl", lock)
    found = without_locks(tmp_path / "l.db")
    assert (found and str(found)) == (told and f"{tmp_path / 'l.db'} cannot be locked: {told}")
    busy = sqlite3.OperationalError("database is locked")
    busy.sqlite_errorcode = sqlite3.SQLITE_BUSY
    assert ("is locked by another program" in str(explained(tmp_path / "l.db", busy))) == (told is None)
    assert list(tmp_path.iterdir()) == []
    assert without_locks(tmp_path / "none" / "l.db") is None or told


def test_closing_waits_for_what_other_threads_are_doing(database):
    """A connection that is closed under a thread which uses it ends the process, or loses half of a transaction."""
    database.change("CREATE TABLE tally (count INTEGER)")
    database.change("INSERT INTO tally VALUES (0)")
    faults, over = [], threading.Event()

    def count():
        try:
            while not over.is_set():
                with database.transaction():
                    [row] = database.rows("SELECT count FROM tally")
                    database.change("UPDATE tally SET count = :next", next=row["count"] + 1)
                    done.append(1)
        except Exception as fault:  # noqa: BLE001 - whatever it is, it is the fault of closing
            faults.append(fault)

    done = []
    threads = [threading.Thread(target=count) for _ in range(3)]
    for thread in threads:
        thread.start()
    for _ in range(100):
        database.close()
    over.set()
    for thread in threads:
        thread.join()
    assert faults == []
    assert database.rows("SELECT count FROM tally") == [{"count": len(done)}]


def test_closing_leaves_a_long_transaction_to_its_thread(database, monkeypatch):
    monkeypatch.setattr("syndicate.ledger.sqlite.CLOSING_SECONDS", 0.01)
    database.change("CREATE TABLE tally (count INTEGER)")
    begun, go_on = threading.Event(), threading.Event()

    def write():
        with database.transaction():
            database.change("INSERT INTO tally VALUES (1)")
            begun.set()
            go_on.wait()
            database.change("INSERT INTO tally VALUES (2)")

    thread = threading.Thread(target=write)
    thread.start()
    begun.wait()
    database.close()
    go_on.set()
    thread.join()
    assert [row["count"] for row in database.rows("SELECT count FROM tally")] == [1, 2]


def test_closing_leaves_a_long_read_to_its_thread(database, monkeypatch):
    monkeypatch.setattr("syndicate.ledger.sqlite.CLOSING_SECONDS", 0.01)
    begun, go_on, found = threading.Event(), threading.Event(), []

    def waits():
        begun.set()
        return go_on.wait()

    def read():
        database._connection().create_function("waits", 0, waits)
        found.append(database._own())
        found.extend(database.rows("SELECT waits() AS waited"))

    thread = threading.Thread(target=read)
    thread.start()
    begun.wait()
    threading.Timer(0.2, go_on.set).start()
    database.close()
    thread.join()
    own, row = found
    assert own.connection is not None
    assert row == {"waited": 1}


# Readings of many sources


def test_relaxed_commits_are_brought_to_the_disk_once_by_the_sync_after_them(tmp_path):
    database = SqliteDatabase(tmp_path / "relaxed.db")

    def stamped():
        return database.row("SELECT own FROM chain")

    before = stamped()
    database.sync()
    assert stamped() == before
    with database.relaxed():
        assert database.row("PRAGMA synchronous") == {"synchronous": 1}
        database.change("INSERT INTO meta (name, value) VALUES ('read', '1')")
        written = stamped()
    assert database.row("PRAGMA synchronous") == {"synchronous": 2}
    database.sync()
    synced = stamped()
    assert synced != written
    database.sync()
    assert stamped() == synced
    database.close()


def test_what_a_later_commit_brought_to_the_disk_with_it_needs_no_sync(tmp_path):
    database = SqliteDatabase(tmp_path / "relaxed.db")

    def stamped():
        return database.row("SELECT own FROM chain")

    def keep(name):
        database.change("INSERT INTO meta (name, value) VALUES (:name, '1')", name=name)

    with database.relaxed():
        keep("read")
    keep("waited for")
    written = stamped()
    database.sync()
    assert stamped() == written
    with database.relaxed():
        keep("read later")
    with contextlib.suppress(ZeroDivisionError), database.transaction():
        keep("never committed")
        keep(1 // 0)
    written = stamped()
    database.sync()
    assert stamped() != written
    database.close()


@pytest.mark.parametrize("again", [False, True])
def test_a_ledger_may_be_closed_while_a_thread_is_relaxed(tmp_path, again):
    database = SqliteDatabase(tmp_path / "relaxed.db")
    with database.relaxed():
        database.close()
        if again:
            database.change("INSERT INTO meta (name, value) VALUES ('read', '1')")
    assert database.row("PRAGMA synchronous") == {"synchronous": 2}
    database.close()


def test_only_the_thread_that_asked_for_it_is_relaxed(tmp_path):
    database = SqliteDatabase(tmp_path / "relaxed.db")
    found = []
    with database.relaxed():
        other = threading.Thread(target=lambda: found.append(database.row("PRAGMA synchronous")))
        other.start()
        other.join()
    assert found == [{"synchronous": 2}]
    database.close()
