"""Notices that the config file was changed while the daemon runs, and reads it again when told to."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path

from syndicate.app.wiring import load
from syndicate.config.schema import Config
from syndicate.errors import ConfigError


class ConfigFile:
    """The config file of a daemon that runs, with those that it names: `files`. `path` may be a folder of them."""

    def __init__(self, path: Path, environ: Mapping[str, str], files: Sequence[Path] = ()) -> None:
        self._path = path
        self._environ = environ
        self._files = files or (path,)
        self._stamp: list[tuple[int, int] | None] = []
        self._digest = self._read()

    def changed(self) -> bool:
        """Whether it was changed since it was last read or this was last asked. A missing one is not changed."""
        stamp = [*map(_stamp, self._files)]
        if stamp == self._stamp or stamp[0] is None:
            return False
        self._stamp, before = stamp, self._digest
        self._digest = self._read() or before
        return self._digest != before

    def read(self, running: Config) -> Config:
        """Read and check it. Raises ConfigError, also for what cannot be changed while the daemon runs."""
        digest = self._read()
        found = load(self._path, self._environ)
        if self._files != (found.files or self._files):
            self._files = found.files
            digest = self._read()
        self._digest, self._stamp = digest, []
        fixed = [
            name
            for name, before, after in (
                ("database", running.database, found.database),
                ("key_file", running.key_file, found.key_file),
                ("listen", running.listen, found.listen),
            )
            if before != after
        ]
        if fixed:
            raise ConfigError(
                f"{self._path}: {' and '.join(fixed)} cannot be changed while the daemon runs", hint="restart it"
            )
        if not found.broken:
            return found
        from syndicate.config.sites import with_former

        return with_former(found, running)

    def _read(self) -> bytes | None:
        found = [*map(_content, self._files)]
        return None if found[0] is None else hashlib.sha256(b"\0".join(each or b"" for each in found)).digest()


def _stamp(path: Path) -> tuple[int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size


def _content(path: Path) -> bytes | None:
    """The digest of a file, or of the names in a folder; None where there is none."""
    try:
        data = "\n".join(sorted(each.name for each in path.iterdir())).encode() if path.is_dir() else path.read_bytes()
    except OSError:
        return None
    return hashlib.sha256(data).digest()
