"""Reads the one article of a web page."""

from __future__ import annotations

from syndicate.model import Reading, Validators
from syndicate.ports import Http
from syndicate.sources import fetch
from syndicate.sources.formats.page import ACCEPT, parse_page


class PageSource:
    """ports.Source for a page that is one article."""

    def __init__(self, name: str, url: str, http: Http, *, timezone: str = "UTC") -> None:
        self.name = name
        self._url = url
        self._http = http
        self._timezone = timezone

    def fetch(self, validators: Validators) -> Reading:
        """The article, unless the page is unchanged."""
        visited = fetch.get(self._http, self._url, validators, accept=ACCEPT)
        if not visited.modified:
            return Reading(validators=visited.validators, modified=False, interval=visited.interval)
        reply = visited.reply
        article = parse_page(
            reply.body,
            source=self.name,
            url=reply.url,
            content_type=reply.headers.get("content-type"),
            timezone=self._timezone,
            now=reply.received_at,
        )
        return Reading((article,), visited.validators, entries=1, interval=visited.interval)
