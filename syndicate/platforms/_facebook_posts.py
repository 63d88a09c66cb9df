"""Posts of a Page on Facebook as it lists them: which are ours, which links they have, and their addresses."""

from __future__ import annotations

import re
from urllib.parse import parse_qs, urlsplit

from syndicate.errors import Rejected
from syndicate.model import Draft, Json, ListedPost, Receipt
from syndicate.platforms._replies import addresses_in, by_hand, dated, holds, items, leads_to, same_text

FIELDS = "id,message,created_time,permalink_url,attachments{unshimmed_url}"

_HOSTS = ("facebook.com", "www.facebook.com", "m.facebook.com", "web.facebook.com")


def receipt(post: Json) -> Receipt:
    """The receipt of a listed post."""
    number = str(post["id"])
    return Receipt(id=number, permalink=post.get("permalink_url") or f"https://www.facebook.com/{number}")


def listed(post: Json) -> ListedPost:
    """A listed post with the links of its card and its text."""
    message = str(post.get("message", ""))
    attachments = items((post.get("attachments") or {}).get("data"), "unshimmed_url")
    links = (*(str(each["unshimmed_url"]) for each in attachments), *addresses_in(message))
    return ListedPost(receipt(post), dated(post, "created_time"), tuple(dict.fromkeys(links)), message)


def ours(draft: Draft, post: Json) -> bool:
    """Whether a listed post has our link, or, if there is none, our text."""
    message = str(post.get("message", ""))
    if not draft["address"]:
        return same_text(draft["message"], message)
    attachments = items((post.get("attachments") or {}).get("data"))
    return holds(message, draft["address"]) or any(
        leads_to(draft["address"], attachment.get("unshimmed_url")) for attachment in attachments
    )


def number(receipt: Receipt, page: str, api: str) -> str:
    """The post's id. From an address: the Page's number and the post's; not every Facebook address has both."""
    address = by_hand(receipt)
    if address is None:
        return receipt.id
    parts = urlsplit(address)
    stories = parse_qs(parts.query).get("story_fbid", [""])
    found = re.search(r"/posts/(?:[^/]+/)?(\d+)/?$", parts.path) or re.fullmatch(r"(\d+)", stories[0])
    if found is None or parts.hostname not in {*_HOSTS, urlsplit(api).hostname}:
        raise Rejected(f"facebook: {address} does not say which post it is; change it on Facebook itself")
    return f"{page}_{found[1]}"
