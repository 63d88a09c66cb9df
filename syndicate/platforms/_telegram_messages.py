"""The bodies of Telegram's messages: which method, fields and files a post becomes, and which words are links.

Bot API 10.1 (PaulSonOfLars/telegram-bot-api-spec @ 160fd99): sendMessage, sendPhoto, sendMediaGroup,
LinkPreviewOptions, MessageEntity.
"""

from __future__ import annotations

import json
import re
from base64 import b64decode, b64encode
from typing import Any

from syndicate.errors import Uncertain
from syndicate.model import Json, Media, Post, Receipt
from syndicate.ports import Part

_DETECTED = re.compile(r"https?://[\x21-\x7e]*[\w/=&#%~-]", re.ASCII)
"""An address of which Telegram's own app makes a link, to its last sign."""


def length(text: str) -> int:
    """UTF-16 code units, in which entities are placed. Telegram may count fewer for the limit, never more."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def drafted(post: Post) -> Json:
    """The method, fields and pictures of a new message, as plain JSON. Pictures go with the message itself."""
    text = post.text or ("" if post.media else post.link or "")
    marked = entities(post, text)
    draft: Json = {"fields": {}, "pictures": [_kept(media) for media in post.media]}
    if not post.media:
        draft["method"], draft["fields"] = "sendMessage", message(text, marked, post.link)
        return draft
    captioned = caption(text, marked) | ({"has_spoiler": True} if post.sensitive else {})
    if len(post.media) == 1:
        draft["method"], draft["fields"] = "sendPhoto", captioned
        return draft
    veiled = {name: value for name, value in captioned.items() if name == "has_spoiler"}
    album = [{"type": "photo", "media": f"attach://p{number}"} | veiled for number in range(len(post.media))]
    album[0] |= captioned
    draft["method"], draft["fields"] = "sendMediaGroup", {"media": album}
    return draft


def message(text: str, marked: list[Json], link: str | None) -> Json:
    """The fields of a text. The box is drawn from the article alone, whatever else the text could link to."""
    preview = {"url": link, "prefer_large_media": True} if link else {"is_disabled": True}
    return {"text": text, "link_preview_options": preview} | ({"entities": marked} if marked else {})


def caption(text: str, marked: list[Json]) -> Json:
    """The fields of a text below a picture."""
    return ({"caption": text} if text else {}) | ({"caption_entities": marked} if marked else {})


def entities(post: Post, text: str) -> list[Json]:
    """The links that Telegram does not find by itself. A link beside the text is on its first words as well, since
    Telegram draws no box for a page that it cannot read.
    """
    links = [(span.start, span.end, span.value) for span in post.spans if span.kind == "link"]
    if post.link and post.link not in text and text:
        first = min([len(text.split("\n", 1)[0]), *(span.start for span in post.spans)])
        end = len(text[:first].rstrip()) or len(text)
        links.append((0, end, post.link))
    return [
        {"type": "text_link", "offset": length(text[:start]), "length": length(text[start:end]), "url": address}
        for start, end, address in links
        if text[start:end] != address or not _DETECTED.fullmatch(address)
    ]


def request(draft: Json, chat: str) -> dict[str, Any]:
    """The body of the request: JSON, or a form with the pictures."""
    fields = {"chat_id": chat} | draft["fields"]
    if not draft["pictures"]:
        return {"json": fields}
    names = ["photo"] if draft["method"] == "sendPhoto" else [f"p{at}" for at in range(len(draft["pictures"]))]
    parts = dict(zip(names, map(_part, draft["pictures"]), strict=True))
    return {"data": {name: _written(value) for name, value in fields.items()}, "files": parts}


def receipt(sent: Any, *, captioned: bool) -> Receipt:
    """The receipt of a message, or of an album, which is as many messages. Raises Uncertain without their numbers."""
    messages = sent if isinstance(sent, list) else [sent]
    try:
        chat, numbers = messages[0]["chat"], [int(each["message_id"]) for each in messages]
        number = str(chat["id"])
    except (LookupError, TypeError, ValueError) as fault:
        raise Uncertain("telegram: post: an answer that lacks the message's number") from fault
    data: Json = {"captioned": True} if captioned else {}
    return Receipt(
        id=f"{number}/{numbers[0]}",
        permalink=_permalink(number, chat.get("username"), numbers[0]),
        data=data | ({"messages": numbers} if len(numbers) > 1 else {}),
    )


def _permalink(chat: str, username: str | None, number: int) -> str | None:
    """Where everyone, or every member of a private channel, sees it; a small group has no addresses."""
    if username:
        return f"https://t.me/{username}/{number}"
    private = chat.removeprefix("-100")
    return f"https://t.me/c/{private}/{number}" if private != chat else None


def _written(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _kept(media: Media) -> Json:
    return {"file": media.file, "mime": media.mime, "data": b64encode(media.data).decode()}


def _part(picture: Json) -> Part:
    return picture["file"], b64decode(picture["data"]), picture["mime"]
