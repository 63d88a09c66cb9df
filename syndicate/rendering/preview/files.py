"""Writing a page where somebody wants it, whole or not at all, and opening it."""

from __future__ import annotations

import contextlib
import os
import stat
import tempfile
from pathlib import Path

from syndicate.errors import ConfigError


def write(path: Path, text: str) -> None:
    """Write the page beside its place, then move it there; through links, and into what is no file as it is.

    Raises ConfigError.
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
    """Who may read the page: as the file that was there, else as this person's new files."""
    if place.exists():
        return stat.S_IMODE(place.stat().st_mode)
    mask = os.umask(0o077)
    os.umask(mask)
    return 0o666 & ~mask


def open_in_browser(path: Path) -> bool:
    """Show the page; False where there is no browser to show it in."""
    import webbrowser

    return webbrowser.open(path.resolve().as_uri())


def spare(prefix: str) -> Path:
    """A file for a page that nobody named a place for."""
    descriptor, made = tempfile.mkstemp(prefix=prefix, suffix=".html")
    os.close(descriptor)
    return Path(made)
