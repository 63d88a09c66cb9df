"""No document of 10 MB or less may hold a worker for more than 5 s or 300 MB; figures: `bench/limits.py`."""

from __future__ import annotations

import importlib.util
import os
import sys
from pathlib import Path

import pytest

from syndicate.errors import SourceError
from syndicate.sources.formats.feed import SMALL, read_feed
from syndicate.sources.formats.page import find_feeds, parse_page, site_name
from syndicate.sources.parsing import isolated
from tests import processes

BENCH = Path(__file__).parents[3] / "bench" / "limits.py"
URL = "https://gazette.example/feeds/news.xml"


def bench():
    found = importlib.util.spec_from_file_location("bench_limits", BENCH)
    made = importlib.util.module_from_spec(found)
    found.loader.exec_module(made)
    return made


HOSTILE = bench()


def read(body, **options):
    return read_feed(body, source="news", url=URL, **options)


NAMES = [*HOSTILE.FEEDS, *HOSTILE.SITEMAPS, *HOSTILE.PAGES]
TRIED = NAMES if os.environ.get("SYNDICATE_DOCUMENTS") == "all" else NAMES[::9]
PARTS = 3


@pytest.mark.slow
@pytest.mark.parametrize("part", range(PARTS))
def test_the_worst_documents_end_in_time_and_in_bounds(part):
    """Each in a process of its own. A ninth of them; all with SYNDICATE_DOCUMENTS=all, as `make bench` reads them."""
    names = TRIED[part::PARTS]
    done = processes.run([sys.executable, str(BENCH), *names], check=False)
    # A busy machine stretches seconds, not megabytes: only who was given up, or took too much memory, fails.
    assert "DIED" not in done.stdout, done.stdout + done.stderr
    for name, said in zip(names, done.stdout.splitlines(), strict=True):
        assert f" MB  {name}: " in said
        memory, child = (float(said.partition(before)[2].split()[0].rstrip(",")) for before in (" s ", "(child "))
        assert max(memory, child) <= HOSTILE.MEGABYTES, said


DEEP = b"<i>" * 100_000 + b"deep" + b"</i>" * 100_000


@pytest.mark.parametrize(
    "body",
    [
        b"<rss><channel><item><title>t</title><description>" + DEEP + b"</description></item></channel></rss>",
        b'<feed xmlns="http://www.w3.org/2005/Atom"><entry><title>t</title><summary type="xhtml">'
        + DEEP
        + b"</summary></entry></feed>",
    ],
    ids=["RSS", "Atom"],
)
def test_markup_of_any_depth_is_read(body):
    assert read(body).articles[0].summary == "deep"


@pytest.mark.parametrize(
    ("declared", "said", "words"),
    [
        (b'<!ATTLIST item a CDATA "b">', b"t", "declares attributes that no feed needs"),
        (b'<!ENTITY a "aaaaaaaaaaaaaaaa">', b"&a;" * 300_001, "refers to them more often than any feed needs"),
        (b'<!ENTITY a "aaa"><!ENTITY b "&a;&a;">', b"&b;", "declares entities that no feed needs"),
        (b'<!ENTITY a SYSTEM "file:///etc/passwd">', b"&a;", "declares entities that no feed needs"),
    ],
)
def test_what_makes_much_of_little_is_refused_before_it_does(declared, said, words):
    body = b"<!DOCTYPE rss [" + declared + b"]><rss><channel><item><title>" + said + b"</title></item></channel></rss>"
    with pytest.raises(SourceError, match=words):
        read(body)


def test_a_large_feed_is_read_in_a_process_of_its_own_and_says_the_same():
    item = (
        "<item><title>Café {n}</title><link>/{n}</link><guid>g{n}</guid><category>City</category>"
        "<pubDate>Mon, 01 Sep 2025 10:00:00 GMT</pubDate><pubDate>soon</pubDate>"
        '<enclosure url="/{n}.jpg" type="image/jpeg"/><description>{words}</description></item>'
    )
    items = "".join(item.format(n=n, words="word " * 400) for n in range(1100))
    body = f"<rss><channel><ttl>30</ttl>{items}</channel></rss>".encode()
    assert len(body) > SMALL
    large = read(body)
    small = read(body.replace(b"word " * 400, b"word " * 300))
    assert len(large.articles) == 1100
    assert [a.url for a in large.articles] == [a.url for a in small.articles]
    assert large.articles[7].image == small.articles[7].image
    assert (large.articles[7].title, large.articles[7].published) == ("Café 7", small.articles[7].published)
    assert (large.listed, large.notes, large.interval) == (small.listed, small.notes, small.interval)


def test_a_large_document_that_is_no_feed_is_called_by_its_name():
    page = b'<html><link rel="alternate" type="application/rss+xml" href="/rss.xml">' + b"<p>x" * SMALL
    with pytest.raises(SourceError, match="is an HTML page, not a feed") as caught:
        read(page)
    assert caught.value.hint.startswith("the page names this feed: https://gazette.example/rss.xml (if yours moved")


def test_who_takes_too_long_is_stopped():
    with pytest.raises(SourceError, match="takes more time or memory to read than any feed or page needs"):
        read(b"<rss><channel>" + b"<item><title>a</title></item>" * 100_000 + b"</channel></rss>", seconds=0.01)


def test_who_takes_too_much_memory_is_stopped():
    body = b"<rss " + b" ".join(b'a%d=""' % n for n in range(200_000)) + b"><channel/></rss>"
    options = {"source": "news", "url": URL, "shown": URL, "content_type": None, "timezone": "UTC", "now": None}
    assert isolated.feed(body, **options).listed == 0
    with pytest.raises(SourceError, match="takes more time or memory"):
        isolated.feed(body, memory=20_000_000, **options)


def test_no_secret_is_in_the_environment_of_that_process(monkeypatch):
    """It reads what strangers wrote, with libraries that nobody has proved."""
    told = "import json, os; print(json.dumps({'error': ' '.join(os.environ), 'hint': None, 'found': None}))"
    monkeypatch.setattr(isolated, "_CHILD", told)
    monkeypatch.setenv("MASTODON_TOKEN", "sesame-sesame")
    monkeypatch.setenv("SYNDICATE_KEY", "sesame-sesame")
    monkeypatch.setenv("TMPDIR", "/tmp")
    with pytest.raises(SourceError) as caught:
        read(b"<rss><channel>" + b"<item><title>a</title></item>" * 100_000 + b"</channel></rss>")
    names = set(str(caught.value).split())
    assert "TMPDIR" in names
    assert not {"MASTODON_TOKEN", "SYNDICATE_KEY"} & names


@pytest.mark.parametrize("size", [100_000, 4_000_000])
def test_a_page_of_attributes_is_stopped(size):
    body = b"<html><title>t</title><p " + b" ".join(b"a%d=b" % n for n in range(size // 9)) + b">"
    options = {"source": "page", "url": URL, "content_type": "text/html"}
    if size < 250_000:
        assert parse_page(body, **options).title == "t"
        return
    with pytest.raises(SourceError, match="takes more time or memory"):
        parse_page(body, **options)
    assert find_feeds(body, URL) == []
    assert site_name(body, URL) == "t"


def test_a_large_page_says_the_same():
    start = '<html lang="en"><meta property="og:title" content="Café opens"><meta property="og:image" content="/a.jpg">'
    pages = [(start + "<p>word</p>" * times).encode() for times in (10, 40_000)]
    small, large = (parse_page(body, source="page", url=URL, content_type="text/html") for body in pages)
    assert small == large
    assert large.title == "Café opens"


@pytest.mark.parametrize("inside", ["<link>https://gazette.example/{}</link>", "<guid>{}</guid>"])
def test_an_address_or_guid_without_bounds_is_none(inside):
    body = f"<rss><channel><item><title>t</title>{inside.format('a' * 9000)}</item></channel></rss>".encode()
    (article,) = read(body).articles
    assert (article.url, article.guid) == ("", None)


def test_extensions_without_bounds_are_cut():
    extensions = "".join(f"<m:a{n}>b</m:a{n}>" for n in range(500))
    body = f'<rss xmlns:m="u:m"><channel><item><title>t</title>{extensions}</item></channel></rss>'.encode()
    assert len(read(body).articles[0].raw) == 50
