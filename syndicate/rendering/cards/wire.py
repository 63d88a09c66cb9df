"""The protocol of parent and card worker: a JSON header and raw bytes, each with its length before it."""

from __future__ import annotations

import json
import os
import selectors
import struct
import time
from collections.abc import Mapping
from typing import Any

_LENGTHS = struct.Struct(">II")
LARGEST = 64_000_000
"""Bytes of a header or a body; a longer message is an error."""


class Broken(Exception):
    """The other side is gone, or sent something that is not a message."""


class Late(Exception):
    """The other side did not answer in time."""


def write(descriptor: int, header: Mapping[str, Any], body: bytes = b"", seconds: float | None = None) -> None:
    """Send one message. Raises Broken, and Late once `seconds` have passed, for a descriptor that does not block."""
    deadline = None if seconds is None else time.monotonic() + seconds
    head = json.dumps(header).encode()
    for part in (_LENGTHS.pack(len(head), len(body)) + head, body):
        data = memoryview(part)
        while data:
            try:
                data = data[os.write(descriptor, data) :]
            except BlockingIOError:
                _await(descriptor, selectors.EVENT_WRITE, deadline)
            except OSError as fault:
                raise Broken(fault.strerror) from fault


def read(descriptor: int, seconds: float | None = None) -> tuple[dict[str, Any], bytes]:
    """The next message. Raises Broken, and Late once `seconds` have passed."""
    deadline = None if seconds is None else time.monotonic() + seconds
    head, body = _LENGTHS.unpack(_exactly(descriptor, _LENGTHS.size, deadline))
    if max(head, body) > LARGEST:
        raise Broken("a message that is too long")
    try:
        header = json.loads(_exactly(descriptor, head, deadline))
    except ValueError as fault:
        raise Broken("a message that is not JSON") from fault
    if not isinstance(header, dict):
        raise Broken("a message that is not an object")
    return header, _exactly(descriptor, body, deadline)


def _exactly(descriptor: int, size: int, deadline: float | None) -> bytes:
    parts = []
    while size:
        if deadline is not None:
            _await(descriptor, selectors.EVENT_READ, deadline)
        part = os.read(descriptor, min(size, 1 << 20))
        if not part:
            raise Broken("gone")
        parts.append(part)
        size -= len(part)
    return b"".join(parts)


def _await(descriptor: int, event: int, deadline: float | None) -> None:
    with selectors.DefaultSelector() as selector:
        selector.register(descriptor, event)
        if not selector.select(None if deadline is None else max(0.0, deadline - time.monotonic())):
            raise Late
