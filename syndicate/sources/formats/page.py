"""Parses an HTML page into one article: JSON-LD, Open Graph and plain meta tags. Nothing is guessed."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Literal
from urllib.parse import urlsplit

from syndicate.aliases import folded, is_same_page
from syndicate.dates import Moment, parse
from syndicate.errors import SourceError
from syndicate.model import Article, Image
from syndicate.model.pattern import pattern
from syndicate.net.address_guard import bare
from syndicate.net.unpacking import BODY_BYTES
from syndicate.sources.formats.jsonld import NOTHING, Thing, described
from syndicate.sources.formats.own_story import Signs, own_headline, own_story
from syndicate.sources.parsing import html_text, summaries
from syndicate.sources.parsing.bot_challenges import HINT, challenger
from syndicate.sources.parsing.fields import address, distinct, language, parted, person
from syndicate.sources.parsing.next_page import same_site
from syndicate.sources.parsing.picture_choice import in_text, is_missing, is_usable, ranked
from syndicate.sources.parsing.xml_tree import decoded

if TYPE_CHECKING:
    from selectolax.lexbor import LexborHTMLParser, LexborNode

SMALL = 250_000
"""Bytes. A page up to this size is read in a few seconds, whatever is in it (20,000 attributes on one tag: 1 s)."""
ACCEPT = "text/html, application/xhtml+xml;q=0.9, */*;q=0.1"
_FEEDS = pattern(r"application/(?:rss|atom|rdf|feed)\+(?:xml|json)")
_JSON_FEED = pattern(r"feed[^/]*(?:\.json|/json)?/?$", re.IGNORECASE)  # version 1 had no MIME type of its own
_FEED = re.compile(rb"<(?:rss|feed|rdf:rdf)[\s>]")
_META_CHARSET = re.compile(rb"""<meta[^>]{1,200}?charset\s*=\s*["']?\s*([\w.:-]+)""", re.IGNORECASE)
_PUBLISHED = ("article:published_time", "og:article:published_time", "og:published_time", "datepublished")
_ISSUED = (
    "dc.date.issued", "dcterms.issued", "dcterms.created", "parsely-pub-date", "publish-date", "publish_date",
    "pubdate",
)  # fmt: skip
_UPDATED = ("article:modified_time", "og:article:modified_time", "og:updated_time", "datemodified", "dcterms.modified")


_SITE_AT_END = pattern(r"\s+[-–—|·•:»«]\s+")
_MARKED = ("[itemprop~=datePublished]", "[pubdate]")
_ADDRESS = pattern(r"://|^www\.|\.com/")
TIMES = 100  # times of one page that are looked at
HEADINGS = 3  # of a page, among which is its story's
_OTHERS = ("a", "li", "article", "nav")  # what teasers and comments are made of


def parse_page(
    body: bytes,
    *,
    source: str,
    url: str,
    content_type: str | None,
    timezone: str = "UTC",
    now: datetime | None = None,
) -> Article:
    """The article of a page found at `url`. Raises SourceError if it is not HTML or has no title."""
    shown = bare(url) or source
    refuse(body, content_type, shown)
    if len(body) > SMALL:
        from syndicate.sources.parsing import isolated

        return isolated.page(
            body[:BODY_BYTES],
            source=source,
            url=url,
            shown=shown,
            content_type=content_type,
            timezone=timezone,
            now=now,
        )
    return read_here(body, source=source, url=url, shown=shown, content_type=content_type, timezone=timezone, now=now)


def read_here(
    body: bytes,
    *,
    source: str,
    url: str,
    shown: str,
    content_type: str | None,
    timezone: str,
    now: datetime | None,
) -> Article:
    """As `parse_page`, but in this process, however long it takes."""
    page = _Page(body, content_type, url)
    signs = page.signs()
    thing = _about(page, own_story(described(page.scripts()), signs))
    title = own_headline(thing, signs)
    if not title:
        raise SourceError(f"{shown} is a page without a title")
    canonical = page.canonical()
    issued = (*page.metas(_PUBLISHED), page.marked(*_MARKED), *page.metas(_ISSUED))
    published = _date((thing.text("datePublished"), *issued), timezone, now)
    modified = (*page.metas(_UPDATED), page.marked("[itemprop~=dateModified]"))
    updated = _date((thing.text("dateModified"), *modified), timezone, now)
    return Article(
        source=source,
        url=address(url, url).partition("#")[0] or canonical or address(thing.text("url"), "") or "",
        title=title,
        summary=page.summary(title) or summaries.summary(thing.text("description"), title=title, url=url),
        canonical_url=canonical,
        published=published.instant if published else None,
        precision=published.precision if published else "second",
        tz_assumed=published.tz_assumed if published else False,
        updated=updated.instant if updated else None,
        authors=_people(thing.names("author")) or page.authors(),
        section=_section(thing.texts("articleSection")) or _section(page.metas(("article:section",))),
        categories=distinct(map(html_text.title, thing.keywords())) or page.categories(),
        images=ranked(_described(page.images(), thing.images(url)), shown=page.pictures),
        language=language(thing.language()) or page.language(),
        kind=thing.kind if thing.kind != "article" else page.kind(),
    )


def _about(page: _Page, thing: Thing) -> Thing:
    """`thing`, unless it is a film or recording with another title that the page's article only shows."""
    if thing.kind not in ("audio", "video") or page.meta("og:type") != "article":
        return thing
    title = html_text.title(thing.text("headline", "name"))
    return thing if title and title in page.title() else NOTHING


def claims(body: bytes, url: str, content_type: str | None) -> tuple[list[str], str | None, dict[str, str]]:
    """A page's robots directives, its canonical address if that is on this site, and its records (standard.site): type
    to at:// address. Raises SourceError.
    """
    page = _beginning(body, content_type, url)
    return page.metas(("robots", "googlebot")), page.canonical(), _records(page)


def _records(page: _Page) -> dict[str, str]:
    """The first of each kind: `<link rel="site.standard.document" href="at://…">`."""
    found: dict[str, str] = {}
    for link in page.tree.css("link[rel][href]"):
        there = (link.attributes.get("href") or "").strip()
        for kind in (link.attributes.get("rel") or "").lower().split():
            if kind in ("site.standard.document", "site.standard.publication") and there.startswith("at://"):
                found.setdefault(kind, there)
    return found


def find_feeds(body: bytes, url: str) -> list[tuple[str, str, str]]:
    """The feeds a page names: title, address, MIME type, in the page's order."""
    page = _beginning(body, None, url)
    found: dict[str, tuple[str, str, str]] = {}
    for link in page.tree.css("link[rel][href]"):
        kind = (link.attributes.get("type") or "").lower().strip()
        there = address(link.attributes.get("href"), page.base)
        is_feed = _FEEDS.fullmatch(kind) or (kind == "application/json" and _JSON_FEED.search(there))
        if "alternate" in (link.attributes.get("rel") or "").lower().split() and is_feed and there:
            found.setdefault(there, (html_text.line(link.attributes.get("title") or ""), there, kind))
    return list(found.values())


def find_linked(body: bytes, url: str) -> list[str]:
    """The addresses on its own site that a page links to, each once, in order."""
    page = _beginning(body, None, url)
    links = (address(link.attributes.get("href"), page.base) for link in page.tree.css("a[href]"))
    return [there for there in dict.fromkeys(links) if there and same_site(there, url)]


def find_generator(body: bytes, url: str) -> str:
    """The program that made a page, from its generator tag; "" without one."""
    return _beginning(body, None, url).meta("generator")


def find_language(body: bytes, url: str) -> str | None:
    """The language that a page states (`<html lang>`, og:locale); None if it states none."""
    return _beginning(body, None, url).language()


def find_link(body: bytes, url: str, rel: str) -> str | None:
    """The address of a page's first link with this relation."""
    page = _beginning(body, None, url)
    link = page.tree.css_first(f'link[rel="{rel}"][href]')
    return address(link.attributes.get("href") if link else None, page.base) or None


def site_name(body: bytes, url: str) -> str:
    """The site's name on its front page, else its host."""
    page = _beginning(body, None, url)
    return page.meta("og:site_name") or page.meta("application-name") or page.title() or urlsplit(url).hostname or url


def _beginning(body: bytes, content_type: str | None, url: str) -> _Page:
    """Parse the beginning of a page, enough to contain its head. Raises SourceError."""
    refuse(body, content_type, url)
    return _Page(body[:SMALL], content_type, url)


class _Page:
    """A parsed page and its meta tags: names in lower case to their values in order."""

    def __init__(self, body: bytes, content_type: str | None, url: str) -> None:
        from selectolax.lexbor import LexborHTMLParser

        text = _characters(body, content_type)
        self.tree: LexborHTMLParser = LexborHTMLParser(text.replace("\0", ""))
        self.url = url
        start = self.tree.css_first("base[href]")
        self.base = (address(start.attributes.get("href"), url) if start else "") or url
        self._metas: list[tuple[str, str]] = []
        for node in self.tree.css("meta[content]"):
            said = node.attributes
            name = said.get("property") or said.get("name") or _not_a_date(said.get("itemprop"))
            content = (said.get("content") or "").strip()
            if name and content and not is_missing(content):
                self._metas.append((name.strip().lower(), content))

    def metas(self, names: tuple[str, ...]) -> list[str]:
        """All values under these names, by name and then in order."""
        return [value for wanted in names for name, value in self._metas if name == wanted]

    def meta(self, name: str) -> str:
        """The first value under these names as one line; the parser has decoded attributes already."""
        return html_text.declared_plain(next(iter(self.metas((name,))), ""))

    def scripts(self) -> list[str]:
        return [node.text() for node in self.tree.css('script[type*="ld+json"]')]

    def title(self) -> str:
        node = self.tree.css_first("head > title") or self.tree.css_first("title")
        said = self.meta("og:title") or html_text.declared_plain(node.text() if node else "")
        return self._without_site(said)

    def _without_site(self, said: str) -> str:
        """A title without the site's name at its end, if the page's headline or og:site_name shows that it is that."""
        ends = [found.start() for found in _SITE_AT_END.finditer(said)]
        if not ends:
            return said
        begun, name = said[: ends[-1]], _SITE_AT_END.sub("", said[ends[-1] :], count=1)
        headings = {folded(node.text()) for node in self.tree.css("h1")}
        shorter = [said[:end] for end in ends if folded(said[:end]) in headings]
        if folded(said) in headings:
            return said
        if shorter:
            return shorter[0]
        return begun if begun and folded(name) == folded(self.meta("og:site_name")) else said

    def signs(self) -> Signs:
        """What the page says of itself, to know its own story by."""
        headings = [html_text.line(node.text()) for node in self.tree.css("h1")[:HEADINGS]]
        places = [each for each in (self.url, self.canonical()) if each]
        return Signs(places, self.title(), headings)

    def summary(self, title: str) -> str:
        names = ("og:description", "description", "twitter:description")
        said = (summaries.summary(html_text.as_markup(text), title=title, url=self.url) for text in self.metas(names))
        return next(filter(None, said), "")

    def canonical(self) -> str | None:
        """rel=canonical, else og:url, if it is on this site, and not the front page's address on an inner page."""
        link = self.tree.css_first('link[rel~="canonical"][href]')
        said = [link.attributes.get("href") if link else None, *self.metas(("og:url",))]
        for url in (address(text, self.base) for text in said):
            if url and (not self.url or _is_its_own(url, self.url)):
                return url.partition("#")[0]
        return None

    def marked(self, *selectors: str) -> str:
        """The time in a `<time>` or `<meta>` element of the page; if they differ, the first near the headline."""
        nodes = self.tree.css(",".join(f"time{each}[datetime],meta{each}[content]" for each in selectors))[:TIMES]
        said = [node.attributes.get("datetime") or node.attributes.get("content") or "" for node in nodes]
        dates = [(text, node) for text, node in zip(said, nodes, strict=True) if parse(text)]
        if len({text for text, _ in dates}) > 1:
            dates = [(text, node) for text, node in dates if _is_with_headline(node)]
        return next((text for text, _ in dates), "")

    def authors(self) -> tuple[str, ...]:
        return _people(self.metas(("author", "article:author", "dc.creator")))

    def categories(self) -> tuple[str, ...]:
        tags = self.metas(("article:tag",))
        keywords = tags or self.metas(("news_keywords", "keywords"))
        return distinct(
            map(
                html_text.declared_plain,
                tags if len(tags) > 1 else (label for said in keywords for label in parted(said)),
            )
        )

    def language(self) -> str | None:
        node = self.tree.css_first("html")
        return language(node.attributes.get("lang") if node else None) or language(self.meta("og:locale"))

    def kind(self) -> Literal["article", "audio", "video"]:
        said = self.meta("og:type")
        return "video" if said.startswith("video.") else "audio" if said.startswith("music.") else "article"

    def images(self) -> list[Image]:
        """Open Graph's pictures: a property such as og:image:alt belongs to the og:image before it."""
        found: list[dict[str, str]] = []
        for name, value in self._metas:
            if name in ("og:image", "og:image:url"):
                if not found or name == "og:image" or found[-1].get("og:image") != value:
                    found.append({"og:image": value})
            elif name.startswith("og:image:") and found:
                found[-1].setdefault(name, value)
        tweeted = {"og:image": self.meta("twitter:image"), "og:image:alt": self.meta("twitter:image:alt")}
        images = [image for image in map(self._image, found) if is_usable(image)]
        return images or [image for image in (self._image(tweeted),) if is_usable(image)]

    def _image(self, said: dict[str, str]) -> Image:
        width, height = said.get("og:image:width", ""), said.get("og:image:height", "")
        return Image(
            address(said.get("og:image:secure_url") or said["og:image"], self.base),
            alt=html_text.declared_plain(said.get("og:image:alt", "")),
            width=int(width) if width.isdecimal() and len(width) < 7 else None,
            height=int(height) if height.isdecimal() and len(height) < 7 else None,
            type=said.get("og:image:type"),
        )

    def pictures(self) -> tuple[Image, ...]:
        """The pictures of the article's text, for pages whose metadata has none that is large."""
        node: LexborNode | None = self.tree.css_first("article") or self.tree.css_first("main")
        return in_text((node.html if node else "") or "", self.base)


def _not_a_date(itemprop: str | None) -> str | None:
    """The name of a property unless it is a date, since each teaser on a page has dates of its own."""
    return None if itemprop is not None and itemprop.startswith("date") else itemprop


def _is_with_headline(node: LexborNode) -> bool:
    """Whether an element belongs to the page's article, not to a teaser, a list or a comment."""
    around = node.parent
    while around is not None and around.css_first("h1") is None:
        if around.tag in _OTHERS:
            return False
        around = around.parent
    return True


def _people(said: Iterable[str]) -> tuple[str, ...]:
    """Names of people; some pages give the address of a profile instead."""
    return distinct(person(name) for name in said if not _ADDRESS.search(name))


def refuse(body: bytes, content_type: str | None, shown: str) -> None:
    """Raise SourceError for a document that cannot be a page, saying what it is."""
    kind = (content_type or "text/html").partition(";")[0].strip().lower()
    start = body[:5000].replace(b"\0", b"").lower()
    if not start.strip():
        raise SourceError(f"{shown} is an empty document, not a page")
    if kind not in ("text/html", "application/xhtml+xml", "text/plain", "") or b"<" not in start:
        raise SourceError(f"{shown} is not an HTML page ({kind})")
    if _FEED.search(start) and b"<html" not in start:
        raise SourceError(f"{shown} is a feed, not a page", hint="use it as a source of type feed")
    who = challenger(body)
    if who:
        raise SourceError(f"{shown} is a bot check of {who}, not the page", hint=HINT)


def _characters(body: bytes, content_type: str | None) -> str:
    """The page's charset, from HTTP's header, else from its own meta tag."""
    declared = _META_CHARSET.search(body[:SMALL])
    if declared and "charset" not in (content_type or "").lower():
        content_type = f"text/html; charset={declared[1].decode()}"
    said = decoded(body, content_type)
    if isinstance(said, str):
        return said
    try:
        return said.decode("utf-8")
    except UnicodeDecodeError:
        return said.decode("utf-8" if declared else "cp1252", "replace")


def _date(texts: tuple[str, ...], timezone: str, now: datetime | None) -> Moment | None:
    return next((moment for text in texts if (moment := parse(text, timezone=timezone, now=now))), None)


def _section(parts: list[str]) -> str | None:
    """A section's path in one form, such as "News > Russia"."""
    steps = [html_text.title(step) for part in parts for step in re.split(r">|&gt;", part)]
    return " > ".join(step for step in steps if step) or None


def _is_its_own(url: str, page: str) -> bool:
    """Whether a page may have this address: not another site's, and the front page's only if it is the front page.

    A site for phones and the site itself are one.
    """
    there, here = urlsplit(url), urlsplit(page)
    is_front = there.path in ("", "/") and not there.query
    return (same_site(url, page) or is_same_page(page, url)) and not (is_front and here.path not in ("", "/"))


def _described(shared: list[Image], told: list[Image]) -> tuple[Image, ...]:
    """Open Graph's pictures first, as they are meant for sharing, with JSON-LD's details of the same files."""
    from dataclasses import replace

    by_path = {urlsplit(image.url).path: image for image in reversed(told)}
    images: dict[str, Image] = {}
    for image in shared:
        more = by_path.get(urlsplit(image.url).path)
        if more:
            image = replace(  # noqa: PLW2901 - the same picture, told in full
                image,
                alt=image.alt or more.alt,
                caption=more.caption,
                credit=more.credit,
                width=image.width or (more.width if image.url == more.url else None),
                height=image.height or (more.height if image.url == more.url else None),
            )
        images.setdefault(image.url, image)
    paths = {urlsplit(url).path for url in images}
    for image in told:
        if urlsplit(image.url).path not in paths:
            images.setdefault(image.url, image)
    return tuple(images.values())
