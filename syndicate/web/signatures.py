"""Checks the token of a request, or the signature over its body.

All comparisons take a constant time, so that it does not show how much was right.
"""

from __future__ import annotations

import hmac
import json
import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from hashlib import sha256

__all__ = ["bearer", "ghost", "hub"]

FRESH = timedelta(minutes=5)
"""How far a Ghost signature's time may be from our clock; Ghost repeats a call for about a minute."""

_GHOST = re.compile(r"sha256=([0-9a-f]{64}),\s*t=([0-9]{10,16})", re.ASCII)
_HUB = re.compile(r"(sha256|sha384|sha512)=([0-9a-f]{64,128})", re.ASCII | re.IGNORECASE)


def bearer(headers: Mapping[str, str], token: str) -> bool:
    """Whether a request carries the token (RFC 6750 §2.1)."""
    scheme, _, given = headers.get("authorization", "").partition(" ")
    return scheme.lower() == "bearer" and _same(given.strip(), token)


def ghost(headers: Mapping[str, str], body: bytes, secret: str, now: datetime) -> bool:
    """Whether Ghost signed this body within the last five minutes (`FRESH`).

    `X-Ghost-Signature: sha256=<hex>, t=<milliseconds>`, an HMAC over the body and then the digits of `t`
    since Ghost 5.87.1 (TryGhost/Ghost#20500), over the body alone before (TryGhost/Ghost#13980). With the old
    way, anybody can change `t`; but all that a replay does is to make us read a source. The body has to be
    JSON, so that the body and digits of the new way cannot pass as a body of the old one.
    """
    found = _GHOST.fullmatch(headers.get("x-ghost-signature", "").strip())
    if found is None:
        return False
    signature, stated = found[1], found[2]
    ways = (body + stated.encode(), body)
    signed = [hmac.compare_digest(hmac.digest(secret.encode(), way, "sha256").hex(), signature) for way in ways]
    return any(signed) and abs(now.timestamp() - int(stated) / 1000) <= FRESH.total_seconds() and _is_json(body)


def hub(headers: Mapping[str, str], body: bytes, secret: str) -> bool:
    """Whether a hub signed this body: `X-Hub-Signature: <method>=<hex>`, SHA-256 or better.

    https://www.w3.org/TR/websub/#signature-validation; SHA-1 is not enough (§8.3 there).
    """
    found = _HUB.fullmatch(headers.get("x-hub-signature", "").strip())
    if found is None:
        return False
    return hmac.compare_digest(hmac.digest(secret.encode(), body, found[1].lower()).hex(), found[2].lower())


def _same(given: str, secret: str) -> bool:
    """Whether both are the same. Compares digests, so that not even the length shows."""
    return hmac.compare_digest(sha256(given.encode()).digest(), sha256(secret.encode()).digest())


def _is_json(body: bytes) -> bool:
    try:
        json.loads(body)
    except (ValueError, RecursionError):
        return False
    return True
