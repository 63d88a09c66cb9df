"""Coverage-guided fuzzing of the readers: `python bench/fuzz.py feed CORPUS [-max_total_time=3600]`.

Needs atheris, which is no dependency of ours (`pip install atheris`). Readers: feed, page, sitemap,
front, markup, dates. What it finds becomes a file in tests/feeds, or a case in tests/sources.
"""

from __future__ import annotations

import contextlib
import sys
from datetime import UTC, datetime
from pathlib import PurePosixPath

import atheris

with atheris.instrument_imports(include=["syndicate"]):
    from syndicate import dates
    from syndicate.errors import SourceError
    from syndicate.sources.formats import feed, frontmatter, markdown, page, sitemap
    from syndicate.sources.parsing import html_text, xml_tree

NOW = datetime(2026, 11, 23, tzinfo=UTC)
URL = "https://gazette.example/"
OPTIONS = {"source": "s", "url": URL, "shown": URL, "content_type": None, "timezone": "UTC", "now": NOW}


def feed(body: bytes) -> None:
    with contextlib.suppress(SourceError, xml_tree.NotWellFormed):
        for article in feed.read_here(body, **OPTIONS).articles:
            assert "\n" not in article.title
            assert "\0" not in article.title + article.url + (article.guid or "")
            assert article.url == "" or article.url.lower().startswith(("http://", "https://"))


def a_page(body: bytes) -> None:
    with contextlib.suppress(SourceError):
        page.read_here(body, **OPTIONS)


def sitemap(body: bytes) -> None:
    with contextlib.suppress(SourceError):
        sitemap.read(body, **OPTIONS)


def front(body: bytes) -> None:
    with contextlib.suppress(frontmatter.Unreadable):
        said, text = frontmatter.split(body.decode("utf-8", "replace"))
        markdown.Reader("s", URL, "UTC", NOW).article(said, text, PurePosixPath("a.md"))


def any_markup(body: bytes) -> None:
    text = body.decode("utf-8", "replace")
    for read in (html_text.title, html_text.text, html_text.summary, html_text.pictures):
        read(text)


def date(body: bytes) -> None:
    dates.parse(body.decode("utf-8", "replace"), now=NOW)


READERS = {"feed": feed, "page": a_page, "sitemap": sitemap, "front": front, "markup": any_markup, "dates": date}

if __name__ == "__main__":
    name = sys.argv.pop(1)
    atheris.Setup(sys.argv, READERS[name])
    atheris.Fuzz()
