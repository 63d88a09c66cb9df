"""Writes planned deliveries: those of a reading, after flood control, and those of articles that a person names."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from syndicate.aliases import aliases, drop_repeated
from syndicate.ledger import Ledger
from syndicate.ledger.articles import StoredArticle
from syndicate.ledger.deliveries import PlannedDelivery
from syndicate.model import NO_RULES, Account, Article, BreakingRules, FloodLimits, Reading
from syndicate.planning.flood_control import History, LikelyDuplicate, hold_back, strange_host
from syndicate.planning.plan import Candidate, Planned, wanted

KNOWN = 20  # articles of a source that show to which hosts it leads
UNWANTED_BEFORE = ("baseline", "too_old", "preflight")  # reasons that `--backfill` overrules


def announce(article: Article, accounts: Sequence[Account], ledger: Ledger, breaking: BreakingRules = NO_RULES) -> str:
    """Plan one article for every account because a person named it. Returns its anchor.

    Baseline, age and filters do not apply. What was already posted, or decided by a person, stays as it is. An
    article that was announced elsewhere (`import-seen`) is planned all the same.
    """
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
        write(entries, ledger, now, overruled=(*UNWANTED_BEFORE, "filtered", "similar", "withdrawn"))
    return anchor


def restrained(
    entries: list[Planned],
    new: set[str],
    fetched: Reading,
    newest: datetime | None,
    ledger: Ledger,
    floods: FloodLimits,
    *,
    stopped: bool = False,
) -> list[Planned]:
    """Apply flood control to the deliveries of one reading: bursts and likely duplicates wait for approval.

    `stopped`: it is the first reading after a stop.
    """

    def twin(known: StoredArticle, doubted: bool) -> LikelyDuplicate:
        return LikelyDuplicate(known.anchor, known.article, known.article.published or known.first_seen, doubted)

    going = {entry.candidate.anchor: entry.candidate.article for entry in entries if entry.state != "skipped"}
    twins = {}
    if floods.similar != "post":
        twins = {
            anchor: [twin(*found) for found in ledger.articles.twins(anchor, article, new)]
            for anchor, article in going.items()
        }
        for anchor, known in _replaced(going, fetched.articles, ledger).items():
            twins[anchor].append(replace(twin(known, False), replaced=True))
    strange = _strange(fetched.articles, new, ledger)
    return hold_back(entries, new, History(fetched.entries, newest, twins, strange, stopped), floods)


def _strange(listed: Sequence[Article], new: Collection[str], ledger: Ledger) -> str:
    """The host to which everything listed leads, where nothing of it was known and nothing led there before."""
    if not listed or len(new) < len(listed):
        return ""
    known = ledger.articles.newest(listed[0].source, KNOWN + len(new))
    return strange_host(listed, [each.article for each in known if each.anchor not in new])


def _replaced(going: Mapping[str, Article], listed: Sequence[Article], ledger: Ledger) -> Mapping[str, StoredArticle]:
    """New articles that replace a known one, by anchor: it had exactly the same date, and is no longer listed though
    the list reaches back beyond it. Somebody corrected address and headline at once.
    """
    dates = [article.published for article in listed if article.published is not None]
    oldest = min(dates, default=None)
    found: dict[str, StoredArticle] = {}
    present: set[str] | None = None
    for anchor, article in going.items():
        if article.published is None or oldest is None or article.published <= oldest or article.precision == "day":
            continue
        alike = [known for known in ledger.articles.published_with(article) if known.anchor != anchor]
        if alike and present is None:
            present = {*ledger.articles.anchors([alias.hash for each in listed for alias in aliases(each)]).values()}
        gone = next((known for known in alike if known.anchor not in (present or ())), None)
        if gone is not None:
            found[anchor] = gone
    return found


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
    names = drop_repeated([article])[0]
    anchors = ledger.articles.anchors([alias.hash for alias in names])
    found = next((anchors[alias.hash] for alias in names if alias.hash in anchors), None)
    return found or ledger.articles.add(article, names, position=0, now=now)


def write(entries: Sequence[Planned], ledger: Ledger, now: datetime, *, overruled: Sequence[str] = ()) -> list[str]:
    """Write deliveries and return the keys of new ones. Planned a microsecond apart, so that their order is fixed."""
    keys = []
    for number, entry in enumerate(entries):
        planned, planned_at = _row(entry), now + timedelta(microseconds=number)
        key = ledger.deliveries.plan(planned, planned_at)
        reasons = entry.candidate.overrules
        if (
            key is None
            and planned.state != "skipped"
            and _is_taken_back(planned, planned_at, ledger, reasons, overruled)
        ):
            key = planned.key
        if key is not None:
            keys.append(key)
    return keys


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
