"""Whatever comes in, a reader answers: articles that keep their promises, or an error of ours."""

from __future__ import annotations

import contextlib
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from syndicate.dates import parse
from syndicate.errors import SourceError
from syndicate.serialization import load_article, store_article
from syndicate.sources.formats import feed, page, sitemap
from syndicate.sources.parsing import html_text, xml_tree
from tests.waiting import little_work

FEEDS = Path(__file__).parents[2] / "feeds"
NOW = datetime(2026, 11, 23, tzinfo=UTC)
URL = "https://gazette.example/feed"
OPTIONS = {"source": "news", "url": URL, "shown": URL, "content_type": None, "timezone": "UTC", "now": NOW}
PIECES = [
    b"<",
    b">",
    b"&",
    b"&amp;",
    b"&#0;",
    b"&#55357;",
    b"]]>",
    b"<![CDATA[",
    b"<!--",
    b"-->",
    b"<!DOCTYPE rss [",
    b'<!ENTITY a "b">',
    b"<?xml",
    b"</item>",
    b"<item>",
    b"</rss>",
    b"\0",
    b"\xff",
    b"\xef\xbb\xbf",
    b'"',
    b"'",
    b" xml:base='//['",
    b"http://[",
    b"<link href='http://a:b/'/>",
    b"<pubDate>99999999999</pubDate>",
]


@cache
def files():
    return [path.read_bytes() for path in sorted(filter(Path.is_file, FEEDS.iterdir()))]


@st.composite
def mangled(draw):
    """A feed of the corpus after a few accidents."""
    body = draw(st.sampled_from(files()))
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(body)))
        end = min(len(body), start + draw(st.integers(0, 40)))
        body = body[:start] + draw(st.sampled_from([b"", *PIECES]) | st.binary(max_size=6)) + body[end:]
    return body


def check(articles):
    for article in articles:
        assert article.url == "" or article.url.startswith(("http://", "https://"))
        assert "\n" not in article.title
        assert article.title == article.title.strip()
        assert "\0" not in repr(article)
        assert article.url or article.title
        for moment in (article.published, article.updated):
            assert moment is None or (moment.year >= 1995 and moment <= NOW + timedelta(days=731))
        assert load_article(store_article(article)) == article


@settings(max_examples=400, deadline=None)
@given(mangled())
def test_a_feed_after_an_accident_is_read_or_refused(body):
    with little_work(5), contextlib.suppress(SourceError, xml_tree.NotWellFormed):
        check(feed.read_here(body, **OPTIONS).articles)


@settings(max_examples=200, deadline=None)
@given(mangled())
def test_the_same_as_a_page(body):
    with little_work(5), contextlib.suppress(SourceError):
        check([page.read_here(b"<html>" + body, **OPTIONS)])


@settings(max_examples=100, deadline=None)
@given(mangled())
def test_the_same_as_a_sitemap(body):
    for old, new in ((b"<rss", b"<urlset"), (b"</rss", b"</urlset"), (b"item", b"url"), (b"<link", b"<loc")):
        body = body.replace(old, new)
    with little_work(5), contextlib.suppress(SourceError):
        check(sitemap.read(body, **OPTIONS).articles)


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=300) | st.lists(st.sampled_from([p.decode("latin-1") for p in PIECES])).map("".join))
def test_a_repair_leaves_nothing_xml_forbids_and_is_done_once(text):
    with little_work(5):
        mended, _ = xml_tree.repaired(text)
    assert not html_text.ILLEGAL.search(mended)
    assert xml_tree.repaired(mended)[0] == xml_tree.repaired(xml_tree.repaired(mended)[0])[0]


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=300) | st.lists(st.sampled_from([p.decode("latin-1") for p in PIECES])).map("".join))
def test_any_markup_gives_one_line(text):
    with little_work(5):
        said = [html_text.title(text), html_text.text(text), html_text.summary(text)]
        html_text.pictures(text)
    for line in said:
        assert "\n" not in line
        assert line == line.strip()


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=60) | st.text("0123456789-/:., +TZGMTaprilsepfébruáry", max_size=60))
def test_any_text_is_a_date_of_our_time_or_none(text):
    with little_work(5):
        found = parse(text, now=NOW)
    assert found is None or (found.instant.year >= 1995 and found.instant <= NOW + timedelta(days=731))
