"""Reads HTTP requests from strangers within limits of bytes and seconds, whatever the other side does."""

from __future__ import annotations

import io
import socket
import time
from collections.abc import Mapping
from dataclasses import field

from syndicate.model.dataclass import dataclass

__all__ = ["Body", "HttpError", "Request", "Response", "timed"]

TEXT = "text/plain; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Response:
    """The response to a request. `kind` is its Content-Type."""

    status: int
    body: bytes = b""
    kind: str = TEXT
    headers: Mapping[str, str] = field(default_factory=dict)


class HttpError(Exception):
    """A request is refused; `answer` is the response to it."""

    def __init__(self, status: int, words: str, kind: str = TEXT, **headers: str) -> None:
        super().__init__(words)
        self.answer = Response(status, f"{words}\n".encode(), kind, headers)


class Body:
    """The body of a request, which is read when it is needed. `unread`: some of it may still be on its way."""

    def __init__(self, headers: Mapping[str, str], reader: io.BufferedIOBase) -> None:
        self._headers = headers
        self._reader = reader
        self.unread = headers.get("content-length", "0") != "0" or "transfer-encoding" in headers

    def read(self, most: int) -> bytes:
        """Read all of it. Raises HttpError if it has more than `most` bytes or no length, is too slow or cut off."""
        length = self.length(most)
        try:
            body = self._reader.read(length)
        except TimeoutError:
            raise HttpError(408, "the request took too long") from None
        if len(body) < length:
            raise HttpError(400, "the body is shorter than its Content-Length")
        self.unread = False
        return body

    def length(self, most: int) -> int:
        """The bytes that it has, by its headers. Raises HttpError if they are more than `most` or not stated."""
        length = self._headers.get("content-length", "0")
        if "transfer-encoding" in self._headers:
            raise HttpError(411, "send the body with a Content-Length")
        if not (length.isascii() and length.isdecimal()):
            raise HttpError(400, "Content-Length is no number")
        if len(length) > 12 or int(length) > most:
            raise HttpError(413, f"the body may have at most {most} bytes")
        return int(length)


@dataclass(frozen=True, slots=True)
class Request:
    """An HTTP request. The names of headers are in lower case."""

    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    body: Body

    def only(self, *methods: str) -> None:
        """Raise HttpError (405) for any other method."""
        if self.method not in methods:
            raise HttpError(405, f"use {' or '.join(methods)}", Allow=", ".join(methods))


class _Timed(io.RawIOBase):
    """The reading side of a connection, after `begun`, with one deadline for all of it, however slowly bytes come."""

    def __init__(self, connection: socket.socket, deadline: float, begun: bytes) -> None:
        self._connection = connection
        self._deadline = deadline
        self._begun = begun

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override] # what BufferedReader hands over
        if self._begun:
            part = self._begun[: len(buffer)]
            buffer[: len(part)], self._begun = part, self._begun[len(part) :]
            return len(part)
        left = self._deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError("the time for this request is up")
        self._connection.settimeout(left)
        return self._connection.recv_into(buffer)


def timed(connection: socket.socket, seconds: float, begun: bytes = b"") -> io.BufferedReader:
    """A reader for `begun` and then for a connection, whose reads raise TimeoutError after so many seconds from now."""
    return io.BufferedReader(_Timed(connection, time.monotonic() + seconds, begun))
