"""Sessions of a PDS: signed tokens that expire, and refresh tokens that change with each use.

Lifetimes, the two hours' grace and the errors as measured on `@atproto/pds` 0.5.35 (2026-11-23).
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
from collections.abc import Callable
from typing import Any

from syndicate.sandbox.exchange import Received

REFRESH_SECONDS = 7_776_000
GRACE_SECONDS = 7_200


class BlueskyRefusal(Exception):
    """An XRPC error: status, name, message."""

    def __init__(self, status: int, name: str, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.name = name


class Sessions:
    """The sessions of all accounts. Any handle may log in with any password except "wrong"."""

    def __init__(self, clock: Callable[[], float], url: str, seconds: float) -> None:
        self._clock = clock
        self._url = url
        self._session_seconds = seconds
        self._secret = secrets.token_bytes(32)
        self._retired: dict[str, float] = {}
        self.handles: dict[str, str] = {}
        self.logins = 0

    def open(self, request: Received) -> dict[str, Any]:
        """A session for a name and a password."""
        body = request.json()
        identifier, password = str(body["identifier"]), str(body["password"])
        if not identifier or not password or password == "wrong":  # noqa: S105  (the one that is refused)
            raise BlueskyRefusal(401, "AuthenticationRequired", "Invalid identifier or password")
        self.logins += 1
        handle = self.handles.get(identifier, identifier) if identifier.startswith("did:") else identifier
        return self._session(handle.removeprefix("@").lower())

    def refresh(self, request: Received) -> dict[str, Any]:
        """Replace the refresh token; the old one works for two more hours."""
        token, claims = self._claims(request, "com.atproto.refresh")
        if self._clock() > self._retired.setdefault(token, self._clock() + GRACE_SECONDS):
            raise BlueskyRefusal(400, "ExpiredToken", "Token has been revoked")
        return self._session(self.handles[claims["sub"]])

    def _session(self, handle: str) -> dict[str, Any]:
        did = did_of(handle)
        self.handles[did] = handle
        service = {"id": "#atproto_pds", "type": "AtprotoPersonalDataServer", "serviceEndpoint": self._url}
        return {
            "accessJwt": self._jwt(did, "com.atproto.appPass", self._session_seconds),
            "refreshJwt": self._jwt(did, "com.atproto.refresh", REFRESH_SECONDS),
            "handle": handle,
            "did": did,
            "didDoc": {"id": did, "alsoKnownAs": [f"at://{handle}"], "service": [service]},
            "active": True,
        }

    def _jwt(self, did: str, scope: str, seconds: float) -> str:
        now = int(self._clock())
        claims = {"scope": scope, "sub": did, "iat": now, "exp": int(now + seconds), "aud": "did:web:sandbox"}
        signed = f"{_segment({'typ': 'at+jwt', 'alg': 'HS256'})}.{_segment(claims | {'jti': secrets.token_hex(8)})}"
        return f"{signed}.{self._signature(signed)}"

    def _signature(self, signed: str) -> str:
        return _base64(hmac.new(self._secret, signed.encode(), hashlib.sha256).digest())

    def _claims(self, request: Received, scope: str) -> tuple[str, dict[str, Any]]:
        """The bearer token and its claims. An expired one is a 400, not a 401, as on the PDS."""
        token = request.bearer
        if token is None:
            raise BlueskyRefusal(401, "AuthMissing", "Authentication Required")
        signed, _, signature = token.rpartition(".")
        if not hmac.compare_digest(self._signature(signed).encode(), signature.encode()):
            raise BlueskyRefusal(400, "InvalidToken", "Token could not be verified")
        claims = json.loads(base64.urlsafe_b64decode(signed.partition(".")[2] + "=="))
        if claims["scope"] != scope:
            raise BlueskyRefusal(400, "InvalidToken", "Bad token scope")
        if claims["exp"] <= self._clock():
            raise BlueskyRefusal(400, "ExpiredToken", "Token has expired")
        return token, claims

    def did(self, request: Received) -> str:
        """The account (DID) of the access token. Raises BlueskyRefusal."""
        return str(self._claims(request, "com.atproto.appPass")[1]["sub"])


def did_of(handle: str) -> str:
    """A handle's DID; the same handle always has the same."""
    digest = base64.b32encode(hashlib.sha256(handle.encode()).digest()).decode().lower()
    return f"did:plc:{digest[:24]}"


def _segment(value: Any) -> str:
    return _base64(json.dumps(value, separators=(",", ":")).encode())


def _base64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")
