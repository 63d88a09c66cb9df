"""Finds the AT Protocol records (standard.site) that back a link card, and checks them as Bluesky does before it draws
the fuller card: with the publication's name and icon, and the time that reading takes.

A page names its document in `<link rel="site.standard.document" href="at://…">`, and the document its publication.
Bluesky draws the fuller card only if the post names both, the document's `site` is the publication's address, and the
publication's `url` and the document's `path` together are the address of the card (bluesky-social/atproto @ d6296a1c,
packages/bsky/src/{hydration/external,util/standard-site}.ts; neodb-social/neodb#1788 for documents that name their
publication by https). Whatever is wrong, the post goes out with the plain card, and no later than without the look.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any, Protocol
from urllib.parse import urlsplit

from syndicate.addresses import as_link
from syndicate.delivery.at_records import AtRecords, NotThere, RecordReader
from syndicate.model import Article, Backing, Json, LinkCard, StrongRef
from syndicate.ports import Clock, Platform, RecordNaming

SECONDS = 5.0
"""How long all look-ups of one story may take together."""
REMEMBERED = timedelta(minutes=5)

DOCUMENT, PUBLICATION = "site.standard.document", "site.standard.publication"


class Named(Protocol):
    """What an article's page names as its records, by their type; None if the page is not looked at."""

    def __call__(self, article: Article, http: RecordReader) -> Mapping[str, str] | None:
        """From the last look at the page, else from one through `http`. Raises nothing."""


class PublicationRecords:
    """Looks up what backs link cards. Shared by threads.

    `hurried` gives a guarded client whose calls together take at most so many seconds.
    """

    def __init__(self, named: Named, hurried: Callable[[float], RecordReader], clock: Clock) -> None:
        self._named = named
        self._hurried = hurried
        self._clock = clock
        self._found: dict[tuple[tuple[str, ...], str, str], tuple[datetime, Backing | None]] = {}
        self._guard = threading.Lock()

    def of(self, article: Article, platform: Platform, card: LinkCard) -> Backing | None:
        """What backs this card, or why it stays plain; None where its page names no records. Raises nothing."""
        if not isinstance(platform, RecordNaming) or not platform.names_records or not article.url:
            return None
        wanted, now = (article.addressed_by, article.url, card.url), self._clock()
        with self._guard:
            self._found = {key: seen for key, seen in self._found.items() if now - seen[0] < REMEMBERED}
            if wanted in self._found:
                return self._found[wanted][1]
        http = self._hurried(SECONDS)
        named = self._named(article, http)
        found = backing(named, card.url, AtRecords(http, platform.record_server).find) if named else None
        with self._guard:
            self._found[wanted] = (now, found)
        return found


def backing(named: Mapping[str, str], url: str, find: Callable[[str], Json]) -> Backing:
    """The records that a page names, if they are those of the page at `url`; else why the card stays plain.

    `find` reads a record by its address, and raises NotThere.
    """
    try:
        return Backing(_checked(named, url, find))
    except NotThere as fault:
        return Backing(why=str(fault))


def _checked(named: Mapping[str, str], url: str, find: Callable[[str], Json]) -> tuple[StrongRef, ...]:
    if DOCUMENT not in named:
        raise NotThere("the page names a publication, but no document")
    document = find(_address(named[DOCUMENT], DOCUMENT))
    site = document["value"].get("site")
    if not isinstance(site, str) or not site.startswith("at://"):
        raise NotThere("the document does not name its publication by an at:// address")
    if named.get(PUBLICATION, site) != site:
        raise NotThere("the document names another publication than the page")
    publication = find(_address(site, PUBLICATION))
    address = _joined(publication["value"], document["value"])
    if address is None or address != _plain(url):
        told = address or "nowhere"
        raise NotThere(f"by its records the document is at {told}, which is not the address of the card")
    return tuple(StrongRef(each["uri"], each["cid"]) for each in (document, publication))


def _address(uri: str, collection: str) -> str:
    """The address of a record, if it is one of that collection and names its owner by DID."""
    owner, key = r"did:[a-z]+:[A-Za-z0-9._:%-]{0,2000}[A-Za-z0-9._-]", r"(?!\.{1,2}\Z)[A-Za-z0-9_~.:-]{1,512}"
    if not re.fullmatch(f"at://{owner}/{re.escape(collection)}/{key}", uri):
        raise NotThere(f"{uri[:120]} is not the address of a {collection} under its owner's DID")
    return uri


def _joined(publication: Mapping[str, Any], document: Mapping[str, Any]) -> str | None:
    """Where the records say that the document is: the publication's address, a slash, and the document's path."""
    base, path = publication.get("url"), document.get("path") or ""
    if not isinstance(base, str) or not isinstance(path, str):
        return None
    return _plain(f"{base.removesuffix('/')}/{path.removeprefix('/')}" if path else base)


def _plain(url: str) -> str | None:
    """A web address as Bluesky compares it: without query, fragment and the slash at its end."""
    parts = urlsplit(as_link(url))
    if parts.scheme not in ("http", "https") or not parts.netloc:
        return None
    return f"{parts.scheme}://{parts.netloc.lower()}{parts.path.removesuffix('/')}"
