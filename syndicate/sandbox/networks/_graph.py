"""What the stand-ins for Meta's Graph APIs share: the error envelope, tokens, signing in, fetched pictures.

Error envelope: "Handling Errors"; codes as the reference pages name them (2026-11-23). Signing in: Threads, Get Access
Tokens and Permissions, Long-Lived Access Tokens; Instagram Platform, Business Login (2026-03-13).
"""

from __future__ import annotations

import http.client
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit
from zlib import crc32

from syndicate.sandbox.authorize_page import MEMBER, AuthorizePage, CodeRefused
from syndicate.sandbox.exchange import Answer, Received, answer

HOUR, DAY = 3600, 86_400
LONG_LIFE = 60 * DAY - 56
"""Seconds of a long-lived token, as Meta's samples have it: 5,183,944."""
_HERE = ("127.0.0.1", "localhost", "::1")
_DEAD = ("dead",)
"""Tokens that are refused, for tests."""
_FETCH_SECONDS = 5.0
_MOST_BYTES = 64_000_000


class GraphRefusal(Exception):
    """A Graph error: status, code, message, and further fields of the error object."""

    def __init__(
        self, code: int, message: str, *, status: int = 400, kind: str = "OAuthException", **more: Any
    ) -> None:
        super().__init__(message)
        self.status = status
        self.error = {"message": message, "type": kind, "code": code, **more}


@dataclass(slots=True)
class Token:
    """A token that was given to an app: whose it is, until when, which scopes, and since when."""

    member: str
    given: float
    ends: float
    scopes: tuple[str, ...]
    long: bool = False


class Envelope:
    """Answers with Graph's errors. Any token is good, except `dead`, one that has ended, and none at all."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._count = 0
        self.tokens: dict[str, Token] = {}

    def run(self, operation: Callable[[Received], Answer], request: Received) -> Answer:
        """The operation's answer, or its refusal in the envelope."""
        try:
            return operation(request)
        except GraphRefusal as fault:
            return self.error(fault)
        except (ValueError, KeyError, TypeError, AttributeError) as fault:
            return self.error(GraphRefusal(100, f"Invalid parameter: {fault}"))

    def error(self, fault: GraphRefusal, headers: dict[str, str] | None = None) -> Answer:
        """A refusal in the envelope."""
        self._count += 1
        trace = f"A{crc32(str(self._count).encode()):08x}"
        return answer(fault.status, {"error": fault.error | {"fbtrace_id": trace}}, headers)

    def failure(self, fault: str, retry_after: float | None) -> Answer:
        """The failure as Graph reports it: both a refused token and too many requests are a 400."""
        if fault == "401":
            words = "Error validating access token: The session has been invalidated."
            return self.error(GraphRefusal(190, words, error_subcode=460))
        if fault == "429":
            minutes = 5 if retry_after is None else -int(-retry_after // 60)
            usage = {"type": "pages", "call_count": 100, "total_cputime": 30, "total_time": 30}
            usage["estimated_time_to_regain_access"] = minutes
            headers = {"X-Business-Use-Case-Usage": json.dumps({"100000000000001": [usage]})}
            return self.error(GraphRefusal(32, "(#32) Page request limit reached"), headers)
        if fault == "503":
            words = "Service temporarily unavailable"
            return self.error(GraphRefusal(2, words, status=503, is_transient=True))
        return self.error(GraphRefusal(1, "An unknown error has occurred.", status=500, is_transient=False))

    def inputs(self, request: Received) -> tuple[dict[str, Any], dict[str, Any]]:
        """Fields of query and body together with the `access_token`, and the files; 104 without a token, 190 for a bad
        one.
        """
        fields, files = request.fields() if request.body else ({}, {})
        given = dict(request.query) | fields
        token = request.bearer or given.pop("access_token", None)
        if not token:
            raise GraphRefusal(104, "An access token is required to request this resource.")
        known = self.tokens.get(str(token))
        if token in _DEAD or (known is not None and known.ends <= self._clock()):
            words = "Error validating access token: Session has expired."
            raise GraphRefusal(190, words, error_subcode=463)
        return given | {"access_token": str(token)}, files

    def member(self, token: str) -> str:
        """Whose token this is."""
        known = self.tokens.get(token)
        return known.member if known is not None else MEMBER


class Login:
    """Signing in to Threads or Instagram: the page, the code, the token of an hour, the token of 60 days.

    `grant` is the word in the names of the grants, `number` gives a member's id.
    """

    def __init__(
        self, title: str, envelope: Envelope, clock: Callable[[], float], *, grant: str, number: Callable[[str], str]
    ) -> None:
        self._page = AuthorizePage(title, clock)
        self._envelope = envelope
        self._clock = clock
        self._grant = grant
        self._number = number
        self._count = 0

    def page(self, request: Received) -> Answer:
        """The page on which a member allows an app."""
        return self._page.answer(request)

    def code(self, request: Received) -> Answer:
        """A token of an hour for a code, which is good once."""
        fields, _ = request.fields()
        given = dict(request.query) | fields
        if not given.get("client_secret"):
            return answer(400, {"error_type": "OAuthException", "code": 400, "error_message": "Invalid client secret."})
        try:
            grant = self._page.redeem(given)
        except CodeRefused as fault:
            body = {"error_type": "OAuthException", "code": 400, "error_message": str(fault)}
            return answer(400, body)
        scopes = tuple(grant.scope.replace(" ", ",").split(","))
        token = self._give(grant.member, HOUR, scopes, long=False)
        number = int(self._number(grant.member))
        return answer(200, {"access_token": token, "user_id": number, "permissions": list(scopes)})

    def longer(self, request: Received) -> Answer:
        """A token of 60 days for one of an hour."""
        given, _ = self._envelope.inputs(request)
        held = self._envelope.tokens.get(given["access_token"])
        if given.get("grant_type") != f"{self._grant}_exchange_token" or not given.get("client_secret"):
            raise GraphRefusal(100, "Unsupported request: grant_type or client_secret")
        if held is None or held.long:
            raise GraphRefusal(452, "Session key invalid: the session key has an incorrect format")
        return self._given(held)

    def again(self, request: Received) -> Answer:
        """Another token of 60 days for one that is at least a day old and has not ended. The old one goes on."""
        given, _ = self._envelope.inputs(request)
        if given.get("grant_type") != f"{self._grant}_refresh_token":
            raise GraphRefusal(100, "Unsupported request: grant_type")
        held = self._envelope.tokens.get(given["access_token"])
        if held is not None and (not held.long or self._clock() - held.given < DAY):
            raise GraphRefusal(100, "The access token cannot be refreshed: it is short-lived or not 24 hours old")
        return self._given(held or Token(MEMBER, 0, 0, ()))

    def _given(self, held: Token) -> Answer:
        token = self._give(held.member, LONG_LIFE, held.scopes, long=True)
        return answer(200, {"access_token": token, "token_type": "bearer", "expires_in": LONG_LIFE})

    def _give(self, member: str, life: float, scopes: tuple[str, ...], *, long: bool) -> str:
        self._count += 1
        now = self._clock()
        token = f"{self._grant}-{'long' if long else 'short'}-{member}-{self._count}"
        self._envelope.tokens[token] = Token(member, now, now + life, scopes, long)
        return token


def fetched(address: str) -> bytes | None:
    """The bytes at an address of this machine; None where nothing can be had. Of other addresses b"": none is asked."""
    parts = urlsplit(address)
    if parts.hostname not in _HERE:
        return b""
    line = http.client.HTTPConnection(str(parts.hostname), parts.port or 80, timeout=_FETCH_SECONDS)
    try:
        line.request("GET", f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path or "/")
        reply = line.getresponse()
        return reply.read(_MOST_BYTES) if reply.status == 200 else None
    except (OSError, http.client.HTTPException):
        return None
    finally:
        line.close()


def page_of(posts: list[dict[str, Any]], given: dict[str, Any], url: str) -> dict[str, Any]:
    """A page of a listing that is newest first: `limit` (25, at most 100) of it after the cursor `after`."""
    limit = min(int(given.get("limit", 25)), 100)
    first = int(given.get("after") or 0)
    shown, rest = posts[first : first + limit], posts[first + limit :]
    paging: dict[str, Any] = {}
    if shown:
        paging = {"cursors": {"before": str(first), "after": str(first + len(shown))}}
        if rest:
            paging["next"] = f"{url}?limit={limit}&after={first + len(shown)}"
    return {"data": [chosen(post, given.get("fields") or "id") for post in shown], "paging": paging}


def chosen(entity: dict[str, Any], fields: str) -> dict[str, Any]:
    """The fields asked for of those that it has; the id always."""
    wanted = {"id", *(name.strip() for name in fields.split(","))}
    return {name: value for name, value in entity.items() if name in wanted and not name.startswith("_")}
