"""Questions to a PDS, right and wrong ones, in the order in which they are asked: what a stand-in is compared by.

Each is asked of the stand-in by tests/sandbox, and of the real server by tests/servers; the answers that the real one
gave are in bluesky_answers.json beside this file. A question that changes something is part of what later ones find.
"""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass, field
from typing import Any

POSTS = "app.bsky.feed.post"
NOW = "2026-11-28T10:00:00.000Z"
ABSENT = "bafyreigezw42wjwk6hmrdb45lq55dq72twycghqwxbier2yqyinvk4wizy"
NEVER_UPLOADED = "bafkreidgvpkjawlxz6sffxzwgooowe5yt7i6wsyg236mfoks77nywkptdq"
STRANGER = "did:plc:aaaaaaaaaaaaaaaaaaaaaaaa"
PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
SITE = "https://gazette.example/"
FAMILY = "\U0001f468\u200d\U0001f469\u200d\U0001f467\u200d\U0001f466"
NEW = "a key of its own"
_LETTERS = "234567abcdefghijklmnopqrstuvwxyz"


def tid(number: int) -> str:
    """A record key of the year 2026, the same in every run."""
    whole = (1_795_000_000_000_000 + number) << 10
    return "".join(_LETTERS[whole >> shift & 31] for shift in range(60, -1, -5))


@dataclass
class Asked:
    """One request. `token` is "access", "refresh", "none" or the whole header; `body` may be JSON or bytes."""

    name: str
    method: str
    call: str
    body: Any = None
    token: str = "access"
    mime: str | None = "application/json"
    headers: dict[str, str] = field(default_factory=dict)


@dataclass
class Account:
    """Who asks: the account's DID and name, its password, and the blobs that it uploaded before."""

    did: str
    handle: str
    password: str
    blobs: dict[str, Any]


def uploads() -> dict[str, tuple[bytes, str]]:
    """What is uploaded before the first question: name to bytes and declared type."""
    return {
        "pixel": (PIXEL, "image/png"),
        "large": (b"\xff\xd8" + b"x" * 1_000_001, "image/jpeg"),
        "larger": (b"\xff\xd8" + b"y" * 2_000_001, "image/jpeg"),
        "words": (b"hello", "text/plain"),
        "fresh": (PIXEL + b"1", "image/png"),
        "sniffed": (PIXEL + b"2", "text/plain"),
        "unused": (PIXEL + b"3", "image/png"),
    }


class Questions:
    """The list that questions are put on, about one account."""

    def __init__(self, account: Account) -> None:
        self.account = account
        self.asked: list[Asked] = []
        self._keys = 0

    def ask(self, name: str, method: str, call: str, body: Any = None, **more: Any) -> None:
        self.asked.append(Asked(name, method, call, body, **more))

    def key(self) -> str:
        self._keys += 1
        return tid(self._keys)

    def put(self, name: str, record: Any, rkey: Any = NEW, **more: Any) -> None:
        """Ask for a record to be written; what is given as ... is left out."""
        place = {"repo": self.account.did, "collection": POSTS, "rkey": self.key() if rkey is NEW else rkey}
        body = place | {"record": record, "swapRecord": None} | more
        self.write(name, "putRecord", {name: value for name, value in body.items() if value is not ...})

    def write(self, name: str, call: str, body: Any, **more: Any) -> None:
        self.ask(name, "POST", f"com.atproto.repo.{call}", body, **more)

    def read(self, name: str, call: str, **query: Any) -> None:
        from urllib.parse import urlencode

        self.ask(name, "GET", f"com.atproto.repo.{call}?{urlencode(query)}", token="none")


def record(**fields: Any) -> dict[str, Any]:
    made = {"$type": POSTS, "text": "t", "createdAt": NOW} | fields
    return {name: value for name, value in made.items() if value is not ...}


def facet(start: Any, end: Any, **feature: Any) -> list[Any]:
    return [{"index": {"byteStart": start, "byteEnd": end}, "features": [feature]}]


def link(uri: Any, start: Any = 0, end: Any = 1) -> dict[str, Any]:
    return record(facets=facet(start, end, **{"$type": "app.bsky.richtext.facet#link", "uri": uri}))


def card(**fields: Any) -> dict[str, Any]:
    external = {"uri": SITE, "title": "t", "description": "d"} | fields
    external = {name: value for name, value in external.items() if value is not ...}
    return record(embed={"$type": "app.bsky.embed.external", "external": external})


def pictures(*images: Any) -> dict[str, Any]:
    return record(embed={"$type": "app.bsky.embed.images", "images": list(images)})


def sent(asked: Asked, tokens: dict[str, str]) -> tuple[bytes | None, dict[str, str]]:
    """The bytes and the headers of a request."""
    headers = dict(asked.headers)
    bearer = {"access": f"Bearer {tokens['access']}", "refresh": f"Bearer {tokens['refresh']}", "none": ""}
    authorization = bearer.get(asked.token, asked.token)
    if authorization:
        headers["Authorization"] = authorization
    body = asked.body
    if body is not None and not isinstance(body, bytes):
        body = json.dumps(body).encode()
    if asked.mime and (body is not None or asked.method == "POST"):
        headers["Content-Type"] = asked.mime
    return body, headers
