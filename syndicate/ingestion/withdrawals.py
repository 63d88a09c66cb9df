"""Detects withdrawn articles: checks the pages of announced ones again for 404 and 410, at growing intervals."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from syndicate.ledger import Ledger
from syndicate.ledger.articles import StoredArticle
from syndicate.model import Account, Article
from syndicate.planning.changes import withdraw

WATCHED = timedelta(days=3)  # after publication: later withdrawals are not looked for
AGAIN = timedelta(minutes=5)  # until a page that is gone is checked once more, before it counts
FIRST = timedelta(minutes=10)
GONE_TWICE = 2
OTHERS = 3
"""How many other articles of its source are checked before one counts as withdrawn."""


def watch(
    gone: Callable[[Article], bool | None],
    watched: Callable[[str], bool],
    accounts: Sequence[Account],
    ledger: Ledger,
    *,
    most: int,
) -> list[str]:
    """Check the pages that are due, at most `most`. Returns the keys of the deletions this plans.

    `gone` says of an article whether its page is gone, None if that cannot be told; `watched` says of a source
    whether its pages are checked. The time between checks doubles.
    """
    keys: list[str] = []
    for known, count in ledger.articles.to_check(ledger.now(), most):
        now = ledger.now()
        answer = gone(known.article) if watched(known.article.source) else False
        if answer and _others_are_gone(known, gone, ledger):
            answer = None
        if answer and count + 1 >= GONE_TWICE:
            keys += withdraw(known.anchor, accounts, ledger, now)
        elif answer:
            ledger.articles.checked(known.anchor, gone=count + 1, next_at=now + AGAIN)
        else:
            # If it cannot be told, the count stays as it is: a site that is down for a night has withdrawn nothing.
            ledger.articles.checked(known.anchor, gone=0 if answer is False else count, next_at=_next(known, now))
    return keys


def _others_are_gone(known: StoredArticle, gone: Callable[[Article], bool | None], ledger: Ledger) -> bool:
    """Whether the newest other articles of its source are gone too: then the site is broken, as after a move."""
    newest = ledger.articles.newest(known.article.source, OTHERS + 1)
    others = [each for each in newest if each.anchor != known.anchor and each.withdrawn_at is None and each.article.url]
    return len(others) >= 2 and all(gone(each.article) for each in others[:OTHERS])


def _next(known: StoredArticle, now: datetime) -> datetime | None:
    age = now - known.first_seen
    return now + max(FIRST, age) if age < WATCHED else None
