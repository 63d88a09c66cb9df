"""A server that answers for thousands of feeds, in a process of its own: one thread, epoll, a few microseconds each.

python bench/crowd.py prints its port. Any address of 127.0.0.0/8 leads to it, so each feed can be a host.
A feed is unchanged (304), but for /growing.xml, which has one more entry each time it is asked for.
"""

from __future__ import annotations

import selectors
import socket
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from feed import rss

ENTRIES = 50
UNCHANGED = b'HTTP/1.1 304 Not Modified\r\nETag: "1"\r\n\r\n'


class Crowd:
    """The server, while it is wanted."""

    def __init__(self) -> None:
        self._process = subprocess.Popen([sys.executable, str(Path(__file__))], stdout=subprocess.PIPE)
        assert self._process.stdout
        self.port = int(self._process.stdout.readline())

    def url(self, number: int) -> str:
        """The feed of one host among thousands."""
        return f"http://127.{1 + number // 62_500}.{number // 250 % 250}.{1 + number % 250}:{self.port}/rss.xml"

    @property
    def growing(self) -> str:
        """The feed that has an entry more each time."""
        return f"http://127.0.0.1:{self.port}/growing.xml"

    def close(self) -> None:
        self._process.kill()
        self._process.wait()


def serve() -> None:
    """One whole request at a time, from whoever asks."""
    growing, stories = grown(ENTRIES), ENTRIES
    listening = socket.create_server(("0.0.0.0", 0), backlog=4096)
    print(listening.getsockname()[1], flush=True)
    ready = selectors.DefaultSelector()
    ready.register(listening, selectors.EVENT_READ)
    while True:
        for key, _ in ready.select():
            line = key.fileobj
            assert isinstance(line, socket.socket)
            if line is listening:
                ready.register(line.accept()[0], selectors.EVENT_READ)
                continue
            asked = _received(line)
            if not asked:
                ready.unregister(line)
                line.close()
            elif b" /growing.xml " in asked:
                line.sendall(growing)
                stories += 1
                growing = grown(stories)  # before anybody asks for it
            elif asked.endswith(b"\r\n\r\n"):
                line.sendall(UNCHANGED)


def grown(stories: int) -> bytes:
    body = rss(stories, stories - ENTRIES)
    head = f'HTTP/1.1 200 OK\r\nETag: "{stories}"\r\nContent-Type: application/rss+xml\r\nContent-Length: {len(body)}'
    return head.encode() + b"\r\n\r\n" + body


def _received(line: socket.socket) -> bytes:
    try:
        return line.recv(8192)
    except OSError:
        return b""


if __name__ == "__main__":
    serve()
