"""Fills in what one source leaves out of an article, from another source that lists it, until it is sent.

Whichever source is read first plans the article, and its words stay; only what it does not say is filled in.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from syndicate.ledger import Ledger
from syndicate.model import FILLED, Account, Article, BreakingRules
from syndicate.planning.filters import admits
from syndicate.planning.plan import Candidate, priority

FIELDS = ("title", "summary", "section", "categories", "images", "authors", "language", "canonical_url", "override")
_OF_NOTES = tuple(name for name in FIELDS if name not in ("title", "summary"))
"""A note is to stay one: its words are all it says, whatever headline another list makes of them."""
LEFT_OUT = ("filtered", "empty")
"""Reasons for which an account lost an article, and that may not hold once it says more."""
WITNESSES = 8
"""Other sources at most that are remembered as having given an article's address."""
LATELY = timedelta(days=2)
"""How long it is asked again whether they hold."""


def filled(known: Article, other: Article) -> Article:
    """The known article, with what it lacks and another source's reading of it has. `raw` names these fields."""
    wanted = _OF_NOTES if known.form == "note" else FIELDS
    more = {name: getattr(other, name) for name in wanted if getattr(other, name) and not getattr(known, name)}
    if not more:
        return known
    names = dict.fromkeys([*known.raw.get(FILLED, "").split(), *more])
    pictured_by = other.pictures_from if "images" in more else known.pictured_by
    return replace(known, **more, pictured_by=pictured_by, raw={**known.raw, FILLED: " ".join(names)})


def named_too(known: Article, other: Article) -> Article:
    """The known article, with another source among those that gave its address, if it is the very same."""
    if (
        not other.url
        or other.url != known.url
        or other.source in known.addressed_by
        or len(known.named_by) >= WITNESSES
    ):
        return known
    return replace(known, named_by=(*known.named_by, other.source))


def still_filled(article: Article, before: Article) -> Article:
    """A source's own new reading, with what another source filled in `before`, as far as it still lacks that."""
    if article.url == before.url and before.named_by:
        article = replace(article, named_by=before.named_by)
    wanted = _OF_NOTES if article.form == "note" else FIELDS
    names = [name for name in before.raw.get(FILLED, "").split() if name in wanted and not getattr(article, name)]
    if not names or article.withdrawn:
        return article
    kept = {name: getattr(before, name) for name in names}
    pictured_by = before.pictured_by if "images" in names else ""
    return replace(article, **kept, pictured_by=pictured_by, raw={**article.raw, FILLED: " ".join(names)})


def fill_in(
    shared: Mapping[str, Article],
    accounts: Sequence[tuple[Account, datetime]],
    ledger: Ledger,
    now: datetime,
    breaking: BreakingRules,
) -> Iterator[tuple[list[Candidate], list[tuple[Account, datetime]]]]:
    """Fill in planned articles of other sources, by their anchors, that are not sent yet, as this source lists them.

    An account whose filter now admits one gets it: these are returned. One whose filter now refuses it does not,
    unless a person wants it.
    """
    for anchor in ledger.backlog.unsent([*shared], since=now - LATELY):
        article = shared[anchor]
        known = ledger.articles.find(anchor).article
        more = filled(known, article)
        whole = named_too(more, article)
        if whole == known or article.withdrawn or known.withdrawn:
            continue
        ledger.articles.fill(anchor, whole)
        if more == known:
            continue
        if priority(whole, breaking) == 0:
            ledger.backlog.raise_priority(anchor)
        _refuse(anchor, whole, [account for account, _ in accounts], ledger, now)
        skipped = ledger.deliveries.search(anchor=anchor, states=("skipped",))
        lost = {row.account for row in skipped if row.reason in LEFT_OUT}
        for account, at in accounts:
            if account.name in lost and admits(account, whole) is not False:
                yield [Candidate(anchor, whole, on_top=True, overrules=LEFT_OUT)], [(account, at)]


def _refuse(anchor: str, article: Article, accounts: Sequence[Account], ledger: Ledger, now: datetime) -> None:
    """Leave an article out where an account's filter refuses it, now that it says more."""
    refusing = {account.name for account in accounts if not admits(account, article)}
    for row in ledger.deliveries.search(anchor=anchor, states=("planned", "due")) if refusing else ():
        asked_for = row.expires_at is None or row.approved is not None
        if row.account in refusing and row.action == "post" and row.draft is None and not asked_for:
            ledger.decisions.leave_out(row, now=now)
