"""Writing a page where somebody wants it, whole or not at all, and opening it."""

from __future__ import annotations

import contextlib
import os
import tempfile
from pathlib import Path

from syndicate.errors import ConfigError


def write(path: Path, text: str) -> None:
    """Write the page beside its place, then move it there. Raises ConfigError."""
    try:
        descriptor, made = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        try:
            with os.fdopen(descriptor, "w", encoding="utf-8") as file:
                file.write(text)
            os.chmod(made, 0o644)  # noqa: PTH101 - a page is for others to read, too
            os.replace(made, path)  # noqa: PTH105
        except BaseException:
            with contextlib.suppress(OSError):
                os.unlink(made)  # noqa: PTH108
            raise
    except OSError as fault:
        raise ConfigError(f"{path} cannot be written: {(fault.strerror or str(fault)).lower()}") from fault


def open_in_browser(path: Path) -> bool:
    """Show the page; False where there is no browser to show it in."""
    import webbrowser

    return webbrowser.open(path.resolve().as_uri())


def spare(prefix: str) -> Path:
    """A file for a page that nobody named a place for."""
    descriptor, made = tempfile.mkstemp(prefix=prefix, suffix=".html")
    os.close(descriptor)
    return Path(made)
