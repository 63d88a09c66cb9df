"""Sends alerts, once for each change, all of a run together: to the publisher's command, and to apprise's addresses."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Literal, TypeAlias, get_args

from syndicate.app import advice
from syndicate.app.monitoring.conditions import notices, word_back
from syndicate.app.monitoring.drops import Group, article, grouped, named
from syndicate.app.monitoring.ways import Alert, Outcome, Ways, hand_over
from syndicate.ledger import Ledger
from syndicate.ledger.backlog import Question
from syndicate.ledger.notices import Named, Notice
from syndicate.ledger.parts import lacks_its_link
from syndicate.model import APPROVABLE, Account, Delivery, Json
from syndicate.model.dataclass import dataclass
from syndicate.serialization import delivery_record, instant

__all__ = ["Ways", "current", "observe", "send_alerts", "send_without_ledger"]

AT_THE_END = 10.0  # seconds that the alerts of a run may take in all
APART = 30.0  # seconds, where they have a thread of their own

Urgent: TypeAlias = Literal["ledger", "daemon"]
"""Kinds of alerts that need no ledger: it cannot be written, or the daemon cannot work."""
OTHER_KINDS = ("held", "failed", "skipped", "withdrawn", "lapsed", "all_clear", "reply_missing", *get_args(Urgent))
"""Names of alerts besides conditions and events; those of deliveries are their states."""
_WITHDRAWN = "withdrawn"
NO_LINK = "a post is without its link"
_REPLY_MISSING = "reply_missing"
"""Name of the alert of a further post that failed or is held, so that a post that is out stays without its link."""

Decide: TypeAlias = Callable[[Sequence[str]], list[str]]
"""The addresses at which a person decides about these deliveries, by their keys; none where there is no such page."""
Told: TypeAlias = Callable[[bool], None]
"""Records that an alert was heard, or counts a failed try."""


@dataclass(frozen=True, slots=True)
class _Item:
    """An alert that is to be sent, and what records that it was."""

    alert: Alert
    told: Told


def observe(ledger: Ledger, accounts: Iterable[Account], sources: Iterable[str]) -> list[str]:
    """Store the alert conditions that hold now. Returns lines about articles that have just begun to be in danger."""
    begun = ledger.notices.observe(current(ledger, accounts, sources), ledger.now())
    return [_message(notice) for notice in begun if notice.kind == "expiring"]


def current(ledger: Ledger, accounts: Iterable[Account], sources: Iterable[str]) -> dict[Named, str]:
    """The messages of all alert conditions that are true now, by kind and name."""
    now, by_name = ledger.now(), {account.name: account for account in accounts}
    states = [state for name, state in ledger.accounts.all().items() if name in by_name]
    came = {state: ledger.articles.arrivals(state.name, 31) for state in ledger.sources.known(sources)}
    longest = max((account.max_age for account in by_name.values()), default=timedelta(0))
    expiring = [
        each
        for name in sorted(ledger.dropped.accounts_expiring(now, now + longest / 2) & by_name.keys())
        for each in ledger.dropped.expiring(name, now, by_name[name].max_age)
    ]
    terms = {name: term for name, term in ledger.credentials.terms().items() if name in by_name}
    found = notices(states, came, now, ledger.backlog.batches(), expiring, terms)
    return found | word_back(ledger.follow_ups.untold(), now)


def send_alerts(
    ledger: Ledger, ways: Ways, *, patience: float = AT_THE_END, asks: bool = True, decide: Decide = lambda _: []
) -> list[str]:
    """Send all alerts that were not sent yet, in one call. Returns errors of the command or the addresses.

    Without `asks`, what waits for an approval is left for later, so that more comes together. What could not be
    sent within `patience` (seconds) is sent the next time. `decide` gives the addresses for approvals.
    """
    if not ways:
        return []
    items = [
        *_of_deliveries(ledger),
        *_of_drops(ledger),
        *_of_notices(ledger),
        *(_of_questions(ledger, decide) if asks else ()),
    ]
    if not items:
        return []
    outcome = hand_over(ways, [item.alert for item in items], patience)
    for item in items:
        _record(item, outcome)
    return list(outcome.faults)


def send_without_ledger(
    ways: Ways, kind: Urgent, subject: str, message: str, now: datetime, *, patience: float = APART
) -> list[str]:
    """Send one alert at once, whatever the state of the ledger. Returns errors. The caller decides how often."""
    if not ways:
        return []
    line: Json = {"alert": kind, "subject": subject, "message": message, "since": _since(now)}
    return list(hand_over(ways, [Alert(line, f"syndicate: {subject}", message)], patience).faults)


def _record(item: _Item, outcome: Outcome) -> None:
    if outcome.in_time:  # else it is sent again, however often that happens
        item.told(not outcome.faults)


def _of_deliveries(ledger: Ledger) -> list[_Item]:
    """Deliveries that were held, failed, were given up or withdrawn."""

    def told(delivery: Delivery, state: str, fence: int) -> Told:
        return lambda heard: ledger.alerts.told(delivery.key, state, fence, now=ledger.now(), heard=heard)

    waiting = ledger.alerts.waiting()
    titles = {delivery.anchor: ledger.articles.find(delivery.anchor).article.title for delivery, *_ in waiting}
    return [
        _Item(
            _of_delivery(delivery, state, titles[delivery.anchor], _bare(delivery, ledger)),
            told(delivery, state, fence),
        )
        for delivery, state, fence in waiting
    ]


def _bare(delivery: Delivery, ledger: Ledger) -> Delivery | None:
    """The post that stays without its link while this one, a further post of its thread, is not out."""
    if not delivery.part or delivery.action != "post" or delivery.state not in ("held", "failed"):
        return None
    first = ledger.deliveries.of(delivery.anchor, delivery.account, delivery.revision)
    return first if lacks_its_link(first, delivery.part) else None


def _of_delivery(delivery: Delivery, state: str, headline: str, bare: Delivery | None) -> Alert:
    record = delivery_record(delivery)
    if state == _WITHDRAWN:
        record["reason"] = state  # the post is out, and its article is gone
    run = advice.of_delivery(state, delivery.key, record["article"])
    why = advice.reason(None if state == "skipped" else record["reason"], delivery.error)  # it waits no more
    link = record["article"]
    what = f"{NO_LINK}, since the reply with it is {state}" if bare else state
    instead = advice.in_post(delivery) if bare else ""
    choice = f"{run}; or, to put the link into the post, {instead}" if instead else run
    message = f"{delivery.account}: {what}: {why}: {named([(headline, link)])}; {choice}"
    said = (headline, link, f"{what}: {why}", (bare or delivery).permalink, choice, f"key {delivery.key[:8]}")
    body = "\n".join(filter(None, said))
    extra: Json = {"title": headline, "message": message, "command": run}
    extra |= {"alert": _REPLY_MISSING, "post": bare.permalink} if bare else {}
    extra |= {"instead": instead} if instead else {}
    return Alert(record | extra, f"syndicate: {delivery.account}: {NO_LINK if bare else state}", body)


def _of_drops(ledger: Ledger) -> list[_Item]:
    """What was dropped while it waited: one alert for each account and cause."""

    def told(group: Group) -> Told:
        return lambda heard: ledger.dropped.told(group.drops, now=ledger.now(), heard=heard)

    return [_Item(_of_group(group), told(group)) for group in grouped(ledger.dropped.untold(ledger.now()))]


def _of_group(group: Group) -> Alert:
    message = f"{group.line}; {advice.SEND_ANYWAY}"
    line: Json = {"alert": "lapsed", "subject": group.account, "reason": group.cause, "message": message}
    line |= {"since": _since(group.drops[0].at), "articles": group.records, "command": advice.ANNOUNCE}
    return Alert(line, f"syndicate: {group.account}: articles dropped", message)


def _of_notices(ledger: Ledger) -> list[_Item]:
    """Conditions that began or are over, and events; those about approvals are told with the articles."""

    def told(notice: Notice) -> Told:
        return lambda heard: ledger.notices.told(notice, now=ledger.now(), heard=heard)

    return [
        _Item(_of_notice(notice), told(notice))
        for notice in ledger.notices.waiting()
        if notice.ended is not None or notice.kind not in APPROVABLE
    ]


def _of_notice(notice: Notice) -> Alert:
    if notice.ended is not None:
        message = f"over: {notice.message}"
        line: Json = {"alert": "all_clear", "of": notice.kind, "subject": notice.subject, "message": message}
        line |= {"since": _since(notice.since), "until": _since(notice.ended)}
    else:
        message = _message(notice)
        line = {"alert": notice.kind, "subject": notice.subject, "message": message, "since": _since(notice.since)}
        command = advice.of_notice(notice.kind, notice.subject, notice.cause)
        line |= {"command": command} if command else {}
    line |= {"reason": notice.cause} if notice.cause else {}
    return Alert(line, f"syndicate: {notice.subject}", message)


def _of_questions(ledger: Ledger, decide: Decide) -> list[_Item]:
    """What waits for an approval and was not told yet: one alert for each source and reason."""
    batches = defaultdict[tuple[str, str], list[Question]](list)
    for question in ledger.backlog.unasked():
        batches[question.reason, question.source].append(question)
    waiting = ledger.backlog.batches()
    begun = {(notice.kind, notice.subject): notice for notice in ledger.notices.waiting() if notice.ended is None}

    def told(named: tuple[str, str], questions: Sequence[Question]) -> Told:
        def record(heard: bool) -> None:
            if named in begun:
                ledger.notices.told(begun[named], now=ledger.now(), heard=heard)
            if heard:
                ledger.backlog.asked([question.key for question in questions], ledger.now())

        return record

    return [
        _Item(_of_batch(batch, questions, waiting.get(batch, 0), decide), told(batch, questions))
        for batch, questions in batches.items()
    ]


def _of_batch(batch: tuple[str, str], questions: Sequence[Question], waiting: int, decide: Decide) -> Alert:
    reason, source = batch
    pages = decide([question.key for question in sorted(questions, key=lambda each: (each.since, each.article))])
    articles = list({question.article: (question.title, question.article) for question in questions}.values())
    asked = advice.message(reason, source, f"{source}: articles that wait for your approval: {waiting}")
    message = f"{asked}; new: {named(articles)}"
    line: Json = {"alert": reason, "subject": source, "message": message, "since": _since(questions[0].since)}
    records = [article(each.title, each.article, each.key, each.account) for each in questions[:50]]
    line |= {"articles": records, "command": advice.approve(reason, source)}
    if pages:
        line |= {"message": f"{message}; look and decide: {' '.join(pages)}", "decide": pages}
    body = "\n".join([message, *([f"Look and decide: {pages[0]}"] if pages else []), *pages[1:]])
    return Alert(line, f"syndicate: {source}: {len(articles)} to approve", body)


def _message(notice: Notice) -> str:
    return advice.message(notice.kind, notice.subject, notice.message, notice.cause)


def _since(at: datetime) -> str | None:
    return instant(at.replace(microsecond=0))
