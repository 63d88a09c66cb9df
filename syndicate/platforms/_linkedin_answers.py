"""LinkedIn's error answers, and what they mean.

https://learn.microsoft.com/en-us/linkedin/shared/api-guide/concepts/error-handling and .../rate-limits. Bodies as
reported: duplicates Arisamiga/Linkedin-RSS#5 (2023-12) and ComposioHQ/composio#2710 (2026-02), retired versions
gitroomhq/postiz-app#2005 (2026-09), permissions thephpleague/oauth2-linkedin#52, limits Automattic/wp-calypso#32007 and
PostHog/posthog#64614 (2026-06: the limit of a day ends at midnight UTC).
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

from syndicate.errors import PlatformError, Unavailable, Uncertain
from syndicate.model import Json
from syndicate.net.status import blocked, failure, one_line, retry_after
from syndicate.platforms._answers import Row, fault, find
from syndicate.platforms._replies import items, problem
from syndicate.ports import Reply

PRODUCTS = (
    "posts of a person need the product 'Share on LinkedIn' (w_member_social), posts of a page the product"
    " 'Community Management API' (w_organization_social) and a role on that page"
)
_VERSION = "set `version` of the account to a month that LinkedIn supports, or update syndicate"
_LOOK = "log in to linkedin.com and see what it says of this account"
_RENEW = "make a new token, or sign in: syndicate accounts login, and the account's name"

REFUSED = (
    Row("there", ("DUPLICATE_POST",)),
    Row("there", words=("duplicate post", "content is a duplicate")),
    Row("cap", words=("day limit", "daily limit"), hint="LinkedIn's limit of a day ends at midnight UTC"),
    Row("wait", (101, "TOO_MANY_REQUESTS")),
    Row("wait", words=("throttle limit",)),
    Row(
        "login",
        words=("member is restricted", "account is restricted", "been restricted", "suspended"),
        hint=_LOOK,
    ),
    Row("login", (65600, 65601, 65602, "REVOKED_ACCESS_TOKEN", "EXPIRED_ACCESS_TOKEN"), hint=_RENEW),
    Row("login", (100, "ACCESS_DENIED"), hint=PRODUCTS),
    Row("login", words=("not enough permissions", "/author", "not authorized to"), hint=PRODUCTS),
    Row("text", ("FIELD_LENGTH_TOO_LONG",), ("commentary",)),
    Row("text", words=("commentary is too long", "exceeds the maximum length", "characters is the maximum")),
    Row("picture", words=("urn:li:image", "content/media", "multiimage", "thumbnail", " image")),
)
"""What a refusal means, by its code or its words."""


def what(reply: Reply, step: str, *, commit: bool = False) -> PlatformError | None:
    """The error that an answer means; None for a good one. `step` says which request it was."""
    if reply.status < 400 or reply.status == 408 or reply.status >= 500 or blocked(reply):
        return failure(reply, f"linkedin: {step}", commit=commit)
    said = problem(reply)
    message = f"linkedin: {step}: HTTP {reply.status}" + (f": {words}" if (words := _words(said)) else "")
    if reply.status == 426:
        return Unavailable(message, hint=_VERSION, status=426, astray=True)
    row = find(REFUSED, _codes(said), " ".join(_texts(said)))
    if reply.status in (401, 429):
        row = _by_status(reply.status, row)
    if row is None:
        return failure(reply, f"linkedin: {step}", commit=commit)
    wait = _until_midnight(reply.received_at) if row.means == "cap" and retry_after(reply) is None else None
    return fault(row, message, reply, commit=commit, wait=wait)


def of_a_double(doubt: Uncertain, reply: Reply) -> Uncertain:
    """The doubt about a refused post; of a duplicate, with the post that it names, for a person to look at.

    A duplicate may be named that is not there (ComposioHQ/composio#2710: after a deletion, for a day or two), so the
    name alone is no proof.
    """
    found = re.search(r"urn:li:(?:share|ugcPost):\d+", " ".join(_texts(problem(reply))))
    if found is None:
        return doubt
    page = f"https://www.linkedin.com/feed/update/{found[0]}"
    hint = f"if {page} shows it: syndicate deliveries resolve, the key, and --sent with that address"
    return Uncertain(str(doubt), hint=hint, status=doubt.status)


def _by_status(status: int, row: Row | None) -> Row:
    """A 401 is always the login, a 429 always a wait, whatever words stand in it."""
    meant = ("login",) if status == 401 else ("wait", "cap")
    if row is not None and row.means in meant:
        return row
    return Row("login", hint=_RENEW) if status == 401 else Row("wait")


def _until_midnight(now: datetime) -> float:
    """Seconds until a new day begins in UTC."""
    today = now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    return (today + timedelta(days=1) - now).total_seconds()


def _inner(said: Json) -> list[Json]:
    details = said.get("errorDetails")
    return items(details.get("inputErrors")) if isinstance(details, dict) else []


def _codes(said: Json) -> list[int | str]:
    each = [said, *_inner(said)]
    return [
        part[name] for part in each for name in ("code", "serviceErrorCode") if isinstance(part.get(name), int | str)
    ]


def _texts(said: Json) -> list[str]:
    names = ("message", "description", "error_description", "input")
    return [str(part[name]) for part in [said, *_inner(said)] for name in names if part.get(name)]


def _words(said: Json) -> str:
    """The answer's own words: its message with its code, and what is wrong with which part."""
    parts: list[Any] = [said.get("message"), *(each.get("description") for each in _inner(said))]
    told = "; ".join(dict.fromkeys(str(part).rpartition("Exception: ")[2] for part in parts if part))
    code = said.get("code") or next((each["code"] for each in _inner(said) if each.get("code")), None)
    return one_line(f"{told} ({code})" if code else told)
