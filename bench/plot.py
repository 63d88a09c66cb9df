"""Draws `docs/benchmarks.json` as an SVG picture: bars of programs, durations on a line of decades, a fleet.

Made for a narrow column: 480 wide with letters of 15, so that it can be read on a telephone. It follows the reader's
choice of light or dark, and says in words what it shows.
"""

from __future__ import annotations

import math
import statistics
from collections.abc import Iterable, Iterator
from html import escape
from typing import Any, NamedTuple

WIDTH, EDGE = 480, 20
INNER = WIDTH - 2 * EDGE
ROW, BAR = 44, 14  # a label above its bar; the bar alone
GAP = 34  # between two charts
STYLE = """
.paper { fill: #ffffff; stroke: #d0d7de } .ink { fill: #1f2328 } .soft { fill: #59636e } .rule { stroke: #d0d7de }
.ours { fill: #0a63c9 } .other { fill: #8c959f } .spread { stroke: #1f2328 }
text { font: 15px system-ui, -apple-system, "Segoe UI", "Noto Sans", sans-serif } .title { font-weight: 600 }
.end { text-anchor: end } .middle { text-anchor: middle } .mine { font-weight: 600 }
@media (prefers-color-scheme: dark) {
.paper { fill: #0d1117; stroke: #30363d } .ink { fill: #f0f6fc } .soft { fill: #9da7b1 } .rule { stroke: #30363d }
.ours { fill: #58a6ff } .other { fill: #7d8590 } .spread { stroke: #f0f6fc }
}
"""
DURATIONS = (
    ("claim", "claim a delivery"),
    ("idle poll", "poll an unchanged feed (processor)"),
    ("new entry", "poll a feed with one new story"),
    ("card default", "draw a card"),
    ("help", "syndicate --help"),
    ("hook", "from a hook to the post"),
    ("post unchanged", "syndicate post, nothing new"),
    ("one", "syndicate post, one story"),
    ("hundred masto", "syndicate post, 100 stories"),
    ("four accounts", "50 stories × 4 accounts, 50 ms a write"),
)
HEAD = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}"'
    ' role="img" aria-labelledby="title about">'
)
SECONDS = {"s": 1.0, "ms": 0.001}
NAME = "syndicate"


class Measured(NamedTuple):
    """One line of a chart: its label, and the least and the middle of its runs."""

    label: str
    least: float
    middle: float


class Chart(NamedTuple):
    """A drawn chart: its elements, how high it is, and what it shows in words."""

    marks: list[str]
    height: float
    words: str


def drawn(found: dict[str, Any]) -> str:
    """The picture."""
    figures = {name: each for part in found.get("parts", {}).values() for name, each in part["figures"].items()}
    charts = [
        bars("One new story, the whole process", tools(figures, "one")),
        bars("One hundred new stories", tools(figures, "hundred")),
        decades("How long things take", durations(figures)),
        columns("Deliveries a second, by workers", fleet(figures)),
    ]
    return page(charts)


def tools(figures: dict[str, Any], what: str) -> list[Measured]:
    """What each program took, the quickest first."""
    start, there = f"peer {what}/", {name: each for name, each in figures.items() if each.get("values")}
    found = [measured(name.removeprefix(start), each) for name, each in there.items() if name.startswith(start)]
    return sorted(found, key=lambda each: each.middle)


def durations(figures: dict[str, Any]) -> list[Measured]:
    found = [measured(label, figures[name]) for name, label in DURATIONS if figures.get(name, {}).get("values")]
    return sorted(found, key=lambda each: each.middle)


def fleet(figures: dict[str, Any]) -> list[Measured]:
    return [measured(name.removeprefix("fleet "), each) for name, each in figures.items() if name.startswith("fleet ")]


def measured(label: str, figure: dict[str, Any]) -> Measured:
    """The least and the middle of a figure; times in seconds."""
    values = [value * SECONDS.get(figure["unit"], 1.0) for value in figure["values"]]
    return Measured(label, min(values), statistics.median(values))


def bars(title: str, lines: list[Measured]) -> Chart:
    """A bar for each, to the middle of its runs; a mark at the least of them."""
    if not lines:
        return nothing(title)
    most, marks, y = (
        max(each.middle for each in lines),
        [*heading(title, "middle of all runs; the line marks the least")],
        50,
    )
    for each in lines:
        kind, width = ("ours", "mine") if each.label == NAME else ("other", ""), INNER * each.middle / most
        marks += [
            text(EDGE, y, each.label, f"ink {kind[1]}"),
            text(WIDTH - EDGE, y, seconds(each.middle), f"ink end {kind[1]}"),
            box(EDGE, y + 7, width, BAR, kind[0]),
            line(EDGE + INNER * each.least / most, y + 4, y + 10 + BAR, "spread"),
        ]
        y += ROW
    return Chart(marks, y - 14, f"{title}: " + ", ".join(f"{each.label} {seconds(each.middle)}" for each in lines))


def decades(title: str, lines: list[Measured]) -> Chart:
    """A dot for each on a line of decades, with the label above it."""
    if not lines:
        return nothing(title)
    first = math.floor(math.log10(min(each.least for each in lines)))
    last = max(first + 1, math.ceil(math.log10(max(each.middle for each in lines))))

    def at(value: float) -> float:
        return EDGE + INNER * (math.log10(value) - first) / (last - first)

    powers = range(first, last + 1)
    marks, y = [*heading(title, "middle of all runs; each mark is ten times the one before")], 50
    for each in lines:
        marks += [
            text(EDGE, y, each.label, "ink"),
            text(WIDTH - EDGE, y, seconds(each.middle), "ink end"),
            f'<path class="rule" d="M{EDGE} {y + 12}H{WIDTH - EDGE}"/>',
            *(line(at(10.0**power), y + 8, y + 16, "rule") for power in powers),
            f'<circle class="ours" cx="{at(each.middle):.1f}" cy="{y + 12}" r="6"/>',
        ]
        y += ROW - 4
    for power in powers:
        place = "end" if power == last else "" if power == first else "middle"
        marks.append(text(at(10.0**power), y - 6, seconds(10.0**power), f"soft {place}"))
    said = ", ".join(f"{each.label} {seconds(each.middle)}" for each in lines)
    return Chart(marks, y, f"{title}: {said}")


def columns(title: str, lines: list[Measured]) -> Chart:
    """A bar for each number of workers."""
    if not lines:
        return nothing(title)
    most, marks, y = max(each.middle for each in lines), [*heading(title, "one database, all on one machine")], 50
    for each in lines:
        label = f"{each.label} worker{'' if each.label == '1' else 's'}"
        marks += [
            text(EDGE, y, label, "ink"),
            text(WIDTH - EDGE, y, f"{each.middle:,.0f}", "ink end"),
            box(EDGE, y + 7, INNER * each.middle / most, BAR, "ours"),
        ]
        y += ROW
    return Chart(marks, y - 14, f"{title}: " + ", ".join(f"{each.label}: {each.middle:,.0f}" for each in lines))


def nothing(title: str) -> Chart:
    """What a chart says that has no figures."""
    return Chart([*heading(title, "not measured")], 34, f"{title}: not measured")


def heading(title: str, about: str) -> Iterator[str]:
    yield text(EDGE, 0, title, "ink title")
    yield text(EDGE, 22, about, "soft")


def page(charts: Iterable[Chart]) -> str:
    """All charts below each other."""
    inside, y, words = [], 36.0, []
    for chart in charts:
        inside += [f'<g transform="translate(0 {y:g})">', *chart.marks, "</g>"]
        y += chart.height + GAP
        words.append(chart.words)
    height = y - GAP + 12
    return "\n".join(
        [
            HEAD.format(width=WIDTH, height=f"{height:g}"),
            '<title id="title">How fast syndicate is</title>',
            f'<desc id="about">{escape(". ".join(words))}.</desc>',
            f"<style>{STYLE}</style>",
            f'<rect class="paper" x="0.5" y="0.5" width="{WIDTH - 1}" height="{height - 1:g}" rx="8"/>',
            *inside,
            "</svg>\n",
        ]
    )


def seconds(value: float) -> str:
    """A duration in the unit that reads best."""
    if value >= 1:
        return f"{value:.3g} s"
    return f"{value * 1000:.3g} ms" if value >= 0.0001 else f"{value * 1e6:.3g} µs"


def text(x: float, y: float, words: str, kind: str) -> str:
    return f'<text class="{kind.strip()}" x="{x:.1f}" y="{y:g}">{escape(words)}</text>'


def box(x: float, y: float, width: float, height: float, kind: str) -> str:
    return f'<rect class="{kind}" x="{x:.1f}" y="{y:g}" width="{max(width, 1):.1f}" height="{height:g}" rx="2"/>'


def line(x: float, top: float, bottom: float, kind: str) -> str:
    return f'<path class="{kind}" d="M{x:.1f} {top:g}V{bottom:g}"/>'
