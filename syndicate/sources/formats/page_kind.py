"""Tells articles from fixed pages, tag pages and pages of authors: by sitemap, by address, by what the page says."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from syndicate.dates import parse
from syndicate.model.dataclass import dataclass

if TYPE_CHECKING:
    from selectolax.lexbor import LexborHTMLParser, LexborNode

_READ = 250_000  # bytes
_TIMES = 50
_PROSE = 160
"""Characters; a time in a paragraph that is longer is told of, and is not the article's own."""

# How WordPress, Yoast, Rank Math, All in One SEO, Ghost and Shopify name the files of their indexes.
_FILES = {
    "taxonomies": "tags", "taxonomy": "tags", "category": "tags", "categories": "tags", "tag": "tags", "tags": "tags",
    "author": "authors", "authors": "authors", "user": "authors", "users": "authors", "collections": "products",
    "products": "products", "product": "products", "attachment": "files", "attachments": "files",
}  # fmt: skip
_PAGES = frozenset({"page", "pages"})
_STORIES = frozenset({"post", "posts", "article", "articles", "news", "blog", "blogs"})
_FOLDERS = {
    "tag": "tags", "tags": "tags", "category": "tags", "categories": "tags", "author": "authors", "authors": "authors",
    "page": "a list",
}  # fmt: skip
_FIXED = frozenset({
    "about", "about-us", "contact", "contact-us", "imprint", "impressum", "kontakt", "privacy", "privacy-policy",
    "datenschutz", "terms", "terms-of-service", "cookies", "cookie-policy", "search", "login", "subscribe",
})  # fmt: skip
_LISTS = frozenset({"archive", "category", "tag", "author", "search", "error404", "attachment", "tag-template",
                    "author-template", "home-template", "post-type-archive"})  # fmt: skip
_OTHERS = ("li", "article", "nav", "aside", "footer")
_TYPE = re.compile(r'"@type"\s*:\s*\[?\s*"(?:https?://schema\.org/)?(\w+)"')
_ARTICLE = re.compile(r"\w*Article|\w*(?:Blog|Media)Posting|Report|Review|Recipe|PodcastEpisode")
_LISTING = frozenset({"CollectionPage", "ItemList", "ProfilePage", "SearchResultsPage", "AboutPage", "ContactPage"})


@dataclass(frozen=True, slots=True)
class Judged:
    """What a page is. `is_fixed`: it says itself that it is none that is announced; `why`: why it is no article.

    `stated` is the earliest time near its headline that is not in the future.
    """

    is_article: bool
    is_fixed: bool = False
    why: str = ""
    stated: datetime | None = None


def of_file(url: str, others: Sequence[str]) -> str | None:
    """What the pages of one file of an index are, if they are no articles: tags, authors, fixed text and so on.

    "page" in a name may be a number's ("sitemap-page-2.xml"), so it counts beside a file of posts.
    """
    words = _words(url)
    found = next((_FILES[word] for word in words if word in _FILES), None)
    if found or not _PAGES.intersection(words):
        return found
    beside = any(_STORIES.intersection(named) and not _PAGES.intersection(named) for named in map(_words, others))
    return "fixed text" if beside else None


def of_address(url: str) -> str | None:
    """What a page is by its address, if it is no article: the front page, a tag, an author, an imprint."""
    steps = [step.lower() for step in urlsplit(url).path.split("/") if step]
    if not steps:
        return None if urlsplit(url).query else "the front"
    if len(steps) > 1 and steps[-2] in _FOLDERS and (steps[-2] != "page" or steps[-1].isdecimal()):
        return _FOLDERS[steps[-2]]
    return "fixed text" if len(steps) == 1 and steps[0].partition(".")[0] in _FIXED else None


def judge(body: bytes, url: str, *, timezone: str, now: datetime) -> Judged:
    """What a page is, by its body's classes (WordPress, Ghost), Open Graph, JSON-LD and headline."""
    from selectolax.lexbor import LexborHTMLParser

    tree = LexborHTMLParser(body[:_READ].decode("utf-8", "replace").replace("\0", ""))
    node = tree.css_first("body")
    classes = set(((node.attributes.get("class") if node else "") or "").split())
    if any(name.startswith("page-id-") for name in classes) or "page-template" in classes:
        return Judged(is_article=False, is_fixed=True, why="it is a fixed page, as it says itself")
    single = (
        "single-post" in classes or "post-template" in classes or any(name.startswith("postid-") for name in classes)
    )
    if not single and _LISTS & classes:
        return Judged(is_article=False, is_fixed=True, why="it is a list of articles, as it says itself")
    if not (single or _says_article(tree) or _has_one_headline(tree)):
        return Judged(is_article=False, why="it does not say that it is an article (og:type, JSON-LD, <article>)")
    return Judged(is_article=True, stated=_stated(tree, url, timezone, now))


def _words(url: str) -> list[str]:
    return re.findall(r"[a-z]+", urlsplit(url).path.rpartition("/")[2].lower())


def _says_article(tree: LexborHTMLParser) -> bool:
    kinds = {kind for node in tree.css('script[type*="ld+json"]') for kind in _TYPE.findall(node.text())}
    if kinds & _LISTING:
        return False
    if any(_ARTICLE.fullmatch(kind) for kind in kinds):
        return True
    node = tree.css_first('meta[property="og:type"]')
    return ((node.attributes.get("content") if node else "") or "").strip().lower() == "article"


def _has_one_headline(tree: LexborHTMLParser) -> bool:
    """Whether the page has one `<article>` with an `<h1>`."""
    return len([node for node in tree.css("article") if node.css_first("h1")]) == 1 and len(tree.css("h1")) == 1


def _stated(tree: LexborHTMLParser, url: str, timezone: str, now: datetime) -> datetime | None:
    found: list[datetime] = []
    for node in tree.css("time[datetime]")[:_TIMES]:
        moment = parse(node.attributes.get("datetime") or "", timezone=timezone, now=now)
        if moment and moment.instant <= now and _is_articles(node, url):
            found.append(moment.instant)
    return min(found, default=None)


def _is_articles(node: LexborNode, url: str) -> bool:
    """Whether a time belongs to the page's headline: not to a teaser, a comment, or a sentence."""
    around = node.parent
    while around is not None and around.css_first("h1") is None:
        if around.tag in _OTHERS or (around.tag == "p" and len(around.text()) > _PROSE):
            return False
        if around.tag == "a" and not _is_same(around.attributes.get("href") or "", url):
            return False
        around = around.parent
    return around is not None


def _is_same(href: str, url: str) -> bool:
    return urlsplit(href).path.rstrip("/").rpartition("/")[2] == urlsplit(url).path.rstrip("/").rpartition("/")[2]
