"""Chooses the site whose article a person means, where one installation has several."""

from __future__ import annotations

from collections.abc import Sequence

from syndicate.aliases import site_host
from syndicate.config.schema import Config
from syndicate.errors import SyndicateError
from syndicate.ledger import Ledger
from syndicate.model import site_of


def site_for(origin: str, accounts: Sequence[str], config: Config, ledger: Ledger) -> str:
    """The site of these accounts; without any, the one that has an article at this address, or whose host it is on.

    "" where the config has no `sites`. Raises SyndicateError where several may be meant.
    """
    if not config.sites:
        return ""
    named = {site_of(name) for name in accounts}
    known = {site for site in config.sites if ledger.articles.at(origin, f"{site}/")}
    here = {site for site in config.sites if site_host(origin) in _hosts(site, config)}
    for found in (named, known, here & known, here):
        if len(found) == 1:
            return found.pop()
    likely = sorted(named or known or here) or sorted(config.sites)
    raise SyndicateError(f"whose article is {origin}?", hint=f"say --site {likely[0]}, or another of your sites")


def _hosts(site: str, config: Config) -> set[str]:
    """The hosts of a site and of its sources."""
    sources = [each.url for name, each in config.sources.items() if site_of(name) == site]
    return {host for url in (config.sites[site].site.url, *sources) if (host := site_host(url))}
