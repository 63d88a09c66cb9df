"""Reads the error answers of Meta's Graph APIs, which Facebook, Instagram and Threads share.

Envelope and codes: https://developers.facebook.com/docs/graph-api/guides/error-handling; throttles:
https://developers.facebook.com/docs/graph-api/overview/rate-limiting.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from syndicate.errors import PlatformError, RateLimited
from syndicate.model import Json
from syndicate.net.status import failure, one_line, retry_after
from syndicate.platforms._answers import Row, fault, find
from syndicate.platforms._replies import items, problem
from syndicate.ports import Reply

SUBCODE = "subcode"
THROTTLES = (4, 9, 17, 18, 32, 341, 613, 80001, 80002, 80003, 80004, 80005, 80006, 80008, 80009, 80014)
"""Codes of too many requests, of an app, an account or a Page."""
LOGINS = (3, 10, 101, 102, 104, 190, 450, 452, *range(200, 300))
"""Codes of tokens and permissions."""

QUOTA_WAIT = 3600.0
"""Seconds until a spent quota is asked about again. It is of the last 24 hours, so it comes back post by post."""


def what(network: str, table: Iterable[Row], reply: Reply, step: str, *, commit: bool = False) -> PlatformError | None:
    """The error that an answer means by a network's table; None for a good one. `step` says which request it was."""
    said = error(reply)
    if not said:
        return failure(reply, f"{network}: {step}", commit=commit)
    row = row_of(table, said) or _unnamed(reply, said)
    return fault(row, f"{network}: {step}: {words(said)}", reply, commit=commit, wait=_regain(reply))


def error(reply: Reply) -> Json:
    """The error object of an answer; {} without one."""
    said = problem(reply).get("error")
    return said if isinstance(said, dict) else {}


def row_of(table: Iterable[Row], said: Json) -> Row | None:
    """The row of a table that an error object matches."""
    return find(table, codes(said), str(said.get("message", "")) + str(said.get("error_user_msg", "")))


def codes(said: Json) -> list[int | str]:
    """An error object's code, and its subcode in words."""
    found: list[int | str] = [code] if isinstance(code := said.get("code"), int) else []
    return [*found, f"{SUBCODE} {said['error_subcode']}"] if said.get("error_subcode") else found


def words(said: Json) -> str:
    """What an error object says to people, with its codes."""
    numbers = "/".join(str(said[name]) for name in ("code", "error_subcode") if said.get(name))
    told = one_line(str(said.get("error_user_msg") or said.get("message") or "")) or "no reason given"
    return f"{told} ({numbers})"


def is_gone(said: Json) -> bool:
    """Whether an error object says that an id leads to nothing that the token may see."""
    return (said.get("code"), said.get("error_subcode")) == (100, 33)


def is_of_the_text(table: Iterable[Row], reply: Reply) -> bool:
    """Whether an answer refuses the text by a network's table, not the picture that goes with it."""
    row = row_of(table, error(reply))
    return row is not None and row.means in ("text", "post")


def has_no_state(said: Json) -> bool:
    """Whether an error object says that an id has no state, as it is no container any more but a post."""
    return said.get("code") == 100 and "nonexisting field" in str(said.get("message"))


def within_quota(network: str, answer: Json, kind: str = "") -> None:
    """Raise RateLimited where an answer about the quota says that the posts of 24 hours are spent."""
    for each in items(answer.get("data")):
        used, config = each.get(f"{kind}quota_usage"), each.get(f"{kind}config")
        total = config.get("quota_total") if isinstance(config, dict) else None
        if isinstance(used, int) and isinstance(total, int) and used >= total > 0:
            told = f"{network}: the quota of {total} posts in 24 hours is spent"
            raise RateLimited(told, retry_after=QUOTA_WAIT, capped=True)


def _unnamed(reply: Reply, said: Json) -> Row:
    """What an answer means whose codes no row has."""
    if said.get("type") == "OAuthException" and reply.status == 401:
        return Row("login")
    if reply.status == 429:
        return Row("wait")
    return Row("maybe") if said.get("is_transient") or reply.status >= 500 else Row("post")


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
