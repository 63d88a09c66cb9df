"""The words of a note as a network shows them: its links carried by words, or the addresses behind them. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from syndicate.model import Note, Span
from syndicate.model.dataclass import dataclass
from syndicate.rendering.fit import Fitted
from syndicate.rendering.mentions import unmentioned
from syndicate.text import paragraphs


@dataclass(frozen=True, slots=True)
class NoteWords:
    """The words of a note, and the links that they carry: where they are, and where they lead."""

    text: str
    anchors: tuple[tuple[int, int, str], ...] = ()


def plain(note: Note) -> NoteWords:
    """The words with the address of each link behind it."""
    return NoteWords(unmentioned(paragraphs(note.body)))


def carried(note: Note) -> NoteWords:
    """The words, which carry the links; with the addresses behind them where that is not certain."""
    parts: list[str] = []
    anchors: list[tuple[int, int, str]] = []
    body, at, length = note.body.strip(), 0, 0
    for words, place in note.links:
        found = body.find(f"{words} ({place})", at)
        if found < 0:
            return plain(note)
        parts += [body[at:found], words]
        length += found - at + len(words)
        anchors.append((length - len(words), length, place))
        at = found + len(f"{words} ({place})")
    bare = "".join([*parts, body[at:]])
    shown = unmentioned(paragraphs(bare))
    moved = _moved(bare, shown)
    if moved is None:
        return plain(note)
    return NoteWords(shown, tuple((moved[start], moved[end - 1] + 1, place) for start, end, place in anchors))


def spans(words: NoteWords, printed: Fitted) -> tuple[Span, ...]:
    """The links of a fitted text, with those that its words carry, as far as they were not cut off."""
    beginning = words.text[:_TELLING]
    start = printed.text.find(beginning) if words.anchors else -1
    if start < 0:  # so much of it was cut that nothing carries a link, or the template writes the words in its own way
        start = 0 if printed.text else -1
    kept = _same(words.text, printed.text[start:]) if start >= 0 else 0
    found = [
        Span(start + first, start + min(last, kept), "link", place)
        for first, last, place in words.anchors
        if first < kept
    ]
    others = [
        span for span in printed.spans if not any(each.start < span.end and span.start < each.end for each in found)
    ]
    return tuple(sorted([*others, *found], key=lambda span: span.start))


_TELLING = 30
"""Characters by which the words of a note are found in a text."""


def _same(one: str, other: str) -> int:
    """How many characters two texts have in common from the beginning."""
    for at, (mine, theirs) in enumerate(zip(one, other, strict=False)):
        if mine != theirs:
            return at
    return min(len(one), len(other))


def _moved(before: str, after: str) -> Sequence[int] | None:
    """Where each character of a text is in another one, which has more in between; None where one is missing."""
    places: list[int] = []
    at = -1
    for sign in before:
        at = after.find(sign, at + 1)
        if at < 0:
            return None
        places.append(at)
    return places
