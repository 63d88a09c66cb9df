"""The ledger, its log, its count of runs, its key and its copies are their owner's alone from the first byte."""

import os
import stat
from datetime import UTC, datetime
from types import SimpleNamespace

import pytest

from syndicate.errors import LedgerError
from syndicate.ledger import copies, key_file, private_file
from syndicate.ledger.run_file import RunFile
from syndicate.ledger.sqlite import SqliteDatabase

AT = datetime(2026, 11, 23, tzinfo=UTC)
KEY = b"MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="


@pytest.fixture(autouse=True)
def no_umask():
    before = os.umask(0)
    yield
    os.umask(before)


def mode(path):
    return oct(stat.S_IMODE(path.stat().st_mode))


def test_what_a_ledger_makes_is_for_its_owner_alone(tmp_path):
    path = tmp_path / "ledger.db"
    database = SqliteDatabase(path)
    key_file.key_beside(path)
    RunFile(path).write(1, AT)
    copies.write_copy(path, tmp_path / "backup.db")
    database.copy_to(tmp_path / "copy.db")
    found = {file.name: mode(file) for file in tmp_path.iterdir()}
    database.close()
    ends = ("", "-wal", "-shm", ".key", ".runs")
    assert found == dict.fromkeys((*(f"ledger.db{end}" for end in ends), "backup.db", "copy.db"), "0o600")


def test_a_ledger_that_is_there_keeps_the_mode_that_its_owner_gave_it(tmp_path):
    path = tmp_path / "ledger.db"
    SqliteDatabase(path).close()
    path.chmod(0o640)
    database = SqliteDatabase(path)
    modes = mode(path), mode(path.with_name("ledger.db-wal"))
    database.close()
    assert modes == ("0o640", "0o640")


def test_a_link_to_nowhere_is_followed_to_a_private_ledger(tmp_path):
    (tmp_path / "ledger.db").symlink_to(tmp_path / "elsewhere.db")
    SqliteDatabase(tmp_path / "ledger.db").close()
    assert mode(tmp_path / "elsewhere.db") == "0o600"


def test_what_lies_there_under_our_name_is_neither_followed_nor_kept(tmp_path):
    theirs, path = tmp_path / "theirs", tmp_path / "ours"
    theirs.write_text("theirs")
    path.symlink_to(theirs)
    with pytest.raises(FileExistsError):
        private_file.create(path)
    os.close(private_file.create_anew(path))
    assert theirs.read_text() == "theirs"
    assert (path.is_symlink(), mode(path)) == (False, "0o600")


def test_a_key_is_never_written_into_what_somebody_planted(tmp_path):
    planted = tmp_path / "planted"
    planted.touch()
    path = tmp_path / "ledger.db"
    for draft in (key_file._draft(key_file.path_beside(path)),):
        draft.symlink_to(planted)
    assert key_file.is_key(key_file.key_beside(path))
    assert planted.read_bytes() == b""


@pytest.mark.parametrize(
    ("bits", "told"),
    [(0o600, None), (0o400, None), (0o640, "read"), (0o604, "read"), (0o660, "change"), (0o440, "read")],
)
def test_a_key_of_ours_that_others_may_read_is_told_once(tmp_path, bits, told):
    path, notes = tmp_path / "key", []
    path.write_bytes(KEY)
    path.chmod(bits)
    assert key_file.read(path, notes) == key_file.read(path, notes) == KEY
    assert notes == ([f"{path}: others may {told} this key; keep others out: chmod 600 {path}"] if told else [])


@pytest.mark.parametrize("bits", [0o602, 0o666, 0o622])
def test_a_key_that_everybody_may_write_is_refused(tmp_path, bits):
    path = tmp_path / "key"
    path.write_bytes(KEY)
    path.chmod(bits)
    with pytest.raises(LedgerError, match="can be written by everybody") as caught:
        key_file.read(path)
    assert caught.value.hint == f"keep others out: chmod 600 {path}"


@pytest.fixture
def owned(tmp_path, monkeypatch):
    """What is told of a key's file that belongs to another user, with this mode, as a mounted secret does."""

    def make(owner, bits, owners=None):
        notes = []
        key_file._judge(tmp_path / "key", SimpleNamespace(st_mode=0o100000 | bits, st_uid=owner), notes, owners)
        return notes

    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    return make


def test_a_mounted_secret_that_a_group_reads_is_what_it_should_be(owned):
    assert owned(0, 0o440, {1000}) == []
    assert owned(7, 0o440) == []
    assert "others may read this key" in owned(0, 0o444)[0]


def test_a_key_beside_the_ledger_that_a_stranger_owns_is_refused(owned):
    with pytest.raises(LedgerError, match="belongs to another user"):
        owned(7, 0o600, {1000})
    assert owned(7, 0o600, {7}) == []  # whoever owns the ledger
