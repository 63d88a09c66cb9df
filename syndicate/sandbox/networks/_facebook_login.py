"""Signing in to Facebook's stand-in: the dialog, the code, the user's tokens, permissions and Pages.

Meta: Facebook Login, Manually Build a Login Flow; Get Long-Lived Access Tokens; Get a Page Access Token (2026-04-06).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from syndicate.sandbox.authorize_page import AuthorizePage, CodeRefused
from syndicate.sandbox.exchange import Answer, Received, answer

PAGES: Mapping[str, tuple[tuple[str, str, tuple[str, ...]], ...]] = {
    "gazette": (
        ("4711", "The Example Gazette", ("CREATE_CONTENT", "MODERATE")),
        ("4712", "Gazette Sport", ("CREATE_CONTENT",)),
        ("4713", "Gazette Ads", ("ADVERTISE",)),
    ),
    "mara": (("815", "Mara's Page", ("CREATE_CONTENT",)),),
}
"""Members and their Pages: number, name, and what the member may do there. Anybody else has none."""
NAMES = {number: name for pages in PAGES.values() for number, name, _ in pages}


class Refused(Exception):
    """A refusal: Graph's code and words."""

    def __init__(self, code: int, words: str) -> None:
        super().__init__(words)
        self.code = code


class FacebookLogin:
    """The dialog and what comes after it. Tokens name their member: `user-short-MEMBER-1`, `user-long-MEMBER-2`."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._page = AuthorizePage("Facebook", clock)
        self._users: dict[str, tuple[str, tuple[str, ...]]] = {}
        self._count = 0

    def dialog(self, request: Received) -> Answer:
        """The page on which a member allows an app."""
        return self._page.answer(request)

    def token(self, given: Mapping[str, Any]) -> Answer:
        """A user's token for a code, which is good once, or a long one for a short one."""
        if not given.get("client_id") or not given.get("client_secret"):
            raise Refused(101, "Missing client_id or client_secret parameter.")
        if given.get("grant_type") == "fb_exchange_token":
            member, scopes = self._known(str(given.get("fb_exchange_token")))
            return self._give("long", member, scopes, 5_183_944)
        try:
            grant = self._page.redeem(given)
        except CodeRefused as fault:
            raise Refused(100, f"This authorization code has been used or is not valid: {fault}") from fault
        return self._give("short", grant.member, tuple(grant.scope.split(",")), 3600)

    def permissions(self, token: str) -> Answer:
        """What the member allowed."""
        _, scopes = self._known(token)
        return answer(200, {"data": [{"permission": each, "status": "granted"} for each in scopes]})

    def pages(self, token: str) -> Answer:
        """The member's Pages, each with its own token."""
        member, _ = self._known(token)
        listed = [
            {"id": number, "name": name, "access_token": f"page-{number}-of-{member}", "tasks": list(tasks)}
            for number, name, tasks in PAGES.get(member, ())
        ]
        return answer(200, {"data": listed, "paging": {"cursors": {"before": "b", "after": "a"}}})

    def _give(self, kind: str, member: str, scopes: tuple[str, ...], life: int) -> Answer:
        self._count += 1
        token = f"user-{kind}-{member}-{self._count}"
        self._users[token] = (member, scopes)
        return answer(200, {"access_token": token, "token_type": "bearer", "expires_in": life})

    def _known(self, token: str) -> tuple[str, tuple[str, ...]]:
        if token not in self._users:
            raise Refused(190, "Invalid OAuth access token - Cannot parse access token")
        return self._users[token]
