"""Parses NewsML-G2 news items and news messages (https://iptc.org/standards/newsml-g2/) into articles.

Names are read in any namespace, and codes by their last part: `stat:usable`, `ninat:text`.
An embargo without a date (`xsi:nil`) has no known end, so the item is withheld.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import partial
from typing import TYPE_CHECKING
from xml.etree.ElementTree import ParseError

from syndicate.errors import SourceError
from syndicate.model import Article, Image, LeftOut
from syndicate.sources.formats import iptc
from syndicate.sources.formats.iptc import Item, Rendition
from syndicate.sources.parsing import html_text, xml_tree
from syndicate.sources.parsing.document import Document
from syndicate.sources.parsing.fields import ENTRIES, LANG, ParseContext, Parsed, address, distinct, language, words
from syndicate.sources.parsing.json_fields import pixels
from syndicate.sources.parsing.omissions import nameless, shown, withheld
from syndicate.sources.parsing.picture_choice import MOST

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

ATTRIBUTES = 400_000  # of a document; more fill the memory and are no news
CHILDREN = 10_000  # of one element; more is no news
ROOTS = ("newsItem", "newsMessage", "packageItem")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")  # XML lets these through, and no terminal should
_ARTICLES = ("", "text", "composite", "audio", "video")
_PICTURES = ("picture", "graphic")
_PAGES = ("text/html", "application/xhtml+xml")


def parse(document: Document, reader: ParseContext) -> Parsed:
    """The items that are articles, each in its newest version. Raises SourceError if it is not NewsML-G2."""
    read = items_of(document, reader)
    return iptc.reading(read, len(read))


def items_of(document: Document, reader: ParseContext) -> list[Item]:
    """All items of a document. Raises SourceError, which says what it is, if it is not NewsML-G2."""
    url = document.url
    if not document.body.strip():
        raise SourceError(f"{url} is an empty document, not NewsML-G2")
    if document.body.count(b'="') + document.body.count(b"='") > ATTRIBUTES:
        raise SourceError(f"{url} has more attributes than any news")
    try:
        root = xml_tree.tree(document.body, url=url, content_type=document.content_type)
    except ParseError as fault:
        raise SourceError(f"{url} is not NewsML-G2: it is not well-formed XML ({fault})") from fault
    name = _local(root)
    if name not in ROOTS:
        what = "NewsML 1, of which NewsML-G2 is the successor" if name == "NewsML" else f"an XML document <{name}>"
        raise SourceError(f"{url} is {what}, not NewsML-G2")
    return read(root, reader)


def read(root: Element, reader: ParseContext) -> list[Item]:
    """The items of a document; a picture belongs to the item that links it, or to a message's only text."""
    found = [root] if _local(root) == "newsItem" else [one for one in root.iter() if _local(one) == "newsItem"]
    found = found[:ENTRIES]
    pictures = {one.get("guid", ""): one for one in found if _class(one) in _PICTURES}
    texts = [one for one in found if _class(one) in _ARTICLES]
    alone = list(pictures) if len(texts) == 1 else []
    return [_item(one, pictures, alone, reader) for one in found]


def _item(item: Element, pictures: dict[str, Element], alone: list[str], reader: ParseContext) -> Item:
    guid, meta = _CONTROL.sub("", item.get("guid", "")).strip(), _child(item, "itemMeta")
    embargoes, before = _children(meta, "embargoed"), len(reader.undated)
    embargo = reader.stated(*map(words, embargoes))
    instants = iptc.instants(
        reader.stated(words(_child(meta, "firstCreated"))),
        reader.stated(words(_child(meta, "versionCreated"))),
        embargo,
    )
    version = item.get("version", "")
    order = (instants.version, int(version) if version.isdecimal() and len(version) < 9 else 0)
    status = iptc.status(_code(_child(meta, "pubStatus")))
    if _class(item) not in _ARTICLES:
        named = guid or _title(meta, _child(item, "contentMeta"), None)
        return iptc.item(guid, order, "other", LeftOut(shown(named), iptc.OTHER))
    linked = [pictures[name] for name in _linked(item) if name in pictures] or [pictures[name] for name in alone]
    read = partial(_article, item, guid, instants, linked, reader, withdrawn=status == "canceled")
    if status == "withheld":
        return iptc.item(guid, order, "withheld", withheld(read, reader, iptc.WITHHELD))
    if status == "usable" and embargoes and embargo is None:
        said = next(filter(None, map(words, embargoes)), "")
        del reader.undated[before:]
        told = f"its embargo cannot be read: {said[:60]!r}" if said else iptc.ENDLESS
        return iptc.item(guid, order, "withheld", withheld(read, reader, told, meant=not said))
    return iptc.item(guid, order, status, read())


def _article(
    item: Element,
    guid: str,
    instants: iptc.Instants,
    pictures: list[Element],
    reader: ParseContext,
    *,
    withdrawn: bool,
) -> Article | LeftOut:
    """The article; left out without headline and address, unless it withdraws the article with its guid."""
    before = len(reader.hostless)
    meta, content = _child(item, "itemMeta"), _child(item, "contentMeta")
    spoken = _attribute(_child(content, "language"), "tag") or item.get(LANG)
    url, title = _url(item, guid, reader), _title(meta, content, spoken)
    if not url and not title and not (withdrawn and guid):
        return nameless(guid, reader, before)
    kind = _class(item)
    creators = [_name(one, spoken) for name in ("creator", "contributor") for one in _children(content, name)]
    subjects = _subjects(item, content, spoken)
    return Article(
        source=reader.source,
        url=url,
        title=title,
        summary=_described(content, ("summary", "teaser", "caption", "")),
        guid=guid or None,
        published=instants.published,
        precision=instants.precision,
        tz_assumed=instants.tz_assumed,
        updated=instants.updated,
        authors=iptc.authors(_line(_child(content, "by")), creators),
        section=next((name for code, name in subjects if iptc.is_top_level(code)), None),
        categories=distinct([name for _, name in subjects] + _keywords(content)),
        images=_images(item, pictures, reader.base),
        language=language(spoken) or reader.language,
        kind="video" if kind == "video" else "audio" if kind == "audio" else "article",
        raw=_raw(meta, content) | instants.raw() | reader.refused(url, before),
        withdrawn=withdrawn,
    )


def _url(item: Element, guid: str, reader: ParseContext) -> str:
    """The article's address: a page among its contents or links, an alternative id that is one, else the guid."""
    meta = _child(item, "itemMeta")
    pages = [one.get("href") for one in _children(_child(item, "contentSet"), "remoteContent") if _is_page(one)]
    pages += [one.get("href") for one in _children(meta, "link") if _is_page(one)]
    for one in (*_children(meta, "altId"), *_children(meta, "itemMetaExtProperty")):
        said = one.get("value") or words(one)
        role = (one.get("type", "") + one.get("role", "")).lower()
        if said.startswith(("http://", "https://")) and role.endswith(("url", "web", "webpage")):
            pages.append(said)
    pages.append(guid if guid.startswith(("http://", "https://")) else None)
    return iptc.page(pages, reader)


def _is_page(element: Element) -> bool:
    rel = element.get("rel", "").rpartition(":")[2].lower()
    return element.get("contenttype", "").lower().startswith(_PAGES) or rel in ("canonical", "webpage")


def _title(meta: Element | None, content: Element | None, spoken: str | None) -> str:
    """The headline, of several the one in the item's language; else the item's title."""
    headlines = _children(content, "headline")
    main = [one for one in headlines if _last(one.get("role", "")) in ("", "main")] or headlines
    ranked = sorted(main, key=lambda one: not _same_language(one.get(LANG), spoken))
    said = [_line(one) for one in (*ranked, *_children(meta, "title"))]
    return html_text.shortened(next(filter(None, said), ""))


def _described(content: Element | None, roles: tuple[str, ...]) -> str:
    """The description with the first of these roles (`drol:summary`) that is there."""
    said = [(_last(one.get("role", "")).lower(), _line(one)) for one in _children(content, "description")]
    ranked = [line for wanted in roles for role, line in said if role == wanted and line]
    return html_text.shortened(ranked[0]) if ranked else ""


def _subjects(item: Element, content: Element | None, spoken: str | None) -> list[tuple[str, str]]:
    """Codes and names of the subjects; a name may be given once for the whole item, in an `assert`.

    The format has no section; the nearest is the top level of the IPTC's media topics.
    """
    told = {_identity(one): _name(one, spoken) for one in _children(item, "assert")}
    subjects = _children(content, "subject")
    found = [(_identity(one), _name(one, spoken) or told.get(_identity(one), "")) for one in subjects]
    return [(code, name) for code, name in found if name]


def _identity(concept: Element) -> str:
    return concept.get("qcode") or concept.get("uri") or concept.get("literal") or ""


def _keywords(content: Element | None) -> list[str]:
    return [_line(one) for one in _children(content, "keyword")]


def _images(item: Element, pictures: Iterable[Element], base: str) -> tuple[Image, ...]:
    """Pictures that are separate items, then those among the item's contents and icons."""
    own = [*_children(_child(item, "contentSet"), "remoteContent"), *_children(_child(item, "contentMeta"), "icon")]
    files = [one for one in _files(own, base) if (one.type or "").startswith("image/")]
    found = [_picture(one, base) for one in pictures]
    unique: dict[str, Image] = {}
    for image in (*found, iptc.picture(files, alt="", caption="", credit="")):
        if image is not None:
            unique.setdefault(image.url, image)
    return tuple(unique.values())[:MOST]


def _picture(item: Element, base: str) -> Image | None:
    if iptc.status(_code(_child(_child(item, "itemMeta"), "pubStatus"))) != "usable":
        return None
    content = _child(item, "contentMeta")
    makers = [words(_child(content, "creditline")), words(_child(content, "by"))]
    makers += [_name(one, None) for one in _children(content, "creator")]
    return iptc.picture(
        _files(_children(_child(item, "contentSet"), "remoteContent"), base),
        alt=_described(content, ("alttext", "alt", "accessibility")),
        caption=_described(content, ("caption", "", "summary")),
        credit=next(filter(None, map(html_text.declared_plain, makers)), ""),
    )


def _files(elements: Iterable[Element], base: str) -> list[Rendition]:
    return [
        Rendition(
            address(one.get("href"), base),
            one.get("contenttype", "").lower() or None,
            pixels(one.get("width")),
            pixels(one.get("height")),
        )
        for one in elements
    ]


def _linked(item: Element) -> Iterator[str]:
    """The guids of the items that this one links to."""
    for one in _children(_child(item, "itemMeta"), "link"):
        yield one.get("residref", "") or one.get("href", "")
    for one in _children(_child(item, "contentSet"), "remoteContent"):
        yield one.get("residref", "")


def _raw(meta: Element | None, content: Element | None) -> dict[str, str]:
    """Further fields, for a newsroom's own templates."""
    said = {
        "urgency": _child(content, "urgency"),
        "slugline": _child(content, "slugline"),
        "ednote": _child(meta, "edNote"),
    }
    kept = {name: _line(one)[:1000] for name, one in said.items()}
    kept["genre"] = _code(_child(content, "genre"))
    return {name: words for name, words in kept.items() if words}


def _class(item: Element) -> str:
    return _code(_child(_child(item, "itemMeta"), "itemClass")).lower()


def _code(element: Element | None) -> str:
    """The last part of the code an element carries: "usable" of `stat:usable` or of its address."""
    if element is None:
        return ""
    return _last(element.get("qcode") or element.get("uri") or element.get("literal") or "")


def _last(code: str) -> str:
    return code.strip().rpartition(":")[2].rpartition("/")[2]


def _name(concept: Element, spoken: str | None) -> str:
    """A concept's name in a language; else its first name, else its literal."""
    names = sorted(_children(concept, "name"), key=lambda one: not _same_language(one.get(LANG), spoken))
    return next((said for one in names if (said := _line(one))), html_text.declared_plain(concept.get("literal", "")))


def _same_language(one: str | None, other: str | None) -> bool:
    return bool(one and other) and str(one).partition("-")[0].lower() == str(other).partition("-")[0].lower()


def _line(element: Element | None) -> str:
    return html_text.declared_plain(words(element))


def _attribute(element: Element | None, name: str) -> str | None:
    return None if element is None else element.get(name)


def _local(element: Element) -> str:
    """A name without its namespace; "" for a comment."""
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def _children(element: Element | None, name: str) -> list[Element]:
    return [] if element is None else [child for child in element[:CHILDREN] if _local(child) == name]


def _child(element: Element | None, name: str) -> Element | None:
    return next(iter(_children(element, name)), None)
