"""A stand-in for a WordPress site: its list of posts, one post, and the fields that a login may write."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.worlds.listener import Heard, Listener

API = "/wp-json/wp/v2/posts"
LOGIN = "Basic " + base64.b64encode(b"bot:pass word").decode()


class WordPress(Listener):
    """`posts` are those of the site by number. Fields that a post does not have are ignored, as WordPress does.

    `page` answers what is not its API: status, media type and body of a path.
    """

    def __init__(self, *posts: dict[str, Any], page: Callable[[str], tuple[int, str, bytes]] | None = None) -> None:
        super().__init__()
        self.page = page
        self.posts = {post["id"]: post for post in posts}
        self.writes = 0
        self.answer = self.api

    def kind(self, heard: Heard) -> str:
        return super().kind(heard) if self._is_api(heard) or self.page is None else self.page(heard.path)[1]

    def reply(self, heard: Heard) -> tuple[int, bytes]:
        if self._is_api(heard) or self.page is None:
            return super().reply(heard)
        status, _, body = self.page(heard.path)
        return status, body

    def _is_api(self, heard: Heard) -> bool:
        return heard.path.startswith("/wp-json")

    def api(self, heard: Heard) -> tuple[int, Any]:
        parts = urlsplit(heard.path)
        asked = {name: values[-1] for name, values in parse_qs(parts.query).items()}
        knows = heard.headers.get("authorization")
        if knows != LOGIN and (knows or heard.method == "POST" or asked.get("context") == "edit"):
            return 401, {"code": "incorrect_password", "message": "The provided password is invalid."}
        if parts.path == API:
            newest = sorted(self.posts.values(), key=lambda post: post["id"], reverse=True)
            found = [post for post in newest if asked.get("slug") in (None, post["slug"])]
            return 200, found[: int(asked.get("per_page", 10))]
        number = parts.path.removeprefix(f"{API}/")
        post = self.posts.get(int(number)) if number.isdigit() else None
        if post is None:
            return 404, {"code": "rest_post_invalid_id", "message": "Invalid post ID."}
        if heard.method == "POST":
            self.writes += 1
            for name, value in json.loads(heard.body)["meta"].items():
                if name in post["meta"]:
                    post["meta"][name] = value
        return 200, post
