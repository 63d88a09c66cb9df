"""Measures how many posts a second a fleet sends: python bench/fleet.py [--workers 1 2 4] [--concurrency 4] [--json].

Everything is on this machine: PostgreSQL as durable as it comes, the workers as real processes, and a Mastodon server
that takes 20 ms for each post (bench/loopback.py). The rate is from the first post to the last. Beside it stands how
much processor time each took of the two cores, which names what is full.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import psycopg

sys.path.insert(0, str(Path(__file__).parents[1] / "examples" / "fleet"))
from database import Database

HERE = Path(__file__).parent

WRITE = 0.020
"""Seconds that the network takes for a post."""
CONCURRENCY = 4
"""Jobs at once of each worker; sixteen sent about as many posts where it was tried (2026-12-01)."""
BOUND = 300.0
"""Posts a second that are asked for, with as many workers as serve best."""
PATIENCE = 600.0
WAITING = "SELECT COUNT(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event = 'advisory'"
CONFIG = """\
site: {{name: Bench, url: "https://gazette.example/"}}
database: {database}
sources:
  wire: {{url: "{network}/feed.xml", every: 1s, burst: off, similar: post, preflight: off}}
defaults: {{image: none, schedule: {{per_day: 1000000, spacing: 0s}}}}
accounts:
{accounts}
"""
ACCOUNT = "  a{n}: {{platform: mastodon, url: 'https://a{n}.example', token: secret, api_url: '{network}'}}"


class Network:
    """The feed and the Mastodon server, in a process of their own."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process
        assert process.stdout
        self.url = process.stdout.readline().strip()

    def publish(self, stories: int) -> None:
        with urlopen(Request(f"{self.url}/stories/{stories}", data=b"", method="PUT"), timeout=60) as answer:
            answer.read()

    def posted(self) -> int:
        with urlopen(f"{self.url}/posted", timeout=60) as answer:
            return int(answer.read())

    def processor(self) -> float:
        return _processor(self._process.pid)


@contextlib.contextmanager
def network() -> Iterator[Network]:
    words = [sys.executable, str(HERE / "loopback.py"), "--write", str(WRITE)]
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        yield Network(process)


def _processor(number: int) -> float:
    """Seconds of processor time of a process so far; 0 where there is no /proc."""
    try:
        fields = Path(f"/proc/{number}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def measured(workers: int, stories: int, accounts: int, concurrency: int) -> dict[str, Any]:
    """Posts a second, and the processor seconds of each part for each second that it took."""
    from cryptography.fernet import Fernet

    with (
        tempfile.TemporaryDirectory() as folder,
        Database() as database,
        network() as served,
        contextlib.ExitStack() as on,
    ):
        config = Path(folder) / "config.yaml"
        names = "\n".join(ACCOUNT.format(n=n, network=served.url) for n in range(accounts))
        config.write_text(CONFIG.format(database=database.url, network=served.url, accounts=names), encoding="utf-8")
        environ = os.environ | {"SYNDICATE_KEY": Fernet.generate_key().decode()}
        syndicate = [sys.executable, "-m", "syndicate", "-c", str(config)]
        served.publish(0)
        for words in (("db", "upgrade"), ("post",)):
            subprocess.run([*syndicate, *words], env=environ, check=True, stdout=subprocess.DEVNULL)
        command = [*syndicate, "worker", "--concurrency", str(concurrency)]
        log = on.enter_context((Path(folder) / "log").open("wb"))
        running = [subprocess.Popen(command, env=environ, stdout=log, stderr=log) for _ in range(workers)]
        on.callback(lambda: [each.wait() for each in running])
        on.callback(lambda: [each.terminate() for each in running])
        time.sleep(5 + 2 * workers)  # until all of them have begun
        served.publish(stories)
        wanted, deadline = stories * accounts, time.monotonic() + PATIENCE
        while not (first := served.posted()) and time.monotonic() < deadline:
            time.sleep(0.01)
        begun, before = time.monotonic(), _spent(running, database, served)
        waiting: list[int] = []
        with psycopg.connect(database.url, autocommit=True) as looks:
            while (last := served.posted()) < wanted and time.monotonic() < deadline:
                time.sleep(0.1)
                waiting += [row[0] for row in looks.execute(WAITING)]
        took, after = time.monotonic() - begun, _spent(running, database, served)
        if last < wanted:
            raise SystemExit(f"{last} of {wanted} posts arrived:\n{(Path(folder) / 'log').read_text()[-2000:]}")
        shares = {name: round((after[name] - before[name]) / took, 2) for name in after}
        rate, waits = round((last - first) / took, 1), statistics.mean(waiting or [0])
        stops = {"bottleneck": bottleneck(shares, waits)}
        return {"workers": workers, "posts": last, "per_second": rate, **shares, "writers_waiting": waits, **stops}


def bottleneck(shares: dict[str, float], waiting: float) -> str:
    """What keeps it from more, by the cores that were used and by how many writers waited for the ledger's lock."""
    cores = os.cpu_count() or 1
    used = ", ".join(f"{name.removesuffix('_cores')} {share:.2f}" for name, share in shares.items())
    full = sum(shares.values()) > 0.9 * cores
    lock = f"the ledger takes one writer at a time, and {waiting:.0f} wait for it"
    return (
        f"{'the cores are full' if full else lock if waiting > 1 else 'all jobs at once are busy'}; cores used: {used}"
    )


def _spent(running: Sequence[subprocess.Popen[bytes]], database: Database, served: Network) -> dict[str, float]:
    return {
        "workers_cores": sum(_processor(each.pid) for each in running),
        "database_cores": database.processor(),
        "network_cores": served.processor(),
    }


def main() -> int:
    parser = argparse.ArgumentParser(description="Measure how many posts a second a fleet sends.")
    parser.add_argument("--workers", type=int, nargs="+", default=(1, 2, 4))
    parser.add_argument("--stories", type=int, default=100)
    parser.add_argument("--accounts", type=int, default=40)
    parser.add_argument("--concurrency", type=int, default=CONCURRENCY)
    parser.add_argument("--json", action="store_true", help="a line of JSON for each number of workers")
    wishes = parser.parse_args()
    best = 0.0
    for workers in wishes.workers:
        row = measured(workers, wishes.stories, wishes.accounts, wishes.concurrency)
        best = max(best, row["per_second"])
        if wishes.json:
            print(json.dumps(row), flush=True)
            continue
        print(f"{workers} workers: {row['per_second']:6.1f} posts a second ({row['posts']} posts); {row['bottleneck']}")
    if not wishes.json:
        print(f"{'ok  ' if best >= BOUND else 'OVER'} {best:.0f} posts a second at best (bound: {BOUND:.0f})")
    return 0


if __name__ == "__main__":
    sys.exit(main())
