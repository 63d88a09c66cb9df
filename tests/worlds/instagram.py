"""Recorded answers of the Instagram API, an adapter that gets them, and JPEGs of its shape."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from io import BytesIO

from syndicate.model import Media, Secret
from syndicate.platforms.instagram import Instagram, Options
from syndicate.testing import LINK, Held, Recorded
from syndicate.testing.stories import picture

SINCE = datetime(2026, 11, 23, 10, tzinfo=UTC)
MADE = (200, {"id": "c1"})
FINISHED = (200, {"id": "c1", "status_code": "FINISHED", "status": "Finished"})
QUOTA = (200, {"data": [{"quota_usage": 3, "config": {"quota_total": 100, "quota_duration": 86400}}]})
PUBLISHED = (200, {"id": "p1"})
SHOWN = (200, {"id": "p1", "permalink": "https://www.instagram.com/p/I1/"})
AT = "https://graph.instagram.com/v25.0"
SHOT = replace(picture(), url="https://media.example/a.jpg", mime="image/jpeg")


def adapter(*replies, **options):
    door = Recorded(*replies)
    return Instagram(Options(token=Secret("token-1"), **options), door, Held()), door


def refusal(code, subcode=None, status=400, message="Meta says no", **more):
    said = {"message": message, "type": "OAuthException", "code": code, **more}
    return (status, {"error": said | ({"error_subcode": subcode} if subcode else {})})


def state(word, words=""):
    return (200, {"id": "c1", "status_code": word, "status": words or word})


def draft(**changes):
    plain = {"container": "c1", "rounds": 0, "published": False, "parent": None, "text": "A bridge opens"}
    return plain | {"address": LINK} | changes


def listed(caption="A bridge opens", at="2026-11-23T10:00:05+0000", number="p1", **more):
    permalink = f"https://www.instagram.com/p/{number}/"
    return {"id": number, "caption": caption, "timestamp": at, "permalink": permalink} | more


@cache
def _pixels(width: int) -> bytes:
    from PIL import Image

    made = BytesIO()
    Image.new("RGB", (width, width), (32, 96, 160)).save(made, "JPEG")
    return made.getvalue()


def jpeg(media: Media) -> Media:
    """A square JPEG in place of a picture, of exactly as many bytes if that one is a large one."""
    data = _pixels(320 + media.width)
    missing = len(media.data) - len(data)
    while missing > 4:
        size = min(missing - 2, 65_535 if missing - 2 - 65_535 not in range(1, 5) else 60_000)
        data = data[:2] + b"\xff\xfe" + size.to_bytes(2) + b"x" * (size - 2) + data[2:]
        missing -= size + 2
    return replace(media, data=data, mime="image/jpeg", width=320 + media.width, height=320 + media.width)
