"""Reads articles from Ghost's Content API (https://docs.ghost.org/content-api/posts).

The API has published posts only, newest first. Titles are plain text, captions HTML. A tag whose name
begins with # is internal (`visibility`) and not shown to readers. Pages hold at most 100 posts.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from syndicate.aliases import site_host
from syndicate.errors import SourceError
from syndicate.model import Article, Image, LeftOut, Reading, Secret, Validators
from syndicate.net.address_guard import bare
from syndicate.ports import Http
from syndicate.sources import fetch, paging
from syndicate.sources.fetch import Visited
from syndicate.sources.parsing import html_text, json_fields, notes, summaries, withheld
from syndicate.sources.parsing.fields import (
    ENTRIES,
    LinkRule,
    Namespaces,
    ParseContext,
    Parsed,
    address,
    distinct,
    noted,
)
from syndicate.sources.parsing.json_fields import mapping, objects, pixels, text
from syndicate.sources.parsing.omissions import nameless, sorted_out
from syndicate.sources.parsing.overrides import overridden
from syndicate.sources.parsing.picture_choice import in_text, ranked

ACCEPT = "application/json"
POSTS = "/ghost/api/content/posts/"
NOTE = "#note"
"""The internal tag by which a post says that it is a note: Ghost wants a title of every post."""
_HINTS = {
    401: "this site does not accept the key: copy the Content API key from Ghost Admin, Settings, Integrations",
    403: "this site does not accept the key: copy the Content API key from Ghost Admin, Settings, Integrations",
    404: "give the address under which Ghost Admin is reached, without /ghost",
}


class GhostSource:
    """ports.Source for a site on Ghost. `url` is the site's address, or that of its Content API."""

    def __init__(
        self,
        name: str,
        url: str,
        http: Http,
        *,
        key: Secret,
        timezone: str = "UTC",
        overrides: str = "",
        words: bool = False,
    ) -> None:
        self.name = name
        self._url = endpoint(url)
        self._http = http
        self._key = key
        self._timezone = timezone
        self._overrides = overrides
        self._rule = LinkRule(words=words)

    def fetch(self, validators: Validators) -> Reading:
        """The newest posts, one page of them; further pages if all of the first is new."""
        before, mark = paging.split(validators)
        visited = self._get(before, {"limit": str(paging.SIZE)})
        if not visited.modified:
            return paging.unchanged(visited, mark)

        def more(since: datetime, page: int, size: int) -> Parsed:
            after = since.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S")
            params = {"limit": str(size), "page": str(page), "filter": f"published_at:>'{after}'"}
            return self._read(self._get(Validators(), params))

        return paging.fetched(visited, self._read(visited), mark, more)

    def _get(self, validators: Validators, params: dict[str, str]) -> Visited:
        asked = {"key": str(self._key), "include": "authors,tags", **params}
        return fetch.get(self._http, self._url, validators, accept=ACCEPT, params=asked, hints=_HINTS)

    def _read(self, visited: Visited) -> Parsed:
        reply = visited.reply
        names = Namespaces("", "")
        reader = ParseContext(
            self.name, self._url, self._timezone, reply.received_at, names, rule=self._rule, overrides=self._overrides
        )
        data = json_fields.load(reply.body, url=bare(self._url), what="Ghost's list of posts")
        return noted(read(data, reader, url=bare(self._url)), reader)


def endpoint(url: str) -> str:
    """Where a site's Content API lists posts."""
    parts = urlsplit(url)
    start = parts.path.partition("/ghost/")[0].rstrip("/").removesuffix("/ghost")
    return urlunsplit(parts._replace(path=start + POSTS, query="", fragment=""))


def is_one(data: Any) -> bool:
    """Whether a JSON document is Ghost's list of posts."""
    return isinstance(mapping(data).get("posts"), list)


def read(data: Any, reader: ParseContext, *, url: str) -> Parsed:
    """The published posts of a list, in order. Raises SourceError if the document is not Ghost's list of posts."""
    if not is_one(data):
        said = [text(one.get("message")) for one in objects(mapping(data).get("errors"))]
        complaint = f" (it says: {html_text.line(said[0])[:200]})" if said else ""
        raise SourceError(f"{url} is a JSON document, not Ghost's list of posts{complaint}")
    listed = data["posts"]
    posts = objects(listed[:ENTRIES])
    articles, left_out = sorted_out(posts, lambda post: _article(post, reader), reader, _withheld)
    return Parsed(articles, len(listed), left_out=left_out)


def _withheld(post: dict[str, Any]) -> str:
    """Why a post is not meant to be announced; "" if it is."""
    if post.get("email_only") is True or post.get("status") == "sent":
        return withheld.MAILED
    return "" if text(post.get("status")) in ("", "published") else withheld.UNPUBLISHED


def _article(post: dict[str, Any], reader: ParseContext) -> Article | LeftOut:
    """The article of a post; left out if it has neither title nor address."""
    before, guid = len(reader.hostless), text(post.get("id")) or None
    url = reader.link(text(post.get("url")))
    title = html_text.shortened(html_text.declared_plain(text(post.get("title"))))
    if not url and not title:
        return nameless(guid, reader, before)
    published, updated = reader.stated(text(post.get("published_at"))), reader.stated(text(post.get("updated_at")))
    tags = [tag for tag in objects(post.get("tags")) if _is_public(tag)]
    main = mapping(post.get("primary_tag"))
    excerpts = (text(post.get(name)) for name in ("custom_excerpt", "meta_description", "og_description", "excerpt"))
    people = objects(post.get("authors")) or objects(post.get("primary_author"))
    raw = {name: said for name in ("visibility",) if (said := html_text.declared_plain(text(post.get(name))))}
    article = Article(
        source=reader.source,
        url=url,
        title=title,
        summary=summaries.told(title, url, map(html_text.as_markup, excerpts), [text(post.get("html"))]),
        guid=guid,
        canonical_url=_canonical(post, url),
        published=published.instant if published else None,
        precision=published.precision if published else "second",
        tz_assumed=published.tz_assumed if published else False,
        updated=updated.instant if updated else None,
        authors=distinct(html_text.declared_plain(text(one.get("name"))) for one in people),
        section=next((label for tag in (main, *tags) if _is_public(tag) and (label := _label(tag))), None),
        categories=distinct(map(_label, tags)),
        images=_images(post, reader.base),
        language=reader.language,
        raw=raw | reader.refused(url, before),
    )
    content, described = text(post.get("html")), html_text.as_markup(text(post.get("custom_excerpt")))
    marks = [text(tag.get("name")).casefold() for tag in objects(post.get("tags"))]
    article = notes.told(article, reader, lambda: [content], lambda: [described], said=NOTE in marks)
    return overridden(article, {reader.overrides: _said(marks, reader.overrides)}, f"{url}, its tags", reader)


def _said(marks: Iterable[str], name: str) -> dict[str, Any]:
    """What internal tags say of how a post is announced: `#no-social`, `#no-social-masto`, `#social-masto`."""
    named = name.casefold()
    only = [mark.removeprefix(f"#{named}-") for mark in marks if mark.startswith(f"#{named}-")]
    never = [mark.removeprefix(f"#no-{named}-") for mark in marks if mark.startswith(f"#no-{named}-")]
    said: dict[str, Any] = dict.fromkeys(never, False)
    said |= {"accounts": only} if only else {}
    return said | ({"post": False} if f"#no-{named}" in marks else {})


def _is_public(tag: dict[str, Any]) -> bool:
    return text(tag.get("visibility")) in ("", "public") and not text(tag.get("name")).startswith("#")


def _label(tag: dict[str, Any]) -> str:
    return html_text.declared_plain(text(tag.get("name")))


def _canonical(post: dict[str, Any], url: str) -> str | None:
    """The post's canonical address, if it is on the same site."""
    there = address(text(post.get("canonical_url")), url)
    return there if there and site_host(there) == site_host(url) else None


def _images(post: dict[str, Any], base: str) -> tuple[Image, ...]:
    """The feature image with its alt text and caption, then those for sharing; without any, the first in the text."""
    unique: dict[str, Image] = {}
    for name in ("feature_image", "og_image", "twitter_image"):
        url = address(text(post.get(name)), base)
        if url:
            alt, caption = text(post.get(f"{name}_alt")), text(post.get(f"{name}_caption"))
            size = (pixels(post.get(f"{name}_width")), pixels(post.get(f"{name}_height")))
            unique.setdefault(url, Image(url, html_text.declared_plain(alt), html_text.text(caption), "", *size))
    return ranked(unique.values(), shown=lambda: in_text(text(post.get("html")), base))
