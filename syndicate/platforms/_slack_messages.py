"""The bodies of Slack's messages: words as they are, links, the box of a link, pictures.

docs.slack.dev, reference/block-kit/blocks/rich-text-block and image-block, composition-objects/slack-file-object (as
stored 2026). In a `rich_text` block nothing is read as formatting or as a mention; `text`, which notifications and
screen readers use, is escaped (docs.slack.dev, messaging/formatting-message-text).
"""

from __future__ import annotations

from typing import Any

from syndicate.model import Json, LinkCard, Post

EVENT = "syndicate_post"
"""The type of our metadata, which holds the delivery's key."""

_ALT = 2000


def escaped(text: str) -> str:
    """A text in which nothing is a link or a mention to Slack."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def length(text: str) -> int:
    """UTF-16 units of the escaped text, which are never fewer than what Slack counts."""
    return len(escaped(text).encode("utf-16-le", "surrogatepass")) // 2


def body(post: Post, pictures: list[Json]) -> Json:
    """Text and blocks; `pictures` are uploads, each with its `id` and `alt`. A box of ours needs none of Slack's."""
    blocks = [_words(post)] if post.text else []
    if post.card is not None:
        blocks.append(_box(post.card))
    elif post.link and not post.text:
        blocks.append(_rich([{"type": "link", "url": post.link}]))
    spare = " ".join((post.card.title if post.card else post.text).split())
    blocks += [_picture(each["id"], each["alt"] or spare) for each in pictures]
    drawn = post.card is None and not pictures
    return {"text": _read_out(post), "blocks": blocks, "unfurl_links": drawn, "unfurl_media": drawn}


def metadata(key: str) -> Json:
    """Our key, which conversations.history gives back."""
    return {"event_type": EVENT, "event_payload": {"key": key}}


def key_of(message: Json) -> str | None:
    """The key of a listed message of ours; None for any other."""
    said = message.get("metadata") or {}
    return (said.get("event_payload") or {}).get("key") if said.get("event_type") == EVENT else None


def links(value: Any) -> list[str]:
    """Every address in the blocks of a listed message."""
    if isinstance(value, list):
        return [found for each in value for found in links(each)]
    if not isinstance(value, dict):
        return []
    own = [str(value["url"])] if value.get("type") == "link" and value.get("url") else []
    return own + links(value.get("elements")) + links(value.get("blocks"))


def plain(blocks: Any) -> str:
    """The words of the first block of a listed message."""
    first = blocks[0] if isinstance(blocks, list) and blocks and isinstance(blocks[0], dict) else {}
    sections = first.get("elements") or []
    parts = [part for each in sections if isinstance(each, dict) for part in each.get("elements") or []]
    return "".join(str(part.get("text") or part.get("url") or "") for part in parts if isinstance(part, dict))


def _read_out(post: Post) -> str:
    """What a notification shows, and a screen reader reads."""
    card = post.card
    return escaped("\n".join(filter(None, [post.text, card.title if card else "", "" if post.text else post.link])))


def _words(post: Post) -> Json:
    """The text, with its links where its spans say so."""
    parts: list[Json] = []
    done = 0
    for span in (span for span in post.spans if span.kind == "link"):
        parts += [_plain(post.text[done : span.start])] if span.start > done else []
        shown = post.text[span.start : span.end]
        parts.append({"type": "link", "url": span.value} | ({"text": shown} if shown != span.value else {}))
        done = span.end
    return _rich([*parts, *([_plain(post.text[done:])] if done < len(post.text) else [])])


def _box(card: LinkCard) -> Json:
    title = {"type": "link", "url": card.url, "text": card.title or card.url, "style": {"bold": True}}
    words = [_plain(f"\n{card.description}")] if card.description else []
    return _rich([title, *words], "rich_text_quote")


def _rich(parts: list[Json], kind: str = "rich_text_section") -> Json:
    return {"type": "rich_text", "elements": [{"type": kind, "elements": parts}]}


def _plain(text: str) -> Json:
    return {"type": "text", "text": text}


def _picture(file: str, alt: str) -> Json:
    return {"type": "image", "slack_file": {"id": file}, "alt_text": alt[:_ALT] or "–"}
