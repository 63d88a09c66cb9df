"""The posts into which a template parts its text with `part()`. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from syndicate.rendering.fit import PART, Fitted, parse
from syndicate.rendering.repetition import says_something
from syndicate.rendering.thread import halves

_BREAK = "\n\n"


class PartMark(str):
    """What `part` is in a template. `{{ part }}` prints the mark as `{{ part() }}` does."""

    __slots__ = ()

    def __call__(self) -> str:
        """The mark."""
        return self[:]


part = PartMark(PART)


def pieces(marked: str) -> list[str]:
    """A template's output, parted at its marks, without pieces that print nothing.

    A piece without words stands with the one before it, or with the next where it is the first: no post is a link
    alone. Raises RenderError if a filter damaged the marks.
    """
    found: list[list[str]] = []
    says = False  # whether the last one does
    for piece in marked.split(PART):
        if not "".join(each.text for each in parse(piece)).strip():
            continue
        has_words = _has_words(piece)
        if found and not (has_words and says):
            found[-1].append(piece)
            says = says or has_words
        else:
            found.append([piece])
            says = has_words
    return [joined(each) for each in found]


def joined(several: Sequence[str]) -> str:
    """Pieces as paragraphs of one text."""
    return _BREAK.join(several)


def in_two(text: Fitted) -> list[Fitted]:
    """A fitted text in two, each with its links and words; none where it cannot be parted at a sentence's end."""
    words = halves(text.text)
    if not words:
        return []
    end, begin = len(words[0]), len(text.text) - len(words[1])
    first = tuple(span for span in text.spans if span.end <= end)
    moved = [
        replace(span, start=span.start - begin, end=span.end - begin) for span in text.spans if span.start >= begin
    ]
    both = [Fitted(words[0], first), Fitted(words[1], tuple(moved))]
    is_sound = len(first) + len(moved) == len(text.spans) and all(map(_says, both))
    return both if is_sound else []


def _has_words(marked: str) -> bool:
    return says_something("".join(each.text for each in parse(marked) if each.kind != "link"))


def _says(text: Fitted) -> bool:
    left, last = "", 0
    for span in text.spans:
        if span.kind == "link":
            left, last = left + text.text[last : span.start], span.end
    return says_something(left + text.text[last:])
