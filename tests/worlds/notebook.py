"""A feed of notes on a site on loopback: entries without titles, with links and as many different pictures as asked."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from email.utils import format_datetime
from functools import cache
from html import escape


@cache
def picture(number: int, size: tuple[int, int] = (640, 427)) -> bytes:
    """A JPEG of its own colour."""
    from PIL import Image

    out = io.BytesIO()
    Image.new("RGB", size, (30 + 20 * number % 200, 90, 140 + 7 * number % 100)).save(out, "JPEG")
    return out.getvalue()


def served(site) -> None:
    """Let a site answer /p/1.jpg and so on with pictures, /p/dead.jpg with 404, and every page of a note."""
    usual = site.answer

    def answer(path, tag):
        if path.startswith("/p/"):
            name = path.removeprefix("/p/").partition("?")[0].removesuffix(".jpg").partition("-")[0]
            return (200, "image/jpeg", picture(int(name)), None) if name.isdigit() else (404, "text/plain", b"no", None)
        if path.startswith("/notes/"):
            return 200, "text/html", b"<!doctype html><title>A note</title><p>Words", None
        return usual(path, tag)

    site.answer = answer


def feed(site, *entries: str, titles: tuple[str, ...] = ()) -> bytes:
    """RSS with these bodies, as HTML, the newest first; `titles` are theirs, in the same order."""
    items = ""
    for number, body in enumerate(entries):
        title = f"<title>{escape(titles[number])}</title>" if titles else ""
        place = f"{site.url}/notes/{len(entries) - number}"
        items += (
            f"<item>{title}<link>{place}</link><guid>{place}</guid>"
            f"<pubDate>{format_datetime(datetime.now(UTC))}</pubDate><description>{escape(body)}</description></item>"
        )
    head = f"<title>Notebook</title><link>{site.url}/</link><description>Notes</description>"
    return f'<?xml version="1.0"?><rss version="2.0"><channel>{head}{items}</channel></rss>'.encode()


def images(site, *names: str | int, alt: bool = True) -> str:
    """Tags of pictures, each with its own description."""
    return "".join(f'<img src="{site.url}/p/{name}.jpg" alt="{f"Picture {name}" if alt else ""}">' for name in names)
