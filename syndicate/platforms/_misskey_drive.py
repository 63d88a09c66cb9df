"""Puts pictures into a Misskey account's drive, which gives the same file for the same bytes."""

from __future__ import annotations

from syndicate.model import Json, Media, Post
from syndicate.platforms._answers import of_a_picture
from syndicate.platforms._misskey_calls import Calls, refuse
from syndicate.platforms._replies import field, problem
from syndicate.platforms._uploads import one_by_one


def uploaded(calls: Calls, post: Post, prepared: Json | None) -> list[str]:
    """The ids of a post's pictures in the drive. Raises PictureRefused."""

    def upload(media: Media) -> str:
        with of_a_picture():
            return _uploaded(calls, media, veiled=post.sensitive)

    return one_by_one(post, post.media, prepared, upload)


def _uploaded(calls: Calls, media: Media, *, veiled: bool) -> str:
    """The id of a picture in the drive; one that is there already gets this description."""
    said = {"comment": media.alt} if media.alt else {}
    asked = said | ({"isSensitive": "true"} if veiled else {})
    sample = {"id": "<file id>", "comment": media.alt or None, "isSensitive": veiled}
    reply = calls.upload(asked, (media.file, media.data, media.mime), sample)
    refuse(reply, "picture")
    number = str(field(reply, "id"))
    kept = problem(reply)
    if (kept.get("comment") or "") != media.alt or (veiled and not kept.get("isSensitive")):
        change: Json = {"comment": media.alt or None} | ({"isSensitive": True} if veiled else {})
        calls.call("drive/files/update", "description of a picture", fileId=number, sample={}, **change)
    return number
