"""Recorded answers of the Threads API, and an adapter that gets them."""

from __future__ import annotations

from datetime import UTC, datetime

from syndicate.model import Secret
from syndicate.platforms.threads import Options, Threads
from syndicate.testing import LINK, Held, Recorded

SINCE = datetime(2026, 11, 23, 10, tzinfo=UTC)
MADE = (200, {"id": "c1"})
FINISHED = (200, {"id": "c1", "status": "FINISHED"})
QUOTA = (200, {"data": [{"quota_usage": 3, "config": {"quota_total": 250, "quota_duration": 86400}}]})
PUBLISHED = (200, {"id": "p1"})
SHOWN = (200, {"id": "p1", "permalink": "https://www.threads.com/@gazette/post/T1"})
AT = "https://graph.threads.net/v1.0"


def adapter(*replies, **options):
    door = Recorded(*replies)
    return Threads(Options(token=Secret("token-1"), **options), door, Held()), door


def refusal(code, subcode=None, status=400, message="Meta says no", **more):
    said = {"message": message, "type": "OAuthException", "code": code, **more}
    return (status, {"error": said | ({"error_subcode": subcode} if subcode else {})})


LOST = refusal(24, 4279009, message="The requested resource does not exist")


def state(word, **more):
    return (200, {"id": "c1", "status": word} | more)


def draft(**changes):
    plain = {"container": "c1", "rounds": 0, "published": False, "edge": "threads", "text": "A bridge opens"}
    return plain | {"address": LINK} | changes


def listed(text="A bridge opens", at="2026-11-23T10:00:05+0000", link=None, number="p1", **more):
    card = {"link_attachment_url": link} if link else {}
    plain = {"id": number, "media_type": "TEXT_POST", "text": text, "timestamp": at}
    return plain | {"permalink": f"https://www.threads.com/@gazette/post/{number}"} | card | more
