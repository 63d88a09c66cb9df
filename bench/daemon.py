"""The daemon over time: what an unchanged poll costs, how soon a hook is a post, and whether its memory stays flat.

python bench/daemon.py
"""

from __future__ import annotations

import contextlib
import socket
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

sys.path.insert(0, str(Path(__file__).parent))
from feed import Feed
from figures import note

from syndicate.config.reader import load
from syndicate.ledger.sqlite import SqliteDatabase
from syndicate.sandbox.server import Sandbox

COMMAND = str(Path(sys.executable).with_name("syndicate"))
SOURCES, POLLS, STORIES, BATCH = 40, 1000, 1000, 50
PATIENCE = 120.0
"""Seconds for a batch of posts to arrive."""
CONFIG = """site: {{name: Bench, url: "https://gazette.example/"}}
sources:
{sources}
defaults: {{image: none}}
accounts:
  hook: {{platform: webhook, url: "https://hook.example/webhook/in", api_url: "{sandbox}"}}
"""


def config(folder: Path, feed: Feed, sandbox: Sandbox, sources: int) -> Path:
    path = folder / "config.yaml"
    lines = [
        f'  s{number}: {{url: "{feed.url}?n={number}", every: 1s, preflight: off, burst: off, similar: post}}'
        for number in range(sources)
    ]
    path.write_text(CONFIG.format(sources="\n".join(lines), sandbox=sandbox.url), encoding="utf-8")
    return path


class Commits:
    """Counts what the ledger commits, from outside."""

    def __init__(self) -> None:
        self.count = 0
        transaction, change, rows = SqliteDatabase.transaction, SqliteDatabase.change, SqliteDatabase.rows
        counter = self

        @contextlib.contextmanager
        def counted(database: SqliteDatabase) -> Iterator[None]:
            outermost = not database._connection().in_transaction
            with transaction(database):
                yield
            counter.count += outermost

        def changed(database: SqliteDatabase, sql: str, **values: Any) -> int:
            counter.count += not database._connection().in_transaction
            return change(database, sql, **values)

        def read(database: SqliteDatabase, sql: str, **values: Any) -> list[dict[str, Any]]:
            writes = not sql.lstrip().startswith("SELECT")  # such as UPDATE … RETURNING
            counter.count += writes and not database._connection().in_transaction
            return rows(database, sql, **values)

        SqliteDatabase.rows = read  # type: ignore[method-assign]
        SqliteDatabase.transaction = counted  # type: ignore[method-assign]
        SqliteDatabase.change = changed  # type: ignore[method-assign]


def unchanged() -> None:
    """A warm poll that answers 304, as the daemon does it: reserve, then ask."""
    from syndicate.app.runs import RealRun
    from syndicate.app.wiring import App

    with tempfile.TemporaryDirectory() as folder, Sandbox(port=0) as sandbox:
        feed = Feed(50)
        path = config(Path(folder), feed, sandbox, 1)
        with App(RealRun(load(path, {}), {})) as app:
            app.ledger.sources.ensure("s0", app.config.sources["s0"].url)
            app.lanes.register()
            app.rounds.poll("s0")
            commits = Commits()

            def once() -> None:
                now = datetime.now(UTC)
                app.ledger.database.rows("SELECT 1")
                app.ledger.sources.reserve(["s0"], now=now + timedelta(days=1), next_poll_at=now + timedelta(hours=1))
                commits.count -= 1  # the daemon reserves all that are due at once
                assert app.rounds.poll("s0").new == 0

            for _ in range(20):
                once()
            commits.count = 0
            spent = statistics.median(found := [mean(once, 60) for _ in range(5)])
            note("idle poll", "s", found)
            each = f"{spent * 1000:.2f} ms of CPU (bound 2), {commits.count / 300:.2f} commits (bound 1)"
            print(f"a poll that answers 304: {each}")
        feed.close()


def mean(work: Callable[[], None], times: int) -> float:
    """Seconds of this thread's processor time for each time."""
    begun = time.thread_time()
    for _ in range(times):
        work()
    return (time.thread_time() - begun) / times


def told() -> None:
    """From the word of a CMS to the post, in a real daemon that asks the feed once an hour."""
    port = 28_700
    with tempfile.TemporaryDirectory() as folder, Sandbox(port=0) as sandbox:
        feed = Feed(5)
        path = config(Path(folder), feed, sandbox, 1)
        text = path.read_text(encoding="utf-8").replace("every: 1s", "every: 1h")
        path.write_text(f"{text}listen: {{address: '127.0.0.1:{port}', token: bench-token-of-16}}\n", encoding="utf-8")
        subprocess.run([COMMAND, "-c", str(path), "post"], check=True, capture_output=True)
        daemon = subprocess.Popen([COMMAND, "-c", str(path), "daemon"], stderr=subprocess.DEVNULL)
        took = []
        try:
            while not accepts(port):
                time.sleep(0.05)
            for number in range(1, 8):
                with contextlib.closing(sqlite3.connect(Path(folder) / "syndicate.db")) as ledger, ledger:
                    ledger.execute("UPDATE source SET polled_at = polled_at - 60000000")  # asked a minute ago
                feed.stories += 1
                begun = time.monotonic()
                headers = {"Authorization": "Bearer bench-token-of-16", "Content-Type": "application/json"}
                hook = f"http://127.0.0.1:{port}/hooks/publish"
                urlopen(Request(hook, b'{"source": "s0"}', headers)).close()
                while len(sandbox.posts()) < number:
                    time.sleep(0.01)
                    assert daemon.poll() is None
                took.append(time.monotonic() - begun)
        finally:
            daemon.terminate()
            daemon.wait()
            feed.close()
        note("hook", "s", took)
        print(f"from a hook to its post: {sorted(took)[len(took) // 2]:.2f} s, at most {max(took):.2f} s (bound 3)")


def accepts(port: int) -> bool:
    """Whether somebody listens there."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def memory(pid: int) -> float:
    """Resident megabytes."""
    for line in Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines():
        if line.startswith("VmRSS"):
            return int(line.split()[1]) / 1024
    return 0.0


def flat() -> None:
    """A real daemon: 1,000 polls and 1,000 deliveries."""
    with tempfile.TemporaryDirectory() as folder, Sandbox(port=0) as sandbox:
        feed = Feed(10)
        path = config(Path(folder), feed, sandbox, SOURCES)
        subprocess.run([COMMAND, "-c", str(path), "post"], check=True, capture_output=True)
        daemon = subprocess.Popen([COMMAND, "-c", str(path), "daemon"], stderr=subprocess.DEVNULL)
        seen: list[tuple[int, float]] = []
        begun = time.monotonic()
        try:
            for batch in range(STORIES // BATCH):
                feed.stories += BATCH
                if feed.stories > 200:
                    feed.first = feed.stories - 200  # the feed's window: the newest two hundred
                until = time.monotonic() + PATIENCE
                while len(sandbox.posts()) < (batch + 1) * BATCH:
                    time.sleep(0.1)
                    assert daemon.poll() is None
                    assert time.monotonic() < until, f"{len(sandbox.posts())} of {(batch + 1) * BATCH} posts arrived"
                seen.append(((batch + 1) * BATCH, memory(daemon.pid)))
            while (time.monotonic() - begun) * SOURCES < POLLS:
                time.sleep(0.2)
            end = memory(daemon.pid)
        finally:
            daemon.terminate()
            daemon.wait()
            feed.close()
        print(
            "MB after deliveries:",
            "  ".join(f"{count}: {size:.0f}" for count, size in seen[3::4]),
            f" at the end {end:.0f}",
        )
        after = [size for count, size in seen if count >= 200]
        spread = (max(after) - min(after)) / min(after) * 100
        note("memory daemon", "MB", [max(after)])
        print(f"spread after the first 200: {spread:.0f} % (bound 5); most {max(after):.0f} MB (bound 80)")


if __name__ == "__main__":
    unchanged()
    told()
    flat()
