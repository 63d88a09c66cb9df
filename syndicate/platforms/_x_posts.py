"""Our own posts as X lists them, and which post a receipt means."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from syndicate.errors import Rejected, Unsupported
from syndicate.model import ListedPost, Receipt
from syndicate.model.pattern import pattern
from syndicate.platforms._replies import addresses_in, by_hand, dated, field, holds, items, leads_to, same_text, whole
from syndicate.platforms._x_calls import XCalls, refuse

if TYPE_CHECKING:
    from syndicate.model import Draft, Json

_PAGES = 10
_FIELDS = ("tweet.fields", "post.fields")
"""The parameter that asks for a post's fields: the first in X's documentation, the second in its OpenAPI 2.167.
https://docs.x.com/x-api/fundamentals/fields
"""
_OWN_LINKS = pattern(r"(?:\s*https://t\.co/\w+)+$")
_HOSTS = ("x.com", "www.x.com", "mobile.x.com", "twitter.com", "www.twitter.com", "mobile.twitter.com")


def own_posts(calls: XCalls, since: datetime, *, links: bool) -> Iterator[Json]:
    """Our own posts since then, newest first. Raises Unsupported after too many pages."""
    user = field(calls.call("GET", "/2/users/me", "whose token this is"), "data", "id")
    page = {
        "max_results": "100",
        "start_time": since.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
    }
    for _ in range(_PAGES):
        listing = _page(calls, user, page, links=links)
        yield from items(listing.get("data"), "id")
        following = (listing.get("meta") or {}).get("next_token")
        if not following:
            return
        page["pagination_token"] = following
    raise Unsupported("x: too many posts since then to search them all")


def _page(calls: XCalls, user: str, page: dict[str, str], *, links: bool) -> Json:
    """A page of our own posts, each with where its links lead. Raises Unsupported if X does not tell that.

    A parameter that X does not know is refused or passed over, so the other one is tried then: without these
    fields a post that is there would look absent, and would be sent again.
    """
    for name in _FIELDS:
        asked = page | {name: "created_at,entities"}
        reply = calls.send("GET", f"/2/users/{user}/tweets", params=asked)
        if reply.status == 400 and name != _FIELDS[-1] and ".fields" in reply.body.decode(errors="replace"):
            continue
        refuse(reply, "own posts")
        listing = whole(reply)
        if not links or not any(hides_its_link(post) for post in items(listing.get("data"), "id")):
            return listing
    raise Unsupported("x: its listing does not say where the links of a post lead")


def receipt_of(post: Json) -> Receipt:
    """The receipt of a listed post."""
    return receipt(post["id"])


def receipt(number: str) -> Receipt:
    """The receipt of the post with this id."""
    return Receipt(id=str(number), permalink=f"https://x.com/i/status/{number}")


def number(receipt: Receipt) -> str:
    """The post's id; an address has it after /status/."""
    address = by_hand(receipt)
    if address is None:
        return receipt.id
    parts = urlsplit(address)
    found = re.search(r"/status/(\d+)", parts.path)
    if found is None or parts.hostname not in _HOSTS:
        raise Rejected(f"x: {address} does not say which post it is; delete it on X itself")
    return found[1]


def listed(post: Json) -> ListedPost:
    """A post of the listing, with where its t.co links lead."""
    import html

    shown = html.unescape(str(post.get("text", "")))
    urls = items((post.get("entities") or {}).get("urls"))
    leads = [str(url[name]) for url in urls for name in ("expanded_url", "unwound_url") if url.get(name)]
    links = tuple(dict.fromkeys([*leads, *addresses_in(shown)]))
    return ListedPost(receipt_of(post), dated(post, "created_at"), links, _OWN_LINKS.sub("", shown))


def ours(draft: Draft, post: Json) -> bool:
    """Whether a listed post has our link, behind a t.co link or unchanged, or else our text apart from links."""
    import html

    shown = html.unescape(str(post.get("text", "")))
    link = draft["link"]
    if not link:
        return same_text(draft["post"]["text"], _OWN_LINKS.sub("", shown))
    urls = items((post.get("entities") or {}).get("urls"))
    leads = [url.get(name) for url in urls for name in ("expanded_url", "unwound_url")]
    return any(leads_to(link, lead) for lead in leads) or holds(shown, link)


def hides_its_link(post: Json) -> bool:
    """Whether a listed post has a link of X's own, and nothing that says where it leads."""
    return "https://t.co/" in str(post.get("text", "")) and not (post.get("entities") or {}).get("urls")
