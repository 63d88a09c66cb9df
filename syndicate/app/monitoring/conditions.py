"""Alert conditions: what accounts, tokens and sources need a person for, what waits for approval or expires. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from types import MappingProxyType

from syndicate.app.monitoring.drops import clock
from syndicate.ledger.accounts import AccountState
from syndicate.ledger.credential_terms import Term
from syndicate.ledger.dropped import Expiring, why
from syndicate.ledger.follow_ups import Untold
from syndicate.ledger.notices import Named
from syndicate.ledger.sources import SourceHealth

FAILED = 3  # polls in a row
QUIET = timedelta(hours=24)  # the shortest silence that can be unusual
USUAL = 4  # times the usual gap: the one that nine in ten stay below
KNOWN = 8  # articles that are needed to know what is usual
LONG = timedelta(hours=6)  # a longer wait that a source's server asks for is told at once
AHEAD = timedelta(days=10)  # before a token ends
LAST = timedelta(days=1)  # before it ends, when it is told once more
UNTOLD = timedelta(hours=1)  # that a place of the setting `after` may be out of order before a person is told
LAST_DAY = "last_day"
"""Cause of the notice that is given once more, a day before a token ends."""
UNRENEWED = 3  # renewals in a row that failed, until the end of what should have been renewed is told


def notices(
    accounts: Iterable[AccountState],
    sources: Mapping[SourceHealth, Sequence[datetime]],
    now: datetime,
    batches: Mapping[tuple[str, str], int] | None = None,
    expiring: Iterable[Expiring] = (),
    terms: Mapping[str, Term] = MappingProxyType({}),
) -> dict[Named, str]:
    """The messages of all conditions that are true now, by kind and name, and by cause for what is `expiring`.

    `sources` have the times at which their last articles came, newest first. `batches` are how many articles wait
    for an approval, by reason and source. `terms` are those of stored credentials, by account.
    """
    found: dict[Named, str] = {}
    for account in accounts:
        found |= _of_account(account, now)
        found |= _of_its_end(account, terms.get(account.name), now)
    for source, came in sources.items():
        found |= _of_source(source, came, now)
    for (reason, name), count in (batches or {}).items():
        found[reason, name] = f"{name}: articles that wait for your approval: {count}"
    for each in expiring:
        said = f": {each.error}" if each.error else ""
        found["expiring", each.account, each.cause] = (
            f"{each.account}: articles that have waited for half of max_age: {each.count} ({why(each.cause)}{said});"
            f" the first is dropped at {clock(each.first)}"
        )
    return found


def word_back(untold: Iterable[Untold], now: datetime) -> dict[Named, str]:
    """The places of the setting `after` that could not be told for long."""
    return {
        ("word_back", each.sink): (
            f"after.{each.sink} could not be told since {clock(each.since)}, and {each.waiting} events wait for it;"
            f" it is tried again: {each.error}"
        )
        for each in untold
        if now - each.since >= UNTOLD
    }


def _of_account(account: AccountState, now: datetime) -> dict[Named, str]:
    found: dict[Named, str] = {}
    if account.paused == "auth":
        found["login", account.name] = f"the login of {account.name} was refused"
    elif account.paused == "login":
        said = f": {account.trouble}" if account.trouble else ""
        found["sign_in", account.name] = f"{account.name} needs somebody to sign in to it{said}"
    elif account.trouble:
        until = f" (until {clock(account.next_at)})" if account.next_at > now else ""
        found["account_waits", account.name] = f"{account.name} waits: {account.trouble}{until}"
    return found


def _of_its_end(account: AccountState, term: Term | None, now: datetime) -> dict[Named, str]:
    """A token or a login that ends within ten days; once more within one."""
    ends = _end(account, term)
    if ends is None or ends - now >= AHEAD:
        return {}
    kind, what = ("login_ending", "login") if term is not None and term.signed_in_at else ("token_expiring", "token")
    days = max(0, (ends - now) // timedelta(days=1))
    told = f"the {what} of {account.name} expires in {days} days, on {ends:%Y-%m-%d}"
    found: dict[Named, str] = {(kind, account.name): told}
    if ends - now < LAST:
        found[kind, account.name, LAST_DAY] = f"the {what} of {account.name} expires at {clock(ends)}"
    return found


def _end(account: AccountState, term: Term | None) -> datetime | None:
    """When a token ends that does not renew itself, as the network or its credentials say."""
    said = account.identity.expires_at if account.identity else None
    stored = term.expires_at if term is not None else None
    if term is not None and term.renew_at is not None and term.failures < UNRENEWED:
        return said if said is not None and (stored is None or said > stored) else None
    return min(filter(None, (said, stored)), default=None)


def _of_source(source: SourceHealth, came: Sequence[datetime], now: datetime) -> dict[Named, str]:
    name = source.name
    if source.gone:
        return {("source_gone", name): f"{name} is gone for good, as its server says: {source.error}"}
    if source.retry_at is not None and source.retry_at > now and source.asked_to_wait > LONG:
        told = (
            f"{name}: its server asked us to wait until {clock(source.retry_at)}, and it is not read before;"
            f" what is older than max_age by then is not posted: {source.error}"
        )
        return {("source_waits", name): told}
    if source.fails >= FAILED:
        return {("source_failing", name): f"{name} cannot be read: {source.error}"}
    if (usual := usual_gap(came)) is not None and now - came[0] > max(QUIET, usual * USUAL):
        return {("source_quiet", name): f"{name} has listed nothing new since {clock(came[0])}"}
    return {}


def usual_gap(came: Sequence[datetime]) -> timedelta | None:
    """The time between two articles that nine in ten stay below; None if too few articles are known."""
    if len(came) < KNOWN:
        return None
    gaps = sorted(newer - older for newer, older in pairwise(came))
    return gaps[len(gaps) * 9 // 10]
