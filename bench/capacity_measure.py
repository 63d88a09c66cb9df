"""Measures what `capacity_model.py` calculates with: small, on this machine, everything it talks to on loopback."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

sys.path.insert(0, str(Path(__file__).parents[1]))
sys.path.insert(0, str(Path(__file__).parent))
from bench.capacity_model import Ledger, Measured
from bench.capacity_world import Paper, Wire, handshake, spent
from bench.peer_tools import Network

ACCOUNTS = 5
"""For which each story is planned."""
CONFIG = """site: {{name: Bench, url: "http://127.0.0.1:{paper}/"}}
database: "{database}"
sources:
  news: {{url: "http://127.0.0.1:{paper}/feed", burst: off, similar: post}}
defaults: {{image: none}}
accounts:
"""
ACCOUNT = "  masto-{n}: {{platform: mastodon, url: 'https://s{n}.example', token: bench{n}, api_url: '{url}'}}\n"
LOADED = """
import os, pathlib, sys, time
from syndicate.app.runs import RealRun
from syndicate.app.wiring import App, load
with App(RealRun(load(pathlib.Path(sys.argv[1]), os.environ), os.environ)) as app:
    app.register()
    kept = next(line for line in open("/proc/self/status") if line.startswith("VmRSS"))
    print(time.process_time(), int(kept.split()[1]) * 1024)
"""


class Scale(NamedTuple):
    """How much is measured: the rounds, how many polls or stories in each, and the sizes of ledgers and configs."""

    rounds: int = 5
    times: int = 40
    stories: tuple[int, int] = (400, 1400)
    configs: tuple[int, int, int] = (50, 2000, 500)
    cards: int = 8
    photo: tuple[int, int] = (4000, 3000)


PARTS = ("base", "per_source", "per_account")
QUICK = Scale(2, 6, (60, 160), (2, 200, 60), 2)
"""For a machine that has no time: the same, less often."""
TINY = Scale(1, 3, (60, 160), (2, 40, 20), 1, (800, 600))


class Cost(NamedTuple):
    """Seconds of one piece of work: of our processor time, of the server's, and without another writer."""

    cpu: float
    server: float
    held: float


class Held:
    """Adds up the time in which nobody else can write: transactions, and single changes outside them."""

    def __init__(self, database: Any) -> None:
        self.seconds = 0.0
        self._inside = threading.local()
        transaction, change, rows = database.transaction, database.change, database.rows
        database.transaction = contextlib.contextmanager(lambda: self._whole(transaction))
        database.change = lambda sql, **values: self._timed(lambda: change(sql, **values))
        database.rows = lambda sql, **values: self._asked(rows, sql, values)

    def _whole(self, transaction: Callable[[], Any]) -> Iterator[None]:
        with self._counted(), transaction():
            yield

    def _asked(self, rows: Callable[..., Any], sql: str, values: dict[str, Any]) -> Any:
        if " RETURNING " in sql:
            return self._timed(lambda: rows(sql, **values))
        return rows(sql, **values)

    def _timed(self, work: Callable[[], Any]) -> Any:
        with self._counted():
            return work()

    @contextlib.contextmanager
    def _counted(self) -> Iterator[None]:
        outer = getattr(self._inside, "yes", False)
        self._inside.yes, begun = True, time.perf_counter()
        try:
            yield
        finally:
            self._inside.yes = outer
            self.seconds += 0.0 if outer else time.perf_counter() - begun


class Bench:
    """An app on one ledger, with a feed and a network; `server` is the process of its database, if that has one."""

    def __init__(self, folder: Path, database: str, server: int | None) -> None:
        from syndicate.app.runs import RealRun
        from syndicate.app.wiring import App, load

        self._aside, self._server = contextlib.ExitStack(), server
        self.paper, network = self._closed(Paper()), self._closed(Network())
        self.feed = self._closed(Wire(self.paper.port))
        self.paper.url = self.feed.url
        self.wire = self._closed(Wire(int(network.url.rpartition(":")[2])))
        config = folder / "config.yaml"
        listed = "".join(ACCOUNT.format(n=n, url=self.wire.url) for n in range(ACCOUNTS))
        config.write_text(CONFIG.format(paper=self.feed.port, database=database) + listed, encoding="utf-8")
        self.app = self._aside.enter_context(App(RealRun(load(config, os.environ), os.environ)))
        self.app.register()
        self.app.begin_run()
        self.held = Held(self.app.ledger.database)
        self.app.rounds.poll("news")

    def _closed(self, thing: Any) -> Any:
        self._aside.callback(thing.close)
        return thing

    def close(self) -> None:
        """End what was started."""
        self._aside.close()

    def poll(self, stories: int) -> None:
        """Reserve a poll, as each engine does, and read the feed with so many new stories."""
        now, sources = datetime.now(UTC), self.app.ledger.sources
        sources.reserve(["news"], now=now + timedelta(days=1), next_poll_at=now + timedelta(hours=1))
        self.paper.stories += stories
        found = self.app.rounds.poll("news")
        assert found.new == stories, found

    def deliver(self) -> None:
        """Post one story to each account."""
        for name in self.app.config.accounts:
            due = self.app.ledger.deliveries.next_due(name, self.app.ledger.now())
            assert due is not None, name
            after, warnings = self.app.deliver(due)
            assert after.state == "posted", (after, warnings)

    def cost(self, work: Callable[[], None], times: int) -> Cost:
        """What each time costs."""
        cpu, held, server = time.thread_time(), self.held.seconds, spent(self._server) if self._server else 0.0
        for _ in range(times):
            work()
        server = spent(self._server) - server if self._server else 0.0
        return Cost((time.thread_time() - cpu) / times, server / times, (self.held.seconds - held) / times)


def costs(bench: Bench, scale: Scale) -> dict[str, list[Cost]]:
    """Each piece of work in turn, as many rounds as wanted; the first stories warm up."""
    found: dict[str, list[Cost]] = {"unchanged": [], "whole": [], "new": [], "delivery": []}
    bench.poll(1)
    bench.deliver()
    for _ in range(scale.rounds):
        bench.paper.validated = True
        bench.poll(0)
        found["unchanged"].append(bench.cost(lambda: bench.poll(0), scale.times))
        bench.paper.validated = False
        bench.poll(0)
        found["whole"].append(bench.cost(lambda: bench.poll(0), scale.times))
        found["new"].append(bench.cost(lambda: bench.poll(1), scale.times))
        each = bench.cost(bench.deliver, scale.times)
        found["delivery"].append(Cost(*(value / ACCOUNTS for value in each)))
    return found


def traffic(bench: Bench) -> dict[str, float]:
    """Bytes of a poll answered with 304, of one answered whole, of a look at a story's page, and of a post."""
    taken: dict[str, float] = {}
    for name, validated in (("unchanged", True), ("whole", False)):
        bench.paper.validated = validated
        bench.poll(0)
        before = bench.feed.bytes
        bench.poll(0)
        taken[f"{name}_bytes"] = bench.feed.bytes - before
    bench.poll(1)
    read, sent = bench.feed.bytes, bench.wire.bytes
    bench.deliver()
    return taken | {"page_bytes": bench.feed.bytes - read, "post_bytes": (bench.wire.bytes - sent) / ACCOUNTS}


def pictures(scale: Scale) -> tuple[float, float]:
    """Seconds of processor time for reading a photo of 12 megapixels, and for drawing a card of it."""
    import hashlib

    from bench.cards import headlines, order, photo
    from syndicate.rendering.cards.draw import Drawer
    from syndicate.rendering.cards.engine import Takumi
    from syndicate.rendering.environment import builtin_templates

    data, names = photo(scale.photo), headlines()
    photo_hash = hashlib.sha256(data).hexdigest()
    drawer = Drawer(Takumi, [builtin_templates()])
    drawer.learn(data)
    drawer.card(order(next(names), photo_hash))
    read = [_worked(lambda: drawer.learn(data)) for _ in range(scale.rounds)]
    drawn = [_worked(lambda: drawer.card(order(next(names), photo_hash))) for _ in range(scale.cards)]
    return middle(read), middle(drawn)


def _worked(work: Callable[[], object]) -> float:
    begun = time.process_time()
    work()
    return time.process_time() - begun


def middle(values: list[float]) -> float:
    """The median."""
    import statistics

    return statistics.median(values)


def configs(scale: Scale) -> tuple[list[float], list[float]]:
    """Seconds to start and bytes of memory: of any process, for each source, and for each account."""
    least, sources, accounts = scale.configs
    base, more, others = (_loaded(*each) for each in ((least, least), (sources, least), (least, accounts)))
    grown = ((more, sources - least), (others, accounts - least))
    seconds, memory = (
        [base[part], *(max(0.0, each[part] - base[part]) / number for each, number in grown)] for part in (0, 1)
    )
    return seconds, memory


def _loaded(sources: int, accounts: int) -> tuple[float, float]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "config.yaml")
        lines = "".join(f'  s{n}: {{url: "https://s{n}.example/feed"}}\n' for n in range(sources))
        logins = "".join(ACCOUNT.format(n=n, url="http://127.0.0.1:9") for n in range(accounts))
        head = f'site: {{name: Bench, url: "https://gazette.example/"}}\ndatabase: sqlite:///{folder}/bench.db\n'
        path.write_text(f"{head}sources:\n{lines}accounts:\n{logins}", encoding="utf-8")
        done = subprocess.run([sys.executable, "-c", LOADED, path], check=True, capture_output=True, text=True)
    seconds, memory = done.stdout.split()
    return float(seconds), float(memory)


def connections(address: str, count: Callable[[], int], threads: tuple[int, int] = (2, 6)) -> tuple[float, float]:
    """Connections of one process: with no thread that works, and for each more that does."""
    from syndicate.ledger.postgresql import PostgresDatabase

    found = []
    for number in threads:
        database, ready, leave = PostgresDatabase(address), threading.Barrier(number + 1), threading.Event()

        def ask(database: Any = database, ready: threading.Barrier = ready, leave: threading.Event = leave) -> None:
            database.rows("SELECT 1 AS one")
            ready.wait()
            leave.wait()

        working = [threading.Thread(target=ask) for _ in range(number)]
        for each in working:
            each.start()
        ready.wait()
        found.append(count())
        leave.set()
        for each in working:
            each.join()
        database.close()
    each_thread = (found[1] - found[0]) / (threads[1] - threads[0])
    return found[0] - threads[0] * each_thread, each_thread


def ledger(work: dict[str, list[Cost]], sizes: dict[str, float]) -> Ledger:
    """The medians of processor time, and the least time alone, which other programs here lengthen; with the sizes."""
    chosen = {"cpu": middle, "server": middle, "held": min}
    found = {
        f"{name}_{kind}": choose([getattr(each, kind) for each in rounds])
        for name, rounds in work.items()
        for kind, choose in chosen.items()
    }
    return Ledger(**found, **sizes)


def opened(folder: Path, server: Any) -> Bench:
    """An app on a ledger of its own: a file, or a new database of this server."""
    if server is None:
        return Bench(folder, f"sqlite:///{folder}/bench.db", None)
    return Bench(folder, _made(server), server.process.pid)


def connected(server: Any) -> tuple[float, float]:
    """Connections of one process to this server."""
    asked = "SELECT COUNT(*) FROM pg_stat_activity WHERE application_name = 'syndicate'"
    return connections(_made(server), lambda: int(server.run(asked)[0][0]))


def _made(server: Any) -> str:
    from syndicate.ledger.postgresql import PostgresDatabase

    address = str(server.address(server.empty()))
    PostgresDatabase(address, upgrade=True).close()
    return address


def common(bench: Bench, scale: Scale, held: tuple[float, float]) -> Measured:
    """What does not depend on the ledger."""
    read, drawn = pictures(scale)
    seconds, memory = configs(scale)
    bytes_of = traffic(bench)
    named = zip(("memory", "start"), (memory, seconds), strict=True)
    parts = {f"{name}_{part}": value for name, values in named for part, value in zip(PARTS, values, strict=True)}
    wires = {"connections_base": held[0], "connections_per_thread": held[1], "handshake_bytes": float(handshake())}
    return Measured(card_cpu=drawn, photo_cpu=read, **bytes_of, **parts, **wires)
