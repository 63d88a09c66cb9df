"""Feeds that are not well-formed, read by feedparser in a process of its own that can be killed.

feedparser reads nearly everything, but some inputs keep it busy for minutes (100,000 attributes on
one element: more than 25 s) and a thread cannot be stopped.
"""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

from syndicate.errors import SourceError
from syndicate.model import Article, Image
from syndicate.sources import markup
from syndicate.sources.fields import ENTRIES, Reader, Reading, address, distinct, kind_of, language, person
from syndicate.sources.media import in_text

MEMORY = 1_000_000_000  # bytes of address space
_CHILD = "import sys; sys.path[:] = sys.argv[1:]; from syndicate.sources.rescue import child; child()"


def read(text: str, reader: Reader, *, url: str, why: str, seconds: float) -> Reading:
    """The entries feedparser finds. Raises SourceError: none, or not in time."""
    command = [sys.executable, "-P", "-c", _CHILD, *(path for path in sys.path if path)]
    try:
        done = subprocess.run(  # noqa: S603 - our own interpreter and words
            command, input=text.encode("utf-8", "replace"), capture_output=True, timeout=seconds, check=True
        )
        found = json.loads(done.stdout)
    except (subprocess.SubprocessError, OSError, ValueError) as fault:
        raise SourceError(f"{url} is not well-formed and could not be mended: {why}") from fault
    if not found["version"] and not found["entries"]:
        raise SourceError(f"{url} cannot be read as a feed: {why}")
    reader.base = address(found["link"], reader.base) or reader.base
    reader.language = language(found["language"])
    articles = [_article(entry, reader) for entry in found["entries"][:ENTRIES]]
    kept = tuple(article for article in articles if article.url or article.title)
    return Reading(kept, found["listed"], notes=(f"the feed is not well-formed ({why}); its entries could be read",))


def child() -> None:
    """The other process: XML on standard input, entries as JSON on standard output."""
    _limit()
    import feedparser

    parsed = feedparser.parse(
        sys.stdin.buffer.read(),
        resolve_relative_uris=False,
        sanitize_html=False,
        response_headers={"content-type": "application/xml; charset=utf-8"},
    )
    said = {
        "version": parsed.get("version", ""),
        "link": parsed.feed.get("link", ""),
        "language": parsed.feed.get("language", ""),
        "listed": len(parsed.entries),
        "entries": parsed.entries[:ENTRIES],
    }
    sys.stdout.write(json.dumps(said, default=str))


def _limit() -> None:
    """Memory is bounded where the system knows how."""
    try:
        import resource
    except ImportError:
        return
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))


def _article(entry: dict[str, Any], reader: Reader) -> Article:
    published = reader.stated(entry.get("published", ""), entry.get("created", ""))
    updated = reader.stated(entry.get("updated", "") if "updated" in entry else "")
    guid = str(entry.get("id", "")).strip()
    url = address(entry.get("feedburner_origlink") or entry.get("link"), reader.base)
    enclosures = [
        (address(link.get("href"), reader.base), str(link.get("type", "")).lower())
        for link in entry.get("links", ())
        if link.get("rel") == "enclosure"
    ]
    return Article(
        source=reader.source,
        url=url,
        title=_words(entry.get("title_detail"), markup.title),
        summary=_words(entry.get("summary_detail"), markup.summary) if _has_summary(entry) else "",
        guid=guid or None,
        published=published.instant if published else None,
        precision=published.precision if published else "second",
        tz_assumed=published.tz_assumed if published else False,
        updated=updated.instant if updated else None,
        authors=distinct(person(str(author.get("name", ""))) for author in entry.get("authors", ())),
        categories=distinct(
            markup.title(str(tag.get("label") or tag.get("term") or "")) for tag in entry.get("tags", ())
        ),
        images=_images(entry, enclosures, reader),
        language=language((entry.get("title_detail") or {}).get("language")) or reader.language,
        kind=kind_of(mime for _, mime in enclosures),
    )


def _words(detail: dict[str, Any] | None, undeclared: Any) -> str:
    """A text construct: Atom's plain text as it is, else what HTML it may be."""
    if not detail:
        return ""
    said: str = undeclared(str(detail.get("value", "")))
    return said


def _has_summary(entry: dict[str, Any]) -> bool:
    """Feedparser puts the content into a missing summary; the summary is never made from the content."""
    content = entry.get("content") or [{}]
    return str(entry.get("summary", "")) != str(content[0].get("value", ""))


def _images(entry: dict[str, Any], enclosures: list[tuple[str, str]], reader: Reader) -> tuple[Image, ...]:
    """As for feeds that are well-formed, without captions: feedparser mixes up whose they are."""
    listed = [
        Image(url, type=media.get("type"))
        for media in entry.get("media_content", ())
        if (media.get("medium") == "image" or str(media.get("type", "")).startswith("image/"))
        and (url := address(media.get("url"), reader.base))
    ]
    listed += [Image(url, type=mime) for url, mime in enclosures if url and mime.startswith("image/")]
    listed += [
        Image(url) for media in entry.get("media_thumbnail", ()) if (url := address(media.get("url"), reader.base))
    ]
    if listed:
        return tuple({image.url: image for image in reversed(listed)}.values())[::-1]
    bodies = [str(part.get("value", "")) for part in (*entry.get("content", ()), entry.get("summary_detail") or {})]
    pictured = next((image for body in bodies if (image := in_text(body, reader.base))), None)
    return (pictured,) if pictured else ()
