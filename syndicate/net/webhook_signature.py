"""The headers of a request to a webhook, signed as Standard Webhooks asks: HMAC-SHA256 over "id.timestamp.body".

standard-webhooks/standard-webhooks, spec/standard-webhooks.md (from memory, and checked against a signature that its
libraries publish). Receivers refuse timestamps more than some minutes old.
"""

from __future__ import annotations

from base64 import b64decode, b64encode

_PREFIX = "whsec_"


def headers(secret: str | None, key: str, timestamp: int, body: bytes) -> dict[str, str]:
    """The headers of a post with this key; without a secret it is not signed."""
    said = {
        "Content-Type": "application/json; charset=utf-8",
        "Idempotency-Key": key,
        "webhook-id": key,
        "webhook-timestamp": str(timestamp),
    }
    return said if secret is None else said | {"webhook-signature": signature(secret, key, timestamp, body)}


def signature(secret: str, key: str, timestamp: int, body: bytes) -> str:
    """The header `webhook-signature`: version 1, HMAC-SHA256 in base64."""
    import hashlib
    import hmac

    signed = f"{key}.{timestamp}.".encode() + body
    return "v1," + b64encode(hmac.new(signing_key(secret), signed, hashlib.sha256).digest()).decode()


def signing_key(secret: str) -> bytes:
    """The bytes that sign: behind the prefix `whsec_` they are in base64. Raises ValueError where they are not."""
    if not secret.startswith(_PREFIX):
        return secret.encode()
    try:
        return b64decode(secret.removeprefix(_PREFIX), validate=True)
    except ValueError as fault:
        raise ValueError(f"after {_PREFIX} the secret has to be base64") from fault
