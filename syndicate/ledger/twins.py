"""Known articles that the new ones of a reading may repeat: those of the same words, and those of the same instant.

All stories of a reading are asked about at once: where they share a summary, each one has all the others for its like,
and what was read for each anew would grow with the square of their number.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from itertools import chain
from typing import Any, TypeAlias

from syndicate.ledger.articles import CHUNK, StoredArticle, stored_article
from syndicate.ledger.database import Database, Row, micros
from syndicate.ledger.rows import among
from syndicate.model import Article, site_of

TWINS = 20  # articles alike that are looked at
ALIKE = 3  # articles of one source with the same date, and a new one; more of them tell nothing

Words: TypeAlias = tuple[str | None, str | None]
"""What an article's headline and summary are compared by."""

_Groups: TypeAlias = Mapping[Any, list[Row]]
"""Rows by one of their columns, each group in its order."""

_RANKED = (
    "SELECT * FROM (SELECT anchor, title_key, summary_key, published_at, first_seen_at, ROW_NUMBER() OVER"
    " (PARTITION BY {column} ORDER BY first_seen_at DESC, position, anchor) AS place FROM article WHERE {which})"
    " AS ranked WHERE place <= :most ORDER BY place"
)
"""The last seen of each group, and of one reading in the order of its document."""
_DOUBTED = (
    "(EXISTS (SELECT 1 FROM delivery WHERE delivery.anchor = article.anchor)"
    " AND NOT EXISTS (SELECT 1 FROM delivery WHERE delivery.anchor = article.anchor"
    " AND (state NOT IN ('planned', 'skipped') OR reason = 'baseline'))) AS doubted"
)


class _SameWords:
    """The last seen articles by their headlines and by their summaries, at most one more of each than `most`."""

    def __init__(self, titles: _Groups, summaries: _Groups, besides: frozenset[str], most: int) -> None:
        self._counts = [{key: len(rows) for key, rows in groups.items()} for groups in (titles, summaries)]
        self._others = [
            {key: [row for row in rows if row["anchor"] not in besides][: TWINS + 1] for key, rows in groups.items()}
            for groups in (titles, summaries)
        ]
        self._besides, self._most = besides, most
        self._stored = {row["anchor"]: _words(row) for groups in (titles, summaries) for row in chain(*groups.values())}
        self.both = defaultdict[Words, list[Row]](list)
        for row in chain(*titles.values()):
            self.both[_words(row)].append(row)

    def is_crowded(self, anchor: str, words: Words) -> bool:
        """Whether so many have the same headline or summary that one with both may be older than all that are looked
        at.
        """
        one, other = (counts.get(key, 0) for counts, key in zip(self._counts, words, strict=True))
        own = any(key and key == mine for key, mine in zip(words, self._stored.get(anchor, ()), strict=False))
        return one + other - len(self.both.get(words, ())) - own >= self._most

    def twins(self, anchor: str, words: Words, *, crowded: bool) -> list[str]:
        """The anchors of the twins of a story."""
        first = [row for row in self.both.get(words, ())[: TWINS + 1] if row["anchor"] != anchor] if crowded else []
        rest = [row for others, key in zip(self._others, words, strict=True) for row in others.get(key, ())]
        rest.sort(key=lambda row: -row["first_seen_at"])
        found = dict.fromkeys(row["anchor"] for row in (*first[:TWINS], *rest))
        return [each for each in found if each != anchor and each not in self._besides][:TWINS]


def _words(row: Row) -> Words:
    return row["title_key"], row["summary_key"]


class TwinArticles:
    """Questions about the `article` table, each for all stories of a reading."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def alike(
        self, stories: Mapping[str, Article], besides: Collection[str]
    ) -> dict[str, list[tuple[StoredArticle, bool]]]:
        """For each story, by its anchor, a few articles of its site with the same headline or summary, without those
        in `besides`: the newest; where there are many, first those with both.

        Each with whether it was never sent because the approval it waited for never came.
        """
        sites = defaultdict[str, dict[str, Article]](dict)
        for anchor, story in stories.items():
            sites[site_of(story.source)][anchor] = story
        hidden, found = frozenset(besides), dict[str, list[str]]()
        for site, own in sites.items():
            found |= self._alike(f"{site}/" if site else "", own, hidden)
        loaded = self._loaded(found.values())
        return {anchor: [loaded[each] for each in found[anchor]] for anchor in stories}

    def of_one_instant(
        self, stories: Mapping[str, Article], besides: Collection[str]
    ) -> dict[str, list[StoredArticle]]:
        """For each story, by its anchor, the articles of its source with exactly its date, the last seen first, without
        those in `besides`.

        Nothing where many have it: then the dates are days, or a schedule publishes many at once.
        """
        dates = defaultdict[str, set[datetime]](set)
        for story in stories.values():
            if story.published is not None:
                dates[story.source].add(story.published)
        groups = {source: self._published(source, [*wanted]) for source, wanted in dates.items()}
        hidden, found = frozenset(besides), dict[str, list[str]]()
        for anchor, story in stories.items():
            group = groups[story.source].get(micros(story.published), []) if story.source in groups else []
            rows = group if len(group) <= ALIKE else []
            found[anchor] = [row["anchor"] for row in rows if row["anchor"] not in hidden]
        loaded = self._loaded(found.values())
        return {anchor: [loaded[each][0] for each in others] for anchor, others in found.items()}

    def _published(self, source: str, dates: Sequence[datetime]) -> _Groups:
        which, values = "source = :source AND published_at", {"source": source}
        return self._groups("published_at", [micros(each) for each in dates], which, values, ALIKE + 1)

    def _alike(self, site: str, stories: Mapping[str, Article], besides: frozenset[str]) -> dict[str, list[str]]:
        """The anchors of the twins of each story."""
        from syndicate.aliases import wording

        words = {anchor: (wording(story.title), wording(story.summary)) for anchor, story in stories.items()}
        most = TWINS + len(besides)
        titles = self._same("title_key", [title for title, _ in words.values() if title], site, most + 1)
        summaries = self._same("summary_key", [told for _, told in words.values() if told], site, most + 1)
        known = _SameWords(titles, summaries, besides, most)
        crowded = {own for anchor, own in words.items() if known.is_crowded(anchor, own)}
        known.both |= {own: self._both(own, site) for own in crowded if len(titles.get(own[0], ())) > most}
        return {anchor: known.twins(anchor, own, crowded=own in crowded) for anchor, own in words.items()}

    def _same(self, column: str, keys: Sequence[str], site: str, most: int) -> _Groups:
        """The last seen articles of a site with each of these words."""
        which, values = f"SUBSTR(source, 1, :length) = :site AND {column}", {"length": len(site), "site": site}
        return self._groups(column, [*dict.fromkeys(keys)], which, values, most)

    def _both(self, words: Words, site: str) -> list[Row]:
        """The last seen articles of a site with this headline and this summary, where very many have the headline."""
        which = "SUBSTR(source, 1, :length) = :site AND title_key = :title AND summary_key"
        values = {"length": len(site), "site": site, "title": words[0]}
        return self._groups("summary_key", [words[1]], which, values, TWINS + 1).get(words[1], [])

    def _groups(self, column: str, keys: Sequence[Any], which: str, values: Row, most: int) -> _Groups:
        found = defaultdict[Any, list[Row]](list)
        for start in range(0, len(keys), CHUNK):
            chunk = {f"k{number}": key for number, key in enumerate(keys[start : start + CHUNK])}
            asked = _RANKED.format(column=column, which=f"{which} IN ({', '.join(f':{name}' for name in chunk)})")
            for row in self._db.rows(asked, **values, **chunk, most=most):
                found[row[column]].append(row)
        return found

    def _loaded(self, anchors: Iterable[Sequence[str]]) -> dict[str, tuple[StoredArticle, bool]]:
        wanted = [*dict.fromkeys(anchor for each in anchors for anchor in each)]
        found: dict[str, tuple[StoredArticle, bool]] = {}
        for start in range(0, len(wanted), CHUNK):
            values: Row = {}
            which = among("anchor", wanted[start : start + CHUNK], values)
            for row in self._db.rows(f"SELECT *, {_DOUBTED} FROM article WHERE {which}", **values):
                found[row["anchor"]] = stored_article(row), bool(row["doubted"])
        return found
