"""Loads what the daemon needs before it needs it, and notices that the installed package was replaced meanwhile."""

from __future__ import annotations

import importlib
import pkgutil
import sys
from pathlib import Path

import syndicate

ROOMS = ("app", "delivery", "ingestion", "ledger", "net", "planning", "platforms", "rendering", "sources")
APART = ("syndicate.rendering.cards", "syndicate.rendering.preview", "syndicate.sources.isolated_child")
"""Loaded by processes of their own, or by commands."""
OF_SERVERS = (
    "syndicate.ledger.postgresql",
    "syndicate.app.fleet",
    "syndicate.app.engines.fleet",
    "syndicate.app.engines.worker",
)
"""Loaded already where a server keeps the ledger; elsewhere what they import need not be installed."""


def load_rooms() -> None:
    """Import every module with which articles are read, planned, rendered and sent."""
    for room in ROOMS:
        package = importlib.import_module(f"syndicate.{room}")
        for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if not found.name.startswith((*APART, *OF_SERVERS)):
                importlib.import_module(found.name)


class Package:
    """The files of the modules that are loaded, as they were when this was made."""

    def __init__(self) -> None:
        self._root = Path(syndicate.__file__).parent
        names = [module.__file__ for module in list(sys.modules.values()) if getattr(module, "__file__", None)]
        files = [Path(name) for name in names if name and name.startswith(f"{self._root}/")]
        self._files = {file: _stamp(file) for file in files}

    def replaced(self) -> str | None:
        """What happened to them, in words; None if they are as they were."""
        if not self._root.is_dir():
            return f"the program in {self._root} is gone: install it again, then restart the daemon"
        if any(_stamp(file) != stamp for file, stamp in self._files.items()):
            return f"the program in {self._root} was replaced while it ran: restart the daemon"
        return None


def _stamp(file: Path) -> tuple[int, int, int] | None:
    try:
        found = file.stat()
    except OSError:
        return None
    return found.st_ino, found.st_size, found.st_mtime_ns
