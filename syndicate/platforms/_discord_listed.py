"""Discord's messages as it answers and lists them: which are ours, where they lead, and which one a receipt means."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from urllib.parse import urlsplit

from syndicate.errors import Rejected, Uncertain, Unsupported
from syndicate.model import Draft, Json, ListedPost, Receipt
from syndicate.platforms import _discord_messages
from syndicate.platforms._discord_calls import DiscordCalls
from syndicate.platforms._replies import addresses_in, by_hand, dated, holds, items, leads_to, same_text, whole
from syndicate.ports import Reply

HISTORY = "give the bot the right Read Message History in that channel"
_HOSTS = ("discord.com", "ptb.discord.com", "canary.discord.com", "discordapp.com")
_PAGES = 10


def messages(calls: DiscordCalls, since: datetime) -> Iterator[Json]:
    """The bot's own messages, newest first, page by page. Raises Unsupported where they cannot be read."""
    if calls.hook() is not None:
        raise Unsupported("discord: a webhook cannot list what it sent")
    me = str(calls.read("/users/@me", "whose token this is").get("id"))
    asked = {"limit": "100"}
    for page in range(_PAGES):
        messages = items(calls.read(calls.path(), "own messages", **asked), "id")
        if not messages and not page and calls.place().get("last_message_id"):
            raise Unsupported(f"discord: the bot may not read what the channel has; {HISTORY}")
        fresh = [each for each in messages if dated(each, "timestamp") >= since]
        yield from (each for each in fresh if str((each.get("author") or {}).get("id")) == me)
        if len(fresh) < len(messages) or len(messages) < int(asked["limit"]):
            return
        asked["before"] = str(messages[-1]["id"])
    raise Unsupported("discord: too many messages since then to search them all")


def numbers(calls: DiscordCalls, receipt: Receipt) -> tuple[str, str]:
    """The numbers of a message's channel and of itself. An address counts if it is one of this channel."""
    address = by_hand(receipt)
    if address is None:
        channel, _, number = receipt.id.partition("/")
        return channel, number
    parts = urlsplit(address)
    found = re.fullmatch(r"/channels/(?:\d+|@me)/(\d+)/(\d+)/?", parts.path)
    if found is None or parts.hostname not in _HOSTS:
        raise Rejected(f"discord: {address} does not say which post it is; change it in Discord itself")
    if calls.hook() is None and found[1] != calls.channel():
        raise Rejected(f"discord: {address} is in another channel; change it in Discord itself")
    return found[1], found[2]


def sent(reply: Reply, guild: str | None) -> Receipt:
    """The receipt of the message in an answer. Raises Uncertain where it has none."""
    try:
        return _discord_messages.receipt(whole(reply), guild)
    except (LookupError, TypeError, AttributeError) as fault:
        raise Uncertain("discord: post: an answer that lacks the message's number", status=reply.status) from fault


def ours(draft: Draft, key: str, message: Json) -> bool:
    """Whether a listed message is the one of this key, or has our link, or, if there is none, our text."""
    if message.get("nonce") is not None and str(message["nonce"]) == _discord_messages.nonce(key):
        return True
    content = str(message.get("content", ""))
    if not draft["link"]:
        return same_text(draft["body"]["content"], content)
    boxes = items(message.get("embeds"), "url")
    return holds(content, draft["link"]) or any(leads_to(draft["link"], str(each["url"])) for each in boxes)


def listed(message: Json, guild: str | None) -> ListedPost:
    """A listed message with the links of its boxes and its text. `guild` is the number of its server."""
    content = str(message.get("content", ""))
    boxed = [str(each["url"]) for each in items(message.get("embeds"), "url")]
    links = tuple(dict.fromkeys([*boxed, *addresses_in(content)]))
    receipt = _discord_messages.receipt(message, guild)
    return ListedPost(receipt, dated(message, "timestamp"), links, _discord_messages.plain(content))
