"""The containers of Threads: how they are made, and their states."""

from __future__ import annotations

from syndicate.model import Media, Post
from syndicate.platforms import _threads_answers
from syndicate.platforms._containers import State, hosted
from syndicate.platforms._graph_answers import error, has_no_state, is_gone, words
from syndicate.platforms._graph_calls import GraphCalls
from syndicate.platforms._replies import field, whole

_REPLIES = {"followers": "followers_only", "mentioned": "mentioned_only"}
"""Who may reply, in Threads' words. It has none for nobody."""


class ThreadsWire:
    """Makes containers for one account; `topic` is of every post."""

    def __init__(self, calls: GraphCalls, topic: str | None) -> None:
        self._calls = calls
        self._topic = topic

    def item(self, media: Media) -> str:
        """The container of one of a carousel's pictures."""
        return self._calls.container(
            "me/threads", _picture(media) | {"is_carousel_item": "true"}, "picture", pictured=True
        )

    def whole(self, post: Post, items: list[str]) -> str:
        """The container of a post. Only a text takes a link for its card; beside pictures the text has it."""
        form: dict[str, str | None] = {"media_type": "TEXT", "text": post.text, "link_attachment": post.link}
        if items:
            form = {"media_type": "CAROUSEL", "text": post.text, "children": ",".join(items)}
        elif post.media:
            form = _picture(post.media[0]) | {"text": post.text}
        form["is_spoiler_media"] = "true" if post.sensitive and post.media else None
        form["topic_tag"] = self._topic
        form["reply_control"] = _REPLIES.get(post.replies)
        form["reply_to_id"] = post.reply_to.id if post.reply_to else None
        return self._calls.container("me/threads", form, "post", pictured=bool(post.media))

    def state(self, number: str) -> tuple[State, str]:
        """A container's state. A published one may be a post by then, without that field (exileum/meta-mcp#143)."""
        asked, sample = {"fields": "id,status,error_message"}, {"id": number, "status": "FINISHED"}
        reply = self._calls.send("GET", number, params=asked, sample=sample)
        said = error(reply)
        if has_no_state(said):
            return "PUBLISHED", ""
        if _threads_answers.is_lost(said) or is_gone(said):
            return "GONE", words(said)
        self._calls.refuse(reply, "processing of a container")
        return field(reply, "status"), str(whole(reply).get("error_message") or "")


def _picture(media: Media) -> dict[str, str | None]:
    return {"media_type": "IMAGE", "image_url": hosted("threads", media), "alt_text": media.alt}
