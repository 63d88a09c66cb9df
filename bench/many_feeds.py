"""A server for thousands of feeds and one throttled network, in a process of its own: one thread, epoll, ready answers.

python bench/many_feeds.py SOURCES prints its port. Cheap on purpose: it shares the machine with what is measured.
Feeds are /f<number>.xml, without validators, so that each pass reads all of them; /news/<n>: from now on the first n
have as many new stories as old ones. What is posted is answered with 429: too many requests, always.
"""

from __future__ import annotations

import selectors
import socket
import subprocess
import sys
import time
import urllib.request
from email.utils import formatdate

STORIES = 20  # of a source
THROTTLED = b"HTTP/1.1 429 Too Many Requests\r\nRetry-After: 3000\r\nContent-Length: 2\r\n\r\n{}"
BEGAN = time.time()


class Feeds:
    """The server, while it is wanted."""

    def __init__(self, sources: int) -> None:
        self._process = subprocess.Popen([sys.executable, __file__, str(sources)], stdout=subprocess.PIPE)
        assert self._process.stdout
        self.port = int(self._process.stdout.readline())

    def news(self, sources: int) -> None:
        """From now on, so many of the sources have news."""
        urllib.request.urlopen(f"http://127.0.0.1:{self.port}/news/{sources}").close()

    def close(self) -> None:
        """End it."""
        self._process.kill()
        self._process.wait()


class Answers:
    """The whole answers, made before anybody asks."""

    def __init__(self, sources: int) -> None:
        self._feeds = [feed(number, old(number)) for number in range(sources)]

    def to(self, asked: bytes) -> bytes:
        """The answer to one whole request."""
        method, path, _ = asked.split(b" ", 2)
        if method == b"POST":
            return THROTTLED
        if path.startswith(b"/news/"):
            self._publish(int(path[6:]))
            return answer(b"ok")
        return self._feeds[int(path[2:-4])]

    def _publish(self, sources: int) -> None:
        now = time.time()
        for number in range(sources):
            fresh = "".join(entry(number, f"news {k}", now) for k in range(STORIES))
            self._feeds[number] = feed(number, old(number) + fresh)


def old(number: int) -> str:
    """The entries that a source had before."""
    return "".join(entry(number, f"story {k}", BEGAN - 30 * 86400 - k * 60) for k in range(STORIES))


def feed(number: int, entries: str) -> bytes:
    """A feed, as an answer."""
    return answer(f"<rss version='2.0'><channel><title>Feed {number}</title>{entries}</channel></rss>".encode())


def entry(number: int, name: str, at: float) -> str:
    """One entry of a feed."""
    link = f"http://127.0.0.1/s{number}/{name.replace(' ', '-')}.html"
    said = f"<title>Source {number} {name}</title><description>What happened at {number}, {name}</description>"
    return f"<item>{said}<link>{link}</link><guid>{link}</guid><pubDate>{formatdate(at)}</pubDate></item>"


def answer(body: bytes) -> bytes:
    """A good answer with this body."""
    return b"HTTP/1.1 200 OK\r\nContent-Type: application/rss+xml\r\nContent-Length: %d\r\n\r\n%b" % (len(body), body)


def length(head: bytes) -> int:
    """How long the body of a request is."""
    fields = head.lower().partition(b"content-length:")[2]
    return int(fields.split(b"\r\n", 1)[0] or 0)


class Line:
    """One connection: what it has sent so far of its next request."""

    def __init__(self, opened: socket.socket) -> None:
        opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.socket = opened
        self._left = b""

    def heard(self, answers: Answers) -> bool:
        """Answer what is whole by now. False when it was closed."""
        try:
            said = self.socket.recv(65_536)
        except OSError:
            return False
        self._left += said
        head, ends, rest = self._left.partition(b"\r\n\r\n")
        if ends and len(rest) >= length(head):
            self._left = rest[length(head) :]
            self.socket.sendall(answers.to(head))
        return bool(said)


def serve(sources: int) -> None:
    """Answer until killed; the port is printed first."""
    answers = Answers(sources)
    listening = socket.create_server(("127.0.0.1", 0), backlog=1024)
    print(listening.getsockname()[1], flush=True)
    ready = selectors.DefaultSelector()
    ready.register(listening, selectors.EVENT_READ)
    while True:
        for key, _ in ready.select():
            if key.data is None:
                line = Line(listening.accept()[0])
                ready.register(line.socket, selectors.EVENT_READ, line)
            elif not key.data.heard(answers):
                ready.unregister(key.data.socket)
                key.data.socket.close()


if __name__ == "__main__":
    serve(int(sys.argv[1]))
