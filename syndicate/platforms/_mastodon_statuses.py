"""Statuses of a Mastodon server: their addresses and links, and whether one of them is a post of ours. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from syndicate.errors import Rejected
from syndicate.model import Draft, Json, ListedPost, Post, Receipt
from syndicate.platforms._mastodon_texts import language
from syndicate.platforms._replies import addresses_in, by_hand, dated, holds, items, leads_to, same_text

if TYPE_CHECKING:
    from syndicate.platforms._mastodon_software import Profile

SENT = ("status", "media_ids", "visibility", "language", "spoiler_text", "sensitive", "content_type", "in_reply_to_id")
"""What of a draft goes into the status."""


def permalink(status: Json) -> str | None:
    return status.get("url") or status.get("uri")


def receipt(status: Json) -> Receipt:
    return Receipt(id=str(status["id"]), permalink=permalink(status))


def number(receipt: Receipt, servers: Iterable[str]) -> str:
    """The status's id; from an address on one of these servers its end, as on Mastodon itself. Raises Rejected."""
    address = by_hand(receipt)
    if address is None:
        return receipt.id
    here = {urlsplit(each).hostname for each in servers}
    found = re.search(r"/(\d+)/?$", urlsplit(address).path)
    if found is None or urlsplit(address).hostname not in here:
        raise Rejected(f"mastodon: {address} does not say which status it is; change it on the server itself")
    return found[1]


def drafted(post: Post, visibility: str, profile: Profile) -> Draft:
    """A status without its pictures, as this kind of server takes it. Raises Rejected where it does not."""
    profile.check(post)
    return {
        "status": post.text,
        "visibility": profile.visibility(visibility),
        "language": language(post.language),
        "spoiler_text": post.warning,
        "sensitive": post.sensitive or bool(post.warning and post.media),
        "content_type": "text/plain" if profile.formats else None,
        "link": post.link if post.link and post.link in post.text else None,
    }


def edited(post: Post, now: Json, profile: Profile) -> Json:
    """What an edit sends: it replaces all of a status, so pictures and their descriptions are said again."""
    media = items(now.get("media_attachments"), "id")
    body = {
        "status": post.text,
        "language": language(post.language),
        "media_ids": [each["id"] for each in media],
        "media_attributes": [{"id": each["id"], "description": each.get("description") or ""} for each in media],
        "spoiler_text": now.get("spoiler_text"),
        "sensitive": now.get("sensitive"),
        "content_type": "text/plain" if profile.formats else None,
    }
    return {name: value for name, value in body.items() if value}


def listed(status: Json) -> ListedPost:
    from syndicate.platforms._html import Content  # only look-ups need it

    page = Content(status.get("content") or "")
    card = (status.get("card") or {}).get("url")
    links = (*page.addresses, *addresses_in(page.text), *([card] if card else []))
    return ListedPost(receipt(status), dated(status, "created_at"), tuple(dict.fromkeys(links)), page.text)


def ours(draft: Draft, status: Json) -> bool:
    from syndicate.platforms._html import Content  # only look-ups need it

    parent = draft.get("in_reply_to_id")
    if parent and str(status.get("in_reply_to_id")) != parent:
        return False
    page = Content(status.get("content") or "")
    if draft["link"]:
        card = (status.get("card") or {}).get("url")
        shown = any(leads_to(draft["link"], address) for address in [*page.addresses, card])
        return shown or holds(page.text, draft["link"])
    return same_text(draft["status"], page.text)
