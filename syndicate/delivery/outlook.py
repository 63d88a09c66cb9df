"""Predicts what a run would decide now for every waiting delivery. Makes no request, writes nothing.

Pages, templates and budgets are not checked: what waits for these keeps the state that the ledger has.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from syndicate.delivery.gates import Gate, Skip, Wait
from syndicate.ledger import Ledger
from syndicate.model import SCHEDULED, Account, Delivery
from syndicate.schedule import at_once

TIMED = ("embargo", "delay", "override", "preflight")
"""Reasons for which a planned delivery becomes due by itself."""


def outlook(accounts: Iterable[Account], ledger: Ledger, gate: Gate, anchor: str | None = None) -> dict[str, Delivery]:
    """By key, each delivery of these accounts that a run would take up now, as the run would record it.

    One that would be sent is due without a reason. `anchor`: return only those of one article; the others in the
    queue still count.
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
        return True  # each run checks the schedule anew
    return row.due_at is not None and row.due_at <= now and (row.state == "due" or row.reason in TIMED)


def _due(row: Delivery) -> Delivery:
    """A planned delivery whose time has come, as a due one; the reason it waited for is told where it expired."""
    return replace(row, state="due")


def _place(row: Delivery) -> tuple[int, datetime]:
    return row.priority, row.planned_at


def _judged(queue: Sequence[Delivery], account: Account, ledger: Ledger, gate: Gate, now: datetime) -> list[Delivery]:
    """Check an account's queue in order: each one that is sent may make the next wait, as by `spacing`."""
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
    """The delivery as the run would record it."""
    match verdict:
        case Wait(reason, until, words):
            return replace(row, reason=reason, due_at=until or row.due_at, error=words)
        case Skip(reason, words):
            return replace(row, state="skipped", reason=reason, due_at=None, error=words)
        case _:
            return replace(row, reason=None)
