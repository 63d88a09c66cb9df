"""Reads the listing of a profile's own posts on Threads: which are ours, and which links they have. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime

from syndicate.errors import Rejected
from syndicate.model import Draft, Json, ListedPost, Receipt
from syndicate.platforms import _own_posts
from syndicate.platforms._replies import addresses_in, by_hand, dated, holds, leads_to, same_address, same_text

FIELDS = "id,media_type,text,permalink,timestamp,link_attachment_url"


def since(pages: Iterable[list[Json]], first: datetime) -> Iterator[Json]:
    """Our own posts since an instant, newest first; what others wrote and we passed on is none."""
    return (post for post in _own_posts.since(pages, "timestamp", first) if post.get("media_type") != "REPOST_FACADE")


def number(receipt: Receipt, pages: Iterable[list[Json]]) -> str:
    """The post's id; from an address by searching our own latest posts for it. Raises Rejected where there is none."""
    address = by_hand(receipt)
    if address is None:
        return receipt.id
    for post in (post for page in pages for post in page):
        if same_address(address, post.get("permalink")):
            return str(post["id"])
    raise Rejected(f"threads: {address} is none of this profile's latest posts; delete it on Threads itself")


def receipt(post: Json) -> Receipt:
    """The receipt of a listed post."""
    return Receipt(str(post["id"]), post.get("permalink"))


def listed(post: Json) -> ListedPost:
    """A listed post with the links of its card and its text."""
    text = str(post.get("text", ""))
    links = [*([str(post["link_attachment_url"])] if post.get("link_attachment_url") else []), *addresses_in(text)]
    return ListedPost(receipt(post), dated(post, "timestamp"), tuple(dict.fromkeys(links)), text)


def ours(draft: Draft, post: Json) -> bool:
    """Whether a listed post has our link, or, if there is none, our text."""
    text = str(post.get("text", ""))
    if not draft["address"]:
        return same_text(draft["text"], text)
    return holds(text, draft["address"]) or leads_to(draft["address"], post.get("link_attachment_url"))
