"""Reads names, addresses, dates and people from the elements of RSS and Atom."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import field, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Literal, TypeVar
from urllib.parse import SplitResult, urljoin, urlsplit

from syndicate.addresses import NO_ADDRESS, is_possible, without_acting, without_login
from syndicate.dates import Moment, parse
from syndicate.model import UNREAD_DATE, UNUSABLE, Article, LeftOut
from syndicate.model.dataclass import dataclass
from syndicate.model.pattern import pattern
from syndicate.sources.parsing import html_text

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

Entry = TypeVar("Entry")
ENTRIES = 2000
LONGEST = 8_000
"""Characters of an address or a guid; a longer one counts as missing, since servers refuse it too."""
LONGEST_DATE = 100
EXTRAS = 50  # elements of one entry that nobody else reads
BASE = "{http://www.w3.org/XML/1998/namespace}base"
LANG = "{http://www.w3.org/XML/1998/namespace}lang"
ATOM = "http://www.w3.org/2005/Atom"

# Namespaces as publishers write them; the versions of one share a name.
_NAMESPACES = {
    ATOM: "atom",
    "http://purl.org/atom/ns#": "atom",
    "http://www.w3.org/2007/app": "app",
    "https://posseparty.com/2024/Feed": "posse",
    "http://purl.org/atom/app#": "app",
    "http://purl.org/dc/elements/1.1/": "dc",
    "http://purl.org/dc/elements/1.0/": "dc",
    "http://purl.org/dc/terms/": "dcterms",
    "http://purl.org/rss/1.0/modules/content/": "content",
    "http://purl.org/rss/1.0/modules/syndication/": "sy",
    "http://rssnamespace.org/feedburner/ext/1.0": "feedburner",
    "http://search.yahoo.com/mrss/": "media",
    "http://search.yahoo.com/mrss": "media",
    "https://search.yahoo.com/mrss/": "media",
    "https://search.yahoo.com/mrss": "media",
    "http://tools.search.yahoo.com/mrss/": "media",
    "http://www.itunes.com/dtds/podcast-1.0.dtd": "itunes",
    "http://www.w3.org/1999/02/22-rdf-syntax-ns#": "rdf",
    "http://www.w3.org/1999/xhtml": "xhtml",
    "http://www.youtube.com/xml/schemas/2015": "yt",
    "http://www.google.com/schemas/sitemap-news/0.9": "news",
    "http://www.google.com/schemas/sitemap-image/1.1": "image",
    "http://www.google.com/schemas/sitemap-video/1.1": "video",
    "http://purl.org/rss/1.0/": "",
    "http://my.netscape.com/rdf/simple/0.9/": "",
    "http://channel.netscape.com/rdf/simple/0.9/": "",
    "http://backend.userland.com/rss2": "",
    "http://backend.userland.com/RSS2": "",
    "http://blogs.law.harvard.edu/tech/rss": "",
}
_PREFIX = pattern(r"""xmlns:([\w.-]{1,40})\s*=\s*["']([^"'<>]{1,200})["']""")
_LANGUAGE = pattern(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{1,8})*", re.ASCII)
_MAILBOX = pattern(r"\S+@\S+\s*\((.*)\)|(.*?)\s*[<(][^<>()@\s]+@[^<>()\s]+[>)]")
_BYLINE = pattern(r"\A(?:By|BY|by)\s+(?=[^\W\d_])")
_BARE_MAILBOX = pattern(r"[^\s@]+@[^\s@]+\.[^\s@]+")
_ABSOLUTE = pattern(r"https?://(?:[A-Za-z0-9-]{1,63}\.)+[A-Za-z][A-Za-z0-9-]{0,62}(?::\d{1,4})?(?:[/?#][!-~]*)?")
_AMPERSAND = pattern("&(?:amp|#0{0,3}38);")  # escaped twice; no address means that
_BROKEN = pattern("\\s*[\t\r\n]\\s*|[\x00\ud800-\udfff]")  # halves of a character: JSON can spell them
# Names that are not always written in the case they have; feeds are made by hand, too.
_CASED = {
    name.lower(): name
    for name in (
        "author", "category", "channel", "comments", "description", "enclosure", "entry", "guid", "item", "language",
        "link", "pubDate", "title", "ttl", "id", "published", "updated", "summary", "content",
    )
}  # fmt: skip


class Namespaces(dict[str, str]):
    """Short names for the tags of a tree: `{http://purl.org/dc/elements/1.1/}date` is "dc:date".

    The document's own elements have no prefix; an extension we do not know has the prefix that
    the document gives it.
    """

    def __init__(self, root: str, head: str) -> None:
        super().__init__()
        own, _, local = root.rpartition("}")
        self._prefixes = {uri: prefix for prefix, uri in reversed(_PREFIX.findall(head))} | _NAMESPACES
        if local != "RDF":
            self._prefixes[own[1:]] = ""
        if root == "feed":  # written without its namespace, around children that have it
            self._prefixes[ATOM] = ""

    def __missing__(self, tag: str) -> str:
        uri, closed, local = tag.rpartition("}")
        prefix = self._prefixes.get(uri[1:], "?") if closed else ""
        local = local if prefix else _CASED.get(local.lower(), local)
        self[tag] = name = f"{prefix}:{local}" if prefix else local
        return name


@dataclass(frozen=True, slots=True)
class LinkRule:
    """Which of an entry's links counts: its page on the feed's `own` site, or the one that leads `out` to another.

    `language` is that of the site, for entries that state none. `headlines`: whether titles are headlines; "auto": as
    `notes` finds. `words`: an article's words are kept, for threads. `overrides`: as of a ParseContext.
    """

    links: Literal["own", "out"] = "own"
    language: str | None = None
    headlines: Literal["auto", "always", "never"] = "auto"
    words: bool = False
    overrides: str = ""


OWN_LINKS = LinkRule()


@dataclass(slots=True)
class ParseContext:
    """What the entries of one document share (source, address, time zone), and the odd things found in it.

    `based`: the document itself gives the base of its relative addresses. `home` is the site's address that it names.
    `overrides` names the field in which an article says how it is announced; "" for none.
    """

    source: str
    base: str
    timezone: str
    now: datetime | None
    names: Namespaces
    language: str | None = None
    undated: list[str] = field(default_factory=list)
    based: bool = False
    rule: LinkRule = OWN_LINKS
    home: str = ""
    overrides: str = ""
    hostless: list[str] = field(default_factory=list)
    _labels: dict[str, str] = field(default_factory=dict)

    def inside(self, element: Element) -> ParseContext:
        """The context for what is inside `element`, whose xml:base may differ."""
        said = address(element.get(BASE), self.base) if BASE in element.attrib else ""
        return replace(self, base=said, based=True) if said else self

    def link(self, text: str | None, *, asked: bool = True) -> str:
        """An article's address, made absolute, without a login. If `asked`, one that can lead nowhere is remembered."""
        found = without_login(address(text, self.base))
        if text and not found and asked:
            self.hostless.append(without_login(text))
        return found

    def refused(self, url: str, before: int) -> dict[str, str]:
        """What to note, in `raw` too, of the links that were refused since there were `before`: nothing if one leads
        to `url`.
        """
        found = self.hostless[before:]
        if url:
            del self.hostless[before:]
        return {UNUSABLE: found[0][:200]} if found and not url else {}

    def label(self, text: str) -> str:
        """`text` decoded as a title; cached, since sections and names repeat."""
        if text not in self._labels:
            self._labels[text] = html_text.title(text)
        return self._labels[text]

    def children(self, element: Element) -> dict[str, list[Element]]:
        """The children of an element by short name, each list in order."""
        found: dict[str, list[Element]] = {}
        names = self.names
        for child in element:
            name = names[child.tag]
            if name in found:
                found[name].append(child)
            else:
                found[name] = [child]
        return found

    def date(self, found: dict[str, list[Element]], *names: str) -> Moment | None:
        """The instant of the first of these elements that has one."""
        for name in names:
            if name in found:
                moment = self.stated(*map(words, found[name]))
                if moment:
                    return moment
        return None

    def stated(self, *texts: str) -> Moment | None:
        """The instant of the first of these texts that is a date; texts that are not dates are kept for a note."""
        for text in texts:
            moment = parse(text, timezone=self.timezone, now=self.now) if text else None
            if moment:
                return moment
            if text:
                self.undated.append(text)
        return None

    def unread(self, before: int) -> dict[str, str]:
        """For `Article.raw`: the first text that is no date among those noted since there were `before`."""
        return {UNREAD_DATE: html_text.line(self.undated[before])[:LONGEST_DATE]} if self.undated[before:] else {}


@dataclass(frozen=True, slots=True)
class Parsed:
    """What a document says. `listed` counts its entries, usable or not; `left_out` are those that are no articles and
    have a name, `held_back` counts others that need no note, such as older versions.
    `hub` is a hub's address and the address by which it knows this document; "" if none is named.
    `interval`, `hours` and `days` are how often it wants to be asked, and when not: as in `model.Wish`.
    `older` is the address of the page after this one, "" if none is named. `appended`: new entries come at the end.
    """

    articles: tuple[Article, ...]
    listed: int
    notes: tuple[str, ...] = ()
    interval: timedelta | None = None
    cut_off: bool = False
    held_back: int = 0
    hub: tuple[str, str] = ("", "")
    hours: tuple[int, ...] = ()
    days: tuple[int, ...] = ()
    older: str = ""
    appended: bool = False
    left_out: tuple[LeftOut, ...] = ()


def noted(reading: Parsed, reader: ParseContext) -> Parsed:
    """The reading, with notes on what was odd about its document.

    Where no date at all can be read, the articles count as undated, and their place in the list says which are new.
    """
    if reader.undated and not any(article.published for article in reading.articles):
        reading = replace(reading, articles=tuple(map(_undated, reading.articles)))
    return replace(reading, notes=(*reading.notes, *_notes(reading, reader)))


def _undated(article: Article) -> Article:
    kept = {name: said for name, said in article.raw.items() if name != UNREAD_DATE}
    return article if len(kept) == len(article.raw) else replace(article, raw=kept)


def _notes(reading: Parsed, reader: ParseContext) -> list[str]:
    notes = []
    if reading.cut_off:
        notes.append(f"the document is cut off; {len(reading.articles)} whole entries were read")
    if reading.listed > ENTRIES:
        notes.append(f"{reading.listed} entries; the newest {ENTRIES} are read")
    unnamed = min(reading.listed, ENTRIES) - len(reading.articles) - len(reading.left_out) - reading.held_back
    if unnamed:
        notes.append(f"entries left out, without title and address: {unnamed}")
    if reader.hostless:
        notes.append(f"links that lead nowhere: {len(reader.hostless)}, such as {reader.hostless[0][:60]!r}")
    empty = sum(article.is_empty and not article.withdrawn for article in reading.articles)
    if empty:
        notes.append(f"entries without words, picture or recording, which are not announced: {empty}")
    if reader.undated:
        notes.append(f"dates that cannot be read: {len(reader.undated)}, such as {reader.undated[0][:60]!r}")
    return notes


def readable(entries: Sequence[Entry], article: Callable[[Entry], Article | LeftOut]) -> Sequence[Entry]:
    """The newest entries, up to the limit: the first ones, or the last ones if the list begins with its oldest."""
    if len(entries) <= ENTRIES:
        return entries
    ends = (article(entries[0]), article(entries[-1]))
    dates = [each.published for each in ends if isinstance(each, Article) and each.published is not None]
    return entries[-ENTRIES:] if len(dates) > 1 and dates[0] < dates[1] else entries[:ENTRIES]


def words(element: Element | None) -> str:
    """All text of an element, stripped; "" if there is no element."""
    if element is None:
        return ""
    if len(element):
        return "".join(element.itertext()).strip()
    said = (element.text or "").strip()
    return html_text.uncovered(said).strip() if said.startswith("<") else said


def inner(element: Element) -> str:
    """An element's content as markup: its text, or the tags in it that should have been escaped."""
    if not len(element):
        return element.text or ""
    from html import escape

    parts = [escape(element.text or "")]
    waiting: list[Element | str] = list(reversed(element))
    while waiting:
        each = waiting.pop()
        if isinstance(each, str):
            parts.append(each)
        elif isinstance(each.tag, str):
            name = _local(each.tag)
            said = "".join(f' {_local(key)}="{escape(value)}"' for key, value in each.items()) if each.attrib else ""
            parts.append(f"<{name}{said}>{escape(each.text) if each.text else ''}")
            waiting.append(f"</{name}>{escape(each.tail) if each.tail else ''}")
            waiting += reversed(each)
    return "".join(parts)


def _local(name: str) -> str:
    return name.rpartition("}")[2]


def first(found: dict[str, list[Element]], *names: str) -> str:
    """The text of the first of these elements that has any."""
    for name in names:
        if name in found:
            for element in found[name]:
                said = words(element)
                if said:
                    return said
    return ""


def identity(text: str) -> str | None:
    """A guid unchanged; None if it is missing or too long to be one."""
    return text if 0 < len(text) <= LONGEST else None


@functools.lru_cache(maxsize=256)  # an entry gives its address as its link and its guid
def address(text: str | None, base: str) -> str:
    """The address made absolute and otherwise unchanged; "" if it is not http(s), or has a host that cannot be."""
    if not text or len(text) > LONGEST:
        return ""
    if "&" in text:
        text = _AMPERSAND.sub("&", text)
    if _ABSOLUTE.fullmatch(text):
        return text
    text = _BROKEN.sub("", text.strip()).replace(" ", "%20")
    if text.replace("%20", " ").casefold() in NO_ADDRESS:
        return ""
    try:
        if not text.startswith(("http://", "https://")):
            text = urljoin(base, _with_scheme(text, urlsplit(base))) if text else ""
        scheme = urlsplit(text).scheme
    except ValueError:
        return ""
    return without_acting(scheme + text[len(scheme) :]) if is_possible(text) else ""


def _with_scheme(text: str, here: SplitResult) -> str:
    """Add the scheme to an address that begins with the site's own host: it is not a path.

    Two slashes before what is no host are one too many, as where a template puts nothing before a path.
    """
    if text.startswith("//") and "." in (here.hostname or "") and "." not in text[2:].partition("/")[0]:
        return f"/{text.lstrip('/')}"
    host = text.partition("/")[0].lower().removeprefix("www.")
    return f"{here.scheme}://{text}" if host and host == (here.hostname or "").removeprefix("www.") else text


def language(text: str | None) -> str | None:
    """A BCP 47 language tag; None if it is not one."""
    if not text:
        return None
    tag = text.strip().replace("_", "-")
    return tag if _LANGUAGE.fullmatch(tag) else None


def person(text: str) -> str:
    """A name without its e-mail address: "a@b.example (Name)" and "Name <a@b.example>" give "Name", "@name" itself.

    And without the "By" of the line it was taken from.
    """
    text = html_text.unescape(text)  # some hide an address so
    found = _MAILBOX.fullmatch(text) if len(text) <= 300 else None
    if found:
        text = found[1] or found[2] or ""
    return "" if _BARE_MAILBOX.fullmatch(text) else _BYLINE.sub("", html_text.title(text))


def parted(text: str) -> list[str]:
    """The labels in one text, separated by commas, or by semicolons if there are more of these."""
    return text.split(";" if text.count(";") > text.count(",") else ",")


def distinct(labels: Iterable[str]) -> tuple[str, ...]:
    """The first hundred labels that are not empty, each once, whatever its case."""
    seen: dict[str, str] = {}
    for label in labels:
        if label:
            seen.setdefault(label.casefold(), label)
    return tuple(seen.values())[:100]


def kind_of(types: Iterable[str]) -> Literal["article", "audio", "video"]:
    """Whether an article is text, audio or video, by the MIME types of its enclosures."""
    for mime in types:
        if mime.startswith("audio/"):
            return "audio"
        if mime.startswith("video/"):
            return "video"
    return "article"


def extras(found: dict[str, list[Element]], read: frozenset[str]) -> dict[str, str]:
    """Elements that nothing else reads, for templates: extensions by name, with their first text."""
    kept: dict[str, str] = {}
    for name, elements in found.items():
        if len(kept) == EXTRAS:
            break
        if ":" in name and name not in read:
            said = words(elements[0])
            if said:
                kept[name] = html_text.declared_plain(said[:1000])
    return kept
