"""Comments on Facebook: the replies of a Page to its own posts.

facebook/facebook-business-sdk-codegen @ ad2b0b6 (v25.0), Post: POST and GET `comments`, with `message`; a Page's token
needs pages_manage_engagement.
"""

from __future__ import annotations

from datetime import datetime

from syndicate.model import Draft, Json, Receipt
from syndicate.platforms import _own_posts
from syndicate.platforms._graph_calls import GraphCalls
from syndicate.platforms._replies import field, holds, same_text, whole

_FIELDS = "id,message,created_time,permalink_url"


def commit(calls: GraphCalls, draft: Draft) -> Receipt:
    """Write the comment, and ask for its address in the same request."""
    reply = calls.call(
        "POST",
        f"{draft['parent']}/comments",
        "comment",
        commit=True,
        params={"fields": "id,permalink_url"},
        data={"message": draft["message"]},
        sample={"id": "<comment id>", "permalink_url": "<permalink>"},
    )
    return _receipt({"id": field(reply, "id")} | whole(reply))


def find(calls: GraphCalls, draft: Draft, since: datetime) -> Receipt | None:
    """Search the comments below the post for ours."""
    pages = calls.pages(f"{draft['parent']}/comments", _FIELDS, each=100)
    return _own_posts.found(_own_posts.since(pages, "created_time", since), draft, _is_ours, _receipt)


def _is_ours(draft: Draft, comment: Json) -> bool:
    words = str(comment.get("message") or "")
    return holds(words, draft["address"]) if draft["address"] else same_text(draft["message"], words)


def _receipt(comment: Json) -> Receipt:
    return Receipt(str(comment["id"]), comment.get("permalink_url"), {"comment": True})
