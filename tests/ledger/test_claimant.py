"""How a process is named, where the system has no /proc to tell."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import pytest

from syndicate.ledger import claimant
from tests import processes
from tests.waiting import wait_for


def test_a_process_is_named_by_its_host_its_boot_its_number_and_its_start():
    named = json.loads(claimant.me())
    assert named["pid"] == os.getpid()
    assert named.keys() == {"host", "boot", "pid", "started"}
    assert all(named.values())
    assert claimant._started(os.getppid()) != ""


@pytest.mark.parametrize(
    ("command", "said"),
    [
        ([sys.executable, "-c", "print(' once ')"], "once"),
        ([sys.executable, "-c", "raise SystemExit('no')"], ""),
        ([sys.executable, "-c", "print('what it said'); raise SystemExit(1)"], "what it said"),
        (["/nowhere/no-such-program"], ""),
    ],
)
def test_what_the_system_says_is_asked_of_a_program(command, said):
    assert claimant._asked(command) == said


@pytest.fixture
def without_proc(monkeypatch):
    """A system that keeps nothing in files, and whose programs answer with their own command."""
    monkeypatch.setattr(Path, "read_text", lambda self, **_: (_ for _ in ()).throw(FileNotFoundError(self)))
    monkeypatch.setattr(Path, "exists", lambda self: False)
    monkeypatch.setattr(claimant, "_asked", " ".join)
    claimant._boot.cache_clear()
    yield
    claimant._boot.cache_clear()


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="it has no /proc to be without")
def test_without_proc_the_start_and_the_boot_are_asked_for(without_proc):
    assert claimant._started(7) == "ps -o lstart= -p 7"
    assert claimant._boot() == "sysctl -n kern.boottime"


def known(**changed):
    return json.dumps(json.loads(claimant.me()) | changed)


def gone():
    """A number that no process has."""
    return next(pid for pid in range(400_000, 500_000) if claimant._started(pid) == "")


@pytest.mark.parametrize(
    ("named", "dead"),
    [
        (lambda: None, False),
        (lambda: "", False),
        (claimant.me, False),
        (lambda: known(host="elsewhere", boot="another"), False),
        (lambda: known(boot="another"), True),
        (lambda: known(pid=gone()), True),
        (lambda: known(pid=gone(), started=""), False),
        (lambda: known(pid=os.getppid(), started=claimant._started(os.getppid())), False),
        (lambda: known(pid=os.getppid()), True),
    ],
)
def test_who_surely_runs_no_more(named, dead):
    assert claimant.dead(named()) is dead


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="it has no /proc that tells")
def test_one_that_has_ended_and_was_not_heard_of_yet_runs_no_more():
    process = processes.start([sys.executable, "-c", "import time; time.sleep(3600)"])
    named = claimant._of(process.pid)
    assert not claimant.dead(named)
    process.kill()
    assert wait_for(lambda: claimant.dead(named)), "nobody has waited for it: it is still listed"
    assert Path(f"/proc/{process.pid}").exists()
    processes.end(process)
