"""Which address a page may name as its own: by host, path and query."""

from __future__ import annotations

import pytest

from syndicate.aliases import is_same_page, public_address
from syndicate.model import Article

STORY = Article("news", "https://gazette.example/a", "A Bridge Opens")


@pytest.mark.parametrize(
    ("url", "canonical", "same"),
    [
        ("/a/b", "/c/b", True),
        ("/a/b", "/b", True),
        ("/b", "/c/b", True),
        ("/a/b?c", "/d/b?c", True),
        ("/a/b?c", "/d/b?e", False),
        ("/a/b", "/d/c", False),
        ("/a/12", "/b/12", False),
        ("/a/123", "/b/123", True),
        ("/a/index.php", "/b/index.php", False),
        ("/a/home", "/b/home", False),
        ("/a/default.aspx", "/b/default.aspx", False),
        ("/a/index", "/a/index", True),
        ("/", "/", True),
        ("/", "/amp", True),
        ("/a", "/", False),
        ("/", "/a", False),
        ("/mobile/a", "/a", True),
        ("/touch/a", "/a", True),
        ("/m/12", "/12", True),
        ("/m", "/", True),
        ("/a/m/12", "/a/12", False),
        ("/a/m/c", "/a/c", True),
        ("/a/m", "/a", False),
        ("/a.amp", "/a", True),
        ("/a-amp.html", "/a.html", True),
        ("/a.amp/b", "/a/b", True),
        ("/a.amp/b1", "/a/b2", False),
        ("/a?amp", "/a", True),
        ("/a?amp=1&m=1", "/a?m=1", True),
        ("/a?view=amp&b=c", "/a?b=c", True),
        ("/a?b=C", "/a?b=c", False),
        ("/A", "/a", True),
    ],
)
def test_when_a_page_may_name_another_address(url, canonical, same):
    site = "https://gazette.example"
    assert is_same_page(site + url, site + canonical) is same
    story = Article("news", site + url, "A", canonical_url=site + canonical)
    assert public_address(story) == site + (canonical if same else url)


@pytest.mark.parametrize(
    ("url", "canonical", "same"),
    [
        ("HTTPS://a.example/b", "https://a.example/b", True),
        ("https://a.example/b", "HTTP://a.example/b", False),
        ("http://a.example/b", "HTTPS://a.example/b", True),
        ("http://a.example/b", "http://a.example/b", True),
        ("https://mobile.a.example/b", "https://a.example/b", True),
        ("https://touch.a.example/b", "https://amp.a.example/b", True),
        ("https://m.example/b", "https://amp.example/b", False),
        ("https://news.a.example/b", "https://a.example/b", False),
        ("mailto:a", "mailto:a", False),
        ("http://a.example/b", "ftp://a.example/b", False),
        ("ftp://a.example/b", "http://a.example/b", False),
    ],
)
def test_which_hosts_are_one_site(url, canonical, same):
    assert is_same_page(url, canonical) is same


def test_an_article_without_another_address_goes_out_under_its_own():
    for canonical in (None, ""):
        assert public_address(Article("news", STORY.url, "A", canonical_url=canonical)) == STORY.url
