"""What programs that post the stories of a feed do when something goes wrong: python bench/peers.py faults.

Each fault comes once, and each program is then run twice more, as cron would. It is counted how often each story is on
the account. `syndicate` is given the time in which it knows that a post without an answer may be sent again.
"""

from __future__ import annotations

import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import NamedTuple

from figures import note_said
from peer_tools import AS_INSTALLED, Network, Program

SETTLED = 16.0
"""Seconds until it is known of a post without an answer that it may be sent again with its key."""
PATIENCE = 120.0
TEN = 10
"""Stories of a feed that feed2toot looks at, unless it is told otherwise: at a first run it is told nothing."""
READERS = ("syndicate", "feed2toot", "feediverse", "feed2fedi")
"""Programs that read a feed by themselves, one run at a time."""


class Fault(NamedTuple):
    """What goes wrong, how many stories are new, and the run in which it does."""

    what: str
    stories: int
    happens: Callable[[Program, Path, Network, int], None]
    old: bool = False
    """Whether the stories are there before the program was ever run."""


def measured(network: Network, programs: Iterable[Program]) -> bool:
    """Print and note what each program makes of each fault."""
    for program in (each for each in programs if each.name in READERS):
        for fault in FAULTS:
            found = _counted(program, fault, network)
            note_said(f"peer fault {fault.what}/{program.name}", found)
            print(f"     {fault.what}: {found}, by {program.name}", flush=True)
    return True


def _counted(program: Program, fault: Fault, network: Network) -> str:
    """How often the stories are out after the fault and two runs more, in words."""
    with tempfile.TemporaryDirectory(prefix="peers-") as name:
        folder = Path(name)
        network.publish(fault.stories if fault.old else 0)
        if not (fault.old and program.name == "syndicate"):
            program.prepare(folder, network)
        if not fault.old:
            time.sleep(1.1)  # dates of a feed are whole seconds: these come after the first run
            network.publish(fault.stories)
        network.forget()
        if fault.old and program.name == "syndicate":
            program.prepare(folder, network)  # it is its first run
        fault.happens(program, folder, network, fault.stories)
        for _ in range(2):
            time.sleep(SETTLED if program.name == "syndicate" and not fault.old else 2)
            _run(program, folder, TEN if fault.old else fault.stories)
        times = network.times()
    doubled = sum(count > 1 for count in times.values())
    missing = fault.stories - len(times)
    if fault.old:
        return f"{len(times)} posted" + (f", {doubled} of them twice" if doubled else "")
    return ", ".join(
        [*([f"{doubled} doubled"] if doubled else []), *([f"{missing} never posted"] if missing else [])]
    ) or ("each once")


def _start(program: Program, folder: Path, stories: int) -> subprocess.Popen[bytes]:
    quiet = subprocess.DEVNULL
    command = program.command(folder, stories)
    return subprocess.Popen(command, stdin=quiet, stdout=quiet, stderr=quiet, env=AS_INSTALLED, cwd=folder)


def _run(program: Program, folder: Path, stories: int) -> None:
    """A run, however it ends."""
    process = _start(program, folder, stories)
    try:
        process.wait(PATIENCE)
    finally:
        process.kill()
        process.wait()


def _one_500(program: Program, folder: Path, network: Network, stories: int) -> None:
    network.refuse(at=stories // 5)
    _run(program, folder, stories)


def _killed(program: Program, folder: Path, network: Network, stories: int) -> None:
    before = network.posted()
    process = _start(program, folder, stories)
    until = time.monotonic() + PATIENCE
    while network.posted() - before < stories // 2 and process.poll() is None and time.monotonic() < until:
        time.sleep(0.001)
    process.send_signal(signal.SIGKILL)
    process.wait()


def _two_at_once(program: Program, folder: Path, network: Network, stories: int) -> None:
    network.delay(20)  # else the first would be done before the second has begun
    both = [_start(program, folder, stories) for _ in range(2)]
    for process in both:
        process.wait(PATIENCE)
    network.delay(0)


def _corrected(program: Program, folder: Path, network: Network, stories: int) -> None:
    _run(program, folder, stories)
    time.sleep(1.1)
    network.correct()


def _first_run(program: Program, folder: Path, _: Network, __: int) -> None:
    _run(program, folder, TEN)


FAULTS = (
    Fault("one answer is 500", 10, _one_500),
    Fault("killed after 50 of 100", 100, _killed),
    Fault("two runs at once, 30 stories", 30, _two_at_once),
    Fault("the first run, 50 old stories", 50, _first_run, old=True),
    Fault("a headline is corrected", 1, _corrected),
)
