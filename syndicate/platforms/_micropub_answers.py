"""The error answers of Micropub servers, and what they mean.

Errors: Micropub, W3C Recommendation of 23 May 2017, 3.8 (`forbidden`, `unauthorized`, `insufficient_scope`,
`invalid_request`). WordPress answers `insufficient_scope` with 403 (indieweb/wordpress-micropub @ 3e80aee1,
includes/rest/class-endpoint-controller.php), django-indieweb 0.6.2 in plain words without JSON (run 2026-11-29).
"""

from __future__ import annotations

from syndicate.errors import PlatformError, Unsupported
from syndicate.net.status import blocked, failure, one_line
from syndicate.platforms._answers import Row, fault, find
from syndicate.platforms._replies import problem
from syndicate.ports import Reply

SCOPES = "create update delete media"
_SCOPE = f"the token needs the scopes {SCOPES}: sign in again, or make another token"

REFUSED = (
    Row("login", ("insufficient_scope",), hint=_SCOPE),
    Row("login", words=("insufficient_scope", "scope insufficient", "insufficient to"), hint=_SCOPE),
    Row("login", ("unauthorized", "invalid_token", "forbidden", "401"), hint="sign in again, or make another token"),
    Row("login", ("403",), hint=_SCOPE),
)
"""What a refusal with the server's own words means (HTTP 400, 401, 403)."""

ABSENT = (400, 404, 410)
"""What servers answer for a post that they do not have; 400 is what the Recommendation shows (3.8)."""


def what(reply: Reply, step: str, *, commit: bool = False) -> PlatformError | None:
    """The error that an answer means; None for a good one. A server that lacks the step answers 501."""
    if reply.status == 501 and not commit:
        return Unsupported(f"micropub: {step}: this server cannot do that", status=reply.status)
    if reply.status not in (400, 401, 403) or blocked(reply):
        return failure(reply, f"micropub: {step}", commit=commit)
    said, words = problem(reply), _words(reply)
    codes = (str(said.get("error", "")), str(reply.status))
    row = find(REFUSED, codes, words)
    if row is None:
        row = Row("post")
    return fault(row, f"micropub: {step}: HTTP {reply.status}" + (f": {words}" if words else ""), reply, commit=commit)


def _words(reply: Reply) -> str:
    """The server's own words on one line: what JSON says, or plain text; nothing of a page."""
    said = problem(reply)
    found = [said.get(name) for name in ("error", "error_description", "message")]
    words = ": ".join(each for each in found if isinstance(each, str) and each)
    return one_line(words or ("" if said else reply.body[:500].decode(errors="replace")))
