"""Writes files whole or not at all: killed at any moment, the old content is there or the new one, never a part."""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
import stat
from collections.abc import Iterator
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
        if before is None:
            draft.replace(real)
        elif not _swapped(draft, real, before):
            return False
    finally:
        draft.unlink(missing_ok=True)
    _sync(real.parent)
    return True


def append(path: Path, data: bytes, *, durable: bool) -> None:
    """Write at the end of a file that there is, in one piece: killed meanwhile, at most its own last line is cut.

    Whoever replaces the file by its content of before gets False, or this goes to the new one. `durable`: it is on the
    disk before this returns. Raises OSError.
    """
    real = path.resolve()
    with _alone(real) as file:
        if os.write(file, data) != len(data):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(path))
        if durable:
            os.fsync(file)


def _swapped(draft: Path, real: Path, before: bytes) -> bool:
    """Put the draft in place of a file whose content is as it was."""
    try:
        with _alone(real):
            if real.read_bytes() != before:
                return False
            draft.replace(real)
    except FileNotFoundError:
        return False
    return True


@contextlib.contextmanager
def _alone(real: Path) -> Iterator[int]:
    """The file, open for appending, while nobody else appends to it and nobody replaces it."""
    while True:
        file = os.open(real, os.O_WRONLY | os.O_APPEND | os.O_NOFOLLOW | os.O_CLOEXEC)
        try:
            with contextlib.suppress(OSError):  # a disk without locks
                fcntl.flock(file, fcntl.LOCK_EX)
            now = _state(real)
            if now is not None and os.path.samestat(now, os.fstat(file)):
                yield file
                return
        finally:
            os.close(file)


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
