"""What is printed of a login: whose it is, what it may do, and when it ends."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from syndicate.serialization import instant

if TYPE_CHECKING:
    from syndicate.ledger.credential_terms import Term
    from syndicate.model import Account, Identity


def record(account: Account, identity: Identity, term: Term | None) -> dict[str, Any]:
    """A login as JSON."""
    return {
        "account": account.name,
        "platform": account.platform,
        "id": identity.id,
        "name": identity.name,
        "url": identity.url,
        "scopes": list(identity.scopes),
        "notes": list(identity.notes),
        "signed_in_at": instant(term.signed_in_at) if term else None,
        "renew_at": instant(term.renew_at) if term else None,
        "expires_at": instant((term.expires_at if term else None) or identity.expires_at),
    }


def lines(account: Account, identity: Identity, term: Term | None) -> Iterator[str]:
    """A login in words, as far as its network tells."""
    yield f"{account.name}: {identity.name} {identity.url or ''}".rstrip()
    if identity.scopes:
        yield f"  it may: {' '.join(identity.scopes)}"
    ends = (term.expires_at if term else None) or identity.expires_at
    if term is not None and term.renew_at is not None:
        yield f"  renewed by itself, next at {term.renew_at:%Y-%m-%d %H:%M} UTC"
    elif ends is not None:
        yield f"  ends on {ends:%Y-%m-%d}"
    yield from (f"  {note}" for note in identity.notes)
