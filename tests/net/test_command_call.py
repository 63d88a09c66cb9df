"""Commands of the publisher's own, as real processes: what they hear and print, and that nothing of them is left."""

from __future__ import annotations

import os
import signal
import threading
from pathlib import Path
from subprocess import DEVNULL, PIPE
from types import SimpleNamespace

import pytest

from syndicate.net import command_call
from syndicate.net.command_call import CommandCall, in_folder, without_secrets
from tests import processes
from tests.waiting import PATIENCE, wait_for

LONG = b"x" * 300_000  # more than a pipe holds


def call(words, **options):
    return CommandCall(["sh", "-c", words], **options)


def test_it_hears_all_and_what_it_prints_is_heard():
    ended = call("cat; echo told >&2").run(LONG, PATIENCE, most=400_000)
    assert (ended.status, ended.printed, ended.complaint) == (0, LONG, "told")
    assert (ended.late, ended.too_much) == (False, False)


@pytest.mark.parametrize("words", ["exit 0", "exec 0<&-; exec 1>&-; exec 2>&-; sleep 0.1"])
def test_one_that_reads_nothing_ends_as_any_other(words):
    assert call(words).run(LONG, PATIENCE, most=10).status == 0


def test_its_status_and_the_last_line_of_its_complaint_are_told():
    ended = call("echo first >&2; printf 'no\\033way' >&2; exit 3").run(b"", PATIENCE)
    assert (ended.status, ended.printed) == (3, b"")
    assert "first" not in ended.complaint
    assert "\x1b" not in ended.complaint
    assert ended.complaint.startswith("no")


def test_one_that_prints_too_much_is_ended():
    ended = call("yes").run(b"", PATIENCE, most=1000)
    assert ended.too_much
    assert len(ended.printed) < 1000 + 65_536 + 1


@pytest.mark.parametrize("flags", ["", "trap '' TERM INT HUP; "])
def test_one_that_hangs_is_ended_with_all_that_it_started(tmp_path, flags):
    ended = call(f"{flags}sleep 600 & echo $! > {tmp_path}/child; wait; sleep 600").run(b"", 0.3)
    assert ended.late
    assert wait_for(lambda: _is_gone(tmp_path / "child"))


@pytest.mark.parametrize("child", ["sleep 600", "yes", "yes >&2", "sleep 600 >/dev/null 2>&1 <&-"])
def test_what_it_leaves_behind_is_ended_and_not_waited_for(tmp_path, child):
    ended = call(f"{child} & echo $! > {tmp_path}/child; echo done").run(b"", PATIENCE, most=10_000_000)
    assert ended.status == 0
    assert b"done" in ended.printed
    assert wait_for(lambda: _is_gone(tmp_path / "child"))


@pytest.mark.parametrize("child", ["sleep 600", "yes >&2", "sleep 600 >/dev/null 2>&1 <&-"])
def test_what_it_may_leave_behind_goes_on_and_is_not_waited_for(tmp_path, child):
    started = tmp_path / "child"
    ended = call(f"{child} & echo $! > {started}").run(b"", PATIENCE, leaves=True)
    assert (ended.status, ended.late) == (0, False)
    assert child.startswith("yes") or not _is_gone(started)  # `yes` ends by itself once nobody reads
    os.kill(int(started.read_text()), signal.SIGKILL) if not child.startswith("yes") else None
    assert wait_for(lambda: _is_gone(started))
    late = call(f"{child} & echo $! > {started}; sleep 600").run(b"", 0.3, leaves=True)
    assert late.late
    assert wait_for(lambda: _is_gone(started))


def test_one_that_is_ended_while_it_is_being_started_is_ended_as_well(monkeypatch):
    def slowly(*words, **options):
        ended.wait(PATIENCE)
        started.append(processes.start(*words, **options))
        return started[0]

    started, ended = [], threading.Event()
    monkeypatch.setattr(command_call, "subprocess", SimpleNamespace(Popen=slowly, PIPE=PIPE, DEVNULL=DEVNULL))
    one = CommandCall(["sleep", "600"])
    running = threading.Thread(target=one.run, args=(b"",))
    running.start()
    one.end()
    ended.set()
    running.join(PATIENCE)
    assert started[0].poll() == -9


def test_one_that_runs_can_be_ended_from_another_thread(tmp_path):
    one, found = call(f"echo on > {tmp_path}/on; sleep 600"), []
    running = threading.Thread(target=lambda: found.append(one.run(b"").status))
    running.start()
    assert wait_for((tmp_path / "on").exists)
    one.end()
    running.join(PATIENCE)
    assert found == [-9]
    one.end()  # it is gone, and nothing else is hit


def test_it_runs_in_its_folder_without_a_secret_of_ours(tmp_path, monkeypatch):
    monkeypatch.setenv("MASTODON_TOKEN", "sesame")
    monkeypatch.setenv("HOME", "/home/gazette")
    (tmp_path / "tell").write_text("#!/bin/sh\npwd; env\n")
    (tmp_path / "tell").chmod(0o755)
    command = in_folder(["./tell"], tmp_path)
    said = CommandCall(command, tmp_path, without_secrets()).run(b"", PATIENCE, most=100_000).printed.decode()
    assert said.startswith(f"{tmp_path.resolve()}\n")
    assert "/home/gazette" in said
    assert "sesame" not in said
    assert in_folder(["tell", "a/b"], tmp_path) == ["tell", "a/b"]  # found on the PATH


def test_one_that_is_not_there_raises(tmp_path):
    with pytest.raises(FileNotFoundError):
        CommandCall([str(tmp_path / "none")]).run(b"", PATIENCE)


def _is_gone(file):
    try:
        number = int(file.read_text())
        return Path(f"/proc/{number}/stat").read_text(encoding="ascii").rpartition(")")[2].split()[0] == "Z"
    except (FileNotFoundError, ProcessLookupError):
        return True
