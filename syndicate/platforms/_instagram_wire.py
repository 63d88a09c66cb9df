"""The containers of Instagram: how they are made, and their states."""

from __future__ import annotations

from collections.abc import Callable

from syndicate.model import Media, Post
from syndicate.platforms import _instagram_answers
from syndicate.platforms._containers import State, hosted
from syndicate.platforms._graph_answers import error, has_no_state, is_gone, words
from syndicate.platforms._graph_calls import GraphCalls
from syndicate.platforms._replies import field, whole


class InstagramWire:
    """Makes containers for one account; `user` gives its number or "me"."""

    def __init__(self, calls: GraphCalls, user: Callable[[], str]) -> None:
        self._calls = calls
        self._user = user

    def item(self, media: Media) -> str:
        """The container of one of a carousel's pictures."""
        return self._made(_picture(media) | {"is_carousel_item": "true"}, "picture")

    def whole(self, post: Post, items: list[str]) -> str:
        """The container of a post."""
        if items:
            return self._made({"media_type": "CAROUSEL", "caption": post.text, "children": ",".join(items)}, "post")
        return self._made(_picture(post.media[0]) | {"caption": post.text}, "post")

    def state(self, number: str) -> tuple[State, str]:
        """A container's state, with Instagram's words about it."""
        sample = {"id": number, "status_code": "FINISHED"}
        reply = self._calls.send("GET", number, params={"fields": "id,status_code,status"}, sample=sample)
        said = error(reply)
        if has_no_state(said):
            return "PUBLISHED", ""
        if is_gone(said) or _instagram_answers.fate(said) == "lost":
            return "GONE", words(said)
        self._calls.refuse(reply, "processing of a container")
        state = field(reply, "status_code")
        return state, str(whole(reply).get("status") or "") if state == "ERROR" else ""

    def _made(self, form: dict[str, str | None], step: str) -> str:
        return self._calls.container(f"{self._user()}/media", form, step, pictured="image_url" in form)


def _picture(media: Media) -> dict[str, str | None]:
    return {"image_url": hosted("instagram", media), "alt_text": media.alt}
