"""Finds what a post would say twice: the headline in the summary, the article's address, the words of its link card."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

from syndicate.aliases import urlkey
from syndicate.rendering.fit import mark, parse
from syndicate.text import ELLIPSIS, addresses

_CLOSING = "\"'”’»›“‘«」』"  # noqa: RUF001  (these very characters are meant)
_TELLING, _BEGINNING = 40, 20
"""So many letters in a row are nowhere twice by chance; and so many where two texts begin with them."""


def says_something(text: str) -> bool:
    """Whether there are words besides addresses."""
    last, left = 0, ""
    for start, end in addresses(text):
        left, last = left + text[last:start], end
    return any(map(str.isalnum, left + text[last:]))


def led_by(headline: str, summary: str) -> str:
    """The summary; one that begins with the headline in other letters or quotes begins with it as it is written.

    So a template has one question to ask: whether the summary starts with the headline.
    """
    if summary.startswith(headline):
        return summary
    words, end = _letters(summary), 0
    for sign, _ in _letters(headline):
        said = next(words, None)
        if said is None or said[0] != sign:
            return summary
        end = said[1] + 1
    if not end:
        return summary
    rest = summary[end:].lstrip(_CLOSING)
    if summary[end : end + 1].isalnum():
        return summary
    return headline.rstrip("….!? ") + rest if any(map(str.isalnum, rest)) else headline


def without_address(words: str, *places: str | None) -> str:
    """The words without the article's own address where it begins or ends them, since the post has it anyway."""
    found = addresses(words)
    own = {key for place in places if place and (key := urlkey(place))} if found else set()
    found = found if own else []
    begin, end, cut = 0, len(words), True
    while found and cut:
        cut = False
        for outer in (found[0], found[-1]):
            if found and (outer[0] == begin or outer[1] == end) and urlkey(words[slice(*outer)]) in own:
                found.remove(outer)
                begin, end = (outer[1], end) if outer[0] == begin else (begin, outer[0])
                while begin < end and words[begin].isspace():
                    begin += 1
                while begin < end and words[end - 1].isspace():
                    end -= 1
                cut = True
    return words[begin:end]


def unsaid(marked: str, said: str) -> str:
    """A template's output without the droppable parts that are `said`, or its beginning: people read that elsewhere."""
    if not said:
        return marked
    kept = [part for part in parse(marked) if not (part.kind == "drop" and _repeats(part.text, said))]
    return "".join(part.text if part.kind == "text" else mark(part.kind, part.text, part.priority) for part in kept)


def _repeats(text: str, said: str) -> bool:
    return text == said or (len(text) >= _BEGINNING and said.startswith(text.rstrip(ELLIPSIS + ". ")))


def says(text: str, words: str) -> bool:
    """Whether a text says these words, or begins to and was cut. Letters and digits count alone."""
    said = _bare(words.removesuffix(ELLIPSIS))[:_TELLING]
    return bool(said) and said in _bare(text)


def _bare(text: str) -> str:
    return "".join(sign for sign, _ in _letters(text))


def _letters(text: str) -> Iterator[tuple[str, int]]:
    """Letters and digits without case and accents, each with the offset of its character."""
    for at, sign in enumerate(text):
        for part in unicodedata.normalize("NFKD", sign.casefold()):
            if part.isalnum():
                yield part, at
