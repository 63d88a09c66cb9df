"""Kills one delivery before and after each commit of the ledger and each request, one run for each instant.

`python -m tests.chaos.steps CONFIG SANDBOX [EVERY [DATABASE [WORD…]]]` prints a JSON line for each instant, or each
EVERYth: what it was, what the network holds and what the ledger says once the next run has had its turn. DATABASE is
the address of the ledger on a PostgreSQL server that the config names, by a role that may make databases; "" is a file.
The words are what is run instead of `post`, and typed once more after the kill, as a person would. The instants of a
run that nothing ends are written to ORDER beside the config. The hooks are put around the ledger and the door from
here; the product knows nothing of them.
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

    def install(self, kept: KeptFile | KeptDatabase) -> None:
        """Around single statements, the ends of transactions, and requests to a network."""
        kind, inside = kept.database(), kept.inside
        transaction = kind.transaction

        @contextlib.contextmanager
        def watched(database: Any) -> Iterator[None]:
            outermost = not inside(database)
            with transaction(database):
                yield
                if outermost:
                    self.pass_by("before a commit")
            if outermost:
                self.pass_by("after a commit")

        def statement(database: Any, *given: Any, **_: Any) -> str | None:
            sql = next(each for each in given if isinstance(each, str))
            return None if inside(database) else f"the statement {' '.join(sql.split()[:4])}"

        def request(_door: RequestsHttp, method: str, url: str, **_: Any) -> str | None:
            return f"the request {method} {url.rpartition('/')[2][:30]}"

        ahead.FRESH = timedelta(seconds=PATIENCE)  # each run has the same instants, however busy the machine is
        kind.transaction = watched
        setattr(kind, kept.change, self.around(getattr(kind, kept.change), statement))
        RequestsHttp.call = self.around(RequestsHttp.call, request)  # type: ignore[method-assign]


class KeptFile:
    """The ledger of a config in a file, as it is put back before each run."""

    change = "change"

    def __init__(self, config: Path) -> None:
        self._ledger, self._kept = config.parent / "syndicate.db", config.parent / "kept.db"
        shutil.copy(self._ledger, self._kept)

    def put_back(self) -> None:
        for path in self._ledger.parent.glob("syndicate.db*"):
            if path.suffix != ".key":
                path.unlink()
        shutil.copy(self._kept, self._ledger)

    def database(self) -> Any:
        return SqliteDatabase

    def inside(self, database: Any) -> bool:
        return bool(database._connection().in_transaction)

    def states(self) -> list[str]:
        database = SqliteDatabase(self._ledger)
        try:
            return [row["state"] for row in database.rows("SELECT state FROM delivery")]
        finally:
            database.close()


class KeptDatabase:
    """The ledger of a config on a PostgreSQL server, as it is put back before each run."""

    change = "_written"

    def __init__(self, config: Path, address: str) -> None:
        self._beside, self._address = config.parent, address
        before, _, after = address.partition("?")
        self._name = before.rpartition("/")[2]
        self._admin = f"{before.removesuffix(self._name)}postgres?{after}"
        self._do(f"ALTER DATABASE {self._name} RENAME TO {self._name}_kept")

    def _do(self, statement: str, address: str = "") -> list[tuple[Any, ...]]:
        import psycopg

        with psycopg.connect(address or self._admin, autocommit=True) as connection:
            cursor = connection.execute(statement.encode())
            return cursor.fetchall() if cursor.description else []

    def put_back(self) -> None:
        for path in self._beside.glob("postgresql*"):  # what this machine knows of its runs
            path.unlink()
        self._do(f"DROP DATABASE IF EXISTS {self._name} WITH (FORCE)")
        self._do(f"CREATE DATABASE {self._name} TEMPLATE {self._name}_kept STRATEGY FILE_COPY")

    def database(self) -> Any:
        from syndicate.ledger.postgresql import PostgresDatabase

        return PostgresDatabase

    def inside(self, database: Any) -> bool:
        return bool(database._connections.mine().inside)

    def states(self) -> list[str]:
        return [state for (state,) in self._do("SELECT state FROM delivery", self._address)]


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


def instants(config: Path, sandbox: str, every: int, address: str | None, words: list[str]) -> Iterator[dict[str, Any]]:
    """Each instant of one run in turn, until a run ends before its kill."""
    kept = KeptDatabase(config, address) if address else KeptFile(config)
    kept.put_back()
    import_what_a_run_needs(["-c", str(config), "post"], config.parent / "modules")
    for number in range(1, MOST, every):
        kept.put_back()
        asked("DELETE", f"{sandbox}/_sandbox/posts")
        reading, writing = os.pipe()

        def run(number: int = number, writing: int = writing) -> None:
            hooks = Hooks(number, writing)
            hooks.install(kept)
            try:
                main(["-c", str(config), *(words or ["post"])])
            finally:
                (config.parent / ORDER).write_text("\n".join(hooks.seen), encoding="utf-8")

        status = forked(run)
        os.close(writing)
        what = os.read(reading, 200).decode()
        os.close(reading)
        if status != -signal.SIGKILL:
            return
        forked(lambda: main(["-c", str(config), "post", "--wait", "2m"]))
        if words:
            forked(lambda: main(["-c", str(config), *words]))
        posts = asked("GET", f"{sandbox}/_sandbox/posts")
        yield {
            "number": number,
            "what": what,
            "posts": len(posts),
            "twice": len(posts) - len({post["text"] for post in posts}),
            "states": kept.states(),
        }


if __name__ == "__main__":
    CONFIG, SANDBOX, *MORE = sys.argv[1:]
    EVERY, ADDRESS, *WORDS = [*MORE, *("1", "")[len(MORE) :]]
    for instant in instants(Path(CONFIG), SANDBOX, int(EVERY), ADDRESS or None, WORDS):
        sys.stdout.write(json.dumps(instant) + "\n")
        sys.stdout.flush()
