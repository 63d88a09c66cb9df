"""Reads articles from WordPress's REST API (https://developer.wordpress.org/rest-api/reference/posts/).

`_embed` adds author, terms and featured picture; with `_fields` the API gives them only if `_links` and
`_embedded` are named too. `date_gmt` is UTC without saying so. Texts are rendered as HTML. A
post's main category is not in the API: plugins may show it in `meta`, and permalinks with
`%category%` have its slug.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from syndicate.errors import SourceError
from syndicate.model import Article, Image, LeftOut, Reading, Validators
from syndicate.net.address_guard import bare
from syndicate.ports import Http, Reply
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
    language,
    noted,
)
from syndicate.sources.parsing.json_fields import mapping, objects, pixels, text, texts
from syndicate.sources.parsing.omissions import nameless, sorted_out
from syndicate.sources.parsing.overrides import overridden
from syndicate.sources.parsing.picture_choice import in_text, ranked

ACCEPT = "application/json"
POSTS = "/wp/v2/posts"
_EMBED = "author,wp:featuredmedia,wp:term"
_FIELDS = (
    "id,date,date_gmt,modified_gmt,guid,link,status,title,excerpt,content,format,lang,meta,categories,"
    "jetpack_featured_media_url,_links,_embedded"
)
_MAIN_CATEGORY = ("_yoast_wpseo_primary_category", "rank_math_primary_category", "_primary_term_category")
NOTES = ("status", "aside", "quote", "link", "image")
"""The formats of posts that are notes (https://developer.wordpress.org/advanced-administration/wordpress/post-formats/):
"Typically styled without a title"."""
_LINK = re.compile(r"<([^<>]*)>\s*;\s*rel=\"?https://api\.w\.org/\"?")
_HINTS = {
    401: "the site does not open its REST API to the public; use its feed, as a source of type feed",
    403: "the site does not open its REST API to the public; use its feed, as a source of type feed",
}


class WordPressSource:
    """ports.Source for a site on WordPress. `url` is the site's address, or that of its API."""

    def __init__(
        self, name: str, url: str, http: Http, *, timezone: str = "UTC", overrides: str = "", words: bool = False
    ) -> None:
        self.name = name
        self._url = url
        self._http = http
        self._timezone = timezone
        self._overrides = overrides
        self._rule = LinkRule(words=words)

    def fetch(self, validators: Validators) -> Reading:
        """The newest posts, one page of them; further pages if all of the first is new."""
        before, mark = paging.split(validators)
        root, visited = self._visit(before)
        if not visited.modified:
            return paging.unchanged(visited, mark)
        first = self._read(visited, endpoint(root))

        def more(since: datetime, page: int, size: int) -> Parsed:
            params = _params(size, page) | {"after": since.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")}
            try:
                return self._read(self._get(root, Validators(), params), endpoint(root))
            except SourceError as fault:
                if page > 1 and fault.status == 400:  # a page after the last one (rest_post_invalid_page_number)
                    return Parsed((), 0, ())
                raise

        return paging.fetched(visited, first, mark, more)

    def _visit(self, validators: Validators) -> tuple[str, Visited]:
        """Find the API, at its usual address or where the site says, and fetch its list of posts."""
        if is_root(self._url):
            return self._url, self._get(self._url, validators, _params(paging.SIZE))
        usual = self._url.partition("?")[0].partition("#")[0].rstrip("/") + "/wp-json"
        try:
            visited = self._get(usual, validators, _params(paging.SIZE))
        except SourceError as fault:
            root = self._announced() if fault.status == 404 else None
            if root is None or root.rstrip("/") == usual:
                raise
        else:
            root = self._announced() if visited.modified and _is_page(visited.reply) else None
            if root is None or root.rstrip("/") == usual:
                return usual, visited
        return root, self._get(root, validators, _params(paging.SIZE))

    def _announced(self) -> str | None:
        from syndicate.sources.formats.page import ACCEPT as PAGE

        reply = fetch.get(self._http, self._url, Validators(), accept=PAGE).reply
        return find_root(reply.body, reply.headers.get("link", ""), reply.url)

    def _get(self, root: str, validators: Validators, params: dict[str, str]) -> Visited:
        return fetch.get(self._http, endpoint(root), validators, accept=ACCEPT, params=params, hints=_HINTS)

    def _read(self, visited: Visited, url: str) -> Parsed:
        reply = visited.reply
        place, names = reply.url or url, Namespaces("", "")
        reader = ParseContext(
            self.name, place, self._timezone, reply.received_at, names, rule=self._rule, overrides=self._overrides
        )
        data = json_fields.load(reply.body, url=bare(url), what="WordPress's list of posts")
        return noted(read(data, reader, url=bare(url)), reader)


def endpoint(root: str) -> str:
    """The address of an API's list of posts; its root may be a path (`/wp-json`) or a parameter (`?rest_route=/`)."""
    parts = urlsplit(root)
    query = parse_qsl(parts.query, keep_blank_values=True)
    if any(name == "rest_route" for name, _ in query):
        pairs = [(name, POSTS if name == "rest_route" else value) for name, value in query]
        return urlunsplit(parts._replace(query=urlencode(pairs, safe="/"), fragment=""))
    path = parts.path.rstrip("/").removesuffix(POSTS).removesuffix("/wp/v2")
    if "/wp/v2/sites/" in path:  # WordPress.com, whose API is one for all sites
        return urlunsplit(parts._replace(path=path.removesuffix("/posts") + "/posts", fragment=""))
    return urlunsplit(parts._replace(path=path + POSTS, fragment=""))


def is_root(url: str) -> bool:
    """Whether an address is an API's root rather than a site's."""
    parts = urlsplit(url)
    path = parts.path.rstrip("/")
    return (
        any(part in path for part in ("/wp-json", "/wp/v2/sites/"))
        or path.endswith("/wp/v2")
        or "rest_route=" in parts.query
    )


def find_root(body: bytes, links: str, url: str) -> str | None:
    """The address of the site's API, from a page or the Link header it came with."""
    found = _LINK.search(links)
    if found:
        return address(found[1], url) or None
    from syndicate.sources.formats.page import find_link

    return find_link(body, url, "https://api.w.org/")


def is_one(data: Any) -> bool:
    """Whether a JSON document is WordPress's list of posts."""
    return isinstance(data, list) and any("rendered" in mapping(post.get("title")) for post in objects(data[:20]))


def read(data: Any, reader: ParseContext, *, url: str) -> Parsed:
    """The published posts of a list, in order. Raises SourceError if the document is not WordPress's list of posts."""
    if not isinstance(data, list) or (data and not is_one(data)):
        raise SourceError(f"{url} is a JSON document, not WordPress's list of posts{_complaint(data)}")
    posts = objects(data[:ENTRIES])
    articles, left_out = sorted_out(posts, lambda post: _article(post, reader), reader, _withheld)
    return Parsed(articles, len(data), left_out=left_out)


def _withheld(post: dict[str, Any]) -> str:
    """Why a post is not meant to be announced; "" if it is."""
    if text(post.get("status")) not in ("", "publish"):
        return withheld.UNPUBLISHED
    return withheld.LOCKED if _is_locked(post) else ""


def _is_locked(post: dict[str, Any]) -> bool:
    """Whether a post is behind a password: the API says so of its texts, and some copies of it only show the form."""
    parts = [mapping(post.get(name)) for name in ("content", "excerpt")]
    return any(part.get("protected") is True or withheld.is_locked(text(part.get("rendered"))) for part in parts)


def _is_page(reply: Reply) -> bool:
    """Whether the answer is an HTML page: some sites answer unknown addresses with their front page."""
    return reply.headers.get("content-type", "").startswith("text/html")


def _params(size: int, page: int = 1) -> dict[str, str]:
    place = {"page": str(page)} if page > 1 else {}
    return {"per_page": str(size), "_embed": _EMBED, "_fields": _FIELDS, **place}


def _complaint(data: Any) -> str:
    said = html_text.line(text(mapping(data).get("message")))[:200]
    return f" (it says: {said})" if said else ""


def _article(post: dict[str, Any], reader: ParseContext) -> Article | LeftOut:
    """The article of a post; left out if it has neither title nor address."""
    before, guid = len(reader.hostless), html_text.unescape(_rendered(post, "guid")) or None
    url = reader.link(text(post.get("link")))
    title = html_text.shortened(html_text.title(_rendered(post, "title")))
    if not url and not title:
        return nameless(guid, reader, before)
    published = reader.stated(_utc(post.get("date_gmt")), text(post.get("date")))
    updated = reader.stated(_utc(post.get("modified_gmt")))
    terms = [term for listed in _embedded(post, "wp:term") for term in objects(listed)]
    categories = [term for term in terms if term.get("taxonomy") == "category" and term.get("slug") != "uncategorized"]
    tags = [term for term in terms if term.get("taxonomy") == "post_tag"]
    article = Article(
        source=reader.source,
        url=url,
        title=title,
        summary=summaries.told(title, url, [_rendered(post, "excerpt")], [_rendered(post, "content")]),
        guid=guid,
        published=published.instant if published else None,
        precision=published.precision if published else "second",
        tz_assumed=published.tz_assumed if published else False,
        updated=updated.instant if updated else None,
        authors=distinct(html_text.title(text(one.get("name"))) for one in objects(_embedded(post, "author"))),
        section=_section(post, categories, url),
        categories=distinct(map(_label, tags + categories)),
        images=_images(post, reader.base),
        language=language(text(post.get("lang"))) or reader.language,
        kind="video" if post.get("format") == "video" else "audio" if post.get("format") == "audio" else "article",
        raw=_further(terms) | reader.refused(url, before),
    )
    contents, described = _rendered(post, "content"), _rendered(post, "excerpt")
    said = text(post.get("format")) in NOTES
    article = notes.told(article, reader, lambda: [contents], lambda: [described], said=said)
    return overridden(article, _meta(post), f"{url}, its field {reader.overrides}", reader)


def _meta(post: dict[str, Any]) -> dict[str, Any]:
    """The post's own fields; one that may have several values is a list, which is empty where nobody filled it in."""
    found = mapping(post.get("meta"))
    single = {name: value[0] if isinstance(value, list) and len(value) == 1 else value for name, value in found.items()}
    return {name: value for name, value in single.items() if value != []}


def _utc(value: Any) -> str:
    """A date of the API as UTC, which it does not say; a draft's `0000-00-00T00:00:00` is none."""
    said = text(value)
    return f"{said}Z" if re.fullmatch(r"[1-9]\d{3}-\d\d-\d\dT\d\d:\d\d:\d\d", said) else ""


def _rendered(post: dict[str, Any], name: str) -> str:
    value = post.get(name)
    return text(mapping(value).get("rendered")) if isinstance(value, dict) else text(value)


def _embedded(post: dict[str, Any], name: str) -> list[Any]:
    value = mapping(post.get("_embedded")).get(name)
    return value if isinstance(value, list) else []


def _label(term: dict[str, Any]) -> str:
    return html_text.title(text(term.get("name")))


def _section(post: dict[str, Any], categories: list[dict[str, Any]], url: str) -> str | None:
    """The main category: from a plugin's field, else from the permalink, else the first category."""
    main = {text(mapping(post.get("meta")).get(name)) for name in _MAIN_CATEGORY} - {"", "0"}
    path = urlsplit(url).path.strip("/").split("/")
    ranked = [term for term in categories if text(term.get("id")) in main]
    ranked += [term for term in reversed(categories) if text(term.get("slug")) in path]
    return next((label for term in (*ranked, *categories) if (label := _label(term))), None)


def _further(terms: list[dict[str, Any]]) -> dict[str, str]:
    """Terms of the site's own taxonomies, for templates."""
    found: dict[str, list[str]] = {}
    for term in terms[:100]:
        taxonomy = text(term.get("taxonomy"))
        if taxonomy not in ("category", "post_tag", "post_format", ""):
            found.setdefault(taxonomy, []).append(_label(term))
    return {taxonomy: ", ".join(labels) for taxonomy, labels in found.items()}


def _images(post: dict[str, Any], base: str) -> tuple[Image, ...]:
    """The featured picture, else Jetpack's, else the first in the text."""
    named = []
    for media in objects(_embedded(post, "wp:featuredmedia"))[:1]:
        url, mime = address(text(media.get("source_url")), base), text(media.get("mime_type"))
        details = mapping(media.get("media_details"))
        if mime.startswith("image/") or not mime:
            named.append(
                Image(
                    url,
                    alt=html_text.title(text(media.get("alt_text"))),
                    caption=html_text.text(_rendered(media, "caption")),
                    credit=html_text.title(text(mapping(details.get("image_meta")).get("credit"))),
                    width=pixels(details.get("width")),
                    height=pixels(details.get("height")),
                    type=mime or None,
                )
            )
    if not any(image.url for image in named):
        named = [Image(address(next(iter(texts(post.get("jetpack_featured_media_url"))), ""), base))]
    return ranked(named, shown=lambda: in_text(_rendered(post, "content"), base))
