"""After publication: the pages of announced stories are looked at again, since some are taken back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from syndicate.ledger import Ledger
from syndicate.ledger.articles import StoredArticle
from syndicate.model import Account
from syndicate.planning.changes import withdraw

WATCHED = timedelta(days=3)  # after that a story is nobody's news any more
AGAIN = timedelta(minutes=5)  # a page that is gone is looked at once more before it counts
FIRST = timedelta(minutes=10)
GONE_TWICE = 2
OTHERS = 3
"""Stories whose pages are looked at before one is taken for withdrawn."""


def watch(
    gone: Callable[[str], bool | None],
    watched: Callable[[str], bool],
    accounts: Sequence[Account],
    ledger: Ledger,
    *,
    most: int,
) -> list[str]:
    """Look at the pages whose turn it is, at most so many; the keys of deletions this plans.

    `gone` says of an address whether it is no more, None if nobody can tell; `watched` of a source
    whether its pages are looked at. The times between looks double.
    """
    keys: list[str] = []
    for known, count in ledger.articles.to_check(ledger.now(), most):
        now = ledger.now()
        answer = gone(known.article.url) if watched(known.article.source) else False
        if answer and _others_are_gone(known, gone, ledger):
            answer = None
        if answer and count + 1 >= GONE_TWICE:
            keys += withdraw(known.anchor, accounts, ledger, now)
        elif answer:
            ledger.articles.checked(known.anchor, gone=count + 1, next_at=now + AGAIN)
        else:
            # What nobody can tell neither counts nor clears: a site that is down for a night took nothing back.
            ledger.articles.checked(known.anchor, gone=0 if answer is False else count, next_at=_next(known, now))
    return keys


def _others_are_gone(known: StoredArticle, gone: Callable[[str], bool | None], ledger: Ledger) -> bool:
    """Whether the newest other stories of its source are gone as well: then the site is broken, as by a new system."""
    newest = ledger.articles.newest(known.article.source, OTHERS + 1)
    others = [each for each in newest if each.anchor != known.anchor and each.withdrawn_at is None and each.article.url]
    return len(others) >= 2 and all(gone(each.article.url) for each in others[:OTHERS])


def _next(known: StoredArticle, now: datetime) -> datetime | None:
    age = now - known.first_seen
    return now + max(FIRST, age) if age < WATCHED else None
