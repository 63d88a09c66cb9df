"""The sandbox's page: what was posted, as a reader of each network would see it."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping, Sequence
from importlib.resources import files
from typing import Any


def live_page() -> str:
    """The page that asks for the posts, again and again."""
    return _filled("null")


def static_page(posts: Sequence[Mapping[str, Any]], media: Mapping[str, tuple[str, bytes]]) -> str:
    """The page with its posts and pictures inside: one file, to be saved.

    `media` has type and bytes by SHA-256, as `Board.media` gives them.
    """
    shown = {picture["sha256"] for post in posts for picture in _pictures(post)}
    data = {
        sha256: f"data:{mime};base64,{base64.b64encode(content).decode()}"
        for sha256, (mime, content) in media.items()
        if sha256 in shown and mime.startswith("image/")
    }
    return _filled(json.dumps({"posts": list(posts), "media": data}, ensure_ascii=False))


def _pictures(post: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    image = (post.get("card") or {}).get("image")
    return [*post["media"], *([image] if image else [])]


def _filled(data: str) -> str:
    """The page's file with its style, script and data; nothing in the data can end the script."""
    folder = files("syndicate.sandbox")
    page = folder.joinpath("page.html").read_text("utf-8")
    for name in ("page.css", "page.js"):
        page = page.replace(f"/* {name} */", folder.joinpath(name).read_text("utf-8"))
    safe = data.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")
    return page.replace("/* data */", safe.replace("\u2028", "\\u2028").replace("\u2029", "\\u2029"))
