"""A page that a redirect led to, and whether it is the story's."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from syndicate.delivery.stranger_page import told
from syndicate.model import Article
from syndicate.ports import Reply

NOW = datetime(2025, 9, 1, 12, tzinfo=UTC)
SITE = "https://gazette.example"
STORY = Article("news", f"{SITE}/2025/bridge-opens", "The bridge is open: at last")
FORM = '<form method="post"><input name="pw" type="password"></form>'
PRIVATE = f'<title>Gazette</title><link rel="canonical" href="{SITE}/">{FORM}'


def look(url, page, article=STORY, kind="text/html; charset=utf-8"):
    return told(article, Reply(200, {"content-type": kind}, page.encode(), SITE + url, NOW))


@pytest.mark.parametrize(
    ("url", "page"),
    [
        ("/private/?r=%2F2025%2Fbridge-opens", PRIVATE),
        ("/wp-login.php?redirect_to=https%3A%2F%2Fgazette.example%2F2025%2Fbridge-opens", f"<h1>Log in</h1>{FORM}"),
        ("/login/bridge-opens", f"<title>Sign in</title>{FORM}"),
        ("/members", "<title>Gazette</title><INPUT id=p TYPE='password'>"),
    ],
)
def test_a_login_page_is_not_the_storys(url, page):
    assert look(url, page) == f"its link leads to a page that asks for a password or login, {SITE}{url}"


@pytest.mark.parametrize(
    ("url", "page"),
    [
        ("/coming-soon", "<title>Back soon</title><h1>We are building something</h1>"),
        ("/subscribe?from=/2025/bridge-opens", "<title>Subscribe to the Gazette</title>"),
        ("/city", '<title>City</title><p>Read: <a href="/2025/bridge-opens">The bridge is open: at last</a></p>'),
    ],
)
def test_a_page_that_names_neither_headline_nor_address_is_not_the_storys(url, page):
    assert look(url, page) == f"its link leads to a page that names neither its headline nor its address, {SITE}{url}"


def test_one_word_of_a_short_headline_names_no_story():
    story = Article("news", f"{SITE}/2025/bridge-opens", "Bridge opens")
    assert look("/a/17", "<title>Bridge closed</title>", story)
    assert look("/a/17", "<title>It opens: the bridge</title>", story) is None


@pytest.mark.parametrize(
    ("url", "page"),
    [
        ("/2025/bridge-opens", PRIVATE),
        ("/2025/bridge-opens/", PRIVATE),
        ("/2025/bridge-opens?utm_source=feed", PRIVATE),
        ("/a/17", "<title>The bridge is open &#8211; at last | Gazette</title>"),
        ("/a/17", '<meta content="The Bridge is open, at last" property="og:title">'),
        ("/a/17", "<h1 class='x'><span>The bridge</span> is open: at last</h1>"),
        ("/a/17", "<title>The bridge is open after two years</title>"),
        ("/a/17", f'<link href="{SITE}/2025/bridge-opens/" rel="canonical">'),
        ("/city/bridge-opens.html", "<title>Gazette</title>"),
        ("/a/17", f"<title>The bridge is open: at last</title>{FORM}"),
    ],
)
def test_a_page_at_the_storys_address_or_that_names_it_is_believed(url, page):
    assert look(url, page) is None


def test_what_is_no_page_is_not_judged():
    assert look("/files/17.mp3", "", kind="audio/mpeg") is None


@pytest.mark.parametrize(("before", "believed"), [(19, True), (20, False)])
def test_a_page_says_what_it_is_in_its_first_twenty_headings(before, believed):
    page = "<h2>Other news</h2>" * before + "<h2>The bridge is open: at last</h2>"
    assert (look("/a/17", page) is None) == believed
