"""Uploads pictures to a Mastodon server, and waits until it has processed them.

mastodon/documentation @ 2903485d (2026-07-02): methods/media.
"""

from __future__ import annotations

from collections.abc import Iterable

from syndicate.errors import NotReady, PictureRefused, PlatformError
from syndicate.model import Json, Media
from syndicate.platforms._answers import of_a_picture
from syndicate.platforms._mastodon_server import Server, refuse
from syndicate.platforms._replies import field
from syndicate.platforms._uploads import blame, named

_UPLOADS = ("/api/v2/media", "/api/v1/media")
"""Where pictures are uploaded; older servers and some others with this API know only version 1."""
_LOOKS = 10
"""How often an upload is looked at, in some ten minutes, before the server is taken to be unable to process it."""


def uploaded(server: Server, media: Iterable[Media], prepared: Json | None) -> tuple[list[str], Json]:
    """The ids of these pictures, uploaded unless they are already; and what a later `working` is told of them.

    Raises NotReady while the server processes one. One that is not ready after `_LOOKS` looks is refused, so that the
    story can go without it.
    """
    pictures = list(media)
    known: Json = dict((prepared or {}).get("media", {}))
    before = int((prepared or {}).get("looks", 0))
    found: Json = {}
    for each in pictures:
        try:
            with of_a_picture():
                found[named(each)] = _one(server, each, known.get(named(each)))
        except PlatformError as fault:
            blame(fault, each, {"media": known | found, "looks": before})
            raise
    looks = before + 1
    if not all(upload["ready"] for upload in found.values()):
        raise _working(found, looks)
    ids = [found[named(each)]["id"] for each in pictures]
    return ids, {"uploads": {name: upload["id"] for name, upload in found.items()}, "looks": looks}


def working(told: Json) -> NotReady | PictureRefused:
    """What to do where the server, after all, still works on pictures that it had called ready."""
    uploads = {name: {"id": number, "ready": False} for name, number in told.get("uploads", {}).items()}
    return _working(uploads, told.get("looks", 1))


def _working(uploads: Json, looks: int) -> NotReady | PictureRefused:
    """What to do about pictures that the server still works on: look again, less and less often, and in the end not."""
    if looks >= _LOOKS:
        return PictureRefused("mastodon: a picture is not processed by the server, look after look", smaller=True)
    left = {"media": uploads, "looks": looks}
    wait = min(5.0 * 2 ** (looks - 1), 120.0)
    return NotReady("mastodon: a picture is still being processed", prepared=left, retry_after=wait)


def _one(server: Server, media: Media, upload: Json | None) -> Json:
    """`id` and `ready` of a picture; asks the server once whether it is ready; uploads it again if it is lost."""
    upload = upload or _upload(server, media)
    if upload["ready"]:
        return upload
    reply = server.send("GET", f"/api/v1/media/{upload['id']}", sample={"id": "<media id>"})
    if reply.status == 404:
        return _upload(server, media)
    refuse(reply, "processing of a picture")
    return upload | {"ready": reply.status != 206}


def _upload(server: Server, media: Media) -> Json:
    for path in _UPLOADS:
        reply = server.send(
            "POST",
            path,
            data={"description": media.alt} if media.alt else None,
            files={"file": (media.file, media.data, media.mime)},
            sample={"id": "<media id>", "url": "<media url>"},
        )
        if reply.status not in (404, 405):
            break
    refuse(reply, "picture")
    return {"id": str(field(reply, "id")), "ready": reply.status != 202}
