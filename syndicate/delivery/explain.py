"""Pure: why an article was announced on an account, or was not: each step, its verdict, and the values it compared."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Literal, TypeAlias
from zoneinfo import ZoneInfo

from syndicate.delivery.gates import Opening
from syndicate.ledger.accounts import PAUSED, AccountState
from syndicate.ledger.articles import StoredArticle
from syndicate.ledger.imports import SEEN
from syndicate.model import APPROVABLE, SCHEDULED, Account, Article, Delivery, Filter, Hours, Schedule
from syndicate.model.dataclass import dataclass
from syndicate.planning.filters import fits, undecided
from syndicate.planning.plan import (
    AgeStep,
    Baselines,
    BaselineStep,
    EmptyStep,
    FilterStep,
    OverrideStep,
    embargo,
    steps,
)
from syndicate.serialization import instant

Verdict: TypeAlias = Literal["yes", "no", "waits", "unclear", "note"]
"""`yes`: the step lets the article pass. `unclear`: nobody can tell. `note`: it made no difference."""


Cure: TypeAlias = Literal["check", "login", "resume", "resume_all", "approve", "repost"]
"""What a person can do: check a login, sign in, resume one account or all, approve a delivery, send a post again."""


RESUMES: Mapping[str, Cure] = {"auth": "check", "login": "login", "person": "resume", "all": "resume_all"}
"""What helps a paused account, for each value of `AccountState.paused`."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One step: its name, its verdict, and what it compared, in words. `cure` is what helps where it waits."""

    name: str
    verdict: Verdict
    value: str
    cure: Cure | None = None


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything that the steps compare. `baseline` is the source's; None before its first good reading.

    `delivery` is None where nothing was ever planned; `attempts` are the start and outcome of each try, in order.
    `opening` is from when on the account's schedule lets it go; `spent` is what the month's posts cost, in
    millionths of a dollar; `words` are the paused words that the article contains; `changes` are the edits and
    deletions of its post; `misread` is what of the article's own words on its posts cannot be followed; `repeated` are
    the posts that repeat the story, in order.
    """

    known: StoredArticle
    baseline: datetime | None
    zone: str
    delivery: Delivery | None
    attempts: Sequence[tuple[datetime | None, str | None]]
    now: datetime
    opening: Opening | None = None
    spent: int | None = None
    words: Sequence[str] = ()
    changes: Sequence[Delivery] = ()
    misread: str = ""
    repeated: Sequence[Delivery] = ()


def explain(account: Account, state: AccountState | None, facts: Facts) -> list[Finding]:
    """Every step of the article to this account, in their order."""
    delivery = facts.delivery
    # What was announced elsewhere was not put to the other rules.
    found = [Finding("seen", "no", SEEN)] if facts.known.imported else [*_decided(account, state, facts)]
    decided = next((step for step in found if step.verdict == "no"), None)
    if delivery is not None and delivery.state != "skipped" and decided is not None:
        # It was planned all the same: by hand, by --backfill, or before the config was changed.
        found = [Finding(step.name, "note" if step.verdict == "no" else step.verdict, step.value) for step in found]
    if state is not None and state.paused:
        found.append(Finding("account", "waits", PAUSED[state.paused], RESUMES[state.paused]))
    elif state is not None and state.next_at > facts.now and delivery and delivery.state == "due":
        found.append(Finding("account", "waits", f"the network asked to wait until {_clock(state.next_at)}"))
    if delivery is not None and delivery.state in ("planned", "due") and delivery.action == "post":
        found += _waits(account, delivery, facts)
    found += _backed(delivery)
    found += [_tried(number, began, outcome) for number, (began, outcome) in enumerate(facts.attempts, 1)]
    found.append(_end(delivery, facts))
    found += [_change(row) for row in facts.changes]
    found += [_repetition(number, row) for number, row in enumerate(facts.repeated, 1)]
    return found + _rule(account, facts)


def _decided(account: Account, state: AccountState | None, facts: Facts) -> Iterator[Finding]:
    """The rules that decided whether it was planned, in words."""
    article = facts.known.article
    yield from _form(account, article)
    baselines = Baselines(facts.baseline, state.baseline_at if state else None)
    for step in steps(article, account, baselines, facts.zone, facts.known.first_seen):
        match step:
            case FilterStep():
                yield _filtered(step, account, article)
            case OverrideStep():
                yield _overridden(step, account, facts)
            case BaselineStep():
                yield _baseline(step, facts)
            case AgeStep():
                yield _age(step, facts)
            case EmptyStep():
                yield Finding("words", "no", "it has no title, no text, no picture and no recording")


def _form(account: Account, article: Article) -> Iterator[Finding]:
    """How a note goes out; nothing of an article with a headline."""
    if article.note is None or account.notes == "skip":
        return
    if account.notes == "link":
        yield Finding("form", "note", "a note, posted with its link, as an article (notes: link)")
        return
    rest = "" if article.note.whole else ", of which the source gives a beginning"
    yield Finding(
        "form", "note", f"a note of {len(article.body)} characters{rest}; its link goes along: {account.note_link}"
    )


def _verdict(passed: bool | None) -> Verdict:
    return "note" if passed is None else "yes" if passed else "no"


def _filtered(step: FilterStep, account: Account, article: Article) -> Finding:
    if account.notes == "skip" and article.form == "note":
        return Finding("filter", "no", "it is a note, and the account takes none (notes: skip)")
    if account.only is None and account.never is None:
        return Finding("filter", "yes", "none is set")
    compared = (
        f"section {article.section or '(none)'}; tags {', '.join(article.categories) or '(none)'};"
        f" language {article.language or '(none)'}; source {article.source}"
    )
    wishes = [f"{name} {_said(rule)}" for name, rule in (("only", account.only), ("never", account.never)) if rule]
    if step.passed is None:
        compared = f"{undecided(account, article)} took too long on its title, so a person decides; {compared}"
    return Finding("filter", _verdict(step.passed), f"{compared} | {'; '.join(wishes)}")


def _overridden(step: OverrideStep, account: Account, facts: Facts) -> Finding:
    """What the article says itself of this account's post, and whether the post that went out follows it."""
    said, delivery = facts.known.article.override, facts.delivery
    assert said is not None
    own = said.of(account.name, account.platform)
    posted = delivery if delivery is not None and delivery.state == "posted" else None
    if not step.passed and (step.refused or not facts.misread):
        late = "; its post went out before, and stays" if posted else ""
        return Finding("override", "no", f"the article says itself that it is not posted here ({said.place}){late}")
    if facts.misread:
        return Finding("override", "note" if posted else "waits", facts.misread)
    told = [f"its {name}" for name, _ in own.said() if name != "post"]
    told += [f"not before {_clock(said.at)}"] if said.at else []
    told += [f"no equal here for {', '.join(said.left)}"] if said.left else []
    words = f"the article says so itself ({said.place}): {', '.join(told) or 'post it'}"
    if posted and own.text and not _has(posted, own.text) and not facts.changes:
        return Finding("override", "note", f"{words}; its post went out without this text, and stays as it is")
    return Finding("override", "yes", words)


def _has(posted: Delivery, text: str) -> bool:
    """Whether a post has an article's own text, wherever its link and hashtags stand."""
    sent = re.sub(r"[\s\u2060]+", "", str((posted.post or {}).get("text") or ""))
    return all(re.sub(r"\s+", "", part) in sent for part in re.split(r"\{link\}|\{hashtags\}|https?://\S+", text))


def _said(rule: Filter) -> str:
    named = (("sections", rule.sections), ("tags", rule.tags), ("languages", rule.languages), ("sources", rule.sources))
    parts = [f"{name} {', '.join(values)}" for name, values in named if values]
    return " and ".join([*parts, *([f"title /{rule.title}/"] if rule.title else [])])


def _baseline(step: BaselineStep, facts: Facts) -> Finding:
    """Whether it is newer than the first run, which only records what is already there."""
    if step.began is None:
        return Finding("baseline", "note", "no first run yet: it will record this article as seen")
    whose = "the source's" if step.began == facts.baseline else "the account's"
    against = f"{whose} first run at {_clock(step.began)}"
    told = f"published {_clock(step.published)}; {against} (with {_span(step.slack)} of tolerance)"
    if step.published is None:
        told = f"no date; {against}; an undated article is new only above all known ones"
        if step.changed is not None:
            told = f"no date, but last changed {_clock(step.changed)}; {against}"
    elif step.day is not None:
        told = f"published on {step.day}; {against}"
    return Finding("baseline", _verdict(step.passed), told)


def _age(step: AgeStep, facts: Facts) -> Finding:
    """How old it was when it was first seen, which is when this is decided."""
    if step.age is None:
        return Finding("age", "yes", "no date, so never older than max_age")
    ahead = embargo(facts.known.article, facts.known.first_seen)
    if ahead is not None:
        return Finding("embargo", "waits" if ahead > facts.now else "yes", f"dated in the future, {_clock(ahead)}")
    old = "old" if facts.known.article.published else "since its last change"
    told = f"{_span(step.age)} {old} when first seen; max_age {_span(step.limit)}"
    return Finding("age", _verdict(step.passed), told)


def _waits(account: Account, delivery: Delivery, facts: Facts) -> list[Finding]:
    """What paused words, schedule and budget say now."""
    steps = [Finding("pause", "waits", f"articles with '{word}' are paused") for word in facts.words]
    if delivery.priority == 0:
        steps.append(Finding("breaking", "note", "breaking news: it goes first"))
    elif delivery.priority < 0:
        steps.append(Finding("now", "note", "a person wants it at once: past hours and spacing"))
    if facts.opening is not None and account.schedule != Schedule(timezone=account.schedule.timezone):
        steps.append(_hours(account.schedule, facts.opening, facts.now))
    if account.budget is not None and facts.spent is not None:
        told = f"${facts.spent / 1e6:.2f} of ${account.budget.monthly_usd:.2f} spent this month"
        steps.append(Finding("budget", "waits" if delivery.reason == "budget" else "yes", told))
    return steps


def _hours(schedule: Schedule, opening: Opening, now: datetime) -> Finding:
    """The account's local time against its windows, quiet hours, spacing and caps."""
    local = now.astimezone(ZoneInfo(schedule.timezone))
    parts = [f"{name} {', '.join(hours.said for hours in listed)}" for name, listed in _listed(schedule) if listed]
    parts += [f"spacing {_span(schedule.spacing)}"] if schedule.spacing else []
    parts += [f"{name} {cap}" for name, cap in (("per_hour", schedule.per_hour), ("per_day", schedule.per_day)) if cap]
    told = f"now {local:%a %H:%M} {schedule.timezone}; {'; '.join(parts) or 'no hours'}"
    if opening.reason is None:
        return Finding("schedule", "yes", told)
    return Finding("schedule", "waits", f"{told}; not before {_clock(opening.at)}, by {opening.said}")


def _listed(schedule: Schedule) -> tuple[tuple[str, tuple[Hours, ...]], ...]:
    return ("windows", schedule.windows), ("quiet", schedule.quiet)


def _backed(delivery: Delivery | None) -> list[Finding]:
    """The records that the post's link card names, or why it is a plain one; nothing where its page names none."""
    said = (delivery.post or {}).get("backing") if delivery else None
    if not said:
        return []
    if said["why"]:
        return [Finding("card", "note", f"plain, since {said['why']}")]
    return [Finding("card", "yes", f"it names {' and '.join(ref['uri'] for ref in said['refs'])}")]


def _tried(number: int, began: datetime | None, outcome: str | None) -> Finding:
    verdict: Verdict = "yes" if outcome == "posted" else "unclear" if outcome in ("unknown", None) else "waits"
    return Finding(f"attempt {number}", verdict, f"{_clock(began)}: {outcome or 'not ended'}")


def _change(row: Delivery) -> Finding:
    """An edit or a deletion, with its state."""
    told = ", ".join(filter(None, (row.reason, row.error)))
    if row.state == "posted":
        return Finding(row.action, "yes", "done")
    return Finding(row.action, "note" if row.reason == "unchanged" else "waits", f"{row.state}: {told}".rstrip(": "))


def _repetition(number: int, row: Delivery) -> Finding:
    """A post that repeats the story, with its state."""
    whose = "by the rule" if row.again is not None and row.again.by == "rule" else "for a person"
    when = f"posted {_clock(row.posted_at)}" if row.posted_at else row.state
    told = ", ".join(filter(None, (when, row.reason, row.permalink, row.error)))
    verdict: Verdict = "yes" if row.state == "posted" else "no" if row.state in ("skipped", "failed") else "waits"
    verdict = "unclear" if row.state in ("held", "unknown") else verdict
    return Finding(f"again {number}", verdict, f"{row.key[:8]}, {whose}: {told}")


def _rule(account: Account, facts: Facts) -> list[Finding]:
    """From when on the account's rule may repeat the story; nothing where it is none of those that the rule names."""
    rule = account.again
    if rule is None or fits(rule.only, facts.known.article) is not True:
        return []
    posts = [row for row in (facts.delivery, *facts.repeated) if row is not None]
    last = posts[-1] if posts else None
    times = sum(row.state == "posted" for row in facts.repeated)
    if facts.known.withdrawn_at is not None:
        return [Finding("again", "no", "it was withdrawn by its site")]
    if last is None or last.state != "posted" or last.reason == "deleted" or last.posted_at is None:
        return [Finding("again", "note", "the rule repeats it only where its last post is posted")]
    if times >= rule.times:
        return [Finding("again", "no", f"the rule has repeated it {times} of {rule.times} times")]
    told = f"{times} of {rule.times} times; the rule may repeat it from {_clock(last.posted_at + rule.after)} on"
    return [Finding("again", "note", told)]


def _end(delivery: Delivery | None, facts: Facts) -> Finding:
    """The delivery's state now."""
    if delivery is None:
        why = "it was announced elsewhere" if facts.known.imported else "what a first run finds is recorded, not posted"
        return Finding("delivery", "no", f"none was planned: {why}")
    if delivery.reason == "deleted":
        link = f"{delivery.permalink} leads nowhere any more" if delivery.permalink else "it was deleted"
        return Finding("deleted", "no", link, "repost")
    error = None if delivery.reason in SCHEDULED else delivery.error  # the step before says which setting
    waits = delivery.state == "planned" and delivery.reason in APPROVABLE
    told = ", ".join(filter(None, (delivery.reason, delivery.permalink, error)))
    when = f"; not before {_clock(delivery.due_at)}" if delivery.due_at and delivery.due_at > facts.now else ""
    verdicts: dict[str, Verdict] = {
        "posted": "yes",
        "skipped": "no",
        "failed": "no",
        "held": "unclear",
        "unknown": "unclear",
    }
    value = re.sub(r"\s+", " ", f"{told}{when}") or ("done" if delivery.state == "posted" else "now")
    return Finding(delivery.state, verdicts.get(delivery.state, "waits"), value, "approve" if waits else None)


def _clock(moment: datetime | None) -> str | None:
    """An instant as text, to the second."""
    return instant(moment.replace(microsecond=0)) if moment else None


def _span(length: timedelta) -> str:
    """A length of time as people write it: 3m, 5h, 2d."""
    seconds = round(length.total_seconds())
    for size, unit in ((86_400, "d"), (3_600, "h"), (60, "m")):
        if seconds >= size * 2 or (unit != "d" and seconds >= size and seconds % size == 0):
            return f"{seconds // size}{unit}"
    return f"{seconds}s"
