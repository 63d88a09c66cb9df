"""The examples of examples/deploy as a test reads them: YAML as its readers take it, and programs that judge them."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests import processes

DEPLOY = Path(__file__).parents[2] / "examples" / "deploy"


def documents(path: Path) -> list[Any]:
    """The documents of a YAML file, with anchors and merges put in."""
    from ruamel.yaml import YAML

    return [*YAML(typ="safe", pure=True).load_all(path.read_text(encoding="utf-8"))]


def strings(value: Any) -> Iterator[str]:
    """Every text in a document, keys left out."""
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        for each in value:
            yield from strings(each)
    elif isinstance(value, str):
        yield value


def judged(program: str, *words: str, needs: tuple[str, ...] = ()) -> str:
    """What a program says that judges files. Skips the test where it is not installed; fails it where it refuses.

    `needs` are words with which it is asked whether it can do this at all.
    """
    judge = shutil.which(program)
    if judge is None or (needs and processes.run([judge, *needs], check=False).returncode):
        pytest.skip(f"{' '.join((program, *needs[:1]))} is not installed")
    told = processes.run([judge, *words], check=False)
    assert told.returncode == 0, told.stdout + told.stderr
    return told.stdout + told.stderr
