"""Signing in to Telegram: a bot's token, and the channel that it posts to."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from typing import Any

from syndicate.errors import AuthError
from syndicate.model import Ask, Choose, Json, Question
from syndicate.platforms._replies import items
from syndicate.ports import SigningIn

Method = Callable[..., Any]
"""Calls a method of the Bot API and gives its `result`. Raises PlatformError."""

_NEW_BOT = "The token of your bot. In Telegram, write /newbot to @BotFather to make one: it answers with the token"
_WHERE = (
    "Make @{0} an administrator of your channel, with the right to post messages. Then write the channel's @name here;"
    " if it is private, post something in it now, and leave this empty"
)
_NOWHERE = "post something in the channel, then sign in again; or write its @name"
_NOTHING = "nothing was stored; sign in again"
_UPDATES = ("channel_post", "my_chat_member", "message", "edited_channel_post")


def conversation(token: str | None, chat: str | None, method: Callable[[str], Method]) -> SigningIn:
    """Ask for the token and for the channel, and try both. `token` and `chat` are what the config has already.

    `method` gives, for a token, what calls the API with it.
    """
    if token is None:
        token = (yield Ask(_NEW_BOT, secret=True)).strip()
    if not token:
        raise AuthError("no token was given", hint=_NOTHING)
    call = method(token)
    bot = call("getMe")
    if chat is None:
        named = (yield Ask(_WHERE.format(bot.get("username")))).strip()
        chat = named or (yield from _chosen(call))
    found = call("getChat", chat_id=chat_id(chat))
    check_rights(call, found, bot)
    return {"token": token, "chat": str(found["id"])}


def chat_id(chat: str) -> str:
    """A chat as the API takes it: `@name`, or a number. A person may write the name alone, or its address."""
    name = chat.strip().removeprefix("https://").removeprefix("t.me/")
    return name if name.startswith(("@", "-")) or name.isdecimal() else f"@{name}"


def check_rights(call: Method, chat: Json, bot: Json) -> None:
    """Raises AuthError where the bot may not post in a chat."""
    member = call("getChatMember", chat_id=str(chat["id"]), user_id=str(bot["id"]))
    status, channel = member.get("status"), chat.get("type") == "channel"
    in_group = status in ("member", "administrator") or (status == "restricted" and member.get("can_send_messages"))
    allowed = status == "administrator" and member.get("can_post_messages") is True if channel else in_group
    if allowed or status == "creator":
        return
    where = str(chat.get("title") or chat["id"])
    hint = "make it an administrator with the right to post messages" if channel else "add it to the group"
    raise AuthError(f"telegram: @{bot.get('username')} may not post in {where} (it is {status} there)", hint=hint)


def _chosen(call: Method) -> Generator[Question, str, str]:
    """One of the chats in which the bot has seen something of late. Reading that confirms nothing."""
    seen = {str(chat["id"]): str(chat.get("title") or chat["id"]) for chat in _chats(call("getUpdates"))}
    if not seen:
        raise AuthError("the bot has seen no channel of late", hint=_NOWHERE)
    chosen = yield Choose("Where does it post?", tuple(seen.items()))
    if chosen not in seen:
        raise AuthError("none of these channels was chosen", hint=_NOTHING)
    return chosen


def _chats(updates: Any) -> Iterator[Json]:
    """The channels and groups of a list of updates."""
    for update in items(updates):
        for name in _UPDATES:
            chat = (update.get(name) or {}).get("chat") or {}
            if chat.get("id") and chat.get("type") != "private":
                yield chat
