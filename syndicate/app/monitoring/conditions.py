"""Alert conditions: what accounts, tokens and sources need a person for, and what waits for approval. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import pairwise

from syndicate.ledger.accounts import AccountState
from syndicate.ledger.sources import SourceHealth

FAILED = 3  # polls in a row
QUIET = timedelta(hours=24)  # the shortest silence that can be unusual
USUAL = 4  # times the usual gap: the one that nine in ten stay below
KNOWN = 8  # articles that are needed to know what is usual
AHEAD = timedelta(days=7)  # before a token ends


def notices(
    accounts: Iterable[AccountState],
    sources: Mapping[SourceHealth, Sequence[datetime]],
    now: datetime,
    batches: Mapping[tuple[str, str], int] | None = None,
) -> dict[tuple[str, str], str]:
    """The messages of all conditions that are true now, by kind and name.

    `sources` have the times at which their last articles came, newest first. `batches` are how many articles wait
    for an approval, by reason and source.
    """
    found: dict[tuple[str, str], str] = {}
    for account in accounts:
        if account.paused == "auth":
            found["login", account.name] = f"the login of {account.name} was refused"
        elif account.trouble:
            found["account_waits", account.name] = f"{account.name} waits: {account.trouble}"
        ends = account.identity.expires_at if account.identity else None
        if ends is not None and ends - now < AHEAD:
            days = max(0, (ends - now) // timedelta(days=1))
            found["token_expiring", account.name] = (
                f"the token of {account.name} expires in {days} days, on {ends:%Y-%m-%d}"
            )
    for source, came in sources.items():
        if source.gone:
            found["source_gone", source.name] = f"{source.name} is gone for good, as its server says: {source.error}"
        elif source.fails >= FAILED:
            found["source_failing", source.name] = f"{source.name} cannot be read: {source.error}"
        elif (usual := usual_gap(came)) is not None and now - came[0] > max(QUIET, usual * USUAL):
            found["source_quiet", source.name] = (
                f"{source.name} has listed nothing new since {came[0]:%Y-%m-%d %H:%M} UTC"
            )
    for (reason, name), count in (batches or {}).items():
        found[reason, name] = f"{name}: articles that wait for your approval: {count}"
    return found


def usual_gap(came: Sequence[datetime]) -> timedelta | None:
    """The time between two articles that nine in ten stay below; None if too few articles are known."""
    if len(came) < KNOWN:
        return None
    gaps = sorted(newer - older for newer, older in pairwise(came))
    return gaps[len(gaps) * 9 // 10]
