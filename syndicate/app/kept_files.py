"""Keeps what rehearsals leave to look at: in a folder for one person alone, for a week."""

from __future__ import annotations

import contextlib
import os
import shutil
import stat
import tempfile
import time
from pathlib import Path

WEEK = 7 * 24 * 3600.0  # seconds


def kept_folder(kind: str) -> Path:
    """A new folder. What was kept a week ago is removed."""
    return Path(tempfile.mkdtemp(prefix=f"{kind}-", dir=_room()))


def kept_file(name: str, data: bytes) -> Path | None:
    """A file by this name, which says what is in it; None where it cannot be written."""
    try:
        path = _room() / name
        if path.exists():
            os.utime(path)
            return path
        handle, draft = tempfile.mkstemp(dir=path.parent)
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        Path(draft).replace(path)
    except OSError:
        return None
    return path


def place() -> Path:
    """This person's folder among the temporary ones."""
    return Path(tempfile.gettempdir(), f"syndicate-{os.getuid() if hasattr(os, 'getuid') else 'kept'}")


def _room() -> Path:
    """The folder, without what is too old; one that is not theirs alone is not used."""
    room = place()
    with contextlib.suppress(FileExistsError):
        room.mkdir(mode=0o700)
    found = room.lstat()
    mine = not hasattr(os, "getuid") or (found.st_uid == os.getuid() and not found.st_mode & 0o077)
    if not stat.S_ISDIR(found.st_mode) or not mine:
        return Path(tempfile.mkdtemp(prefix="syndicate-"))
    for old in room.iterdir():
        with contextlib.suppress(OSError):
            if old.lstat().st_mtime < time.time() - WEEK:
                shutil.rmtree(old) if old.is_dir() and not old.is_symlink() else old.unlink()
    return room
