"""The page on which a stand-in's member allows an app, and the codes that the app gets for it (OAuth 2, PKCE).

RFC 6749, 4.1 and RFC 7636. What the page's links lead to is the same address with `allow=yes` or `allow=no`, and `as`
names the member who answers, so that a test can play any of them.
"""

from __future__ import annotations

import base64
import hashlib
import html
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from syndicate.sandbox.exchange import Answer, Received, text_answer
from syndicate.sandbox.style import style

OUT_OF_BAND = "urn:ietf:wg:oauth:2.0:oob"
"""The redirect address of apps that have none: the page shows the code."""
CODE_SECONDS = 600
MEMBER = "gazette"
"""Who answers where the address does not say."""


@dataclass(frozen=True, slots=True)
class Grant:
    """What a member allowed: to which app, for which redirect address, and which scopes."""

    member: str
    client: str
    redirect: str
    scope: str
    challenge: str
    expires: float


class CodeRefused(Exception):
    """A code that is unknown, used, too old, another app's, or without its proof."""


class AuthorizePage:
    """One network's page and its codes. A code is good once, for ten minutes or `life` seconds."""

    def __init__(self, title: str, clock: Callable[[], float], *, life: float = CODE_SECONDS) -> None:
        self._life = life
        self._title = title
        self._clock = clock
        self._codes: dict[str, Grant] = {}

    def answer(self, request: Received, *, more: Mapping[str, str] | None = None) -> Answer:
        """The page, or what its links do: lead back to the app with a code (and `more`), or with the refusal."""
        asked = request.query
        if "allow" not in asked:
            return text_answer(200, self._page(request.path, asked))
        redirect = asked.get("redirect_uri") or OUT_OF_BAND
        if asked["allow"] != "yes":
            said = {"error": "access_denied", "error_description": "The resource owner denied the request."}
            return self._back(redirect, said, asked)
        return self._back(redirect, {"code": self.grant(asked), **(more or {})}, asked)

    def grant(self, asked: Mapping[str, str]) -> str:
        """A code for what an address of the page asks."""
        code = secrets.token_urlsafe(16)
        self._codes[code] = Grant(
            member=asked.get("as") or MEMBER,
            client=asked.get("client_id", ""),
            redirect=asked.get("redirect_uri") or OUT_OF_BAND,
            scope=asked.get("scope", ""),
            challenge=asked.get("code_challenge", ""),
            expires=self._clock() + self._life,
        )
        return code

    def redeem(self, fields: Mapping[str, str]) -> Grant:
        """What the code of a token request stands for; it is used up. Raises CodeRefused."""
        grant = self._codes.pop(str(fields.get("code", "")), None)
        if grant is None or grant.expires < self._clock():
            raise CodeRefused("the code is unknown, used or too old")
        if grant.client != fields.get("client_id", grant.client):
            raise CodeRefused("the code was given to another app")
        if grant.redirect != (fields.get("redirect_uri") or OUT_OF_BAND):
            raise CodeRefused("redirect_uri is not the one of the page")
        if grant.challenge and grant.challenge != _challenge(str(fields.get("code_verifier", ""))):
            raise CodeRefused("code_verifier does not fit the code_challenge of the page")
        return grant

    def _back(self, redirect: str, said: Mapping[str, str], asked: Mapping[str, str]) -> Answer:
        if redirect == OUT_OF_BAND:
            shown = html.escape(said.get("code") or said["error_description"])
            return text_answer(200, self._document(f"<h1>Your code: <code>{shown}</code></h1>"))
        state = {"state": asked["state"]} if "state" in asked else {}
        mark = "&" if "?" in redirect else "?"
        return text_answer(302, "", {"Location": f"{redirect}{mark}{urlencode({**said, **state})}"})

    def _page(self, path: str, asked: Mapping[str, str]) -> str:
        app = html.escape(asked.get("client_id", "an app"))
        scope = html.escape(asked.get("scope", ""))
        links = " ".join(
            f'<a id="{name}" href="{html.escape(path + "?" + urlencode({**asked, "allow": name}))}">{words}</a>'
            for name, words in (("yes", "Allow"), ("no", "Deny"))
        )
        about = f"<p>{scope}</p>" if scope else ""
        return self._document(f'<h1>{app} wants to use your account</h1>{about}<p class="ways">{links}</p>')

    def _document(self, content: str) -> str:
        title = html.escape(self._title)
        return (
            '<!doctype html>\n<html lang="en">\n<meta charset="utf-8">\n'
            '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
            f"<title>{title}</title>\n<style>{style()}</style>\n"
            f'<main class="narrow asks"><p class="kind">{title}, in the sandbox</p>{content}</main>\n'
        )


def _challenge(verifier: str) -> str:
    """S256 of RFC 7636, 4.2."""
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
