"""Real processes, a network that misbehaves, and SIGKILL at random; then everything is counted.

`python -m tests.chaos.storm --stories 200 --kills 200` is the long form (`make chaos`); it prints a table.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import random
import shutil
import signal
import sqlite3
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from subprocess import Popen
from typing import Any, ClassVar

from syndicate.sandbox.server import Sandbox
from tests import processes
from tests.chaos.networks import ACCOUNTS, NEED_PICTURES, accounts
from tests.waiting import PATIENCE
from tests.worlds.fake_clock import FakeClock, library
from tests.worlds.site import Site

FAULTS = (
    ("drop_before", 0.08),
    ("drop_after", 0.08),
    ("500_after", 0.04),
    ("502_after", 0.04),
    ("503", 0.04),
    ("401", 0.01),
)
FAR_STEPS = (-86_400, -3600, 0, 0, 3600, 86_400)
SLOW = 1.2
"""Seconds of a slow answer: longer than the time-out of a request, so that it is accepted and never heard of."""


@dataclass
class Result:
    """What came of a storm, by network. `held` are stories that a person has to decide about."""

    networks: Sequence[str]
    stories: int
    kills: int
    stops: int
    locks: int = 0
    full: int = 0
    clocks: int = 0
    faults: Counter[str] = field(default_factory=Counter)
    posts: Counter[tuple[str, str]] = field(default_factory=Counter)
    states: dict[tuple[str, str], str] = field(default_factory=dict)
    rows: dict[tuple[str, str], dict[str, object]] = field(default_factory=dict)

    def count(self, posts: Iterable[dict[str, Any]], rows: Iterable[dict[str, Any]], site: Site) -> None:
        """Take in what stands on the networks and in the ledger; a story that is in neither was never planned."""
        for post in posts:
            self.posts[post["platform"], post["link"].partition("?")[0]] += 1
        for row in rows:
            at = str(row["platform"]), str(row["article"])
            self.rows[at], self.states[at] = row, str(row["state"])
        for story in site.stories:
            for network in self.networks:
                self.states.setdefault((network, site.link(story)), "never planned")

    def duplicates(self, network: str) -> int:
        """Posts beyond the first of a story."""
        return sum(count - 1 for (name, _), count in self.posts.items() if name == network)

    def held(self, network: str) -> set[str]:
        """Stories that are held."""
        return {link for (name, link), state in self.states.items() if name == network and state == "held"}

    def bare(self, network: str) -> set[str]:
        """Stories that failed for want of a picture: killed twice while it was made, a process leaves it out."""
        mine = {link for (name, link), state in self.states.items() if name == network and state == "failed"}
        return {link for link in mine if network in NEED_PICTURES and not self.rows[network, link]["media"]}

    def lost(self, network: str) -> set[str]:
        """Stories that are neither on the network nor held, nor failed for want of a picture."""
        mine = {link for name, link in self.states if name == network}
        return {link for link in mine if not self.posts[network, link]} - self.held(network) - self.bare(network)

    def complaints(self) -> list[str]:
        """Each loss with what the ledger says of it."""
        return [
            f"{name} {link}: {json.dumps(self.rows.get((name, link), self.states[name, link]))}"
            for name in self.networks
            for link in sorted(self.lost(name))
        ]


class Gazette(Site):
    """A site whose stories only ever come on top: its feed is written once for each new one, not for each request."""

    def __init__(self) -> None:
        super().__init__()
        self._written = (0, super().feed())

    def feed(self) -> str:
        count = len(self.stories)
        if self._written[0] != count:
            self._written = (count, super().feed())
        return self._written[1]


class Storm:
    """A folder with a config, a site, stand-ins, and processes that come and go."""

    lives: ClassVar[tuple[float, float]] = (0.25, 1.1)
    """Seconds until the next process is killed, at least and at most."""
    stopped: ClassVar[float] = 0.2
    """How many of them are not killed, but stopped for longer than a lease."""

    def __init__(
        self,
        folder: Path,
        site: Site,
        sandbox: Sandbox,
        seed: int,
        lock_seconds: float,
        networks: Sequence[str],
        library: str | None = None,
    ) -> None:
        self.lock_seconds, self.networks = lock_seconds, networks
        self.environ = dict(os.environ)
        self.fake = FakeClock(folder, library) if library else None
        self.folder, self.site, self.sandbox = folder, site, sandbox
        self.dice = random.Random(seed)
        self.running: list[Popen[bytes]] = []
        text = f"""site: {{name: Gazette, url: "{site.url}/", language: en}}
sources: {{news: {{url: "{site.url}/rss.xml", every: 1s, burst: off}}}}
lease: 2s
network: {{timeout: 1s}}
defaults: {{image: none, settle: 2s, schedule: {{catch_up: all}}}}
{accounts(sandbox.url, networks)}"""
        (folder / "config.yaml").write_text(text, encoding="utf-8")
        # Where no page is opened, the next post is begun with the record of the one before it.
        (folder / "quick.yaml").write_text(text.replace("burst: off", "burst: off, preflight: off"), encoding="utf-8")
        self.offset = folder / "clock"
        self.set_clock(0)
        self.locks = self.full = self.clocks = self.resumed = self.killed = 0
        self.locker = threading.Thread()

    def set_clock(self, seconds: int) -> None:
        """For every process of this storm, from now on: the very clock of each with libfaketime, else the product's."""
        if self.fake is not None:
            self.fake.set(seconds)
            seconds = 0
        draft = self.folder / "clock.new"
        draft.write_text(str(seconds), encoding="ascii")
        draft.replace(self.offset)

    def command(self, *words: str, room: int | None = None, config: str = "config.yaml") -> Popen[bytes]:
        """One process of the real command; `room` is the size in bytes at which its disk is full."""

        launch = [sys.executable, "-m", "tests.chaos.launch", str(self.offset), str(room or 0)]
        with (self.folder / "said.log").open("ab") as log:
            return processes.start(
                [*launch, "-c", str(self.folder / config), *words],
                stdout=log,
                stderr=log,
                env=os.environ | {"PYTHONUNBUFFERED": "1"} | (self.fake.environ if self.fake else {}),
                cwd=Path(__file__).parents[2],
            )

    def first_run(self) -> None:
        """The baseline; on a busy machine the site may answer too late for the first try."""
        deadline = time.monotonic() + PATIENCE
        while self.command("post").wait() and time.monotonic() < deadline:
            pass

    def spawn(self) -> None:
        """A daemon, or a single run beside it; for one in ten the disk is full before long."""
        room = None
        if self.dice.random() < 0.1:
            self.full += 1
            room = sum(path.stat().st_size for path in self.folder.glob("syndicate.db*")) // 2 + 20_000
        daemon = self.dice.random() < 0.6
        words = ("daemon",) if daemon else ("post", "--wait", "20s")
        config = "quick.yaml" if self.dice.random() < 0.5 else "config.yaml"
        self.running.append(self.command(*words, room=room, config=config))

    def resume(self) -> None:
        """A person who has looked at the logins that were refused: from now on all accounts send again."""
        self.resumed += 1
        self.command("accounts", "resume", *self.networks).wait()

    def lock(self, seconds: float) -> None:
        """Somebody else's hand on the ledger for so long."""
        with contextlib.closing(sqlite3.connect(self.folder / "syndicate.db", timeout=PATIENCE)) as other:
            other.isolation_level = None
            other.execute("BEGIN IMMEDIATE")
            threading.Event().wait(seconds)
            other.execute("ROLLBACK")

    def disturb(self) -> None:
        """Now and then somebody locks the ledger, or sets the clock an hour forth or back, or a day."""
        chance = self.dice.random()
        if chance < 0.04 and not self.locker.is_alive():
            self.locks += 1
            self.locker = threading.Thread(target=self.lock, args=(self.lock_seconds,), daemon=True)
            self.locker.start()
        elif chance < 0.08:
            self.clocks += 1
            self.set_clock(self.dice.choice((-3600, 0, 3600) if self.fake is None else FAR_STEPS))

    def rage(self, kills: int, stories: int) -> int:
        """Publish while processes are killed, stopped and started again; how many were stopped."""
        stops, published = 0, 0
        for number in range(kills):
            while len(self.running) < 2:
                self.spawn()
            due = stories * (number + 1) // kills
            if due > published:
                self.site.publish(due - published)
                published = due
            self.disturb()
            if number % 10 == 9:
                self.resume()
            threading.Event().wait(self.dice.uniform(*self.lives))
            victim = self.running.pop(self.dice.randrange(len(self.running)))
            if self.dice.random() < self.stopped and victim.poll() is None:
                stops += 1
                victim.send_signal(signal.SIGSTOP)
                threading.Event().wait(self.dice.uniform(2.1, 2.6))  # longer than a lease
                victim.send_signal(signal.SIGCONT)
                self.running.append(victim)
            else:
                self.killed += victim.poll() is None
                victim.kill()
                victim.wait()
        return stops

    def calm(self) -> None:
        """Nothing fails any more; one run after the other until every story is known and nothing is left to do."""
        for process in self.running:
            process.kill()
            process.wait()
        self.sandbox.faults.set([])
        self.set_clock(0)
        deadline = time.monotonic() + 5 * PATIENCE
        self.resume()
        while time.monotonic() < deadline:
            self.command("post", "--wait", "30s").wait()
            threading.Event().wait(1)
            rows = self.rows()
            known = {self.site.link(story) for story in self.site.stories} <= {row["article"] for row in rows}
            if known and not {row["state"] for row in rows} & {"planned", "due", "sending", "unknown"}:
                return

    def rows(self) -> list[dict[str, Any]]:
        """The ledger, as `deliveries list` prints it."""
        words = [sys.executable, "-m", "syndicate", "-c", str(self.folder / "config.yaml")]
        listed = processes.run([*words, "deliveries", "list", "--json"], env=self.environ)
        return [json.loads(line) for line in listed.stdout.splitlines()]


def rules(networks: Sequence[str], seed: int, wrath: float) -> list[dict[str, object]]:
    """What befalls commits: refusals, lost answers before and after the post was accepted, and slowness.

    Each rule has dice of its own; with the same ones, a rule would only ever fall where the one before it has.
    """
    common: list[dict[str, object]] = [
        {"fault": "late", "seconds": 0.6, "probability": 0.04 * wrath},
        {"fault": "truncate", "probability": 0.03 * wrath},
        {"fault": "drip", "seconds": SLOW, "probability": 0.03 * wrath},
        {"fault": "slow", "seconds": SLOW, "probability": 0.03 * wrath},
        {"fault": "429", "retry_after": 0.2, "probability": 0.03 * wrath},
        *({"fault": fault, "probability": chance * wrath} for fault, chance in FAULTS),
    ]
    return [
        {"step": "commit", "count": None, "platform": name, "seed": f"{seed} {name} {rule['fault']}"} | rule
        for name in networks
        for rule in common
    ]


def storm(
    stories: int,
    kills: int,
    seed: int,
    folder: Path,
    *,
    networks: Sequence[str] = tuple(ACCOUNTS),
    wrath: float = 1.0,
    lock_seconds: float = 3.0,
    library: str | None = None,
) -> Result:
    """The whole: a baseline, the rage, the calm, the count. `wrath` scales how often a commit goes wrong.

    With libfaketime (`library`) the clock is set under the processes by up to a day.
    """
    site = Gazette()
    with Sandbox(port=0, latency=0.02) as sandbox, processes.ended():
        made = Storm(folder, site, sandbox, seed, lock_seconds, networks, library)
        made.first_run()
        sandbox.add_faults(rules(networks, seed, wrath))
        stops = made.rage(kills, stories)
        result = Result(networks, stories, kills, stops, made.locks, made.full, made.clocks)
        for rule in sandbox.faults.records():
            result.faults[rule["fault"]] += rule["done"]
        made.calm()
        result.count(sandbox.posts(), made.rows(), site)
    site.close()
    return result


def table(result: Result) -> str:
    """What came of a storm, as text."""
    return (
        f"{result.stories} stories × {len(result.networks)} networks, {result.kills - result.stops} SIGKILL,"
        f" {result.stops} SIGSTOP longer than a lease, two processes at a time; the ledger locked"
        f" {result.locks} times, the disk full {result.full} times, the clock set {result.clocks} times;"
        f" {wrongs(result)}\n\n{counts(result)}"
    )


def wrongs(result: Result) -> str:
    """Which commits went wrong, and how often."""
    return f"commits that went wrong: {', '.join(f'{fault} {count}' for fault, count in result.faults.items())}"


def counts(result: Result) -> str:
    """What stands on each network, as a Markdown table."""
    lines = [
        "| network | class | posted | duplicates | lost | held | without its picture |",
        "|---|---|---|---|---|---|---|",
    ]
    for name in result.networks:
        posted = sum(1 for (network, _), count in result.posts.items() if network == name and count)
        lines.append(
            f"| {name} | {ACCOUNTS[name][0]} | {posted} | {result.duplicates(name)} | {len(result.lost(name))}"
            f" | {len(result.held(name))} | {len(result.bare(name)) if name in NEED_PICTURES else ''} |"
        )
    return "\n".join(lines)


def main() -> int:
    """Run it, print the table; 1 if anything was lost or doubled."""
    processes.default_signals_for_children()
    parser = argparse.ArgumentParser(description="Kill processes at random and count what arrived.")
    parser.add_argument("--stories", type=int, default=200)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--lock", type=float, default=60.0, help="seconds somebody else holds the ledger")
    parser.add_argument("--networks", nargs="+", choices=ACCOUNTS, default=tuple(ACCOUNTS), metavar="NAME")
    wishes = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="syndicate-chaos-"))
    found = library()
    if found is None:
        sys.stderr.write("libfaketime is not installed: the clock is set within the product only, by an hour\n")
    wanted = {"networks": wishes.networks, "lock_seconds": wishes.lock, "library": found}
    result = storm(wishes.stories, wishes.kills, wishes.seed, folder, **wanted)
    sys.stdout.write(table(result) + "\n")
    if any(result.duplicates(name) or result.lost(name) for name in result.networks):
        sys.stderr.write("\n".join((*result.complaints(), f"ledger and log: {folder}\n")))
        return 1
    shutil.rmtree(folder)
    return 0


if __name__ == "__main__":
    sys.exit(main())
