"""Comments on LinkedIn: the replies to a post.

https://learn.microsoft.com/en-us/linkedin/marketing/community-management/shares/comments-api (li-lms-2026-09). The
versioned address answers 403 (`partnerApiSocialActions.CREATE`) to most apps, also where the documentation promises
it; the one without a version takes comments of pages (seen 2026-08-24) and of persons (seen 2026-09-30) with the scopes
that posts need. What it answers to a text, and that it needs no escaping, is from the same reports.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from urllib.parse import quote

from syndicate.errors import Rejected, Uncertain, Unsupported
from syndicate.model import Receipt
from syndicate.platforms._linkedin_calls import LinkedInAccount, good
from syndicate.platforms._linkedin_posts import urn_of
from syndicate.platforms._replies import addresses_in, field, items, leads_to, problem, same_text, whole

if TYPE_CHECKING:
    from syndicate.model import Draft, Json, Post

_LISTING = 100


def is_comment(urn: str) -> bool:
    """Whether it is the URN of a comment."""
    return urn.startswith("urn:li:comment:")


def drafted(post: Post, to: Receipt, author: str) -> Draft:
    """The comment that answers a post or a comment."""
    target = str(to.data.get("post") or urn_of(to))
    body: Json = {"actor": author, "object": target, "message": {"text": post.text}}
    if is_comment(to.id):
        body["parentComment"] = to.id
    return {"comment": body, "on": target, "text": post.text, "link": post.link}


def commit(account: LinkedInAccount, draft: Draft) -> Receipt:
    """Write the comment."""
    sample = {"commentUrn": "urn:li:comment:(<post>,<id>)"}
    reply = account.send("POST", _path(draft["on"]), json=draft["comment"], sample=sample)
    return _receipt(str(field(good(reply, "comment", commit=True), "commentUrn")), draft["on"])


def find(account: LinkedInAccount, draft: Draft, since: datetime) -> Receipt | None:
    """Search the comments below the post for ours. Raises Unsupported where the app may not read them."""
    reply = account.send("GET", _path(draft["on"]), params={"count": str(_LISTING)})
    if reply.status in (400, 403) and problem(reply):
        raise Unsupported("linkedin: this app may not read comments", status=reply.status)
    for each in items(whole(good(reply, "comments")).get("elements"), "commentUrn"):
        urn = str(each["commentUrn"])
        if _at(each) >= since and urn not in draft.get("others", ()) and _is_ours(draft, each):
            return _receipt(urn, draft["on"])
    return None


def delete(account: LinkedInAccount, receipt: Receipt) -> None:
    """Remove the comment; if it is gone already, that is not an error."""
    number = re.search(r",\s*(\d+)\)$", receipt.id)
    if number is None:
        raise Rejected(f"linkedin: {receipt.id} is no comment that can be removed; do it on LinkedIn itself")
    path = f"{_path(str(receipt.data.get('post')))}/{number[1]}"
    reply = account.send("DELETE", path, params={"actor": account.author}, sample={})
    if reply.status != 404:
        good(reply, "removing a comment")


def _path(post: str) -> str:
    return f"/v2/socialActions/{quote(post, safe='')}/comments"


def _receipt(urn: str, post: str) -> Receipt:
    page = f"https://www.linkedin.com/feed/update/{post}?commentUrn={quote(urn, safe='')}"
    return Receipt(id=urn, permalink=page, data={"post": post})


def _at(comment: Json) -> datetime:
    made = (comment.get("created") or {}).get("time")
    if not isinstance(made, int):
        raise Uncertain("linkedin: a comment whose 'created.time' cannot be read")
    return datetime.fromtimestamp(made / 1000, UTC)


def _is_ours(draft: Draft, comment: Json) -> bool:
    words = str((comment.get("message") or {}).get("text", ""))
    if comment.get("actor") not in (None, draft["comment"]["actor"]):
        return False
    link = draft["link"]
    return any(leads_to(link, each) for each in addresses_in(words)) if link else same_text(draft["text"], words)
