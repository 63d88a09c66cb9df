"""Fakes of `Http` and credentials for tests."""

from __future__ import annotations

import json as jsons
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Any

from syndicate.model import Json
from syndicate.ports import OAuth1, Part, Reply


class Held:
    """Credentials in memory."""

    def __init__(self, value: Json | None = None) -> None:
        self.value: Json = value or {}

    def current(self) -> Json:
        """The values that were stored last."""
        return self.value


@dataclass(frozen=True, slots=True)
class SeenCall:
    """One request as an adapter made it."""

    method: str
    url: str
    params: Mapping[str, str] | None
    json: Any
    data: bytes | Mapping[str, str] | None
    files: Mapping[str, Part] | None
    headers: Mapping[str, str]
    auth: OAuth1 | None


class Recorded:
    """An `Http` that answers with recorded replies, in order, and remembers the calls.

    A reply is a `Reply`, an exception to raise, or `(status, body)` with an optional third of headers.
    """

    def __init__(self, *replies: Any) -> None:
        self.calls: list[SeenCall] = []
        self._replies = list(replies)

    def call(
        self,
        method: str,
        url: str,
        *,
        params: Mapping[str, str] | None = None,
        json: Any = None,
        data: bytes | Mapping[str, str] | None = None,
        files: Mapping[str, Part] | None = None,
        headers: Mapping[str, str] | None = None,
        auth: OAuth1 | None = None,
        sample: Any = None,  # noqa: ARG002 - recorded replies take its place
    ) -> Reply:
        """The next reply. If none is left, the adapter makes more calls than expected."""
        self.calls.append(SeenCall(method, url, dict(params or {}), json, data, files, dict(headers or {}), auth))
        reply = self._replies.pop(0)
        if isinstance(reply, Exception):
            raise reply
        return reply if isinstance(reply, Reply) else recorded(*reply)


def recorded(
    status: int, body: Any = None, headers: Mapping[str, str] | None = None, url: str = "https://network.example/"
) -> Reply:
    """A reply as a network would give it; a body that is neither text nor bytes is sent as JSON."""
    data = body if isinstance(body, bytes) else (body if isinstance(body, str) else jsons.dumps(body)).encode()
    return Reply(status, {name.lower(): value for name, value in (headers or {}).items()}, data, url, now())


def now() -> datetime:
    """The current instant of a test."""
    return datetime.now(UTC)


@cache
def refusing_url() -> str:
    """An address on this machine where nothing listens, and nothing can until this process ends."""
    line = socket.socket()
    line.bind(("127.0.0.1", 0))
    port = line.getsockname()[1]
    line.detach()  # bound for good, and never listening
    return f"http://127.0.0.1:{port}"
