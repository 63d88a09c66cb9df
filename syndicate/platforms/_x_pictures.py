"""Uploads pictures to X, each with its alt text."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from syndicate.platforms._answers import of_a_picture
from syndicate.platforms._replies import field
from syndicate.platforms._uploads import one_by_one
from syndicate.platforms._x_calls import XCalls

if TYPE_CHECKING:
    from syndicate.model import Json, Media, Post
    from syndicate.ports import Reply


def uploaded(calls: XCalls, post: Post, prepared: Json | None) -> tuple[list[str], timedelta | None]:
    """The ids of a post's pictures, and how long all of them may be used, if X says so. Raises PictureRefused."""
    uploads = one_by_one(post, post.media, prepared, lambda media: _upload(calls, media))
    lives = [upload["life"] for upload in uploads if upload["life"] is not None]
    return [upload["id"] for upload in uploads], timedelta(seconds=min(lives)) if lives else None


def _upload(calls: XCalls, media: Media) -> Json:
    sample = {"data": {"id": "<media id>"}}
    file, form = (media.file, media.data, media.mime), {"media_category": "tweet_image"}
    with of_a_picture():
        upload = calls.call("POST", "/2/media/upload", "picture", data=form, files={"media": file}, sample=sample)
    if media.alt:
        alt = {"id": field(upload, "data", "id"), "metadata": {"alt_text": {"text": media.alt}}}
        with of_a_picture(description=True):
            calls.call("POST", "/2/media/metadata", "alt text", json=alt, sample=sample)
    return {"id": field(upload, "data", "id"), "life": _life(upload)}


def _life(upload: Reply) -> int | None:
    """Seconds that an upload may be used: as long as X keeps it, less an hour."""
    seconds = field(upload, "data").get("expires_after_secs")
    return max(seconds - 3600, 0) if isinstance(seconds, int) else None
