"""A fleet of workers in a test's folder: real processes, a ledger on a real PostgreSQL server, and the sandbox."""

from __future__ import annotations

import os
import signal
import sys
from collections import Counter

from tests import processes
from tests.waiting import PATIENCE


class Fleet:
    """A desk with an upgraded ledger on the server, where the first reading was done."""

    def __init__(self, desk, postgres):
        self.desk, self.site, self.sandbox = desk, desk.site, desk.sandbox
        self.postgres, self.name = postgres, postgres.empty()
        self.config("masto", "bsky")
        assert desk("db", "upgrade").code == 0
        assert desk("post").code == 0

    def config(self, *accounts, extra="", **fields):
        at = self.postgres.address(self.name)
        self.desk.config(*accounts, extra=f"database: {at}\n{extra}", source=", every: 1s", **fields)

    def asked(self, statement):
        return self.postgres.run(statement, self.name)

    def start(self, number, *words, environ=None):
        """A worker, whose log goes into a file of this number."""
        with self.log(number).open("w") as log:
            ours = {name: value for name, value in os.environ.items() if name != "SYNDICATE_CONFIG"}
            command = [sys.executable, "-m", "syndicate", "-c", str(self.desk.path), "worker", *words]
            return processes.start(command, stderr=log, env=ours | (environ or {}), cwd=self.desk.folder)

    def log(self, number):
        return self.desk.folder / f"worker-{number}.log"

    def said(self, number):
        return self.log(number).read_text(encoding="utf-8")

    def states(self):
        return Counter(row["state"] for row in self.desk("deliveries", "list", "--json").rows)

    def posted(self):
        """How often each story was posted on each network."""
        return Counter((post["platform"], post["link"]) for post in self.sandbox.posts())


def ends(*workers):
    """They are told to end, and do."""
    for worker in workers:
        worker.send_signal(signal.SIGTERM)
    return [worker.wait(PATIENCE) for worker in workers] == [0] * len(workers)
