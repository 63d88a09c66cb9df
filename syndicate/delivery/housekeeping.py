"""Housekeeping before deliveries: ends pauses, makes waiting deliveries due, skips expired ones, holds lost ones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from syndicate.ledger import Ledger
from syndicate.ledger.notices import LAPSED
from syndicate.model import Account
from syndicate.planning.plan import FAR

_LAPSED = "articles that expired while they waited for your approval"


def run_housekeeping(ledger: Ledger, accounts: Sequence[Account], configured: Mapping[str, Account]) -> list[str]:
    """Do everything that needs only the ledger and the time. Returns lines for a person, also stored as notices.

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
    doubt = ledger.doubt()
    if doubt is None:
        ledger.backlog.look_at_dates_again(at, FAR)
        lapsed = ledger.backlog.expire(at)
    else:
        lapsed = {}
    ledger.backlog.release(min(at, doubt.servers or at) if doubt else at)
    told = {name: f"{name}: {_LAPSED}: {count}" for name, count in lapsed.items()}
    for name, words in told.items():
        ledger.notices.happened(LAPSED, name, words, at)
    return list(told.values())
