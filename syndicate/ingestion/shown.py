"""Where a ledger begins that another one was before: what is newer than the newest that an account shows is new."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from syndicate.aliases import drop_repeated
from syndicate.ledger import Ledger
from syndicate.model import Account, Article
from syndicate.model.dataclass import dataclass
from syndicate.planning.plan import SOON, UNSURE


@dataclass(frozen=True, slots=True)
class ShownStories:
    """From when on stories are new for each of the accounts; `began` is the earliest of these instants."""

    accounts: list[tuple[Account, datetime]]
    began: datetime
    note: str


def newest_shown(
    articles: Sequence[Article],
    name: str,
    accounts: Sequence[tuple[Account, datetime]],
    ledger: Ledger,
    now: datetime,
) -> ShownStories | None:
    """Find the newest article of a source that each account has posted; None where no account has any.

    For an account that shows none, this reading is the baseline. What is found is recorded as when the account began.
    """
    dates: dict[str, datetime] = {}
    for article, names in zip(articles, drop_repeated(articles, ledger.sites.scope(name)), strict=True):
        if article.published is None or article.published > now + SOON:
            continue
        date = article.published + UNSURE if article.tz_assumed else article.published
        having = ledger.elsewhere.having([alias.hash for alias in names])
        for account in {each for found in having.values() for each in found}:
            dates[account] = max(dates.get(account, date), date)
    found = [(account, dates.get(account.name, at)) for account, at in accounts]
    showing = [account.name for account, _ in found if account.name in dates]
    if not showing:
        return None
    for account in showing:
        known = next(at for each, at in accounts if each.name == account)
        ledger.accounts.began(account, min(dates[account], known, now))
    note = f"there is no earlier run, but {', '.join(showing)} had stories of it: newer ones are announced"
    return ShownStories(found, min(now, *(dates[account] for account in showing)), note)
