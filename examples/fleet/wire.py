"""A site with as many stories as are published: /rss.xml, and a page for each."""

from __future__ import annotations

import threading
from datetime import UTC, datetime
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Self

WHO = ("The harbour", "The council", "The library", "The orchestra", "The market", "The ferry", "The school")
WHAT = ("opens early", "counts its guests", "asks for patience", "finds a new roof", "plants forty trees")
PAGE = '<!doctype html><html lang="en"><title>{title}</title><h1>{title}</h1><p>Story {number} of the day.</p></html>'


class Wire:
    """On http://127.0.0.1 and a free port, from the moment it is made until it is left."""

    def __init__(self) -> None:
        self._dates: list[datetime] = []
        self._guard = threading.Lock()
        self._feed = b""
        self.publish(0)
        wire = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                """Answer the feed or a page."""
                body, kind = wire.answer(self.path)
                self.send_response(200 if body else 404)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_words: object) -> None:
                """Say nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()

    def publish(self, count: int) -> None:
        """From now on there are so many stories."""
        with self._guard:
            self._dates += [datetime.now(UTC)] * (count - len(self._dates))
            self._feed = b""

    def link(self, number: int) -> str:
        """The address of a story; the first is 1."""
        return f"{self.url}/{number}.html"

    def answer(self, path: str) -> tuple[bytes, str]:
        """Body and type of a page; empty where there is none."""
        if path == "/rss.xml":
            return self._written(), "application/rss+xml"
        name = path.strip("/").removesuffix(".html")
        if name.isdecimal() and 0 < int(name) <= len(self._dates):
            return PAGE.format(title=_title(int(name)), number=name).encode(), "text/html; charset=utf-8"
        return b"", "text/plain"

    def _written(self) -> bytes:
        with self._guard:
            if not self._feed:
                items = "".join(self._item(number) for number in range(len(self._dates), 0, -1))
                head = f"<title>The Example Gazette</title><link>{self.url}/</link><description>News</description>"
                self._feed = f'<?xml version="1.0"?><rss version="2.0"><channel>{head}{items}</channel></rss>'.encode()
            return self._feed

    def _item(self, number: int) -> str:
        date = format_datetime(self._dates[number - 1])
        return (
            f"<item><title>{_title(number)}</title><link>{self.link(number)}</link><guid>{self.link(number)}</guid>"
            f"<pubDate>{date}</pubDate><description>What happened in story {number}, in one line.</description></item>"
        )


def _title(number: int) -> str:
    return f"{WHO[number % len(WHO)]} {WHAT[number % len(WHAT)]}, part {number}"
