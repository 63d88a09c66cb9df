"""Other programs that post stories, and `syndicate post`, in turn against one feed and one network.

    python bench/peers.py [ROUNDS] [lost|faults|one|hundred|hook …]

The peers come from PyPI, each in a venv of its own below build/peers; what does not install is said. Whole processes,
in turn (A B C, A B C …), each beginning with an empty feed that it has seen; medians of the ratios round by round.
"""

from __future__ import annotations

import os
import socket
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import Callable
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter, sleep

sys.path.insert(0, str(Path(__file__).parent))
import peer_faults
from figures import note, note_missing, note_said
from install import size
from peer_faults import SETTLED
from peer_tools import AS_INSTALLED, BOTH, COMMAND, TOOLS, Network, Program, Tool, installed, ours, told_by, version

ROUNDS = 7
BOUNDS = {("feediverse", 100): 1.0, ("feediverse", 1): 0.95}
"""Our time by that of a peer, at most."""
WHAT = {1: "one", 100: "hundred"}


@dataclass(frozen=True, slots=True)
class Spent:
    """What one process took: seconds by the clock, and of the processor; megabytes at most; and what it asked for."""

    wall: float
    cpu: float
    memory: float
    asked: list[str]


def run(program: Program, folder: Path, network: Network, stories: int) -> Spent:
    """One process that has to end well. One that only posts what comes while it runs is started before the stories are
    there, and what it waits for them does not count.
    """
    begun = perf_counter()
    pipe, told = subprocess.PIPE, subprocess.DEVNULL
    process = subprocess.Popen(
        program.command(folder, stories), stdin=pipe, stdout=told, stderr=pipe, env=AS_INSTALLED, cwd=folder
    )
    assert process.stdin is not None
    if program.warm:
        assert process.stderr is not None
        while process.stderr.readline() not in (b"ready\n", b""):
            pass
        ready = perf_counter() - begun
        network.publish(stories)
        begun = perf_counter() - ready
    process.stdin.close()
    errors = process.stderr.read() if process.stderr else b""
    _, ended, usage = os.wait4(process.pid, 0)
    wall = perf_counter() - begun
    process.returncode = os.waitstatus_to_exitcode(ended)
    if process.returncode:
        raise Refused(f"ended with {process.returncode}: {told_by(errors)}")
    return Spent(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1e3, network.asked())


class Refused(Exception):
    """A program did not do what was asked of it here."""


def measured(program: Program, network: Network, stories: int) -> Spent:
    """What it takes to post so many new stories. Raises Refused if it posts another number of them."""
    with tempfile.TemporaryDirectory(prefix="peers-") as name:
        network.publish(0)
        program.prepare(Path(name), network)
        sleep(1.1)  # dates of a feed are whole seconds: these come after the first run
        if not program.warm:
            network.publish(stories)
        network.asked()
        spent = run(program, Path(name), network, stories)
    posted = spent.asked.count("POST /api/v1/statuses")
    if posted != stories:
        raise Refused(f"{posted} posts arrived, not {stories}")
    return spent


def running(network: Network, bound: float, stories: int = 9) -> bool:
    """Print how long a running daemon takes from a hook to the post; whether that is within its bound."""
    took = []
    with tempfile.TemporaryDirectory(prefix="peers-") as name:
        config, port = Path(name, "config.yaml"), free_port()
        network.publish(0)
        ours().prepare(Path(name), network)
        text = config.read_text().replace("burst: off", "burst: off, every: 1h")
        config.write_text(f"{text}listen: {{address: '127.0.0.1:{port}', token: bench-token-of-this-run}}\n")
        daemon = subprocess.Popen([COMMAND, "-c", str(config), "daemon"], stderr=subprocess.DEVNULL, env=AS_INSTALLED)
        sleep(3)
        before = network.posted()
        for number in range(1, stories + 1):
            sleep(1.1)
            with closing(sqlite3.connect(Path(name) / "bench.db")) as ledger, ledger:
                ledger.execute("UPDATE source SET polled_at = polled_at - 60000000")  # asked a minute ago
            network.publish(number)
            begun = perf_counter()
            hook = urllib.request.Request(f"http://127.0.0.1:{port}/hooks/publish", b"source=news", method="POST")
            hook.add_header("Authorization", "Bearer bench-token-of-this-run")
            urllib.request.urlopen(hook).close()
            while network.posted() - before < number:
                sleep(0.002)
                assert daemon.poll() is None, "the daemon ended"
            took.append(perf_counter() - begun)
        daemon.terminate()
        daemon.wait()
    note("hook", "s", took)
    middle = statistics.median(took)
    good = middle <= bound
    shown = f"(the first {took[0]:.3f}, at most {max(took):.3f})"
    print(
        f"{'ok  ' if good else 'OVER'} {middle:5.3f} ≤ {bound} s from a hook to the post, in a running daemon {shown}"
    )
    return good


def free_port() -> int:
    """A port on which nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        number: int = probe.getsockname()[1]
        return number


def programs() -> list[Program]:
    """Ours first, then each that installs and posts one story to the stand-in; of the others it is noted why not."""
    found = [ours()]
    for tool in TOOLS:
        try:
            home = installed(tool.name)
        except (subprocess.CalledProcessError, OSError) as fault:
            missing(tool, f"pip could not install it: {told_by(getattr(fault, 'stderr', None) or str(fault))}")
            continue
        note(f"peer installed/{tool.name}", "MB", [size(home / "lib")])
        note_said(f"peer version/{tool.name}", version(home, tool.name))
        found.append(tool.program(home))
    return found


def missing(tool: Tool, why: str, what: str = "one") -> None:
    """Say and note that something was not measured, and why."""
    print(f"not measured: {tool.name}: {why}")
    note_missing(f"peer {what}/{tool.name}", why)


def lost(network: Network) -> bool:
    """Note how often one story is posted by each program if its first answer is lost: it is run twice, as cron would.

    `syndicate` knows after SETTLED that it may ask again.
    """
    for program in (each for each in programs() if each.counts == BOTH):
        with tempfile.TemporaryDirectory(prefix="peers-") as name, suppress(Refused):
            network.publish(0)
            program.prepare(Path(name), network)
            sleep(1.1)
            network.publish(0 if program.warm else 1)
            before = network.posted()
            network.lose(1)
            with suppress(Refused):
                run(program, Path(name), network, 1)
            sleep(SETTLED if program.name == "syndicate" else 2)
            with suppress(Refused):
                run(program, Path(name), network, 1)
            network.lose(0)
            posts = network.posted() - before
            note(f"peer lost/{program.name}", "", [posts])
            print(f"     {posts} × the story whose first answer was lost, by {program.name}")
    return True


def compared(network: Network, stories: int, rounds: int) -> bool:
    """All programs in turn. Print and note what each took; whether ours is within its bounds."""
    what, taken = WHAT[stories], dict[str, list[Spent]]()
    wanted = [program for program in programs() if stories in program.counts]
    for turn in range(rounds + 1):
        for program in list(wanted):
            try:
                spent = measured(program, network, stories)
            except Refused as fault:
                print(f"not measured: {program.name}, {stories}: {fault}")
                note_missing(f"peer {what}/{program.name}", str(fault))
                wanted.remove(program)
                taken.pop(program.name, None)
                continue
            if turn:  # the first one warms up
                taken.setdefault(program.name, []).append(spent)
        for name, spents in taken.items():  # after each round: what was measured stays if somebody ends it
            noted(what, name, spents, taken["syndicate"])
    good = [told(name, stories, spents, taken["syndicate"]) for name, spents in taken.items()]
    return all(good)


def noted(what: str, name: str, spents: list[Spent], mine: list[Spent]) -> None:
    """Note the figures of one program."""
    note(f"peer {what}/{name}", "s", [each.wall for each in spents])
    note(f"peer {what} cpu/{name}", "s", [each.cpu for each in spents])
    note(f"peer {what} memory/{name}", "MB", [each.memory for each in spents])
    note(f"peer {what} requests/{name}", "", [len(each.asked) for each in spents])
    if name == "syndicate":
        note(what, "s", [each.wall for each in spents])
    else:
        ratios = [a.wall / b.wall for a, b in zip(mine, spents, strict=True)]
        note(f"peer {what} ratio/{name}", "times", ratios)


def told(name: str, stories: int, spents: list[Spent], mine: list[Spent]) -> bool:
    """Print what one program took; whether ours is within its bound, if there is one."""
    wall = statistics.median(a.wall / b.wall for a, b in zip(mine, spents, strict=True))
    cpu = statistics.median(a.cpu / b.cpu for a, b in zip(mine, spents, strict=True))
    bound = BOUNDS.get((name, stories))
    good = bound is None or wall <= bound
    mark = "    " if bound is None else "ok  " if good else "OVER"
    print(
        f"{mark} {statistics.median(each.wall for each in spents) * 1e3:7.0f} ms"
        f" (cpu {statistics.median(each.cpu for each in spents) * 1e3:.0f}, {len(spents[0].asked)} requests)"
        f" {name}, {stories}: ours by it {wall:.2f} (cpu {cpu:.2f})" + (f" ≤ {bound}" if bound else "")
    )
    return good


STEPS: dict[str, Callable[[Network, int], bool]] = {
    "lost": lambda network, _: lost(network),
    "one": lambda network, rounds: compared(network, 1, rounds),
    "hundred": lambda network, rounds: compared(network, 100, rounds),
    "faults": lambda network, _: peer_faults.measured(network, programs()),
    "hook": lambda network, _: running(network, 0.100),
}


def main() -> int:
    """Compare with each peer that installs."""
    rounds = next((int(word) for word in sys.argv[1:] if word.isdecimal()), ROUNDS)
    wanted = [word for word in sys.argv[1:] if word in STEPS] or [*STEPS]
    network = Network()
    try:
        good = all([STEPS[step](network, rounds) for step in wanted])  # noqa: C419 - each of them, whatever another says
    finally:
        with suppress(BrokenPipeError):
            network.close()
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
