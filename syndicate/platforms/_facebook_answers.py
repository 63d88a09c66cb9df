"""Facebook's error codes, and what they mean.

Meta: https://developers.facebook.com/docs/graph-api/guides/error-handling and
https://developers.facebook.com/docs/graph-api/overview/rate-limiting. Codes and subcodes that these pages leave out:
gitroomhq/postiz-app @ 74b01ad (2026-08-21) and its pull request 2068. A post may be published although the answer is
a temporary error: arsduo/koala#699 (2025-08), facebookarchive/php-graph-sdk#1141.
"""

from __future__ import annotations

import json
from typing import Any

from syndicate.errors import PlatformError
from syndicate.model import Json
from syndicate.net.status import failure, one_line, retry_after
from syndicate.platforms._answers import Row, fault, find
from syndicate.platforms._replies import items, problem
from syndicate.ports import Reply

_SUBCODE = "subcode"
_WAIT_HINT = "Facebook blocks this Page for a while; look at the Page's notices, and post less often"

REFUSED = (
    # what is already there
    Row("there", (506, f"{_SUBCODE} 1366051")),
    Row("there", (368,), ("already",)),
    # pictures
    Row("picture", (324, f"{_SUBCODE} 1366046", f"{_SUBCODE} 2069019", 352, 6000, 36000, 36001, 36003)),
    Row("picture", (100,), ("attached_media", "image file", "photo")),
    # the account or the app, for a while: posting too fast, blocked as spam, abusive
    Row("cap", (368, f"{_SUBCODE} 1390008", f"{_SUBCODE} 1346003", f"{_SUBCODE} 1404006"), hint=_WAIT_HINT),
    Row("wait", (4, 9, 17, 18, 32, 341, 613, 80001, 80002, 80003, 80004, 80005, 80006, 80008, 80009, 80014)),
    # the login: tokens, permissions, an identity to be confirmed, the Page's authorization to publish
    Row("login", (3, 10, 101, 102, 104, 190, 450, 452, *range(200, 300))),
    Row("login", (f"{_SUBCODE} 1404078",), hint="Facebook asks for the Page's publishing authorization"),
    Row("login", words=("confirm your identity",), hint="confirm your identity on Facebook"),
    # Facebook could not read the article's page just now
    Row("later", (1609005, f"{_SUBCODE} 1609005")),
    # temporary, and perhaps published all the same
    Row("maybe", (1, 2)),
)
"""What an error code or subcode means. The statuses of Meta's answers say little."""


def what(reply: Reply, step: str, *, commit: bool = False) -> PlatformError | None:
    """The error that an answer means; None for a good one. `step` says which request it was."""
    said = error(reply)
    if not said:
        return failure(reply, f"facebook: {step}", commit=commit)
    message = _words(said, step)
    row = find(REFUSED, _codes(said), str(said.get("message", "")) + str(said.get("error_user_msg", "")))
    if row is None:
        row = _unnamed(reply, said)
    return fault(row, message, reply, commit=commit, wait=_regain(reply))


def error(reply: Reply) -> Json:
    """The error object of an answer; {} without one."""
    said = problem(reply).get("error")
    return said if isinstance(said, dict) else {}


def _unnamed(reply: Reply, said: Json) -> Row:
    """What an answer means whose codes no row has."""
    if said.get("type") == "OAuthException" and reply.status == 401:
        return Row("login")
    if reply.status == 429:
        return Row("wait")
    return Row("maybe") if said.get("is_transient") or reply.status >= 500 else Row("post")


def _codes(said: Json) -> list[int | str]:
    codes: list[int | str] = [code] if isinstance(code := said.get("code"), int) else []
    return [*codes, f"{_SUBCODE} {said['error_subcode']}"] if said.get("error_subcode") else codes


def _words(said: Json, step: str) -> str:
    codes = "/".join(str(said[name]) for name in ("code", "error_subcode") if said.get(name))
    told = one_line(str(said.get("error_user_msg") or said.get("message") or "")) or "no reason given"
    return f"facebook: {step}: {told} ({codes})"


def _regain(reply: Reply) -> float | None:
    """Seconds until access returns: the longest wait in the headers, which give minutes."""
    try:
        usage: Any = json.loads(reply.headers.get("x-business-use-case-usage", "{}"))
    except ValueError:
        usage = {}
    uses = [use for listed in usage.values() for use in items(listed)] if isinstance(usage, dict) else []
    minutes = [use.get("estimated_time_to_regain_access") for use in uses]
    waits = [60.0 * each for each in minutes if isinstance(each, int | float) and each > 0]
    stated = retry_after(reply)
    return max([*waits, *([stated] if stated else [])], default=None)
