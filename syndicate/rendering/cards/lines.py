"""Chooses where a headline's lines end: lines of similar length, no word alone on one if that can be helped. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from syndicate.model.dataclass import dataclass

_GAP = re.compile("( +|\u200b+)|(?<=\\w{3}[-\u2010\u2013\u2014])(?=\\w{3})")
"""Where a line may end: between words, and after the dash of a compound."""

END = "\u2028"
"""Where a line ends: `<br>` in the card's HTML."""

ALONE, ALONE_AT_THE_END = 0.12, 0.8
"""What a word alone on a line costs, in squares of the column's width, and on the last line."""

_HYPHEN, _SHORT, _PAUSE = 0.1, 0.02, -0.03
"""The same of a line that ends within a word, after a very short word, or where the sentence pauses."""

_PAUSES = tuple(":;,.!?\u2013\u2014\u060c\u061b\u061f\u0964\u3001\u3002\uff0c\uff1a\uff1b\uff01\uff1f")
"""Colon, comma, full stop and their kin: Latin, Arabic, Devanagari, Chinese and Japanese."""


@dataclass(frozen=True, slots=True)
class Piece:
    """What stays on one line; widths are shares of the font's size.

    `gap` stands between it and the next piece on the same line, `space` wide. `tail` is the width of the hyphen that is
    written where a line ends after it, within a word; 0 for a whole word.
    """

    text: str
    width: float
    gap: str = ""
    space: float = 0.0
    tail: float = 0.0


def parts(text: str) -> list[tuple[str, str]]:
    """The parts of a headline that stay on one line, each with what follows it: a space, U+200B, or nothing."""
    found, start = [], 0
    for gap in _GAP.finditer(text):
        found.append((text[start : gap.start()], (gap[1] or "")[:1]))
        start = gap.end()
    return [*found, (text[start:], "")]


def count(pieces: Sequence[Piece], room: float) -> int | None:
    """How many lines the pieces need; None if one of them is wider than the column."""
    lines, used = 1, 0.0
    before: Piece | None = None
    for each in pieces:
        tail = each.tail if each is not pieces[-1] else 0.0
        if each.width + tail > room:
            return None
        wide = used + (before.space if before else 0.0) + each.width
        if before and wide + tail > room:
            lines, used = lines + 1, each.width
        else:
            used = wide
        before = each
    return lines


def chosen(pieces: Sequence[Piece], room: float, lines: int) -> tuple[float, tuple[int, ...]] | None:
    """The best way to set the pieces in so many lines: what it costs, and the number of pieces before each line's end.

    None if they do not fit in so many.
    """
    best: dict[int, tuple[float, tuple[int, ...]]] = {0: (0.0, ())}
    for line in range(1, lines + 1):
        after: dict[int, tuple[float, tuple[int, ...]]] = {}
        for start, (cost, ends) in best.items():
            for end, width in _widths(pieces, start, room):
                last = end == len(pieces)
                if last != (line == lines):
                    continue
                alone = _alone(pieces[max(0, start - 1) : end], first=start == 0)
                dear = cost + _cost(pieces[start:end], width / room, alone=alone, last=last)
                if end not in after or dear < after[end][0]:
                    after[end] = dear, (*ends, end)
        best = after
    return best.get(len(pieces))


def _widths(pieces: Sequence[Piece], start: int, room: float) -> Iterator[tuple[int, float]]:
    """How far a line may reach that begins with this piece: its end, and how wide it is then."""
    width = 0.0
    for end in range(start + 1, len(pieces) + 1):
        each = pieces[end - 1]
        width += each.width + (pieces[end - 2].space if end > start + 1 else 0.0)
        whole = width + (each.tail if end < len(pieces) else 0.0)
        if width > room:
            return
        if whole <= room:
            yield end, whole


def _alone(line: Sequence[Piece], *, first: bool) -> bool:
    """Whether this line is one word; before it is the piece that ends the line above, unless it is the first line."""
    before, words = (None, line) if first else (line[0], line[1:])
    return all(each.tail for each in words[:-1]) and not words[-1].tail and not (before and before.tail)


def _cost(line: Sequence[Piece], filled: float, *, alone: bool, last: bool) -> float:
    cost = (1 - filled) ** 2
    if alone:
        cost += ALONE_AT_THE_END if last else ALONE
    if last:
        return cost
    if line[-1].tail:
        return cost + _HYPHEN
    if line[-1].text.endswith(_PAUSES):
        return cost + _PAUSE
    return cost + (_SHORT if len(line[-1].text) <= 2 else 0.0)


def printed(pieces: Sequence[Piece], ends: Sequence[int]) -> str:
    """The headline with the end of each line."""
    return END.join(_line(pieces[start:end]) for start, end in pairwise((0, *ends)))


def _line(pieces: Sequence[Piece]) -> str:
    hyphen = "-" if pieces[-1].tail else ""
    return "".join(each.text + each.gap for each in pieces[:-1]) + pieces[-1].text + hyphen
