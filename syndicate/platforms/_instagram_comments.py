"""Comments on Instagram: the replies to a post. They have no page of their own, and no container."""

from __future__ import annotations

from datetime import datetime

from syndicate.model import Draft, Json, Receipt
from syndicate.platforms import _instagram_posts, _own_posts
from syndicate.platforms._graph_calls import GraphCalls
from syndicate.platforms._replies import field

_FIELDS = "id,text,timestamp,from"


def commit(calls: GraphCalls, draft: Draft) -> Receipt:
    """Write the comment: the one request that makes it visible."""
    form, sample = {"message": draft["text"]}, {"id": "<comment id>"}
    reply = calls.call("POST", f"{draft['parent']}/comments", "comment", commit=True, data=form, sample=sample)
    return _receipt({"id": field(reply, "id")})


def find(calls: GraphCalls, draft: Draft, since: datetime) -> Receipt | None:
    """Search the comments below the post for ours."""
    pages = calls.pages(f"{draft['parent']}/comments", _FIELDS, "comments")
    return _own_posts.found(_own_posts.since(pages, "timestamp", since), draft, _is_ours, _receipt)


def _is_ours(draft: Draft, comment: Json) -> bool:
    return _instagram_posts.ours(draft, str(comment.get("text") or ""))


def _receipt(comment: Json) -> Receipt:
    return Receipt(str(comment["id"]), None, {"comment": True})
