"""What an HTTP status means for a post, and how long a server asks us to wait, however it says so. Pure."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urljoin, urlsplit

from syndicate.errors import AuthError, PlatformError, RateLimited, Rejected, Unavailable, Uncertain
from syndicate.ports import Reply


def failure(reply: Reply, what: str, *, commit: bool = False) -> PlatformError | None:
    """The error that a status means, None for success; `what` says which request failed, and of which platform.

    `commit`: the request would have made something visible, so a server error is Uncertain, and an address that is not
    there is wrong for every post.
    """
    status = reply.status
    if status < 300 or status == 304:
        return None
    elsewhere = status in _ELSEWHERE or (commit and status in _NOT_THERE)
    message = f"{what}: HTTP {status}" + (f": {words}" if (words := _words(reply)) else "")
    if status == 429:
        return RateLimited(message, status=status, retry_after=retry_after(reply))
    if elsewhere or blocked(reply):
        return astray(reply, what) if elsewhere else gateway(reply, what)
    if 400 <= status < 500 and status not in (408, 425):
        return (AuthError if status == 401 else Rejected)(message, status=status)
    if commit:
        return Uncertain(message, status=status)
    return Unavailable(message, status=status, retry_after=retry_after(reply))


_ELSEWHERE = (301, 302, 307, 308, 407, 511)
"""Statuses with which a request was sent elsewhere, or stopped by a proxy: the API never took it. A 303 may follow what
was taken."""
_NOT_THERE = (404, 405, 410)
_LONGEST_SHOWN = 16  # characters of a part of a path; a longer one may be a secret


def astray(reply: Reply, what: str) -> Unavailable:
    """The error for an address that leads to something else than the API: nothing was published, nor will be."""
    told = f"{what}: HTTP {reply.status}" + (f": {words}" if (words := _words(reply)) else "")
    hint = "check the address in the config (url, service, api_url), and what stands before that server"
    if location := reply.headers.get("location", ""):
        there = _shown(reply.url, location)
        told += f", a redirect to {there}" if there else ""
        hint = "write the address to which it leads in the config; posts do not follow redirects"
    return Unavailable(told, hint=hint, status=reply.status, retry_after=retry_after(reply), astray=True)


def _shown(here: str, location: str) -> str:
    """Where a redirect leads, without what may be a secret: its query, and long parts of its path."""
    try:
        parts = urlsplit(urljoin(here, location))
        host = parts.netloc.rpartition("@")[2]
    except ValueError:
        return ""
    path = "/".join("…" if len(part) > _LONGEST_SHOWN else part for part in parts.path.split("/"))
    return f"{parts.scheme}://{host}{path}"


_OF_THE_SERVER = (401, 404, 410, 413, 414, 429)
"""Statuses of which a page says no less than JSON: the login, the address or the request's size is wrong."""
_PAGE = re.compile(r"\s*(?:<!--.*?-->\s*)*<(?:!doctype|html|head|body|\?xml|title|h1)\b", re.IGNORECASE | re.DOTALL)


def blocked(reply: Reply) -> bool:
    """Whether a firewall or proxy before the server refused the request, so that the server never saw it.

    It sends a page, or Cloudflare's `error code: 1020`, where an API answers with JSON.
    https://developers.cloudflare.com/cloudflare-challenges/challenge-types/challenge-pages/detect-response/
    """
    if not 400 <= reply.status < 500 or reply.status in _OF_THE_SERVER:
        return False
    words = reply.body[:1000].decode("utf-8", "replace")
    return "cf-mitigated" in reply.headers or is_page(words) or words.lower().startswith("error code: 1")


def gateway(reply: Reply, what: str) -> Unavailable:
    """The error for a request that a firewall or proxy refused: nothing was published."""
    message = f"{what}: HTTP {reply.status} from a firewall or proxy before the server"
    return Unavailable(message, status=reply.status, retry_after=retry_after(reply), gateway=True)


def is_page(words: str) -> bool:
    """Whether a text is an HTML page."""
    return _PAGE.match(words) is not None


def _words(reply: Reply) -> str:
    """What the server says went wrong, on one line; nothing of a page."""
    found = _said(_json(reply))
    if not found and reply.headers.get("content-type", "").startswith("text/plain"):
        found = reply.body[:1000].decode("utf-8", "replace")
    return one_line(found)


def one_line(words: str) -> str:
    """A server's words on one line of at most 300 characters; none if they are a page."""
    text = "" if is_page(words) else " ".join("".join(char if char.isprintable() else " " for char in words).split())
    return text if len(text) <= 300 else f"{text[:299]}…"


def _said(value: Any, depth: int = 5) -> str:
    """The most telling string in an error body; networks put it in different places."""
    if isinstance(value, str):
        return value
    if isinstance(value, dict):
        names = ("detail", "error_description", "message", "description", "error", "errors", "title", "code")
        value = [value.get(name) for name in names]
    if not isinstance(value, list) or not depth:
        return ""
    return next((said for item in value if (said := _said(item, depth - 1))), "")


_RESETS = ("x-rate-limit", "x-ratelimit", "ratelimit", "x-app-limit-24hour", "x-user-limit-24hour")


def retry_after(reply: Reply) -> float | None:
    """Seconds from `received_at` until the next call is allowed: the longest wait the reply asks for.

    The instant of a reset counts only where no calls remain, or where the reply does not say how many do.
    """
    headers = reply.headers
    waits = [_wait(headers.get(name), reply.received_at) for name in ("retry-after", "x-ratelimit-reset-after")]
    spent = (name for name in _RESETS if (_number(headers.get(f"{name}-remaining")) or 0.0) <= 0)
    waits += [_wait(headers.get(f"{name}-reset"), reply.received_at) for name in spent]
    body = _json(reply)
    if isinstance(body, dict):
        waits.append(_number(body.get("retry_after")))
        milliseconds = _number(body.get("retry_after_ms"))
        waits.append(None if milliseconds is None else milliseconds / 1000)
        parameters = body.get("parameters")
        waits.append(_number(parameters.get("retry_after")) if isinstance(parameters, dict) else None)
    said = [max(0.0, wait) for wait in waits if wait is not None]
    return max(said) if said else None


def _json(reply: Reply) -> Any:
    try:
        return json.loads(reply.body)
    except (ValueError, RecursionError):
        return None


def _number(value: Any) -> float | None:
    """A finite number, also when it is written as text."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        number = float(value)
    except (ValueError, OverflowError):
        return None
    return number if abs(number) < 1e15 else None


def _wait(text: str | None, now: datetime) -> float | None:
    """Seconds from `now`: a number of seconds, an epoch in seconds or milliseconds, an HTTP or ISO 8601 date."""
    if text is None:
        return None
    number = _number(text)
    if number is not None:
        if number > 1e11:
            number /= 1000
        return number - now.timestamp() if number > 1e9 else number
    from email.utils import parsedate_to_datetime

    for read in (datetime.fromisoformat, parsedate_to_datetime):
        try:
            moment = read(text.strip())
        except (ValueError, IndexError, TypeError):
            continue
        return (moment.replace(tzinfo=moment.tzinfo or UTC) - now).total_seconds()
    return None
