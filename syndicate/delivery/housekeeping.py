"""Housekeeping before deliveries: ends pauses, makes waiting deliveries due, skips expired ones, holds lost ones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from syndicate.ledger import Ledger
from syndicate.model import Account


def run_housekeeping(ledger: Ledger, accounts: Sequence[Account], configured: Mapping[str, Account]) -> None:
    """Do everything that needs only the ledger and the time. What it skips is in `ledger.dropped`.

    `accounts` are enabled; `configured` are all in the config. What was sent without an answer on an account that
    left the config cannot be looked up: it is held, for a person to decide.
    """
    at = ledger.now()
    for name in ledger.deliveries.unclear():
        if name not in configured:
            for delivery in ledger.deliveries.search(states=("unknown",), accounts=(name,)):
                ledger.outcomes.held(delivery, now=at)
    for word in ledger.pauses.lapsed(at):
        ledger.end_pause(word, accounts)
    for name in ledger.accounts.lapsed(at):
        if name in configured:  # else the pause ends when the account is back
            ledger.resume(configured[name])
    ledger.backlog.expire(at)
    ledger.backlog.release(at)
