"""Records what another tool announced before, so that no poll announces it again."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Literal, TypeAlias

from syndicate.aliases import Alias, aliases, guid_alias
from syndicate.ingestion.seen_file import Entry, is_address
from syndicate.ledger import Ledger
from syndicate.model import Article
from syndicate.model.dataclass import dataclass

BATCH = 2000  # entries of one transaction: a running daemon waits some tenths of a second for it
CACHE_KB = 32_000  # names are spread over the whole file

Outcome: TypeAlias = Literal["new", "known", "not_understood"]


@dataclass(frozen=True, slots=True)
class Whose:
    """The sources whose guids a list may hold: those a person `named`, else possibly any of `configured`."""

    named: Sequence[str]
    configured: Sequence[str]


def remember(entries: Iterable[Entry], whose: Whose, ledger: Ledger) -> Iterator[tuple[Entry, Outcome]]:
    """Record the entries of a list in the ledger as it is read, in short transactions. Yields each with its outcome.

    A repeated entry is `known`. Deliveries of its article that wait are skipped.
    """
    ledger.database.widen(CACHE_KB)
    stream, sites = iter(entries), ledger.sites.scopes([*(whose.named or whose.configured)])
    while batch := list(islice(stream, BATCH)):
        understood = [_understood(entry.text, whose, sites) for entry in batch]
        with ledger.transaction():
            fresh = iter(ledger.imports.record([found for found in understood if found], ledger.now()))
        for entry, found in zip(batch, understood, strict=True):
            yield entry, ("new" if next(fresh) else "known") if found else "not_understood"


def _understood(text: str, whose: Whose, sites: Sequence[str]) -> tuple[Article, tuple[Alias, ...]] | None:
    """The article that an entry stands for, with its names; None if it is neither an address nor a source's guid.

    An address is the article's own, and may also be its guid: WordPress's guids are addresses that differ from
    the link. Any other guid means nothing without its source: two sources may both have an article 17.
    """
    if is_address(text):
        article = Article("", text, "")
        names = tuple(alias for site in sites for alias in aliases(article, site))
    elif text and whose.named and not text.startswith(("http://", "https://")):
        article = Article(whose.named[0], "", "", guid=text)
        names = ()
    else:
        return None
    for source in whose.named:
        names += aliases(Article(source, "", "", guid=text))
    if not whose.named:  # the path alone, which `aliases` gives as well, would be too vague
        names += tuple(guid_alias(source, text) for source in whose.configured)
    return article, names
