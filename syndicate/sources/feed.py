"""Fetches a feed with conditional requests; an unchanged feed is not parsed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from syndicate.errors import SourceError
from syndicate.model import PollHints, Reading, Validators
from syndicate.net.address_guard import bare
from syndicate.ports import Http, Reply
from syndicate.sources import fetch

if TYPE_CHECKING:
    from syndicate.sources.parsing.fields import (  # its imports are not needed for a feed that is as it was
        LinkRule,
        Parsed,
    )

ACCEPT = (
    "application/rss+xml, application/atom+xml, application/feed+json, application/rdf+xml;q=0.9,"
    " application/xml;q=0.8, text/xml;q=0.8, application/json;q=0.7, */*;q=0.1"
)
_PASSING = (408, 425, 429, 500, 502, 503, 504)  # a later attempt may go well


class FeedSource:
    """ports.Source for RSS, Atom and JSON Feed. Links are resolved against `base` instead of the feed's own address.

    `rule` says which of an entry's links is its article's (without one: its own page).
    """

    def __init__(
        self,
        name: str,
        url: str,
        http: Http,
        *,
        timezone: str = "UTC",
        base: str | None = None,
        rule: LinkRule | None = None,
    ) -> None:
        self.name = name
        self._url = url
        self._http = http
        self._timezone = timezone
        self._base = base
        self._rule = rule

    def fetch(self, validators: Validators) -> Reading:
        """One conditional request. An unchanged feed is not parsed. Raises SourceError.

        From a document that was cut off, the whole entries are taken but not the validators, so that
        the next fetch asks for all of it again.
        """
        visited = fetch.get(self._http, self._url, validators, accept=ACCEPT)
        if not visited.modified:
            return Reading((), visited.validators, modified=False, interval=visited.interval, moved=visited.reply.moved)
        from syndicate.sources.parsing import hub_links

        reply = visited.reply
        reading = self._read(reply)
        hub = hub_links.agreed(hub_links.of_header(reply.headers.get("link", ""), reply.url), reading.hub)
        wishes = [wish for wish in (visited.interval, reading.interval) if wish]
        return Reading(
            articles=reading.articles,
            validators=validators if reading.cut_off else visited.validators,
            entries=reading.listed,
            notes=reading.notes,
            interval=min(fetch.LONGEST, max(wishes)) if wishes else None,
            hub=hub,
            hub_known=hub is not None or not reading.cut_off,
            wish=PollHints(visited.interval, reading.interval, reading.hours, reading.days),
            moved=reply.moved,
            windowed=not reading.cut_off,
            older=reading.older,
            left_out=reading.left_out,
        )

    def older(self, fetched: Reading) -> Iterator[Reading]:
        """The further pages that the feed names on its own site, each once; a missing one, or no feed, ends them."""
        from syndicate.sources.parsing.next_page import same_site

        place, seen = fetched.older, {self._url}
        while place and place not in seen and same_site(place, self._url):
            seen.add(place)
            try:
                reply = fetch.get(self._http, place, Validators(), accept=ACCEPT).reply
            except SourceError as fault:
                if fault.status is None or fault.status in _PASSING:
                    raise
                return
            if not same_site(reply.url, self._url):
                return
            try:
                reading = self._read(reply)
            except SourceError:
                return
            yield Reading(reading.articles, entries=reading.listed, older=reading.older, left_out=reading.left_out)
            place = reading.older

    def listed(self) -> Iterator[Reading]:
        """The articles of the site's news sitemaps."""
        from syndicate.sources.sitemap import news

        return news(self._url, self._http, self.name, self._timezone)

    def _read(self, reply: Reply) -> Parsed:
        from syndicate.sources.formats.feed import read_feed
        from syndicate.sources.parsing.fields import OWN_LINKS

        url = self._base or reply.url
        try:
            return read_feed(
                reply.body,
                source=self.name,
                url=url,
                content_type=reply.headers.get("content-type"),
                timezone=self._timezone,
                now=reply.received_at,
                rule=self._rule or OWN_LINKS,
            )
        except SourceError as fault:
            kind = _json_type(reply.body) if fault.found == "json" else None
            if kind is None:
                raise
            raise _stranger(kind, bare(url) or self.name) from fault


def _json_type(body: bytes) -> str | None:
    """The type of source that reads a JSON document that is not a feed; None if there is none."""
    from syndicate.sources.detect import json_type
    from syndicate.sources.parsing import json_fields

    return json_type(json_fields.load(body, url="", what="a feed"))


def _stranger(kind: str, shown: str) -> SourceError:
    from syndicate.sources.detect import KINDS

    what = f"{shown} is {KINDS[kind]}, not a feed"
    return SourceError(what, hint=f"use it as a source of type {kind}", found="json")
