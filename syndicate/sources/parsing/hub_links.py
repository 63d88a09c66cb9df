"""Finds a feed's WebSub hub and the address by which it knows the feed (https://www.w3.org/TR/websub/#discovery)."""

from __future__ import annotations

import re
from collections.abc import Iterable

from syndicate.model import Hub
from syndicate.model.pattern import pattern
from syndicate.sources.parsing.fields import address

_LINK = pattern(r"<([^<>]*)>([^<>]*)")
_REL = pattern(r";\s*rel\s*=\s*(?:\"([^\"]*)\"|([^\s;,\"]+))", re.IGNORECASE)


def of_links(links: Iterable[tuple[str, str | None]], base: str) -> tuple[str, str]:
    """The hub and the feed's own address among links, given as relations and address; "" for a missing one.

    Of several hubs, the first with HTTPS is taken (§8.2), else the first.
    """
    found: dict[str, list[str]] = {"hub": [], "self": []}
    for relations, href in links:
        there = address(href, base)
        for relation in set(relations.lower().split()) & set(found):
            found[relation] += [there] if there else []
    hubs = [*(hub for hub in found["hub"] if hub.startswith("https://")), *found["hub"]]
    return next(iter(hubs), ""), next(iter(found["self"]), "")


def of_header(header: str, base: str) -> tuple[str, str]:
    """Hub and own address from a Link header (RFC 8288)."""
    links = ((found[1], _REL.search(found[2])) for found in _LINK.finditer(header[:16_000]))
    return of_links(((relation[1] or relation[2] or "", link) for link, relation in links if relation), base)


def agreed(header: tuple[str, str], document: tuple[str, str]) -> Hub | None:
    """Hub and topic, the header's before the document's; None if one of the two is missing."""
    hub, topic = header[0] or document[0], header[1] or document[1]
    return Hub(hub, topic) if hub and topic else None
