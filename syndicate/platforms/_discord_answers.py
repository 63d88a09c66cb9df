"""Discord's error codes, and what they mean.

discord/discord-api-docs @ c98d64b (2026-08-06): topics/opcodes-and-status-codes (JSON error codes), topics/rate-limits.
"""

from __future__ import annotations

from typing import Any

from syndicate.errors import PlatformError
from syndicate.model import Json
from syndicate.net.status import blocked, failure, one_line
from syndicate.platforms._answers import Row, fault, find
from syndicate.platforms._replies import items, problem
from syndicate.ports import Reply

_AGAIN = "take the present token or webhook address from Discord; this one is wrong, or was deleted"
_RIGHTS = (
    "give the bot these rights there: View Channel, Send Messages, Embed Links, Attach Files, Read Message History"
)
_CHANNEL = "channel: the number of a text or announcement channel (Copy Channel ID) of a server that has the bot"
FORUM = "a forum takes threads, not messages: choose a text or announcement channel, or make the webhook in one"
_VERIFY = "Discord asks the owner of the bot to verify the account"

REFUSED = (
    Row("login", ("status 401", 50014, 50027, 10015, 40001), hint=_AGAIN),
    Row("login", (10003,), hint=_CHANNEL),
    Row("login", (40058, 220001, 50024, 50008), hint=FORUM),
    Row("login", (40002,), hint=_VERIFY),
    Row("login", (50001, 50013, 160002), hint=_RIGHTS),
    Row("wait", ("status 429", 20016, 20022, 20028, 20029, 30046, 40062)),
    Row("later", (40004,)),
    Row("picture", ("status 413", 40005, 50045, 50046)),
    Row("picture", (50035,), ("attachments", "files", "embeds[0].image", "embeds[0].thumbnail")),
    Row("text", (50035,), ("content[base_type_max_length]", "content[base_type_bad_length]")),
    Row("post", (200000, 200001, 240000), hint="the server's own rules (AutoMod) refuse these words or this link"),
)
"""What an error code means, or the HTTP status where it says more. 50035 names the field that is wrong."""


def what(reply: Reply, step: str, *, commit: bool = False) -> PlatformError | None:
    """The error that an answer means; None for a good one. `step` says which request it was."""
    said = problem(reply)
    if reply.status < 300 or "message" not in said or blocked(reply):
        return failure(reply, f"discord: {step}", commit=commit)
    code = said.get("code")
    codes: list[int | str] = [code] if isinstance(code, int) and code else []
    row = find(REFUSED, [*codes, f"status {reply.status}"], " ".join(_fields(said.get("errors"))))
    if row is None:
        row = Row("maybe" if reply.status >= 500 else "post")
    return fault(row, f"discord: {step}: {_words(said)} ({code or reply.status})", reply, commit=commit)


def gone(reply: Reply) -> bool:
    """Whether an answer says that there is no such message."""
    return problem(reply).get("code") == 10008


def _words(said: Json) -> str:
    """Discord's own words on one line, with what it says of each field."""
    return one_line("; ".join([str(said.get("message")), *_fields(said.get("errors"))]))


def _fields(errors: Any, place: str = "") -> list[str]:
    """What is wrong with each field, such as `content[BASE_TYPE_MAX_LENGTH]: Must be 2000 or fewer in length.`."""
    if not isinstance(errors, dict):
        return []
    found = [f"{place}[{each.get('code')}]: {each.get('message')}" for each in items(errors.get("_errors"))]
    for name, inside in errors.items():
        if name != "_errors":
            inner = f"{place}[{name}]" if name.isdecimal() else f"{place}.{name}" if place else name
            found += _fields(inside, inner)
    return found
