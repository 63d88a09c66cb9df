"""A feed server for the benchmarks: N stories, an ETag, and 304 when it is sent back."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Feed:
    """Serves /rss.xml on loopback with `stories` entries, the newest first; assign `stories` to publish.

    `first`: older ones have left the feed.
    """

    def __init__(self, stories: int) -> None:
        self.stories = stories
        self.first = 0
        feed = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True
            wbufsize = -1

            def do_GET(self) -> None:
                tag = f'"{feed.stories}"'
                fresh = self.headers.get("If-None-Match") != tag
                body = feed.body() if fresh else b""
                self.send_response(200 if fresh else 304)
                self.send_header("ETag", tag)
                self.send_header("Content-Type", "application/rss+xml")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}/rss.xml"

    def body(self) -> bytes:
        return rss(self.stories, self.first)

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


def rss(stories: int, first: int = 0) -> bytes:
    """A feed with the stories after `first`, the newest on top."""
    now = datetime.now(UTC)
    items = "".join(
        f"<item><title>Story {number}: the harbour opens again</title><link>https://gazette.example/{number}</link>"
        f"<guid>story-{number}</guid><pubDate>{format_datetime(now + timedelta(seconds=number % 60))}</pubDate>"
        f"<category>News</category><description>What happened in story {number}, in one line.</description></item>"
        for number in range(stories, first, -1)
    )
    head = "<title>Gazette</title><link>https://gazette.example/</link><description>News</description>"
    return f'<?xml version="1.0"?><rss version="2.0"><channel>{head}{items}</channel></rss>'.encode()
