"""What following many feeds costs, and what one new entry costs.

python bench/feeds.py [FEEDS]
"""

from __future__ import annotations

import logging
import statistics
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import requests

sys.path.insert(0, str(Path(__file__).parent))
from crowd import Crowd
from figures import note

from syndicate import aliases
from syndicate.app.clock import now
from syndicate.app.engines.daemon import Daemon
from syndicate.app.poller import Rounds
from syndicate.app.runs import RealRun
from syndicate.app.wiring import App
from syndicate.config.reader import load
from syndicate.ingestion import poll
from syndicate.ingestion.poll import Polled
from syndicate.ledger.sqlite import SqliteDatabase
from syndicate.model import Validators
from syndicate.net.http import RequestsHttp
from syndicate.sources.formats import feed

CONFIG = """site: {{name: Bench, url: "https://gazette.example/"}}
sources:
{sources}
defaults: {{image: none}}
accounts:
  hook: {{platform: webhook, url: "https://hook.example/webhook/in"}}
  archive: {{platform: folder, path: archive}}
"""
CROWDS = {1_000: 1.5, 10_000: 15.0}  # feeds, and the seconds they may take
ONE_NEW = 6.0  # milliseconds
WARM = 20  # polls before it counts


class Counting(Rounds):
    """Says when the last of its sources was read."""

    def __init__(self, app: App) -> None:
        super().__init__(app.config, app.accounts, app.ledger, lambda: app.doors.web, now)
        self.left, self.done = len(app.config.sources), 0.0
        self._counting = threading.Lock()

    def poll(self, name: str, backfill: int = 0) -> Polled:
        polled = super().poll(name, backfill)
        self.done = time.perf_counter()
        with self._counting:
            self.left -= 1
        return polled


class Timed(Daemon):
    """Remembers its first tick."""

    began = 0.0

    def _tick(self) -> None:
        self.began = self.began or time.perf_counter()
        super()._tick()


logging.getLogger("apscheduler").setLevel(logging.ERROR)


def config(folder: str, urls: list[str]) -> Path:
    path = Path(folder, "config.yaml")
    lines = "\n".join(f'  s{number}: {{url: "{url}", every: 1h}}' for number, url in enumerate(urls))
    path.write_text(CONFIG.format(sources=lines), encoding="utf-8")
    return path


def crowd(count: int) -> tuple[float, float]:
    """Seconds, and seconds of this process's CPU, until a daemon has read so many unchanged feeds, all due at once."""
    failed: list[object] = []
    with tempfile.TemporaryDirectory() as folder:
        server = Crowd()
        path = config(folder, [server.url(number) for number in range(count)])
        with App(RealRun(load(path, {}), {})) as app:
            app.rounds = rounds = Counting(app)
            at = now()
            with app.ledger.transaction():
                for name, source in app.config.sources.items():
                    app.ledger.sources.ensure(name, source.url)
                    app.ledger.sources.read(name, Validators(etag='"1"'), baseline_at=at, entries=50, next_poll_at=at)
            stop = threading.Event()

            def say(event: str, **facts: object) -> None:
                if event in ("source.failed", "bug"):
                    failed.append(facts)

            daemon = Timed(app, say, stop)

            def watch() -> None:
                while rounds.left > 0 and not failed:
                    time.sleep(0.01)
                stop.set()

            threading.Thread(target=watch).start()
            spent = time.process_time()
            daemon.run()
            spent = time.process_time() - spent
        server.close()
    if failed:
        raise SystemExit(f"{failed[0]}")
    return rounds.done - daemon.began, spent


class Clock:
    """Adds up what some functions take, each without what others of them take inside it."""

    def __init__(self) -> None:
        self.spent: dict[str, list[float]] = {}
        self._inside = 0.0

    def watch(self, owner: Any, name: str, part: str) -> None:
        function = getattr(owner, name)

        def timed(*args: Any, **options: Any) -> Any:
            outer, self._inside = self._inside, 0.0
            begun = time.perf_counter()
            try:
                return function(*args, **options)
            finally:
                took = time.perf_counter() - begun
                self.spent.setdefault(part, []).append(took - self._inside)
                self._inside = outer + took

        setattr(owner, name, timed)


def one_new(rounds: int = 200) -> tuple[list[float], dict[str, float], float]:
    """Milliseconds of each poll of a feed with 50 entries, one of them new, in a warm process; of its parts; of CPU."""
    clock, taken, cpu = Clock(), [], 0.0
    clock.watch(RequestsHttp, "call", "fetching")
    clock.watch(feed, "read_feed", "parsing")
    clock.watch(aliases, "drop_repeated", "names")
    clock.watch(aliases, "content_hash", "names")
    clock.watch(SqliteDatabase, "rows", "ledger")
    clock.watch(SqliteDatabase, "change", "ledger")
    clock.watch(poll, "_record", "deciding")
    server = Crowd()
    with tempfile.TemporaryDirectory() as folder, App(RealRun(load(config(folder, [server.growing]), {}), {})) as app:
        app.lanes.register()
        app.rounds.poll("s0")
        for number in range(rounds + WARM):
            if number == WARM:
                clock.spent.clear()
                cpu = time.thread_time()
            begun = time.perf_counter()
            polled = app.rounds.poll("s0")
            taken.append((time.perf_counter() - begun) * 1000)
            assert (polled.new, len(polled.keys)) == (1, 2), polled
        cpu = time.thread_time() - cpu
    server.close()
    parts = {part: sum(times) / rounds * 1000 for part, times in clock.spent.items()}
    return taken[WARM:], parts, cpu / rounds * 1000


def bare(urls: list[str], *, parse: bool = False) -> float:
    """Seconds for reading these with requests and nothing else; `parse`: and the standard library's XML reader."""
    with requests.Session() as session:
        begun = time.perf_counter()
        for url in urls:
            body = session.get(url, headers={"If-None-Match": '"1"'}, timeout=30).content
            if parse:
                ET.fromstring(body)
        return time.perf_counter() - begun


def bare_figures() -> tuple[float, float]:
    """What an unchanged feed of another host each time, and a feed of 50 entries, cost at the least: milliseconds."""
    server = Crowd()
    urls = [server.url(number) for number in range(500)]
    unchanged = min(bare(urls) for _ in range(2)) / len(urls)
    changed = min(bare([server.growing] * 100, parse=True) for _ in range(2)) / 100
    server.close()
    return unchanged * 1000, changed * 1000


def main() -> None:
    unchanged, changed = bare_figures()
    good = True
    counts = [int(word) for word in sys.argv[1:] if word.isdecimal()] or [*CROWDS]
    for count in counts:
        bound = CROWDS.get(count, count * 1.5 / 1000)
        found = [crowd(count) for _ in range(3)]
        best, spent = min(found)
        note(f"feeds {count}", "s", [seconds for seconds, _ in found])
        good = good and best <= bound
        every = ", ".join(f"{seconds:.2f}" for seconds, _ in found)
        verdict = "ok  " if best <= bound else "OVER"
        print(f"{verdict} {best:6.2f} ≤ {bound:<5} s for {count:,} unchanged feeds, {spent:.2f} s of CPU   ({every})")
        each = best / count * 1000
        print(f"     {each:.2f} ms each; requests alone takes {unchanged:.2f}: {each / unchanged:.2f} times")
    taken, parts, cpu = one_new()
    note("new entry", "ms", taken)
    best = min(statistics.median(taken[start : start + 40]) for start in range(0, len(taken), 40))
    verdict = "ok  " if best <= ONE_NEW else "OVER"
    print(
        f"{verdict} {best:6.2f} ≤ {ONE_NEW:<5} ms for a feed of 50 entries, one new   "
        f"(median of the calmest 40 of {len(taken)}; of all {statistics.median(taken):.2f}; least {min(taken):.2f})"
    )
    print(f"     requests and ElementTree alone take {changed:.2f}: {best / changed:.2f} times")
    parts["commit and the rest"] = statistics.mean(taken) - sum(parts.values())
    print("     on average: " + ", ".join(f"{part} {spent:.2f}" for part, spent in parts.items()) + f"; CPU {cpu:.2f}")
    sys.exit(0 if good and best <= ONE_NEW else 1)


if __name__ == "__main__":
    main()
