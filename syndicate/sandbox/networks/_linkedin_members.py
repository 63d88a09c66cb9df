"""Members, pages and tokens of the LinkedIn stand-in.

https://learn.microsoft.com/en-us/linkedin/shared/authentication/authorization-code-flow, .../token-introspection and
.../programmatic-refresh-tokens (li-lms-2024-08).
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from syndicate.sandbox.authorize_page import MEMBER, AuthorizePage, CodeRefused
from syndicate.sandbox.exchange import Answer, Received, answer, text_answer

TOKEN_SECONDS = 60 * 86_400
REFRESH_SECONDS = 365 * 86_400
SHARE = frozenset({"openid", "profile", "email", "w_member_social"})
COMMUNITY = frozenset(
    {
        *("w_member_social", "w_organization_social", "r_organization_social"),
        *("r_organization_admin", "rw_organization_admin", "r_basicprofile"),
    }
)
PRODUCTS: Mapping[str, frozenset[str]] = {"share": SHARE, "community": COMMUNITY}
PAGES: Mapping[str, str] = {"4711": "The Example Gazette", "4712": "Gazette Sport"}
ROLES: Mapping[str, Mapping[str, str]] = {
    MEMBER: {"4711": "ADMINISTRATOR", "4712": "CONTENT_ADMINISTRATOR", "4713": "ANALYST"},
    "editor": {"4712": "CONTENT_ADMINISTRATOR"},
}
"""Who has which role on which page; other members have none."""
EVERYTHING = SHARE | COMMUNITY
NEEDED: Mapping[str, str] = {"person": "w_member_social", "organization": "w_organization_social"}
"""The scope that a post by such an author needs."""


@dataclass(frozen=True, slots=True)
class MemberSession:
    """What a token stands for."""

    member: str
    scopes: frozenset[str]
    expires: float = float("inf")
    client: str = ""


class Members:
    """The page, the tokens, and what these may do. A token that was not given here may do everything."""

    def __init__(self, clock: Callable[[], float], products: tuple[str, ...]) -> None:
        self._clock = clock
        self._allowed = frozenset[str]().union(*(PRODUCTS[name] for name in products))
        self._page = AuthorizePage("LinkedIn", clock)
        self._sessions: dict[str, MemberSession] = {}
        self._refresh: dict[str, MemberSession] = {}
        self._revoked: set[str] = set()

    def session(self, request: Received) -> MemberSession | str:
        """What the request's token stands for; the error's code where it is refused."""
        token = request.bearer
        if not token:
            return "EMPTY_ACCESS_TOKEN"
        if token in self._revoked:
            return "REVOKED_ACCESS_TOKEN"
        found = self._sessions.get(token) or MemberSession(MEMBER, EVERYTHING & (self._allowed | SHARE))
        return found if found.expires > self._clock() else "EXPIRED_ACCESS_TOKEN"

    def allow(self, member: str, client: str = "app", scopes: frozenset[str] = EVERYTHING) -> str:
        """A token of this member, as the page would give it."""
        token = secrets.token_urlsafe(16)
        self._sessions[token] = MemberSession(member, scopes, self._clock() + TOKEN_SECONDS, client)
        return token

    def revoke(self, token: str) -> None:
        """Let a token end, as a member does in the settings."""
        self._revoked.add(token)

    def authorization(self, request: Received) -> Answer:
        """The page; scopes that the app's products lack lead back with an error at once."""
        asked = {*request.query.get("scope", "").split()}
        if lacking := sorted(asked - self._allowed):
            words = f"Scope {lacking[0]!r} is not authorized for your application"
            refused = {"error": "unauthorized_scope_error", "error_description": words}
            refused |= {"state": request.query.get("state", "")}
            return text_answer(302, "", {"Location": f"{request.query.get('redirect_uri', '')}?{urlencode(refused)}"})
        return self._page.answer(request)

    def token(self, request: Received) -> Answer:
        """A token for a code or for a refresh token."""
        fields, _ = request.fields()
        if not (fields.get("client_id") and fields.get("client_secret")):
            return _refused(401, "invalid_client", "Client authentication failed")
        if fields.get("grant_type") == "refresh_token":
            session = self._refresh.get(str(fields.get("refresh_token")))
            if session is None or session.expires < self._clock() or session.client != fields["client_id"]:
                return _refused(400, "invalid_request", "The provided authorization grant or refresh token is invalid")
            return self._given(session, str(fields["refresh_token"]))
        try:
            grant = self._page.redeem(fields)
        except CodeRefused as fault:
            return _refused(401, "invalid_request", f"Unable to retrieve access token: {fault}")
        session = MemberSession(
            grant.member, frozenset(grant.scope.split()), self._clock() + REFRESH_SECONDS, grant.client
        )
        refresh = secrets.token_urlsafe(16) if session.scopes & COMMUNITY - SHARE else None
        if refresh:
            self._refresh[refresh] = session
        return self._given(session, refresh)

    def _given(self, session: MemberSession, refresh: str | None) -> Answer:
        token, now = secrets.token_urlsafe(16), self._clock()
        life = min(TOKEN_SECONDS, int(session.expires - now))
        self._sessions[token] = MemberSession(session.member, session.scopes, now + life, session.client)
        body: dict[str, Any] = {"access_token": token, "expires_in": life, "scope": ",".join(sorted(session.scopes))}
        if refresh:
            body |= {"refresh_token": refresh, "refresh_token_expires_in": int(session.expires - now)}
        return answer(200, body | {"token_type": "Bearer"})

    def introspection(self, request: Received) -> Answer:
        """What a token is, for the app that it was given to."""
        fields, _ = request.fields()
        token = str(fields.get("token", ""))
        session = self._sessions.get(token) or MemberSession(MEMBER, EVERYTHING, client=str(fields.get("client_id")))
        if session.client != fields.get("client_id"):
            return answer(200, {"active": False, "status": "expired"})
        alive = token not in self._revoked and session.expires > self._clock()
        status = "active" if alive else "revoked" if token in self._revoked else "expired"
        body = {"active": alive, "status": status, "client_id": session.client, "auth_type": "3L"}
        ends = {"expires_at": int(session.expires)} if session.expires < float("inf") else {}
        return answer(200, body | {"scope": ",".join(sorted(session.scopes))} | ends)


def may_post_as(session: MemberSession, author: str) -> bool:
    """Whether the session's member and scopes allow a post by this author; a token of elsewhere allows any."""
    _, _, kind, number = (author.split(":", 3) + [""] * 4)[:4]
    if not session.client:
        return bool(number) and NEEDED.get(kind) in session.scopes
    if kind == "person":
        return NEEDED["person"] in session.scopes and number == session.member
    role = ROLES.get(session.member, {}).get(number)
    return NEEDED["organization"] in session.scopes and kind == "organization" and role not in (None, "ANALYST")


def _refused(status: int, error: str, words: str) -> Answer:
    return answer(status, {"error": error, "error_description": words})
