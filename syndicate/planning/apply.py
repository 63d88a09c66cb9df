"""Writes planned deliveries: those of a reading, and those of articles that a person names."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from syndicate.aliases import drop_repeated
from syndicate.ledger import Ledger
from syndicate.ledger.deliveries import PlannedDelivery
from syndicate.model import NO_RULES, Account, Article, BreakingRules
from syndicate.planning.filters import compare
from syndicate.planning.patterns import matches
from syndicate.planning.plan import Candidate, Planned, wanted

UNWANTED_BEFORE = ("baseline", "too_old", "preflight")  # reasons that `--backfill` overrules


def announce(article: Article, accounts: Sequence[Account], ledger: Ledger, breaking: BreakingRules = NO_RULES) -> str:
    """Plan one article for every account because a person named it. Returns its anchor.

    Baseline, age and filters do not apply. What was already posted, or decided by a person, stays as it is. An
    article that was announced elsewhere (`import-seen`) is planned all the same.
    """
    compare([article], accounts, breaking)
    with ledger.transaction():
        now = ledger.now()
        anchor = _anchor_of(article, ledger, now)
        ledger.articles.restore(anchor)
        ledger.articles.adopt(anchor, article)
        known = ledger.articles.find(anchor).article
        for account in accounts:
            ledger.accounts.ensure(account, now)
        entries = wanted([Candidate(anchor, known)], accounts, now=now, filtered=False, breaking=breaking)
        ledger.imports.forget(anchor)
        write(entries, ledger, now, overruled=(*UNWANTED_BEFORE, "filtered", "similar", "stranger", "withdrawn"))
    return anchor


def backfilled(
    source: str, count: int, accounts: Sequence[Account], ledger: Ledger, now: datetime, breaking: BreakingRules
) -> list[str]:
    """Plan the newest articles of a source whatever baseline, age and flood limits said. Returns the keys."""
    newest = [
        Candidate(known.anchor, known.article) for known in ledger.articles.newest(source, count) if not known.imported
    ]
    entries = wanted(newest, accounts, now=now, filtered=True, breaking=breaking)
    return write(entries, ledger, now, overruled=UNWANTED_BEFORE)


def _anchor_of(article: Article, ledger: Ledger, now: datetime) -> str:
    names = drop_repeated([article], ledger.sites.scope(article.source))[0]
    anchors = ledger.articles.anchors([alias.hash for alias in names])
    found = next((anchors[alias.hash] for alias in names if alias.hash in anchors), None)
    return found or ledger.articles.add(article, names, position=0, now=now)


def write(entries: Sequence[Planned], ledger: Ledger, now: datetime, *, overruled: Sequence[str] = ()) -> list[str]:
    """Write deliveries and return the keys of new ones. Planned a microsecond apart, so that their order is fixed."""
    if not entries:
        return []
    with ledger.transaction():
        ledger.deliveries.fetch(entry.candidate.anchor for entry in entries)
        return _written(entries, ledger, now, overruled)


def _written(entries: Sequence[Planned], ledger: Ledger, now: datetime, overruled: Sequence[str]) -> list[str]:
    rows = [(_row(entry), now + timedelta(microseconds=number)) for number, entry in enumerate(entries)]
    new = ledger.deliveries.plan_first(rows) if len(rows) > 1 else set[str]()
    keys = []
    for entry, (planned, planned_at) in zip(entries, rows, strict=True):
        if planned.key in new:
            new.remove(planned.key)
            keys.append(planned.key)
            continue
        key = ledger.deliveries.plan(planned, planned_at, fetched=True)
        reasons = entry.candidate.overrules
        if (
            key is None
            and planned.state != "skipped"
            and _is_taken_back(planned, planned_at, ledger, reasons, overruled)
        ):
            key = ledger.deliveries.key_of(planned)
        if key is not None:
            keys.append(key)
    return keys


def too_slow(entries: Sequence[Planned], breaking: BreakingRules) -> tuple[str, ...]:
    """A line for each rule for titles that took too long to compare: which, with how many titles, and what follows."""
    stuck: dict[str, list[str]] = {}
    for entry in entries:
        if entry.undecided:
            stuck.setdefault(f"{entry.account.name}: {entry.undecided}", []).append(entry.candidate.article.title)
    lines = [f"{_took(rule, titles)}, so these wait for approval" for rule, titles in stuck.items()]
    articles = {entry.candidate.anchor: entry.candidate.article for entry in entries} if breaking.title else {}
    hidden = [
        each.title for each in articles.values() if breaking.title and matches(breaking.title, each.title) is None
    ]
    return (
        (*lines, f"{_took('breaking.title', hidden)}, so these are not taken for breaking news")
        if hidden
        else (*lines,)
    )


def _took(rule: str, titles: Sequence[str]) -> str:
    return f"{rule} took too long to compare with {len(titles)} of the titles, such as {titles[0][:40]!r}"


def _row(entry: Planned) -> PlannedDelivery:
    return PlannedDelivery(
        anchor=entry.candidate.anchor,
        account=entry.account.name,
        platform=entry.account.platform,
        state=entry.state,
        reason=entry.reason,
        due_at=entry.due_at,
        expires_at=entry.expires_at,
        priority=entry.priority,
        note=entry.note,
    )


def _is_taken_back(
    planned: PlannedDelivery, planned_at: datetime, ledger: Ledger, reasons: Sequence[str], overruled: Sequence[str]
) -> bool:
    """Plan a skipped delivery after all, if its reason no longer holds, or a person overrules it."""
    if reasons and ledger.deliveries.let_in(planned, reasons, planned_at):
        return True
    return bool(overruled) and ledger.deliveries.replan(planned, overruled, planned_at)
