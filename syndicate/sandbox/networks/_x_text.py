"""Makes of a text what X shows: every address that X recognises becomes a t.co link."""

from __future__ import annotations

from typing import Any
from zlib import crc32

from syndicate.sandbox.counting import recognised


def shorten(text: str) -> tuple[str, list[dict[str, Any]]]:
    """The text with a t.co link for each recognised address, and the address behind each link."""
    shown = ""
    at = 0
    urls = []
    for start, end, url in recognised(text):
        shown += text[at:start]
        short = f"https://t.co/{slug(url)}"
        urls.append(entity(len(shown), short, url if "://" in url else f"http://{url}"))
        shown += short
        at = end
    return shown + text[at:], urls


def entity(start: int, short: str, expanded: str) -> dict[str, Any]:
    """One of `entities.urls`."""
    display = expanded.partition("://")[2].removeprefix("www.")
    shown = display if len(display) <= 27 else f"{display[:26]}…"
    return {"start": start, "end": start + len(short), "url": short, "expanded_url": expanded, "display_url": shown}


def slug(text: str) -> str:
    """What follows t.co/: ten letters, so that a link is 23 long."""
    return f"{crc32(text.encode('utf-8', 'surrogatepass')):08x}Sb"


def same(text: str) -> str:
    """The form in which two duplicate posts are equal: the words, whatever the spaces between them."""
    return " ".join(text.split())
