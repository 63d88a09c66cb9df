"""Serves The Example Gazette on this machine: `python examples/serve.py --port 8600`.

Pages: / (headlines), /news/<slug>.html, /rss.xml, /atom.xml, /photos/*.jpg; all with ETag and
Last-Modified, and 304 for who has them already. At first only the older stories are out;
`POST /_site/publish {"count": 3}` publishes the next three (without a count: all that wait).
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime, parsedate_to_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socketserver import TCPServer
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlsplit

import gazette
from gazette import Published, Story

BIGGEST_BODY = 10_000  # bytes of a request to publish


@dataclass(frozen=True, slots=True)
class Page:
    """What an address answers."""

    body: bytes
    mime: str
    changed: datetime
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def etag(self) -> str:
        """Opaque to others; for us it is made of the bytes."""
        return f'"{hashlib.sha256(self.body).hexdigest()[:20]}"'


class Site:
    """The gazette on http://127.0.0.1:PORT, from the moment it is made until `close`; port 0 takes a free one.

    `now` gives aware datetimes; it dates what is published. Raises OSError where the port cannot be had.
    """

    def __init__(self, port: int = 0, *, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._now = now
        self._lock = threading.Lock()
        self._closed = False
        self.requests: list[tuple[str, str, int]] = []
        """Method, path and status of each request, oldest first."""
        began = self._second()
        every = gazette.stories()
        self._published = [
            Published(story, began - timedelta(minutes=story.minutes_ago))
            for story in every
            if story.minutes_ago is not None
        ]
        self._waiting = [story for story in every if story.minutes_ago is None]
        self._server = _Server(port, self)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), name="gazette", daemon=True)
        self._thread.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def published(self) -> list[Published]:
        """What is out, oldest first."""
        with self._lock:
            return list(self._published)

    @property
    def waiting(self) -> list[Story]:
        """What is not out yet, in the order in which it will be."""
        with self._lock:
            return list(self._waiting)

    def publish(self, count: int | None = None) -> list[Story]:
        """Publish the next `count` stories (all that wait without one), a second apart, the last one now.

        Where others came out a moment ago, they are dated after these, and so a little ahead.
        """
        with self._lock:
            taken = self._waiting[:count]
            del self._waiting[: len(taken)]
            first = self._second() - timedelta(seconds=len(taken) - 1)
            if self._published:
                first = max(first, self._published[-1].at + timedelta(seconds=1))
            self._published += [Published(story, first + timedelta(seconds=place)) for place, story in enumerate(taken)]
        return taken

    def close(self) -> None:
        """Stop serving. Twice is as good as once."""
        if not self._closed:
            self._closed = True
            self._server.shutdown()
            self._thread.join()
            self._server.server_close()

    def wait(self) -> None:
        """Until it is closed, or Ctrl-C."""
        self._thread.join()

    def _second(self) -> datetime:
        return self._now().astimezone(UTC).replace(microsecond=0)

    def page(self, path: str) -> Page | None:
        """What lies at an address, or None."""
        published = self.published
        latest = max(entry.at for entry in published)
        if path == "/rss.xml":
            return Page(gazette.rss(published, self.url), "application/rss+xml; charset=utf-8", latest)
        if path == "/atom.xml":
            return Page(gazette.atom(published, self.url), "application/atom+xml; charset=utf-8", latest)
        if path == "/":
            return Page(gazette.front_page(published), "text/html; charset=utf-8", latest)
        for entry in published:
            photo = entry.story.photo
            if path == entry.story.path:
                return Page(gazette.page(entry, self.url), "text/html; charset=utf-8", entry.at)
            if photo and path == f"/photos/{photo.file}":
                return Page((gazette.PHOTOS / photo.file).read_bytes(), "image/jpeg", entry.at)
        return None


class _Server(ThreadingHTTPServer):
    """One connection, one request: nothing is left open at the end."""

    daemon_threads = True
    request_queue_size = 64

    def __init__(self, port: int, site: Site) -> None:
        self.site = site
        super().__init__(("127.0.0.1", port), _Handler)

    def server_bind(self) -> None:
        """Bind without the name look-up of the class above, which can take seconds."""
        TCPServer.server_bind(self)
        self.server_name, self.server_port = "127.0.0.1", self.server_address[1]


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    server_version = "ExampleGazette"
    timeout = 10

    def do_GET(self) -> None:
        """A page, or 304 where the visitor has it already."""
        page = self.server.site.page(urlsplit(self.path).path)
        if page is None:
            self._answer(_words(404, "nothing here: see / for what is out"))
            return
        validators = {"ETag": page.etag, "Last-Modified": format_datetime(page.changed, usegmt=True)}
        if self._has(page):
            self._answer(Page(b"", page.mime, page.changed, 304, validators))
        else:
            self._answer(Page(page.body, page.mime, page.changed, 200, validators))

    do_HEAD = do_GET  # noqa: N815 - http.server's name

    def do_POST(self) -> None:
        """Publish."""
        if urlsplit(self.path).path != "/_site/publish":
            self._answer(_words(404, "the only address to post to is /_site/publish"))
            return
        try:
            count = _count(self.rfile.read(min(int(self.headers.get("Content-Length") or 0), BIGGEST_BODY)))
        except ValueError as fault:
            self._answer(_words(400, str(fault)))
            return
        slugs = [story.slug for story in self.server.site.publish(count)]
        told = {"published": slugs, "waiting": len(self.server.site.waiting)}
        self._answer(Page(json.dumps(told).encode() + b"\n", "application/json", datetime.now(UTC)))

    def _has(self, page: Page) -> bool:
        """If-None-Match decides; If-Modified-Since only where it is missing (RFC 9110 §13.2.2)."""
        tags = self.headers.get("If-None-Match")
        if tags is not None:
            return tags.strip() == "*" or page.etag in [tag.strip().removeprefix("W/") for tag in tags.split(",")]
        try:
            return page.changed <= parsedate_to_datetime(self.headers.get("If-Modified-Since") or "")
        except (ValueError, TypeError):
            return False

    def _answer(self, page: Page) -> None:
        self.server.site.requests.append((self.command, self.path, page.status))
        self.send_response(page.status)
        for name, value in page.headers.items():
            self.send_header(name, value)
        if page.status != 304:
            self.send_header("Content-Type", page.mime)
            self.send_header("Content-Length", str(len(page.body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(page.body)

    def log_message(self, *_: Any) -> None:
        """Say nothing: `Site.requests` remembers."""


def _words(status: int, text: str) -> Page:
    return Page(f"{text}\n".encode(), "text/plain; charset=utf-8", datetime.now(UTC), status)


def _count(body: bytes) -> int | None:
    """How many to publish. Raises ValueError for anything but a JSON object with a count of 0 or more."""
    try:
        count = json.loads(body or b"{}").get("count")
    except (ValueError, AttributeError):
        raise ValueError('the body is a JSON object such as {"count": 3}') from None
    if count is not None and (not isinstance(count, int) or isinstance(count, bool) or count < 0):
        raise ValueError("count is a whole number, 0 or more")
    return count


def main() -> int:
    """Serve until Ctrl-C."""
    parser = argparse.ArgumentParser(description="Serve The Example Gazette, a sample news site, on this machine.")
    parser.add_argument("--port", type=int, default=0, help="the port to listen on (default: any that is free)")
    port = parser.parse_args().port
    try:
        site = Site(port)
    except (OSError, OverflowError) as fault:
        print(f"port {port} cannot be used: {getattr(fault, 'strerror', None) or fault}", file=sys.stderr)
        return 1
    with site:
        print(site.url, flush=True)
        print(
            f"feed: {site.url}/rss.xml; {len(site.waiting)} stories wait. Publish three of them with", file=sys.stderr
        )
        print(f"  curl -d '{{\"count\": 3}}' {site.url}/_site/publish", file=sys.stderr)
        try:
            site.wait()
        except KeyboardInterrupt:
            return 0
    return 0


if __name__ == "__main__":
    sys.exit(main())
