"""How posts of one account are answered by itself, on most networks."""

from __future__ import annotations

from typing import Any, Literal


def by_posts(options: Any) -> Literal["posts"]:  # noqa: ARG001 - with any
    """An answer is a post like any other."""
    return "posts"


def by_comments(options: Any) -> Literal["comments"]:  # noqa: ARG001 - with any
    """An answer is a comment below the post."""
    return "comments"


def by_bots(options: Any) -> Literal["posts"] | None:
    """A bot's answer is a post; a webhook cannot answer."""
    return "posts" if options.webhook_url is None else None
