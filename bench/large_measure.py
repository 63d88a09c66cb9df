"""Measures a large ledger against the bounds that were promised for it."""

from __future__ import annotations

import contextlib
import os
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple, TypeAlias

from bench.feed import Feed
from bench.large_rows import names_of
from bench.large_words import SOURCES
from syndicate.ledger import Ledger
from syndicate.ledger.database import Database
from syndicate.ledger.deliveries import PlannedDelivery
from syndicate.ledger.sqlite import SqliteDatabase
from syndicate.model import Account, Receipt
from syndicate.sandbox.server import Sandbox

COMMAND = str(Path(sys.executable).with_name("syndicate"))
LOGINS = {
    "mastodon": "url: 'https://social.example', token: bench{n}",
    "bluesky": "handle: gazette{n}.example, app_password: bench-bench",
    "facebook": "page_id: '{n}', page_token: bench",
    "x": "api_key: bench1, api_secret: bench2, access_token: bench3{n}, access_secret: bench4",
    "folder": "path: './archive{n}'",
}
LEASE = timedelta(seconds=60)
ACCOUNT, TIMES = "masto", 20
Cost: TypeAlias = tuple[float, float]
LISTED = 200_000
"""Lines of the longest list that are waited for: millions would take minutes, at the same pace."""


def measure(ledger: Path) -> int:
    """Print each figure with its bound. Returns 1 if one is over."""
    good = [*sizes(ledger)]
    with world(ledger) as config:
        good += [*commands(ledger, config)]
    good += [*steps(SqliteDatabase(ledger))]
    return 0 if all(good) else 1


class Taken(NamedTuple):
    """What a process took: seconds, peak memory (MB), bytes printed, and seconds of the processor."""

    clock: float
    memory: float
    printed: int
    spent: float


def told(value: float, bound: float | None, unit: str, name: str) -> bool:
    """Print a figure; whether it is within its bound."""
    over = bound is not None and value > bound
    shown = f"≤ {bound:<6g}" if bound is not None else " " * 8
    print(f"{'OVER' if over else 'ok  '} {value:10,.3f} {shown} {unit:9} {name}", flush=True)
    return not over


def told_time(clock: float, spent: float, bound: float | None, unit: str, name: str) -> bool:
    """Print a time. While others use this machine as well, the processor's time counts, and the clock's is told."""
    load = os.getloadavg()[0]
    if load > 1:
        return told(spent, bound, unit, f"{name}   (of the processor; {clock:,.3f} by the clock, load {load:.0f})")
    return told(clock, bound, unit, f"{name}   ({spent:,.3f} of the processor)")


def sizes(ledger: Path) -> Iterator[bool]:
    """The bytes of an article."""
    with contextlib.closing(sqlite3.connect(f"{ledger.absolute().as_uri()}?mode=ro", uri=True)) as connection:
        [articles] = connection.execute("SELECT count(*) FROM article").fetchone()
        [pages] = connection.execute("PRAGMA page_count").fetchone()
        [size] = connection.execute("PRAGMA page_size").fetchone()
        [free] = connection.execute("PRAGMA freelist_count").fetchone()
    yield told(articles, None, "", "articles")
    yield told(pages * size / 1e9, None, "GB", "the file")
    yield told((pages - free) * size / articles, None, "bytes", "an article, with its deliveries")


@contextlib.contextmanager
def world(ledger: Path) -> Iterator[Path]:
    """A config for this ledger, with a feed for each source that has nothing new, and networks of this machine."""
    feed = Feed(20)
    with tempfile.TemporaryDirectory() as folder, Sandbox() as sandbox:
        with contextlib.closing(sqlite3.connect(ledger)) as connection:
            asked = "SELECT DISTINCT account FROM delivery"
            found = {account for (account,) in connection.execute(asked)}
        named = names_of(max(len(found), 5))
        accounts = [
            f"  {name}: {{platform: {platform}, {LOGINS[platform].format(n=number)}"
            + (f", api_url: '{sandbox.url}'}}" if platform != "folder" else "}")
            for number, (name, platform) in enumerate(named.items())
        ]
        config = Path(folder) / "config.yaml"
        lines = [f'  {source}: {{url: "{feed.url}?{source}", preflight: off, burst: off}}' for source in SOURCES]
        config.write_text(
            f"site: {{name: Bench, url: 'https://gazette.example/'}}\ndatabase: 'sqlite:///{ledger.absolute()}'\n"
            "sources:\n" + "\n".join(lines) + "\ndefaults: {image: none}\naccounts:\n" + "\n".join(accounts) + "\n",
            encoding="utf-8",
        )
        run([COMMAND, "post", "-c", str(config)])  # the first run of its sources
        try:
            yield config
        finally:
            feed.close()


def run(command: list[str], *, passes: bool = True, lines: int = sys.maxsize) -> Taken:
    """What one process takes; it is ended once it has printed so many lines."""
    start, printed = time.perf_counter(), 0
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    assert process.stdout is not None
    while block := process.stdout.read(1 << 20):
        printed += len(block)
        lines -= block.count(b"\n")
        if lines <= 0:
            process.kill()
            passes = False
            break
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode and passes:
        raise SystemExit(f"{' '.join(command)} ended with {process.returncode}")
    spent = usage.ru_utime + usage.ru_stime
    return Taken(time.perf_counter() - start, usage.ru_maxrss / 1e3, printed, spent)


def best(config: Path, *words: str) -> Taken:
    """The least that a command takes in three runs."""
    runs = [run([COMMAND, *words, "-c", str(config)]) for _ in range(3)]
    return Taken(*(min(values) for values in zip(*runs, strict=True)))


def commands(ledger: Path, config: Path) -> Iterator[bool]:
    """What the commands cost, whole processes."""
    with contextlib.closing(sqlite3.connect(ledger)) as connection:
        [address] = connection.execute("SELECT url FROM article ORDER BY rowid LIMIT 1 OFFSET 1000").fetchone()
    floor = best(config, "--version")
    yield told_time(floor.clock, floor.spent, None, "s", "syndicate --version: what any command takes")
    idle = best(config, "post")
    yield told_time(idle.clock, idle.spent, 0.5, "s", "post, nothing new")
    for words in (["deliveries", "list", "--limit", "50"], ["deliveries", "list", "--json", "--limit", "50"]):
        taken = best(config, *words)
        yield told_time(taken.clock, taken.spent, 0.5, "s", " ".join(words))
        yield told(taken.memory, 60, "MB", " ".join(words))
    dry = best(config, "post", "--dry-run")
    yield told_time(dry.clock, dry.spent, 2, "s", "post --dry-run")
    why = best(config, "explain", address)
    yield told_time(why.clock, why.spent, 0.3, "s", "explain of a story of three years ago")
    whole = ["deliveries", "list", "--json", "--all"]
    taken = run([COMMAND, *whole, "-c", str(config)], lines=LISTED)
    name = f"{' '.join(whole)}: its first {LISTED:,} lines, {taken.printed / 1e6:,.0f} MB"
    yield told_time(taken.clock, taken.spent, 20, "s", name)
    yield told(taken.memory, 100, "MB", " ".join(whole))


def steps(database: Database) -> Iterator[bool]:
    """What a claim and a tick cost, in a process that has the ledger open."""
    opened = Ledger(database, lambda: datetime.now(UTC), lambda: b"")
    opened.accounts.ensure(Account(ACCOUNT, "mastodon"), opened.now())
    found = opened.database.rows("SELECT anchor FROM article ORDER BY rowid DESC LIMIT :most", most=TIMES * 20)
    claims: list[Cost] = []
    ticks = [timed(lambda: opened.deliveries.accounts_with_work(opened.now())) for _ in range(TIMES)]
    try:
        for row in found:
            planned = PlannedDelivery(row["anchor"], ACCOUNT, "mastodon", "due", due_at=opened.now(), revision=77)
            if len(claims) == TIMES or opened.deliveries.plan(planned, opened.now()) is None:
                continue
            due = opened.deliveries.find(planned.key)
            assert due is not None
            claims.append(timed(lambda: opened.claims.claim(due, now=opened.now(), lease=LEASE)))  # noqa: B023
            claimed = opened.deliveries.find(planned.key)
            assert claimed is not None
            assert claimed.state == "sending", claimed
            opened.outcomes.posted(claimed, Receipt("1", None), now=opened.now())
    finally:
        opened.close()
    yield told_time(*middle(claims), 5, "ms", "a claim")
    yield told_time(*middle(ticks), 20, "ms", "a tick: which accounts have work")


def middle(costs: Sequence[Cost]) -> Cost:
    """The medians of clock and processor, in milliseconds."""
    clock, spent = (statistics.median(values) * 1e3 for values in zip(*costs, strict=True))
    return clock, spent


def timed(what: Callable[[], object]) -> Cost:
    """Seconds that a call takes: by the clock, and of the processor."""
    begun, before = time.perf_counter(), time.process_time()
    what()
    return time.perf_counter() - begun, time.process_time() - before
