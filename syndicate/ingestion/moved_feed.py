"""Recognises a source that goes on at another address: most of what it lists there is known. Reads the ledger."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from syndicate.aliases import drop_repeated
from syndicate.ledger import Ledger
from syndicate.model import Article
from syndicate.model.dataclass import dataclass

MOST = 4 / 5
"""The share of known articles among those that are not newer than the newest known one, from which on it goes on.

Of all that is listed, half has to be known.
"""


@dataclass(frozen=True, slots=True)
class Continued:
    """A source that goes on. What is dated after `since` is new; so many of its entries are `known`."""

    since: datetime
    known: int

    def note(self, listed: int) -> str:
        """What to tell about it."""
        return (
            f"it is read at a new address, and {self.known} of the {listed} articles there are known;"
            " newer ones are announced, without a new first run"
        )


def continued(articles: Sequence[Article], name: str, ledger: Ledger) -> Continued | None:
    """Where the source goes on with what it listed at another address; None where it begins anew.

    Only articles count that the ledger has from this source.
    """
    newest = ledger.articles.latest(name) or next(iter(ledger.articles.arrivals(name, 1)), None)
    if newest is None:
        return None
    known = _own(articles, name, ledger)
    if not any(known):
        return None
    first = known.index(True)
    older = [
        is_known
        for place, (article, is_known) in enumerate(zip(articles, known, strict=True))
        if is_known or (place > first if article.published is None else article.published <= newest)
    ]
    goes_on = sum(older) >= MOST * len(older) and 2 * sum(known) >= len(articles)
    return Continued(newest, sum(known)) if goes_on else None


def _own(articles: Sequence[Article], name: str, ledger: Ledger) -> list[bool]:
    """For each article, whether the ledger has it from this source."""
    named = drop_repeated(articles, ledger.sites.scope(name))
    anchors = ledger.articles.anchors([alias.hash for names in named for alias in names])
    standings = ledger.articles.standings([*set(anchors.values())])
    mine = {hashed for hashed, anchor in anchors.items() if standings[anchor].source == name}
    return [any(alias.hash in mine for alias in names) for names in named]
