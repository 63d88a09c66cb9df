"""Notes, threads of three, link replies, galleries of four and every place of `after` at once, killed at random.

`python -m tests.chaos.everything --stories 60 --kills 100 --seed 1` is the long form (`make chaos`): it prints what
stands on each network and what each place was told, and ends with 1 where anything is doubled, lost, untrue, out of
order or was never told.
"""

from __future__ import annotations

import argparse
import contextlib
import shutil
import sqlite3
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import astuple, dataclass, field
from pathlib import Path
from typing import Any, ClassVar

from syndicate.sandbox.server import Sandbox
from tests import processes
from tests.chaos import reckoning
from tests.chaos.networks import accounts
from tests.chaos.places import Places
from tests.chaos.reckoning import PARTS, Column, Reckoning, Told, World
from tests.chaos.stories import Publisher, source
from tests.chaos.storm import Storm, rules
from tests.waiting import PATIENCE

ROUNDS = 20
"""Runs, after all is calm, until every place has heard what it is owed."""


class EverythingStorm(Storm):
    """As the storm, with three sources, posts of every form, and every place of `after`."""

    lives: ClassVar[tuple[float, float]] = (0.3, 4.0)
    stopped: ClassVar[float] = 0.0
    site: Publisher

    def __init__(self, folder: Path, site: Publisher, sandbox: Sandbox, seed: int) -> None:
        super().__init__(folder, site, sandbox, seed, 3.0, tuple(PARTS))
        self.places = Places(folder, site, seed)
        text = f"""site: {{name: Gazette, url: "{site.url}/", language: en}}
sources:
  news: {{url: "{site.url}/rss.xml", every: 1s, burst: off}}
  blog: {{type: folder, url: ./content, link: "{site.url}/news/{{slug}}.html", every: 1s, burst: off}}
  wp: {{type: wordpress, url: "{site.wordpress.url}", every: 1s, burst: off}}
lease: 2s
network: {{timeout: 1s}}
defaults:
  {{image: photos, hashtags: 0, settle: 2s, threads: {{posts: 3, form: teaser}}, schedule: {{catch_up: all}}}}
{self.places.config()}{_with_replies(accounts(sandbox.url, PARTS))}"""
        (folder / "config.yaml").write_text(text, encoding="utf-8")
        (folder / "quick.yaml").write_text(text.replace("burst: off", "burst: off, preflight: off"), encoding="utf-8")

    def calm(self) -> None:
        """Nothing fails any more, and runs follow until all is posted and all is told."""
        self.places.calm()
        super().calm()
        for _ in range(ROUNDS):
            if not self.owed():
                return
            self.command("post").wait()

    def owed(self) -> int:
        """How many events some place has not heard of."""
        return sum(word["state"] == "owed" for word in self.words())

    def words(self) -> list[dict[str, Any]]:
        """What the ledger keeps of what is to be told, in order."""
        with contextlib.closing(sqlite3.connect(self.folder / "syndicate.db", timeout=PATIENCE)) as ledger:
            ledger.row_factory = sqlite3.Row
            return [dict(row) for row in ledger.execute("SELECT * FROM follow_up ORDER BY rowid")]

    def reckoned(self) -> Reckoning:
        """All of it counted."""
        rows = [row for row in self.rows() if row.get("article")]
        links = {self.site.number(story): self.site.link(story) for story in self.site.stories}
        world, made = World(rows, self.sandbox.posts(), links), Reckoning()
        reckoning.reckon_posts(world, made)
        for name, heard in (("webhook", self.places.told_webhook()), ("command", self.places.told_command())):
            happened = [word for word in self.words() if word["sink"] == name]
            reckoning.reckon_events(name, heard, reckoning.in_order(happened, world), world, made)
            for account, early in (+reckoning.early_parts(heard)).items():
                made.wrong(name, f"{account}: {early} posts were told before those that they answer")
        wanted = reckoning.addresses(world)
        told = {number: self.places.in_file().get(link, []) for number, link in links.items()}
        reckoning.reckon_addresses("file", told, wanted, made)
        mine = {number: posts for number, posts in wanted.items() if source(number) == "folder"}
        reckoning.reckon_addresses("front_matter", self.places.in_front_matter(), mine, made)
        lists = {n: [post["url"] for post in posts] for n, posts in wanted.items() if source(n) == "wordpress"}
        reckoning.reckon_addresses("wordpress", self.places.in_wordpress(), lists, made)
        self._further(links, made)
        return made

    def _further(self, links: dict[int, str], made: Reckoning) -> None:
        """What is wrong with a place besides what it was told."""
        for article in set(self.places.in_file()) - set(links.values()):
            made.wrong("file", f"{article} was never published")
        exported = processes.run([*self.plain(), "deliveries", "export"], env=self.environ).stdout
        if exported != self.places.file.read_text(encoding="utf-8"):
            made.wrong("file", "it is not what `deliveries export` prints")
        for number in self.places.spoiled():
            made.wrong("front_matter", f"story {number}: its file says something else than its author wrote")
        for _ in range(self.places.badly_signed()):
            made.wrong("webhook", "a signature is not that of its body")
        if self.owed():
            made.wrong("after", f"{self.owed()} events are still owed after {ROUNDS} runs")

    def plain(self) -> list[str]:
        return [sys.executable, "-m", "syndicate", "-c", str(self.folder / "config.yaml")]


def _with_replies(listed: str) -> str:
    """The accounts of a config, with `link: reply` for those that have it here."""
    replies = [f"  {name}: {{" for name, (_, reply) in PARTS.items() if reply]
    return "\n".join(
        f"{line[:-1]}, link: reply}}" if line.startswith(tuple(replies)) else line for line in listed.splitlines()
    )


@dataclass
class Everything:
    """What came of it, and what it went through."""

    stories: int
    kills: int
    living: int
    made: Reckoning
    before_calm: int = 0
    seconds: float = 0.0
    disturbances: str = ""
    faults: Counter[str] = field(default_factory=Counter)


def everything(stories: int, kills: int, seed: int, folder: Path, *, wrath: float = 1.0) -> Everything:
    """The whole: a baseline, the rage, the calm, the count. `wrath` scales how often a commit goes wrong."""
    begun, site = time.monotonic(), Publisher(folder)
    with Sandbox(port=0, latency=0.02) as sandbox, processes.ended(), contextlib.ExitStack() as stack:
        stack.callback(site.close)
        made = EverythingStorm(folder, site, sandbox, seed)
        stack.callback(made.places.close)
        made.first_run()
        sandbox.add_faults(rules(tuple(PARTS), seed, wrath))
        made.rage(kills, stories)
        faults: Counter[str] = Counter()
        for rule in sandbox.faults.records():
            faults[rule["fault"]] += rule["done"]
        before = len(sandbox.posts())
        made.calm()
        said = (
            f"the ledger locked {made.locks} times, the disk full {made.full} times, the clock set {made.clocks} times"
        )
        return Everything(stories, kills, made.killed, made.reckoned(), before, time.monotonic() - begun, said, faults)


NETWORK_HEADS = "posts, duplicates, lost, held, behind a held one, threads in order, link replies, photos, no photos"
PLACE_HEADS = "happened, told, again, never told, untrue, out of order"


def table(found: Everything) -> str:
    """What came of it, as text."""
    wrongs = ", ".join(f"{fault} {count}" for fault, count in found.faults.items())
    said = (
        f"{found.stories} stories × {len(PARTS)} networks, {found.kills} SIGKILL ({found.living} before the process had"
        f" ended by itself), two processes at a time; {found.disturbances}; commits that went wrong: {wrongs};"
        f" {found.before_calm} posts were out before the last kill; {found.seconds:.0f} s"
    )
    networks = _rows("network", NETWORK_HEADS, found.made.columns)
    return "\n".join([said, "", *networks, "", *_rows("place", PLACE_HEADS, found.made.places)])


def _rows(first: str, heads: str, counted: Mapping[str, Column] | Mapping[str, Told]) -> Iterator[str]:
    """A Markdown table of counts."""
    names = [first, *heads.split(", ")]
    yield f"| {' | '.join(names)} |"
    yield f"|{'---|' * len(names)}"
    for name, counts in counted.items():
        yield f"| {' | '.join(map(str, (name, *astuple(counts))))} |"


def main() -> int:
    """Run it, print the tables; 1 if anything is off."""
    processes.default_signals_for_children()
    processes.same_surroundings_for_children()
    parser = argparse.ArgumentParser(description="Kill processes at random; count what arrived and who was told.")
    parser.add_argument("--stories", type=int, default=60)
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    wishes = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="syndicate-everything-"))
    found = everything(wishes.stories, wishes.kills, wishes.seed, folder)
    sys.stdout.write(table(found) + "\n")
    if found.made.complaints:
        sys.stderr.write("\n".join((*found.made.complaints, f"ledger and log: {folder}\n")))
        return 1
    shutil.rmtree(folder)
    return 0


if __name__ == "__main__":
    sys.exit(main())
