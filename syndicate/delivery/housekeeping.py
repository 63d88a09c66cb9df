"""Housekeeping before deliveries: ends pauses, makes waiting deliveries due, skips expired ones, ends accounts."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from syndicate.ledger import Ledger
from syndicate.ledger.notices import LEFT
from syndicate.model import Account
from syndicate.planning.plan import FAR

_BACK = "put it back, under any name, and they wait again until they are too old"


def run_housekeeping(
    ledger: Ledger,
    accounts: Sequence[Account],
    configured: Mapping[str, Account],
    rests: Callable[[str], bool] = lambda _: False,
) -> list[str]:
    """Do everything that needs only the ledger and the time. What it skips is in `ledger.dropped`.

    Returns a line for each account that left the config while something waited for it.

    `accounts` are enabled; `configured` are all in the config, and those that `rests` names are left alone, since their
    site's config cannot be read now. What was sent without an answer on an account that
    left the config cannot be looked up: it is held, for a person to decide; what waits for it is skipped.
    """
    at = ledger.now()
    for name in ledger.deliveries.unclear():
        if name not in configured and not rests(name):
            for delivery in ledger.deliveries.search(states=("unknown",), accounts=(name,)):
                ledger.outcomes.held(delivery, now=at)
    doubt = ledger.doubt()
    left = _leave(ledger, configured, rests) if doubt is None else []  # with a wrong clock nothing is skipped
    for word in ledger.pauses.lapsed(at):
        ledger.end_pause(word, accounts)
    for name in ledger.accounts.lapsed(at):
        if name in configured:  # else the pause ends when the account is back
            ledger.resume(configured[name])
    if doubt is None:
        ledger.backlog.look_at_dates_again(at, FAR)
        ledger.backlog.expire(at)
    ledger.backlog.release(min(at, doubt.servers or at) if doubt else at)
    return left


def _leave(ledger: Ledger, configured: Mapping[str, Account], rests: Callable[[str], bool]) -> list[str]:
    """Skip what waits for accounts that left the config. Returns a line for each of them, also stored as a notice."""
    told, at = [], ledger.now()
    for name in (name for name in ledger.partings.left(configured) if not rests(name)):
        count = ledger.partings.leave(name, at)
        if count:
            stories = "1 article" if count == 1 else f"{count} articles"
            words = f"{name}: not in the config any more; {stories} that waited for it will not be sent; {_BACK}"
            ledger.notices.happened(LEFT, name, words, at)
            told.append(words)
    return told
