"""Articles and their aliases. Aliases are kept for ever, so that a known article is never new again."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from syndicate.ledger.database import EPOCH, MICROSECOND, Database, Often, Row, from_micros, micros
from syndicate.ledger.days import day_of
from syndicate.ledger.rows import among
from syndicate.ledger.shelf import Shelf
from syndicate.ledger.site_names import SiteNames
from syndicate.model import Article
from syndicate.model.dataclass import dataclass
from syndicate.serialization import load_article, store_article

if TYPE_CHECKING:
    from syndicate.aliases import Alias

AHEAD = 5 * 60 * 1_000_000  # microseconds that a clock may run fast
CHUNK = 400  # parameters of one statement, well below SQLite's oldest limit of 999
ELSEWHERE = -1  # the `position` of what was imported (`import-seen`): it keeps this for ever
_DATED = (("NOT NULL", "published_at"), ("NULL", "+first_seen_at"))  # + keeps to the index of dates
UNREAD = ""  # the `content_hash` of what no source has listed so far: the first that does gives it its words
_BY_ANCHOR = Often(
    "SELECT anchor, data, first_seen_at, changed_at, withdrawn_at, position FROM article WHERE anchor = :anchor"
)
_AS_STORED = Often("SELECT data, withdrawn_at FROM article WHERE anchor = :anchor")


@dataclass(frozen=True, slots=True)
class StoredArticle:
    """An article of the ledger. `anchor` is its first alias and never changes. `changed_at` is when its words last did.

    `imported`: another tool announced it before (`import-seen`).
    """

    anchor: str
    article: Article
    first_seen: datetime
    changed_at: datetime | None = None
    withdrawn_at: datetime | None = None
    imported: bool = False


@dataclass(frozen=True, slots=True)
class StoredState:
    """What the ledger holds of an article that a source lists again. `planned`: it has a delivery, in any state."""

    source: str
    content_hash: str
    first_seen: datetime
    imported: bool
    planned: bool
    published_at: datetime | None


class Articles:
    """The `article` and `alias` tables."""

    def __init__(self, database: Database) -> None:
        self._db = database
        self._shelf = Shelf(database)
        self._sites = SiteNames(database)

    def anchors(self, hashes: Sequence[str]) -> dict[str, str]:
        """Alias hash to anchor, for those of `hashes` that are known."""
        found = self._anchors(hashes)
        missing = [each for each in hashes if each not in found]
        if missing:
            self._shelf.fetch_named(missing)
            found |= self._anchors(missing)  # in any case: another process may have got them back in between
        return found

    def _anchors(self, hashes: Sequence[str]) -> dict[str, str]:
        found: dict[str, str] = {}
        for start in range(0, len(hashes), CHUNK):
            chunk = {f"h{number}": value for number, value in enumerate(hashes[start : start + CHUNK])}
            names = ", ".join(f":{name}" for name in chunk)
            rows = self._db.rows(f"SELECT hash, anchor FROM alias WHERE hash IN ({names})", **chunk)
            found.update({row["hash"]: row["anchor"] for row in rows})
        return found

    def at(self, url: str, name: str = "") -> str | None:
        """The anchor of the article that has this address on the site of `name`, a source or an account; else None."""
        from syndicate.aliases import aliases

        found = self.anchors([alias.hash for alias in aliases(Article("", url, ""), self._sites.scope(name))])
        return next(iter(found.values()), None)

    def matching(self, word: str) -> dict[str, str]:
        """Anchors of articles with this address or guid, each with the kind of name that matched; addresses first."""
        from syndicate.aliases import aliases

        found: dict[str, str] = {}
        sources = self._sources()
        named = [aliases(Article("", word, ""), site) for site in self._sites.scopes(sources)]
        named += [aliases(Article(source, "", "", guid=word)) for source in sources]
        for each in named:
            names = {alias.hash: alias.kind for alias in each}
            anchors = self.anchors([*names])
            for hashed, kind in names.items():
                if hashed in anchors:
                    found.setdefault(anchors[hashed], kind)
        return found

    def _sources(self) -> list[str]:
        """The sources of all articles: one look into the index for each, not for each article."""
        found = self._db.rows(
            "WITH RECURSIVE named (source) AS (SELECT * FROM (SELECT source FROM article ORDER BY source LIMIT 1)"
            " UNION ALL SELECT (SELECT article.source FROM article WHERE article.source > named.source"
            " ORDER BY article.source LIMIT 1) FROM named WHERE named.source IS NOT NULL)"
            " SELECT source FROM named WHERE source IS NOT NULL"
        )
        return [row["source"] for row in found]

    def add(self, article: Article, names: Sequence[Alias], *, position: int, now: datetime) -> str:
        """Add a new article with its names. Returns its anchor, which is its first alias."""
        self.add_all([(article, names, position)], now)
        return names[0].hash

    def add_all(self, added: Sequence[tuple[Article, Sequence[Alias], int]], now: datetime) -> None:
        """Add new articles with their names and positions. The anchor of each is its first alias."""
        with self._db.transaction():
            self._db.change_many(
                "INSERT INTO article (anchor, source, url, data, content_hash, published_at, first_seen_at, position,"
                " title_key, summary_key, utc_day) VALUES (:anchor, :source, :url, :data, :content_hash, :published_at,"
                " :now, :position, :title_key, :summary_key, :day) ON CONFLICT (anchor) DO NOTHING",
                [_new_row(article, names[0].hash, position, now) for article, names, position in added],
            )
            self._shelf.fetch_named([alias.hash for _, names, _ in added for alias in names])
            self._name((names[0].hash, alias) for _, names, _ in added for alias in names)

    def name(self, anchor: str, names: Sequence[Alias]) -> None:
        """Add aliases to an article. An alias of another article stays with that one."""
        if names:
            self._shelf.fetch_named([alias.hash for alias in names])
            self._name((anchor, alias) for alias in names)

    def _name(self, named: Iterable[tuple[str, Alias]]) -> None:
        self._db.change_many(
            "INSERT INTO alias (hash, kind, anchor) VALUES (:hash, :kind, :anchor) ON CONFLICT (hash) DO NOTHING",
            [{"hash": alias.hash, "kind": alias.kind, "anchor": anchor} for anchor, alias in named],
        )

    def update(self, anchor: str, article: Article, now: datetime) -> Article | None:
        """Store what the source says now. Returns what it said before if that differs, else None.

        Later posts are rendered from the new words.
        """
        from syndicate.aliases import content_hash, wording

        hashed = content_hash(article)
        row = self._db.row(
            "SELECT data FROM article WHERE anchor = :anchor AND source = :source AND content_hash <> :content_hash",
            anchor=anchor,
            source=article.source,
            content_hash=hashed,
        )
        if row is None:
            return None
        before = load_article(row["data"])
        if article.withdrawn:  # a notice of withdrawal need not repeat the text
            article = replace(before, withdrawn=True)
        if article.canonical_url is None and article.url == before.url:
            article = replace(article, canonical_url=before.canonical_url)  # as its page named it
        words = (before.title, before.summary, before.body) != (article.title, article.summary, article.body)
        self._db.change(
            "UPDATE article SET data = :data, url = :url, content_hash = :content_hash, title_key = :title_key,"
            " summary_key = :summary_key, changed_at = COALESCE(:changed_at, changed_at) WHERE anchor = :anchor",
            anchor=anchor,
            url=article.url,
            data=store_article(article),
            content_hash=hashed,
            changed_at=micros(now) if words else None,
            title_key=wording(article.title),
            summary_key=wording(article.summary),
        )
        return before

    def fill(self, anchor: str, article: Article) -> None:
        """Store an article with what another source says of it. This is no change of its words."""
        from syndicate.aliases import content_hash, wording

        self._db.change(
            "UPDATE article SET data = :data, content_hash = :content_hash, title_key = :title_key,"
            " summary_key = :summary_key WHERE anchor = :anchor",
            anchor=anchor,
            data=store_article(article),
            content_hash=content_hash(article),
            title_key=wording(article.title),
            summary_key=wording(article.summary),
        )

    def rename(self, anchor: str, canonical: str) -> Article | None:
        """Store the address that an article's page names as its own, as one more of its names. Returns the article.

        None if another article has that name: then nothing is stored.
        """
        from syndicate.aliases import aliases

        with self._db.transaction():
            article = self.find(anchor).article
            names = aliases(Article("", canonical, ""), self._sites.scope(article.source))
            if any(owner != anchor for owner in self.anchors([alias.hash for alias in names]).values()):
                return None
            article = replace(article, canonical_url=canonical)
            data = store_article(article)
            self._db.change("UPDATE article SET data = :data WHERE anchor = :anchor", anchor=anchor, data=data)
            self.name(anchor, names)
        return article

    def retell(self, anchor: str, article: Article) -> None:
        """Store an article whose source has another name. Its words are the same."""
        self._db.change(
            "UPDATE article SET source = :source, data = :data WHERE anchor = :anchor",
            anchor=anchor,
            source=article.source,
            data=store_article(article),
        )

    def withdraw(self, anchor: str, now: datetime) -> bool:
        """Mark an article as withdrawn by its publisher. False if it was already."""
        return bool(
            self._db.change(
                "UPDATE article SET withdrawn_at = :now, check_at = NULL"
                " WHERE anchor = :anchor AND withdrawn_at IS NULL",
                anchor=anchor,
                now=micros(now),
            )
        )

    def restore(self, anchor: str, published: datetime | None = None) -> None:
        """Mark a withdrawn article as published again, perhaps with another date."""
        if published is not None:
            self._db.change(
                "UPDATE article SET published_at = :at WHERE anchor = :anchor", anchor=anchor, at=micros(published)
            )
        self._db.change(
            "UPDATE article SET withdrawn_at = NULL, gone = 0 WHERE anchor = :anchor AND withdrawn_at IS NOT NULL",
            anchor=anchor,
        )

    def has_to_check(self, now: datetime) -> bool:
        """Whether the page of any announced article is due for a check."""
        return self._db.row("SELECT 1 FROM article WHERE check_at <= :now LIMIT 1", now=micros(now)) is not None

    def to_check(self, now: datetime, most: int) -> list[tuple[StoredArticle, int]]:
        """Articles whose page is due for a check, with how often in a row it was gone."""
        rows = self._db.rows(
            "SELECT * FROM article WHERE check_at <= :now ORDER BY check_at LIMIT :most", now=micros(now), most=most
        )
        return [(stored_article(row), row["gone"]) for row in rows]

    def look_at_once(self, word: str, now: datetime) -> None:
        """Have the page of a planned or announced article checked now, by its address or guid.

        Not where it was gone at the last check: two checks too close together would tell nothing.
        """
        for anchor, kind in self.matching(word).items():
            if kind in ("url", "guid"):
                self._db.change(
                    "UPDATE article SET check_at = :now WHERE anchor = :anchor AND withdrawn_at IS NULL AND gone = 0"
                    " AND EXISTS (SELECT 1 FROM delivery WHERE delivery.anchor = article.anchor"
                    " AND delivery.action = 'post' AND delivery.state NOT IN ('skipped', 'failed'))",
                    anchor=anchor,
                    now=micros(now),
                )

    def checked(self, anchor: str, *, gone: int, next_at: datetime | None) -> None:
        """Record a check of an article's page; `gone` counts in a row. `next_at` None: this was the last check."""
        self._db.change(
            "UPDATE article SET gone = :gone, check_at = :next_at WHERE anchor = :anchor",
            anchor=anchor,
            gone=gone,
            next_at=micros(next_at),
        )

    def standings(self, anchors: Sequence[str]) -> dict[str, StoredState]:
        """The stored state of each of these articles, by anchor."""
        self._shelf.fetch(anchors)
        found: dict[str, StoredState] = {}
        for start in range(0, len(anchors), CHUNK):
            chunk = {f"a{number}": value for number, value in enumerate(anchors[start : start + CHUNK])}
            names = ", ".join(f":{name}" for name in chunk)
            for row in self._db.rows(
                "SELECT anchor, source, content_hash, first_seen_at, published_at, position, EXISTS"
                " (SELECT 1 FROM delivery WHERE delivery.anchor = article.anchor) AS planned"
                f" FROM article WHERE anchor IN ({names})",
                **chunk,
            ):
                first_seen = from_micros(row["first_seen_at"])
                assert first_seen is not None
                found[row["anchor"]] = StoredState(
                    row["source"],
                    row["content_hash"],
                    first_seen,
                    imported=row["position"] == ELSEWHERE,
                    planned=bool(row["planned"]),
                    published_at=from_micros(row["published_at"]),
                )
        return found

    def adopt(self, anchor: str, article: Article) -> bool:
        """Give an imported article the words and name of the first source that lists it. False if it has one."""
        from syndicate.aliases import content_hash, wording

        return bool(
            self._db.change(
                "UPDATE article SET source = :source, url = :url, data = :data, content_hash = :content_hash,"
                " published_at = :published_at, title_key = :title_key, summary_key = :summary_key,"
                " utc_day = :day WHERE anchor = :anchor AND content_hash = :unread",
                anchor=anchor,
                day=day_of(article),
                title_key=wording(article.title),
                summary_key=wording(article.summary),
                source=article.source,
                url=article.url,
                data=store_article(article),
                content_hash=content_hash(article),
                published_at=micros(article.published),
                unread=UNREAD,
            )
        )

    def find(self, anchor: str) -> StoredArticle:
        """One article, which has to be in the ledger."""
        row = self._db.row(_BY_ANCHOR, anchor=anchor)
        assert row is not None
        return stored_article(row)

    def stored(self, anchors: Sequence[str]) -> dict[str, tuple[StoredArticle, tuple[str, int | None]]]:
        """A few articles as of `find`, and as of `as_stored`."""
        values: Row = {}
        found = self._db.rows(f"SELECT * FROM article WHERE {among('anchor', anchors, values)}", **values)
        return {row["anchor"]: (stored_article(row), (row["data"], row["withdrawn_at"])) for row in found}

    def as_stored(self, anchor: str) -> tuple[str, int | None]:
        """What a post is made of, unread: the words of an article as they are stored, and when it was withdrawn."""
        row = self._db.row(_AS_STORED, anchor=anchor)
        assert row is not None
        return row["data"], row["withdrawn_at"]

    def arrivals(self, source: str, count: int, *, before: datetime | None = None) -> list[datetime]:
        """When the last articles of a source were published, or else first seen; newest first. Only those seen
        `before`.
        """
        found: list[int] = []
        for dated, at in _DATED:
            rows = self._db.rows(
                f"SELECT {at} AS at FROM article WHERE source = :source AND published_at IS {dated}"
                f" AND content_hash <> :unread{_seen(before)} ORDER BY {at} DESC LIMIT :count",
                source=source,
                unread=UNREAD,
                count=count,
                **_when(before),
            )
            found += [row["at"] for row in rows]
        return [EPOCH + at * MICROSECOND for at in sorted(found, reverse=True)[:count]]

    def latest(self, source: str, *, before: datetime | None = None) -> datetime | None:
        """The date of a source's newest article, apart from those dated in the future when they were first seen.

        Only of those seen `before`, if it is given.
        """
        row = self._db.row(
            "SELECT published_at FROM article WHERE source = :source AND published_at <= first_seen_at + :ahead"
            f"{_seen(before)} ORDER BY published_at DESC LIMIT 1",
            source=source,
            ahead=AHEAD,
            **_when(before),
        )
        return from_micros(row["published_at"]) if row else None

    def newest(self, source: str, count: int, without: Collection[str] = ()) -> list[StoredArticle]:
        """The newest articles of a source, newest first: by date, then as the document ordered them. Of these, the ones
        whose anchors are in `without` are left out.
        """
        found: list[Row] = []
        for dated, at in _DATED:
            found += self._db.rows(
                f"SELECT * FROM article WHERE source = :source AND published_at IS {dated}"
                f" AND content_hash <> :unread ORDER BY {at} DESC, position LIMIT :count",
                source=source,
                unread=UNREAD,
                count=count,
            )
        newest = sorted(found, key=lambda row: (-_at(row), row["position"]))[:count]
        return [stored_article(row) for row in newest if row["anchor"] not in without]


def _new_row(article: Article, anchor: str, position: int, now: datetime) -> Row:
    from syndicate.aliases import content_hash, wording

    return {
        "anchor": anchor,
        "day": day_of(article),
        "title_key": wording(article.title),
        "summary_key": wording(article.summary),
        "source": article.source,
        "url": article.url,
        "data": store_article(article),
        "content_hash": content_hash(article),
        "published_at": micros(article.published),
        "now": micros(now),
        "position": position,
    }


def _at(row: Row) -> int:
    """When an article was published, or else first seen."""
    published, seen = row["published_at"], row["first_seen_at"]
    return int(seen if published is None else published)


def _seen(before: datetime | None) -> str:
    return "" if before is None else " AND first_seen_at < :before"


def _when(before: datetime | None) -> dict[str, int | None]:
    return {} if before is None else {"before": micros(before)}


def stored_article(row: Row) -> StoredArticle:
    """A StoredArticle from a row of the `article` table."""
    first_seen = from_micros(row["first_seen_at"])
    assert first_seen is not None
    return StoredArticle(
        anchor=row["anchor"],
        article=load_article(row["data"]),
        first_seen=first_seen,
        changed_at=from_micros(row["changed_at"]),
        withdrawn_at=from_micros(row["withdrawn_at"]),
        imported=row["position"] == ELSEWHERE,
    )
