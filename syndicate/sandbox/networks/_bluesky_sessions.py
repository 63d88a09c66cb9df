"""Sessions of a PDS: who may log in, signed tokens that expire, and refresh tokens that change with each use.

Lifetimes, the two hours' grace and the errors as measured on `@atproto/pds` 0.5.35 (2026-11-23, 2026-11-29).
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
from collections.abc import Callable, Mapping
from typing import Any

from syndicate.sandbox.exchange import Received
from syndicate.sandbox.networks._bluesky_formats import is_handle

REFRESH_SECONDS = 7_776_000
GRACE_SECONDS = 7_200
LONGEST_PASSWORD = 512
SERVER = "did:web:localhost"
DOMAIN = ".test"
"""The handles that are the server's own to give."""

_ACCESS, _REFRESH = "com.atproto.appPass", "com.atproto.refresh"
_KINDS = {_ACCESS: "at+jwt", _REFRESH: "refresh+jwt"}


class BlueskyRefusal(Exception):
    """An XRPC error: status, name, message."""

    def __init__(self, status: int, name: str, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.name = name


class Sessions:
    """The sessions of all accounts.

    Any handle has an account, with any password except "wrong"; but there is nobody whose handle begins with
    `nobody`, so that what a server says of strangers can be seen.
    """

    def __init__(self, clock: Callable[[], float], seconds: float) -> None:
        self._clock = clock
        self._session_seconds = seconds
        self._secret = secrets.token_bytes(32)
        self._retired: dict[str, float] = {}
        self.handles: dict[str, str] = {}
        self.logins = 0

    def open(self, body: Mapping[str, Any]) -> dict[str, Any]:
        """A session for a name and a password."""
        identifier, password = body["identifier"].lower(), body["password"]
        if len(password) > LONGEST_PASSWORD:
            told = "Password too long. Consider resetting your password."
            raise BlueskyRefusal(401, "AuthenticationRequired", told)
        handle = self._handle(identifier)
        if handle is None or not password or password == "wrong":  # noqa: S105  (the one that is refused)
            raise BlueskyRefusal(401, "AuthenticationRequired", "Invalid identifier or password")
        self.logins += 1
        return self._session(handle)

    def _handle(self, identifier: str) -> str | None:
        """The account that a handle, a known DID or an e-mail address (of its handle as domain) belongs to."""
        if "@" in identifier:
            name, _, identifier = identifier.rpartition("@")
            if not name or name == "nobody":
                return None
        if identifier.startswith("did:"):
            return self.handles.get(identifier)
        return identifier if is_handle(identifier) and not identifier.startswith("nobody") else None

    def known(self, identifier: str) -> str | None:
        """The DID of an account that has logged in, by that or by its handle; None if there is none."""
        did = identifier if identifier.startswith("did:") else did_of(identifier)
        return did if did in self.handles and identifier in (did, self.handles[did]) else None

    def resolve(self, handle: str) -> str | None:
        """The DID behind a handle. Those that the server gives have logged in; what others point to is elsewhere."""
        handle = handle.lower()
        if handle.endswith(DOMAIN) or handle.startswith("nobody"):
            return self.known(handle)
        return did_of(handle)

    def refresh(self, request: Received) -> tuple[str, str]:
        """The account and the token of a request to refresh. Raises BlueskyRefusal."""
        scheme, token = _authorization(request)
        if scheme != "BEARER":
            raise BlueskyRefusal(401, "AuthMissing", "Authentication Required")
        return str(self._claims(token, _REFRESH)["sub"]), token

    def renewed(self, did: str, token: str) -> dict[str, Any]:
        """The next session; the old refresh token works for two more hours."""
        if self._clock() > self._retired.setdefault(token, self._clock() + GRACE_SECONDS):
            raise BlueskyRefusal(400, "ExpiredToken", "Token has been revoked")
        return self._session(self.handles[did])

    def did(self, request: Received) -> str:
        """The account (DID) of the access token. Raises BlueskyRefusal."""
        scheme, token = _authorization(request)
        if scheme is None:
            raise BlueskyRefusal(401, "AuthMissing", "Authentication Required")
        if scheme == "BASIC":
            raise BlueskyRefusal(400, "InvalidToken", "Unexpected authorization type")
        if scheme == "DPOP":  # ours were not made for it
            raise BlueskyRefusal(401, "invalid_token", "Malformed token")
        return str(self._claims(token, _ACCESS)["sub"])

    def described(self, did: str) -> dict[str, Any]:
        """What is said of an account, to itself."""
        handle = self.handles[did]
        return {"did": did, "handle": handle, "email": f"desk@{handle}", "emailConfirmed": False, "active": True}

    def _session(self, handle: str) -> dict[str, Any]:
        did = did_of(handle)
        self.handles[did] = handle
        tokens = {
            "accessJwt": self._jwt(did, _ACCESS, self._session_seconds),
            "refreshJwt": self._jwt(did, _REFRESH, REFRESH_SECONDS),
        }
        return tokens | self.described(did)

    def _jwt(self, did: str, scope: str, seconds: float) -> str:
        now = int(self._clock())
        claims = {"scope": scope, "sub": did, "iat": now, "exp": int(now + seconds), "aud": SERVER}
        head = _segment({"typ": _KINDS[scope], "alg": "HS256"})
        signed = f"{head}.{_segment(claims | {'jti': secrets.token_hex(8)})}"
        return f"{signed}.{self._signature(signed)}"

    def _signature(self, signed: str) -> str:
        return _base64(hmac.new(self._secret, signed.encode(), hashlib.sha256).digest())

    def _claims(self, token: str, scope: str) -> dict[str, Any]:
        """What a token claims. An expired one is a 400, not a 401, and one of another kind cannot be verified."""
        signed, _, signature = token.rpartition(".")
        ours = hmac.compare_digest(self._signature(signed).encode(), signature.encode())
        claims = decoded(token) if ours else None
        if claims is None or claims["scope"] != scope:
            raise BlueskyRefusal(400, "InvalidToken", "Token could not be verified")
        if claims["exp"] <= self._clock():
            raise BlueskyRefusal(400, "ExpiredToken", "Token has expired")
        return claims


def judge_uploader(request: Received) -> None:
    """The server fails over a bearer token that is no JWT where it could be another service's."""
    scheme, token = _authorization(request)
    if scheme == "BEARER" and decoded(token) is None:
        raise BlueskyRefusal(500, "InternalServerError", "Internal Server Error")


def decoded(token: str) -> dict[str, Any] | None:
    """What a JWT claims, true or not; None if it is none."""
    parts = token.split(".")
    try:
        claims = json.loads(base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4)))
    except (ValueError, IndexError):
        return None
    return claims if isinstance(claims, dict) else None


def did_of(handle: str) -> str:
    """A handle's DID; the same handle always has the same."""
    digest = base64.b32encode(hashlib.sha256(handle.encode()).digest()).decode().lower()
    return f"did:plc:{digest[:24]}"


def _authorization(request: Received) -> tuple[str | None, str]:
    """The scheme, in capitals, and what follows it; None without a header. Raises BlueskyRefusal."""
    header = request.headers.get("authorization", "")
    if not header:
        return None, ""
    words = header.split(" ")
    if len(words) != 2:
        raise BlueskyRefusal(400, "InvalidToken", "Malformed authorization header")
    if words[0].upper() not in ("BASIC", "BEARER", "DPOP"):
        raise BlueskyRefusal(400, "InvalidToken", f"Unsupported authorization type: {words[0]}")
    return words[0].upper(), words[1]


def _segment(value: Any) -> str:
    return _base64(json.dumps(value, separators=(",", ":")).encode())


def _base64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")
