"""Three workers on one PostgreSQL server, killed at random, and the server started again; then everything is counted.

`python -m tests.chaos.fleet --stories 100 --kills 100` is the long form (`make chaos`); it prints a table. Answers to
COMMIT are lost on the way, and each commit at a network may go wrong as in the storm.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import shutil
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from subprocess import Popen

from cryptography.fernet import Fernet

from syndicate.sandbox.server import Sandbox
from tests import processes
from tests.chaos.networks import accounts
from tests.chaos.storm import Gazette, Result, Storm, counts, rules, wrongs
from tests.waiting import PATIENCE, wait_for
from tests.worlds.lost_answers import LostAnswers
from tests.worlds.postgres import Server, missing

WORKERS, CONCURRENCY = 3, 4
NETWORKS = ("bluesky", "mastodon", "facebook", "webhook")
RESCUED = 30.0
"""Seconds after which another worker has taken over what a killed one was doing."""
TAKEN_OVER = 4
CLOSED = ({"posted"}, {"posted", "held"})
"""States of a story of which nothing goes out by itself any more: what cannot be looked up is held."""


class FleetStorm(Storm):
    """As the storm, but what comes and goes are workers; the wire between them and the ledger loses answers."""

    def __init__(self, folder: Path, site: Gazette, sandbox: Sandbox, seed: int, networks: Sequence[str]) -> None:
        super().__init__(folder, site, sandbox, seed, 0.0, networks)
        self.server = Server()
        self.wire = LostAnswers(self.server.port)
        self.restarts, self.longest = 0, 0.0
        address = self.server.address(self.server.empty(), port=self.wire.port)
        self.environ = os.environ | {"SYNDICATE_KEY": Fernet.generate_key().decode()}
        text = f"""site: {{name: Gazette, url: "{site.url}/", language: en}}
database: {address}
sources: {{news: {{url: "{site.url}/rss.xml", every: 1s, burst: off}}}}
lease: 3s
network: {{timeout: 1s}}
defaults: {{image: none, settle: 2s, schedule: {{catch_up: all}}}}
{accounts(sandbox.url, networks)}"""
        (folder / "config.yaml").write_text(text, encoding="utf-8")
        assert self.run("db", "upgrade") == 0

    def close(self) -> None:
        self.wire.close()
        self.server.close()

    def run(self, *words: str) -> int:
        return self.command(*words).wait(PATIENCE)

    def command(self, *words: str, room: int | None = None, config: str = "config.yaml") -> Popen[bytes]:
        """One process of the real command."""
        del room  # the disk of the server is not ours to fill
        with (self.folder / "said.log").open("ab") as log:
            launch = [sys.executable, "-m", "syndicate", "-c", str(self.folder / config), *words]
            return processes.start(launch, stdout=log, stderr=log, env=self.environ)

    def first_run(self) -> None:
        assert wait_for(lambda: self.run("post") == 0)

    def spawn(self) -> None:
        """One more worker."""
        self.running.append(self.command("worker", "--concurrency", str(CONCURRENCY)))

    def disturb(self) -> None:
        """Now and then the answer to a COMMIT is lost."""
        if self.dice.random() < 0.3:
            self.wire.armed = True

    def restart(self) -> None:
        """The server ends as one in a hurry does, and begins again."""
        self.restarts += 1
        self.server.stop()
        self.server.start()

    def rage(self, kills: int, stories: int) -> int:
        """Publish while workers are killed; the server is started again at a third and at two thirds."""
        published = 0
        for number in range(kills):
            while len(self.running) < WORKERS:
                self.spawn()
            due = stories * (number + 1) // kills
            if due > published:
                self.site.publish(due - published)
                published = due
            self.disturb()
            if number in (kills // 3, 2 * kills // 3):
                self.restart()
            if number % 10 == 9:
                self.resume()
            threading.Event().wait(self.dice.uniform(0.5, 2.0))
            self.kill()
        return 0

    def kill(self) -> None:
        """One of the workers is gone, in the middle of whatever it does."""
        victim = self.running.pop(self.dice.randrange(len(self.running)))
        victim.kill()
        victim.wait()

    def resume(self) -> None:
        self.resumed += 1
        self.run("accounts", "resume", *self.networks)

    def taken_over(self) -> float:
        """The longest of some times, in seconds, from the kill of a worker that is sending until nothing of its story
        is open: each post is out by the ledger, or waits for a person.

        The one that takes over begins as the other ends.
        """
        longest = 0.0
        for _ in range(TAKEN_OVER):
            while self.running:
                self.kill()
            self.sandbox.faults.set([{"fault": "slow", "seconds": 5.0, "step": "commit", "count": None}])
            self.spawn()
            [story] = self.site.publish(1)
            link = self.site.link(story)
            assert wait_for(lambda: self.sandbox.faults.records()[0]["done"])
            self.kill()  # while the network has not answered yet
            begun = time.monotonic()
            self.sandbox.faults.set([])
            self.spawn()
            assert wait_for(lambda link=link: self._states(link) in CLOSED)
            longest = max(longest, time.monotonic() - begun)
        return longest

    def _states(self, link: str) -> set[str]:
        return {row["state"] for row in self.rows() if row["article"] == link}


def storm(
    stories: int, kills: int, seed: int, folder: Path, networks: Sequence[str] = NETWORKS, *, rescues: bool = False
) -> tuple[Result, FleetStorm]:
    """The whole: a baseline, the rage, the calm, the count; with `rescues` also how quickly others take over."""
    site = Gazette()
    with Sandbox(port=0, latency=0.02) as sandbox, processes.ended(), contextlib.ExitStack() as stack:
        made = FleetStorm(folder, site, sandbox, seed, networks)
        stack.callback(made.close)
        made.first_run()
        sandbox.add_faults(rules(networks, seed, 1.0))
        made.rage(kills, stories)
        result = Result(networks, stories, kills, 0)
        for rule in sandbox.faults.records():
            result.faults[rule["fault"]] += rule["done"]
        made.calm()
        if rescues:
            made.longest = made.taken_over()
            made.calm()
        result.count(sandbox.posts(), made.rows(), site)
    site.close()
    return result, made


def main() -> int:
    """Run it, print the table; 1 if anything was lost or doubled."""
    processes.default_signals_for_children()
    processes.same_surroundings_for_children()
    parser = argparse.ArgumentParser(description="Kill workers of a fleet at random and count what arrived.")
    parser.add_argument("--stories", type=int, default=100)
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    wishes = parser.parse_args()
    why = missing()
    if why is not None:
        sys.stderr.write(f"the fleet is left out: {why}\n")
        return 0
    folder = Path(tempfile.mkdtemp(prefix="syndicate-fleet-"))
    result, made = storm(wishes.stories, wishes.kills, wishes.seed, folder, rescues=True)
    sys.stdout.write(
        f"{wishes.stories} stories × {len(NETWORKS)} networks, {WORKERS} workers × {CONCURRENCY} on one PostgreSQL"
        f" server, {wishes.kills} SIGKILL; the server started again {made.restarts} times, answers to COMMIT lost:"
        f" {made.wire.lost}; {wrongs(result)}. What a killed worker was sending was settled after"
        f" {made.longest:.1f} s at most (bound: {RESCUED:.0f})\n\n{counts(result)}\n"
    )
    if made.longest > RESCUED or any(result.duplicates(name) or result.lost(name) for name in result.networks):
        sys.stderr.write("\n".join((*result.complaints(), f"log: {folder}\n")))
        return 1
    shutil.rmtree(folder)
    return 0


if __name__ == "__main__":
    sys.exit(main())
