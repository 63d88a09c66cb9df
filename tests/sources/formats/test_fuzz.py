"""Whatever comes in, a reader answers: articles that keep their promises, or an error of ours."""

from __future__ import annotations

import contextlib
from datetime import UTC, datetime, timedelta
from functools import cache
from html import escape
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
FEED = {name: value for name, value in OPTIONS.items() if name != "shown"}
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


NEWS = (
    "<url><loc>{url}</loc><lastmod>{date}</lastmod><news:news><news:publication><news:name>Gazette</news:name>"
    "<news:language>en</news:language></news:publication><news:publication_date>{date}</news:publication_date>"
    "<news:title>{title}</news:title></news:news></url>"
)
ROOT = '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:news="{}">'.format(
    "http://www.google.com/schemas/sitemap-news/0.9"
)


@cache
def sitemaps():
    """The stories of each feed of the corpus as a news sitemap."""
    found = []
    for body in files():
        with contextlib.suppress(SourceError, xml_tree.NotWellFormed):
            articles = feed.read_here(body, **FEED).articles
            entries = [
                NEWS.format(url=escape(each.url), title=escape(each.title), date=(each.published or NOW).isoformat())
                for each in articles
            ]
            found += [(ROOT + "".join(entries) + "</urlset>").encode()] if entries else []
    return found


@st.composite
def mangled(draw, bodies):
    """A document of the corpus after a few accidents."""
    body = draw(st.sampled_from(bodies))
    for _ in range(draw(st.integers(0, 4))):
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


def read(examples, bodies, reader):
    """How many of so many mangled documents gave articles, which are checked; the others were refused, or had none."""
    count = 0

    @settings(max_examples=examples, deadline=None)
    @given(mangled(bodies))
    def attempt(body):
        nonlocal count
        with little_work(5), contextlib.suppress(SourceError, xml_tree.NotWellFormed):
            articles = reader(body)
            check(articles)
            count += bool(articles)

    attempt()
    return count


def test_a_feed_after_an_accident_is_read_or_refused():
    assert read(400, files(), lambda body: feed.read_here(body, **FEED).articles) > 40


def test_the_same_as_a_page():
    assert read(200, files(), lambda body: [page.read_here(b"<html>" + body, **OPTIONS)]) > 100


def test_the_same_as_a_sitemap():
    assert read(200, sitemaps(), lambda body: sitemap.read(body, **OPTIONS).articles) > 10


WORDS = st.text(st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="\ufffe\uffff"), max_size=30)
ADDRESSES = (
    WORDS | WORDS.map("https://gazette.example/{}".format) | st.sampled_from(["http://[", "/1", "ftp://a.example"])
)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.tuples(ADDRESSES, WORDS | WORDS.map("{0}\n {0}".format), WORDS), max_size=4))
def test_whatever_a_sitemap_says_gives_plain_values(said):
    """At its end stands a story that nothing is wrong with."""
    stories = [*said, ("https://gazette.example/1", "A bridge opens", NOW.isoformat())]
    entries = [NEWS.format(url=escape(url), title=escape(title), date=escape(date)) for url, title, date in stories]
    articles = sitemap.read((ROOT + "".join(entries) + "</urlset>").encode(), **OPTIONS).articles
    check(articles)
    assert all(article.url and article.title for article in articles)
    assert articles[-1].title == "A bridge opens"


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=300) | st.lists(st.sampled_from([p.decode("latin-1") for p in PIECES])).map("".join))
def test_a_repair_leaves_nothing_xml_forbids_and_is_done_once(text):
    with little_work(5):
        mended, _ = xml_tree.repaired(text)
    assert not html_text.ILLEGAL.search(mended)
    assert xml_tree.repaired(mended)[0] == mended


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
