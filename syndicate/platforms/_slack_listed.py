"""Slack's messages as a channel lists them: their receipts, whose they are, and where they lead."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from urllib.parse import urlsplit

from syndicate.errors import Rejected, Uncertain, Unsupported
from syndicate.model import Draft, Json, ListedPost, Receipt
from syndicate.platforms._replies import addresses_in, by_hand, holds, items, leads_to, same_text
from syndicate.platforms._slack_calls import SlackCalls
from syndicate.platforms._slack_messages import key_of, links, plain

_PAGES = 10


def receipt(message: Json, workspace: str | None, key: str | None, channel: str) -> Receipt:
    """The receipt of a message, as it was sent or as the channel lists it. Raises Uncertain without its time stamp."""
    number = str(message.get("ts") or "")
    if not number:
        raise Uncertain("slack: post: an answer that lacks the message's time stamp")
    blocks = items((message.get("message") or message).get("blocks"))
    files = [
        {"id": str(each["slack_file"].get("id")), "alt": str(each.get("alt_text") or "")}
        for each in blocks
        if isinstance(each.get("slack_file"), dict)
    ]
    at = f"{workspace.rstrip('/')}/archives/{channel}/p{number.replace('.', '')}" if workspace else None
    data: Json = {"key": key} if key else {}
    return Receipt(id=f"{channel}/{number}", permalink=at, data=data | ({"pictures": files} if files else {}))


def thread_of(calls: SlackCalls, to: Receipt) -> str:
    """The time stamp of the message that began a thread: all answers in it name that one (docs.slack.dev, `thread_ts`:
    "avoid using a reply's ts value; use its parent instead").
    """
    return str(to.data.get("thread") or place(calls, to)[1])


def in_thread(receipt: Receipt, draft: Draft) -> Receipt:
    """The receipt of an answer keeps which message began its thread."""
    return replace(receipt, data=receipt.data | {"thread": draft["thread"]}) if draft.get("thread") else receipt


def ours(draft: Draft, key: str, message: Json) -> bool:
    """Whether a listed message is the one of this key, or where it has none, the bot's with this link or text."""
    known = key_of(message)
    if known is not None:
        return known == key
    if message.get("bot_id") != draft["bot"]:
        return False
    words = plain(message.get("blocks")) or str(message.get("text", ""))
    if not draft["link"]:
        return same_text(draft["text"], words)
    found = links(message.get("blocks"))
    return holds(words, draft["link"]) or any(leads_to(draft["link"], each) for each in found)


def listed(message: Json, workspace: str | None, channel: str) -> ListedPost:
    """A listed message of the bot, with every address in it."""
    words = plain(message.get("blocks"))
    found = [*links(message.get("blocks")), *addresses_in(words)]
    found_at = receipt(message, workspace, key_of(message), channel)
    return ListedPost(found_at, datetime.fromtimestamp(float(message["ts"]), UTC), tuple(dict.fromkeys(found)), words)


def place(calls: SlackCalls, receipt: Receipt) -> tuple[str, str]:
    """Channel and time stamp of a message. An address counts if it is one of this channel."""
    if calls.hook() is not None:
        raise Rejected("slack: a webhook's messages cannot be changed; do it in Slack itself")
    address = by_hand(receipt)
    if address is None:
        channel, _, number = receipt.id.partition("/")
        return channel, number
    found = _placed(address)
    if found is None or found[0] != calls.channel():
        raise Rejected(f"slack: {address} is not a post of this account's channel; change it in Slack itself")
    return found


def messages(calls: SlackCalls, since: datetime, thread: str | None = None) -> Iterator[Json]:
    """What the channel or a thread has since then, page by page. Raises Unsupported after too many."""
    if calls.hook() is not None:
        raise Unsupported("slack: a webhook cannot list what it sent")
    asked = {"channel": calls.channel(), "include_all_metadata": "true", "limit": "200"}
    asked |= {"oldest": f"{since.timestamp():.6f}"} | ({"ts": thread} if thread else {})
    method = "conversations.replies" if thread else "conversations.history"
    for _ in range(_PAGES):
        page = calls.read(method, "own messages", **asked)
        yield from (each for each in items(page.get("messages"), "ts") if float(each["ts"]) >= since.timestamp())
        asked["cursor"] = str((page.get("response_metadata") or {}).get("next_cursor") or "")
        if not asked["cursor"]:
            return
    raise Unsupported("slack: too many messages since then to search them all")


def _placed(address: str) -> tuple[str, str] | None:
    """The channel and the time stamp that a message's address names; None where it is no such address."""
    parts = urlsplit(address)
    found = re.fullmatch(r"/archives/([A-Z0-9]+)/p(\d+)(\d{6})/?", parts.path)
    if found is None or not (parts.hostname or "").endswith(".slack.com"):
        return None
    return found[1], f"{found[2]}.{found[3]}"
