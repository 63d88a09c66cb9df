"""The key file: made once, whole, for its owner alone; what is no key is put aside, and many keys may stand in it."""

from __future__ import annotations

import base64
import os
import stat
from pathlib import Path

import pytest
from cryptography.fernet import Fernet

from syndicate.errors import LedgerError
from syndicate.ledger import key_file
from syndicate.ledger.key_file import is_key, key_beside, path_beside, replace


@pytest.fixture
def path(tmp_path):
    return tmp_path / "ledger.db.key"


@pytest.fixture
def database(tmp_path):
    return tmp_path / "ledger.db"


def of(size):
    return base64.urlsafe_b64encode(b"k" * size)


@pytest.mark.parametrize(
    ("content", "key"),
    [
        (of(32), True),
        (of(32) + b"\n", True),
        (of(32) + b"\n" + of(32), True),
        (of(31), False),
        (of(33), False),
        (of(32) + b"\n" + of(31), False),
        (b"", False),
        (b"abc", False),
    ],
)
def test_what_a_key_is(content, key):
    assert is_key(content) is key


def test_a_key_is_made_at_first_use_and_read_from_then_on(database, path):
    assert path_beside(database) == path
    mask = os.umask(0)
    try:
        made = key_beside(database)
    finally:
        os.umask(mask)
    assert Fernet(made)
    assert path.read_bytes() == made == key_beside(database)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [each.name for each in path.parent.iterdir()] == ["ledger.db.key"]


def test_what_stands_around_a_key_is_not_of_it(database, path):
    path.write_bytes(of(32) + b"\n")
    assert key_beside(database) == of(32)


def test_what_is_no_key_is_put_aside_each_time(database, path):
    for number, name in enumerate(("damaged", "damaged.2", "damaged.3")):
        path.write_bytes(b"no key %d" % number)
        assert is_key(key_beside(database))
        assert path.with_name(f"ledger.db.key.{name}").read_bytes() == b"no key %d" % number


def test_an_empty_file_was_left_by_a_crash(database, path):
    path.touch()
    assert is_key(key_beside(database))
    assert [each.name for each in path.parent.iterdir()] == ["ledger.db.key"]


def test_a_key_that_another_process_made_meanwhile_is_taken(database, path, monkeypatch):
    link = os.link

    def late(draft, target):
        path.write_bytes(of(32))
        link(draft, target)

    monkeypatch.setattr(os, "link", late)
    assert key_beside(database) == of(32)
    assert [each.name for each in path.parent.iterdir()] == ["ledger.db.key"]


def test_a_key_that_cannot_be_read_is_told(database, path):
    path.mkdir()
    (path / "x").touch()
    with pytest.raises(LedgerError) as told:
        key_beside(database)
    assert str(told.value) == f"{path} cannot be written or read: Is a directory"


def test_keys_are_replaced_whole_and_brought_to_the_disk(path, monkeypatch):
    path.write_bytes(of(32))
    synced = []

    def sync(descriptor):
        found = os.fstat(descriptor)
        synced.append((stat.S_ISDIR(found.st_mode), found.st_size > 0, path.read_bytes()))

    monkeypatch.setattr(os, "fsync", sync)
    keys = [Fernet.generate_key(), Fernet.generate_key()]
    replace(path, keys)
    assert path.read_bytes().split() == keys
    assert synced == [(False, True, of(32)), (True, True, path.read_bytes())]
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [each.name for each in path.parent.iterdir()] == ["ledger.db.key"]


def test_what_cannot_be_replaced_stays_and_leaves_nothing_beside_it(path, monkeypatch):
    path.write_bytes(of(32))

    def full(descriptor):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    before = len([*Path("/proc/self/fd").iterdir()])
    for attempt in (lambda: replace(path, [of(32)]), lambda: key_file.sync(path.parent)):
        with pytest.raises(OSError, match="No space"):
            attempt()
    assert path.read_bytes() == of(32)
    assert [each.name for each in path.parent.iterdir()] == ["ledger.db.key"]
    assert len([*Path("/proc/self/fd").iterdir()]) == before
    path.unlink()
    with pytest.raises(LedgerError, match="cannot be written or read: No space left on device"):
        key_beside(path.with_name("ledger.db"))
    assert [*path.parent.iterdir()] == []
