"""Which private origins the addresses that a source gives may lead to. Pure.

A source's own origin, and the site's where the source is the publisher's own; never another source's. What is public
needs no trust.
"""

from __future__ import annotations

from ipaddress import ip_address

from syndicate.addresses import ascii_host
from syndicate.config.schema import Config, SourceConfig
from syndicate.net.address_guard import Origin, origin_of

# Below these, everybody may have a name of their own. Where one is missing, two hosts count as one publisher's too
# early, and where one is too many, `own: true` says what cannot be seen.
_SECOND = frozenset(["ac", "co", "com", "edu", "go", "gob", "gouv", "gov", "govt", "mil", "ne", "net", "or", "org"])
"""Second levels below a country's domain, such as co.uk and com.br."""
_SECOND_OF = {
    "at": "gv",
    "au": "asn id",
    "br": "blog inf jor tv",
    "hu": "hirek info media",
    "id": "biz my web",
    "il": "k12 muni",
    "in": "firm gen ind nic res",
    "jp": "ad ed gr lg",
    "kr": "pe re",
    "nz": "gen iwi kiwi maori school",
    "pl": "biz info media waw",
    "tr": "biz gen info tv web",
    "ua": "in kiev kyiv lviv",
    "uk": "ltd me nhs plc police sch",
    "za": "law nom web",
}
_HOSTS = [
    "appspot.com",
    "azurewebsites.net",
    "blogspot.com",
    "cloudfront.net",
    "fly.dev",
    "ghost.io",
    "github.io",
    "gitlab.io",
    "herokuapp.com",
    "medium.com",
    "netlify.app",
    "onrender.com",
    "pages.dev",
    "r2.dev",
    "sharepoint.com",
    "squarespace.com",
    "substack.com",
    "tumblr.com",
    "vercel.app",
    "web.app",
    "weebly.com",
    "wixsite.com",
    "wordpress.com",
    "workers.dev",
    "wpengine.com",
]
"""Services that give each customer a name below theirs."""


def article_origins(config: Config, source: str) -> frozenset[Origin]:
    """The origins that pages, pictures and further documents of this source may have on a private network."""
    found = config.sources.get(source)
    if found is None:
        return frozenset()
    site = config.of(source).site.url
    named = [found.url, found.link or "", *([site] if is_own(found, site) else [])]
    return frozenset(origin_of(url) for url in named if "://" in url)


def hub_origins(config: Config, source: str) -> frozenset[Origin]:
    """The origins that a hub of this source may have on a private network: its own alone, since a hub gets a POST."""
    found = config.sources.get(source)
    return frozenset([origin_of(found.url)]) if found is not None and "://" in found.url else frozenset()


def is_own(source: SourceConfig, site: str) -> bool:
    """Whether a source is the publisher's own: as its `own` says, else if it is below the site's registrable domain."""
    if source.own is not None:
        return source.own
    domain = registrable(origin_of(site)[1])
    named = [url for url in (source.url, source.link or "") if "://" in url]
    return domain is not None and any(registrable(origin_of(url)[1]) == domain for url in named)


def registrable(host: str) -> str | None:
    """The domain that somebody registered, of which a host is a part, such as gazette.co.uk of www.gazette.co.uk.

    None for an IP address and a name without a dot.
    """
    try:
        ip_address(host)
    except ValueError:
        labels = ascii_host(host).rstrip(".").lower().split(".")
    else:
        return None
    if len(labels) < 2 or not all(labels):
        return None
    second, top = labels[-2:]
    shared = len(top) == 2 and (second in _SECOND or second in _SECOND_OF.get(top, "").split())
    count = 3 if shared or f"{second}.{top}" in _HOSTS else 2
    return ".".join(labels[-count:]) if len(labels) >= count else None
