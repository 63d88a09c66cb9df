"""Uploads pictures to X, each with its alt text."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import TYPE_CHECKING

from syndicate.platforms._answers import of_a_picture
from syndicate.platforms._replies import field
from syndicate.platforms._x_calls import XCalls

if TYPE_CHECKING:
    from syndicate.model import Media
    from syndicate.ports import Reply


def uploaded(calls: XCalls, pictures: Iterable[Media]) -> tuple[list[str], timedelta | None]:
    """The ids of these pictures, and how long all of them may be used, if X says so. Raises PictureRefused."""
    uploads = [_upload(calls, media) for media in pictures]
    lives = [life for upload in uploads if (life := _life(upload)) is not None]
    return [field(upload, "data", "id") for upload in uploads], min(lives, default=None)


def _upload(calls: XCalls, media: Media) -> Reply:
    sample = {"data": {"id": "<media id>"}}
    file, form = (media.file, media.data, media.mime), {"media_category": "tweet_image"}
    with of_a_picture():
        upload = calls.call("POST", "/2/media/upload", "picture", data=form, files={"media": file}, sample=sample)
    if media.alt:
        alt = {"id": field(upload, "data", "id"), "metadata": {"alt_text": {"text": media.alt}}}
        with of_a_picture(description=True):
            calls.call("POST", "/2/media/metadata", "alt text", json=alt, sample=sample)
    return upload


def _life(upload: Reply) -> timedelta | None:
    """How long an upload may be used: as long as X keeps it, less an hour."""
    seconds = field(upload, "data").get("expires_after_secs")
    return timedelta(seconds=max(seconds - 3600, 0)) if isinstance(seconds, int) else None
