"""Reads the listing of an account's own posts on Instagram: which are ours. Pure."""

from __future__ import annotations

from syndicate.model import Draft, Json, ListedPost, Receipt
from syndicate.platforms._replies import addresses_in, dated, holds, same_text

FIELDS = "id,caption,permalink,timestamp"


def receipt(post: Json) -> Receipt:
    """The receipt of a listed post."""
    return Receipt(str(post["id"]), post.get("permalink"))


def listed(post: Json) -> ListedPost:
    """A listed post with the addresses of its caption, which nobody can follow there."""
    text = _caption(post)
    return ListedPost(receipt(post), dated(post, "timestamp"), tuple(dict.fromkeys(addresses_in(text))), text)


def is_ours(draft: Draft, post: Json) -> bool:
    """Whether a listed post has our caption."""
    return ours(draft, _caption(post))


def ours(draft: Draft, text: str) -> bool:
    """Whether a caption has our link, or, if ours has none, is our text."""
    return holds(text, draft["address"]) if draft["address"] else same_text(draft["text"], text)


def _caption(post: Json) -> str:
    return str(post.get("caption") or "")
