"""A machine that forgets, as in CI: the ledger is gone before each run, and some runs are killed at a random moment.

`python -m tests.chaos.forgetful --runs 100 --seed 1` is the long form; it prints what came of it. After a kill the
state file is as that run left it (the workflow still saved it), or as it was pushed before the run (the machine is
gone).
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import sys
import tempfile
import threading
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from subprocess import Popen
from typing import Any

from cryptography.fernet import Fernet

from syndicate.sandbox.server import Sandbox
from tests import processes
from tests.chaos.networks import accounts
from tests.chaos.storm import Gazette
from tests.waiting import wait_for

NETWORKS = ("bluesky", "mastodon", "facebook", "webhook")
"""Exact, keyed, lookup and blind."""
STATE = "syndicate-state.jsonl"


@dataclass
class Result:
    """What came of it: posts by network and story, and the stories that are held, by network."""

    runs: int
    killed: int = 0
    lost: int = 0
    appended: int = 0
    posts: Counter[tuple[str, str]] = field(default_factory=Counter)
    held: dict[str, set[str]] = field(default_factory=dict)
    stories: list[str] = field(default_factory=list)

    def wrong(self) -> list[str]:
        """What is there twice, or neither posted nor held."""
        found = []
        for network in NETWORKS:
            for story in self.stories:
                count = self.posts[network, story]
                if count > 1 or (count == 0 and story not in self.held.get(network, ())):
                    found.append(f"{network} {story}: {count} times")
        return found

    def told(self) -> str:
        """In one line."""
        held = ", ".join(f"{name} {len(found)}" for name, found in self.held.items() if found) or "none"
        return (
            f"{self.runs} runs without a ledger, {self.killed} of them killed ({self.lost} lost their state file, in"
            f" {self.appended} it had what the run appended), {len(self.stories)} stories × {len(NETWORKS)} networks:"
            f" {sum(self.posts.values())} posts, {len(self.wrong())} twice or lost, held: {held}"
        )


class Machine:
    """A repository with a config and a state file, of which only the latter outlives a run."""

    def __init__(self, folder: Path, site: Gazette, sandbox: Sandbox, seed: int) -> None:
        self.folder, self.site, self.sandbox = folder, site, sandbox
        self.dice = random.Random(seed)
        self.environ = os.environ | {"CI": "true", "SYNDICATE_KEY": Fernet.generate_key().decode()}
        self.state = folder / STATE
        (folder / "config.yaml").write_text(
            f"""site: {{name: Gazette, url: "{site.url}/", language: en}}
sources: {{news: {{url: "{site.url}/rss.xml", burst: off}}}}
state: {STATE}
lease: 20s
network: {{timeout: 10s}}
defaults: {{image: none, settle: 0s, schedule: {{catch_up: all}}}}
{accounts(sandbox.url, NETWORKS)}""",
            encoding="utf-8",
        )

    def start(self, *words: str) -> Popen[bytes]:
        log = (self.folder / "said.log").open("a", encoding="utf-8")
        with log:
            return processes.start(
                [sys.executable, "-m", "syndicate", "-c", str(self.folder / "config.yaml"), *words],
                stdout=log,
                stderr=log,
                env=self.environ,
                cwd=Path(__file__).parents[2],
            )

    def forget(self) -> None:
        for path in self.folder.glob("syndicate.db*"):
            path.unlink()

    def first_run(self) -> None:
        assert self.start("db", "new").wait() == 0
        assert self.start("post").wait() == 0

    def run(self, stories: int, result: Result, *, killed: bool) -> None:
        """One workflow: check out, say that a run begins, push that, post, push the state."""
        self.site.publish(stories)
        self.forget()
        assert self.start("db", "state").wait() == 0, self.said()
        pushed = self.state.read_bytes()
        post = self.start("post")
        if not killed:
            post.wait()
            return
        result.killed += 1
        before, wanted = len(self.sandbox.posts()), self.dice.randrange(stories * len(NETWORKS))
        wait_for(lambda: len(self.sandbox.posts()) >= before + wanted or post.poll() is not None)
        threading.Event().wait(self.dice.uniform(0, 0.15))
        post.kill()
        post.wait()
        result.appended += b'"run":"told"' in self.state.read_bytes()
        if self.dice.random() < 0.5:
            result.lost += 1
            self.state.write_bytes(pushed)

    def rows(self) -> list[dict[str, Any]]:
        words = [sys.executable, "-m", "syndicate", "-c", str(self.folder / "config.yaml"), "deliveries", "list"]
        listed = processes.run([*words, "--json"], env=self.environ)
        return [json.loads(line) for line in listed.stdout.splitlines()]

    def said(self) -> str:
        return (self.folder / "said.log").read_text(encoding="utf-8")[-4000:]


def forgetful(runs: int, seed: int, folder: Path, *, kills: Sequence[int] | None = None) -> Result:
    """So many runs, each without the ledger of the one before; `kills` are those that are killed, else every third."""
    site, result = Gazette(), Result(runs)
    with Sandbox(port=0, latency=0.05) as sandbox, processes.ended():
        machine = Machine(folder, site, sandbox, seed)
        machine.first_run()
        for number in range(runs):
            killed = number in kills if kills is not None else machine.dice.random() < 0.4
            machine.run(machine.dice.randint(1, 4), result, killed=killed)
        machine.run(0, result, killed=False)
        result.stories = [site.link(story) for story in site.stories]
        for post in sandbox.posts():
            result.posts[post["platform"], post["link"].partition("?")[0]] += 1
        for row in machine.rows():
            if row["state"] == "held":
                result.held.setdefault(row["platform"], set()).add(row["article"])
    site.close()
    return result


def main() -> int:
    """Run it and print what came of it; 1 if anything was lost or doubled."""
    processes.default_signals_for_children()
    parser = argparse.ArgumentParser(description="Kill runs whose ledger is gone each time, and count what arrived.")
    parser.add_argument("--runs", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    wishes = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="syndicate-forgetful-"))
    result = forgetful(wishes.runs, wishes.seed, folder)
    sys.stdout.write(result.told() + "\n")
    if result.wrong():
        sys.stderr.write("\n".join((*result.wrong(), f"what was said: {folder}\n")))
        return 1
    shutil.rmtree(folder)
    return 0


if __name__ == "__main__":
    sys.exit(main())
