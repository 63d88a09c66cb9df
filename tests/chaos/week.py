"""A week that goes badly: restored ledgers, lost keys, wrong clocks, a renamed account, a network down for long.

`python -m tests.chaos.week --seed 7` (the second half of `make chaos`) lives through each disaster in turn, in an order
that the seed gives, with a daemon, real files and SIGKILL; the stand-ins are a process of their own. Then it counts at
the networks, and prints a table of each disaster. The clock is set with libfaketime, and left alone where that is not
installed.
"""

from __future__ import annotations

import argparse
import contextlib
import random
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from tests import processes
from tests.chaos.house import House
from tests.chaos.networks import ACCOUNTS
from tests.waiting import wait_for
from tests.worlds.fake_clock import library


@dataclass
class Outcome:
    """What came of one disaster: its stories by network, and how often each stands there."""

    disaster: str
    stories: list[str]
    posts: dict[tuple[str, str], int]
    rows: dict[tuple[str, str], dict[str, Any]]
    told: str

    def count(self, network: str) -> tuple[int, int, int, int]:
        """Stories posted; posts beyond the first; stories that wait for a person; those dropped in silence."""
        posted = doubled = waiting = lost = 0
        for link in self.stories:
            times, row = self.posts.get((network, link), 0), self.rows.get((network, link), {})
            posted += times > 0
            doubled += max(0, times - 1)
            if not times and (
                row.get("state") == "held" or row.get("state") in {"planned", "due", "sending", "unknown"}
            ):
                waiting += 1
            elif not times and not self._is_told(row, network):
                lost += 1
        return posted, doubled, waiting, lost

    def _is_told(self, row: dict[str, Any], network: str) -> bool:
        """Whether somebody was told that it is not on the network: an alert names the account."""
        return row.get("state") in ("skipped", "failed") and network in self.told


Disaster = Callable[[House], list[str]]
"""Lives through it and gives the stories that it is judged by; the daemon runs before it, and after it."""


def copy_put_back(house: House) -> list[str]:
    """A backup of the morning is put back in the evening; what was posted in between is in no ledger."""
    house.run("db", "backup", str(house.folder / "morning.db"))
    links = _posted(house, 3)
    house.kill()
    links += house.publish(1)
    house.run("db", "restore", str(house.folder / "morning.db"))
    (house.folder / "morning.db").unlink()
    house.start()
    return links


def file_put_back(house: House) -> list[str]:
    """The plain file is copied while the daemon runs, and put back by hand beside the -wal of the killed daemon."""
    shutil.copy(house.ledger, house.folder / "copy.db")
    links = _posted(house, 3)
    house.kill()
    (house.folder / "copy.db").replace(house.ledger)
    links += house.publish(1)
    house.start()
    return links


def wal_lost(house: House) -> list[str]:
    """The daemon is killed, and the -wal is gone: what was not yet in the file never was."""
    links = _posted(house, 3)
    house.kill()
    for path in house.folder.glob("syndicate.db-*"):
        path.unlink()
    links += house.publish(1)
    house.start()
    return links


def key_lost(house: House) -> list[str]:
    """The file with the key is gone."""
    links = _posted(house, 1)
    house.kill()
    (house.folder / "syndicate.db.key").unlink()
    links += house.publish(2)
    house.start()
    return links


def account_renamed(house: House) -> list[str]:
    """While stories wait for it, an account gets another name in the config."""
    with _faults(house, {"platform": "mastodon", "fault": "503", "count": None}):
        links = house.publish(2)
        wait_for(lambda: _known(house, links))
        house.kill()
    house.names["mastodon"] = f"mastodon_{len(house.site.stories)}"
    house.configure()
    links += house.publish(1)
    house.start()
    return links


def network_down(house: House) -> list[str]:
    """A network does not answer for longer than a story may wait."""
    house.kill()
    house.configure(max_age="6s")
    house.start()
    with _faults(house, {"platform": "facebook", "fault": "refuse", "count": None}):
        links = house.publish(2)
        wait_for(lambda: _known(house, links) and not house.waiting(links, "due"))  # an unanswered one stays unknown
    house.kill()
    house.configure()
    links += house.publish(1)
    house.start()
    return links


def clock_set(hours: int) -> Disaster:
    def disaster(house: House) -> list[str]:
        links = house.publish(1)
        house.set_clock(timedelta(hours=hours))
        links += house.publish(2)
        time.sleep(3)
        house.set_clock(timedelta(0))
        return links + house.publish(1)

    disaster.__doc__ = f"The clock is {hours:+d} h wrong for some seconds, with the daemon running."
    disaster.__name__ = f"clock {hours:+d} h"
    return disaster


DISASTERS: tuple[Disaster, ...] = (copy_put_back, file_put_back, wal_lost, key_lost, account_renamed, network_down)
CLOCKS = tuple(clock_set(hours) for hours in (1, -1, 24, -24))


@contextlib.contextmanager
def _faults(house: House, *rules: dict[str, object]) -> Iterator[None]:
    house.asked("POST", "/_sandbox/faults", {"faults": list(rules)})
    yield
    house.asked("POST", "/_sandbox/faults", {"faults": []})


def _posted(house: House, count: int) -> list[str]:
    links = house.publish(count)
    assert wait_for(lambda: house.out(links)), house.said()
    return links


def _known(house: House, links: Sequence[str]) -> bool:
    return set(links) <= {row["article"] for row in house.rows()}


def _is_settled(house: House, links: Sequence[str]) -> bool:
    return _known(house, links) and not house.waiting(links)


def week(folder: Path, seed: int, only: Sequence[str] = ()) -> list[Outcome]:
    """Each disaster once, in the order that the seed gives; what came of each is counted at the end."""
    found = library()
    disasters = [each for each in (*DISASTERS, *(CLOCKS if found else ())) if not only or each.__name__ in only]
    random.Random(seed).shuffle(disasters)
    house = House(folder, found)
    try:
        house.run("post")
        house.start()
        stories = {each.__name__: _lived_through(each, house) for each in disasters}
        house.kill()
        house.settle()
        posts, rows, told = house.posts(), house.rows(), (folder / "told").read_text(encoding="utf-8")
    finally:
        house.close()
    back = {now: first for first, now in house.names.items()}
    known = {(str(row["platform"]), str(row["article"])): row for row in rows if row["account"] in back}
    return [Outcome(name, links, posts, known, told) for name, links in stories.items()]


def _lived_through(disaster: Disaster, house: House) -> list[str]:
    """Until what it published is out, or waits for a person, or was given up."""
    links = disaster(house)
    wait_for(lambda: _is_settled(house, links))
    return links


def table(outcomes: Sequence[Outcome]) -> str:
    """The result as a Markdown table: of each disaster and network posted / doubled / for a person / lost."""
    lines = [
        f"| disaster | stories | {' | '.join(ACCOUNTS)} |",
        f"|---|---|{'---|' * len(ACCOUNTS)}",
    ]
    for each in outcomes:
        counts = " | ".join(" / ".join(map(str, each.count(network))) for network in ACCOUNTS)
        lines.append(f"| {each.disaster.replace('_', ' ')} | {len(each.stories)} | {counts} |")
    return "\n".join((*lines, "", "Of each network: posted / doubled / waits for a person / lost in silence."))


def main() -> int:
    """Run it, print the table; 1 if anything was doubled or lost."""
    processes.default_signals_for_children()
    parser = argparse.ArgumentParser(description="Live through a week that goes badly, and count what arrived.")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", nargs="*", default=(), help="disasters by name, as copy_put_back")
    wishes = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="syndicate-week-"))
    with processes.ended():
        outcomes = week(folder, wishes.seed, wishes.only)
    sys.stdout.write(table(outcomes) + "\n")
    if any(doubled or lost for each in outcomes for _, doubled, _, lost in map(each.count, ACCOUNTS)):
        sys.stderr.write(f"ledger and log: {folder}\n")
        return 1
    shutil.rmtree(folder)
    return 0


if __name__ == "__main__":
    sys.exit(main())
