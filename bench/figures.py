"""What a benchmark measured, as lines of JSON: `note` adds to the file that $BENCH_FIGURES names; without it, to none.

A figure is a name, a unit and the values of all its runs, so that whoever reads it can take the least, the middle or
anything else of them. What could not be measured is noted with the reason instead.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from pathlib import Path

VARIABLE = "BENCH_FIGURES"
DIGITS = 4


def note(name: str, unit: str, values: Iterable[float]) -> None:
    """Note a figure: one value for each run."""
    _add({"name": name, "unit": unit, "values": [rounded(value) for value in values]})


def note_pairs(name: str, pairs: Iterable[tuple[float, float]]) -> None:
    """Note seconds of ours and of a reference, taken in turn, and their ratios pair by pair."""
    mine, other = zip(*pairs, strict=True)
    note(name, "s", mine)
    note(f"{name}/reference", "s", other)
    note(f"{name}/ratio", "times", [a / b for a, b in zip(mine, other, strict=True)])


def note_missing(name: str, why: str) -> None:
    """Note why something could not be measured."""
    _add({"name": name, "missing": why})


def note_said(name: str, text: str) -> None:
    """Note words, such as a version."""
    _add({"name": name, "said": text})


def rounded(value: float) -> float:
    """As many digits as a measurement deserves."""
    return float(f"{value:.{DIGITS}g}")


def read(path: Path) -> dict[str, dict[str, object]]:
    """The figures of a file by their names; the last of two with one name counts."""
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    found = [json.loads(line) for line in lines]
    return {each.pop("name"): each for each in found}


def _add(record: dict[str, object]) -> None:
    where = os.environ.get(VARIABLE)
    if where:
        with Path(where).open("a", encoding="utf-8") as file:
            file.write(json.dumps(record, ensure_ascii=False) + "\n")
