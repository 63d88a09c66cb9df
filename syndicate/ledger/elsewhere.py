"""What networks listed as posted: waiting deliveries of the same stories are recorded as posted, or held in doubt."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from syndicate.ledger import rows
from syndicate.ledger.articles import CHUNK
from syndicate.ledger.database import MICROSECOND, Database, Row, from_micros, micros
from syndicate.ledger.follow_ups import FollowUps
from syndicate.ledger.site_names import SiteNames
from syndicate.ledger.transitions import ELSEWHERE, FRESH, IN_DOUBT, move
from syndicate.model import Article, Delivery, ListedPost
from syndicate.model.dataclass import dataclass
from syndicate.serialization import PARTS, compact, load_article

GRACE = timedelta(minutes=1)  # feeds count in seconds, and clocks differ
FAST = timedelta(minutes=5)  # how far the clock of a site may be ahead; what is dated later has an embargo
UNSURE = timedelta(hours=14)  # how far a date may be off if its time zone was a guess
_BESIDE = "with links to other pages: "  # before the words of a listed post that has links, for their hash
IN_DOUBT_SAID = "the ledger was put back, and this network cannot say whether it was sent meanwhile"


@dataclass(frozen=True, slots=True)
class Settled:
    """Keys of deliveries that turned out to be posted already, and of those of which nobody can tell."""

    posted: tuple[str, ...] = ()
    held: tuple[str, ...] = ()


class Elsewhere:
    """The `listed` table, and the transitions of deliveries that were not sent from this ledger."""

    def __init__(self, database: Database, follow_ups: FollowUps) -> None:
        self._db = database
        self._follow_ups = follow_ups

    def keep(self, account: str, posts: Sequence[ListedPost]) -> None:
        """Store what an account's network listed, instead of an earlier list."""
        from syndicate.aliases import aliases, wording

        site = SiteNames(self._db).scope(account)
        with self._db.transaction():
            self._db.change("DELETE FROM listed WHERE account = :account", account=account)
            for post in posts:
                hashes = {alias.hash for link in post.links for alias in aliases(Article("", link, ""), site)}
                said = wording(post.text)
                words = {wording(_BESIDE + post.text) if hashes else said} if said else set()
                for hashed in hashes | words:
                    self._db.change(
                        "INSERT INTO listed (account, hash, remote_id, permalink, receipt, at) VALUES (:account, :hash,"
                        " :remote_id, :permalink, :receipt, :at) ON CONFLICT DO NOTHING",
                        account=account,
                        hash=hashed,
                        remote_id=post.receipt.id,
                        permalink=post.receipt.permalink,
                        receipt=compact(
                            {"id": post.receipt.id, "permalink": post.receipt.permalink, "data": post.receipt.data}
                        ),
                        at=micros(post.at),
                    )

    def having(self, hashes: Sequence[str]) -> dict[str, set[str]]:
        """Which accounts list a post that links to one of these names, by name."""
        found: dict[str, set[str]] = {}
        for start in range(0, len(hashes), CHUNK):
            values: Row = {}
            among = rows.among("hash", hashes[start : start + CHUNK], values)
            for row in self._db.rows(f"SELECT DISTINCT account, hash FROM listed WHERE {among}", **values):
                found.setdefault(row["hash"], set()).add(row["account"])
        return found

    def settle(self, account: str, now: datetime, key: str | None = None, *, answers: bool = True) -> Settled:
        """Record the waiting deliveries of an account whose story its network has, or of which nobody can tell.

        With `key`, only that delivery. Not `answers`: the network lists no posts that answer another one. Of a further
        post of a thread, only a doubt is recorded: whether it is listed is asked once its words are known.
        """
        waiting = self._db.rows(
            f"{rows.JOINED} WHERE delivery.account = :account AND delivery.state IN ('planned', 'due')"
            " AND delivery.action = 'post' AND delivery.revision = 0 AND delivery.cleared = 0"
            " AND (:key IS NULL OR delivery.key = :key) ORDER BY delivery.planned_at",
            account=account,
            key=key,
        )
        look = self._look(account)
        posted, held = [], []
        for row in map(rows.delivery, waiting):
            found = None if row.part else self._first_listed(row)
            if found is not None and self._posted(row, found, now):
                posted.append(row.key)
            elif found is None and self._is_doubtful(row, look, answers=answers):
                if self._held(row, now):
                    held.append(row.key)
            elif found is None and look is not None and not row.part:
                self._not_sent(row)
        return Settled(tuple(posted), tuple(held))

    def same_words(self, delivery: Delivery, text: str, now: datetime) -> bool:
        """Record a delivery as posted if its network listed a post of exactly these words: one without its story's
        link, or that repeats a story.

        As in a note, there may be links to other pages among them.
        """
        from syndicate.aliases import wording

        if wording(text) is None or (delivery.revision and delivery.again is None):
            return False
        for said in (text, _BESIDE + text):
            asked = "SELECT * FROM listed WHERE hash = :hash AND account = :account"
            found = self._row(asked, delivery, hash=str(wording(said)))
            if found is not None:
                return self._posted(delivery, found, now)
        return False

    def same_link(self, delivery: Delivery, now: datetime) -> bool:
        """Record a further post of a thread as posted if its network listed one with its story's link that is no other
        delivery's.
        """
        found = self._listed(delivery)
        return found is not None and self._posted(delivery, found, now)

    def _first_listed(self, delivery: Delivery) -> Row | None:
        """The listed post of a story; of a thread whose words are known and whose link comes later, by these."""
        from syndicate.aliases import wording

        stored = delivery.post or {}
        if PARTS not in stored or stored.get("link") is not None:
            return self._listed(delivery)
        said = (wording(words) for words in (stored["text"], _BESIDE + stored["text"]))
        asked = "SELECT * FROM listed WHERE hash = :hash AND account = :account"
        return next(filter(None, (self._row(asked, delivery, hash=str(each)) for each in said)), None)

    def _listed(self, delivery: Delivery) -> Row | None:
        """The oldest listed post that links to the delivery's story and is not known as another delivery's."""
        return self._row(
            "SELECT listed.* FROM listed JOIN alias ON alias.hash = listed.hash"
            " WHERE alias.anchor = :anchor AND listed.account = :account",
            delivery,
            anchor=delivery.anchor,
        )

    def _row(self, asked: str, delivery: Delivery, **values: str) -> Row | None:
        free = (
            " AND NOT EXISTS (SELECT 1 FROM delivery WHERE delivery.account = :account"
            " AND delivery.remote_id = listed.remote_id) ORDER BY listed.at LIMIT 1"
        )
        return self._db.row(asked + free, account=delivery.account, **values)

    def _posted(self, delivery: Delivery, found: Row, now: datetime) -> bool:
        columns: Row = FRESH | {
            "reason": "elsewhere",
            "due_at": None,
            "remote_id": found["remote_id"],
            "permalink": found["permalink"],
            "receipt": found["receipt"],
            "committed_at": found["at"],  # spacing and caps count it
            "error": None,
        }
        if delivery.post and PARTS in delivery.post:  # its thread goes on with the words that were settled with it
            columns |= {"post": compact(delivery.post)}
        return move(self._db, delivery, ELSEWHERE, now=now, columns=columns, follow_ups=self._follow_ups)

    def _held(self, delivery: Delivery, now: datetime) -> bool:
        columns: Row = {"reason": "restored", "due_at": None, "error": IN_DOUBT_SAID}
        return move(self._db, delivery, IN_DOUBT, now=now, columns=columns, follow_ups=self._follow_ups)

    def _not_sent(self, delivery: Delivery) -> None:
        """Forget that its request may have left: its network was asked, and does not have it."""
        if delivery.committed_at is not None and delivery.draft is None:
            self._db.change(
                "UPDATE delivery SET committed_at = NULL WHERE key = :key AND draft IS NULL"
                " AND state IN ('planned', 'due')",
                key=delivery.key,
            )

    def _look(self, account: str) -> Row | None:
        """The look that an account has taken, and since when and until when it is in doubt what was sent to it."""
        return self._db.row(
            "SELECT unlisted, doubt_at, doubt_until, looked_at FROM look"
            " WHERE account = :account AND looked_at IS NOT NULL",
            account=account,
        )

    def _is_doubtful(self, delivery: Delivery, look: Row | None, *, answers: bool) -> bool:
        """Whether it may have been sent, and its network cannot say: its request was about to leave as a state file was
        written, or the ledger was replaced since.
        """
        if look is None or not (look["unlisted"] or (delivery.part and not answers)):
            return False
        if delivery.part and self._goes_after_ours(delivery, look):
            return False
        begun = delivery.committed_at is not None and delivery.draft is None
        return begun or (look["doubt_at"] is not None and self._may_be_sent(delivery, look))

    def _goes_after_ours(self, delivery: Delivery, look: Row) -> bool:
        """Whether the post before it in its thread was sent since the account looked: nobody else sent this one."""
        before = self._db.row(
            "SELECT committed_at FROM delivery WHERE anchor = :anchor AND account = :account AND action = 'post'"
            " AND revision = :revision AND part = :part AND state = 'posted'",
            anchor=delivery.anchor,
            account=delivery.account,
            revision=delivery.revision,
            part=delivery.part - 1,
        )
        return before is not None and (before["committed_at"] or 0) >= look["looked_at"]

    def _may_be_sent(self, delivery: Delivery, doubt: Row) -> bool:
        """Whether the replaced ledger may have sent it: published before its last run, and not new since the restore.

        A story is new since where an earlier reading of its source after the restore did not list it. The clock of its
        site may be ahead, by a minute or as far as its stories were ever dated later than they were read.
        """
        row = self._db.row(
            "SELECT data, first_seen_at, (SELECT other.first_seen_at FROM article AS other"
            " WHERE other.source = article.source AND other.first_seen_at >= :doubt_at"
            " ORDER BY other.first_seen_at LIMIT 1) AS first,"
            " (SELECT MAX(other.published_at - other.first_seen_at) FROM article AS other"
            " WHERE other.source = article.source AND other.published_at - other.first_seen_at <= :fast) AS ahead"
            " FROM article WHERE anchor = :anchor",
            anchor=delivery.anchor,
            doubt_at=doubt["doubt_at"],
            fast=FAST // MICROSECOND,
        )
        assert row is not None
        if row["first"] is not None and row["first_seen_at"] > row["first"]:
            return False
        article = load_article(row["data"])
        until = from_micros(doubt["doubt_until"])
        assert until is not None
        slack = max((row["ahead"] or 0) * MICROSECOND, GRACE) + (UNSURE if article.tz_assumed else timedelta(0))
        return article.published is None or article.published <= until + slack
