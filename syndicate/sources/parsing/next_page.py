"""Finds the address of a feed's next page.

JSON Feed has it in `next_url`. In RSS and Atom it is a link: "next" for pages, "prev-archive" for
archives (RFC 5005 §3 and §4). WordPress does not name its pages; they are at `?paged=2`
(https://developer.wordpress.org/reference/classes/wp_query/#pagination-parameters).
"""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from syndicate.sources.parsing.fields import address

_OLDER = ("prev-archive", "next")  # in an archive "next" may lead to what is newer
_PORTS = {"http": 80, "https": 443}


def next_page(links: Iterable[tuple[str | None, str | None]], base: str, generator: str, here: str = "") -> str:
    """The address of the page after a document; "" if there is none. `links` are pairs of `rel` and `href`.

    `here` is the document's own address, needed if links are relative to another one.
    """
    named = {(rel or "").strip().lower(): href for rel, href in links}
    found = next((url for rel in _OLDER if (url := address(named.get(rel), base))), "")
    return found or (_wordpress(here or base) if "wordpress" in generator.lower() else "")


def same_site(url: str, other: str) -> bool:
    """Whether two addresses have the same host, whatever their scheme; `www.` does not count."""
    host = _host(url)
    return host is not None and host == _host(other)


def _wordpress(url: str) -> str:
    """The page after one of a WordPress feed's pages."""
    parts = urlsplit(url)
    pairs = dict(parse_qsl(parts.query, keep_blank_values=True))
    number = pairs.get("paged", "1")
    if not parts.hostname or not number.isdecimal() or len(number) > 4:
        return ""
    return urlunsplit(parts._replace(query=urlencode(pairs | {"paged": str(int(number) + 1)}), fragment=""))


def _host(url: str) -> tuple[str, int | None] | None:
    """Host, and port if it is not the default; None if it is not an address."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return None
    if not parts.hostname or parts.scheme not in _PORTS:
        return None
    return parts.hostname.removeprefix("www."), None if port == _PORTS[parts.scheme] else port
