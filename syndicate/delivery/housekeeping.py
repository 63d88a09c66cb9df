"""Housekeeping before deliveries: pauses end, waiting stories fall due or grow too old, lost ones go to a person."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from syndicate.ledger import Ledger
from syndicate.ledger.notices import LAPSED
from syndicate.model import Account

_LAPSED = "stories that grew too old while they waited for your yes"


def run_housekeeping(ledger: Ledger, accounts: Sequence[Account], configured: Mapping[str, Account]) -> list[str]:
    """Do what is due by now and needs nobody; returns what a person should hear of it, also kept as notices.

    `accounts` are switched on; `configured` are all of the config. What an account that left the config
    sent without an answer cannot be looked up: a person decides.
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
    lapsed = ledger.backlog.expire(at)
    ledger.backlog.release(at)
    told = {name: f"{name}: {_LAPSED}: {count}" for name, count in lapsed.items()}
    for name, words in told.items():
        ledger.notices.happened(LAPSED, name, words, at)
    return list(told.values())
