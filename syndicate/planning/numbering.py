"""Tells old articles that come back with a new date by the numbers in their addresses. Pure.

Systems number what they publish, or put its date into the address: the numbers rise. A draft may be published late,
but not several at once whose numbers are all lower than those of everything recent.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import TypeAlias
from urllib.parse import parse_qsl, urlsplit

from syndicate.model import Article
from syndicate.planning.likeness import address_form

FEW = 3  # so many drafts may be published late at once
ENOUGH = 10  # known articles with numbers in the same place that show how they are numbered
LOWEST = 100  # a single number below it may count weeks, or days of a year, and begin anew
RISING = 4 / 5  # of the known numbers, one after the other
YEARS = range(1990, 2101)
LONGEST = 18  # digits of a number

Numbered: TypeAlias = tuple[str, tuple[int, ...]]
"""The form of an address, and the numbers in it."""


def returned(new: Mapping[str, Article], known: Sequence[Article]) -> frozenset[str]:
    """Anchors of new articles whose numbers are lower than those of all known ones, which are listed newest first.

    None where they are few, or where known numbers do not rise.
    """
    rows = defaultdict[str, list[tuple[int, ...]]](list)
    for article in reversed(known):
        if (each := numbered(article)) is not None:
            rows[each[0]].append(each[1])
    lowest = {form: min(numbers) for form, numbers in rows.items() if _rises(numbers)}
    if not lowest:
        return frozenset()
    found = {anchor: each for anchor, article in new.items() if (each := numbered(article)) is not None}
    old = frozenset(anchor for anchor, (form, numbers) in found.items() if form in lowest and numbers < lowest[form])
    return old if len(old) > FEW else frozenset()


def numbered(article: Article) -> Numbered | None:
    """The numbers in an article's address, or else in its guid; None where there are none that have an order."""
    for text in (article.url, article.guid or ""):
        numbers = (int(text),) if text.isdecimal() and len(text) <= LONGEST else tuple(_numbers(text))
        if numbers and (len(numbers) == 1 or numbers[0] in YEARS):
            return address_form(text), numbers
    return None


def _numbers(url: str) -> Iterator[int]:
    """The numbers at the begin or the end of each part of an address's path, and those in its query."""
    if not url.startswith(("http://", "https://")):
        return
    parts = urlsplit(url)
    for part in re.sub(r"\.[a-z][a-z0-9]*\Z", "", parts.path, flags=re.IGNORECASE).split("/"):
        words = re.split(r"[\W_]+", part)
        ends = dict.fromkeys((0, len(words) - 1))
        yield from (int(words[place]) for place in ends if _is_number(words[place]))
    yield from (int(value) for _, value in sorted(parse_qsl(parts.query)) if _is_number(value))


def _is_number(text: str) -> bool:
    return text.isdecimal() and len(text) <= LONGEST


def _rises(numbers: Sequence[tuple[int, ...]]) -> bool:
    if len(numbers) < ENOUGH or min(numbers) < (LOWEST,):
        return False
    return sum(earlier <= later for earlier, later in pairwise(numbers)) >= RISING * (len(numbers) - 1)
