"""Requests of strangers, read within bounds: so many bytes, so many seconds, whatever the other side does."""

from __future__ import annotations

import contextlib
import io
import socket
import time
from collections.abc import Mapping
from dataclasses import dataclass, field

__all__ = ["Body", "HttpError", "Request", "Response", "linger", "timed"]

TEXT = "text/plain; charset=utf-8"
LINGER = 1.0  # seconds to hear out a client whose body nobody wants, so that it sees the answer


@dataclass(frozen=True, slots=True)
class Response:
    """What to say to a request."""

    status: int
    body: bytes = b""
    kind: str = TEXT
    headers: Mapping[str, str] = field(default_factory=dict)


class HttpError(Exception):
    """A request that goes no further, and what to say to it."""

    def __init__(self, status: int, words: str, kind: str = TEXT, **headers: str) -> None:
        super().__init__(words)
        self.answer = Response(status, f"{words}\n".encode(), kind, headers)


class Body:
    """The body of a request, read when somebody wants it. `unread`: some of it may still be on its way."""

    def __init__(self, headers: Mapping[str, str], reader: io.BufferedIOBase) -> None:
        self._headers = headers
        self._reader = reader
        self.unread = headers.get("content-length", "0") != "0" or "transfer-encoding" in headers

    def read(self, most: int) -> bytes:
        """All of it. Raises Refused: more than `most` bytes, too slow, of unknown length, broken off."""
        length = self._headers.get("content-length", "0")
        if "transfer-encoding" in self._headers:
            raise HttpError(411, "send the body with a Content-Length")
        if not (length.isascii() and length.isdecimal()):
            raise HttpError(400, "Content-Length is no number")
        if len(length) > 12 or int(length) > most:
            raise HttpError(413, f"a body may have {most} bytes here")
        try:
            body = self._reader.read(int(length))
        except TimeoutError:
            raise HttpError(408, "the request took too long") from None
        if len(body) < int(length):
            raise HttpError(400, "the body broke off")
        self.unread = False
        return body


@dataclass(frozen=True, slots=True)
class Request:
    """A request. Names of headers are lower case."""

    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    body: Body

    def only(self, *methods: str) -> None:
        """Raises Refused for any other method."""
        if self.method not in methods:
            raise HttpError(405, f"this takes {' and '.join(methods)}", Allow=", ".join(methods))


class _Timed(io.RawIOBase):
    """The reading side of a connection, which ends at one instant: a drip cannot stretch it."""

    def __init__(self, connection: socket.socket, deadline: float) -> None:
        self._connection = connection
        self._deadline = deadline

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override] # what BufferedReader hands over
        left = self._deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError("the time for this request is up")
        self._connection.settimeout(left)
        return self._connection.recv_into(buffer)


def timed(connection: socket.socket, seconds: float) -> io.BufferedReader:
    """Reads from a connection for so long. Raises TimeoutError after that."""
    return io.BufferedReader(_Timed(connection, time.monotonic() + seconds))


def linger(connection: socket.socket) -> None:
    """Take in the rest of what a client sends, for a second: a connection closed on it would lose our answer."""
    deadline = time.monotonic() + LINGER
    with contextlib.suppress(OSError):
        connection.shutdown(socket.SHUT_WR)
        while (left := deadline - time.monotonic()) > 0:
            connection.settimeout(left)
            if not connection.recv(65_536):
                break
