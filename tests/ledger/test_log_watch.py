"""The log of an open ledger as it is watched: what happened to it, what is saved, and what is cheap to ask."""

from __future__ import annotations

import os
from types import SimpleNamespace

import pytest

from syndicate.errors import LedgerError
from syndicate.ledger import log_watch, write_ahead
from syndicate.ledger.log_watch import HINT, LogWatch

MAGIC = bytes.fromhex("377f0682")


@pytest.fixture
def ledger(tmp_path):
    path = tmp_path / "l.db"
    path.write_bytes(b"ledger")
    write_ahead.log_of(path).write_bytes(MAGIC + b"log" * 40)
    return path


@pytest.fixture
def log(ledger):
    return write_ahead.log_of(ledger)


@pytest.fixture
def watch(ledger):
    """A watch that has begun; `settled` counts how often it moved the log into the ledger, or fails to."""

    def settle():
        made.settled += 1
        if made.fault:
            raise made.fault

    made = LogWatch(ledger, settle)
    made.settled, made.fault = 0, None
    made.begin()
    return made


def told(watch):
    with pytest.raises(LedgerError) as fault:
        watch.check()
    assert fault.value.hint == HINT
    return str(fault.value)


def test_a_log_that_stays_or_grows_is_fine(watch, log):
    for _ in range(2):
        watch.check()
        with log.open("ab") as file:
            file.write(b"more")
    watch.check()
    assert (watch.lost, watch.settled) == (None, 0)


def test_without_a_log_at_the_begin_nothing_is_watched(ledger, log):
    log.unlink()
    watch = LogWatch(ledger, lambda: None)
    watch.begin()
    watch.check()
    watch.check_file()
    log.touch()
    watch.check()
    assert watch.lost is None


def test_a_log_that_was_removed_is_saved_once(watch, log):
    log.unlink()
    for _ in range(2):
        assert told(watch) == f"{log} was removed while it was in use; what it held was saved into the ledger"
    assert watch.settled == 1
    log.write_bytes(MAGIC)
    assert "was removed" in told(watch), "it stays lost"
    watch.begin()
    watch.check()


def test_a_log_that_was_replaced_is_not_saved(watch, log):
    content = log.read_bytes()
    log.rename(log.with_name("aside"))
    log.write_bytes(content)
    assert told(watch) == f"{log} was replaced while it was in use"
    assert watch.settled == 0


def test_a_log_on_another_disk_is_another_log(watch, log):
    found = log.stat()
    other = SimpleNamespace(st_dev=found.st_dev + 1, st_ino=found.st_ino, st_size=found.st_size)
    watch._log = SimpleNamespace(stat=lambda: other)
    assert told(watch).endswith("was replaced while it was in use")


@pytest.mark.parametrize(
    ("content", "fault", "cut", "settled"),
    [
        (b"\0" * 9, None, True, 0),
        (b"", LedgerError("malformed"), True, 1),
        (b"", None, False, 1),
        (MAGIC, None, False, 0),  # it began anew, as it should
    ],
)
def test_a_log_that_became_shorter(watch, log, content, fault, cut, settled):
    watch.fault = fault
    log.write_bytes(content)
    if cut:
        assert told(watch) == f"{log} was cut while it was in use"
    else:
        watch.check()
        watch.check()
    assert watch.settled == settled


def test_a_log_is_compared_with_the_longest_that_it_was_since(watch, log):
    watch.check()
    with log.open("ab") as file:
        file.write(b"more")
    watch.check()
    os.truncate(log, log.stat().st_size - 1)
    log.write_bytes(b"\0" + log.read_bytes()[1:])
    assert "was cut" in told(watch)


def test_a_log_that_was_emptied_is_watched_from_its_new_size_on(watch, log):
    log.write_bytes(MAGIC)
    watch.check()
    log.write_bytes(b"no log")
    watch.check()  # it is not shorter
    assert watch.settled == 0


@pytest.mark.parametrize("foreign", [True, False])
def test_a_ledger_that_was_overwritten_is_looked_at_where_it_changed(watch, ledger, log, monkeypatch, foreign):
    asked = []
    monkeypatch.setattr(log_watch.write_ahead, "is_foreign", lambda path: asked.append(path) or foreign)
    os.utime(ledger, ns=(1, 1))
    if foreign:
        with pytest.raises(LedgerError) as fault:
            watch.check_file()
        assert str(fault.value).startswith(f"{log} does not belong to the ledger, which was overwritten")
        assert "does not belong" in told(watch)
    else:
        watch.check_file()
        watch.check_file()
    assert asked == [ledger]
    os.utime(ledger, ns=(2, 2))
    if not foreign:
        watch.check_file()
        assert len(asked) == 2


def test_a_ledger_whose_log_is_lost_is_not_looked_at(watch, ledger, log, monkeypatch):
    monkeypatch.setattr(log_watch.write_ahead, "is_foreign", lambda path: pytest.fail("asked"))
    log.unlink()
    with pytest.raises(LedgerError, match="was removed"):
        watch.check_file()


def test_a_ledger_that_no_log_was_seen_of_is_not_looked_at(ledger, log, monkeypatch):
    monkeypatch.setattr(log_watch.write_ahead, "is_foreign", lambda path: pytest.fail("asked"))
    log.unlink()
    watch = LogWatch(ledger, lambda: None)
    watch.begin()
    watch.check_file()
