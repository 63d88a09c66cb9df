"""Finds new entries that are known articles under another address: one just left the list, and redirects to it.

A system that makes the address of the headline makes another one when the headline is rewritten, often with another
guid and date. The old address then redirects to the new one, and a request tells.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from datetime import timedelta
from itertools import islice
from typing import TypeAlias

from syndicate.aliases import Alias, aliases, drop_repeated, folded, is_same_page, site_host, urlkey
from syndicate.ledger import Ledger
from syndicate.ledger.articles import StoredArticle
from syndicate.model import Article
from syndicate.model.dataclass import dataclass

MOST = 3  # requests of one reading
NEAR = timedelta(days=2)  # between the dates of an article and of the same one, rewritten

Follow: TypeAlias = Callable[[str], str | None]
"""Where an address leads now, by a request; None where that cannot be told."""


@dataclass(frozen=True, slots=True)
class Readdressed:
    """A known article under another address: its anchor, the addresses, and all its `names` of now."""

    anchor: str
    before: str
    url: str
    names: tuple[Alias, ...]

    @property
    def note(self) -> str:
        """What to tell about it."""
        return f"{self.url} is {self.before} under another address, since that one leads there; it is not posted again"


def readdressed(articles: Sequence[Article], source: str, ledger: Ledger, follow: Follow) -> list[Readdressed]:
    """The new entries of a list that are articles which left it in this reading."""
    before = ledger.floods.listed(source)
    if not before:
        return []
    site = ledger.sites.scope(source)
    named = drop_repeated(articles, site)
    anchors = ledger.articles.anchors([alias.hash for names in named for alias in names])
    new = [
        article
        for article, names in zip(articles, named, strict=True)
        if article.url and not article.withdrawn and not any(alias.hash in anchors for alias in names)
    ]
    left = _left(before, {*anchors.values()}) if new else []
    found = []
    for known, likely in islice(_plausible(left, new, articles, source, ledger), MOST):
        place = follow(known.article.url)
        if place is None or urlkey(place) == urlkey(known.article.url):
            continue
        for each in likely:
            if urlkey(place) == urlkey(each.url) or is_same_page(each.url, place):
                found.append(Readdressed(known.anchor, known.article.url, each.url, aliases(each, site)))
                break
    return found


def _left(before: Sequence[str], present: Collection[str]) -> list[str]:
    """What left a list, apart from what has scrolled out at its end."""
    last = max((place for place, anchor in enumerate(before) if anchor in present), default=0)
    return [anchor for anchor in before[:last] if anchor and anchor not in present]


def _plausible(
    left: Sequence[str], new: Sequence[Article], listed: Sequence[Article], source: str, ledger: Ledger
) -> Iterator[tuple[StoredArticle, list[Article]]]:
    """Articles that left the list though it reaches back beyond them, each with the new ones that it may be."""
    oldest = min((article.published for article in listed if article.published), default=None)
    for anchor in left:
        known = ledger.articles.find(anchor)
        at = known.article.published or known.first_seen
        if known.article.source != source or not known.article.url or (oldest is not None and at <= oldest):
            continue
        likely = [each for each in new if _may_be(known, each)]
        if likely:
            yield known, likely


def _may_be(known: StoredArticle, new: Article) -> bool:
    """Whether a new article may be a known one, rewritten: on the same host, with its summary or about its date."""
    if site_host(new.url) != site_host(known.article.url):
        return False
    summary, at = folded(new.summary), known.article.published or known.first_seen
    if summary and summary == folded(known.article.summary):
        return True
    return new.published is None or abs(new.published - at) <= NEAR
