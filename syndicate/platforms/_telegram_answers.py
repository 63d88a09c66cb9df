"""Telegram's error answers, and what they mean.

tdlib/telegram-bot-api @ 01a3679 (2026-05-07), telegram-bot-api/Client.cpp: `fail_query_with_error`,
`check_chat_access`; what Telegram's servers add to it: core.telegram.org/bots/api, "Making requests" and
"ResponseParameters" (Bot API 10.1).
"""

from __future__ import annotations

from syndicate.errors import PlatformError
from syndicate.model import Json
from syndicate.net.status import blocked, failure, one_line
from syndicate.platforms._answers import Row, fault, find
from syndicate.platforms._replies import problem
from syndicate.ports import Reply

_TAKE = "the token is wrong or revoked: take the present one from @BotFather (/mybots, API Token)"
_RIGHTS = "make the bot an administrator of the channel, with the right to post messages"
_CHAT = "chat: the channel's @name or its number, which begins with -100; the bot has to be in it"

REFUSED = (
    Row("login", (401, 404), hint=_TAKE),
    Row("wait", (429,)),
    Row("picture", (413,)),
    # texts
    Row("text", words=("message is too long", "caption is too long", "message_too_long", "caption_too_long")),
    # pictures
    Row(
        "picture",
        words=("photo_", "image_process", "file is too big", "wrong file", "wrong type of", "too large", "media_empty"),
    ),
    # the channel and the bot's rights in it
    Row("login", words=("chat not found", "chat_id is empty", "peer_id_invalid"), hint=_CHAT),
    Row("login", words=("rights", "_forbidden", "admin_required"), hint=_RIGHTS),
    Row("login", words=("kicked", "not a member", "group chat was deleted", "channel_private"), hint=_RIGHTS),
    Row("login", (403,), hint=_RIGHTS),
)
"""What an error code (which is the HTTP status too) or words in the description mean."""


def what(reply: Reply, step: str, *, commit: bool = False) -> PlatformError | None:
    """The error that an answer means; None for a good one. `step` says which request it was."""
    said = problem(reply)
    if said.get("ok") is True or (reply.status < 300 and "ok" not in said):
        return None
    if said.get("ok") is not False or blocked(reply):
        return failure(reply, f"telegram: {step}", commit=commit)
    there = moved_to(said)
    if there is not None:
        hint = f'write chat: "{there}" in the config; until then each post asks first where the group is'
        told = f"telegram: {step}: the group became a supergroup with another number"
        return fault(Row("later", hint=hint), told, reply, commit=commit)
    code = said.get("error_code", reply.status)
    row = find(REFUSED, [code], words(said)) or Row("maybe" if reply.status >= 500 else "post")
    return fault(row, f"telegram: {step}: {words(said)} ({code})", reply, commit=commit)


def words(said: Json) -> str:
    """Telegram's own words, on one line."""
    return one_line(str(said.get("description") or "")) or "no reason given"


def moved_to(said: Json) -> str | None:
    """The number of the supergroup that a group became; None for any other answer."""
    number = (said.get("parameters") or {}).get("migrate_to_chat_id")
    return str(number) if isinstance(number, int) else None
