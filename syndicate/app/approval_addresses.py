"""Makes and reads the addresses at which a person decides about deliveries that wait for approval.

An address names its deliveries and its end, signed with a key made of the one that opens stored sessions, which no
copy of the ledger contains. It is used up once its deliveries are decided: the ledger tells.
"""

from __future__ import annotations

import base64
import binascii
import hmac
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from syndicate.errors import SyndicateError
from syndicate.ledger import Ledger
from syndicate.model.dataclass import dataclass

if TYPE_CHECKING:
    from syndicate.app.monitoring.alerts import Decide
    from syndicate.app.wiring import App

PATH = "/decide/"
VALID = timedelta(days=3)
"""How long an address can be used: over a weekend."""
TOGETHER = 12
"""Deliveries of one address: what one page shows."""
PAGES = 5
"""Addresses of one alert; for what is left there is the command."""
LONGEST = 400
"""Characters that a token may have; no longer one is looked at."""

_PURPOSE = "approvals"
_KEY, _UNTIL, _MARK = 16, 4, 16  # bytes of a delivery's key, of the end in minutes, of the signature


@dataclass(frozen=True, slots=True)
class Asking:
    """What a token stands for: the keys of deliveries, and until when they may be decided with it."""

    keys: tuple[str, ...]
    until: datetime


def approval_addresses(app: App) -> Decide:
    """What gives the addresses for deliveries; none where the config has no `approvals`, or this machine is gone
    after the run, with the key.
    """
    settings, ledger = app.config.approvals, app.ledger
    if settings is None or app.kind.forgets:
        return lambda _: []
    base = settings.base.rstrip("/") + PATH

    def decide(keys: Sequence[str]) -> list[str]:
        until = ledger.now() + VALID
        parts = [keys[start : start + TOGETHER] for start in range(0, len(keys), TOGETHER)][:PAGES]
        try:
            return [base + token(Asking(tuple(part), until), ledger) for part in parts]
        except SyndicateError:  # no key can be read: the alert leaves without an address
            return []

    return decide


def token(asking: Asking, ledger: Ledger) -> str:
    """The token that stands for this. Raises LedgerError where the key cannot be read."""
    minutes = int(asking.until.timestamp()) // 60
    told = minutes.to_bytes(_UNTIL, "big") + b"".join(map(bytes.fromhex, asking.keys))
    return base64.urlsafe_b64encode(told + _mark(told, ledger.credentials.derived(_PURPOSE)[0])).rstrip(b"=").decode()


def read(token: str, ledger: Ledger) -> Asking | None:
    """What a token stands for; None for one that we have not made. Whether its time is over, the caller looks."""
    if len(token) > LONGEST or not token.isascii():
        return None
    try:
        content = base64.b64decode(token + "=" * (-len(token) % 4), b"-_", validate=True)
    except (ValueError, binascii.Error):
        return None
    told, mark = content[:-_MARK], content[-_MARK:]
    if len(told) < _UNTIL + _KEY or (len(told) - _UNTIL) % _KEY:
        return None
    if not any(hmac.compare_digest(mark, _mark(told, key)) for key in ledger.credentials.derived(_PURPOSE)):
        return None
    keys = told[_UNTIL:].hex()
    size = 2 * _KEY
    until = datetime.fromtimestamp(int.from_bytes(told[:_UNTIL], "big") * 60, UTC)
    return Asking(tuple(keys[start : start + size] for start in range(0, len(keys), size)), until)


def _mark(told: bytes, key: bytes) -> bytes:
    return hmac.digest(key, told, "sha256")[:_MARK]
