"""Reads regular files that stay in their folder, once all links are resolved, and never more than was asked for.

What comes by git, in an archive or from many authors may hold a link to a file elsewhere, to a device that never
ends, or a pipe at which a reader waits for ever.
"""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Literal, TypeAlias

Refusal: TypeAlias = Literal["outside", "loop", "nowhere", "irregular", "large"]
"""Why a file is not read."""

WORDS: Mapping[Refusal, str] = {
    "outside": "a link that leads out of its folder",
    "loop": "a link that leads to itself",
    "nowhere": "a link that leads nowhere",
    "irregular": "no regular file",
    "large": "too large",
}


class RefusedFile(OSError):
    """A file that is there and is not read. `strerror` says why in words, `filename` which."""

    def __init__(self, path: Path, why: Refusal) -> None:
        super().__init__(errno.EPERM, WORDS[why], str(path))
        self.why: Refusal = why


def check(path: Path, within: Sequence[Path] | None) -> Path:
    """Where a regular file really is. Raises RefusedFile, and OSError where there is none.

    It must be in one of the folders `within`; None: wherever the person who named it wants it.
    """
    try:
        real = path.resolve(strict=True)
    except RuntimeError as fault:  # a loop, up to Python 3.12
        raise RefusedFile(path, "loop") from fault
    except OSError as fault:
        if fault.errno == errno.ELOOP:
            raise RefusedFile(path, "loop") from fault
        if fault.errno == errno.ENOENT and path.is_symlink():
            raise RefusedFile(path, "nowhere") from fault
        raise
    if within is not None and not any(real.is_relative_to(folder.resolve()) for folder in within):
        raise RefusedFile(path, "outside")
    if not stat.S_ISREG(real.stat().st_mode):
        raise RefusedFile(path, "irregular")
    return real


def read(path: Path, within: Sequence[Path] | None, most: int, *, cut: bool = False) -> bytes:
    """The bytes of a regular file. One that is longer than `most` is refused, or `cut` there.

    Raises RefusedFile, and OSError where it cannot be read. Opening waits for nobody.
    """
    real = check(path, within)
    descriptor = os.open(real, os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW | os.O_NOCTTY | os.O_CLOEXEC)
    with open(descriptor, "rb") as file:  # noqa: PTH123 - it is open already
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise RefusedFile(path, "irregular")
        data = file.read(most + 1)
    if len(data) > most and not cut:
        raise RefusedFile(path, "large")
    return data[:most]
