"""Makes a post's text of the words that the publisher's own command wrote: links as ours, mentions of nobody."""

from __future__ import annotations

from typing import Protocol

from syndicate.model import Account, Article, OwnWords
from syndicate.rendering.fit import Link, may_give_way, parse
from syndicate.rendering.mentions import unmentioned
from syndicate.text import addresses, bounded, paragraphs

LONGEST = 70_000
"""Characters of it that are read: more than the longest post of any network."""


class Writes(Protocol):
    """Has the account's own command write a post."""

    def __call__(self, article: Article, account: Account, network: str, *, limit: int, link: str | None) -> OwnWords:
        """`limit` is that of the whole text, `link` what it has to have. Raises RenderError when the run ends."""


def clean(printed: str) -> str:
    """What a command printed as a post may have it; "" where nothing is left."""
    return paragraphs(bounded(printed, LONGEST)).strip()


def in_parts(words: str, link: Link, page: str) -> str:
    """The words with marks for `fit`: all may give way but the link. It stands where the words have it, or the
    address of the article's `page`; else below them.
    """
    said = unmentioned(words)
    if not link:
        return may_give_way(said)
    places = (place for place in addresses(said) if said[slice(*place)] in (link[:], page))
    start, end = next(places, (len(said), len(said)))
    gap = "\n\n" if start == end else ""
    return may_give_way(f"{said[:start]}{gap}{link}{said[end:]}")


def is_cut(marked: str, text: str) -> bool:
    """Whether `text` is what was left of these parts when not all of them fitted."""
    return len(text) < len("".join(part.text for part in parse(marked)).strip())
