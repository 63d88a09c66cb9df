"""The files of a folder, written and read through `Http`, each whole or not at all."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

from syndicate.errors import Rejected, Unavailable
from syndicate.ports import NOBODY, Clock, OAuth1, Part, Reply

if TYPE_CHECKING:
    from collections.abc import Mapping


class FileDoor:
    """`ports.Http` for `file:` addresses below one directory: GET, PUT, MOVE, DELETE, each whole or not at all."""

    def __init__(self, root: Path, clock: Clock) -> None:
        self._root = root.absolute()
        self._clock = clock
        self.sender = NOBODY

    def call(
        self,
        method: str,
        url: str,
        *,
        params: Mapping[str, str] | None = None,  # noqa: ARG002 - the port's; files take none of these
        json: Any = None,  # noqa: ARG002
        data: bytes | Mapping[str, str] | None = None,
        files: Mapping[str, Part] | None = None,  # noqa: ARG002
        headers: Mapping[str, str] | None = None,
        auth: OAuth1 | None = None,  # noqa: ARG002
        sample: Any = None,  # noqa: ARG002
    ) -> Reply:
        """Do it, and answer with HTTP's statuses: 404 for a missing file, 412 if a MOVE's target exists."""
        path = self._below(url)
        try:
            status, body = self._act(method, path, data, headers or {})
        except OSError as fault:
            raise Unavailable(f"folder: {fault.strerror or fault}: {fault.filename or path}") from fault
        return Reply(status, {}, body, url, self._clock())

    def _act(
        self, method: str, path: Path, data: bytes | Mapping[str, str] | None, headers: Mapping[str, str]
    ) -> tuple[int, bytes]:
        if method == "PUT" and isinstance(data, bytes):
            hidden = any(part.startswith(".") for part in path.relative_to(self._root).parts)
            return _put(path, data, lasting=not hidden)
        if method == "MOVE":
            return _move(path, self._below(headers["Destination"]))
        if method == "GET":
            return _get(path)
        if method == "DELETE":
            return _delete(path)
        raise Rejected(f"folder: {method} does not work on files")

    def _below(self, url: str) -> Path:
        """The path of a `file:` address. Raises Rejected for any other address, or one outside the root."""
        parts = urlsplit(url)
        path = Path(os.path.normpath(unquote(parts.path)))
        if parts.scheme != "file" or not path.is_relative_to(self._root):
            raise Rejected(f"folder: {url} is not below {self._root}")
        return path


def _get(path: Path) -> tuple[int, bytes]:
    if path.is_dir():
        return 200, json.dumps(sorted(item.name for item in path.iterdir() if not item.name.startswith("."))).encode()
    return (200, path.read_bytes()) if path.exists() else (404, b"")


def _put(path: Path, data: bytes, *, lasting: bool) -> tuple[int, bytes]:
    """Write a file so that readers see the old one or the new one; if `lasting`, also after a power cut:
    files in a hidden directory have to survive one only once they are moved into place.
    """
    for missing in [folder for folder in path.parents if not folder.exists()][::-1]:
        missing.mkdir(mode=0o755, exist_ok=True)  # for everybody to read, as a web server does, and for us to write
    draft = path.with_name(f".{path.name}.{os.urandom(8).hex()}")
    try:
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o644), "wb") as file:
            file.write(data)
        if lasting:
            _settle(draft)
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
    if lasting:
        _settle(path.parent)
    return 201, b"{}"


def _move(path: Path, destination: Path) -> tuple[int, bytes]:
    """Rename; if two processes try at once, one succeeds."""
    try:
        for file in [*path.iterdir(), path]:
            _settle(file)
        path.rename(destination)
    except OSError:
        if destination.exists():
            return 412, b""
        if not path.exists():
            return 404, b""
        raise
    _settle(destination.parent)
    return 201, b"{}"


def _delete(path: Path) -> tuple[int, bytes]:
    if not path.exists():
        return 404, b""
    doomed = path.with_name(f".{path.name}.{os.urandom(8).hex()}")
    path.rename(doomed)
    if doomed.is_dir():
        import shutil

        shutil.rmtree(doomed)
    else:
        doomed.unlink()
    return 204, b"{}"


def _settle(path: Path) -> None:
    """Make what was written to a file, or renamed in a directory, survive a power cut."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
