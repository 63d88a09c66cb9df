"""What another tool announced before syndicate came is known from now on, and never announced by a poll."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Literal, TypeAlias

from syndicate.aliases import Alias, aliases, guid_alias
from syndicate.ingestion.seen_file import Entry, is_address
from syndicate.ledger import Ledger
from syndicate.model import Article

BATCH = 2000  # entries of one transaction: a daemon beside it waits some tenths of a second
CACHE_KB = 32_000  # names are spread over the whole file

Outcome: TypeAlias = Literal["new", "known", "not_understood"]


@dataclass(frozen=True, slots=True)
class Whose:
    """Whose guids a list may hold: surely `named`, by a person; else perhaps of any of `configured`."""

    named: Sequence[str]
    configured: Sequence[str]


def remember(entries: Iterable[Entry], whose: Whose, ledger: Ledger) -> Iterator[tuple[Entry, Outcome]]:
    """Write what a list holds into the ledger as it is read, a short transaction at a time; what became of each.

    Told twice, an entry is `known`. What waits for its delivery is skipped.
    """
    ledger.database.widen(CACHE_KB)
    stream = iter(entries)
    while batch := list(islice(stream, BATCH)):
        understood = [_understood(entry.text, whose) for entry in batch]
        with ledger.transaction():
            fresh = iter(ledger.imports.record([found for found in understood if found], ledger.now()))
        for entry, found in zip(batch, understood, strict=True):
            yield entry, ("new" if next(fresh) else "known") if found else "not_understood"


def _understood(text: str, whose: Whose) -> tuple[Article, tuple[Alias, ...]] | None:
    """The article that an entry stands for, as far as it is known, and its names; None if it stands for nothing.

    An address is the article's own, and may be what a feed calls its guid: WordPress's are addresses
    that lead elsewhere than the link. Another guid means nothing without its source: two sources may
    both have a story 17.
    """
    if is_address(text):
        article = Article("", text, "")
        names = aliases(article)
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
