"""What a Bluesky post shows beside its text: pictures or a link card, and the uploads for it.

bluesky-social/atproto @ d6296a1c, lexicons/app/bsky/embed; `associatedRefs` of app.bsky.embed.external was tried on
@atproto/pds 0.5.35 (2026-11-29).
"""

from __future__ import annotations

from dataclasses import asdict

from syndicate.errors import PictureRefused
from syndicate.model import Json, Limits, LinkCard, Media, Post
from syndicate.platforms._answers import of_a_picture
from syndicate.platforms._bluesky_door import Pds
from syndicate.platforms._replies import field
from syndicate.platforms._uploads import one_by_one


def embed(post: Post, door: Pds, limits: Limits, prepared: Json | None) -> Json | None:
    """The record's embed: pictures or a link card; a post cannot have both. Uploads what it shows and is not there."""
    if post.media:
        blobs = one_by_one(post, post.media, prepared, lambda media: _blob(media, limits.image_bytes, door))
        images = [
            {"image": blob, "alt": media.alt, "aspectRatio": {"width": media.width, "height": media.height}}
            for blob, media in zip(blobs, post.media, strict=True)
        ]
        return {"$type": "app.bsky.embed.images", "images": images}
    if post.card is None:
        return None
    return {"$type": "app.bsky.embed.external", "external": _external(post.card, door, limits)}


def _external(card: LinkCard, door: Pds, limits: Limits) -> Json:
    """The link card; the records that back it are named where they were found to be the page's own."""
    external: Json = {"uri": card.url, "title": card.title, "description": card.description}
    if card.thumb:
        external["thumb"] = _blob(card.thumb, limits.thumb_bytes, door)
    if card.backing and card.backing.refs:
        external["associatedRefs"] = [asdict(ref) for ref in card.backing.refs]
    return external


def _blob(media: Media, limit: int, door: Pds) -> Json:
    """Upload one picture, its size checked: the server checks it only when the record is written (measured)."""
    if len(media.data) > limit:
        raise PictureRefused(f"bluesky: a picture is {len(media.data)} of {limit} bytes")
    blob = {"$type": "blob", "ref": {"$link": "<cid>"}, "mimeType": media.mime, "size": len(media.data)}
    with of_a_picture():
        reply = door.call(
            "POST",
            "com.atproto.repo.uploadBlob",
            "picture",
            token=door.session()["accessJwt"],
            data=media.data,
            headers={"Content-Type": media.mime},
            sample={"blob": blob},
        )
    uploaded: Json = field(reply, "blob")
    return uploaded
