"""Tells a login, password or welcome page from the story whose link was redirected to it. Pure.

A page at the story's own address is believed, whatever is on it. One that a redirect led to has to name the story:
by its headline, by its address, or by the last part of that in its own address, as a page that moved does.
"""

from __future__ import annotations

import re
from html import unescape
from urllib.parse import unquote, urlsplit

from syndicate.aliases import folded, urlkey
from syndicate.model import Article
from syndicate.model.pattern import pattern
from syndicate.ports import Reply

_READ = 500_000  # bytes
_LOGIN = pattern(r"<input[^<>]{0,500}?\stype\s*=\s*[\"']?password", re.IGNORECASE)
_HEADING = pattern(r"<(title|h[12])(?:\s[^<>]{0,2000})?>(.{0,3000}?)</\1", re.IGNORECASE | re.DOTALL)
_META = pattern(r"<(?:meta|link)\s[^<>]{0,4000}>", re.IGNORECASE)
_NAMED = pattern(r"(?:og|twitter):(?:title|url)|rel\s*=\s*[\"']?canonical", re.IGNORECASE)
_VALUE = pattern(r"(?:content|href)\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'>]+))", re.IGNORECASE)
_TAG = pattern(r"<[^<>]*>")
_SHARE = 0.6  # of a headline's words, for one that was edited since
_LEAST = 4  # letters of the last part of an address that names a story


def told(article: Article, reply: Reply) -> str | None:
    """Why the page is not the story's; None if it is, or if that cannot be told."""
    if urlkey(reply.url) == urlkey(article.url) or "html" not in reply.headers.get("content-type", "html"):
        return None
    page = reply.body[:_READ].decode("utf-8", "replace")
    said = _claims(page)
    if _names_headline(article.title, said) or any(_is_its_address(text, article) for text in said):
        return None
    if _LOGIN.search(page):
        return f"its link leads to a page that asks for a password or login, {reply.url}"
    if _last(article.url) and _last(article.url) == _last(reply.url):
        return None
    return f"its link leads to a page that names neither its headline nor its address, {reply.url}"


def _claims(page: str) -> list[str]:
    """What a page says it is: its title and first headings, and the titles and addresses in its head."""
    found = [unescape(_TAG.sub(" ", words)) for _, words in _HEADING.findall(page)[:20]]
    for tag in _META.findall(page):
        if _NAMED.search(tag):
            found += [unescape(a or b or c) for a, b, c in _VALUE.findall(tag)]
    return found


def _names_headline(title: str, said: list[str]) -> bool:
    """Whether one of these texts has the headline, or most of its words."""
    wanted = folded(title)
    words = set(wanted.split())
    if not words:
        return False
    for text in map(folded, said):
        if wanted in text or len(words & set(text.split())) >= max(2, _SHARE * len(words)):
            return True
    return False


def _is_its_address(text: str, article: Article) -> bool:
    return text.startswith(("http://", "https://")) and urlkey(text) in {
        urlkey(url) for url in (article.url, article.canonical_url) if url
    }


def _last(url: str) -> str:
    """The last part of an address's path, without its ending; "" if it is too short to name a story."""
    part = unquote(urlsplit(url).path).rstrip("/").rpartition("/")[2].partition(".")[0].lower()
    return part if len(part) >= _LEAST and part != "index" else ""
