"""Takes connections and reads the heads of their requests, all on one thread, so that slow clients hold no worker.

A connection is handed on when the head of its request is there. One that is slower than `seconds`, counted from when
it came and not from its last byte, is told so and closed; where too many wait, the one that waits longest is closed.
"""

from __future__ import annotations

import contextlib
import selectors
import socket
import threading
import time
from collections.abc import Callable
from dataclasses import field
from typing import TypeAlias

from syndicate.model.dataclass import dataclass

HEAD_BYTES = 65_536
"""Bytes of a request line and its headers."""
HELD = 256
"""Connections that may wait for their heads at once."""
LINGER = 1.0
"""Seconds in which to read a body that is not needed, so that the client sees our answer."""
_AT_ONCE = 64  # connections that are taken before others are read again
_BACKLOG = 128
_PAUSE = 0.02  # seconds until it is tried again, where the whole process has no file left

HandOn: TypeAlias = Callable[[socket.socket, bytes], None]
"""Takes a connection, and what was read of its request: the whole head, and perhaps the begin of the body."""


@dataclass(slots=True)
class _Guest:
    """A connection that is being read. `leaving`: it was answered, and what it still sends is dropped."""

    connection: socket.socket
    deadline: float
    leaving: bool = False
    head: bytearray = field(default_factory=bytearray)


class Doorstep:
    """Listens on an address, and hands on each connection whose request has begun. Raises OSError."""

    def __init__(self, address: tuple[str, int], seconds: float, hand_on: HandOn) -> None:
        self._seconds = seconds
        self._hand_on = hand_on
        self._closed = False
        self._guests: dict[int, _Guest] = {}
        self._answered: list[socket.socket] = []
        self._listening = _listening(address)
        self._listening.setblocking(False)
        self.port = int(self._listening.getsockname()[1])
        self._bell, self._button = socket.socketpair()
        self._selector = selectors.DefaultSelector()
        self._selector.register(self._listening, selectors.EVENT_READ)
        self._selector.register(self._bell, selectors.EVENT_READ)
        self._thread = threading.Thread(target=self._run, name="listener", daemon=True)
        self._thread.start()

    def see_off(self, connection: socket.socket) -> None:
        """Close an answered connection when its client has sent the rest, or after LINGER seconds."""
        if self._closed:
            connection.close()
        self._answered.append(connection)
        self._ring()

    def close(self) -> None:
        """Stop listening, and close the connections that wait."""
        self._closed = True
        self._ring()
        self._thread.join()

    def _ring(self) -> None:
        with contextlib.suppress(OSError):
            self._button.send(b"!")

    def _run(self) -> None:
        while not self._closed:
            for key, _ in self._selector.select(self._wait()):
                if key.fileobj is self._listening:
                    self._take()
                elif key.fileobj is self._bell:
                    self._bell.recv(_BACKLOG)
                elif (guest := self._guests.get(key.fd)) is not None:  # else it was closed for another just now
                    self._read(guest)
            while self._answered:
                self._leave(self._answered.pop())
            self._expire()
        for guest in [*self._guests.values()]:
            self._drop(guest)
        for each in (self._listening, self._bell, self._button, self._selector):
            each.close()

    def _wait(self) -> float | None:
        """Seconds until the next deadline; None if there is none."""
        deadlines = [guest.deadline for guest in self._guests.values()]
        return max(0.0, min(deadlines) - time.monotonic()) if deadlines else None

    def _take(self) -> None:
        for _ in range(_AT_ONCE):
            try:
                connection, _ = self._listening.accept()
            except BlockingIOError:
                return
            except OSError:  # no file is left for it: one that waits gives way
                self._make_room(len(self._guests))
                time.sleep(_PAUSE)
                return
            self._make_room(HELD)
            self._host(_Guest(connection, time.monotonic() + self._seconds))

    def _make_room(self, most: int) -> None:
        """Close the connection that waits longest, if there are as many."""
        if self._guests and len(self._guests) >= most:
            self._drop(next(iter(self._guests.values())))

    def _host(self, guest: _Guest) -> None:
        guest.connection.setblocking(False)
        self._guests[guest.connection.fileno()] = guest
        self._selector.register(guest.connection, selectors.EVENT_READ)

    def _read(self, guest: _Guest) -> None:
        try:
            said = guest.connection.recv(HEAD_BYTES)
        except BlockingIOError:
            return
        except OSError:
            said = b""
        if not said:
            self._drop(guest)
        elif not guest.leaving:
            looked = max(0, len(guest.head) - 2)
            guest.head += said
            if _ended(guest.head, looked):
                self._forget(guest)
                self._hand_on(guest.connection, bytes(guest.head))
            elif len(guest.head) > HEAD_BYTES:
                _say(guest, b"431 Request Header Fields Too Large")
                self._forget(guest)
                self._leave(guest.connection)

    def _expire(self) -> None:
        now = time.monotonic()
        for guest in [guest for guest in self._guests.values() if guest.deadline <= now]:
            if not guest.leaving:
                _say(guest, b"408 Request Timeout")
            self._drop(guest)

    def _leave(self, connection: socket.socket) -> None:
        try:
            connection.shutdown(socket.SHUT_WR)
        except OSError:
            connection.close()
            return
        self._make_room(HELD)
        self._host(_Guest(connection, time.monotonic() + LINGER, leaving=True))

    def _forget(self, guest: _Guest) -> None:
        self._selector.unregister(guest.connection)
        del self._guests[guest.connection.fileno()]

    def _drop(self, guest: _Guest) -> None:
        self._forget(guest)
        guest.connection.close()


def _say(guest: _Guest, status: bytes) -> None:
    """Answer without waiting."""
    with contextlib.suppress(OSError):
        guest.connection.send(b"HTTP/1.0 %b\r\nContent-Length: 0\r\nConnection: close\r\n\r\n" % status)


def _listening(address: tuple[str, int]) -> socket.socket:
    if ":" not in address[0]:
        return socket.create_server(address, backlog=_BACKLOG)
    both = socket.has_dualstack_ipv6()  # [::] is for IPv4 as well
    return socket.create_server(address, family=socket.AF_INET6, backlog=_BACKLOG, dualstack_ipv6=both)


def _ended(head: bytearray, start: int) -> bool:
    """Whether the blank line that ends the headers is there, looked for from `start` on."""
    return head.find(b"\n\r\n", start) >= 0 or head.find(b"\n\n", start) >= 0
