"""The apps of a Mastodon server, and the tokens that its members give them.

mastodon/documentation @ 00a74ca9: methods/apps (`POST /api/v1/apps`) and methods/oauth.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable

from syndicate.sandbox.authorize_page import AuthorizePage, CodeRefused
from syndicate.sandbox.exchange import Answer, Received, answer, text_answer

_INVALID_GRANT = (
    "The provided authorization grant is invalid, expired, revoked, does not match the redirection URI used in the"
    " authorization request, or was issued to another client."
)
_INVALID_CLIENT = (
    "Client authentication failed due to unknown client, no client authentication included, or unsupported"
    " authentication method."
)


class Apps:
    """The registered apps, and the tokens that were given. A token that no app was given is its own account's."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._page = AuthorizePage("Mastodon", clock)
        self._clients: dict[str, dict[str, str]] = {}
        self._tokens: dict[str, str] = {}
        self._revoked: set[str] = set()

    def member(self, token: str) -> str | None:
        """Whose token it is: a member's, or, where no app was given it, one of its own; None for a revoked one."""
        return None if token in self._revoked else self._tokens.get(token, token)

    def register(self, request: Received) -> Answer:
        """`POST /api/v1/apps`."""
        fields, _ = request.fields()
        if not fields.get("client_name") or not fields.get("redirect_uris"):
            return answer(422, {"error": "Validation failed: Application name can't be blank"})
        uris = fields["redirect_uris"]
        listed = uris if isinstance(uris, list) else str(uris).split()
        client = {"client_id": secrets.token_urlsafe(32), "client_secret": secrets.token_urlsafe(32)}
        scopes = str(fields.get("scopes") or "read")
        self._clients[client["client_id"]] = client | {"redirect_uris": "\n".join(listed), "scopes": scopes}
        told = {"id": str(len(self._clients)), "name": fields["client_name"], "website": None, "vapid_key": "none"}
        shown = {"redirect_uri": "\n".join(listed), "redirect_uris": listed, "scopes": scopes.split()}
        return answer(200, told | client | shown | {"client_secret_expires_at": 0})

    def authorize(self, request: Received) -> Answer:
        """`GET /oauth/authorize`: the page."""
        client = self._clients.get(request.query.get("client_id", ""))
        if client is None:
            return text_answer(401, "<!doctype html><title>Mastodon</title><p>Client authentication failed\n")
        if request.query.get("redirect_uri") not in client["redirect_uris"].split():
            return text_answer(400, "<!doctype html><title>Mastodon</title><p>The redirect URI is not valid\n")
        if set(request.query.get("scope", "read").split()) - set(client["scopes"].split()):
            return text_answer(400, "<!doctype html><title>Mastodon</title><p>The requested scope is invalid\n")
        return self._page.answer(request)

    def token(self, request: Received) -> Answer:
        """`POST /oauth/token`."""
        fields, _ = request.fields()
        if not self._known(fields):
            return answer(401, {"error": "invalid_client", "error_description": _INVALID_CLIENT})
        try:
            grant = self._page.redeem({name: str(value) for name, value in fields.items()})
        except CodeRefused:
            return answer(400, {"error": "invalid_grant", "error_description": _INVALID_GRANT})
        token = secrets.token_urlsafe(32)
        self._tokens[token] = grant.member
        told = {"access_token": token, "token_type": "Bearer", "scope": grant.scope}
        return answer(200, told | {"created_at": int(self._clock())})

    def revoke(self, request: Received) -> Answer:
        """`POST /oauth/revoke`."""
        fields, _ = request.fields()
        if not self._known(fields):
            words = "You are not authorized to revoke this token"
            return answer(403, {"error": "unauthorized_client", "error_description": words})
        self._revoked.add(str(fields.get("token", "")))
        return answer(200, {})

    def _known(self, fields: dict[str, object]) -> bool:
        client = self._clients.get(str(fields.get("client_id", "")))
        return client is not None and client["client_secret"] == fields.get("client_secret")
