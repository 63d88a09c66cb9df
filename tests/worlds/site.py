"""A small real site on loopback: a feed, pages and a photo, all changed by assignment."""

from __future__ import annotations

import io
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from functools import cache
from html import escape
from http.server import BaseHTTPRequestHandler

from tests.worlds.listener import HungUpOn


@dataclass
class Story:
    slug: str
    title: str
    summary: str = "What happened, in one line."
    published: datetime = field(default_factory=lambda: datetime.now(UTC))
    photo: bool = False
    categories: tuple[str, ...] = ("News",)
    body: str = ""


@cache
def photo() -> bytes:
    from PIL import Image

    out = io.BytesIO()
    Image.new("RGB", (640, 427), (30, 90, 140)).save(out, "JPEG")
    return out.getvalue()


class Site:
    """`stories`, newest first; `status` other than 200 is what the feed answers; `raw` is its whole body.

    `clock` is what its answers are dated by.
    """

    def __init__(self, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self.stories: list[Story] = []
        self.status = 200
        self.raw: bytes | None = None
        self.requests: list[tuple[str, dict[str, str]]] = []
        self.clock = clock
        site = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True
            wbufsize = -1

            def do_GET(self) -> None:
                site.requests.append((self.path, {name.lower(): value for name, value in self.headers.items()}))
                status, kind, body, tag = site.answer(self.path, self.headers.get("If-None-Match"))
                self.send_response(status)
                if tag:
                    self.send_header("ETag", tag)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def date_time_string(self, timestamp: float | None = None) -> str:
                return format_datetime(site.clock(), usegmt=True)

            def log_message(self, *_: object) -> None:
                pass

        self._server = HungUpOn(("127.0.0.1", 0), Handler)
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def publish(self, count: int = 1, *, ago: timedelta = timedelta(0), **fields: object) -> list[Story]:
        """Put new stories on top, the newest first."""
        start = len(self.stories)
        now = datetime.now(UTC)
        for number in range(start, start + count):
            when = now - ago + timedelta(seconds=number - start)
            base = {"slug": f"story-{number}", "title": f"Story {number} of the harbour", "published": when}
            self.stories.insert(0, Story(**base | fields))
        return self.stories[:count]

    def link(self, story: Story) -> str:
        return f"{self.url}/news/{story.slug}.html"

    def answer(self, path: str, tag: str | None) -> tuple[int, str, bytes, str | None]:
        if path == "/rss.xml":
            if self.status != 200:
                return self.status, "text/plain", b"no", None
            body = self.raw if self.raw is not None else self.feed().encode()
            own = f'"{hash(body)}"'
            return (304, "text/plain", b"", own) if tag == own else (200, "application/rss+xml", body, own)
        if path == "/photo.jpg":
            return 200, "image/jpeg", photo(), None
        if path == "/":
            link = '<link rel="alternate" type="application/rss+xml" title="All news" href="/rss.xml">'
            return 200, "text/html", f"<!doctype html><title>The Test Gazette</title>{link}<p>Hello".encode(), None
        for story in self.stories:
            if path == f"/news/{story.slug}.html":
                return 200, "text/html; charset=utf-8", self.page(story).encode(), None
        return 404, "text/plain", b"not found", None

    def feed(self) -> str:
        items = "".join(self.item(story) for story in self.stories)
        head = f"<title>Test Gazette</title><link>{self.url}/</link><description>News</description>"
        media = 'xmlns:media="http://search.yahoo.com/mrss/"'
        if any(story.body for story in self.stories):
            media += ' xmlns:content="http://purl.org/rss/1.0/modules/content/"'
        return (
            f'<?xml version="1.0" encoding="UTF-8"?><rss version="2.0" {media}><channel>{head}{items}</channel></rss>'
        )

    def item(self, story: Story) -> str:
        picture = (
            f'<media:content url="{self.url}/photo.jpg" medium="image" type="image/jpeg">'
            "<media:description>The harbour at dawn</media:description><media:credit>A. Sample</media:credit>"
            "</media:content>"
            if story.photo
            else ""
        )
        categories = "".join(f"<category>{escape(name)}</category>" for name in story.categories)
        body = f"<content:encoded>{escape(story.body)}</content:encoded>" if story.body else ""
        return (
            f"<item><title>{escape(story.title)}</title><link>{self.link(story)}</link>"
            f'<guid isPermaLink="false">{story.slug}</guid><pubDate>{format_datetime(story.published)}</pubDate>'
            f"<description>{escape(story.summary)}</description>{categories}{picture}{body}</item>"
        )

    def page(self, story: Story) -> str:
        return (
            f'<!doctype html><html lang="en"><title>{escape(story.title)}</title>'
            f'<link rel="canonical" href="{self.link(story)}">'
            f'<meta property="og:title" content="{escape(story.title)}">'
            f'<meta property="og:description" content="{escape(story.summary)}">'
            f'<meta property="article:published_time" content="{story.published.isoformat()}"><p>Text</html>'
        )
