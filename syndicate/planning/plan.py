"""Decides which account gets which article, and when. A source's first run plans nothing. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import ClassVar, TypeAlias
from zoneinfo import ZoneInfo

from syndicate.model import EMBARGOED, NO_RULES, UNREAD_DATE, Account, Article, BreakingRules, Filter, Reason, State
from syndicate.model.dataclass import dataclass
from syndicate.planning.filters import admits, chosen, fits, refused, undecided
from syndicate.schedule import at_once

GRACE = timedelta(minutes=1)  # feeds count in seconds, and clocks differ
FAR = timedelta(days=30)  # a date further ahead is more likely a mistake than an embargo
SOON = timedelta(minutes=5)  # a date no further ahead than this is a fast clock, not an embargo
UNSURE = timedelta(hours=14)  # how far a date may be off if its time zone was a guess
ABOUT = timedelta(days=1) + UNSURE  # how far the date of a change may be off: it may be a day in an unknown zone

_URGENT = frozenset({"1", "breaking", "flash", "urgent"})


@dataclass(frozen=True, slots=True)
class Candidate:
    """An article that may be announced. `on_top`: the source lists it above every article known before.

    `borrowed` is a known article that has one of its names and nothing else in common with it.
    `overrules` are reasons for which it was skipped before and which no longer hold.
    """

    anchor: str
    article: Article
    on_top: bool = False
    overrules: tuple[str, ...] = ()
    borrowed: Article | None = None


@dataclass(frozen=True, slots=True)
class Planned:
    """One delivery to write. `due_at` is None where no time is set. Past `expires_at` it is not sent any more.

    `priority` 0 is breaking news, 1 all else. `note` says in words why it waits. `undecided`: the account's rule for
    titles that could not be compared in time, such as "never.title".
    """

    candidate: Candidate
    account: Account
    state: State
    reason: Reason | None
    due_at: datetime | None = None
    expires_at: datetime | None = None
    priority: int = 1
    note: str | None = None
    undecided: str | None = None


@dataclass(frozen=True, slots=True)
class Baselines:
    """When a source was first read successfully, and when an account was first used; None: not yet."""

    source: datetime | None
    account: datetime | None

    @property
    def began(self) -> datetime | None:
        """From when on articles count as new: the later of the two."""
        return max(self.source, self.account) if self.source is not None and self.account is not None else None


@dataclass(frozen=True, slots=True)
class FilterStep:
    """Whether the account's `only` and `never` let an article pass. `passed` None: a person has to say."""

    passed: bool | None
    reason: ClassVar[Reason] = "filtered"


@dataclass(frozen=True, slots=True)
class OverrideStep:
    """Whether the article itself lets this account have it. `refused`: it says no, for certain.

    It may also leave the account out of a list; that is decided when it is sent, where a wrong name can be told.
    """

    passed: bool
    refused: bool
    reason: ClassVar[Reason] = "filtered"


@dataclass(frozen=True, slots=True)
class BaselineStep:
    """Whether an article is newer than the first run. `passed` None: it cannot be told, or there was no first run yet.

    `published` may be earlier than `began` by `slack`. `day` is set for a date without a time, in the source's time
    zone: then days are compared. `changed` is when an article without a date was changed last.
    """

    passed: bool | None
    began: datetime | None
    published: datetime | None
    slack: timedelta
    day: date | None = None
    changed: datetime | None = None
    reason: ClassVar[Reason] = "baseline"


@dataclass(frozen=True, slots=True)
class AgeStep:
    """Whether an article was within `max_age` when it was first seen. `age` None: it states no date at all."""

    passed: bool
    age: timedelta | None
    limit: timedelta
    reason: ClassVar[Reason] = "too_old"


@dataclass(frozen=True, slots=True)
class EmptyStep:
    """An article without words and without a picture or recording is not announced."""

    passed: ClassVar[bool] = False
    reason: ClassVar[Reason] = "empty"


PlanStep: TypeAlias = FilterStep | OverrideStep | BaselineStep | AgeStep | EmptyStep
"""A rule that an article has to pass before it is planned, and what was compared. If it does not pass, it is skipped
for `reason`."""


def plan(
    candidates: Sequence[Candidate],
    accounts: Sequence[tuple[Account, datetime]],
    *,
    source_baseline: datetime | None,
    zone: str,
    now: datetime,
    breaking: BreakingRules = NO_RULES,
) -> list[Planned]:
    """Plan new articles for `accounts`, which come with their baselines; oldest first.

    `source_baseline` None: this reading is the baseline, and nothing is planned.
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
    """Plan articles that a person asked for: no baseline, no age limit, no delay; filters only if `filtered`."""
    return [
        _asked(candidate, account, now, admits(account, candidate.article) if filtered else True, breaking)
        for candidate in oldest_first(candidates)
        for account in accounts
    ]


def _asked(
    candidate: Candidate, account: Account, now: datetime, admitted: bool | None, breaking: BreakingRules
) -> Planned:
    admitted = False if refused(account, candidate.article) else admitted
    if candidate.article.is_empty or admitted is False:
        return Planned(candidate, account, "skipped", "empty" if candidate.article.is_empty else "filtered")
    urgency = priority(candidate.article, breaking)
    if admitted is None:
        return _undecided(candidate, account, now, urgency, None)
    return _due(candidate, replace(account, delay=timedelta(0)), now, urgency, None)


def steps(
    article: Article, account: Account, baselines: Baselines, zone: str, seen: datetime, *, on_top: bool | None = None
) -> Iterator[PlanStep]:
    """The rules in their order; the first that does not pass decides. `seen` is when the article was first seen.

    `on_top`: the source lists it above all that was known before, so an undated one is new; None: that is not
    known any more. `zone` (IANA) is the source's.
    """
    yield FilterStep(admits(account, article))
    if article.override is not None:
        yield OverrideStep(chosen(account, article), refused(account, article))
    yield _newness(article, baselines.began, zone, on_top=on_top)
    yield _age(article, account, seen)
    if article.is_empty:
        yield EmptyStep()


def oldest_first(candidates: Sequence[Candidate]) -> list[Candidate]:
    """Sort by date, undated ones last; equals in the reverse of the document's order, since feeds list newest first."""
    latest = datetime.max.replace(tzinfo=ZoneInfo("UTC"))
    newest_last = list(candidates)
    newest_last.reverse()
    return sorted(newest_last, key=lambda candidate: candidate.article.published or latest)


def priority(article: Article, breaking: BreakingRules) -> int:
    """0 for breaking news, by the publisher's rule or the source's own mark (ninjs urgency 1); else 1."""
    said = {article.raw.get("priority", "").casefold(), article.raw.get("urgency", "")}
    rules = (Filter(tags=breaking.tags), Filter(sections=breaking.sections), Filter(title=breaking.title))
    urgent = any(rule != Filter() and fits(rule, article) for rule in rules)  # what took too long is not breaking
    return 0 if urgent or said & _URGENT else 1


def expiry(article: Article, account: Account, now: datetime) -> datetime:
    """When an article becomes too old for an account; for an undated one, `max_age` counts from its last change or now.

    It cannot have been published after it was changed. What asks for a later time counts from that.
    """
    aged = _aged(article, account, now)
    wished = article.override.at if article.override else None
    return aged if wished is None or wished <= now else max(aged, wished + account.max_age)


def _aged(article: Article, account: Account, now: datetime) -> datetime:
    if article.published is None and article.updated is not None:
        return min(article.updated + ABOUT, now) + account.max_age
    slack = timedelta(days=1) if article.precision == "day" else timedelta(0)
    slack += UNSURE if article.tz_assumed else timedelta(0)
    return (article.published or now) + account.max_age + slack


def _judge(
    candidate: Candidate, account: Account, baselines: Baselines, zone: str, now: datetime, breaking: BreakingRules
) -> Planned:
    article = candidate.article
    admitted: bool | None = True
    for step in steps(article, account, baselines, zone, now, on_top=candidate.on_top):
        if isinstance(step, FilterStep) and step.passed is None:
            admitted = None
        elif isinstance(step, OverrideStep) and not step.refused:
            continue
        elif not step.passed:
            return Planned(candidate, account, "skipped", step.reason)
    judge = _due if admitted else _undecided
    return judge(candidate, account, now, priority(article, breaking), expiry(article, account, now))


def _undecided(
    candidate: Candidate, account: Account, now: datetime, priority: int, expires_at: datetime | None
) -> Planned:
    """A delivery that waits for a person, since a rule for titles took too long: it may be one that never goes out."""
    rule = undecided(account, candidate.article)
    entry = _due(candidate, replace(account, approve=True, delay=timedelta(0)), now, priority, expires_at)
    note = entry.note or f"{rule} took too long on its title, so it may be one that the rule is about"
    return replace(entry, account=account, note=note, undecided=rule)


def _due(candidate: Candidate, account: Account, now: datetime, priority: int, expires_at: datetime | None) -> Planned:
    """A delivery that is due now, or waits for approval, for its embargo, or for its delay."""
    published, delay = candidate.article.published, account.delay
    embargoed = embargo(candidate.article, now)
    override = candidate.article.override
    if override is not None and override.at is not None and override.at > now:
        embargoed = max(override.at, embargoed or override.at)
    calm = now + delay if delay and not at_once(account, priority) else None
    waits = max(filter(None, (embargoed, calm)), default=None)
    doubt = doubtful(published, now) or unread(candidate.article)
    if doubt is not None:
        return Planned(candidate, account, "planned", "date", embargoed, expires_at, priority, doubt)
    if account.approve:
        return Planned(candidate, account, "planned", "approval", waits, expires_at, priority)
    if waits is not None:
        reason: Reason = "delay" if waits == calm else "embargo"
        return Planned(candidate, account, "planned", reason, waits, expires_at, priority)
    return Planned(candidate, account, "due", None, now, expires_at, priority)


def embargo(article: Article, seen: datetime) -> datetime | None:
    """The time that an article waits for, if it was dated in the future when it was seen; else None."""
    published = article.published
    return published if published is not None and published > seen + soon(article) else None


def soon(article: Article) -> timedelta:
    """How far in the future a date may be that is not waited for; zero where the source names an embargo."""
    return timedelta(0) if EMBARGOED in article.raw else SOON


def doubtful(published: datetime | None, now: datetime) -> str | None:
    """Why a person has to approve a date, in words; None where nobody has to."""
    if published is None or published <= now + FAR:
        return None
    return f"it is dated {published:%Y-%m-%d}, more than {FAR.days} days ahead"


def unread(article: Article) -> str | None:
    """Why a person has to say whether an article is new, in words: others of its source have dates, its own is none."""
    said = article.raw.get(UNREAD_DATE) if article.published is None else None
    return f"its date cannot be read: {said[:60]!r}" if said else None


def _newness(article: Article, began: datetime | None, zone: str, *, on_top: bool | None) -> BaselineStep:
    """Whether it is dated after the baseline. A date without a time is compared by day, an undated one by its place."""
    published = article.published
    slack = GRACE + (UNSURE if article.tz_assumed else timedelta(0))
    changed = article.updated
    if began is not None and published is None and changed is not None and changed < began - ABOUT:
        return BaselineStep(False, began, None, ABOUT, changed=changed)
    if began is None or published is None:
        return BaselineStep(on_top if began is not None else None, began, published, slack)
    if article.precision == "day":
        local = ZoneInfo(zone)
        day = published.astimezone(local).date()
        return BaselineStep(day >= began.astimezone(local).date(), began, published, slack, day)
    return BaselineStep(published >= began - slack, began, published, slack)


def _age(article: Article, account: Account, seen: datetime) -> AgeStep:
    since = article.published or article.updated
    age = max(timedelta(0), seen - since) if since is not None else None
    return AgeStep(seen <= _aged(article, account, seen), age, account.max_age)
