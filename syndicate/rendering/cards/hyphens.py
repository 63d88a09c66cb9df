"""Where a long word may be divided in its language, by pyphen (docs/decisions/0037)."""

from __future__ import annotations

import re
from itertools import pairwise

SHORTEST = 12
"""Letters of a word that may be divided: a reader takes in a shorter one at a glance."""

_LEAST = 4
"""Letters that stay together at a word's beginning and at its end."""

_WORD = re.compile(r"[^\W\d_]+")


def syllables(word: str, language: str | None) -> list[str]:
    """The pieces of a word between which it may be divided; the word alone where its language is not known."""
    letters = _WORD.search(word)
    if not language or letters is None or len(letters[0]) < SHORTEST:
        return [word]
    import pyphen

    known = pyphen.language_fallback(language.replace("-", "_"))
    if known is None:
        return [word]
    start = letters.start()
    places = pyphen.Pyphen(lang=known, left=_LEAST, right=_LEAST).positions(letters[0])
    as_written = (place for place in places if place.data is None)  # elsewhere the spelling changes
    cuts = [0, *(start + place for place in as_written), len(word)]
    return [word[one:other] for one, other in pairwise(cuts)]
