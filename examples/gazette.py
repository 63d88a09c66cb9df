"""The Example Gazette: its stories as they lie in examples/site/stories, as pages and as feeds.

A story is one file: `name: value` lines, an empty line, then paragraphs of which the first is the
summary. The file's number gives the order of publication. `minutes_ago` marks what was published
before the site was first looked at; the others wait to be published.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime
from html import escape
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent / "site"
_PACKAGED = Path(__file__).parents[1] / "rendering" / "preview" / "photos"
PHOTOS = FOLDER / "photos" if (FOLDER / "photos").is_dir() else _PACKAGED
"""Beside the stories; in a wheel, where the previews have them already."""
NAME = "The Example Gazette"
MOTTO = "News of a harbour town that does not exist"
WIDTH, HEIGHT = 1600, 1067  # of every picture
RIGHT_TO_LEFT = ("ar", "he")
MEDIA = "http://search.yahoo.com/mrss/"
DUBLIN_CORE = "http://purl.org/dc/elements/1.1/"
ATOM = "http://www.w3.org/2005/Atom"


@dataclass(frozen=True, slots=True)
class Photo:
    """A picture of ours; `file` lies in examples/site/photos."""

    file: str
    alt: str
    caption: str
    credit: str

    @property
    def size(self) -> int:
        """Bytes."""
        return (PHOTOS / self.file).stat().st_size


@dataclass(frozen=True, slots=True)
class Story:
    """One story of the gazette. `minutes_ago` None: it waits to be published."""

    number: int
    slug: str
    title: str
    language: str
    section: str
    categories: tuple[str, ...]
    author: str
    paragraphs: tuple[str, ...]
    minutes_ago: int | None = None
    photo: Photo | None = None

    @property
    def summary(self) -> str:
        """The first paragraph."""
        return self.paragraphs[0]

    @property
    def labels(self) -> tuple[str, ...]:
        """The steps of the section, then the categories, each once."""
        return tuple(dict.fromkeys([*self.section.split(" > "), *self.categories]))

    @property
    def path(self) -> str:
        """Where the page is."""
        return f"/news/{self.slug}.html"


@dataclass(frozen=True, slots=True)
class Published:
    """A story and when it went out."""

    story: Story
    at: datetime


def stories(folder: Path = FOLDER / "stories") -> tuple[Story, ...]:
    """All stories in the order of publication. Raises ValueError, naming the file and what it lacks."""
    return tuple(_story(path) for path in sorted(folder.glob("*.md")))


def _story(path: Path) -> Story:
    head, _, body = path.read_text(encoding="utf-8").partition("\n\n")
    entries = dict(re.split(r":\s+", line, maxsplit=1) for line in head.splitlines())
    number, _, slug = path.stem.partition("-")
    try:
        photo = (
            Photo(*(entries[name] for name in ("photo", "alt", "caption", "credit"))) if "photo" in entries else None
        )
        return Story(
            int(number),
            slug,
            entries["title"],
            entries["language"],
            entries["section"],
            tuple(re.split(r",\s*", entries["categories"])),
            entries["author"],
            tuple(paragraph.strip() for paragraph in body.strip().split("\n\n")),
            int(entries["minutes_ago"]) if "minutes_ago" in entries else None,
            photo,
        )
    except KeyError as missing:
        raise ValueError(f"{path}: {missing} is missing") from missing


def rss(published: Iterable[Published], base: str) -> bytes:
    """RSS 2.0 with Media RSS and Dublin Core, newest first."""
    entries = _newest_first(published)
    items = "".join(_item(entry, base) for entry in entries)
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<rss version="2.0" xmlns:media="{MEDIA}" xmlns:dc="{DUBLIN_CORE}" xmlns:atom="{ATOM}">\n<channel>\n'
        f"<title>{NAME}</title>\n<link>{base}/</link>\n<description>{MOTTO}</description>\n<language>en</language>\n"
        f'<atom:link href="{base}/rss.xml" rel="self" type="application/rss+xml"/>\n'
        f"<lastBuildDate>{_latest(entries)}</lastBuildDate>\n<ttl>5</ttl>\n{items}</channel>\n</rss>\n"
    ).encode()


def _latest(entries: Sequence[Published]) -> str:
    return format_datetime(entries[0].at if entries else datetime(2026, 1, 1, tzinfo=UTC))


def _item(entry: Published, base: str) -> str:
    story = entry.story
    lines = [
        f"<title>{escape(story.title, quote=False)}</title>",
        f"<link>{base}{story.path}</link>",
        f'<guid isPermaLink="false">gazette-{story.number:04}</guid>',
        f"<pubDate>{format_datetime(entry.at)}</pubDate>",
        f"<dc:creator>{escape(story.author)}</dc:creator>",
        f"<dc:language>{story.language}</dc:language>",
        *(f"<category>{escape(label)}</category>" for label in story.labels),
        f"<description><![CDATA[<p>{_markup(story.summary)}</p>]]></description>",
        _media(story.photo, base),
    ]
    return "<item>\n" + "".join(f"  {line}\n" for line in lines if line) + "</item>\n"


def _media(photo: Photo | None, base: str) -> str:
    if photo is None:
        return ""
    return (
        f'<media:content url="{base}/photos/{photo.file}" medium="image" type="image/jpeg" fileSize="{photo.size}"'
        f' width="{WIDTH}" height="{HEIGHT}">'
        f'<media:title type="plain">{escape(photo.caption)}</media:title>'
        f'<media:description type="plain">{escape(photo.alt)}</media:description>'
        f'<media:credit role="photographer" scheme="urn:ebu">{escape(photo.credit)}</media:credit></media:content>'
    )


def atom(published: Iterable[Published], base: str) -> bytes:
    """Atom 1.0 with Media RSS, newest first."""
    entries = _newest_first(published)
    updated = (entries[0].at if entries else datetime(2026, 1, 1, tzinfo=UTC)).isoformat()
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<feed xmlns="{ATOM}" xmlns:media="{MEDIA}" xml:lang="en">\n'
        f"<title>{NAME}</title>\n<subtitle>{MOTTO}</subtitle>\n<id>tag:gazette.example,2026:feed</id>\n"
        f'<updated>{updated}</updated>\n<link rel="alternate" type="text/html" href="{base}/"/>\n'
        f'<link rel="self" type="application/atom+xml" href="{base}/atom.xml"/>\n'
        f"{''.join(_entry(entry, base) for entry in entries)}</feed>\n"
    ).encode()


def _entry(entry: Published, base: str) -> str:
    story = entry.story
    lines = [
        f"<title>{escape(story.title, quote=False)}</title>",
        f'<link rel="alternate" type="text/html" hreflang="{story.language}" href="{base}{story.path}"/>',
        f"<id>tag:gazette.example,2026:{story.number:04}</id>",
        f"<published>{entry.at.isoformat()}</published>",
        f"<updated>{entry.at.isoformat()}</updated>",
        f"<author><name>{escape(story.author)}</name></author>",
        *(f'<category term="{escape(label)}"/>' for label in story.labels),
        f'<summary type="html">{escape(_markup(story.summary))}</summary>',
        _media(story.photo, base),
    ]
    return f'<entry xml:lang="{story.language}">\n' + "".join(f"  {line}\n" for line in lines if line) + "</entry>\n"


def _newest_first(published: Iterable[Published]) -> list[Published]:
    return sorted(published, key=lambda entry: (entry.at, entry.story.number), reverse=True)


def page(entry: Published, base: str) -> bytes:
    """A story's page, with Open Graph, JSON-LD and its canonical address."""
    story, url = entry.story, base + entry.story.path
    steps = story.section.split(" > ")
    body = "".join(f"<p>{_markup(text)}</p>\n" for text in story.paragraphs[1:])
    return _document(
        story.title,
        story.language,
        f'<link rel="canonical" href="{url}">\n{_open_graph(entry, base)}'
        f'<script type="application/ld+json">{_script(_json_ld(entry, base))}</script>\n',
        f'<nav class="breadcrumb">{" &gt; ".join(escape(step) for step in steps)}</nav>\n<article>\n'
        f"<h1>{escape(story.title, quote=False)}</h1>\n"
        f'<p class="by">{escape(story.author)}, <time datetime="{entry.at.isoformat()}">{entry.at:%Y-%m-%d %H:%M} UTC'
        f'</time></p>\n<p class="lead">{_markup(story.summary)}</p>\n{_figure(story.photo)}{body}</article>\n',
    )


def _open_graph(entry: Published, base: str) -> str:
    story, photo = entry.story, entry.story.photo
    entries = [
        ("og:type", "article"),
        ("og:site_name", NAME),
        ("og:title", story.title),
        ("og:description", _plain(story.summary)),
        ("og:url", base + story.path),
        ("og:locale", story.language.replace("-", "_")),
        ("article:published_time", entry.at.isoformat()),
        ("article:section", story.section),
        *(("article:tag", category) for category in story.categories),
    ]
    if photo:
        entries += [
            ("og:image", f"{base}/photos/{photo.file}"),
            ("og:image:type", "image/jpeg"),
            ("og:image:width", str(WIDTH)),
            ("og:image:height", str(HEIGHT)),
            ("og:image:alt", photo.alt),
        ]
    description = f'<meta name="description" content="{escape(_plain(story.summary))}">\n'
    return description + "".join(f'<meta property="{name}" content="{escape(value)}">\n' for name, value in entries)


def _json_ld(entry: Published, base: str) -> dict[str, Any]:
    story, photo = entry.story, entry.story.photo
    return {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": story.title,
        "description": _plain(story.summary),
        "mainEntityOfPage": base + story.path,
        "datePublished": entry.at.isoformat(),
        "inLanguage": story.language,
        "articleSection": story.section.split(" > "),
        "keywords": list(story.categories),
        "author": [{"@type": "Person", "name": story.author}],
        "publisher": {"@type": "NewsMediaOrganization", "name": NAME},
    } | ({"image": _image_object(photo, base)} if photo else {})


def _image_object(photo: Photo, base: str) -> dict[str, Any]:
    return {
        "@type": "ImageObject",
        "url": f"{base}/photos/{photo.file}",
        "width": WIDTH,
        "height": HEIGHT,
        "description": photo.alt,
        "caption": photo.caption,
        "creditText": photo.credit,
    }


def front_page(published: Iterable[Published]) -> bytes:
    """What a visitor sees first: headlines, newest first."""
    rows = "".join(
        f'<li lang="{entry.story.language}" dir="auto"><small>{escape(entry.story.section)}</small>'
        f' <a href="{entry.story.path}">{escape(entry.story.title)}</a></li>\n'
        for entry in _newest_first(published)
    )
    return _document(NAME, "en", "", f"<h1>{NAME}</h1>\n<p>{MOTTO}</p>\n<ul>\n{rows}</ul>\n")


def _document(title: str, language: str, head: str, body: str) -> bytes:
    direction = "rtl" if language in RIGHT_TO_LEFT else "ltr"
    return (
        f'<!DOCTYPE html>\n<html lang="{language}" dir="{direction}">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(title, quote=False)}{'' if title == NAME else f' | {NAME}'}</title>\n"
        f'<link rel="alternate" type="application/rss+xml" title="{NAME}" href="/rss.xml">\n'
        f'<link rel="alternate" type="application/atom+xml" title="{NAME}" href="/atom.xml">\n{head}'
        f"<style>{STYLE}</style>\n</head>\n<body>\n"
        f'<header dir="ltr"><a href="/">{NAME}</a></header>\n<main>\n{body}</main>\n</body>\n</html>\n'
    ).encode()


def _figure(photo: Photo | None) -> str:
    if photo is None:
        return ""
    return (
        f'<figure><img src="/photos/{photo.file}" alt="{escape(photo.alt)}" width="{WIDTH}" height="{HEIGHT}">'
        f"<figcaption>{escape(photo.caption)} <small>{escape(photo.credit)}</small></figcaption></figure>\n"
    )


def _markup(text: str) -> str:
    """A paragraph as HTML: stars make emphasis, the rest is what it is."""
    return re.sub(r"\*([^*]+)\*", r"<em>\1</em>", escape(text, quote=False))


def _plain(text: str) -> str:
    return text.replace("*", "")


def _script(value: Any) -> str:
    """JSON that cannot end the element it stands in."""
    return json.dumps(value, ensure_ascii=False).replace("<", "\\u003c")


STYLE = (
    "body{margin:0;font:18px/1.6 Georgia,serif;color:#222;background:#fdfcf8}"
    "header{border-bottom:3px double #444;padding:.6em;text-align:center;font-size:1.3em}"
    "header a{color:inherit;text-decoration:none}main{max-width:44rem;margin:0 auto;padding:1rem}"
    "h1{line-height:1.2;overflow-wrap:anywhere}img{max-width:100%;height:auto;display:block}figure{margin:1.5em 0}"
    "figcaption,.by,.breadcrumb,small{color:#666;font-size:.85em}.lead{font-size:1.15em}li{margin:.5em 0}"
)
