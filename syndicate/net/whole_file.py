"""Writes files whole or not at all: killed at any moment, the old content is there or the new one, never a part."""

from __future__ import annotations

import contextlib
import errno
import os
import stat
from pathlib import Path

from syndicate.net import file_guard

ENDING = ".syndicate"
"""What the name of a draft ends with; it begins with a dot, so that site generators leave it alone."""


def replace(path: Path, data: bytes, before: bytes | None = None) -> bool:
    """Write a file; its mode and owner stay, and a link to it stays a link. Raises OSError, also where it is read-only.

    False, and nothing is written: its content is not what it was `before`, if that is given.
    """
    real = path.resolve()
    known = _writable(real)
    draft = real.with_name(f".{real.name}{ENDING}")
    try:
        _write(draft, data, known)
        if before is not None and (_state(real) is None or real.read_bytes() != before):
            return False
        draft.replace(real)
    finally:
        draft.unlink(missing_ok=True)
    _sync(real.parent)
    return True


def require_writable(path: Path) -> None:
    """Raise OSError if `replace` could not write a file, as far as that can be told before."""
    real = path.resolve()
    if real.is_dir():
        raise IsADirectoryError(errno.EISDIR, "it is a folder", str(path))
    _writable(real)
    if not real.parent.is_dir():
        raise FileNotFoundError(errno.ENOENT, "its folder is missing", str(path))
    if not os.access(real.parent, os.W_OK):
        raise PermissionError(errno.EACCES, "its folder is read-only", str(path))


def _writable(real: Path) -> os.stat_result | None:
    """What is known of a file, None if there is none. Raises PermissionError if it is read-only."""
    known = _state(real)
    if known is not None and not (known.st_mode & 0o222 and os.access(real, os.W_OK)):
        raise PermissionError(errno.EACCES, "it is read-only", str(real))
    return known


def read(path: Path, within: Path, most: int) -> bytes:
    """The bytes of a file in a folder. Raises OSError, also where a link leads out of the folder."""
    return file_guard.read(path, (within,), most)


def is_missing(path: Path) -> bool:
    """Whether there is no file, or none that can be seen."""
    try:
        path.stat()
    except OSError:
        return True
    return False


def _state(path: Path) -> os.stat_result | None:
    with contextlib.suppress(FileNotFoundError):
        return path.stat()
    return None


def _write(draft: Path, data: bytes, known: os.stat_result | None) -> None:
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW | os.O_CLOEXEC
    with os.fdopen(os.open(draft, flags, 0o666), "wb") as file:
        file.write(data)
        file.flush()
        if known is not None:
            with contextlib.suppress(OSError):  # of another owner: then it becomes ours
                os.fchown(file.fileno(), known.st_uid, known.st_gid)
            os.fchmod(file.fileno(), stat.S_IMODE(known.st_mode))
        os.fsync(file.fileno())


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
