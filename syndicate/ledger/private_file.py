"""Makes files that their owner alone may read, whatever the umask, and never through a link that lies there."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

_NEW = os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC


def create(path: Path) -> int:
    """Make a new file; returns its descriptor, for writing. Raises FileExistsError where anything has this name."""
    return os.open(path, os.O_WRONLY | _NEW, 0o600)


def create_anew(path: Path) -> int:
    """The same in the place of what a killed process of ours has left there."""
    path.unlink(missing_ok=True)
    return create(path)


def require(path: Path) -> None:
    """Make an empty file unless there is one, which keeps its mode. A link is followed to where it leads."""
    with contextlib.suppress(FileExistsError):
        os.close(create(path.resolve()))
