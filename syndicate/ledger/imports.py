"""Articles that another tool announced before, recorded by `import-seen`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from syndicate.ledger.articles import CHUNK, ELSEWHERE, UNREAD, Articles
from syndicate.ledger.database import Database, Row, micros
from syndicate.ledger.transitions import SEEN_ELSEWHERE
from syndicate.model import Article
from syndicate.serialization import store_article

if TYPE_CHECKING:
    from syndicate.aliases import Alias

SEEN = "seen before syndicate came (import-seen)"


class Imports:
    """Adds rows to `article` and `alias` that no source has listed yet, and marks those that one has."""

    def __init__(self, database: Database, articles: Articles) -> None:
        self._db = database
        self._articles = articles

    def record(self, seen: Sequence[tuple[Article, Sequence[Alias]]], now: datetime) -> list[bool]:
        """Record these articles with their names. Returns for each whether it was new. Call it within a transaction."""
        anchors = self._articles.anchors([alias.hash for _, names in seen for alias in names])
        marked = set(anchors.values())
        fresh: list[bool] = []
        made: list[Row] = []
        named: list[Row] = []
        for article, names in seen:
            anchor = next((anchors[alias.hash] for alias in names if alias.hash in anchors), None)
            fresh.append(anchor is None)
            if anchor is None:
                anchor = names[0].hash
                made.append(_row(anchor, article, now))
            own = [alias for alias in names if anchors.setdefault(alias.hash, anchor) == anchor]
            named += [{"hash": alias.hash, "kind": alias.kind, "anchor": anchor} for alias in own]
        self._db.change_many(
            "INSERT INTO article (anchor, source, url, data, content_hash, first_seen_at, position)"
            " VALUES (:anchor, :source, :url, :data, :content_hash, :now, :position)",
            made,
        )
        self._db.change_many(
            "INSERT INTO alias (hash, kind, anchor) VALUES (:hash, :kind, :anchor) ON CONFLICT (hash) DO NOTHING",
            named,
        )
        self._mark(sorted(marked), now)
        return fresh

    def forget(self, anchor: str) -> None:
        """Take the `imported` mark off an article, because a person asks for it to be announced here."""
        self._db.change(
            "UPDATE delivery SET reason = 'baseline' WHERE anchor = :anchor AND state = 'skipped'"
            " AND reason = 'person' AND waited_for = 'seen'",
            anchor=anchor,
        )

    def _mark(self, anchors: Sequence[str], now: datetime) -> None:
        """Mark known articles as announced elsewhere: no backfill takes them, and what waits is skipped."""
        for start in range(0, len(anchors), CHUNK):
            chunk = {f"a{number}": anchor for number, anchor in enumerate(anchors[start : start + CHUNK])}
            names = ", ".join(f":{name}" for name in chunk)
            self._db.change(
                f"UPDATE article SET position = {ELSEWHERE} WHERE anchor IN ({names}) AND position <> {ELSEWHERE}",
                **chunk,
            )
            self._db.change(
                f"UPDATE delivery SET {SEEN_ELSEWHERE.sets()}, reason = 'person', waited_for = 'seen', due_at = NULL,"
                f" error = :error, updated_at = :now WHERE anchor IN ({names}) AND action = 'post'"
                f" AND {SEEN_ELSEWHERE.allowed} AND draft IS NULL",
                error=SEEN,
                now=micros(now),
                **chunk,
            )


def _row(anchor: str, article: Article, now: datetime) -> Row:
    return {
        "anchor": anchor,
        "source": article.source,
        "url": article.url,
        "data": store_article(article),
        "content_hash": UNREAD,
        "now": micros(now),
        "position": ELSEWHERE,
    }
