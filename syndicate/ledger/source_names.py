"""Sources that the config has under another name than before: the new name keeps the state and the articles."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from syndicate.ledger.articles import Articles
from syndicate.ledger.database import Database, Row
from syndicate.ledger.former_names import FormerNames
from syndicate.ledger.site_names import SiteNames
from syndicate.ledger.sources import hashed
from syndicate.model import site_of
from syndicate.serialization import load_article

RECENT = 20_000  # articles of a renamed source that get their names anew; older ones are known by their addresses


class SourceNames:
    """Gives sources their new names, in every table that has them."""

    def __init__(self, database: Database, articles: Articles, former: FormerNames) -> None:
        self._db = database
        self._articles = articles
        self._former = former
        self._sites = SiteNames(database)

    def follow(
        self, wanted: Mapping[str, str], rests: Callable[[str], bool] = lambda _: False
    ) -> list[tuple[str, str]]:
        """Let each source go on under the name that its address now has; `wanted` are addresses by name.

        Returns old and new names. Of several sources with one address, only those move that lost their name, and not
        those that `rests` names: their site's config cannot be read now.
        """
        known = {row["name"]: row["url"] for row in self._db.rows("SELECT name, url FROM source")}
        free = {name: url for name, url in known.items() if name in wanted or not rests(name)}
        moves = _moves({name: hashed(url) for name, url in wanted.items()}, free)
        if not moves:
            return []
        with self._db.transaction():
            for site, scope in self._sites.follow(moves, known, wanted):
                self._share([name for name in known if site_of(name) == site], scope)
            for old in moves:  # by way of a name that nobody has: two sources may have changed names
                self._move(old, f"\n{old}")
            for old, new in moves.items():
                self._move(f"\n{old}", new)
                self._rename_articles(old, new)
            self._former.record("source", moves.items())
        return [*moves.items()]

    def _move(self, old: str, new: str) -> None:
        values: Row = {"old": old, "new": new}
        self._db.change("DELETE FROM source WHERE name = :new", new=new)
        self._db.change("UPDATE source SET name = :new WHERE name = :old", **values)
        self._db.change("UPDATE article SET source = :new WHERE source = :old", **values)
        self._db.change("UPDATE subscription SET source = :new WHERE source = :old", **values)
        self._db.change("DELETE FROM source_host WHERE source = :new", new=new)
        self._db.change("UPDATE source_host SET source = :new WHERE source = :old", **values)
        there = "SELECT 1 FROM listing AS twin WHERE twin.source = :new AND twin.place = listing.place"
        self._db.change(f"DELETE FROM listing WHERE source = :old AND EXISTS ({there})", **values)
        self._db.change("UPDATE listing SET source = :new WHERE source = :old", **values)
        self._db.change("DELETE FROM notice WHERE subject = :old AND kind LIKE 'source%'", old=old)

    def _share(self, sources: Sequence[str], scope: str) -> None:
        """Let the site with this scope know the articles of these sources, with which it was one until now."""
        from syndicate.aliases import aliases

        mine = {f"s{number}": name for number, name in enumerate(sources)}
        found = self._db.rows(
            f"SELECT anchor, data FROM article WHERE source IN ({', '.join(f':{name}' for name in mine)})"
            " AND content_hash <> '' ORDER BY first_seen_at DESC LIMIT :most",
            most=RECENT,
            **mine,
        )
        for row in found:
            named = [alias for alias in aliases(load_article(row["data"]), scope) if alias.kind == "url"]
            self._articles.name(row["anchor"], named)

    def _rename_articles(self, old: str, new: str) -> None:
        """Give articles the names under which the source will list them: a guid belongs to its source."""
        from syndicate.aliases import aliases

        found = self._db.rows(
            "SELECT anchor, data FROM article WHERE source = :new AND content_hash <> '' ORDER BY first_seen_at DESC"
            " LIMIT :most",
            new=new,
            most=RECENT,
        )
        for row in found:
            article = replace(load_article(row["data"]), source=new)
            before = aliases(replace(article, source=old), self._sites.scope(old))
            after = aliases(article, self._sites.scope(new))
            mine = self._articles.anchors([alias.hash for alias in before])
            names = [name for was, name in zip(before, after, strict=True) if mine.get(was.hash) == row["anchor"]]
            self._articles.name(row["anchor"], names)
            self._articles.retell(row["anchor"], article)


def _moves(wanted: Mapping[str, str], known: Mapping[str, str]) -> dict[str, str]:
    """The sources of the ledger that are in the config under another name, and that name. All values are hashes."""
    moves: dict[str, str] = {}
    for name, url in wanted.items():
        if known.get(name) == url:
            continue
        for old, place in known.items():
            if place == url and old not in moves and wanted.get(old) != url:
                moves[old] = name
                break
    return moves
