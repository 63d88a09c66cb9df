from __future__ import annotations

import pytest

from syndicate.net.address_guard import Guard
from syndicate.net.http import RequestsHttp
from syndicate.sources import discovery
from syndicate.sources.discovery import Found, once
from tests.waiting import PATIENCE
from tests.worlds.servers import Api, as_json

RSS, ATOM, JSON = "application/rss+xml", "application/atom+xml", "application/feed+json"
POSTS = [{"title": {"rendered": "One"}, "link": "https://gazette.example/1"}]


def link(url, kind=RSS, title="Gazette"):
    return f'<link rel="alternate" type="{kind}" title="{title}" href="{url}">'


def page(*parts, title="Gazette"):
    return 200, {"Content-Type": "text/html"}, f"<title>{title}</title>{''.join(parts)}".encode()


@pytest.fixture
def api():
    running = Api(lambda path, params: page())
    yield running
    running.close()


@pytest.fixture
def discover(api, clock):
    door = RequestsHttp(clock=clock, timeout=PATIENCE, guard=Guard(origins=[api.url]))
    yield lambda: discovery.discover(f"{api.url}/", door)
    door.close()


def test_a_site_says_its_name_and_its_feeds(api, discover):
    api.routes = lambda path, params: page(link("/rss.xml"))
    assert discover() == ("Gazette", [Found("feed", f"{api.url}/rss.xml", "the feed")])


FEED = (
    200,
    {"Content-Type": "application/xml"},
    b"<rss version='2.0'><channel><item><title>One</title><link>https://gazette.example/1</link></item></channel></rss>",
)


def test_a_feed_that_is_only_linked_to_is_found(api, discover):
    links = '<a href="/about">About</a><a href="news/feed.xml">RSS</a><a href="https://other.example/rss.xml">Other</a>'
    broken = '<a href="/old/rss">RSS</a>'
    api.routes = lambda path, params: FEED if path == "/news/feed.xml" else page(broken, links)
    assert discover()[1] == [Found("feed", f"{api.url}/news/feed.xml", "the feed")]
    assert [path for path, _ in api.asked] == ["/", "/old/rss", "/news/feed.xml"]


def test_a_feed_that_nothing_leads_to_is_looked_for_where_most_are(api, discover):
    api.routes = lambda path, params: FEED if path in ("/feed.xml", "/rss") else page()
    assert discover()[1] == [Found("feed", f"{api.url}/feed.xml", "the feed")]


def test_a_json_feed_is_found_in_either_spelling(api, discover):
    for kind, url in ((JSON, "/feed.json"), ("application/json", "/feed.json"), ("application/json", "/feed/json")):
        api.routes = lambda path, params, kind=kind, url=url: page(link(url, kind))
        assert discover()[1] == [Found("feed", f"{api.url}{url}", "the JSON Feed")]
    api.routes = lambda path, params: page(link("/wp-json/wp/v2/pages/2", "application/json"))
    assert discover()[1] == []


def test_wordpress_that_answers_stands_for_its_own_feed(api, discover):
    root = '<link rel="https://api.w.org/" href="/wp-json/">'
    feeds = link("/feed/"), link("/comments/feed/", title="Gazette » Comments Feed"), link("/podcast/feed/")

    def routes(path, params):
        return as_json(POSTS) if path == "/wp-json/wp/v2/posts" else page(root, *feeds)

    api.routes = routes
    assert discover()[1] == [
        Found("wordpress", f"{api.url}/", "the REST API of WordPress"),
        Found("feed", f"{api.url}/podcast/feed/", "the feed"),
    ]
    assert api.asked[-1] == ("/wp-json/wp/v2/posts", {"per_page": "1"})


@pytest.mark.parametrize("answer", [as_json({"code": "rest_not_logged_in"}, 401), page(), as_json([]), as_json({})])
def test_wordpress_that_keeps_its_api_to_itself_is_read_by_its_feed(api, discover, answer):
    root = '<link rel="https://api.w.org/" href="/wp-json/">'
    api.routes = lambda path, params: answer if path != "/" else page(root, link("/feed/"))
    assert discover()[1] == [Found("feed", f"{api.url}/feed/", "the feed")]


def test_an_api_in_an_unusual_place_is_named_whole(api, discover):
    header = {"Content-Type": "text/html", "Link": f'<{api.url}/cms/wp-json/>; rel="https://api.w.org/"'}
    api.routes = lambda path, params: as_json(POSTS) if "wp-json" in path else (200, header, b"<title>Gazette</title>")
    assert discover()[1] == [Found("wordpress", f"{api.url}/cms/wp-json/", "the REST API of WordPress")]


def test_ghost_is_named_and_read_by_its_feed(api, discover):
    api.routes = lambda path, params: page('<meta name="generator" content="Ghost 5.82">', link("/rss/"))
    assert discover()[1] == [Found("feed", f"{api.url}/rss/", "the feed of Ghost")]


SITE = "https://gazette.example"


@pytest.mark.parametrize(
    ("feeds", "kept"),
    [
        ([("RSS", "/rss.xml", RSS), ("Atom", "/atom.xml", ATOM)], [0]),
        ([("Gazette", "/feed/", RSS), ("Gazette", "/feed/atom/", ATOM), ("Gazette", "/feed/json", JSON)], [0]),
        ([("", "/blog/atom.xml", ATOM), ("", "/blog/rss.xml", RSS)], [0]),
        ([("Blog (Atom)", "/feeds/posts/default", ATOM), ("Blog (RSS)", "/feeds/posts/default?alt=rss", RSS)], [0]),
        ([("Gazette RSS 2.0", "/rss2", RSS), ("Gazette Atom 1.0", "/atom", ATOM)], [0]),
        ([("News", "/news.rss", RSS), ("Sport", "/sport.rss", RSS)], [0, 1]),
        ([("News", "/news.rss", RSS), ("Sport", "/sport.atom", ATOM)], [0, 1]),
        ([("Gazette", "/news.rss", RSS), ("Gazette", "/sport.atom", ATOM)], [0, 1]),
        ([("Gazette", "/a/rss", RSS), ("Gazette", "/a/rss?x=1", RSS)], [0, 1]),
        ([("Gazette", "/feed", RSS), ("Gazette » Comments Feed", "/comments/feed/", RSS)], [0]),
        ([("Gazette", "/feed", RSS), ("Gazette » Flux des commentaires", "/commentaires/feed/", RSS)], [0]),
    ],
)  # fmt: skip
def test_two_formats_of_one_feed_are_one_source(feeds, kept):
    listed = [(title, f"{SITE}{path}", kind) for title, path, kind in feeds]
    assert once(listed) == [listed[number] for number in kept]
