"""Signing in at a site of the Micropub stand-in (IndieAuth): its home page, the page that asks, and the token.

IndieAuth Living Standard of 11 July 2024, indieauth.spec.indieweb.org: 4.1 discovery, 5.2 the request, 5.3 the token.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable

from syndicate.sandbox.authorize_page import AuthorizePage, CodeRefused
from syndicate.sandbox.exchange import Answer, Received, answer, text_answer

SCOPES = frozenset({"create", "update", "delete", "undelete", "media", "profile"})


class MicropubLogin:
    """The owner of each site at /micropub/NAME/. The token is good for as long as the sandbox runs."""

    def __init__(self, clock: Callable[[], float], url: str) -> None:
        self._url = url
        self._page = AuthorizePage("Micropub", clock)

    def home(self, _: Received, site: str) -> Answer:
        """The site's first page, which says where its endpoints are."""
        here = f"{self._url}/micropub/{site}"
        links = {"authorization_endpoint": f"{here}/auth", "token_endpoint": f"{here}/token", "micropub": here}
        shown = "".join(f'<link rel="{rel}" href="{href}">' for rel, href in links.items())
        return text_answer(200, f"<!DOCTYPE html><title>{site}</title>{shown}\n")

    def ask(self, request: Received, site: str) -> Answer:  # noqa: ARG002 - the owners of all sites see the same page
        """The page on which the owner allows it. PKCE is asked for (5.2)."""
        if request.query.get("code_challenge_method") != "S256" or not request.query.get("code_challenge"):
            return text_answer(400, "<!DOCTYPE html><title>code_challenge is missing</title>\n")
        return self._page.answer(request)

    def token(self, request: Received, site: str) -> Answer:
        """The token for a code."""
        given = {name: str(value) for name, value in request.fields()[0].items()}
        try:
            grant = self._page.redeem(given)
        except CodeRefused as fault:
            return answer(400, {"error": "invalid_grant", "error_description": str(fault)})
        scope = " ".join(each for each in grant.scope.split() if each in SCOPES)
        given_now = {"access_token": secrets.token_urlsafe(24), "token_type": "Bearer", "scope": scope}
        return answer(200, given_now | {"me": f"{self._url}/micropub/{site}/"})
