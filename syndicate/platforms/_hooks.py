"""Messages to the incoming address of a chat: what its text may not do, and what its answer means."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from syndicate.errors import PlatformError, Uncertain
from syndicate.model.pattern import pattern
from syndicate.net.status import blocked, failure, one_line
from syndicate.platforms._answers import Row, fault, find
from syndicate.platforms._replies import problem

if TYPE_CHECKING:
    from syndicate.ports import Reply

JOINER = "\N{WORD JOINER}"
"""Not seen, and part of no name: `rendering.mentions` writes the same behind the `@` of an article's words."""

_ADDRESS = pattern(r"https?://[^\s<>\"]+", re.IGNORECASE)
_GROUP = pattern(r"(?<![A-Za-z0-9])@(?=(?:all|channel|everyone|here)(?![A-Za-z0-9]))", re.IGNORECASE)


def silent(text: str) -> str:
    """The text with a joiner behind the `@` of the words that would call everybody in a channel."""
    return _GROUP.sub(f"@{JOINER}", text)


def outside_addresses(text: str, written: Callable[[str], str]) -> str:
    """The text with everything but its web addresses as `written` gives it."""
    parts, at = [], 0
    for match in _ADDRESS.finditer(text):
        parts += [written(text[at : match.start()]), match[0]]
        at = match.end()
    return "".join([*parts, written(text[at:])])


def what(reply: Reply, name: str, table: Iterable[Row], *, commit: bool = True) -> PlatformError | None:
    """The error that an answer means, by the network's own table where it says something; None for a good one."""
    step = f"{name}: message"
    if reply.status < 400 or blocked(reply):
        return failure(reply, step, commit=commit)
    said = problem(reply)
    inner = said["error"] if isinstance(said.get("error"), dict) else said
    codes = [code for code in (inner.get(name) for name in ("id", "code", "status", "error")) if code is not None]
    words = one_line(str(inner.get("message") or inner.get("error") or "") if said else _plain(reply))
    row = find(table, [*(str(code) for code in codes), str(reply.status)], words)
    if row is None or not (said or words):
        return failure(reply, step, commit=commit)
    return fault(row, f"{step}: HTTP {reply.status}" + (f": {words}" if words else ""), reply, commit=commit)


def unread(reply: Reply, name: str) -> Uncertain:
    """The error for a 2xx that is not the network's: so answer login pages and captive portals."""
    return Uncertain(f"{name}: HTTP {reply.status} with an answer that is not the chat's", status=reply.status)


def answered(reply: Reply, name: str, table: Iterable[Row], good: Callable[[Any], object]) -> dict[str, Any]:
    """The JSON of a good answer. Raises what an error means, and Uncertain where `good` finds nothing in a 2xx."""
    found = what(reply, name, table)
    if found is not None:
        raise found
    said = problem(reply)
    if not good(said):
        raise unread(reply, name)
    return said


def _plain(reply: Reply) -> str:
    return reply.body[:500].decode("utf-8", "replace")
