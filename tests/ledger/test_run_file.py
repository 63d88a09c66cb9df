"""The file beside the ledger: what is stored in it, by what it is known again, and what killed processes left."""

from __future__ import annotations

import json
import os
import stat
import sys
from datetime import UTC, datetime, timedelta

import pytest

from syndicate.ledger import recovery, run_file
from syndicate.ledger.run_file import LastRun, RunFile
from tests import processes

MADE = 10**18  # nanoseconds: when every such file was changed, by its own account


@pytest.fixture
def file(tmp_path):
    return RunFile(tmp_path / "syndicate.db")


def test_what_a_killed_process_left_is_removed_and_one_that_writes_is_left_alone(tmp_path):
    ledger = tmp_path / "syndicate.db"
    living = processes.start([sys.executable, "-c", "import sys; sys.stdin.read()"], stdin=-1)
    dead = processes.start([sys.executable, "-c", ""])
    dead.wait()
    mine, theirs, left, odd, huge = (
        tmp_path / f"syndicate.db.runs.{end}" for end in (os.getpid(), living.pid, dead.pid, "x", 10**30)
    )
    for path in (mine, theirs, left, odd, huge):
        path.touch()
    RunFile(ledger, kept=False).tidy()
    assert left.exists()
    RunFile(ledger).tidy()
    assert [path.exists() for path in (mine, theirs, left, odd, huge)] == [True, True, False, True, True]
    assert living.poll() is None, "asking whether it runs does it no harm"


def test_what_a_process_of_somebody_else_writes_is_left_alone(file, monkeypatch):
    def refused(number, signal):
        raise PermissionError

    monkeypatch.setattr(os, "kill", refused)
    theirs = file.path.with_name(f"{file.path.name}.12")
    theirs.touch()
    file.tidy()
    assert theirs.exists()


def test_a_count_is_read_as_it_was_written(file, clock):
    assert file.path.name == "syndicate.db.runs"
    assert file.read() is None
    stamp = file.write(7, clock())
    found = file.path.stat()
    assert found.st_mtime_ns == MADE
    assert stamp == found.st_ctime_ns - MADE
    assert file.read() == LastRun(7, clock(), stamp)
    assert [each.name for each in file.path.parent.iterdir()] == ["syndicate.db.runs"]


def test_only_a_later_count_takes_the_place_of_one(file, clock):
    assert file.write(7, clock())
    at = clock()
    clock.move(hours=1)
    assert [file.write(count, clock()) for count in (7, 6)] == [None, None]
    assert (file.read().count, file.read().at) == (7, at)
    assert file.write(8, clock())
    assert (file.read().count, file.read().at) == (8, at + timedelta(hours=1))


def test_a_run_on_a_private_copy_writes_nothing(tmp_path, clock):
    assert RunFile(tmp_path / "syndicate.db", kept=False).write(7, clock()) is None
    assert [*tmp_path.iterdir()] == []


def test_the_file_is_for_its_owner_alone_whatever_the_mask(file, clock):
    mask = os.umask(0)
    try:
        file.write(7, clock())
    finally:
        os.umask(mask)
    assert stat.S_IMODE(file.path.stat().st_mode) == 0o600


def test_a_count_is_on_the_disk_before_the_file_takes_its_place(file, clock, monkeypatch):
    synced = []

    def sync(handle):
        synced.append((os.fstat(handle).st_size > 0, file.path.exists()))

    monkeypatch.setattr(os, "fsync", sync)
    file.write(7, clock())
    assert synced == [(True, False)]


def test_a_file_that_cannot_take_its_place_leaves_nothing(file, clock):
    file.path.mkdir()
    assert file.write(7, clock()) is None
    assert [each.name for each in file.path.parent.iterdir()] == ["syndicate.db.runs"]


@pytest.mark.parametrize(
    "said",
    [b"", b"{", b"\xff", b"[]", b"{}", b'{"count": 1}', b'{"count": null, "at": 1}', b'{"count": 1, "at": 1e999}'],
)
def test_a_file_that_says_nothing_reads_as_none(file, said):
    file.path.write_bytes(said)
    assert file.read() is None


@pytest.mark.parametrize(("off", "beside"), [(100_000_000, None), (100_000_001, "copied")])
def test_a_file_is_a_copy_from_a_tenth_of_a_second_on(tmp_path, ledger, clock, off, beside):
    """Some file servers round the times that they keep."""
    ledger.recovery.begin()
    ledger.database.change("UPDATE run SET stamp = stamp - :off", off=off)
    assert ledger.recovery.begin().beside == beside
    assert run_file.SAME == recovery.SAME


NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


def test_it_says_what_was_written_last_and_its_owner_alone_reads_it(tmp_path):
    file = RunFile(tmp_path / "syndicate.db")
    assert file.read() is None
    for count in (1, 2, 10, 1_000_000_000_000):
        stamp = file.write(count, NOW + timedelta(seconds=count % 100))
        said = file.read()
        assert (said.count, said.at, said.stamp) == (count, NOW + timedelta(seconds=count % 100), stamp)
        assert file.path.stat().st_size == run_file.SIZE
        assert stat.S_IMODE(file.path.stat().st_mode) == 0o600
    assert file.write(10, NOW) is None
    assert file.read().count == 1_000_000_000_000


class Disk:
    """What was brought to the disk, count by count, and the counter of a machine that a test moves."""

    def __init__(self, monkeypatch):
        self.synced, self.seconds, sync = [], 1000.0, run_file._sync
        monkeypatch.setattr(run_file, "_sync", lambda handle: (self.synced.append(said(handle)), sync(handle)))
        monkeypatch.setattr(run_file, "monotonic", lambda: self.seconds)


def said(handle):
    return json.loads(os.pread(handle, 99, 0))["count"]


@pytest.fixture
def disk(monkeypatch):
    return Disk(monkeypatch)


def test_a_later_count_goes_into_the_same_file_and_is_on_the_disk(file, disk):
    file.write(1, NOW)
    made = file.path.stat().st_ino
    disk.seconds += run_file.SOON
    first, second = file.read().stamp, file.write(2, NOW)
    assert file.path.stat().st_ino == made
    assert disk.synced == [2]
    assert second is not None
    assert second != first


def test_the_first_count_of_a_process_is_on_the_disk(file, disk):
    file.write(1, NOW)
    RunFile(file.path.with_suffix("")).write(2, NOW)
    assert disk.synced == [2]


def test_of_a_burst_one_count_a_second_is_brought_to_the_disk_and_all_are_in_the_file(file, disk):
    file.write(1, NOW)
    for count in range(2, 25):
        disk.seconds += run_file.SOON / 8
        assert file.write(count, NOW)
        assert RunFile(file.path.with_suffix("")).read().count == count
    assert disk.synced == [9, 17]


def test_the_last_count_of_a_burst_is_brought_to_the_disk_once_by_whoever_ends_it(file, disk):
    file.settle()
    for count in (1, 2, 3):
        file.write(count, NOW)
    assert disk.synced == []
    for _ in range(2):
        file.settle()
    assert disk.synced == [3]


def test_a_file_that_is_gone_at_the_end_of_a_burst_is_left_gone(file, disk):
    for count in (1, 2):
        file.write(count, NOW)
    file.path.unlink()
    file.settle()
    assert disk.synced == []
    assert not file.path.exists()


def test_a_ledger_that_is_closed_or_kept_brings_its_last_count_to_the_disk(ledger, clock, disk):
    ledger.recovery.begin()
    for end in (ledger.recovery.stamp, ledger.close):
        disk.synced.clear()
        with ledger.transaction():
            count = ledger.recovery.count()
        ledger.recovery.written(count)
        assert disk.synced == []
        end()
        assert disk.synced == [count]


@pytest.mark.parametrize("text", [b"", b'{"count": 1, "at": 1}', b"x" * run_file.SIZE, b"x" * 500])
def test_a_file_of_another_form_is_replaced(tmp_path, text):
    file = RunFile(tmp_path / "syndicate.db")
    file.path.write_bytes(text)
    file.write(7, NOW)
    assert file.read().count == 7
    assert file.path.stat().st_size == run_file.SIZE


def test_a_link_to_another_file_is_replaced_and_not_written_through(tmp_path):
    other = tmp_path / "other"
    other.write_bytes(b"x" * run_file.SIZE)
    file = RunFile(tmp_path / "syndicate.db")
    file.path.symlink_to(other)
    file.write(7, NOW)
    assert other.read_bytes() == b"x" * run_file.SIZE
    assert file.read().count == 7


def test_what_is_half_written_by_another_process_is_read_again(tmp_path, monkeypatch):
    file = RunFile(tmp_path / "syndicate.db")
    file.write(7, NOW)
    texts = [b'{"cou', file.path.read_bytes()]
    monkeypatch.setattr(type(file.path), "read_bytes", lambda _: texts.pop(0))
    assert file.read().count == 7
    assert texts == []
