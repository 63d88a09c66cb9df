"""Processes for tests: begun with the signals a shell gives, and ended with the test, whatever becomes of it."""

from __future__ import annotations

import contextlib
import os
import random
import signal
import socket
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from tests.waiting import PATIENCE

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
HEEDED = ("CI", "GITHUB_ACTIONS", "SYNDICATE_CONFIG", "SYNDICATE_KEY", "NOTIFY_SOCKET")
ON_CI = "SYNDICATE_TESTS_ON_CI"

_started: list[subprocess.Popen[Any]] = []


def default_signals_for_children() -> None:
    """From now on every child hears Ctrl-C, SIGTERM and SIGHUP, also where this process was told to ignore them.

    `nohup`, a script's background job and some CI runners start us with signals ignored, and what is
    ignored stays so in every child. What has a handler begins anew in a child: so these get one that
    does nothing, which is as good as ignoring them here.
    """
    for number in SIGNALS:
        if signal.getsignal(number) is signal.SIG_IGN:
            signal.signal(number, _unheard)


def same_surroundings_for_children() -> None:
    """From now on no child meets a variable that syndicate heeds and that only this machine has set, as CI has.

    That CI runs the tests is kept under another name, for those that may then not be left out.
    """
    if os.environ.get("CI"):
        os.environ[ON_CI] = "1"
    for name in HEEDED:
        os.environ.pop(name, None)


def start(command: Sequence[str], **options: Any) -> subprocess.Popen[Any]:
    """A process that is ended when `ended` is left, if nobody has ended it before."""
    process = subprocess.Popen(command, **options)
    _started.append(process)
    return process


def run(
    command: Sequence[str], *, check: bool = True, timeout: float = PATIENCE, **options: Any
) -> subprocess.CompletedProcess[Any]:
    """Until it ends by itself, with what it said as text; one that hangs is ended."""
    wishes: dict[str, Any] = {"capture_output": True, "text": True} | options
    return subprocess.run(command, check=check, timeout=timeout, **wishes)


def end(process: subprocess.Popen[Any]) -> None:
    """Kill it if it runs, and leave nothing of it: no zombie, no open pipe."""
    process.kill()
    process.wait()
    for pipe in (process.stdin, process.stdout, process.stderr):
        if pipe is not None:
            with contextlib.suppress(OSError):  # a full pipe to somebody who is gone
                pipe.close()
    if process in _started:
        _started.remove(process)


@contextlib.contextmanager
def ended() -> Iterator[None]:
    """Whatever is started within is ended with it."""
    before = list(_started)
    try:
        yield
    finally:
        for process in [each for each in _started if each not in before]:
            end(process)


def free_port() -> int:
    """A port for a process to listen on: one below those that the system gives to others by itself."""
    for port in random.sample(range(20_000, 30_000), 100):
        with contextlib.suppress(OSError), socket.socket() as probe:
            probe.bind(("127.0.0.1", port))
            return port
    raise OSError("no free port between 20000 and 30000")


def children() -> dict[int, str]:
    """The living children of this process by their number, with their command lines; none where there is no /proc."""
    try:
        os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)
    except ChildProcessError:  # there are none: the usual case, and cheap to learn
        return {}
    found = {}
    for number in _numbers():
        with contextlib.suppress(OSError):  # one that ended meanwhile
            folder = Path("/proc", number)
            state, parent = (folder / "stat").read_text(encoding="utf-8").rpartition(")")[2].split()[:2]
            if int(parent) == os.getpid() and state != "Z":
                found[int(number)] = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode()
    return found


def _numbers() -> list[str]:
    """Of the children of this process, which most kernels list by the thread that began them; else of all processes.

    Every test asks for it, and to look at all takes milliseconds.
    """
    lists = list(Path("/proc/self/task").glob("*/children"))
    return [number for each in lists for number in _read(each).split()] or (
        [] if lists else [each.name for each in Path("/proc").glob("[0-9]*")]
    )


def _read(path: Path) -> str:
    with contextlib.suppress(OSError):  # a thread that ended meanwhile
        return path.read_text(encoding="ascii")
    return ""


def _unheard(_number: int, _frame: object) -> None:
    """As good as ignored."""
