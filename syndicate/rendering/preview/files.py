"""Writes a page to a file, whole or not at all, and opens it in a browser."""

from __future__ import annotations

import contextlib
import os
import stat
import tempfile
from pathlib import Path

from syndicate.errors import ConfigError


def write(path: Path, text: str) -> None:
    """Write the page next to its place, then move it there; follows links; a pipe or device is written to directly.

    Stories in it may not be public yet: a new page is for its owner and, if the umask lets it, the group.
    Raises ConfigError if it cannot be written.
    """
    try:
        place = path.resolve()
        if place.exists() and not place.is_file() and not place.is_dir():
            place.write_text(text, encoding="utf-8")  # a pipe or a device must not be replaced
        else:
            _replace(place, text)
    except (OSError, RuntimeError) as fault:  # RuntimeError: links in a circle, before Python 3.13
        words = getattr(fault, "strerror", None) or str(fault)
        raise ConfigError(f"{path} cannot be written: {words.lower()}") from fault


def _replace(place: Path, text: str) -> None:
    descriptor, made = tempfile.mkstemp(dir=place.parent, prefix=f".{place.name[:100]}.")
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
        Path(made).chmod(_mode(place))
        Path(made).replace(place)
    except BaseException:
        with contextlib.suppress(OSError):
            Path(made).unlink()
        raise


def _mode(place: Path) -> int:
    """The permissions of the page: those of the file it replaces, else those of new files, without everybody's."""
    if place.exists():
        return stat.S_IMODE(place.stat().st_mode)
    mask = os.umask(0o077)
    os.umask(mask)
    return 0o640 & ~mask


def open_in_browser(path: Path) -> bool:
    """Open the page in a browser; False if there is none."""
    import webbrowser

    return webbrowser.open(path.resolve().as_uri())


def spare(prefix: str) -> Path:
    """A temporary file for a page without a given place."""
    descriptor, made = tempfile.mkstemp(prefix=prefix, suffix=".html")
    os.close(descriptor)
    return Path(made)
