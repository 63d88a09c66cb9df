"""Shortens a template's output, in marked parts, to the longest text that fits a network's limit.

A template's output contains marks (noncharacters, which no article keeps): for parts that may be shortened, and
for parts that stay whole and whose positions the adapters need. What is shortened, in this order:

1. parts with `drop`, the lowest priority first, among equals the last first; each is cut at a word while
   something worth reading is left (three words, ten graphemes), and otherwise vanishes;
2. long hashtags, whole, the longest first;
3. other `fit` parts, in the same order, down to something worth reading;
4. hashtags, whole, from the last;
5. `fit` parts again, down to their first letter.

Links and mentions are never shortened. If that is not enough, the text is too long. A hashtag that the text has
already is left out.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from typing import Any, ClassVar, Literal, Self, SupportsIndex, TypeAlias, overload

from syndicate.errors import RenderError, TooLong
from syndicate.model import Limits, Span
from syndicate.model.dataclass import dataclass
from syndicate.text import addresses, breaks, clip, graphemes, has_hashtag, unspaced

Kind: TypeAlias = Literal["text", "fit", "drop", "link", "tag", "mention"]
Measure: TypeAlias = Callable[[str], int]

_OPEN: dict[Kind, str] = {
    "fit": "\ufdd0",
    "drop": "\ufdd1",
    "link": "\ufdd2",
    "tag": "\ufdd3",
    "mention": "\ufdd4",
}
_KINDS = {mark: kind for kind, mark in _OPEN.items()}
_CLOSE = "\ufddf"
PART = "\ufdd8"
"""Where a template's `part()` ends one post of a thread and begins the next."""

_PRIORITY = "\ufde0"
_MARKED = re.compile("([\ufdd0-\ufdd4])([\ufde0-\ufde9]?)([^\ufdd0-\ufdef]*)\ufddf")
_STRAY = re.compile("[\ufdd0-\ufdef]")

_LOOSE_SPACES = re.compile(r"(?<=\n)[ \t]+|[ \t]+(?=\n)|(?<=[ \t])[ \t]+")
_LOOSE_LINES = re.compile(r"\A\s+|\s+\Z|(?<=\n\n)\n+")

DEFAULT_PRIORITY = 5

_LONG_TAG = 20
"""Graphemes, with the `#`, beyond which a hashtag is not worth a word of the headline."""


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of a template's output. Of two parts, the one with the lower priority is shortened first."""

    kind: Kind
    text: str
    priority: int = DEFAULT_PRIORITY


@dataclass(frozen=True, slots=True)
class Fitted:
    """A text that fits, and the positions of its links, tags and mentions."""

    text: str
    spans: tuple[Span, ...]


class Whole(str):
    """Text that is never cut. It compares and filters as plain text, and prints with its marks."""

    __slots__ = ()
    kind: ClassVar[Kind]

    def __str__(self) -> str:
        return mark(self.kind, self[:])

    def __add__(self, other: str) -> str:
        return str(self) + str(other)

    def __radd__(self, other: str) -> str:
        return str(other) + str(self)


class Link(Whole):
    """The article's address, with its campaign parameters. It prints as `shown`, as the network's own app shows it."""

    __slots__ = ("shown",)
    kind = "link"
    shown: str

    def __new__(cls, address: str, shown: str | None = None) -> Self:
        """`shown` None: the whole address."""
        made = super().__new__(cls, address)
        made.shown = address if shown is None else shown
        return made

    def __str__(self) -> str:
        return mark(self.kind, self.shown)


class Tag(Whole):
    """One hashtag, with its `#`."""

    __slots__ = ()
    kind = "tag"


class Mention(Whole):
    """One handle, as the network writes it: `@paper.example`."""

    __slots__ = ()
    kind = "mention"


class Hashtags(tuple[Tag, ...]):
    """Hashtags that print with a space between them."""

    __slots__ = ()

    def __str__(self) -> str:
        return " ".join(map(str, self))

    @overload
    def __getitem__(self, key: SupportsIndex) -> Tag: ...
    @overload
    def __getitem__(self, key: slice) -> Hashtags: ...
    def __getitem__(self, key: SupportsIndex | slice) -> Tag | Hashtags:
        return Hashtags(super().__getitem__(key)) if isinstance(key, slice) else super().__getitem__(key)


def mark(kind: Kind, text: str, priority: int = DEFAULT_PRIORITY) -> str:
    """`text` between marks; an empty text has no marks."""
    return f"{_OPEN[kind]}{chr(ord(_PRIORITY) + priority)}{text}{_CLOSE}" if text else ""


def may_give_way(value: Any, *, drop: bool = False, priority: int = DEFAULT_PRIORITY) -> str:
    """The `fit` filter: everything in `value` that is not marked yet may be cut, or dropped whole.

    Raises ValueError for a priority outside 0 to 9.
    """
    if priority not in range(10):
        raise ValueError(f"a priority is a number from 0 to 9, not {priority}")
    kind: Kind = "drop" if drop else "fit"
    return "".join(_yielding(part, kind, priority) for part in parse("" if value is None else str(value)))


def _yielding(part: Part, kind: Kind, priority: int) -> str:
    """The part marked, unless it is already; white space at its ends separates it from others and stays."""
    if part.kind != "text":
        return mark(part.kind, part.text, part.priority)
    core = part.text.strip()
    if not core:
        return part.text
    before, _, after = part.text.partition(core)
    return before + mark(kind, core, priority) + after


def parse(marked: str) -> list[Part]:
    """The parts of a template's output. Raises RenderError if a filter damaged the marks, or no post can be parted."""
    if PART in marked:
        raise RenderError("part() is for post.txt.j2, and not inside of what fit shortens: take it out")
    parts: list[Part] = []
    position = 0
    for found in _MARKED.finditer(marked):
        parts.append(Part("text", marked[position : found.start()]))
        opening, priority, text = found.groups()
        rank = ord(priority) - ord(_PRIORITY) if priority else DEFAULT_PRIORITY
        parts.append(Part(_KINDS[opening], text, rank))
        position = found.end()
    parts.append(Part("text", marked[position:]))
    if any(_STRAY.search(part.text) for part in parts):
        raise RenderError(
            "a filter after fit, link or a hashtag damaged its marks", hint="put fit last: {{ … | upper | fit }}"
        )
    return [part for part in parts if part.text]


def fit(marked: str, limits: Limits, measure: Measure) -> Fitted:
    """The longest form of `marked` within `limits.text` (as `measure` counts), `text_bytes` and `text_points`.

    Calls `measure` some twenty times at most, and once when everything fits.
    Raises TooLong when nothing more can be shortened.
    """
    parts = parse(re.sub("\r\n?", "\n", marked) if "\r" in marked else marked)
    fits = _memory(limits, measure)
    whole = _assemble(parts, [part.text for part in parts])
    ceiling = 4 * limits.text + 1000
    if len(whole.text) <= ceiling and fits(whole.text):
        return whole
    fitting = _Fitting(parts, fits, ceiling)
    if not fitting.shrink():
        raise _too_long(fitting.result().text, limits, measure)
    fitting.grow()
    return fitting.result()


def _too_long(least: str, limits: Limits, measure: Measure) -> TooLong:
    length, limit, unit = measure(least), limits.text, ""
    if length <= limit and limits.text_bytes is not None:
        length, limit, unit = len(least.encode()), limits.text_bytes, " bytes"
    if length <= limit and limits.text_points is not None:
        length, limit, unit = len(least), limits.text_points, " code points"
    return TooLong(f"the text is {length} of {limit}{unit} long, and nothing more in it can be shortened")


def _memory(limits: Limits, measure: Measure) -> Callable[[str], bool]:
    """Whether a text fits; each text is measured once, since twitter-text takes a millisecond."""
    known: dict[str, bool] = {}

    def fits(text: str) -> bool:
        if text not in known:
            within_bytes = limits.text_bytes is None or len(text.encode()) <= limits.text_bytes
            within_points = limits.text_points is None or len(text) <= limits.text_points
            known[text] = within_bytes and within_points and measure(text) <= limits.text
        return known[text]

    return fits


class _Ladder:
    """The forms of one part, from the shortest (0) to the longest (`top`); made when needed."""

    def __init__(self, part: Part, ceiling: int) -> None:
        self._text = part.text
        self._least = [""] if part.kind in ("drop", "tag") else []
        ends = [] if part.kind == "tag" else [end for end in breaks(part.text) if end <= ceiling]
        first = bisect_left(ends, True, key=lambda end: _worth_reading(part.text[:end]))  # once worth it, always
        self._ends = ends[first:] if part.kind == "drop" else ends
        self._whole = len(part.text) <= ceiling or not ends
        self.readable = len(self._least) + (0 if part.kind == "drop" else min(first, max(len(ends) - 1, 0)))
        self.top = len(self._least) + len(self._ends) - (not self._whole)

    def at(self, level: int) -> str:
        if level == self.top and self._whole:
            return self._text
        return self._least[0] if level < len(self._least) else clip(self._text, self._ends[level - len(self._least)])


def _worth_reading(text: str) -> bool:
    return len(graphemes(text)) >= 10 and (len(text.split()) >= 3 or unspaced(text))


class _Fitting:
    """The state of one text while it is fitted: which form each part has now."""

    def __init__(self, parts: Sequence[Part], fits: Callable[[str], bool], ceiling: int) -> None:
        self._parts = parts
        self._fits = fits
        self._ladders = {
            at: _Ladder(part, ceiling) for at, part in enumerate(parts) if part.kind in ("fit", "drop", "tag")
        }
        self._levels = {at: ladder.top for at, ladder in self._ladders.items()}
        self._given: list[int] = []

    def result(self) -> Fitted:
        texts = [
            self._ladders[at].at(self._levels[at]) if at in self._ladders else part.text
            for at, part in enumerate(self._parts)
        ]
        return _assemble(self._parts, texts)

    def shrink(self) -> bool:
        """Shorten the parts, in order, until the text fits; False if it never does."""
        if self._fits(self.result().text):
            return True
        for at, level in self._steps():
            if level < self._levels[at]:
                self._levels[at] = level
                self._given.append(at)
                if self._fits(self.result().text):
                    return True
        return False

    def _steps(self) -> Iterator[tuple[int, int]]:
        yielding = self._of("drop"), self._of("fit"), self._of("tag")
        sizes = {at: len(graphemes(self._parts[at].text)) for at in yielding[2]}
        long = sorted((at for at in yielding[2] if sizes[at] > _LONG_TAG), key=lambda at: -sizes[at])
        yield from ((at, 0) for at in (*yielding[0], *long))
        yield from ((at, self._ladders[at].readable) for at in yielding[1])
        yield from ((at, 0) for at in (*yielding[2], *yielding[1]))

    def _of(self, kind: Kind) -> list[int]:
        """The parts of a kind, in the order in which they are shortened."""
        found = [at for at in self._ladders if self._parts[at].kind == kind]
        return sorted(found, key=lambda at: (self._parts[at].priority, -at))

    def grow(self) -> None:
        """Lengthen parts as far as they fit, the last shortened first; dropped parts only if no other had to be cut."""
        cut = [at for at in self._given if self._parts[at].kind == "fit"]
        dropped = [at for at in self._given if self._parts[at].kind == "drop"]
        for at in dict.fromkeys(reversed(cut or dropped)):
            self._levels[at] = self._highest(at)

    def _highest(self, at: int) -> int:
        low, high = self._levels[at], self._ladders[at].top
        while low < high:
            middle = (low + high + 1) // 2
            self._levels[at] = middle
            if self._fits(self.result().text):
                low = middle
            else:
                high = middle - 1
        return low


def _assemble(parts: Sequence[Part], texts: Sequence[str]) -> Fitted:
    """The text of the parts in their present forms, without the gaps that dropped ones would leave."""
    texts = _without_repeated_tags(parts, texts)
    spans = []
    offset = 0
    for part, text in zip(parts, texts, strict=True):
        if text and part.kind in ("link", "tag", "mention"):
            spans.append(_span(part.kind, offset, text))
        offset += len(text)
    text = "".join(texts)
    for gaps in (_LOOSE_SPACES, _LOOSE_LINES):
        text, spans = _without(gaps, text, spans)
    taken = [(span.start, span.end) for span in spans]
    spans += [
        Span(start, end, "link", text[start:end])
        for start, end in addresses(text)
        if not any(start < stop and begin < end for begin, stop in taken)
    ]
    return Fitted(text, tuple(sorted(spans, key=lambda span: span.start)))


def _without_repeated_tags(parts: Sequence[Part], texts: Sequence[str]) -> list[str]:
    """The texts; a hashtag that the words or an earlier one have is empty."""
    words = "".join(text for part, text in zip(parts, texts, strict=True) if part.kind not in ("tag", "link"))
    kept: list[str] = []
    known: set[str] = set()
    for part, text in zip(parts, texts, strict=True):
        name = text.removeprefix("#").casefold()
        repeated = part.kind == "tag" and bool(name) and (name in known or has_hashtag(words, name))
        kept.append("" if repeated else text)
        known |= {name} if part.kind == "tag" else set()
    return kept


def _span(kind: Kind, start: int, text: str) -> Span:
    end = start + len(text)
    if kind == "tag":
        return Span(start, end, "tag", text.removeprefix("#"))
    return Span(start, end, "mention", text.removeprefix("@")) if kind == "mention" else Span(start, end, "link", text)


def _without(pattern: re.Pattern[str], text: str, spans: list[Span]) -> tuple[str, list[Span]]:
    """`text` without the matches of `pattern` (white space only), and the spans moved accordingly."""
    gaps = [found.span() for found in pattern.finditer(text)]
    if not gaps:
        return text, spans

    def moved(offset: int) -> int:
        return offset - sum(end - start for start, end in gaps if end <= offset)

    return pattern.sub("", text), [Span(moved(s.start), moved(s.end), s.kind, s.value) for s in spans]
