"""Notices that the config file was changed while the daemon runs, and reads it again when told to."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path

from syndicate.app.wiring import load
from syndicate.config.schema import Config
from syndicate.errors import ConfigError


class ConfigFile:
    """The config file of a daemon that runs."""

    def __init__(self, path: Path, environ: Mapping[str, str]) -> None:
        self._path = path
        self._environ = environ
        self._stamp: tuple[int, int] | None = None
        self._digest = self._read()

    def changed(self) -> bool:
        """Whether it was changed since it was last read or this was last asked. A missing one is not changed."""
        try:
            found = self._path.stat()
        except OSError:
            return False
        stamp = found.st_mtime_ns, found.st_size
        if stamp == self._stamp:
            return False
        self._stamp, before = stamp, self._digest
        self._digest = self._read() or before
        return self._digest != before

    def read(self, running: Config) -> Config:
        """Read and check it. Raises ConfigError, also for what cannot be changed while the daemon runs."""
        digest = self._read()
        found = load(self._path, self._environ)
        self._digest = digest
        fixed = [
            name
            for name, before, after in (
                ("database", running.ledger, found.ledger),
                ("key_file", running.key_file, found.key_file),
                ("listen", running.listen, found.listen),
            )
            if before != after
        ]
        if fixed:
            raise ConfigError(
                f"{self._path}: {' and '.join(fixed)} cannot be changed while the daemon runs", hint="restart it"
            )
        return found

    def _read(self) -> bytes | None:
        try:
            return hashlib.sha256(self._path.read_bytes()).digest()
        except OSError:
            return None
