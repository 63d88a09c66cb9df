"""The logins of the X stand-in: signatures of OAuth 1.0a, and OAuth 2 with refresh tokens that are good once.

xdevplatform/docs @ 1f38869, OAuth 2.0 Authorization Code Flow with PKCE. That a refresh token is good once, and its
second use ends all that came from the same consent: trypostit/trypost#126 (2026-07).
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote, unquote_plus

from syndicate.sandbox.authorize_page import AuthorizePage, CodeRefused
from syndicate.sandbox.exchange import Answer, Received, answer

CODE_SECONDS = 30
TOKEN_SECONDS = 7_200
REFRESH_SECONDS = 182 * 86_400
SIGNED = ("consumer_key", "token", "signature_method", "timestamp", "nonce", "signature")
SCOPES = frozenset({"tweet.read", "tweet.write", "users.read", "media.write", "offline.access"})


@dataclass(slots=True)
class Family:
    """All tokens of one consent; `alive` is the one refresh token that is good, "" once they all have ended."""

    member: str
    client: str
    scopes: frozenset[str]
    alive: str = ""
    ended: bool = False


class NotSigned(Exception):
    """A request without a login that is good; `status` 403 where only a scope is missing."""

    def __init__(self, status: int = 401) -> None:
        super().__init__(str(status))
        self.status = status


class XLogins:
    """The page, the tokens, and whose request one is.

    A bearer token that was not given here is its own account, and such a refresh token is good once.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._page = AuthorizePage("X", clock, life=CODE_SECONDS)
        self._access: dict[str, tuple[Family, float]] = {}
        self._refresh: dict[str, tuple[Family, float]] = {}

    def owner(self, request: Received, scope: str) -> str:
        """Whose request it is: a member, or the access token of a signature. Raises NotSigned."""
        if (bearer := request.bearer) is not None:
            return self._of_bearer(bearer, scope)
        scheme, _, rest = request.headers.get("authorization", "").partition(" ")
        pairs = (part.strip().partition("=") for part in rest.split(","))
        given = {name: unquote(value.strip('"')) for name, _, value in pairs}
        right = scheme.lower() == "oauth" and all(given.get(f"oauth_{name}") for name in SIGNED)
        if not right or given["oauth_signature_method"] != "HMAC-SHA1":
            raise NotSigned
        return given["oauth_token"]

    def _of_bearer(self, token: str, scope: str) -> str:
        if token not in self._access:
            return token
        family, until = self._access[token]
        if family.ended or until < self._clock():
            raise NotSigned
        if scope not in family.scopes:
            raise NotSigned(403)
        return f"@{family.member}"

    def page(self, request: Received) -> Answer:
        """The page on which a member allows an app."""
        asked = {*request.query.get("scope", "").split()}
        if not asked <= SCOPES or request.query.get("code_challenge_method") not in ("S256", "plain"):
            return answer(400, {"error": "invalid_request", "error_description": "Something went wrong"})
        return self._page.answer(request)

    def token(self, request: Received) -> Answer:
        """Tokens for a code or for a refresh token."""
        fields, _ = request.fields()
        client = self._client(request, fields)
        if client is None:
            return _refused(401, "unauthorized_client", "Missing valid authorization header")
        if fields.get("grant_type") == "refresh_token":
            return self._renewed(str(fields.get("refresh_token", "")), client)
        try:
            grant = self._page.redeem(dict(fields) | {"client_id": client})
        except CodeRefused as fault:
            return _refused(400, "invalid_request", f"Value passed for the authorization code was invalid. ({fault})")
        return self._given(Family(grant.member, client, frozenset(grant.scope.split())))

    def _client(self, request: Received, fields: dict[str, Any]) -> str | None:
        """The app that asks: by HTTP Basic, or by its name alone where it is a public client."""
        scheme, _, rest = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "basic":
            named = str(fields.get("client_id", ""))
            return named if named.startswith("public") else None
        try:
            client, _, secret = base64.b64decode(rest).decode().partition(":")
        except (binascii.Error, UnicodeDecodeError):
            return None
        return unquote_plus(client) if client and secret else None

    def _renewed(self, old: str, client: str) -> Answer:
        if old and old not in self._refresh:
            made = Family(hashlib.sha256(old.encode()).hexdigest()[:8], client, SCOPES, old)
            self._refresh[old] = (made, self._clock() + REFRESH_SECONDS)
        family, until = self._refresh.get(old, (None, 0.0))
        if family is not None and family.alive != old:
            family.ended = True  # used twice: whoever has the other one may have stolen it
        if family is None or family.ended or family.client != client or until < self._clock():
            return _refused(400, "invalid_request", "Value passed for the token was invalid.")
        return self._given(family)

    def _given(self, family: Family) -> Answer:
        token, now = secrets.token_urlsafe(24), self._clock()
        self._access[token] = (family, now + TOKEN_SECONDS)
        scope = " ".join(sorted(family.scopes))
        body = {"token_type": "bearer", "expires_in": TOKEN_SECONDS, "access_token": token, "scope": scope}
        if "offline.access" in family.scopes:
            family.alive = secrets.token_urlsafe(24)
            self._refresh[family.alive] = (family, now + REFRESH_SECONDS)
            body["refresh_token"] = family.alive
        return answer(200, body)

    def consent(self, member: str, client: str, scopes: frozenset[str] = SCOPES) -> str:
        """A refresh token, as X's console or another program gives one."""
        self._given(family := Family(member, client, scopes))
        return family.alive


def _refused(status: int, error: str, words: str) -> Answer:
    return answer(status, {"error": error, "error_description": words})
