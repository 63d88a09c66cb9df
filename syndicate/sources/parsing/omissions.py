"""Tells the articles of a document from the entries that are left out, and says of each of these why it is."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import TypeVar

from syndicate.model import Article, LeftOut
from syndicate.sources.parsing import notes
from syndicate.sources.parsing.fields import LONGEST, ParseContext

Entry = TypeVar("Entry")
NAMELESS = "it has neither a title nor an address"
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")  # XML and JSON let some through, and no terminal should


def sorted_out(
    entries: Iterable[Entry],
    read: Callable[[Entry], Article | LeftOut],
    reader: ParseContext,
    why: Callable[[Entry], str] = lambda _: "",
) -> tuple[tuple[Article, ...], tuple[LeftOut, ...]]:
    """The articles of a document's entries, and what is left out, as far as it has a name.

    `why` says of an entry why it is not meant to be announced, "" if it is.
    """
    articles: list[Article] = []
    left_out: list[LeftOut] = []
    for entry in entries:
        reason = why(entry)
        found = withheld(lambda entry=entry: read(entry), reader, reason) if reason else read(entry)  # type: ignore[misc]
        if isinstance(found, Article):
            articles.append(found)
        elif found.place:
            left_out.append(found)
    return tuple(notes.settled(articles)), tuple(left_out)


def withheld(read: Callable[[], Article | LeftOut], reader: ParseContext, why: str, *, meant: bool = True) -> LeftOut:
    """An entry that is not announced, by its address, guid or title. What is odd in it is not noted."""
    hostless, undated = len(reader.hostless), len(reader.undated)
    found = read()
    del reader.hostless[hostless:], reader.undated[undated:]
    place = (found.url or found.guid or found.title) if isinstance(found, Article) else found.place
    return LeftOut(shown(place), why, meant)


def nameless(guid: str | None, reader: ParseContext, before: int) -> LeftOut:
    """An entry without title and address, by its guid, else by the link that leads nowhere.

    `before` is how many such links there were before it; its own are not noted as well.
    """
    stated = reader.hostless[before:]
    del reader.hostless[before:]
    why = f"it has no title, and its link leads nowhere: {stated[0][:200]!r}" if stated else NAMELESS
    return LeftOut(shown(guid or next(iter(stated), "")), why, meant=False)


def shown(place: str) -> str:
    """An address, guid or title as it can be printed."""
    return _CONTROL.sub("", place)[:LONGEST]
