"""Builds a project's wheel and source archive, by the tool that builds ours."""

from __future__ import annotations

import sys
from pathlib import Path

from tests import processes


def build(source: Path, place: Path, *kinds: str) -> list[Path]:
    """Build these kinds, `wheel` and `sdist`, of the project at `source`."""
    asked = [word for kind in kinds for word in ("-t", kind)]
    processes.run([sys.executable, "-m", "hatchling", "build", *asked, "-d", str(place)], cwd=source)
    return sorted(place.iterdir())
