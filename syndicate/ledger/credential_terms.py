"""When stored credentials end and are renewed, which is known without opening them."""

from __future__ import annotations

import contextlib
from datetime import datetime

from syndicate.ledger.database import Row, from_micros, micros
from syndicate.model import Json
from syndicate.model.dataclass import dataclass
from syndicate.serialization import moment

SIGNED_IN = "signed_in_at"
"""Name of what the ledger adds to credentials that came from a person who signed in: when that was."""


@dataclass(frozen=True, slots=True)
class Term:
    """What is known of stored credentials without opening them.

    `signed_in_at` is when a person signed in; None where they came from a login of the config. From `renew_at` on they
    are renewed. `failures` counts renewals in a row that failed; the next is not tried before `again_at`.
    """

    version: int
    signed_in_at: datetime | None
    expires_at: datetime | None
    renew_at: datetime | None
    failures: int
    again_at: datetime

    def is_due(self, now: datetime) -> bool:
        """Whether they are to be renewed now."""
        return self.renew_at is not None and self.renew_at <= now and self.again_at <= now

    def lives(self, now: datetime) -> bool:
        """Whether they have not ended yet, as far as that is known."""
        return self.expires_at is None or now < self.expires_at


def times(data: Json) -> dict[str, int | None]:
    """The times that stand in credentials, as columns. One that cannot be read counts as none."""

    def at(name: str) -> int | None:
        with contextlib.suppress(ValueError, TypeError):
            return micros(moment(data.get(name)))
        return None

    return {name: at(name) for name in (SIGNED_IN, "expires_at", "renew_at")}


def term(row: Row) -> Term:
    """The term of a row of the `credential` table."""
    again_at = from_micros(row["again_at"])
    assert again_at is not None
    return Term(
        version=row["version"],
        signed_in_at=from_micros(row[SIGNED_IN]),
        expires_at=from_micros(row["expires_at"]),
        renew_at=from_micros(row["renew_at"]),
        failures=row["failures"],
        again_at=again_at,
    )
