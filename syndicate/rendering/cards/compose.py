"""Composes a headline: its words are measured once, and its size and the ends of its lines are computed from that."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import groupby, pairwise
from typing import TypeAlias

from syndicate.model.dataclass import dataclass
from syndicate.rendering.cards.engine import Layout, TextRun
from syndicate.rendering.cards.lines import END, Piece, chosen, count, parts, printed
from syndicate.rendering.cards.setting import Measure, Setting, holds
from syndicate.rendering.cards.theme import Headline

Syllables: TypeAlias = Callable[[str], list[str]]
"""The pieces of a word between which it may be divided."""

_SMALLER = (1.0, 0.95, 0.9, 0.85, 0.8, 0.75, 0.7, 0.65)
"""Shares of the largest possible size that are tried: at a smaller one, the lines may be better."""

_SMALLNESS = 1.7
"""What a smaller size costs, against the costs in `lines`."""

_LITTLE, _FAR_SMALLER = 0.15, 3.0
"""How much smaller is hardly seen, and what more than that costs besides: a card is to be filled."""

_DIVIDED = 1.25
"""Words are divided if the headline is by so much larger then, or does not fit otherwise."""

_SLACK = 0.01
"""Share of a line's width that is left free: shaped together, words may be wider than each alone."""

_USUAL_SPACE = 0.25
"""Share of the font's size: a space, where no line has room for one between two of the headline's words."""

_INVISIBLE = str.maketrans(dict.fromkeys(f" \u00a0\u00ad\u200b\u2060\u2068\u2069{END}"))


@dataclass(frozen=True, slots=True)
class _Space:
    """What a card has room for: `column` is the width of the headline, `rest` the height of all else, `pitch` that of
    a line as a share of the font's size, and `more` what the first line has besides, if fonts differ.
    """

    column: float
    rest: float
    more: float
    pitch: float
    room: float

    def lines(self, pieces: Sequence[Piece], size: int) -> int | None:
        """How many lines there are at this size; None if they do not fit."""
        found = count(pieces, self.column * (1 - _SLACK) / size)
        return found if found and self.rest + (found * self.pitch + self.more) * size <= self.room else None

    def largest(self, pieces: Sequence[Piece], wish: Headline) -> int | None:
        """The largest size at which everything fits."""
        low, high, best = wish.smallest, max(wish.smallest, wish.largest), None
        while low <= high:
            size = (low + high) // 2
            if self.lines(pieces, size):
                best, low = size, size + 1
            else:
                high = size - 1
        return best


def composed(
    measure: Measure, wish: Headline, column: int, room: float, text: str, syllables: Syllables
) -> Setting | None:
    """The headline's setting; None where it cannot be computed, or does not come out as it was computed."""
    first = Setting(max(wish.smallest, wish.largest), column, whole=True)
    layout = measure(first)
    lines = _lines(layout, text)
    if len(lines) == 1 and holds(layout, room):
        return first
    divided = parts(text)
    pair = next((f"{one} {two}" for (one, gap), (two, _) in pairwise(divided) if gap), "")
    small = replace(first, size=wish.smallest)  # at which no word is wider than the column
    apart = measure(replace(small, text=END.join([*(part for part, _ in divided), *([pair] if pair else [])])))
    words = _lines(apart, text + pair)
    if not lines or not 0 <= len(words) - len(divided) - bool(pair) <= bool(pair):  # a long pair takes two lines
        return None
    pieces = _pieces(divided, words, small.size)
    space = _space((layout, lines, first.size), (apart, words, small.size), room)
    size = space.largest(pieces, wish)
    if size is None or size < first.size / _DIVIDED:
        pieces, size = _hyphenated(measure, small, space, wish, pieces, size, syllables)
    return None if size is None else _verified(measure, space, wish, pieces, size)


def _space(large: _Sized, small: _Sized, room: float) -> _Space:
    """What the card has room for, as the headline shows that was laid out in two sizes."""
    layout, lines, most = large
    apart, words, least = small
    pitch = (words[-1].middle - words[0].middle) / (len(words) - 1) / least if words[1:] else 1.2
    rest = apart.height - len(words) * pitch * least
    more = max(0.0, (layout.height - len(lines) * pitch * most - rest) / max(1, most - least))
    return _Space(max(line.room for line in (*lines, *words)), rest - more * least, more, pitch, room)


@dataclass(frozen=True, slots=True)
class _TextLine:
    """A line of the headline: how wide it is, where its middle is, and the width of its column."""

    width: float
    middle: float
    room: float


_Sized: TypeAlias = tuple[Layout, list[_TextLine], int]
"""A card, its headline's lines, and the size of those."""


def _lines(layout: Layout, text: str) -> list[_TextLine]:
    """The headline's lines, from top to bottom; none where no element of the card has it as its text."""
    wanted = _letters(text)
    for _, found in groupby(layout.runs, key=lambda run: run.block):
        runs = list(found)
        if _letters("".join(run.text for run in runs)) == wanted:
            return [_line(each) for each in _by_line(runs)]
    return []


def _letters(text: str) -> list[str]:
    """The letters of a text in no order: runs of one line stand as they are drawn, not as they are read."""
    return sorted(text.translate(_INVISIBLE).casefold())


def _by_line(runs: Sequence[TextRun]) -> Iterator[list[TextRun]]:
    """The runs of each line: fonts differ in height, so their middles do by a little."""
    line: list[TextRun] = []
    for run in sorted(runs, key=_middle):
        if line and _middle(run) - _middle(line[0]) > run.height / 4:
            yield line
            line = []
        line.append(run)
    if line:
        yield line


def _middle(run: TextRun) -> float:
    return run.top + run.height / 2


def _line(runs: Sequence[TextRun]) -> _TextLine:
    left, right = min(run.left for run in runs), max(run.left + run.width for run in runs)
    return _TextLine(right - left, _middle(runs[0]), runs[0].room)


def _pieces(divided: Sequence[tuple[str, str]], words: Sequence[_TextLine], size: int) -> Sequence[Piece]:
    """The headline's pieces, with widths measured at this size; after them, two of its words with a space between."""
    widths = [line.width / size for line in words]
    spaced = next((at for at, (_, gap) in enumerate(divided[:-1]) if gap), 0)
    measured = widths[-1] - widths[spaced] - widths[spaced + 1] if len(words) == len(divided) + 1 else _USUAL_SPACE
    space = max(0.0, measured)
    return [
        Piece(part, width, gap, space if gap == " " else 0.0)
        for (part, gap), width in zip(divided, widths, strict=False)
    ]


def _hyphenated(
    measure: Measure,
    small: Setting,
    space: _Space,
    wish: Headline,
    pieces: Sequence[Piece],
    size: int | None,
    syllables: Syllables,
) -> tuple[Sequence[Piece], int | None]:
    """The pieces with long words divided, and the size; as they were where that makes the headline hardly larger."""
    split = [syllables(each.text) if each.width * wish.largest > space.column / 2 else [each.text] for each in pieces]
    every = [part for found in split for part in found] + ["-"]
    words = (
        _lines(measure(replace(small, text=END.join(every))), "".join(every)) if len(every) > len(pieces) + 1 else []
    )
    if len(words) != len(every):
        return pieces, size
    *widths, hyphen = (line.width / small.size for line in words)
    wide = iter(widths)
    finer: list[Piece] = []
    for each, found in zip(pieces, split, strict=True):
        finer += [Piece(part, next(wide), tail=hyphen) for part in found[:-1]]
        finer.append(replace(each, text=found[-1], width=next(wide)))
    larger = space.largest(finer, wish)
    worth = larger is not None and (size is None or larger >= _DIVIDED * size)
    return (finer, larger) if worth else (pieces, size)


def _verified(measure: Measure, space: _Space, wish: Headline, pieces: Sequence[Piece], size: int) -> Setting | None:
    """The best setting, if the engine draws it with these lines; else a little smaller."""
    found = _best(space, wish, pieces, size)
    for less in (0, 1, 2, 4, 6):
        if found is None or found[0] - less < wish.smallest:
            return None
        text = printed(pieces, found[1])
        setting = Setting(found[0] - less, int(space.column), text=text)
        layout = measure(setting)
        if holds(layout, space.room) and len(_lines(layout, text)) == len(found[1]):
            return setting
    return None


def _best(space: _Space, wish: Headline, pieces: Sequence[Piece], largest: int) -> tuple[int, tuple[int, ...]] | None:
    """The size and the ends of lines that cost least, at the largest size or a little below."""
    best: tuple[float, int, tuple[int, ...]] | None = None
    for size in dict.fromkeys(max(wish.smallest, round(largest * share)) for share in _SMALLER):
        lines = space.lines(pieces, size)
        found = chosen(pieces, space.column * (1 - _SLACK) / size, lines) if lines else None
        if found:
            less = 1 - size / largest
            cost = found[0] + _SMALLNESS * less + _FAR_SMALLER * max(0.0, less - _LITTLE)
            best = min(best, (cost, size, found[1])) if best else (cost, size, found[1])
    return best[1:] if best else None
