"""Other programs that post a feed's stories, and `syndicate post`, in turn against one feed and one network.

    python bench/peers.py [TURNS]

The peers come from PyPI, each in a venv of its own below build/peers; what does not install is said. Whole processes,
in turn (A B A B …), each beginning with an empty feed that it has seen; medians of the ratios pair by pair.
"""

from __future__ import annotations

import json
import os
import socket
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import urllib.request
import venv
from collections.abc import Callable
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter, sleep

HERE = Path(__file__).parent
VENVS = HERE.parent / "build" / "peers"
COMMAND = str(Path(sys.executable).with_name("syndicate"))
OURS = """site: {{name: Bench, url: "https://gazette.example/"}}
database: sqlite:///{folder}/bench.db
sources:
  news: {{type: feed, url: "{url}/feed.xml", burst: off, preflight: off}}
defaults: {{image: none, max_age: 24h}}
accounts:
  masto: {{platform: mastodon, url: "https://social.example", token: bench, api_url: "{url}"}}
"""
FEEDIVERSE = """name: bench
url: {url}
client_id: bench
client_secret: bench
access_token: bench
updated: '2020-01-01T00:00:00+00:00'
feeds:
- {{url: '{url}/feed.xml', template: '{{title}} {{url}}', include_images: false}}
"""
AS_INSTALLED = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


class Network:
    """The feed and the network, in a process of their own."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, str(HERE / "loopback.py")], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        assert self._process.stdout is not None
        self.url = self._process.stdout.readline().strip()

    def publish(self, stories: int) -> None:
        """Let the feed have so many stories."""
        self._call("PUT", f"/stories/{stories}")

    def asked(self) -> list[str]:
        """The requests since the last time."""
        found: list[str] = json.loads(self._call("GET", "/asked"))
        return found

    def posted(self) -> int:
        """How many posts arrived so far."""
        return int(self._call("GET", "/posted"))

    def close(self) -> None:
        """End the process."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait()

    def _call(self, method: str, path: str) -> bytes:
        with urllib.request.urlopen(urllib.request.Request(self.url + path, method=method)) as answer:
            body: bytes = answer.read()
            return body


@dataclass(frozen=True, slots=True)
class Spent:
    """Seconds of one process: by the clock, and of the processor."""

    wall: float
    cpu: float


@dataclass(frozen=True, slots=True)
class Program:
    """A program to measure: how it is prepared in a folder, and its command there."""

    name: str
    prepare: Callable[[Path, Network], None]
    command: Callable[[Path], list[str]]


def run(command: list[str]) -> Spent:
    """One process that has to end well."""
    begun = perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, env=AS_INSTALLED)
    errors = process.stderr.read() if process.stderr else b""
    _, ended, usage = os.wait4(process.pid, 0)
    wall = perf_counter() - begun
    process.returncode = os.waitstatus_to_exitcode(ended)
    if process.returncode:
        raise SystemExit(f"{' '.join(command)} ended with {process.returncode}: {errors.decode()}")
    return Spent(wall, usage.ru_utime + usage.ru_stime)


def ours() -> Program:
    """`syndicate post`, with the feed's first run done."""

    def prepare(folder: Path, network: Network) -> None:
        (folder / "config.yaml").write_text(OURS.format(folder=folder, url=network.url))
        run([COMMAND, "-c", str(folder / "config.yaml"), "post"])

    return Program("syndicate", prepare, lambda folder: [COMMAND, "-c", str(folder / "config.yaml"), "post"])


def feediverse() -> Program:
    """feediverse 0.4, which keeps the date of the newest story."""
    tool = installed("feediverse==0.4") / "bin" / "feediverse"

    def prepare(folder: Path, network: Network) -> None:
        (folder / "feediverse").write_text(FEEDIVERSE.format(url=network.url))

    return Program("feediverse 0.4", prepare, lambda folder: [str(tool), "-c", str(folder / "feediverse")])


def installed(requirement: str) -> Path:
    """The venv of a peer; made, and filled from PyPI, if it is not there. Raises CalledProcessError."""
    home = VENVS / requirement
    if not (home / "done").exists():
        venv.create(home, with_pip=True, clear=True)
        pip = [str(home / "bin" / "python"), "-m", "pip", "install", "--quiet", requirement]
        subprocess.run(pip, check=True, capture_output=True, text=True)
        (home / "done").touch()
    return home


def measured(program: Program, network: Network, stories: int) -> tuple[Spent, list[str]]:
    """What it takes to post so many new stories, and what it asked for."""
    with tempfile.TemporaryDirectory(prefix="peers-") as name:
        network.publish(0)
        program.prepare(Path(name), network)
        sleep(1.1)  # dates of a feed are whole seconds: these come after the first run
        network.publish(stories)
        network.asked()
        spent = run(program.command(Path(name)))
        asked = network.asked()
    posted = asked.count("POST /api/v1/statuses")
    if posted != stories:
        raise SystemExit(f"{program.name}: {posted} posts arrived, not {stories}")
    return spent, asked


def compared(peer: Program, network: Network, stories: int, turns: int, bound: float) -> bool:
    """Print our time by that of a peer; whether it is within its bound."""
    mine, theirs = ours(), peer
    pairs = [(measured(mine, network, stories), measured(theirs, network, stories)) for _ in range(turns + 1)][1:]
    wall = statistics.median(a.wall / b.wall for (a, _), (b, _) in pairs)
    cpu = statistics.median(a.cpu / b.cpu for (a, _), (b, _) in pairs)
    shown = "  ".join(
        f"{program.name} {statistics.median(spent.wall for spent, _ in column) * 1e3:.0f} ms"
        f" (cpu {statistics.median(spent.cpu for spent, _ in column) * 1e3:.0f}; {len(column[0][1])} requests)"
        for program, column in zip((mine, theirs), zip(*pairs, strict=True), strict=True)
    )
    good = wall <= bound
    what = f"{stories} stories" if stories > 1 else "one story, cold"
    print(f"{'ok  ' if good else 'OVER'} {wall:5.2f} ≤ {bound:<4} (cpu {cpu:.2f}) {what}, by {peer.name}   {shown}")
    return good


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


def main() -> int:
    """Compare with each peer that installs."""
    turns = int(sys.argv[1]) if len(sys.argv) > 1 else 7
    network, good = Network(), True
    try:
        for make in (feediverse,):
            try:
                peer = make()
            except (subprocess.CalledProcessError, OSError) as fault:
                said = (getattr(fault, "stderr", None) or str(fault)).strip().splitlines()
                print(f"not measured: {make.__name__} does not install here: {said[-1] if said else fault}")
                continue
            good = compared(peer, network, 100, turns, 1.0) and good
            good = compared(peer, network, 1, turns, 0.95) and good
        good = running(network, 0.100) and good
    finally:
        with suppress(BrokenPipeError):
            network.close()
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
