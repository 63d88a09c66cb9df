"""X's error answers, and what they mean.

Problem types: X OpenAPI 2.167 (xdevplatform/xdk @ 84c26540). Codes of the older bodies, which still come:
https://developer.x.com/en/support/x-api/error-troubleshooting. Bodies as reported in akrherz/iembot#163 (2026-02),
tryethernal/ethernal#1324 (2026-06), lucasrangit/twitter-winner#11, blynkkk/blynk-server#223 and #350,
PipedreamHQ/pipedream#1727, robertoszek/pleroma-bot#75, plhery/node-twitter-api-v2#501.
"""

from __future__ import annotations

from typing import Any

from syndicate.errors import PlatformError
from syndicate.model import Json
from syndicate.net.status import blocked, failure, one_line
from syndicate.platforms._answers import Row, fault, find
from syndicate.platforms._replies import items, problem
from syndicate.ports import Reply

_UNLOCK = "log in to x.com with this account and do what X asks; then run syndicate accounts check"
_SCOPES = "a permission is missing: let the app read and write, and sign in again: syndicate accounts login"

REFUSED = (
    Row("cap", ("usage-capped",), hint="the app's plan allows no more posts; see X's developer console"),
    Row("cap", words=("usage cap", "usagecapexceeded", "monthly product cap", "spend cap", "spendcap")),
    Row("cap", (185, 344), hint="X's limit of posts a day is reached"),
    Row("cap", words=("daily status update limit", "daily limit for sending")),
    Row("wait", (88, 420, "rate-limit-exceeded")),
    Row("wait", words=("rate limit exceeded", "too many requests")),
    Row("there", (187,)),
    Row("there", words=("duplicate content", "status is a duplicate")),
    Row("login", (326,), hint=_UNLOCK),
    Row("login", words=("temporarily locked", "account is locked"), hint=_UNLOCK),
    Row("login", (64,), hint="X suspended this account; see its notice after a login on x.com"),
    Row("login", words=("suspended",), hint="X suspended this account; see its notice after a login on x.com"),
    Row("login", (32, 89, 99, 135, 215, 231, 261, 416, 417, "client-forbidden", "unsupported-authentication")),
    Row("login", ("oauth1-permissions",)),
    Row("login", ("oauth2-permissions",), hint=_SCOPES),
    Row("login", words=("oauth2 app permissions",), hint=_SCOPES),
    Row("login", words=("oauth1 app permissions", "unsupported authentication", "client-not-enrolled")),
    Row("later", (226,), hint="X takes this for an automated spam; it is tried again"),
    Row("maybe", (130, 131)),
    Row("picture", (324, 325)),
    Row("picture", words=("media ids are invalid", "media id is invalid", "invalid media", "media_ids")),
    Row("text", (186,)),
    Row("text", words=("text is too long", "a bit shorter", "is over 280 characters")),
)
"""What a refusal (HTTP 400, 403, 420, 429) means, whichever of X's bodies it has."""


def what(reply: Reply, step: str, *, commit: bool = False) -> PlatformError | None:
    """The error that an answer means; None for a good one. `step` says which request it was."""
    if reply.status < 400 or reply.status in (401, 408) or reply.status >= 500 or blocked(reply):
        return failure(reply, f"x: {step}", commit=commit)
    said = problem(reply)
    words = _words(said)
    message = f"x: {step}: HTTP {reply.status}" + (f": {words}" if words else "")
    if reply.status == 402:
        told = f"x: the app's credits are used up ({words or 'HTTP 402'})"
        return fault(Row("login", hint="buy credits in X's console"), told, reply, commit=commit)
    row = find(REFUSED, _codes(said), " ".join(_texts(said)))
    if row is None or (reply.status == 429 and row.means not in ("cap", "wait")):
        return failure(reply, f"x: {step}", commit=commit)
    return fault(row, message, reply, commit=commit)


def _errors(said: Json) -> list[Json]:
    return items(said.get("errors"))


def _codes(said: Json) -> list[int | str]:
    """Numbers of the older bodies, and the last words of problem types."""
    each = [said, *_errors(said)]
    numbers: list[int | str] = [value for part in each if isinstance(value := part.get("code"), int)]
    kinds = [kind.rpartition("/")[2] for part in each if isinstance(kind := part.get("type"), str)]
    reasons = [reason for part in each if isinstance(reason := part.get("reason"), str)]
    return [*numbers, *kinds, *reasons]


def _texts(said: Json) -> list[str]:
    names = ("title", "detail", "message", "error", "reason", "type")
    return [str(part[name]) for part in [said, *_errors(said)] for name in names if isinstance(part.get(name), str)]


def _words(said: Json) -> str:
    """The most telling words: the detail, else an error's message with its code, else the title."""
    first: Any = next(iter(_errors(said)), {})
    code = f" ({first['code']})" if isinstance(first.get("code"), int) else ""
    detail, message = said.get("detail"), first.get("message")
    told = detail or (f"{message}{code}" if message else said.get("error") or said.get("title")) or ""
    return one_line(str(told))
