"""Renews the logins of accounts ahead of their end, whether anything is posted or not."""

from __future__ import annotations

from syndicate.app.accounts import Lanes
from syndicate.app.runs import KindOfRun
from syndicate.ledger.accounts import REFUSED
from syndicate.serialization import instant


class Renewals:
    """The stored credentials that are to be renewed."""

    def __init__(self, kind: KindOfRun, lanes: Lanes) -> None:
        self._kind = kind
        self._lanes = lanes

    def due(self) -> list[str]:
        """Accounts whose credentials are to be renewed now. An account that needs a person waits for that."""
        if self._lanes.sign_ins.rehearses:
            return []
        ledger, enabled = self._kind.ledger, {account.name for account in self._kind.config.enabled}
        names = [name for name in ledger.credentials.to_renew(ledger.now()) if name in enabled]
        return [name for name in names if (state := ledger.accounts.find(name)) and state.paused not in REFUSED]

    def renew(self, name: str) -> tuple[bool, str]:
        """Renew the credentials of one account. Returns whether that was done here; and why it failed, and when it is
        tried again, if it did.

        Raises AuthError where the network refuses to: then the account is paused.
        """
        from syndicate.delivery.session import renew_ahead

        came = renew_ahead(self._lanes.of(name), self._kind.ledger)
        if came.until is None:
            return came.done, ""
        until = instant(came.until.replace(microsecond=0))
        return False, f"its login could not be renewed, and is tried again at {until}: {came.words}"
