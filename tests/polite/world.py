"""Weeks in seconds: the real daemon and the real ledger, from one due poll to the next, with restarts."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

from syndicate.app.engines.daemon import Daemon
from syndicate.app.poller import Rounds
from syndicate.app.runs import RealRun
from syndicate.app.wiring import App, load
from syndicate.ledger.database import EPOCH, MICROSECOND
from tests.polite.feeds import START, Feed, Server
from tests.polite.judge import Fault, judge
from tests.worlds.clock import Clock


class KilledError(BaseException):
    """The process is no more."""


class Inline:
    """An executor on this thread: one thing after the other, the same each time."""

    def submit(self, work, *arguments):
        work(*arguments)


class Idle:
    """An executor that never gets round to it: nothing is delivered here."""

    def submit(self, work, *arguments):
        pass


class Mortal:
    """The door to the web, on which the process may die: `kill` is "before", "after" the request, or None."""

    def __init__(self, http, world):
        self._http, self._world = http, world

    def on_behalf_of(self, *sources):
        return Mortal(self._http.on_behalf_of(*sources), self._world)

    def call(self, method, url, **options):
        kill, self._world.kill = self._world.kill, None
        if kill == "before":
            raise KilledError
        began = len(self._world.server.seen)
        reply = self._world.ask(self._http, method, url, options)
        if kill == "after":
            seen = self._world.server.seen
            seen[began:] = [replace(each, lost=True) for each in seen[began:]]
            raise KilledError
        return reply


class World:
    """A site's server, a config that reads it, and a daemon that comes and goes. `ask` may be replaced."""

    def __init__(self, folder: Path, feeds: list[Feed]) -> None:
        self.clock = Clock(START)
        self.feeds = feeds
        self.server = Server(feeds, self.clock)
        self.restarts: list[datetime] = []
        self.kill: str | None = None
        self.said: list[dict] = []
        self.path = folder / "config.yaml"
        lines = []
        for feed in feeds:
            every = f", every: {feed.every}" if feed.every else ""
            login = f"{feed.login}@" if feed.login else ""
            url = f"http://{login}{self.server.here}{feed.path}"
            lines += [f"  {name}: {{url: '{url}'{every}, preflight: off}}" for name in feed.names]
        self.path.write_text(
            "site: {name: G, url: 'https://gazette.example/'}\nnetwork: {allow: [127.0.0.0/8]}\nsources:\n"
            + "\n".join(lines)
            + "\naccounts:\n  hook: {platform: webhook, url: 'https://hook.example/in', secret: hook-secret-1}\n"
        )
        self.config = load(self.path, {})
        self.start()

    def ask(self, http, method, url, options):
        return http.call(method, url, **options)

    def start(self) -> None:
        self.app = App(RealRun(self.config, {}, self.clock))
        self.app.ledger.database.rows("PRAGMA synchronous=OFF")  # the disk's own time is not what is tried here
        mortal = Mortal(self.app.doors.web, self)
        self.app.rounds = Rounds(self.config, self.app.accounts, self.app.ledger, lambda: mortal, self.clock)
        self.daemon = Daemon(
            self.app, lambda event, **fields: self.said.append({"event": event, **fields}), threading.Event()
        )
        self.daemon._polls, self.daemon._lanes = Inline(), Idle()
        self.daemon.upkeep.begin()

    def restart(self) -> None:
        self.app.close()
        self.restarts.append(self.clock.now)
        self.start()

    def next_at(self) -> datetime:
        [row] = self.app.ledger.database.rows("SELECT MIN(next_poll_at) AS at FROM source")
        return EPOCH + row["at"] * MICROSECOND

    def run(self, until: datetime) -> None:
        """From one due poll to the next."""
        while True:
            self.clock.now = max(self.clock.now, min(until, self.next_at()))
            if self.clock.now >= until:
                return
            self.tick()

    def tick(self) -> None:
        try:
            self.daemon._start_polls()
        except KilledError:
            self.restart()

    def crash(self, *, times: int, apart: timedelta, kill: str) -> None:
        """A loop of crashes, each in the middle of the first poll there is to do."""
        for _ in range(times):
            self.kill = kill
            self.clock.now = max(self.clock.now + apart, self.next_at() if kill == "after" else self.clock.now)
            before = len(self.restarts)
            self.tick()
            self.kill = None
            if len(self.restarts) == before:  # there was nothing to do
                self.restart()

    def faults(self) -> list[Fault]:
        return judge(self.feeds, self.server.seen, self.restarts, self.clock.now)

    def close(self) -> None:
        self.app.close()
        self.server.close()
