"""How the LinkedIn stand-in refuses, and what it refuses before it looks at a request.

Errors as seen in gitroomhq/postiz-app#2005 (2026-09: a version that ended) and thephpleague/oauth2-linkedin#52.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from syndicate.sandbox.exchange import Received
from syndicate.sandbox.networks._linkedin_members import Members, MemberSession, may_post_as
from syndicate.sandbox.networks._linkedin_text import units

MAX_UNITS = 3_000
ENDED = "202511"
"""The last version that had ended on 2026-11-23; by a list, since a test has to mean the same next year."""
CODES: Mapping[str, int] = {
    "EMPTY_ACCESS_TOKEN": 65_604,
    "REVOKED_ACCESS_TOKEN": 65_601,
    "EXPIRED_ACCESS_TOKEN": 65_602,
    "ACCESS_DENIED": 100,
}


class LinkedInRefusal(Exception):
    """An error: its status, code and words, and what is wrong with which field."""

    def __init__(self, status: int, code: str, words: str, **details: Any) -> None:
        super().__init__(words)
        self.status = status
        number = {"serviceErrorCode": CODES[code]} if code in CODES else {}
        self.body = {"status": status, "code": code, "message": words} | number | details


def check_version(named: str) -> None:
    """Refuse a request without a version that is still there."""
    if not (len(named) >= 6 and named.isdecimal()) or named[:6] <= ENDED:
        words = f"Requested version {named or '(none)'} is not active"
        raise LinkedInRefusal(426, "NONEXISTENT_VERSION", words)


def check_length(written: str) -> None:
    """LinkedIn does not say whether backslashes count; the stand-in counts them, which is the strictest reading."""
    if units(written) > MAX_UNITS:
        raise field("commentary", f"is longer than {MAX_UNITS}", code="FIELD_LENGTH_TOO_LONG")


def field(name: str, words: str, *, code: str = "INVALID_VALUE") -> LinkedInRefusal:
    """The refusal of one field."""
    wrong = {"code": code, "description": f"/{name} :: {words}", "input": {"inputPath": {"fieldPath": name}}}
    told = f"{code}: {name} {words}"
    return LinkedInRefusal(422 if code == "INVALID_VALUE" else 400, code, told, errorDetails={"inputErrors": [wrong]})


def body_of(request: Received) -> dict[str, Any]:
    """The JSON object of a request."""
    body = request.json()
    if request.mime != "application/json" or not isinstance(body, dict):
        raise LinkedInRefusal(400, "ILLEGAL_ARGUMENT", "the body is not a JSON object")
    return body


class LinkedInGate:
    """Which sessions may do what."""

    def __init__(self, members: Members) -> None:
        self._members = members

    def session(self, request: Received) -> MemberSession:
        """What the token stands for. Raises LinkedInRefusal: 401."""
        found = self._members.session(request)
        if isinstance(found, str):
            raise LinkedInRefusal(401, found, "Invalid access token")
        return found

    def need(self, request: Received, what: str, *scopes: str) -> MemberSession:
        """The same, with one of these scopes. Raises LinkedInRefusal: 403."""
        session = self.session(request)
        if not session.scopes & {*scopes}:
            raise LinkedInRefusal(403, "ACCESS_DENIED", f"Not enough permissions to access: {what}")
        return session

    def check_author(self, session: MemberSession, author: str) -> None:
        """Refuse a post by somebody else, or by a page on which the member has no role."""
        if may_post_as(session, author):
            return
        if not session.scopes & {"w_member_social", "w_organization_social"}:
            raise LinkedInRefusal(403, "ACCESS_DENIED", "Not enough permissions to access: posts.CREATE")
        words = (
            "Field Value validation failed in REQUEST_BODY: Data Processing Exception while processing fields [/author]"
        )
        raise LinkedInRefusal(403, "ACCESS_DENIED", words)
