"""What a run would decide of every waiting delivery at this moment: asks nobody, writes nothing.

Pages and templates are not looked at, and money is not counted: of what waits for these the ledger's word counts.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from syndicate.delivery.gates import Gate, Skip, Wait
from syndicate.ledger import Ledger
from syndicate.model import SCHEDULED, Account, Delivery
from syndicate.schedule import at_once

TIMED = ("embargo", "delay", "preflight")
"""Reasons of what is planned and falls due by itself."""


def outlook(accounts: Iterable[Account], ledger: Ledger, gate: Gate, anchor: str | None = None) -> dict[str, Delivery]:
    """By key, each delivery of these accounts that a run would take up now, as the run would record it.

    One that would go out is due without a reason. `anchor`: only those of one article, whose place in the
    queue counts all the same.
    """
    now, found = ledger.now(), dict[str, Delivery]()
    for account in accounts:
        waiting = ledger.deliveries.search(states=("planned", "due"), accounts=(account.name,))
        if anchor is not None and all(row.anchor != anchor for row in waiting):
            continue
        queue = sorted((_due(row) for row in waiting if _ready(row, now)), key=_place)
        found |= {row.key: row for row in _judged(queue, account, ledger, gate, now)}
    return found if anchor is None else {key: row for key, row in found.items() if row.anchor == anchor}


def _ready(row: Delivery, now: datetime) -> bool:
    """Whether a run would take it up."""
    if row.action != "post":
        return False
    if row.state == "due" and row.reason in SCHEDULED:
        return True  # each run asks the schedule anew
    return row.due_at is not None and row.due_at <= now and (row.state == "due" or row.reason in TIMED)


def _due(row: Delivery) -> Delivery:
    """What fell due by itself, as it is once it has."""
    return replace(row, state="due", reason=None) if row.state == "planned" else row


def _place(row: Delivery) -> tuple[int, datetime]:
    return row.priority, row.planned_at


def _judged(queue: Sequence[Delivery], account: Account, ledger: Ledger, gate: Gate, now: datetime) -> list[Delivery]:
    """The queue of an account, one after the other: what goes out makes the next one wait, if spacing says so."""
    state = ledger.accounts.find(account.name)
    sent: list[datetime] = []
    closed: Wait | None = None
    judged = []
    for row in queue:
        verdict: Wait | Skip | None = gate.account(row, state, now) if state is not None else None
        if verdict is None and closed is not None and not at_once(account, row.priority) and row.priority > 0:
            verdict = closed
        if verdict is None and row.draft is None:
            article = ledger.articles.find(row.anchor).article
            verdict = replace(gate, sent=sent).without_page(row, article, account)
        if verdict is None:
            sent.append(now)
        elif isinstance(verdict, Wait) and verdict.scheduled and closed is None:
            closed = verdict if verdict.reason == "window" else replace(verdict, reason="behind")
        judged.append(_recorded(row, verdict))
    return judged


def _recorded(row: Delivery, verdict: Wait | Skip | None) -> Delivery:
    """As the run would write it down."""
    match verdict:
        case Wait(reason, until, words):
            return replace(row, reason=reason, due_at=until or row.due_at, error=words)
        case Skip(reason, words):
            return replace(row, state="skipped", reason=reason, due_at=None, error=words)
        case _:
            return replace(row, reason=None)
