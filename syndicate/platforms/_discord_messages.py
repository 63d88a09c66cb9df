"""The bodies of Discord's messages: text without formatting, a box of our own for the link, pictures with alt texts.

discord/discord-api-docs @ c98d64b (2026-08-06): resources/message (create, embed limits, allowed mentions, flags),
reference ("Uploading Files"). Lengths are code points: a maintainer in discord/discord-api-docs#1315 (2020-01-23).
"""

from __future__ import annotations

import json
import re
from base64 import b64decode, b64encode, urlsafe_b64encode
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import urlsplit

from syndicate.model import Json, LinkCard, Media, Post, Receipt
from syndicate.ports import Part
from syndicate.text import addresses, cut

_NO_BOX = 1 << 2  # SUPPRESS_EMBEDS: beside a picture, Discord draws no box for a link in the text
_TITLE, _DESCRIPTION = 256, 4096
_SIGN = re.compile(r"[\\*_~`|\[<]|^(?=>)|^(?=-?#{1,3} )|^(?=[-+] )", re.MULTILINE)
_ESCAPED = re.compile(r"\\([\\*_~`|\[<>#+-])")
NOBODY: Json = {"parse": []}
"""`allowed_mentions`: whatever stands in a text, nobody is notified."""


def escaped(text: str) -> str:
    """A text with a backslash before what Discord would take for formatting or a mention, but for addresses."""
    kept_whole = addresses(text)

    def marked(found: re.Match[str]) -> str:
        inside = any(start <= found.start() < end for start, end in kept_whole)
        return found[0] if inside else f"\\{found[0]}"

    return _SIGN.sub(marked, text)


def plain(text: str) -> str:
    """The reverse of `escaped`."""
    return _ESCAPED.sub(r"\1", text)


def body(post: Post) -> Json:
    """The fields of a message, without its pictures."""
    pictures = pictured(post)
    made: Json = {"content": escaped(post.text), "allowed_mentions": NOBODY}
    if post.card is not None:
        made["embeds"] = [box(post.card, pictures[0].file if pictures else None)]
    elif post.media:
        made["flags"] = _NO_BOX
    if pictures:
        made["attachments"] = [_attachment(at, each, veiled=post.sensitive) for at, each in enumerate(pictures)]
    if not post.text and post.link and post.card is None:
        made["content"] = post.link
    return made


def pictured(post: Post) -> list[Media]:
    """The pictures that go with a message: its own, or that of its link's box."""
    return [post.card.thumb] if post.card is not None and post.card.thumb else list(post.media)


def box(card: LinkCard, file: str | None) -> Json:
    """The box of a link, with a picture that is attached to the message."""
    made: Json = {"title": _within(card.title, _TITLE), "url": card.url}
    if card.description:
        made["description"] = _within(card.description, _DESCRIPTION)
    return made | ({"image": {"url": f"attachment://{file}"}} if file else {})


def nonce(key: str) -> str:
    """Our key in 22 characters; Discord takes 25."""
    return urlsafe_b64encode(bytes.fromhex(key)).rstrip(b"=").decode()


def kept(pictures: list[Media]) -> list[Json]:
    """Pictures as a draft keeps them."""
    return [{"file": each.file, "mime": each.mime, "data": b64encode(each.data).decode()} for each in pictures]


def request(fields: Json, pictures: list[Json]) -> dict[str, Any]:
    """The body of the request: JSON, or a form with the pictures."""
    if not pictures:
        return {"json": fields}
    files: dict[str, Part] = {
        f"files[{at}]": (each["file"], b64decode(each["data"]), each["mime"]) for at, each in enumerate(pictures)
    }
    return {"data": {"payload_json": json.dumps(fields, ensure_ascii=False)}, "files": files}


def receipt(message: Json, guild: str | None) -> Receipt:
    """The receipt of a message. `guild` is the number of its server."""
    channel, number = str(message["channel_id"]), str(message["id"])
    boxed = [str((each.get("image") or {}).get("url") or "") for each in message.get("embeds") or []]
    files = [PurePosixPath(urlsplit(each).path or urlsplit(each).netloc).name for each in boxed if each]
    return Receipt(
        id=f"{channel}/{number}",
        permalink=f"https://discord.com/channels/{guild}/{channel}/{number}" if guild else None,
        data={"picture": files[0]} if files else {},
    )


def _attachment(at: int, media: Media, *, veiled: bool) -> Json:
    named: Json = {"id": str(at), "filename": media.file}
    return named | ({"description": media.alt} if media.alt else {}) | ({"is_spoiler": True} if veiled else {})


def _within(text: str, most: int) -> str:
    """An escaped text within so many code points."""
    room = most
    while len(made := escaped(cut(text, room))) > most:
        room -= len(made) - most
    return made
