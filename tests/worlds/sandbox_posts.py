"""Posts as the sandbox keeps them."""

from __future__ import annotations


def shown(**change):
    post = {
        "id": "1",
        "platform": "mastodon",
        "account": "gazette",
        "text": "A bridge opens https://gazette.example/a?b=1&c=2 #Köln",
        "link": "https://gazette.example/a?b=1&c=2",
        "language": "de",
        "media": [],
        "card": None,
        "key": "0123",
        "permalink": "http://127.0.0.1:8700/@gazette/1",
        "at": "2026-11-23T10:00:00.000Z",
        "visibility": "public",
        "seq": 1,
    }
    return post | change


def picture(alt="A bridge"):
    return {"sha256": "ab12", "mime": "image/png", "bytes": 90, "width": 3, "height": 2, "alt": alt}
