"""Plans posts of stories that an account has posted before: one that a person asks for, and those of its rule."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from syndicate.errors import SyndicateError
from syndicate.ledger import Ledger
from syndicate.ledger.articles import StoredArticle
from syndicate.ledger.deliveries import PlannedDelivery
from syndicate.ledger.evergreens import Survey, Turn
from syndicate.model import LAST_OF_ALL, NO_RULES, Account, Again, AgainRule, Delivery, site_of
from syndicate.planning.filters import admits, chosen, compare, fits

PAGE = 200
"""Articles that are looked at in one go: some milliseconds."""
ANEW = timedelta(days=7)
"""How often all articles are looked at, so that an old one which is tagged later is found."""
TRIED = 20
"""Stories that are tried for one post; the next look tries others."""
_DAY = timedelta(hours=24)
_OVER = ("posted", "skipped", "failed")


def by_hand(anchor: str, account: Account, text: str | None, ledger: Ledger, *, at_once: bool) -> str:
    """Plan a story once more on an account, in other words, for a person. Returns the key.

    Raises SyndicateError where its first post is not out, or another such post is under way.
    """
    with ledger.transaction():
        posts = _posts(anchor, account, ledger)
        _require_posted(posts, anchor, account, ledger)
        again = Again("person", text)
        planned = _planned(anchor, account, again, ledger, priority=-1 if at_once else 1)
        key = ledger.deliveries.plan(planned, ledger.now())
    return key or planned.key


def require_posted(anchor: str, account: Account, ledger: Ledger) -> None:
    """Raise SyndicateError where a story cannot be posted again on an account."""
    _require_posted(_posts(anchor, account, ledger), anchor, account, ledger)


def by_rule(account: Account, ledger: Ledger) -> str | None:
    """Plan the next story of an account's rule, if there is one and the rule lets it go now. Returns the key."""
    rule, now = account.again, ledger.now()
    if rule is None or not _has_room(account, rule, ledger, now):
        return None
    for times in range(rule.times):
        for turn in ledger.evergreens.turns(account.name, times, now - rule.after, TRIED):
            known = ledger.articles.find(turn.anchor)
            if not _suits(known, account, rule):
                ledger.evergreens.drop(account.name, turn.anchor)
                continue
            key = _plan(turn, account, rule, ledger)
            if key is not None:
                return key
    return None


def look(accounts: Sequence[Account], ledger: Ledger, seconds: float) -> bool:
    """Survey for so long through the articles for those that an account's rule may choose. Returns whether it goes on.

    Only what is old enough for any of the rules is looked at. Where the last look has ended, the next goes on with what
    grew old enough since, and begins anew once a week.
    """
    ruled = [account for account in accounts if account.again is not None]
    ends, now = time.monotonic() + seconds, ledger.now()
    youngest = min(rule.after for account in ruled if (rule := account.again) is not None)
    rules, found = _hash_of(ruled), ledger.evergreens.survey()
    if found is None or found.rules != rules or (found.ended is not None and now - found.ended >= ANEW):
        found = Survey(rules)
    while True:
        articles = ledger.evergreens.articles(found, now - youngest, PAGE)
        fitting = [(each, known) for _, known in articles for each in ruled if _may_suit(known, each)]
        ended = found.ended or (now if len(articles) < PAGE else None)
        moved = replace(found, number=articles[-1][0] if articles else found.number, ended=ended)
        if moved != found:
            with ledger.transaction():
                for account, known in fitting:
                    _record(known.anchor, account, ledger)
                ledger.evergreens.surveyed(moved)
        found = moved
        if len(articles) < PAGE:
            return False
        if time.monotonic() >= ends:
            return True


def _has_room(account: Account, rule: AgainRule, ledger: Ledger, now: datetime) -> bool:
    """Whether nothing that the account posts again is under way, and the day's number is not reached."""
    evergreens = ledger.evergreens
    return not evergreens.is_open(account.name) and (evergreens.sent_by_rule(account.name, now - _DAY) < rule.per_day)


def _plan(turn: Turn, account: Account, rule: AgainRule, ledger: Ledger) -> str | None:
    with ledger.transaction():
        now = ledger.now()
        if not _has_room(account, rule, ledger, now):
            return None
        current = _record(turn.anchor, account, ledger)
        if current is None or current.times >= rule.times or current.last_at > now - rule.after:
            return None
        planned = _planned(turn.anchor, account, Again("rule"), ledger, priority=LAST_OF_ALL)
        return ledger.deliveries.plan(planned, now)


def _record(anchor: str, account: Account, ledger: Ledger) -> Turn | None:
    """Record how often a story was posted again, and when it was posted last; None, and left out, where the last post
    of it is not out.
    """
    posts = _posts(anchor, account, ledger)
    last = posts[-1] if posts else None
    if last is None or last.state != "posted" or last.reason == "deleted" or last.posted_at is None:
        ledger.evergreens.drop(account.name, anchor)
        return None
    turn = Turn(anchor, sum(row.again is not None and row.state == "posted" for row in posts), last.posted_at)
    ledger.evergreens.put(account.name, turn)
    return turn


def _planned(anchor: str, account: Account, again: Again, ledger: Ledger, *, priority: int) -> PlannedDelivery:
    approve = account.approve
    return PlannedDelivery(
        anchor=anchor,
        account=account.name,
        platform=account.platform,
        state="planned" if approve else "due",
        reason="approval" if approve else None,
        due_at=None if approve else ledger.now(),
        priority=priority,
        revision=ledger.deliveries.next_revision(anchor, account.name),
        again=again,
    )


def _posts(anchor: str, account: Account, ledger: Ledger) -> list[Delivery]:
    rows = ledger.deliveries.search(anchor=anchor, accounts=(account.name,))
    return sorted((row for row in rows if row.action == "post" and row.part == 0), key=lambda row: row.revision)


def _require_posted(posts: Sequence[Delivery], anchor: str, account: Account, ledger: Ledger) -> None:
    known = ledger.articles.find(anchor)
    url, name = known.article.url, account.name
    first = next((row for row in reversed(posts) if row.again is None), None)
    if known.withdrawn_at is not None:
        raise SyndicateError(f"{name}: {url} was withdrawn by its site, and is not posted again")
    if first is None:
        raise SyndicateError(f"{name}: {url} was not posted there yet, so it cannot be posted again")
    if first.reason == "deleted":
        hint = f"repost {first.key[:8]} first"
        raise SyndicateError(f"{name}: the post of {url} was deleted, so it cannot be posted again", hint=hint)
    if first.state != "posted":
        why = f" ({first.reason})" if first.reason else ""
        raise SyndicateError(
            f"{name}: the first post of {url} is {first.state}{why}, so it cannot be posted again yet: {first.key[:8]}"
        )
    under_way = next((row for row in posts if row.again is not None and row.state not in _OVER), None)
    if under_way is not None:
        raise SyndicateError(
            f"{name}: another post that repeats {url} is {under_way.state} already: {under_way.key[:8]}"
        )


def _may_suit(known: StoredArticle, account: Account) -> bool:
    """Whether an article is one that the account's rule names, by what costs no comparison of its title."""
    assert account.again is not None
    wanted = replace(account.again.only, title=None)
    return (
        known.withdrawn_at is None
        and site_of(known.article.source) == site_of(account.name)
        and fits(wanted, known.article) is True
    )


def _suits(known: StoredArticle, account: Account, rule: AgainRule) -> bool:
    """Whether an article may be posted again on an account, by the rule and by the account's own conditions."""
    article = known.article
    compare([article], [account, replace(account, only=rule.only)], NO_RULES)
    return (
        known.withdrawn_at is None
        and not article.is_empty
        and fits(rule.only, article) is True
        and admits(account, article) is True
        and chosen(account, article)
    )


def _hash_of(accounts: Sequence[Account]) -> str:
    said = repr([(account.name, account.again) for account in accounts])
    return hashlib.sha256(said.encode()).hexdigest()[:16]
