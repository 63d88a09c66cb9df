"""Makes the further posts of a thread: without picture and card, in the first one's language."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TypeAlias

from syndicate.errors import TooLong
from syndicate.model import Limits, Post, Rendered
from syndicate.model.pattern import pattern
from syndicate.ports import Platform
from syndicate.rendering.fit import Fitted, fit, mark
from syndicate.rendering.repetition import says_something
from syndicate.text import addresses, breaks

Fits: TypeAlias = Callable[[str], bool]
"""Whether a text can be sent as it is."""

_PARAGRAPH = pattern(r"\s*\n\s*\n\s*")
_SENTENCE = pattern(r"[.!?…]+[\"'”’»)\]]*(?=\s)|[。！？]+[」』”’]*")  # noqa: RUF001  (meant)
_WORTH = 0.4
"""Of what a post can take: with less, its text goes on to the end of a sentence, or of a word."""


def further(
    first: Post, texts: Sequence[tuple[Fitted, str | None]], platform: Platform, limits: Limits
) -> tuple[Rendered, ...]:
    """Posts after `first`, of these texts, each with the story's link where it has that."""
    posts = (
        replace(first, text=text.text, spans=text.spans, link=link or None, media=(), card=None) for text, link in texts
    )
    return tuple(Rendered(post, platform.measure(post.text), limits.text) for post in posts)


def fitting(platform: Platform, limits: Limits) -> Fits:
    """Whether a text is within the limits of a network."""

    def fits(text: str) -> bool:
        try:
            fit(text, limits, platform.measure)
        except TooLong:
            return False
        return True

    return fits


def pieces(words: str, most: int, fits: Fits, cut: Callable[[str], str], *, alone: bool = True) -> list[str]:
    """A text in at most so many posts: parted at paragraphs, else sentences, else words. What is beyond them is cut.

    Not `alone`: two posts at least, or none. No post is a link alone: where that cannot be, there are none.
    """
    found, rest = list[str](), words.strip()
    while rest and len(found) < most - 1:
        piece, rest = first_of(rest, fits)
        if not piece:
            return []
        found.append(piece)
    found += [rest if fits(rest) else cut(rest)] if rest else []
    if len(found) == 1 and not alone:
        found = halves(found[0]) if most > 1 else []
    return found if all(map(says_something, found)) else []


def first_of(words: str, fits: Fits) -> tuple[str, str]:
    """The part of a text that goes into one post, and the rest. "" where nothing of it fits."""
    if fits(words):
        return words, ""
    ends = [end for end in breaks(words) if says_something(words[:end]) and says_something(words[end:])]
    longest = bisect_right(ends, False, key=lambda end: not fits(words[:end].rstrip()))
    if not longest:
        return "", words
    most = ends[longest - 1]
    for stops in (_PARAGRAPH, _SENTENCE):
        known = [_end_of(stop, stops) for stop in stops.finditer(words, 0, min(len(words), most + 2))]
        best = max((end for end in known if _WORTH * most <= end <= most and _parts(words, end)), default=None)
        if best is not None:
            return words[:best].rstrip(), words[best:].lstrip()
    return words[:most].rstrip(), words[most:].lstrip()


def cut_to(platform: Platform, limits: Limits) -> Callable[[str], str]:
    """How a text that is too long is cut at a word, with an ellipsis."""
    return lambda text: fit(mark("fit", text), limits, platform.measure).text


def _end_of(stop: re.Match[str], stops: re.Pattern[str]) -> int:
    return stop.start() if stops is _PARAGRAPH else stop.end()


def _parts(words: str, end: int) -> bool:
    """Whether both sides of a place have words, and no address goes across it."""
    across = any(start < end < stop for start, stop in addresses(words))
    return not across and says_something(words[:end]) and says_something(words[end:])


def halves(words: str) -> list[str]:
    """A text in two, parted near its middle; none where that would leave nothing to read."""
    for stops in (_PARAGRAPH, _SENTENCE):
        ends = [end for stop in stops.finditer(words) if _parts(words, end := _end_of(stop, stops))]
        if ends:
            middle = min(ends, key=lambda end: abs(end - len(words) / 2))
            return [words[:middle].rstrip(), words[middle:].lstrip()]
    return []
