"""Addresses as they leave: whole for every network, and leading where the publisher's lead."""

from __future__ import annotations

import re
from urllib.parse import unquote, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syndicate.addresses import (
    as_link,
    ascii_host,
    is_possible,
    passwords_in,
    secrets_in,
    server_place,
    without_acting,
    without_login,
)
from syndicate.aliases import urlkey
from syndicate.platforms._twitter_text import twitter_text

SITE = "https://news.example.com"


@pytest.mark.parametrize(
    ("rest", "link"),
    [
        ("/記事/地震", "/%E8%A8%98%E4%BA%8B/%E5%9C%B0%E9%9C%87"),
        ("/s?q=뉴스", "/s?q=%EB%89%B4%EC%8A%A4"),
        ("/l’été—fin", "/l%E2%80%99%C3%A9t%C3%A9%E2%80%94fin"),
        ("/🚲#ნაწილი", "/%F0%9F%9A%B2#%E1%83%9C%E1%83%90%E1%83%AC%E1%83%98%E1%83%9A%E1%83%98"),
        ("/%E8%a8%98", "/%E8%a8%98"),
        ("/100%-sure", "/100%25-sure"),
        ("/wiki/A.M.E.R.", "/wiki/A.M.E.R%2E"),
        ("/wait...", "/wait..%2E"),
        ("/why?!", "/why?%21"),
        ("/a?b=c*", "/a?b=c%2A"),
        ("/a?b=c+d+", "/a?b=c+d%20"),
        ("/a?b=", "/a?b="),
        ("/a=", "/a%3D"),
        ("/a#b,", "/a#b%2C"),
        ("/bridge_(Lisbon)", "/bridge_%28Lisbon%29"),
        ("/a?b[]=1|2", "/a?b%5B%5D=1%7C2"),
        ("/a b\n", "/a%20b"),
        ("/a\\b", "/a%5Cb"),
        ("#part", "/#part"),
        ("/a?", "/a"),
        ("/a#", "/a"),
        ("", ""),
        ("/2026/a-b_c~d/e;f=g,h:i@j!k$l&m?n=o/p&q#r", "/2026/a-b_c~d/e;f=g,h:i@j!k$l&m?n=o/p&q#r"),
    ],
)
def test_an_address_leaves_in_ascii_with_an_end_that_stays(rest, link):
    assert as_link(SITE + rest) == SITE + link


@pytest.mark.parametrize(
    ("url", "link"),
    [
        ("https://desk:pw@news.example.com/a", "https://news.example.com/a"),
        ("https://desk@news.example.com:8443/a@b", "https://news.example.com:8443/a@b"),
        ("HTTPS://Bücher.example./a", "https://xn--bcher-kva.example/a"),
        ("https://b%C3%BCcher.example/a", "https://xn--bcher-kva.example/a"),
        ("https://💩.example/a", "https://xn--ls8h.example/a"),
        ("http://[2001:db8::1]:80/a", "http://[2001:db8::1]:80/a"),
        ("https://news.example.com:/a", "https://news.example.com/a"),
    ],
)
def test_the_host_leaves_in_ascii_without_a_login(url, link):
    assert as_link(url) == link


# Of mastodon/mastodon, config/initializers/twitter_regex.rb @ 3208bd8a: what may stand in a path and in a query,
# and what may end them.
_PATH, _PATH_END = r"[^\s<>()?]", r"""[^\s()?!*"'「」<>;:=,.$%\[\]~&|@]"""
_QUERY, _QUERY_END = r"[a-z0-9!?*'();:&=+$/%#\[\]_.,~|@^-]", r"[a-z0-9_&=#/-]"
MASTODON = re.compile(
    rf"https?://[a-z0-9.-]+(?::\d+)?(?:/(?:{_PATH}*{_PATH_END}|{_PATH}+/)?)?(?:\?{_QUERY}*{_QUERY_END})?", re.IGNORECASE
)

PIECES = [*"ab/?#&=.,;:!*'\"()[]{}|~@$+%^`\\-_ 09", "é", "e\u0301", "記", "ა", "’", "🚲", "%E9", "%2f"]
RESTS = st.lists(st.sampled_from(PIECES)).map("".join)


@given(RESTS | st.text())
def test_any_address_leaves_as_one_whole_link_to_the_same_place(rest):
    url = f"{SITE}/{rest.encode(errors='ignore').decode()}"
    link = as_link(url)
    assert link.isascii()
    assert as_link(link) == link
    assert twitter_text().extract_urls(f"Headline {link} more") == [link]
    assert MASTODON.match(link)[0] == link
    assert urlkey(link) == urlkey(url)


@given(RESTS)
def test_a_link_says_what_the_address_says(rest):
    said, link = urlsplit(f"{SITE}/{rest}".strip()), urlsplit(as_link(f"{SITE}/{rest}"))
    assert unquote(link.path, errors="surrogateescape") == unquote(said.path, errors="surrogateescape")


@pytest.mark.parametrize(
    "url",
    [
        "https://https://gazette.example/a",
        "https://https//gazette.example/a",
        "https://gazette.examplehttps://gazette.example/a",
        "https://undefined/a",
        "https://2024/x",
        "https://1.2.3/x",
        "https://999.1.1.1/x",
        "https://a..example/x",
        "https://{{site}}/x",
        "https://gazette .example/x",
        "https://gazette.example:99999/x",
        f"https://{'a' * 64}.example/x",
        "https://[/x",
        "https:///x",
        "mailto:desk@gazette.example",
        "undefined",
        "",
    ],
)
def test_an_address_that_nobody_can_have_is_recognised(url):
    assert not is_possible(url)


@pytest.mark.parametrize(
    "url",
    [
        "https://gazette.example/https://gazette.example/a",
        "https://https.example/a",
        "https://undefined.example/a",
        "https://2024.example/x",
        "http://192.0.2.1:8080/x",
        "http://[::1]/x",
        "http://intranet/x",
        "https://my_paper.example/x",
        "https://bücher.example/x",
        "https://xn--bcher-kva.example./x",
    ],
)
def test_an_address_that_looks_odd_may_exist(url):
    assert is_possible(url)


def test_a_login_is_removed_and_nothing_else():
    assert without_login("https://desk:pw@gazette.example/@desk?to=a@b") == "https://gazette.example/@desk?to=a@b"
    assert without_login("https://gazette.example/@desk") == "https://gazette.example/@desk"


@pytest.mark.parametrize(
    ("rest", "link"),
    [
        ("?q#b", "?q#b"),
        ("?#b", "/#b"),
        ("/#b", "/#b"),
        ("#", ""),
        ("/a#b#c", "/a#b%23c"),
        ("/a?b.#c", "/a?b%2E#c"),
        ("/a?b.", "/a?b%2E"),
        ("/a.#", "/a%2E"),
        ("/a?b&", "/a?b&"),
        ("/a&", "/a%26"),
        ("/a#b=", "/a#b%3D"),
        ("/a+", "/a%2B"),
        ("/a#b+", "/a#b%2B"),
        ("/a?b?c", "/a?b?c"),
        ("/a?b#c?d", "/a?b#c?d"),
        ("/%zz%4", "/%25zz%254"),
        ("/a \t\r\n b", "/ab"),
        ("/\ud83da", "/a"),
        ("/a-", "/a-"),
        ("/a_", "/a_"),
        ("/a~", "/a%7E"),
    ],
)
def test_each_part_of_an_address_leaves_by_its_own_rules(rest, link):
    assert as_link(SITE + rest) == SITE + link


@pytest.mark.parametrize(
    ("url", "link"),
    [
        (" HTTP://a.example ", "http://a.example"),
        ("https://a@b@c.example:8/", "https://c.example:8/"),
        ("https://u:p@[::1]:80/a", "https://[::1]:80/a"),
        ("https://a.example.:8/", "https://a.example:8/"),
        ("mailto:é?a#b c", "mailto:%C3%A9?a#b%20c"),
        ("/a é.", "/a%20%C3%A9."),
        ("ftp://a.example/b.", "ftp://a.example/b."),
    ],
)
def test_what_leaves_of_another_host_or_of_no_address(url, link):
    assert as_link(url) == link


@pytest.mark.parametrize(
    ("host", "spelled"),
    [
        ("A.Example", "A.Example"),
        ("%41.example", "A.example"),
        ("BÜCHER.example", "xn--bcher-kva.example"),
        ("💩.Shop.example", "xn--ls8h.shop.example"),
        ("a.💩", "a.xn--ls8h"),
    ],
)
def test_a_host_in_ascii(host, spelled):
    assert ascii_host(host) == spelled


LABEL = "a" * 63


@pytest.mark.parametrize(
    ("host", "possible"),
    [
        (f"{LABEL}.example", True),
        (f"{LABEL}a.example", False),
        (f"{LABEL}.{LABEL}.{LABEL}.{'a' * 61}", True),
        (f"{LABEL}.{LABEL}.{LABEL}.{'a' * 62}", False),
        ("0.0.0.0", True),
        ("255.255.255.255", True),
        ("256.1.1.1", False),
        ("1.2.3.4.", True),
        ("1.2.3.4.5", False),
        ("a.0x1f", False),
        ("a.1", False),
        ("1.a", True),
        ("localhost", True),
        ("NULL", False),
        ("true", False),
        ("a.true", True),
        ("a b", False),
        ("a:99999", False),
        ("a:", True),
    ],
)
def test_which_hosts_are_possible(host, possible):
    assert is_possible(f"https://{host}/") is possible
    assert not is_possible(f"ftp://{host}/")


def test_characters_that_act_on_a_terminal_are_percent_encoded():
    assert without_acting("http://a.example/é\x9b\u202e\u2028\x1b") == "http://a.example/é%C2%9B%E2%80%AE%E2%80%A8%1B"
    assert urlkey(without_acting("http://a.example/t\x9b")) == urlkey("http://a.example/t\x9b")


@pytest.mark.parametrize(
    ("url", "secrets"),
    [
        ("https://a.example/hook?key=abcde", {"key=abcde", "abcde"}),
        ("https://a.example/hook?key=abcd", {"key=abcd"}),
        ("https://a.example/hook?x=1&t=abcdefg8", {"x=1&t=abcdefg8", "abcdefg8"}),
        ("https://a.example/hook?channel=announcements", {"channel=announcements"}),
        ("https://a.example/hook?t=abcdefghijklmnop", {"t=abcdefghijklmnop", "abcdefghijklmnop"}),
        ("https://me:pass%2Fword@a.example/", {"me:pass%2Fword", "pass/word"}),
        ("https://me@a.example/", set()),
        ("https://a.example/plain", set()),
        ("no address", set()),
        ("http://[broken/?key=abcde", set()),
    ],
)
def test_what_of_an_address_may_be_a_secret(url, secrets):
    assert secrets_in(url) == secrets


SERVERS = {
    "postgresql://u:p%40w@h:5/n?sslmode=require": ("postgresql://u@h:5/n", {"p%40w", "p@w"}),
    "postgresql://u:with@sign@h/n": ("postgresql://u@h/n", {"with@sign"}),
    "postgresql://u@h/n?password=x1&a=b": ("postgresql://u@h/n", {"x1"}),
    "postgresql:///n?host=/run/postgresql": ("postgresql:///n", set()),
}


@pytest.mark.parametrize(("address", "told"), SERVERS.items())
def test_the_address_of_a_database_is_told_without_its_password(address, told):
    assert (server_place(address), passwords_in(address)) == told
