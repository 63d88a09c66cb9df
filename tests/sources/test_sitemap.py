from __future__ import annotations

import gzip
from datetime import UTC, datetime, timedelta

import pytest

from syndicate import sources
from syndicate.errors import SourceError
from syndicate.model import Image, LeftOut, Validators
from syndicate.net.address_guard import Guard
from syndicate.net.http import RequestsHttp
from syndicate.sources import sitemap
from syndicate.sources.formats.sitemap import read as read_sitemap
from syndicate.sources.sitemap import SitemapSource
from tests.waiting import PATIENCE
from tests.worlds.servers import Documents

NOW = datetime(2025, 9, 1, 12, tzinfo=UTC)
TEN = datetime(2025, 9, 1, 10, tzinfo=UTC)
URL = "https://gazette.example/sitemap.xml"
HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>'
    '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
    ' xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"'
    ' xmlns:image="http://www.google.com/schemas/sitemap-image/1.1">'
)


@pytest.fixture
def site():
    running = Documents()
    yield running
    running.close()


@pytest.fixture
def http(site):
    door = RequestsHttp(clock=lambda: NOW, timeout=PATIENCE, guard=Guard(origins=[site.url]))
    yield door
    door.close()


def urls(*entries):
    return f"{HEAD}{''.join(f'<url>{entry}</url>' for entry in entries)}</urlset>".encode()


def news(loc, title, *, date="2025-09-01T12:00:00+02:00", more=""):
    return (
        f"<loc>{loc}</loc><news:news><news:publication><news:name>Gazette</news:name>"
        f"<news:language>pt</news:language></news:publication>"
        f"<news:publication_date>{date}</news:publication_date><news:title>{title}</news:title>{more}</news:news>"
    )


def index(*files):
    listed = "".join(
        f"<sitemap><loc>{url}</loc>{f'<lastmod>{day}</lastmod>' if day else ''}</sitemap>" for url, day in files
    )
    return f'<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{listed}</sitemapindex>'.encode()


def page(title, published=""):
    date = f'<meta property="article:published_time" content="{published}">' if published else ""
    return f'<html lang="en"><title>{title}</title>{date}'.encode()


def read(body):
    return read_sitemap(body, source="latest", url=URL, shown=URL, content_type=None, timezone="UTC", now=NOW)


def fetch(site, http, path="/sitemap.xml", validators=None):
    return SitemapSource("latest", site.url + path, http).fetch(validators or Validators())


def test_a_news_sitemap_says_all_it_can():
    image = (
        "<image:image><image:loc>/bridge.jpg</image:loc><image:caption>The &amp;amp; bridge</image:caption>"
        "<image:title>The bridge at dawn</image:title></image:image><image:image><image:loc>/b.jpg</image:loc>"
        "<image:title>b.jpg</image:title></image:image>"
    )
    more = "<news:keywords>Bridge, river,bridge</news:keywords><news:genres>Blog</news:genres>"
    body = urls(
        news("https://gazette.example/bridge", "Bridge opens &amp;#8211; at last", more=more)
        + f"<lastmod>2025-09-02T10:00:00Z</lastmod>{image}",
        news("/second", "Second", date="2025-09-01"),
    )
    first, second = read(body).articles
    assert (first.url, first.title, first.language) == (
        "https://gazette.example/bridge",
        "Bridge opens – at last",
        "pt",
    )
    assert (first.published, first.updated) == (TEN, datetime(2025, 9, 2, 10, tzinfo=UTC))
    assert (first.categories, first.section, first.guid) == (("Bridge", "river"), None, None)
    assert first.images == (
        Image("https://gazette.example/bridge.jpg", alt="The bridge at dawn", caption="The & bridge"),
        Image("https://gazette.example/b.jpg"),
    )
    assert first.raw == {"news:genres": "Blog"}
    assert (second.url, second.precision) == ("https://gazette.example/second", "day")


@pytest.mark.parametrize(
    "body",
    [
        urls(news("https://gazette.example/a?x=1&y=2", "Salt & vinegar &nbsp; \x0b")),
        urls(news("https://gazette.example/a?x=1&amp;y=2", "Salt &amp; vinegar"))
        .replace(b"news:", b"n:")
        .replace(b"xmlns:news", b"xmlns:n"),
        urls(news("https://gazette.example/a?x=1&amp;y=2", "Salt &amp; vinegar")).replace(
            b'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"',
            b'xmlns="http://www.google.com/schemas/sitemap/0.84"',
        ),
        urls(news(" https://gazette.example/a?x=1&amp;y=2\n", "<![CDATA[Salt & vinegar]]>")),
        b"\n" + urls(news("https://gazette.example/a?x=1&amp;y=2", "Salt &amp; vinegar")),
        gzip.compress(urls(news("https://gazette.example/a?x=1&amp;y=2", "Salt &amp; vinegar"))),
    ],
    ids=["bare", "prefix", "old", "cdata", "blank", "gzip"],
)
def test_a_news_sitemap_as_it_is_found(body):
    (article,) = read(body).articles
    assert (article.url, article.title, article.published) == (
        "https://gazette.example/a?x=1&y=2",
        "Salt & vinegar",
        TEN,
    )


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"", "is an empty document, not a sitemap"),
        (b"<!DOCTYPE html><html><body>Just a moment...", "is an HTML page, not a sitemap"),
        (b"<rss><channel/></rss>", "is a feed, not a sitemap"),
        (b"<note/>", "is not a sitemap: it is an XML document <note>"),
        (b"<urlset><url>", "is not a sitemap: no element found"),
        (b"Not found", "is not a sitemap: syntax error"),
        (gzip.compress(urls())[:-12], "is cut off: its compressed data end early"),
        (b"\x1f\x8b nonsense", "cannot be unpacked"),
        (gzip.compress(bytes(20_000_000)), "has more than 10,000,000 bytes once it is unpacked"),
        (b'<!DOCTYPE u [<!ENTITY a "&b;&b;">]><urlset/>', "declares entities"),
    ],
)
def test_what_is_no_sitemap_is_called_by_its_name(body, words):
    with pytest.raises(SourceError) as caught:
        read(body)
    assert str(caught.value).startswith(f"{URL} {words}")


def test_an_unchanged_sitemap_is_not_read_again(site, http):
    site.pages["/sitemap.xml"] = urls(news("/a", "One"))
    fetched = fetch(site, http)
    assert ([article.title for article in fetched.articles], fetched.entries, fetched.notes) == (["One"], 1, ())
    assert not fetch(site, http, validators=fetched.validators).modified


def test_an_index_is_read_by_its_newest_files(site, http):
    site.pages |= {f"/{n}.xml": urls(news(f"/{n}", f"Story {n}")) for n in range(12)}
    site.pages["/sitemap.xml"] = index(*((f"{site.url}/{n}.xml", f"2025-08-{n + 1:02}") for n in range(12)))
    fetched = fetch(site, http)
    assert [article.title for article in fetched.articles] == [f"Story {n}" for n in range(11, 1, -1)]
    assert fetched.notes == ("sitemaps left out, beyond the newest 10: 2",)
    assert not fetch(site, http, validators=fetched.validators).modified


def test_an_index_that_does_not_say_what_changed_is_always_read(site, http):
    site.pages["/news.xml"] = urls(news("/a", "One"))
    site.pages["/other.xml"] = urls(news("/b", "Two"))
    site.pages["/sitemap.xml"] = index((f"{site.url}/other.xml", ""), (f"{site.url}/news.xml", ""))
    fetched = fetch(site, http)
    assert [article.title for article in fetched.articles] == ["One", "Two"]
    assert fetched.validators == Validators()


def test_an_index_of_indexes_ends(site, http):
    site.pages["/sitemap.xml"] = index((f"{site.url}/sitemap.xml", ""))
    assert fetch(site, http).articles == ()
    assert len(site.asked) <= 1 + sitemap.FILES


def test_a_file_that_fails_is_asked_for_again(site, http):
    site.pages["/a.xml"] = urls(news("/a", "One"))
    site.pages["/sitemap.xml"] = index((f"{site.url}/a.xml", "2025-09-01"), (f"{site.url}/b.xml", "2025-09-01"))
    fetched = fetch(site, http)
    assert [article.title for article in fetched.articles] == ["One"]
    assert fetched.notes == (f"{site.url}/b.xml answers 404 (Not Found)",)
    assert fetched.validators == Validators()
    del site.pages["/a.xml"]
    with pytest.raises(SourceError, match="answers 404"):
        fetch(site, http)


def test_of_a_plain_sitemap_the_new_pages_that_are_articles_are_read(site, http):
    site.pages |= {
        "/new": page("New story", "2025-09-01T10:00:00Z"),
        "/newer": page("Newer story", "2025-09-01T11:00:00Z"),
        "/old": page("Old story", "2020-01-01T10:00:00Z"),
        "/imprint": page("Imprint"),
        "/sitemap.xml": urls(
            f"<loc>{site.url}/old</loc><lastmod>2020-01-01</lastmod>",
            f"<loc>{site.url}/new</loc><lastmod>2025-09-01T10:00:00Z</lastmod>",
            f"<loc>{site.url}/imprint</loc><lastmod>2025-09-01</lastmod>",
            f"<loc>{site.url}/newer</loc><lastmod>2025-09-01T11:30:00Z</lastmod>",
        ),
    }
    fetched = fetch(site, http)
    assert [article.title for article in fetched.articles] == ["Newer story", "New story"]
    assert fetched.articles[0].updated == datetime(2025, 9, 1, 11, 30, tzinfo=UTC)
    assert fetched.articles[0].url == f"{site.url}/newer"
    assert fetched.entries == 4
    assert "/old" not in site.asked


def test_only_so_many_pages_are_read_at_once(site, http):
    entries = []
    for n in range(40):
        site.pages[f"/{n}"] = page(f"Story {n}", "2025-09-01T10:00:00Z")
        changed = (NOW - timedelta(minutes=n)).isoformat()
        entries.append(f"<loc>{site.url}/{n}</loc><lastmod>{changed}</lastmod>")
    site.pages["/sitemap.xml"] = urls(*entries)
    fetched = fetch(site, http)
    assert len(fetched.articles) == sitemap.PAGES
    assert fetched.notes == ("40 pages changed recently; the newest 30 are read",)


def test_a_page_that_cannot_be_read_is_tried_again(site, http):
    site.pages["/sitemap.xml"] = urls(f"<loc>{site.url}/gone</loc><lastmod>2025-09-01</lastmod>")
    kept = Validators(etag='"old"', body_hash="old")
    fetched = fetch(site, http, validators=kept)
    assert fetched.articles == ()
    assert fetched.notes == (f"{site.url}/gone answers 404 (Not Found)",)
    assert fetched.validators == kept


def test_a_plain_sitemap_that_says_nothing_new_is_an_error(site, http):
    site.pages["/sitemap.xml"] = urls(f"<loc>{site.url}/a</loc>")
    with pytest.raises(SourceError, match="has neither titles nor dates of change") as caught:
        fetch(site, http)
    assert caught.value.hint


def test_a_sitemap_without_entries_is_one(site, http):
    site.pages["/sitemap.xml"] = urls()
    assert (fetch(site, http).articles, fetch(site, http).entries) == ((), 0)


def test_robots_txt_names_the_news_sitemap(site, http):
    site.pages |= {
        "/robots.txt": f"User-agent: *\nDisallow:\nSitemap: {site.url}/sitemap.xml\nsitemap:{site.url}/news.xml\n"
        f"Sitemap: {site.url}/newsletter.xml".encode(),
        "/news.xml": urls(news("/a", "One")),
        "/newsletter.xml": urls("<loc>/a</loc>"),
    }
    assert sitemap.find(f"{site.url}/en/", http) == [f"{site.url}/news.xml"]
    del site.pages["/robots.txt"]
    assert sitemap.find(site.url, http) == []


def test_a_file_is_recognised():
    body = urls(news("/a", "One"), "<loc>/b</loc>")
    for each in (body, gzip.compress(body)):
        fetched = sources.parse(each, source="sitemap.xml", url=URL, now=NOW)
        assert [article.url for article in fetched.articles] == ["https://gazette.example/a"]
        assert fetched.notes == ("pages or files listed without news of their own: 1",)


def test_addresses_that_lead_nowhere_are_left_out_and_named():
    where = "its address leads nowhere"
    bad = "https://https://gazette.example/a"
    said = read(urls(news("https://gazette.example/1", "One"), news(bad, "Two"), news("https://gazette.example/3", "")))
    assert [article.title for article in said.articles] == ["One"]
    assert said.left_out == (
        LeftOut(bad, where, meant=False),
        LeftOut("https://gazette.example/3", "its entry of news has no title", meant=False),
    )
    assert (said.entries, said.notes) == (3, ())
    assert read(urls("<loc>https://desk:pw@undefined/1</loc>", "<loc>https://gazette.example/1</loc>")).left_out == (
        LeftOut("https://undefined/1", where, meant=False),
    )
    assert read(index((bad, None))).left_out == (LeftOut(bad, where, meant=False),)


def test_what_the_files_of_an_index_leave_out_is_in_its_reading(site, http):
    site.pages["/sitemap.xml"] = index((f"{site.url}/a.xml", None), ("undefined", None))
    site.pages["/a.xml"] = urls(news("https://gazette.example/1", "One"), news("undefined", "Two"))
    site.pages["/b.xml"] = urls(news("https://gazette.example/1", "One"))
    assert [each.place for each in fetch(site, http).left_out] == ["undefined", "undefined"]
    assert fetch(site, http, "/b.xml").left_out == ()
