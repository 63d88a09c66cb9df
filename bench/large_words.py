"""The words of a large ledger's stories: made up, of two pools of phrases each, so that no two stories share a title.

A story's words depend on its number alone: two ledgers of one size hold the same.
"""

from __future__ import annotations

import random
from datetime import datetime
from functools import lru_cache
from typing import NamedTuple

SOURCES = ("news", "sport", "culture", "business", "local", "opinion", "science", "travel")
AUTHORS = ("Anna Mole", "Rui Costa", "Eva Lind")
SYLLABLES = [
    first + last
    for first in ("b", "d", "f", "g", "k", "l", "m", "n", "p", "r", "s", "t", "v", "br", "st", "tr", "pl")
    for last in ("a", "e", "i", "o", "u", "ai", "en", "or", "ul")
]
POOL = 1021  # phrases of a kind; a prime, so that a million pairs of them differ


class Told(NamedTuple):
    """What a story says. Its texts are plain letters: no quote or backslash, as `large_quick` takes for granted."""

    number: int
    source: str
    url: str
    title: str
    summary: str
    author: str
    tags: tuple[str, ...]
    picture: str
    alt: str
    published: datetime


class _Phrases(NamedTuple):
    begins: list[str]
    ends: list[str]
    slugs: list[str]
    first: list[str]
    then: list[str]
    alts: list[str]
    tags: list[tuple[str, ...]]


@lru_cache
def vocabulary() -> list[str]:
    """Six thousand words."""
    source = random.Random(0)
    return ["".join(source.choices(SYLLABLES, k=1 + number % 3)) for number in range(6000)]


@lru_cache
def _phrases() -> _Phrases:
    source, words = random.Random(1), vocabulary()

    def pool(least: int, most: int) -> list[str]:
        return [" ".join(source.choices(words, k=source.randint(least, most))) for _ in range(POOL)]

    begins = [phrase.capitalize() for phrase in pool(4, 6)]
    return _Phrases(
        begins,
        pool(2, 6),
        ["-".join(phrase.lower().split()[:4]) for phrase in begins],
        [phrase.capitalize() for phrase in pool(6, 12)],
        pool(6, 12),
        pool(4, 8),
        [tuple(word.capitalize() for word in phrase.split()) for phrase in pool(1, 2)],
    )


def told(number: int, published: datetime) -> Told:
    """What story `number` says."""
    phrases, one, other = _phrases(), number % POOL, number // POOL % POOL
    mixed = (number * 7 + other) % POOL
    source = SOURCES[(number * 5 + mixed) % len(SOURCES)]
    day = published.isoformat()[:10].replace("-", "/")
    return Told(
        number,
        source,
        f"https://gazette.example/{source}/{day}/{number}-{phrases.slugs[one]}",
        f"{phrases.begins[one]} {phrases.ends[other]}",
        f"{phrases.first[mixed]} {phrases.then[(one + other) % POOL]}.",
        AUTHORS[mixed % len(AUTHORS)],
        phrases.tags[(mixed * 3) % POOL],
        f"https://media.gazette.example/{day[:7]}/{number}.jpg",
        phrases.alts[(one * 3 + other) % POOL],
        published,
    )
