"""Finds the sources that a site offers, from its front page: WordPress, Ghost, feeds and news sitemaps."""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import islice
from urllib.parse import urljoin, urlsplit

from syndicate.errors import SourceError
from syndicate.model import Validators
from syndicate.model.dataclass import dataclass
from syndicate.ports import Http
from syndicate.sources import fetch, sitemap, wordpress
from syndicate.sources.feed import ACCEPT as FEED
from syndicate.sources.formats.page import ACCEPT, find_feeds, find_generator, find_language, find_linked, site_name
from syndicate.sources.parsing import json_fields

_FORMAT = re.compile(
    r"\b(?:rss[0-9]*|atom[0-9]*|json|feeds?|rdf|xml|index|default|alt|format|type|php|html?|v?[0-9](?:\.[0-9]+)*)\b"
)
_COMMENTS = re.compile(
    r"\b(?:comments?|commentaires|comentarios|comentários|commenti|kommentare|reacties)\b", re.IGNORECASE
)
_FEED_LIKE = re.compile(
    r"(?:\.(?:rss|atom|rdf)|/(?:feed|rss|atom|index)(?:\.xml|\.json)?|/feeds?/[^/]+)/?$", re.IGNORECASE
)
USUAL = ("/feed", "/rss.xml", "/feed.xml", "/atom.xml", "/rss", "/index.xml", "/feed.json")
"""The usual paths of feeds, tried on sites whose pages name none."""
LINKED = 5  # addresses in a page that look like feeds and are looked at


@dataclass(frozen=True, slots=True)
class Found:
    """A source that was found: its type and address for the config, and what it is in words."""

    type: str
    url: str
    what: str


def discover(site: str, http: Http) -> tuple[str, list[Found]]:
    """A site's name, and its sources, the best first. Raises SourceError if its front page cannot be read.

    If WordPress's API answers, it is listed instead of the site's own feed. Ghost's API needs a key, so its
    feed is listed.
    """
    reply = fetch.get(http, site, Validators(), accept=ACCEPT).reply
    feeds = once(find_feeds(reply.body, reply.url))
    found = [Found("feed", url, "the JSON Feed" if mime.endswith("json") else "the feed") for _, url, mime in feeds]
    root = wordpress.find_root(reply.body, reply.headers.get("link", ""), reply.url)
    if root and _answers(root, http):
        own = [one for one in found if _words(one.url)]
        found = [Found("wordpress", _shortest(root, site), "the REST API of WordPress"), *own]
    if find_generator(reply.body, reply.url).startswith("Ghost"):
        found = [Found(one.type, one.url, f"{one.what} of Ghost") for one in found]
    if not found:
        found = [Found("feed", url, "the feed") for url in _unnamed(reply.body, reply.url, http)]
    if not found:
        found = [Found("sitemap", url, "the news sitemap") for url in sitemap.find(site, http)]
    return site_name(reply.body, reply.url), found


def stated(site: str, http: Http) -> tuple[str, str]:
    """The language and the time zone (IANA) that a site states: its page, its feed, WordPress's API; "" if it does not.

    Raises SourceError if its front page cannot be read.
    """
    reply = fetch.get(http, site, Validators(), accept=ACCEPT).reply
    root = wordpress.find_root(reply.body, reply.headers.get("link", ""), reply.url)
    zone = ""
    if root:
        try:
            data = fetch.get(http, root, Validators(), accept=wordpress.ACCEPT).reply
            said = json_fields.mapping(json_fields.load(data.body, url=root, what="WordPress's API"))
            zone = json_fields.text(said.get("timezone_string"))
        except SourceError:
            zone = ""
    return find_language(reply.body, reply.url) or "", zone if is_zone(zone) else ""


def is_zone(name: str) -> bool:
    """Whether this is the name of a time zone, such as Europe/Lisbon."""
    from zoneinfo import ZoneInfo

    try:
        return bool(name) and bool(ZoneInfo(name))
    except (ValueError, OSError, KeyError):
        return False


def _unnamed(body: bytes, url: str, http: Http) -> list[str]:
    """Feeds that a page links to without marking them as feeds; else the first feed at one of the usual paths."""
    linked = [there for there in find_linked(body, url) if _FEED_LIKE.search(urlsplit(there).path)]
    found = [there for there in linked[:LINKED] if _is_feed(there, http)]
    return found or list(islice((there for name in USUAL if _is_feed(there := urljoin(url, name), http)), 1))


def _is_feed(url: str, http: Http) -> bool:
    from syndicate.sources.formats.feed import read_feed

    try:
        reply = fetch.get(http, url, Validators(), accept=FEED).reply
        reading = read_feed(reply.body, source="", url=reply.url, content_type=reply.headers.get("content-type"))
    except SourceError:
        return False
    return bool(reading.articles)


def once(feeds: Iterable[tuple[str, str, str]]) -> list[tuple[str, str, str]]:
    """These feeds in order, without feeds of comments; of feeds that differ only in their format, one."""
    kept: list[tuple[str, str, str]] = []
    for feed in feeds:
        title, url, _ = feed
        if not (_COMMENTS.search(title) or "/comments/" in urlsplit(url).path) and not any(
            _is_same(feed, other) for other in kept
        ):
            kept.append(feed)
    return kept


def _is_same(one: tuple[str, str, str], other: tuple[str, str, str]) -> bool:
    """Whether two feeds differ in nothing but their format."""
    titles = [re.findall(r"[^\W_]+", _FORMAT.sub(" ", title.lower())) for title in (one[0], other[0])]
    hosts = [urlsplit(url).netloc for url in (one[1], other[1])]
    same_title = titles[0] == titles[1] or not all(titles)
    return one[2] != other[2] and hosts[0] == hosts[1] and same_title and _words(one[1]) == _words(other[1])


def _words(url: str) -> list[str]:
    """An address without the parts that name a format."""
    parts = urlsplit(url)
    return re.findall(r"[^\W_]+", _FORMAT.sub(" ", f"{parts.path} {parts.query}".lower().replace("_", " ")))


def _answers(root: str, http: Http) -> bool:
    """Whether a WordPress API lists its posts without a login."""
    try:
        reply = fetch.get(
            http, wordpress.endpoint(root), Validators(), accept=wordpress.ACCEPT, params={"per_page": "1"}
        ).reply
        return wordpress.is_one(json_fields.load(reply.body, url=root, what="WordPress's list of posts"))
    except SourceError:
        return False


def _shortest(root: str, site: str) -> str:
    """The site's address if its API is in the usual place, else the API's address."""
    usual = site.partition("?")[0].partition("#")[0].rstrip("/") + "/wp-json"
    return site if root.rstrip("/") == usual else root
