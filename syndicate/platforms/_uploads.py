"""Uploads several pictures one by one: what arrived is kept when a later one fails, and a retry sends only the rest."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

from syndicate.errors import PictureRefused, PlatformError
from syndicate.model import Json, Media, Post
from syndicate.serialization import instant

LIFE = timedelta(hours=1)
"""How long an upload that belongs to no post is counted on: networks remove them after some hours, or a day."""


def one_by_one(
    post: Post, pictures: Sequence[Media], prepared: Json | None, upload: Callable[[Media], Any]
) -> list[Any]:
    """What `upload` gives for each picture, in plain JSON; without those that `prepared`, of an earlier try, has.

    What it raises says which picture was refused, and takes along what arrived before.
    """
    known = prepared or {}
    began = known.get("began")
    if began is None or not timedelta(0) <= post.at - datetime.fromisoformat(began) < LIFE:
        known, began = {}, instant(post.at)
    done: Json = dict(known.get("uploads", {}))
    for media in pictures:
        name = named(media)
        if name not in done:
            try:
                done[name] = upload(media)
            except PlatformError as fault:
                blame(fault, media, {"uploads": done, "began": began} if done else None)
                raise
    return [done[named(media)] for media in pictures]


def blame(fault: PlatformError, media: Media, prepared: Json | None) -> None:
    """Say of a failed upload which picture it was, unless the network takes none at all, and what arrived before."""
    if not isinstance(fault, PictureRefused) or fault.smaller:
        fault.picture = media.file
    if fault.prepared is None:
        fault.prepared = prepared


def named(media: Media) -> str:
    """A name for a picture with its description."""
    return f"{media.file} {media.alt}"
