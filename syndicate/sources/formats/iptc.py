"""What ninjs and NewsML-G2 share: the IPTC's data model, written in JSON and in XML.

An item has a publication status, may be embargoed, is published again in new versions with the same
identifier, and its pictures are separate items, each in several renditions.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import field, replace
from datetime import datetime

from syndicate.addresses import NO_ADDRESS
from syndicate.dates import Moment
from syndicate.model import EMBARGOED, Article, Image, LeftOut, Precision
from syndicate.model.dataclass import dataclass
from syndicate.serialization import instant
from syndicate.sources.parsing.fields import ENTRIES, ParseContext, Parsed, distinct, person

WIDEST = 4096  # pixels; what is wider is an original that needs no network

_BY = re.compile(r"(?:by|von|par|por|di|door|av|af)[\s:]+", re.IGNORECASE)
_AND = re.compile(r"\s+(?:and|und|et|och|og|&)\s+|\s*;\s*")
_E = re.compile(r"\s+(?:e|y|i|en)\s+")
_TOPIC = re.compile(r"(?:medtop:|.*/mediatopic/)?\d\d000000")
WITHHELD = "its publisher withholds it"
ENDLESS = "its embargo has no end"
OTHER = "it is a picture, an event or a part of something, and no article"


@dataclass(frozen=True, slots=True)
class Item:
    """One item of a document. `status` is "usable", "canceled" or "withheld"; `kind` may be "other".

    `article` is None for an item that is never announced; `left_out` says why.
    """

    guid: str
    version: tuple[datetime | None, int]
    status: str
    article: Article | None = None
    left_out: LeftOut | None = None


@dataclass(frozen=True, slots=True)
class Rendition:
    """One file of a picture. `focus` in fractions of width and height."""

    url: str
    type: str | None = None
    width: int | None = None
    height: int | None = None
    focus: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True)
class Instants:
    """When an item says that it was published and changed. `embargo` is the end of its embargo."""

    published: datetime | None = None
    precision: Precision = "second"
    tz_assumed: bool = False
    updated: datetime | None = None
    version: datetime | None = field(default=None, compare=False)
    embargo: datetime | None = None

    def raw(self) -> dict[str, str]:
        """The end of the embargo for the article's `raw`, by which an embargo is told from an ordinary future date."""
        return {EMBARGOED: str(instant(self.embargo))} if self.embargo else {}


def status(said: str) -> str:
    """The IPTC's publication status: "usable" if there is none, "withheld" for an unknown word."""
    word = said.rpartition(":")[2].rpartition("/")[2].strip().lower()
    if word in ("", "usable"):
        return "usable"
    return "canceled" if word in ("canceled", "cancelled", "withdrawn", "killed") else "withheld"


def instants(first: Moment | None, version: Moment | None, embargo: Moment | None) -> Instants:
    """When an item counts as published: with its first version, else with this one, but not before its embargo ends."""
    began = first or version
    if began is None and embargo is None:
        return Instants()
    start = max((moment for moment in (began, embargo) if moment), key=lambda moment: moment.instant)
    later = version is not None and began is not None and version.instant > began.instant
    return Instants(
        start.instant,
        start.precision,
        start.tz_assumed,
        version.instant if version and later else None,
        version.instant if version else None,
        embargo.instant if embargo and start is embargo else None,
    )


def reading(items: Sequence[Item], listed: int) -> Parsed:
    """The newest version of each item, in the document's order; and what is left out."""
    newest: dict[str, Item] = {}
    for number, item in enumerate(items):
        name = item.guid or f"#{number}"
        if name not in newest or _supersedes(item, newest[name]):
            newest[name] = item
    kept = [item for item in items if newest.get(item.guid, item) is item]
    articles = tuple(item.article for item in kept if item.article is not None)
    left_out = tuple(item.left_out for item in kept if item.left_out is not None and item.left_out.place)
    return Parsed(articles, listed, held_back=min(listed, ENTRIES) - len(kept), left_out=left_out)


def item(guid: str, version: tuple[datetime | None, int], status: str, found: Article | LeftOut) -> Item:
    """One item of a document, whose article may be left out."""
    if isinstance(found, Article):
        return Item(guid, version, status, found)
    return Item(guid, version, status, left_out=found)


def page(stated: Iterable[str | None], reader: ParseContext) -> str:
    """The first of these that is a web address; before it, those that name no host that can be are remembered."""
    for said in stated:
        if said and (url := reader.link(said, asked="://" in said or said.strip().casefold() in NO_ADDRESS)):
            return url
    return ""


def _supersedes(one: Item, other: Item) -> bool:
    """Whether a version replaces an earlier one in the document; only a newer one replaces a cancellation."""
    (instant, number), (since, before) = one.version, other.version
    if instant and since and instant != since:
        return instant > since
    if number and before and number != before:
        return number > before
    return one.status == "canceled" or other.status != "canceled"


def authors(byline: str, named: Iterable[str]) -> tuple[str, ...]:
    """The people named as authors, else the names in a byline such as "By Ana Lima and Rui Sousa"."""
    found = distinct(map(person, named))
    if found or not byline:
        return found
    byline = _BY.sub("", byline, count=1) if _BY.match(byline) else byline
    parts = [name for part in _AND.split(byline) for name in _both(part)]
    if len(parts) > 1:
        parts = [name for part in parts for name in part.split(", ")]
    return distinct(person(part.strip(" ,")) for part in parts)


def _both(names: str) -> list[str]:
    """Two people joined by a word that surnames contain too: "Ana Lima e Rui Sousa", but José Ortega y Gasset."""
    parts = _E.split(names)
    return parts if all(" " in part.strip() for part in parts) else [names]


def is_top_level(code: str) -> bool:
    """Whether a code is one of the IPTC's seventeen top-level media topics."""
    return _TOPIC.fullmatch(code.strip()) is not None


def picture(renditions: Sequence[Rendition], *, alt: str, caption: str, credit: str) -> Image | None:
    """A picture in the widest of its renditions that is not too wide; another rendition's focus is used
    if both have the same shape.
    """
    usable = [one for one in renditions if one.url and (one.type or "image/").startswith("image/")]
    if not usable:
        return None
    fitting = [one for one in usable if (one.width or 0) <= WIDEST]
    best = max(fitting, key=lambda one: one.width or 0) if fitting else min(usable, key=lambda one: one.width or 0)
    if best.focus is None:
        alike = (one.focus for one in usable if one.focus and _same_shape(one, best))
        best = replace(best, focus=next(alike, None))
    return Image(best.url, alt, caption, credit, best.width, best.height, best.type, best.focus)


def focus(x: int | None, y: int | None, width: int | None, height: int | None) -> tuple[float, float] | None:
    """A point in pixels from the top left as fractions; None if it is outside the picture."""
    if x is None or y is None or not width or not height or not (0 <= x <= width and 0 <= y <= height):
        return None
    return (x / width, y / height)


def _same_shape(one: Rendition, other: Rendition) -> bool:
    if not (one.width and one.height and other.width and other.height):
        return False
    shape, wanted = one.width / one.height, other.width / other.height
    return abs(shape - wanted) <= 0.01 * wanted
