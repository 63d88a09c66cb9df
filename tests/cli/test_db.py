"""`syndicate db` and `syndicate key`: backups, checks, restoring, pruning, a new key; with real files and processes."""

from __future__ import annotations

import os
import shutil
import sqlite3
import sys
from pathlib import Path

import pytest
from cryptography.fernet import Fernet

from syndicate.ledger.database import VERSION
from tests import processes


@pytest.fixture
def ledger(desk):
    """A ledger with one story that went to an account with a session."""
    desk.config("bsky")
    desk("post")
    published(desk)
    return desk.folder / "syndicate.db"


def published(desk, count=1):
    desk.site.publish(count)
    assert desk("post").code == 0


def asked(path, sql):
    connection = sqlite3.connect(path)
    try:
        return connection.execute(sql).fetchall()
    finally:
        connection.close()


def names(folder: Path):
    return sorted(found.name for found in folder.iterdir())


# Backups


def test_a_backup_is_whole_private_has_its_key_and_is_never_overwritten(desk, ledger, tmp_path):
    folder = tmp_path / "backups"
    folder.mkdir()
    reader = sqlite3.connect(ledger)  # as a daemon has it open
    assert reader.execute("SELECT count(*) FROM delivery").fetchone() == (1,)
    made = desk("db", "backup", str(folder / "night.db"))
    assert made.code == 0
    assert names(folder) == ["night.db", "night.db.key"]
    assert {(folder / name).stat().st_mode & 0o777 for name in names(folder)} == {0o600}
    assert (folder / "night.db.key").read_bytes() == ledger.with_name("syndicate.db.key").read_bytes()
    assert "keep both together" in made.err
    reader.close()
    before = (folder / "night.db").read_bytes()
    again = desk("db", "backup", str(folder / "night.db"))
    assert (again.code, again.complaint) == (1, f"{folder / 'night.db'} is there already")
    assert (folder / "night.db").read_bytes() == before
    assert desk("db", "check", str(folder / "night.db")).code == 0


def test_of_dated_backups_the_newest_are_kept_and_nothing_else_is_removed(desk, ledger, tmp_path):
    folder = tmp_path / "backups"
    folder.mkdir()
    (folder / "night.db.20200101T000000Z.txt").touch()
    for day in range(4):
        [row] = desk("--json", "db", "backup", str(folder / "night.db"), "--keep", "3").rows
        os.utime(folder / "night.db", (day * 86400, day * 86400))
    assert row["removed"] == [str(folder / "night.db.19700101T000000Z")]
    kept = ["night.db", "night.db.19700102T000000Z", "night.db.19700103T000000Z"]
    assert names(folder) == sorted([*kept, *(f"{name}.key" for name in kept), "night.db.20200101T000000Z.txt"])


def test_what_cannot_be_backed_up_is_said_and_leaves_nothing(desk, ledger, tmp_path):
    folder = tmp_path / "backups"
    folder.mkdir()
    assert desk("db", "backup", str(folder / "none" / "night.db")).code == 1
    data = bytearray(ledger.read_bytes())
    data[8192 : 8192 + 4096] = bytes(4096)
    ledger.write_bytes(data)
    (folder / "night.db").write_text("the last good one")
    run = desk("db", "backup", str(folder / "night.db"), "--keep", "2")
    assert run.code == 1
    assert "is damaged" in run.err
    assert (folder / "night.db").read_text() == "the last good one"
    assert names(folder) == ["night.db"]
    ledger.unlink()
    assert "there is no ledger" in desk("db", "backup", str(folder / "other.db")).err


@pytest.mark.parametrize("place", ["environment", "key_file"])
def test_a_key_that_is_kept_elsewhere_is_not_copied_and_said(desk, tmp_path, monkeypatch, place):
    if place == "environment":
        monkeypatch.setenv("SYNDICATE_KEY", Fernet.generate_key().decode())
        desk.config("bsky")
    else:
        (tmp_path / "its.key").write_bytes(Fernet.generate_key())
        desk.config("bsky", extra="key_file: its.key")
    desk("post")
    published(desk)
    [row] = desk("--json", "db", "backup", str(tmp_path / "night.db")).rows
    assert (row["key"], row["key_kept"]) == (None, place)
    assert not (tmp_path / "night.db.key").exists()


# Checks


def test_a_good_ledger_passes_each_check_and_nothing_is_written(desk, ledger):
    before = {found: found.stat().st_mtime_ns for found in desk.folder.iterdir()}
    run = desk("db", "check", "--json")
    assert run.code == 0
    assert [(row["check"], row["ok"]) for row in run.rows] == [
        (name, True) for name in ("file", "log", "integrity", "references", "key")
    ]
    assert run.rows[0]["said"].startswith(f"schema {VERSION}, ")
    assert run.rows[-1]["said"] == "opens all 1 sessions"
    assert {found: found.stat().st_mtime_ns for found in desk.folder.iterdir()} == before


@pytest.mark.parametrize("case", ["key", "reference", "index", "page", "newer", "other", "text", "gone"])
def test_each_fault_is_found_with_a_cure(desk, ledger, case):
    statements = {
        "reference": ["PRAGMA foreign_keys=OFF", "UPDATE delivery SET anchor = 'none'"],
        "index": [
            "PRAGMA writable_schema=ON",
            "UPDATE sqlite_schema SET sql = replace(sql, 'committed_at', 'key') WHERE name = 'delivery_by_commit'",
        ],
        "newer": [f"UPDATE meta SET value = '{VERSION + 1}' WHERE name = 'schema_version'"],
        "other": ["DROP TABLE alias"],
    }
    if case in statements:
        with sqlite3.connect(ledger) as connection:
            for statement in statements[case]:
                connection.execute(statement)
        connection.close()
    elif case == "key":
        ledger.with_name("syndicate.db.key").write_bytes(Fernet.generate_key())
    elif case == "page":
        data = bytearray(ledger.read_bytes())
        data[8192 : 8192 + 4096] = bytes(4096)
        ledger.write_bytes(data)
    elif case == "text":
        ledger.write_text("no database at all, but something long enough to be read" * 40)
    else:
        ledger.unlink()
    run = desk("db", "check", "--json")
    assert run.code == 1
    [bad] = [row for row in run.rows if not row["ok"]]
    found = {"key": "key", "reference": "references", "index": "integrity"}  # a page of a table: file
    assert bad["check"] == found.get(case, "file")
    assert bad["said"]
    assert bad["cure"] or case in ("gone", "other")


def test_a_damaged_ledger_sends_nothing_and_names_the_cure(desk, ledger):
    data = bytearray(ledger.read_bytes())
    pages = len(data) // 4096
    for page in range(3, pages, 4):  # what a run reads is not damaged, perhaps
        data[page * 4096 : page * 4096 + 4096] = bytes(4096)
    ledger.write_bytes(data)
    desk.site.publish(1)
    run = desk("post")
    assert run.code == 1
    assert "is damaged" in run.complaint
    assert "syndicate db restore" in run.err
    assert len(desk.sandbox.posts()) == 1


# Restoring


def test_a_backup_comes_back_with_its_key_and_what_was_there_is_put_away(desk, ledger, tmp_path):
    backup, key = tmp_path / "night.db", ledger.with_name("syndicate.db.key")
    desk("db", "backup", str(backup))
    saved = key.read_bytes()
    published(desk)
    key.write_bytes(Fernet.generate_key())
    present = ledger.read_bytes()
    wal = ledger.with_name("syndicate.db-wal")
    wal.write_bytes(b"left by something else")
    [row] = desk("--json", "db", "restore", str(backup)).rows
    assert row["posted"] == 1
    away = {Path(old).name.partition(".20")[0]: Path(old) for old in row["put_away"]}
    assert set(away) == {"syndicate.db", "syndicate.db-wal", "syndicate.db.key"}
    assert away["syndicate.db"].read_bytes() == present
    assert not wal.exists()
    assert key.read_bytes() == saved
    assert asked(ledger, "SELECT count(*) FROM delivery WHERE state = 'posted'") == [(1,)]
    assert set(asked(ledger, "SELECT why, said FROM look")) == {("restored", "the ledger was restored from a backup")}
    assert desk("db", "check").code == 0


def test_a_backup_restores_a_ledger_that_is_gone_and_a_plain_copy_does_as_well(desk, ledger, tmp_path):
    shutil.copy(ledger, tmp_path / "plain.db")
    ledger.unlink()
    assert desk("post").code == 1
    assert desk("db", "restore", str(tmp_path / "plain.db")).code == 0
    assert desk("db", "check").code == 0
    assert (tmp_path / "plain.db").exists()


@pytest.mark.parametrize("case", ["none", "text", "other", "newer", "damaged", "itself"])
def test_a_backup_that_is_none_changes_nothing(desk, ledger, tmp_path, case):
    backup = tmp_path / "night.db"
    desk("db", "backup", str(backup))
    if case == "none":
        backup.unlink()
    elif case == "text":
        backup.write_text("no database at all, but something long enough to be read" * 40)
    elif case == "damaged":
        data = bytearray(backup.read_bytes())
        data[-4096 * 5 : -4096] = bytes(4096 * 4)
        backup.write_bytes(data)
    elif case == "itself":
        backup = ledger
    else:
        with sqlite3.connect(backup) as connection:
            other = "DROP TABLE account"
            newer = f"UPDATE meta SET value = '{VERSION + 1}' WHERE name = 'schema_version'"
            connection.execute(other if case == "other" else newer)
        connection.close()
    before = {found.name: found.read_bytes() for found in desk.folder.iterdir() if found.is_file()}
    run = desk("db", "restore", str(backup))
    assert run.code == 1
    assert run.complaint
    after = {found.name: found.read_bytes() for found in desk.folder.iterdir() if found.is_file()}
    after.pop("syndicate.db.daemon", None)
    assert after == before


def test_a_ledger_in_use_is_not_replaced(desk, ledger, tmp_path):
    desk("db", "backup", str(tmp_path / "night.db"))
    ready, go = os.pipe(), os.pipe()
    child = os.fork()
    if child == 0:
        connection = sqlite3.connect(ledger)
        connection.execute("SELECT count(*) FROM delivery").fetchone()
        os.write(ready[1], b"x")
        os.read(go[0], 1)
        os._exit(0)
    os.read(ready[0], 1)
    before = ledger.stat().st_ino
    run = desk("db", "restore", str(tmp_path / "night.db"))
    os.write(go[1], b"x")
    os.waitpid(child, 0)
    assert (run.code, run.complaint) == (1, f"another program uses {ledger}")
    assert ledger.stat().st_ino == before
    assert desk("db", "restore", str(tmp_path / "night.db")).code == 0


# A ledger that is not where it was


def test_a_ledger_that_is_gone_is_not_begun_anew_in_silence(desk, ledger):
    ledger.unlink()
    desk.site.publish(1)
    run = desk("post")
    assert run.code == 1
    assert run.complaint == f"{ledger} is gone: syndicate.db.runs beside it says that there was a ledger"
    assert not ledger.exists()
    assert desk("db", "new").code == 0
    published(desk)
    assert desk("db", "new").code == 1


def test_another_path_in_the_config_is_noticed(desk, ledger):
    desk.config("bsky", extra="database: sqlite:///elsewhere.db")
    run = desk("post")
    assert run.code == 1
    assert run.complaint.endswith(f"elsewhere.db, but this config has used {ledger}")
    assert desk("db", "new").code == 0
    assert desk("post").code == 0


def test_two_configs_in_one_folder_have_a_ledger_each(desk, ledger):
    desk.path = desk.folder / "other.yaml"
    desk.config("masto", extra="database: sqlite:///other.db")
    assert desk("post").code == 0


# Pruning


def test_what_was_finished_long_ago_is_forgotten_and_never_posted_again(desk, ledger, tmp_path):
    published(desk)
    desk.site.publish(1)
    old = "UPDATE delivery SET updated_at = updated_at - 100 * 86400000000"
    with sqlite3.connect(ledger) as connection:
        connection.execute(f"{old} WHERE rowid = 1")
        connection.execute("UPDATE attempt SET ended_at = ended_at - 100 * 86400000000 WHERE rowid = 1")
    connection.close()
    [row] = desk("--json", "db", "prune", "--dry-run").rows
    assert (row["deliveries"], row["attempts"], row["freed_bytes"]) == (1, 1, 0)
    assert asked(ledger, "SELECT count(*) FROM attempt") == [(2,)]
    [row] = desk("--json", "db", "prune", "--older", "90d").rows
    assert (row["deliveries"], row["attempts"]) == (1, 1)
    assert asked(ledger, "SELECT post IS NULL FROM delivery ORDER BY rowid") == [(1,), (0,)]
    assert asked(ledger, "SELECT count(*) FROM attempt") == [(1,)]
    assert desk("--json", "db", "prune").rows[0]["deliveries"] == 0
    assert desk("post").code == 0
    assert len(desk.sandbox.posts()) == 3
    assert desk("db", "check").code == 0


@pytest.mark.parametrize("mode", ["new file", "old file"])
def test_room_is_given_back_to_the_disk(desk, ledger, mode):
    with sqlite3.connect(ledger) as connection:
        if mode == "old file":
            connection.execute("PRAGMA journal_mode=DELETE")
            connection.execute("PRAGMA auto_vacuum=NONE")
            connection.commit()
            connection.execute("VACUUM")
        connection.execute("UPDATE delivery SET updated_at = 0, post = :long", {"long": '"' + "x" * 3_000_000 + '"'})
    connection.close()
    before = ledger.stat().st_size
    [row] = desk("--json", "db", "prune").rows
    assert row["characters"] > 3_000_000
    assert row["freed_bytes"] > 2_900_000
    assert before - ledger.stat().st_size > 2_900_000
    assert asked(ledger, "PRAGMA auto_vacuum") == [(2,)]
    assert desk("db", "check").code == 0


# The key


def test_a_new_key_seals_everything_and_no_login_is_made(desk, ledger):
    key = ledger.with_name("syndicate.db.key")
    before = key.read_bytes()
    [row] = desk("--json", "key", "rotate").rows
    assert (row["sealed"], row["shut"]) == (1, 0)
    assert key.read_bytes() != before
    assert len(key.read_bytes().split()) == 1
    assert key.stat().st_mode & 0o777 == 0o600
    desk.site.publish(1)
    run = desk("post")
    assert (run.code, "note" in run.err) == (0, False)


KILLED = """
import os, sys
from syndicate.ledger import key_file
from syndicate.ledger.credentials import Credentials
from syndicate.cli import main
left = int(sys.argv[1])
def counted(function):
    def run(*given, **more):
        global left
        if left == 0:
            os.kill(os.getpid(), 9)
        left -= 1
        done = function(*given, **more)
        if left == 0:
            os.kill(os.getpid(), 9)
        left -= 1
        return done
    return run
import syndicate.app.ledger
syndicate.app.ledger.replace = counted(key_file.replace)
Credentials.seal_anew = counted(Credentials.seal_anew)
main(["-c", sys.argv[2], "key", "rotate"])
"""


@pytest.mark.parametrize("step", range(6))
def test_a_change_of_the_key_may_be_killed_at_any_time(desk, ledger, step):
    ended = processes.run([sys.executable, "-c", KILLED, str(step), str(desk.path)], check=False)
    assert ended.returncode == -9
    desk.site.publish(1)
    run = desk("post")
    assert (run.code, "cannot be opened" in run.err) == (0, False)
    assert desk("db", "check").code == 0
    assert desk("key", "rotate").code == 0
    key = ledger.with_name("syndicate.db.key").read_bytes()
    assert len(key.split()) == 1
    sealed = asked(ledger, "SELECT data FROM credential")[0][0]
    assert Fernet(key).decrypt(sealed.encode())


def test_a_key_in_the_environment_is_changed_by_putting_the_new_one_first(desk, monkeypatch):
    old, new = Fernet.generate_key().decode(), Fernet.generate_key().decode()
    monkeypatch.setenv("SYNDICATE_KEY", old)
    desk.config("bsky")
    desk("post")
    published(desk)
    run = desk("key", "rotate")
    assert (run.code, run.complaint) == (1, "$SYNDICATE_KEY has no new key")
    monkeypatch.setenv("SYNDICATE_KEY", f"{new} {old}")
    assert desk("key", "rotate").code == 0
    monkeypatch.setenv("SYNDICATE_KEY", new)
    assert "opens all 1 sessions" in desk("db", "check").out


def test_what_lies_beside_the_ledger_is_its_owners_alone_whatever_the_umask(desk):
    desk.config("bsky")
    umask = os.umask(0)
    try:
        assert desk("post").code == 0
        desk.site.publish(1)
        assert [row["state"] for row in desk("post", "--json").rows] == ["posted"]
        assert desk("db", "backup", str(desk.folder / "night.db")).code == 0
    finally:
        os.umask(umask)
    made = {path.name: oct(path.stat().st_mode & 0o777) for path in desk.folder.glob("*.db*")}
    assert {"syndicate.db", "syndicate.db.key", "syndicate.db.runs", "night.db", "night.db.key"} <= made.keys()
    assert set(made.values()) == {"0o600"}


@pytest.mark.parametrize(("bits", "code", "told"), [(0o644, 0, "others may read this key"), (0o666, 1, "by everybody")])
def test_a_key_that_others_may_read_is_told_and_one_that_they_may_write_opens_nothing(desk, bits, code, told):
    key = desk.folder / "key"
    key.write_bytes(Fernet.generate_key())
    key.chmod(bits)
    desk.config("bsky", extra=f"key_file: {key}")
    desk("post")
    desk.site.publish(2)
    run = desk("post")
    assert run.code == code
    [line] = [line for line in run.err.splitlines() if told in line]
    assert str(key) in line
    assert len(desk.sandbox.posts()) == (0 if code else 2)
