"""What divides the addresses of one site's articles from those of another site in the same ledger.

Two sites that list one story have two stories, so the names that a story has by its addresses belong to its site. They
begin with a word of the site (its scope): its name, or the one of an earlier site whose sources it took over.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping

from syndicate.ledger.database import Database
from syndicate.model import site_of

FORMER = "~"
"""What is added to a site's name for its scope where another site has that name as its own."""


class SiteNames:
    """The scopes of sites: rows of `former_name` with the kind `site`, a scope as `former`, and a site as `name`.

    A site without a row has its name as its scope; "" is the one of a config without `sites`.
    """

    def __init__(self, database: Database) -> None:
        self._db = database

    def scope(self, name: str) -> str:
        """The scope of the site of a source or an account."""
        site = site_of(name)
        return self._rows().get(site, site)

    def scopes(self, names: Iterable[str]) -> list[str]:
        """The scopes of the sites of these sources or accounts, and that of a site without a name; each once."""
        known = self._rows()
        return [*dict.fromkeys(known.get(site, site) for site in ("", *map(site_of, names)))]

    def follow(
        self, moves: Mapping[str, str], before: Collection[str], wanted: Collection[str]
    ) -> list[tuple[str, str]]:
        """Let sites take over the scopes of those from which all their sources come. `moves` are old and new names of
        sources, `before` the sources in the ledger, `wanted` those of the config.

        Returns the sites from which sources come to one that has a scope of its own, and that scope: there, articles
        need new names beside their old ones.
        """
        for site in sorted({site_of(name) for name in wanted}):
            self._claim(site)
        pairs = Counter((site_of(old), site_of(new)) for old, new in moves.items() if site_of(old) != site_of(new))
        staying, settled = {site_of(name) for name in wanted}, {site_of(name) for name in before}
        shared = []
        for (old, new), _ in pairs.most_common():
            if old in staying or new in settled:
                shared.append((old, self.scope(f"{new}/")))
                continue
            self._give(old, new)
            staying.add(old)  # it has gone to one of them; the others have their own
            settled.add(new)
        return shared

    def _rows(self) -> dict[str, str]:
        found = self._db.rows("SELECT former, name FROM former_name WHERE kind = 'site'")
        return {row["name"]: row["former"] for row in found}

    def _claim(self, site: str) -> None:
        """See that a site's scope is no other's: a site may have a name that another one had before."""
        known = self._rows()
        scope = known.get(site, site)
        while any(other == scope and name != site for name, other in known.items()):
            scope += FORMER
        if scope != known.get(site, site):
            self._write(scope, site)

    def _give(self, old: str, new: str) -> None:
        """Let a site have the scope of another one, which is no more."""
        scope = self.scope(f"{old}/")
        for site in (old, new):
            self._db.change("DELETE FROM former_name WHERE kind = 'site' AND name = :site", site=site)
        if scope != new:
            self._write(scope, new)

    def _write(self, scope: str, site: str) -> None:
        self._db.change(
            "INSERT INTO former_name (kind, former, name) VALUES ('site', :scope, :site)", scope=scope, site=site
        )
