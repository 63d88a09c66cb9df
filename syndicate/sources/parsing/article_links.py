"""Chooses an article's address from the links that its entry in a feed has."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from syndicate.aliases import site_host
from syndicate.model import ENCLOSED
from syndicate.model.dataclass import dataclass
from syndicate.sources.parsing.fields import ParseContext, words

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

_PAGES = ("", "text/html", "application/xhtml+xml")
_RECORDINGS = ("audio/", "video/")


@dataclass(frozen=True, slots=True)
class EntryLink:
    """A link of an entry: where it leads, what that is to the entry, its MIME type and its language."""

    url: str
    rel: str = "alternate"
    type: str = ""
    language: str = ""


def link_of(element: Element, reader: ParseContext) -> EntryLink:
    """A `<link>` of Atom, or of RSS, where its address may be its text. Its `rel` may be the address of its
    registration (RFC 4287 §4.2.7.2).
    """
    if not element.attrib:
        return EntryLink(reader.link(words(element)))
    rel = (element.get("rel") or "alternate").strip().lower().rpartition("/")[2]
    said = (element.get("type") or "").partition(";")[0].strip().lower()
    url = reader.inside(element).link(element.get("href") or words(element), asked=rel in ("alternate", "related"))
    return EntryLink(url, rel, said, (element.get("hreflang") or "").strip().replace("_", "-").lower())


def original(found: dict[str, list[Element]], reader: ParseContext) -> str:
    """The address that a feed proxy such as FeedBurner or FeedBlitz replaced by its own, if it tells it."""
    names = [name for name in found if name.lower().endswith(":origlink")]
    return next((url for name in names for each in found[name] if (url := reader.link(words(each)))), "")


def choose(links: Sequence[EntryLink], permalink: str, reader: ParseContext, language: str | None) -> str:
    """The article's address; "" if there is none.

    Of several alternates it is the one to a page in the entry's language. An entry may lead to another site, as in a
    link blog: then it is the entry's page on the feed's own site, if one is named; with `links: out` it is where the
    entry leads. An entry without any page has the address of its recording.
    """
    alternates = [each.url for each in _by_fitness(links, language) if each.url]
    besides = ("related",) if reader.rule.links == "own" else ("related", "via")
    related = [each.url for each in links if each.url and each.rel in besides]
    places = [*alternates, *([permalink] if permalink else [])]
    if not places:
        return recording((each.url, each.type) for each in links if each.rel == "enclosure")
    if len(places) == 1 and not related:
        return places[0]
    wanted = (each for each in (*places, *related) if _is_own(each, reader.home) is (reader.rule.links == "own"))
    return next(wanted, places[0])


def recording(enclosures: Iterable[tuple[str, str]]) -> str:
    """The address of the first sound or film among pairs of address and MIME type."""
    return next((url for url, mime in enclosures if url and mime.startswith(_RECORDINGS)), "")


def enclosed(url: str, enclosures: Iterable[tuple[str, str]]) -> dict[str, str]:
    """The mark of an article whose address is that of a recording itself, for its `raw`."""
    listed = {there: mime for there, mime in enclosures if mime.startswith(_RECORDINGS)}
    return {ENCLOSED: listed[url]} if url in listed else {}


def _by_fitness(links: Iterable[EntryLink], language: str | None) -> list[EntryLink]:
    """The alternates: pages before other things, then those in the language before those in none and in others."""
    alternates = [link for link in links if link.rel == "alternate"]
    if len(alternates) == 1:
        return alternates
    wanted = (language or "").lower()

    def rank(link: EntryLink) -> tuple[bool, int]:
        said = link.language
        if said and wanted and said.partition("-")[0] == wanted.partition("-")[0]:
            return link.type not in _PAGES, 0 if said == wanted else 1
        return link.type not in _PAGES, 3 if said and said != "x-default" and wanted else 2

    return sorted(alternates, key=rank)


def _is_own(url: str, home: str) -> bool:
    """Whether an address is on the feed's own site, or on a part of it with a host of its own."""
    here, there = site_host(home), site_host(url)
    return not here or not there or here == there or there.endswith(f".{here}") or here.endswith(f".{there}")
