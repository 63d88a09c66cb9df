"""The page `docs/benchmarks.md`, made of the figures in `docs/benchmarks.json`; what is not there is not measured."""

from __future__ import annotations

import statistics
from collections.abc import Iterator
from typing import Any, NamedTuple

MISSING = "not measured"
MADE = "<!-- Made by bench/benchmarks.py; run `make bench`, or `python bench/benchmarks.py --page`. -->"


class Line(NamedTuple):
    """A line of a table: the figure's name, what it is, and what the reference beside it is."""

    figure: str
    words: str
    reference: str = ""


COMMANDS = (
    Line("help", "`syndicate --help`", "`python -c 'import click'`"),
    Line(
        "post unchanged",
        "`syndicate post`, nothing new in a feed of 20",
        "importing requests, click, pydantic, ruamel.yaml",
    ),
    Line("post unchanged, 500", "the same in a feed of 500", "in a feed of 20"),
    Line("one", "one new story to Mastodon, cold"),
    Line("hundred masto", "100 new stories to Mastodon", "a script of 60 lines that claims and records nothing else"),
    Line("hundred x-main", "100 new stories to X"),
    Line("four accounts", "50 stories × 4 accounts, 50 ms for each write", "50 bare writes in a cold process"),
)
RUNNING = (
    Line("idle poll", "a poll answered with 304, processor time"),
    Line("new entry", "a poll of a feed of 50 with one new entry"),
    Line("feeds 1000", "1,000 unchanged feeds, all due at once"),
    Line("feeds 10000", "10,000 unchanged feeds, all due at once"),
    Line("hook", "from a hook of the CMS to the post"),
    Line("claim", "a claim, beside 20,000 due stories of an account that waits"),
    Line("next", "finding the next delivery, there"),
    Line("tick", "finding the accounts with work, there"),
    Line("parse", "a feed of 500 entries, read", "feedparser"),
)
CARDS = (
    Line("card default", "1200 × 630, of a photo already read", "its screenshot in a warm Chromium"),
    Line("card x", "1600 × 900 (X)"),
    Line("card instagram", "1080 × 1350 (Instagram)"),
    Line("card pinterest", "1000 × 1500 (Pinterest)"),
    Line("card four", "all four, of a photo of 12 megapixels not read yet", "reading the photo and writing one JPEG"),
)
SIZES = (
    Line("install", "time to install from the lock and a cache, of the processor"),
    Line("installed", "installed, with all that it needs and without pip"),
    Line("memory hundred masto", "`syndicate post` of 100 stories to Mastodon, at most"),
    Line("memory hundred x-main", "`syndicate post` of 100 stories to X, at most"),
    Line("memory daemon", "a daemon of 40 sources, over 1,000 deliveries, at most"),
    Line("memory cards", "the process that draws cards, after 1,000"),
)
LANES = (
    Line("lanes", "16 accounts at once, 20 ms for each write"),
    Line("lanes/reference", "three bare commits and the same write, 16 at once"),
)
WORKERS = (1, 2, 4)

INTRODUCTION = """
All figures of this page are measured by one command, which also writes it: `make bench`.
Nothing is typed by hand; what was not measured says so.

A benchmark says what a machine does with what it is given.
So most figures stand beside a reference, taken in turn in the same run.
Machines differ, and so do hours, but ratios much less.
"""
SHOWN = "![{alt}](images/benchmarks.svg)"
TERMS = """
*Least* and *middle* (the median) are of all runs; their number is beside them.
*Times* is the middle of the ratios of one run to the run of the reference beside it.
Networks and sites are stand-ins on the same machine, so that what is measured is the program.
"""


class Figures:
    """The figures of all parts by name."""

    def __init__(self, found: dict[str, Any]) -> None:
        parts = found.get("parts", {}).values()
        self.all: dict[str, dict[str, Any]] = {name: each for part in parts for name, each in part["figures"].items()}

    def values(self, name: str) -> list[float]:
        """The values of all runs; empty if it was not measured."""
        return self.all.get(name, {}).get("values", [])

    def unit(self, name: str) -> str:
        return str(self.all.get(name, {}).get("unit", ""))

    def least(self, name: str) -> str:
        return amount(min(self.values(name)), self.unit(name)) if self.values(name) else MISSING

    def middle(self, name: str) -> str:
        return amount(statistics.median(self.values(name)), self.unit(name)) if self.values(name) else MISSING

    def most(self, name: str) -> str:
        return amount(max(self.values(name)), self.unit(name)) if self.values(name) else MISSING

    def why(self, name: str) -> str:
        """Why it could not be measured, if that is known."""
        return str(self.all.get(name, {}).get("missing", ""))


def amount(value: float, unit: str) -> str:
    """A value as a person reads it: three digits, and milliseconds where seconds would begin with a nought."""
    if unit == "s" and value < 1:
        return amount(value * 1000, "ms")
    if unit == "ms" and value < 0.1:
        return amount(value * 1000, "µs")
    shown = f"{value:,.0f}" if value >= 100 else f"{value:.3g}"
    return f"{shown} {unit}" if unit != "times" else f"{shown} ×"


def written(found: dict[str, Any]) -> str:
    """The page."""
    from bench.page_peers import peers

    figures = Figures(found)
    blocks = [
        ["# How fast it is", "", MADE],
        INTRODUCTION.strip().splitlines(),
        [_machine(found.get("machine", {}))],
        [SHOWN.format(alt=summary(figures))],
        [*TERMS.strip().splitlines(), *busy(found)],
        ["## A command"],
        table(figures, COMMANDS),
        ["## A daemon that runs"],
        table(figures, RUNNING),
        ["## Cards"],
        table(figures, CARDS, rate="cards a second"),
        ["## Sizes"],
        sizes(figures, SIZES),
        ["## How many posts a second"],
        ["One process, and everything but templates and HTTP:"],
        rates(figures, LANES),
        ["A fleet of workers on PostgreSQL, the database on the same machine:"],
        fleet(figures),
        ["What that means for 5,000 accounts is a [calculation of its own](operations/capacity.md)."],
        *peers(figures),
        ["## When, and by which command"],
        parts(found),
        [
            "Run one part again with `python bench/benchmarks.py PART`, which writes this page too.",
            "The figures of all runs are in [benchmarks.json](benchmarks.json).",
        ],
    ]
    return "\n\n".join("\n".join(block) for block in blocks if block) + "\n"


def busy(found: dict[str, Any]) -> list[str]:
    """A warning, where the machine had more to do than it has cores."""
    most = max((part["load"] for part in found.get("parts", {}).values()), default=0)
    if not most or most <= found["machine"]["cores"]:
        return []
    warned = f"**The machine was busy** (a load of up to {most:g} on {found['machine']['cores']} cores):"
    return [f"{warned} believe the ratios, and measure again on a quiet one for the times."]


def summary(figures: Figures) -> str:
    """What the picture shows, in words."""
    shown = ", ".join(
        f"{words} {figures.middle(name)}"
        for name, words in (("one", "one story"), ("hundred masto", "100 stories"), ("hook", "from a hook to the post"))
    )
    return f"Figures as bars: {shown}; all of them are in the tables below"


def _machine(kind: dict[str, Any]) -> str:
    if not kind:
        return "Nothing is measured yet."
    return (
        f"Measured on {kind['cores']} cores of {kind['processor']} with {kind['memory_gb']} GB ({kind['system']}),"
        f" with Python {kind['python']} and SQLite {kind['sqlite']}."
    )


def table(figures: Figures, lines: tuple[Line, ...], rate: str = "") -> list[str]:
    """What takes how long, and beside which reference."""
    head = ["what", "least", "middle", *([rate] if rate else []), "runs", "times", "of"]
    rows = []
    for line in lines:
        values, ratio = figures.values(line.figure), figures.values(f"{line.figure}/ratio")
        shown = figures.middle(f"{line.figure}/ratio").removesuffix(" ×") if ratio else ""
        seconds = statistics.median(values) if values else 0
        often = [amount(1 / seconds, "").strip() if seconds else ""] if rate else []
        reference = f"{line.reference} ({figures.middle(f'{line.figure}/reference')})" if ratio else ""
        count = str(len(values)) if values else ""
        rows.append(
            [line.words, figures.least(line.figure), figures.middle(line.figure), *often, count, shown, reference]
        )
    return _lines(head, rows)


def sizes(figures: Figures, lines: tuple[Line, ...]) -> list[str]:
    """What takes how much room."""
    return _lines(
        ["what", "most", "runs"], [[each.words, figures.most(each.figure), _count(figures, each)] for each in lines]
    )


def rates(figures: Figures, lines: tuple[Line, ...]) -> list[str]:
    """How many a second: the middle, and the most."""
    rows = [
        [each.words, figures.middle(each.figure), figures.most(each.figure), _count(figures, each)] for each in lines
    ]
    return _lines(["what", "middle", "most", "runs"], rows)


def fleet(figures: Figures) -> list[str]:
    """Deliveries a second for each number of workers."""
    rows = []
    for count in WORKERS:
        name = f"fleet {count}"
        told = str(figures.all.get(name, {}).get("bottleneck", ""))
        rows.append([str(count), figures.middle(name), told])
    return _lines(["workers", "deliveries", "what stops it"], rows)


def parts(found: dict[str, Any]) -> list[str]:
    """When each part was measured, how busy the machine was, and how."""
    rows = [
        [
            name,
            f"`{part['command']}`",
            str(part["at"])[:16].replace("T", " "),
            str(part["load"]),
            f"{part['seconds']} s",
            _ended(part),
        ]
        for name, part in found.get("parts", {}).items()
    ]
    return _lines(["part", "command", "begun (UTC)", "load", "took", ""], rows)


def _ended(part: dict[str, Any]) -> str:
    if part["exit"] < 0:
        return "stopped by somebody before its end"
    return "over a bound, or failed" if part["exit"] else ""


def _count(figures: Figures, line: Line) -> str:
    return str(len(figures.values(line.figure)) or "")


def _lines(head: list[str], rows: list[list[str]]) -> list[str]:
    return [*_row(head), f"|{'---|' * len(head)}", *(line for row in rows for line in _row(row))]


def _row(cells: list[str]) -> Iterator[str]:
    yield f"| {' | '.join(cells)} |"
