"""Says what was dropped while it waited: one group for each account and cause. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime

from syndicate.ledger.dropped import Drop, why
from syndicate.model import Json
from syndicate.model.dataclass import dataclass

NAMED = 3  # articles that one line names; the others are counted
LISTED = 50  # articles that one record lists


@dataclass(frozen=True, slots=True)
class Group:
    """Deliveries of one account that were dropped for one cause."""

    account: str
    cause: str
    drops: Sequence[Drop]

    @property
    def line(self) -> str:
        """What was dropped and why, in one line."""
        return f"{self.account}: articles dropped while they waited: {len(self.drops)} ({self._why}): {self._articles}"

    @property
    def records(self) -> list[Json]:
        """The articles for a program, the first LISTED."""
        return [article(drop.title, drop.article, drop.key, drop.account) for drop in self.drops[:LISTED]]

    @property
    def _why(self) -> str:
        last = self.drops[-1]
        words = [why(self.cause)]
        if self.cause == "unavailable" and last.down_since is not None:
            words.append(f"since {clock(last.down_since)}")
        if self.cause == "rate_limited" and last.until is not None:
            words.append(f"until {clock(last.until)}")
        said = f": {last.error}" if last.error and self.cause not in ("approval", "burst") else ""
        return ", ".join(words) + said

    @property
    def _articles(self) -> str:
        return named([(drop.title, drop.article) for drop in self.drops])


def grouped(drops: Iterable[Drop]) -> list[Group]:
    """What was dropped, by account and cause."""
    found = defaultdict[tuple[str, str], list[Drop]](list)
    for drop in drops:
        found[drop.account, drop.cause].append(drop)
    return [Group(account, cause, each) for (account, cause), each in found.items()]


def named(articles: Sequence[tuple[str, str]]) -> str:
    """Headlines with their addresses, the first NAMED; the others are counted."""
    told = ", ".join(f"“{title}” {url}".strip() if title else url for title, url in articles[:NAMED])
    more = len(articles) - NAMED
    return f"{told} and {more} more" if more > 0 else told


def article(title: str, url: str, key: str, account: str) -> Json:
    """An article in the record of an alert."""
    return {"title": title, "article": url, "key": key, "account": account}


def clock(at: datetime) -> str:
    """An instant for people, to the minute."""
    return f"{at:%Y-%m-%d %H:%M} UTC"
