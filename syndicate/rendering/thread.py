"""Makes the further posts of a thread: without picture and card, in the first one's language."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from syndicate.model import Limits, Post, Rendered
from syndicate.ports import Platform
from syndicate.rendering.fit import Fitted


def further(
    first: Post, texts: Sequence[tuple[Fitted, str | None]], platform: Platform, limits: Limits
) -> tuple[Rendered, ...]:
    """Posts after `first`, of these texts, each with the story's link where it has that."""
    posts = (
        replace(first, text=text.text, spans=text.spans, link=link or None, media=(), card=None) for text, link in texts
    )
    return tuple(Rendered(post, platform.measure(post.text), limits.text) for post in posts)
