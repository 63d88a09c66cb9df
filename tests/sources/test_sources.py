from __future__ import annotations

import re
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from syndicate import sources
from syndicate.config.reader import load
from syndicate.errors import ConfigError, SourceError
from syndicate.sources.formats.feed import SMALL, read_feed

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
FEED = b"<rss><channel><item><title>One</title><link>/1</link></item><item/></channel></rss>"
PAGE = b"<!doctype html><title>Bridge opens</title>"


@pytest.mark.parametrize("kind", sources.TYPES)
def test_every_type_is_built(kind, http):
    built = sources.build(kind, "news", "https://gazette.example/x", http, timezone="Europe/Lisbon", clock=lambda: NOW)
    assert built.name == "news"


def test_every_type_is_in_a_guide_with_a_config_that_loads(tmp_path):
    guides = (Path(__file__).parents[2] / "docs/guides").glob("sources*.md")
    blocks = [block for guide in guides for block in re.findall(r"```yaml\n(.*?)```", guide.read_text(), re.DOTALL)]
    shown = set()
    for block in blocks:
        site = "" if block.startswith("site:") else "site: {name: Gazette, url: 'https://gazette.example/'}\n"
        path = tmp_path / "config.yaml"
        path.write_text(site + block, encoding="utf-8")
        shown |= {source.type for source in load(path, {}, fill=True).sources.values()}
    assert shown >= set(sources.TYPES)


def test_an_unknown_type_is_a_config_error(http):
    with pytest.raises(ConfigError, match=r"sources\.news: unknown type 'gopher'"):
        sources.build("gopher", "news", "https://gazette.example/x", http, clock=lambda: NOW)


def test_a_file_is_read_as_what_it_is():
    fetched = sources.parse(FEED, source="rss.xml", url="https://gazette.example/", now=NOW)
    assert ([article.url for article in fetched.articles], fetched.entries) == (["https://gazette.example/1"], 2)
    fetched = sources.parse(PAGE, source="a.html", url="", now=NOW)
    assert [(article.title, article.url) for article in fetched.articles] == [("Bridge opens", "")]
    with pytest.raises(SourceError, match=r"a.html is an HTML page, not a feed"):
        sources.parse(PAGE, source="a.html", url="", pages=False, now=NOW)


def test_a_document_is_what_it_holds_whatever_its_address_says():
    (article,) = sources.parse(PAGE, source="web", url="https://gazette.example/sitemap", now=NOW).articles
    assert article.title == "Bridge opens"
    with pytest.raises(SourceError, match=r"/list is not a sitemap: unbound prefix"):
        sources.parse(
            b"<urlset><url><news:news/></url></urlset>", source="web", url="https://gazette.example/list", now=NOW
        )


@pytest.mark.parametrize("filler", [b"", b"<!--" + b" " * SMALL + b"-->"], ids=["small", "large"])
@pytest.mark.parametrize(
    ("body", "found"),
    [
        (b"<html><p>x</p></html>", "page"),
        (b"<urlset></urlset>", "sitemap"),
        (b"<sitemapindex></sitemapindex>", "sitemap"),
        (b"<opml></opml>", "opml"),
        (b"<newsItem></newsItem>", "newsml"),
        (b"<note></note>", None),
    ],
)
def test_an_error_says_what_a_document_is_instead(body, found, filler):
    with pytest.raises(SourceError) as caught:
        read_feed(body.replace(b"></", b">" + filler + b"</", 1), source="news", url="https://gazette.example/x")
    assert caught.value.found == found


def test_only_what_is_used_is_loaded():
    code = (
        "import sys; from syndicate.sources.formats.feed import read_feed;"
        "heavy = {'selectolax', 'feedparser', 'requests', 'html.parser', 'regex', 'xml.etree.ElementTree'};"
        "assert not heavy & set(sys.modules), heavy & set(sys.modules);"
        "read_feed(b'<rss><channel><item><title>t</title></item></channel></rss>', source='s', url='');"
        "left = heavy - {'xml.etree.ElementTree'};"
        "assert not left & set(sys.modules), left & set(sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
