"""Pure: which account gets which article, and when. First runs send nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import ClassVar, TypeAlias
from zoneinfo import ZoneInfo

from syndicate.model import EMBARGOED, NO_RULES, Account, Article, BreakingRules, Filter, Reason, State
from syndicate.schedule import at_once

GRACE = timedelta(minutes=1)  # feeds count in seconds, and clocks differ
FAR = timedelta(days=30)  # a date further ahead is a slip, more likely than an embargo
SOON = timedelta(minutes=5)  # a date no further ahead than this is a clock that runs fast
UNSURE = timedelta(hours=14)  # how far a date may be off when its zone was a guess

_URGENT = frozenset({"1", "breaking", "flash", "urgent"})


@dataclass(frozen=True, slots=True)
class Candidate:
    """An article that may be announced. `on_top`: it stands above every article known before.

    `borrowed` is a known story that bears one of its names, and has nothing else of it.
    `overrules` are reasons for which it was skipped before that hold no more.
    """

    anchor: str
    article: Article
    on_top: bool = False
    overrules: tuple[str, ...] = ()
    borrowed: Article | None = None


@dataclass(frozen=True, slots=True)
class Planned:
    """One delivery to write. `due_at` is None once nothing is due. Past `expires_at` it is not sent any more.

    `priority` 0 is breaking news, 1 all else. `note` says in words why it waits.
    """

    candidate: Candidate
    account: Account
    state: State
    reason: Reason | None
    due_at: datetime | None = None
    expires_at: datetime | None = None
    priority: int = 1
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Baselines:
    """When the first good reading of a source was, and when an account joined; None: not yet."""

    source: datetime | None
    account: datetime | None

    @property
    def began(self) -> datetime | None:
        """From when on stories are new: the later of the two."""
        return max(self.source, self.account) if self.source is not None and self.account is not None else None


@dataclass(frozen=True, slots=True)
class FilterStep:
    """Whether the account's `only` and `never` let a story through."""

    passed: bool
    reason: ClassVar[Reason] = "filtered"


@dataclass(frozen=True, slots=True)
class BaselineStep:
    """Whether a story is newer than the first run. `passed` None: its date does not tell, or there was none yet.

    `published` may be earlier than `began` by `slack`. `day` is the source's, of a date without a time: then days
    are compared instead.
    """

    passed: bool | None
    began: datetime | None
    published: datetime | None
    slack: timedelta
    day: date | None = None
    reason: ClassVar[Reason] = "baseline"


@dataclass(frozen=True, slots=True)
class AgeStep:
    """Whether a story was young enough when it was first seen. `age` None: it has no date to be too old by."""

    passed: bool
    age: timedelta | None
    limit: timedelta
    reason: ClassVar[Reason] = "too_old"


PlanStep: TypeAlias = FilterStep | BaselineStep | AgeStep
"""A rule that a story is put to before it is planned, and what was compared. Where it does not pass, the story is
skipped for `reason`."""


def plan(
    candidates: Sequence[Candidate],
    accounts: Sequence[tuple[Account, datetime]],
    *,
    source_baseline: datetime | None,
    zone: str,
    now: datetime,
    breaking: BreakingRules = NO_RULES,
) -> list[Planned]:
    """Deliveries for articles that were never seen before, to accounts with their baselines; oldest first.

    `source_baseline` None: this very reading is the baseline, and nothing is planned.
    """
    if source_baseline is None:
        return []
    return [
        _judge(candidate, account, Baselines(source_baseline, baseline), zone, now, breaking)
        for candidate in oldest_first(candidates)
        for account, baseline in accounts
    ]


def wanted(
    candidates: Sequence[Candidate],
    accounts: Sequence[Account],
    *,
    now: datetime,
    filtered: bool,
    breaking: BreakingRules = NO_RULES,
) -> list[Planned]:
    """Deliveries somebody asked for by name or number: no baseline, no age, no delay; filters only if `filtered`."""
    return [
        Planned(candidate, account, "skipped", "filtered")
        if filtered and not admits(account, candidate.article)
        else _due(candidate, replace(account, delay=timedelta(0)), now, priority(candidate.article, breaking), None)
        for candidate in oldest_first(candidates)
        for account in accounts
    ]


def steps(
    article: Article, account: Account, baselines: Baselines, zone: str, seen: datetime, *, on_top: bool | None = None
) -> Iterator[PlanStep]:
    """The rules in their order: the first that does not pass decides. `seen`: when the story is, or was, judged.

    `on_top`: it stands above all that was known before, which tells whether an undated one is new; None: that is
    not known any more. `zone` (IANA) is the source's.
    """
    yield FilterStep(admits(account, article))
    yield _newness(article, baselines.began, zone, on_top=on_top)
    yield _age(article, account, seen)


def oldest_first(candidates: Sequence[Candidate]) -> list[Candidate]:
    """By date; undated ones last; equals in the document's order reversed, since feeds put the newest first."""
    latest = datetime.max.replace(tzinfo=ZoneInfo("UTC"))
    newest_last = list(candidates)
    newest_last.reverse()
    return sorted(newest_last, key=lambda candidate: candidate.article.published or latest)


def admits(account: Account, article: Article) -> bool:
    """Whether the account's `only` and `never` let an article through."""
    if account.only is not None and not _matches(account.only, article):
        return False
    return account.never is None or not _matches(account.never, article)


def priority(article: Article, breaking: BreakingRules) -> int:
    """0 for breaking news, by the publisher's rule or the source's own mark (ninjs urgency 1); else 1."""
    said = {article.raw.get("priority", "").casefold(), article.raw.get("urgency", "")}
    rules = (Filter(tags=breaking.tags), Filter(sections=breaking.sections), Filter(title=breaking.title))
    fits = any(rule != Filter() and _matches(rule, article) for rule in rules)
    return 0 if fits or said & _URGENT else 1


def expiry(article: Article, account: Account, now: datetime) -> datetime:
    """From when on an article is too old for an account; an undated one counts from now."""
    slack = timedelta(days=1) if article.precision == "day" else timedelta(0)
    slack += UNSURE if article.tz_assumed else timedelta(0)
    return (article.published or now) + account.max_age + slack


def _judge(
    candidate: Candidate, account: Account, baselines: Baselines, zone: str, now: datetime, breaking: BreakingRules
) -> Planned:
    article = candidate.article
    for step in steps(article, account, baselines, zone, now, on_top=candidate.on_top):
        if not step.passed:
            return Planned(candidate, account, "skipped", step.reason)
    return _due(candidate, account, now, priority(article, breaking), expiry(article, account, now))


def _due(candidate: Candidate, account: Account, now: datetime, priority: int, expires_at: datetime | None) -> Planned:
    """Now, or what it waits for: a person, its hour, or some calm."""
    published, delay = candidate.article.published, account.delay
    embargoed = embargo(candidate.article, now)
    calm = now + delay if delay and not at_once(account, priority) else None
    waits = max(filter(None, (embargoed, calm)), default=None)
    doubt = doubtful(published, now)
    if doubt is not None:
        return Planned(candidate, account, "planned", "date", embargoed, expires_at, priority, doubt)
    if account.approve:
        return Planned(candidate, account, "planned", "approval", waits, expires_at, priority)
    if waits is not None:
        reason: Reason = "delay" if waits == calm else "embargo"
        return Planned(candidate, account, "planned", reason, waits, expires_at, priority)
    return Planned(candidate, account, "due", None, now, expires_at, priority)


def embargo(article: Article, seen: datetime) -> datetime | None:
    """The hour a story waits for that was dated ahead when it was seen."""
    published = article.published
    return published if published is not None and published > seen + soon(article) else None


def soon(article: Article) -> timedelta:
    """How far ahead a date may lie that is no hour to wait for; none where the source names an embargo."""
    return timedelta(0) if EMBARGOED in article.raw else SOON


def doubtful(published: datetime | None, now: datetime) -> str | None:
    """Why a person has to look at a date."""
    if published is None or published <= now + FAR:
        return None
    return f"it is dated {published:%Y-%m-%d}, more than {FAR.days} days ahead"


def _newness(article: Article, began: datetime | None, zone: str, *, on_top: bool | None) -> BaselineStep:
    """Dated after the baseline; a date without a time is compared by day; an undated one by its place."""
    published = article.published
    slack = GRACE + (UNSURE if article.tz_assumed else timedelta(0))
    if began is None or published is None:
        return BaselineStep(on_top if began is not None else None, began, published, slack)
    if article.precision == "day":
        local = ZoneInfo(zone)
        day = published.astimezone(local).date()
        return BaselineStep(day >= began.astimezone(local).date(), began, published, slack, day)
    return BaselineStep(published >= began - slack, began, published, slack)


def _age(article: Article, account: Account, seen: datetime) -> AgeStep:
    age = max(timedelta(0), seen - article.published) if article.published is not None else None
    return AgeStep(seen <= expiry(article, account, seen), age, account.max_age)


def _matches(rule: Filter, article: Article) -> bool:
    """Every condition of the rule that was given holds."""
    section = article.section
    # A feed that knows only categories keeps its sections there.
    sections = {section, *re.split(r"\s*>\s*", section)} if section else set(article.categories)
    language = (article.language or "").casefold()
    return (
        (not rule.sections or _any(rule.sections, sections))
        and (not rule.tags or _any(rule.tags, set(article.categories)))
        and (not rule.languages or any(_speaks(language, wish.casefold()) for wish in rule.languages))
        and (not rule.sources or article.source in rule.sources)
        and (not rule.title or re.search(rule.title, article.title) is not None)
    )


def _any(wishes: Sequence[str], values: set[str]) -> bool:
    folded = {value.strip().casefold() for value in values}
    return any(wish.strip().casefold() in folded for wish in wishes)


def _speaks(language: str, wish: str) -> bool:
    """`en` admits en-GB; `en-GB` does not admit en."""
    return language == wish or language.startswith(f"{wish}-")
