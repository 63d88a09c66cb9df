"""Kills one delivery before and after each commit of the ledger and each request, one run for each instant.

`python -m tests.chaos.steps CONFIG SANDBOX` prints a JSON line for each instant: what it was, what the
network holds and what the ledger says once the next run has had its turn. The instants of a run that nothing ends
are written to ORDER beside the config. The hooks are put around the ledger and the door from here; the product knows
nothing of them.
"""

from __future__ import annotations

import contextlib
import importlib
import json
import os
import shutil
import signal
import sys
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

from syndicate.cli import main
from syndicate.delivery import ahead
from syndicate.ledger.sqlite import SqliteDatabase
from syndicate.net.http import RequestsHttp
from tests.waiting import PATIENCE

MOST = 400
ORDER = "order.txt"


class Hooks:
    """Counts instants, and ends the process by SIGKILL at the one that is wanted."""

    def __init__(self, wanted: int, told: int) -> None:
        self.wanted, self.told = wanted, told
        self.seen: list[str] = []

    def pass_by(self, what: str) -> None:
        self.seen.append(what)
        if len(self.seen) == self.wanted:
            os.write(self.told, what.encode())
            os.kill(os.getpid(), signal.SIGKILL)

    def around(self, function: Callable[..., Any], name: Callable[..., str | None]) -> Callable[..., Any]:
        def wrapped(*arguments: Any, **options: Any) -> Any:
            what = name(*arguments, **options)
            if what is None:
                return function(*arguments, **options)
            self.pass_by(f"before {what}")
            answer = function(*arguments, **options)
            self.pass_by(f"after {what}")
            return answer

        return wrapped

    def install(self) -> None:
        """Around single statements, the ends of transactions, and requests to a network."""
        transaction = SqliteDatabase.transaction

        @contextlib.contextmanager
        def watched(database: SqliteDatabase) -> Iterator[None]:
            outermost = not database._connection().in_transaction
            with transaction(database):
                yield
                if outermost:
                    self.pass_by("before a commit")
            if outermost:
                self.pass_by("after a commit")

        def statement(database: SqliteDatabase, sql: str, **_: Any) -> str | None:
            return None if database._connection().in_transaction else f"the statement {' '.join(sql.split()[:4])}"

        def request(_door: RequestsHttp, method: str, url: str, **_: Any) -> str | None:
            return f"the request {method} {url.rpartition('/')[2][:30]}"

        ahead.FRESH = timedelta(seconds=PATIENCE)  # each run has the same instants, however busy the machine is
        SqliteDatabase.transaction = watched  # type: ignore[method-assign]
        SqliteDatabase.change = self.around(SqliteDatabase.change, statement)  # type: ignore[method-assign]
        RequestsHttp.call = self.around(RequestsHttp.call, request)  # type: ignore[method-assign]


def forked(work: Callable[[], None]) -> int:
    """Run in a process of its own, with everything imported; its status."""
    child = os.fork()
    if child == 0:
        silent = os.open(os.devnull, os.O_WRONLY)
        os.dup2(silent, 1)
        os.dup2(silent, 2)
        code = 1
        try:
            work()
        except SystemExit as ended:
            code = int(ended.code or 0)
        finally:
            os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def import_what_a_run_needs(command: list[str], told: Path) -> None:
    """Most of a run's time is its imports. A run in a fork tells which those are, so that no other has to."""

    def run() -> None:
        try:
            main(command)
        finally:
            told.write_text("\n".join(sys.modules), encoding="utf-8")

    forked(run)
    for name in told.read_text(encoding="utf-8").split():
        with contextlib.suppress(ImportError):
            importlib.import_module(name)


def asked(method: str, url: str) -> Any:
    with urlopen(Request(url, method=method), timeout=PATIENCE) as reply:
        body = reply.read()
    return json.loads(body) if body else None


def instants(config: Path, sandbox: str) -> Iterator[dict[str, Any]]:
    """Each instant of one run in turn, until a run ends before its kill."""
    ledger, kept = config.parent / "syndicate.db", config.parent / "kept.db"
    shutil.copy(ledger, kept)
    import_what_a_run_needs(["-c", str(config), "post"], config.parent / "modules")
    for number in range(1, MOST):
        for path in config.parent.glob("syndicate.db*"):
            if path.suffix != ".key":
                path.unlink()
        shutil.copy(kept, ledger)
        asked("DELETE", f"{sandbox}/_sandbox/posts")
        reading, writing = os.pipe()

        def run(number: int = number, writing: int = writing) -> None:
            hooks = Hooks(number, writing)
            hooks.install()
            try:
                main(["-c", str(config), "post"])
            finally:
                (config.parent / ORDER).write_text("\n".join(hooks.seen), encoding="utf-8")

        status = forked(run)
        os.close(writing)
        what = os.read(reading, 200).decode()
        os.close(reading)
        if status != -signal.SIGKILL:
            return
        forked(lambda: main(["-c", str(config), "post", "--wait", "2m"]))
        posts = asked("GET", f"{sandbox}/_sandbox/posts")
        yield {
            "number": number,
            "what": what,
            "posts": len(posts),
            "twice": len(posts) - len({post["text"] for post in posts}),
            "states": _states(ledger),
        }


def _states(ledger: Path) -> list[str]:
    database = SqliteDatabase(ledger)
    try:
        return [row["state"] for row in database.rows("SELECT state FROM delivery")]
    finally:
        database.close()


if __name__ == "__main__":
    for instant in instants(Path(sys.argv[1]), sys.argv[2]):
        sys.stdout.write(json.dumps(instant) + "\n")
        sys.stdout.flush()
