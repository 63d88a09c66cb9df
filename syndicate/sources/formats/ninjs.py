"""Parses ninjs 1, 2 and 3 (https://iptc.org/standards/ninjs/) into articles.

Version 1 has single properties and objects keyed by name where 2 has lists of objects with a name or
role; 3 writes the names of 2 in camelCase, and `embargoedUntil` for `embargoed`. So names are read in
lower case. A point of interest is "expressed in pixels from the top left" of its rendition (schema 3.3).
`service`, `keywords` and `priority` are Superdesk's.
"""

from __future__ import annotations

from functools import partial
from typing import Any

from syndicate.errors import SourceError
from syndicate.model import Article, Image, LeftOut
from syndicate.sources.formats import iptc
from syndicate.sources.formats.iptc import Item, Rendition
from syndicate.sources.parsing import html_text, json_fields
from syndicate.sources.parsing.document import Document
from syndicate.sources.parsing.fields import ENTRIES, ParseContext, Parsed, address, distinct, language
from syndicate.sources.parsing.json_fields import mapping, objects, pixels, text, texts
from syndicate.sources.parsing.omissions import nameless, shown, withheld
from syndicate.sources.parsing.overrides import overridden
from syndicate.sources.parsing.picture_choice import MOST

_FACTS = frozenset({
    "versioncreated", "firstcreated", "pubstatus", "headline", "headlines", "renditions", "associations",
    "eventdetails", "plannedcoverage", "$standard", "standard",
})  # fmt: skip
_LISTS = ("items", "_items", "newsitems", "ninjs", "results", "data")
_NO_ARTICLES = ("picture", "graphic", "component", "event", "planning")
_KEPT = ("urgency", "priority", "slugline", "located", "ednote", "profile", "usageterms", "copyrightnotice")
_PAGES = ("text/html", "application/xhtml")
_ASSOCIATED = 1000  # items that go with one; more is no news
_FIRST = ("featuremedia", "featureimage", "main", "mainpic", "mainimage", "hero")


def items(data: Any) -> list[dict[str, Any]] | None:
    """The items of a document: a single one, a list, or a list inside an object; None if it is not ninjs."""
    for name in ("", *_LISTS):
        listed = objects(_lower(mapping(data)).get(name) if name else data)
        found = [_lower(one) for one in listed[:ENTRIES]]
        if any("uri" in one and _FACTS & one.keys() for one in found):
            return found
    return None


def is_one(data: Any) -> bool:
    """Whether a JSON document is ninjs."""
    return items(data) is not None


def parse(document: Document, reader: ParseContext) -> Parsed:
    """The items that are articles, each in its newest version. Raises SourceError if it is not ninjs."""
    read = items_of(document, reader)
    return iptc.reading(read, len(read))


def items_of(document: Document, reader: ParseContext) -> list[Item]:
    """All items of a document. Raises SourceError if it is not ninjs."""
    return read(json_fields.load(document.body, url=document.url, what="ninjs"), reader, url=document.url)


def read(data: Any, reader: ParseContext, *, url: str) -> list[Item]:
    """The items of a parsed document. Raises SourceError if there are none."""
    if data == [] or any(mapping(data).get(name) == [] for name in _LISTS):
        return []
    found = items(data)
    if found is None:
        raise SourceError(f"{url} is a JSON document, not ninjs", hint="its items need a uri and a headline or version")
    return [_item(item, reader) for item in found]


def _item(item: dict[str, Any], reader: ParseContext) -> Item:
    guid, kind = text(item.get("uri")), text(item.get("type")).lower()
    until = text(item.get("embargoeduntil") or item.get("embargoed"))
    before, embargo = len(reader.undated), reader.stated(until)
    instants = iptc.instants(
        reader.stated(text(item.get("firstcreated"))), reader.stated(text(item.get("versioncreated"))), embargo
    )
    version = text(item.get("version"))
    order = (instants.version, int(version) if version.isdecimal() and len(version) < 9 else 0)
    status = iptc.status(text(item.get("pubstatus")))
    if kind in _NO_ARTICLES or (not kind and not item.keys().isdisjoint(("eventdetails", "plannedcoverage"))):
        return iptc.item(guid, order, "other", LeftOut(shown(guid or _title(item)), iptc.OTHER))
    read = partial(_article, item, guid, instants, reader, withdrawn=status == "canceled")
    if status == "withheld":
        return iptc.item(guid, order, "withheld", withheld(read, reader, iptc.WITHHELD))
    if status == "usable" and until and embargo is None:
        del reader.undated[before:]
        told = f"its embargo cannot be read: {until[:60]!r}"
        return iptc.item(guid, order, "withheld", withheld(read, reader, told, meant=False))
    return iptc.item(guid, order, status, read())


def _article(
    item: dict[str, Any], guid: str, instants: iptc.Instants, reader: ParseContext, *, withdrawn: bool
) -> Article | LeftOut:
    """The article; left out without title and address, unless it withdraws the article with its guid."""
    before = len(reader.hostless)
    url, title = _url(item, guid, reader), _title(item)
    if not url and not title and not (withdrawn and guid):
        return nameless(guid, reader, before)
    kind = text(item.get("type")).lower()
    article = Article(
        source=reader.source,
        url=url,
        title=title,
        summary=_said(item, "description", ("summary", "teaser", "lead", "text", "short", "richtext", "html")),
        guid=guid or None,
        published=instants.published,
        precision=instants.precision,
        tz_assumed=instants.tz_assumed,
        updated=instants.updated,
        authors=iptc.authors(_byline(item), _people(item)),
        section=_section(item),
        categories=distinct(map(html_text.declared_plain, (*_names(item, "subject"), *texts(item.get("keywords"))))),
        images=_images(item, reader),
        language=language(text(item.get("language"))) or reader.language,
        kind="video" if kind == "video" else "audio" if kind == "audio" else "article",
        raw=json_fields.extras(item, _KEPT) | instants.raw() | reader.refused(url, before),
        withdrawn=withdrawn,
    )
    return overridden(
        article, {reader.overrides: item.get(reader.overrides.lower())}, f"{reader.source}, {guid or url}", reader
    )


def _url(item: dict[str, Any], guid: str, reader: ParseContext) -> str:
    """The article's address: a page among its renditions or alternative ids, else a uri that is an address."""
    pages = [text(one.get("href")) for one in _renditions(item) if _mime(one).startswith(_PAGES)]
    others = [(text(one.get("role")), text(one.get("value"))) for one in objects(item.get("altids"))]
    others += [(role, text(value)) for role, value in mapping(item.get("altids")).items()]
    pages += [said for role, said in others if said.startswith(("http://", "https://")) and _names_page(role)]
    own = [text(item.get(name)) for name in ("url", "permalink", "canonicalurl", "weburl")]
    uri = guid if guid.startswith(("http://", "https://")) else ""
    return iptc.page((*pages, *own, uri), reader)


def _names_page(role: str) -> bool:
    return any(word in role.lower() for word in ("url", "web", "page", "link", "href"))


def _title(item: dict[str, Any]) -> str:
    """The headline, else the title, which is the item's short name."""
    said = _said(item, "headline", ("main", "text", "simple", "richtext", "html"))
    return said or html_text.shortened(html_text.declared_plain(text(item.get("title"))))


def _said(item: dict[str, Any], name: str, roles: tuple[str, ...]) -> str:
    """A text, preferring these roles in order: `headlines` (2, 3), `headline` and `headline_text` (1)."""
    found: dict[str, str] = {}
    for one in map(_lower, objects(item.get(f"{name}s"))):
        said, is_html = text(one.get("value")), "html" in text(one.get("contenttype")).lower()
        role = text(one.get("role")).lower().rpartition(":")[2]
        found.setdefault(role, html_text.text(said) if is_html else html_text.declared_plain(said))
    found[""] = found.get("") or html_text.declared_plain(text(item.get(name)))
    for key, value in item.items():
        if key.startswith(f"{name}_"):
            role, said = key.removeprefix(f"{name}_"), text(value)
            is_html = role in ("html", "xhtml", "richtext")
            found.setdefault(role, html_text.text(said) if is_html else html_text.declared_plain(said))
    ranked = [found.get(role, "") for role in ("", *roles)]
    ranked += [said for role, said in found.items() if not role.startswith("alt")]
    return html_text.shortened(next(filter(None, ranked), ""))


def _byline(item: dict[str, Any]) -> str:
    return html_text.declared_plain(text(item.get("by") or item.get("byline")))


def _people(item: dict[str, Any]) -> list[str]:
    people = [*objects(item.get("people")), *objects(item.get("person"))]
    makers = [one for one in people if text(one.get("rel")).lower().rpartition(":")[2] in ("author", "creator")]
    return [text(one.get("name")) for one in (*makers, *objects(item.get("authors")))]


def _names(item: dict[str, Any], name: str) -> list[str]:
    """The names of concepts: `subjects` since version 2, `subject` before."""
    return [text(one.get("name")) for one in (*objects(item.get(f"{name}s")), *objects(item.get(name)))]


def _section(item: dict[str, Any]) -> str | None:
    """Superdesk's service, else a subject marked as the section, else a top-level media topic of the IPTC."""
    services = [text(one.get("name")) for one in objects(item.get("service"))]
    subjects = [_lower(one) for one in (*objects(item.get("subjects")), *objects(item.get("subject")))]
    said = [text(one.get("name")) for one in subjects if text(one.get("rel")).lower() in ("section", "mainsection")]
    topmost = [
        text(one.get("name"))
        for one in subjects
        if any(iptc.is_top_level(text(one.get(code))) for code in ("uri", "code", "literal"))
    ]
    return next((section for name in (*services, *said, *topmost) if (section := html_text.declared_plain(name))), None)


def _images(item: dict[str, Any], reader: ParseContext) -> tuple[Image, ...]:
    """Associated pictures, the main one first, and pictures among the item's own renditions."""
    associations = item.get("associations")
    named = [(name, one) for name, one in mapping(associations).items() if isinstance(one, dict)]
    named += [(text(one.get("name")), one) for one in objects(associations) if isinstance(associations, list)]
    pictures = [(name.lower(), _lower(one)) for name, one in named[:_ASSOCIATED]]
    pictures = [pair for pair in pictures if text(pair[1].get("type")).lower() in ("picture", "graphic")]
    ranked = sorted(pictures, key=lambda pair: _FIRST.index(pair[0]) if pair[0] in _FIRST else len(_FIRST))
    found = [_picture(one, reader.base) for _, one in ranked if iptc.status(text(one.get("pubstatus"))) == "usable"]
    own = [one for one in _files(item, reader.base) if (one.type or "").startswith("image/")]
    unique: dict[str, Image] = {}
    for image in (*found, iptc.picture(own, alt="", caption="", credit="")):
        if image is not None:
            unique.setdefault(image.url, image)
    return tuple(unique.values())[:MOST]


def _picture(item: dict[str, Any], base: str) -> Image | None:
    makers = [text(item.get("creditline")), _byline(item), text(item.get("copyrightholder"))]
    return iptc.picture(
        _files(item, base),
        alt=_alt(item),
        caption=_said(item, "description", ("caption", "text", "summary", "richtext", "html")),
        credit=next(filter(None, map(html_text.declared_plain, makers)), ""),
    )


def _alt(item: dict[str, Any]) -> str:
    """The alt text: a description with that role; Superdesk keeps it in the body."""
    said = [
        text(one.get("value"))
        for one in objects(item.get("descriptions"))
        if text(one.get("role")).lower().rpartition(":")[2].startswith("alt")
    ]
    said += [text(value) for name, value in item.items() if name.startswith("description_alt")]
    return html_text.shortened(html_text.declared_plain(next(filter(None, [*said, text(item.get("body_text"))]), "")))


def _renditions(item: dict[str, Any]) -> list[dict[str, Any]]:
    """The renditions, from a list since version 2, from an object keyed by name before."""
    said = item.get("renditions")
    return [_lower(one) for one in (objects(list(said.values())) if isinstance(said, dict) else objects(said))]


def _mime(rendition: dict[str, Any]) -> str:
    return text(rendition.get("contenttype") or rendition.get("mimetype")).lower()


def _files(item: dict[str, Any], base: str) -> list[Rendition]:
    found = []
    for one in _renditions(item)[:MOST]:
        width, height = pixels(one.get("width")), pixels(one.get("height"))
        point = _lower(mapping(one.get("poi")))
        found.append(
            Rendition(
                address(text(one.get("href")), base),
                _mime(one) or None,
                width,
                height,
                iptc.focus(_place(point.get("x")), _place(point.get("y")), width, height),
            )
        )
    return found


def _place(value: Any) -> int | None:
    said = text(value)
    return int(said) if said.isdecimal() and len(said) < 7 else None


def _lower(item: dict[str, Any]) -> dict[str, Any]:
    return {str(name).lower(): value for name, value in item.items()}
