"""Finds what a post would say twice: the headline in the summary, the article's address, the words of its link card."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from itertools import islice

from syndicate.aliases import urlkey
from syndicate.rendering.fit import mark, parse
from syndicate.text import ELLIPSIS, addresses

_CLOSING = "\"'”’»›“‘«」』"  # noqa: RUF001  (these very characters are meant)
_TELLING, _BEGINNING = 40, 20
"""So many letters in a row are nowhere twice by chance; and so many where two texts begin with them."""


def led_by(headline: str, summary: str) -> str:
    """The summary; one that begins with the headline in other letters or quotes begins with it as it is written.

    So a template has one question to ask: whether the summary starts with the headline.
    """
    said = list(_letters(headline))
    words = list(islice(_letters(summary), len(said)))
    if not said or summary.startswith(headline) or [sign for sign, _ in said] != [sign for sign, _ in words]:
        return summary
    end = words[-1][1] + 1
    rest = summary[end:].lstrip(_CLOSING)
    if summary[end : end + 1].isalnum():
        return summary
    return headline.rstrip("….!? ") + rest if any(map(str.isalnum, rest)) else headline


def without_address(words: str, *places: str | None) -> str:
    """The words without the article's own address where it begins or ends them, since the post has it anyway."""
    own = {key for place in places if place and (key := urlkey(place))}
    while own:
        found = [span for span in addresses(words) if urlkey(words[slice(*span)]) in own]
        outer = next(((start, end) for start, end in found if start == 0 or end == len(words)), None)
        if outer is None:
            break
        words = (words[: outer[0]] + words[outer[1] :]).strip()
    return words


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
