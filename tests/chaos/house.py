"""A publisher's folder, a site, the stand-ins as a process of their own, and a daemon that comes and goes."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import sys
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from subprocess import DEVNULL, Popen
from typing import Any
from urllib.request import Request, urlopen

from tests import processes
from tests.chaos.networks import ACCOUNTS, accounts
from tests.chaos.storm import Gazette
from tests.waiting import PATIENCE, wait_for
from tests.worlds.fake_clock import FakeClock

TOLD = r"""import json, sys
with open(sys.argv[1], "a", encoding="utf-8") as told:
    told.write(sys.stdin.read().rstrip() + "\n")
"""


class House:
    """A publisher's folder, a site, the stand-ins as a process of their own, and a daemon that comes and goes."""

    def __init__(self, folder: Path, library: str | None) -> None:
        """`library` is libfaketime, with which the clock of every command can be set."""
        self.folder = folder
        self.config, self.ledger = folder / "config.yaml", folder / "syndicate.db"
        self.site = Gazette()
        port = processes.free_port()
        self.network = f"http://127.0.0.1:{port}"
        words = [sys.executable, "-m", "syndicate", "sandbox", "--port", str(port)]
        self._stand_ins = processes.start(words, stdout=DEVNULL, stderr=DEVNULL, start_new_session=True, cwd=folder)
        self.names = {name: name for name in ACCOUNTS}
        self.daemon: Popen[bytes] | None = None
        self._clock = FakeClock(folder, library) if library else None
        self.environ = self._clock.environ if self._clock else {}
        (folder / "told.py").write_text(TOLD, encoding="utf-8")
        (folder / "told").touch()
        self.configure()
        assert wait_for(self._answers)

    def close(self) -> None:
        self.kill()
        processes.end(self._stand_ins)
        self.site.close()

    def _answers(self) -> bool:
        with contextlib.suppress(OSError):
            self.asked("GET", "/_sandbox/posts")
            return True
        return False

    def asked(self, method: str, path: str, body: object = None) -> Any:
        data = None if body is None else json.dumps(body).encode()
        with urlopen(Request(self.network + path, data=data, method=method), timeout=PATIENCE) as reply:
            return json.loads(reply.read() or b"null")

    def configure(self, max_age: str = "24h") -> None:
        """Write the config with the accounts under their present names."""
        command = json.dumps([sys.executable, str(self.folder / "told.py"), str(self.folder / "told")])
        self.config.write_text(
            f'site: {{name: Gazette, url: "{self.site.url}/", language: en}}\n'
            f'sources: {{news: {{url: "{self.site.url}/rss.xml", every: 1s, burst: off}}}}\n'
            f"lease: 5s\nnetwork: {{timeout: 2s}}\nalerts: {{command: {command}}}\n"
            f"defaults: {{image: none, settle: 2s, max_age: {max_age}, schedule: {{catch_up: all}}}}\n"
            f"{accounts(self.network, called=self.names)}",
            encoding="utf-8",
        )

    def command(self, *words: str) -> list[str]:
        return [sys.executable, "-m", "syndicate", "-c", str(self.config), *words]

    def run(self, *words: str) -> None:
        """One command, to its end; what it says goes to the log."""
        with (self.folder / "said.log").open("ab") as log:
            process = processes.start(self.command(*words), stdout=log, stderr=log, env=os.environ | self.environ)
            process.wait(5 * PATIENCE)

    def start(self) -> None:
        with (self.folder / "said.log").open("ab") as log:
            words = self.command("daemon")
            self.daemon = processes.start(words, stdout=log, stderr=log, env=os.environ | self.environ)

    def kill(self) -> None:
        """Pull the plug of the daemon."""
        if self.daemon:
            self.daemon.send_signal(signal.SIGKILL)
            self.daemon.wait()
            self.daemon = None

    def set_clock(self, offset: timedelta) -> None:
        """Of the daemon and of every command; their monotonic clock goes on as it did."""
        assert self._clock is not None
        self._clock.set(int(offset.total_seconds()))

    def publish(self, count: int) -> list[str]:
        return [self.site.link(story) for story in self.site.publish(count)]

    def posts(self) -> dict[tuple[str, str], int]:
        found: dict[tuple[str, str], int] = {}
        for post in self.asked("GET", "/_sandbox/posts"):
            at = post["platform"], post["link"].partition("?")[0]
            found[at] = found.get(at, 0) + 1
        return found

    def rows(self) -> list[dict[str, Any]]:
        listed = processes.run(self.command("deliveries", "list", "--json"), check=False)
        return [row for line in listed.stdout.splitlines() if (row := json.loads(line)).get("article")]

    def out(self, links: Sequence[str]) -> bool:
        """Whether they stand on every network."""
        posts = self.posts()
        return all((network, link) in posts for network in ACCOUNTS for link in links)

    def waiting(self, links: Sequence[str], *states: str) -> bool:
        """Whether any of them is still to go by itself, or in one of these states."""
        wanted = states or ("due", "sending", "unknown")
        return any(row["state"] in wanted for row in self.rows() if row["article"] in links)

    def settle(self) -> None:
        """Run after run, until nothing is left that goes by itself."""
        for _ in range(8):
            self.run("post", "--wait", "5s")
            if not any(row["state"] in {"due", "sending", "unknown"} for row in self.rows()):
                return

    def said(self) -> str:
        return (self.folder / "said.log").read_text(encoding="utf-8")[-4000:]
