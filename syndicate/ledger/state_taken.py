"""Takes the facts of a state file into a ledger that lacks them: all names, and what is posted beats everything."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from syndicate.aliases import Alias
from syndicate.ledger import rows
from syndicate.ledger.articles import ELSEWHERE, UNREAD, Articles
from syndicate.ledger.database import Database, Row, from_micros, micros
from syndicate.ledger.days import day_of
from syndicate.ledger.deliveries import Deliveries
from syndicate.ledger.sources import hashed
from syndicate.ledger.state import PLAIN, TIMES, USUAL, check
from syndicate.ledger.state_facts import RUNS, Fact, Facts
from syndicate.ledger.transitions import DROPPED, IN_DOUBT, REMEMBERED, move
from syndicate.model import Article
from syndicate.model.dataclass import dataclass
from syndicate.serialization import OF, PARTS, compact, load_article, moment, store_article

NOT_TWICE = "the ledger was made from the state file, and nobody can tell whether it was sent"


@dataclass(frozen=True, slots=True)
class TakenIn:
    """How many facts the ledger did not have. `told`: each run that was cut has told of each request before it left, so
    what else waits was not sent.
    """

    new: int = 0
    told: bool = True


def take_in(database: Database, facts: Facts, urls: Mapping[str, str]) -> TakenIn:
    """Add what a ledger with these sources lacks. Raises KeyError for a post whose article no line has."""
    of_kind: dict[str, list[Fact]] = {}
    for about, fact in facts.items():
        of_kind.setdefault(about[0], []).append(fact)
    with database.transaction():
        new = sum(_source(database, each, urls) for each in of_kind.get("source", ()))
        new += sum(_account(database, each) for each in of_kind.get("account", ()))
        anchors, added = _articles(database, of_kind.get("article", []))
        for each in of_kind.get("words", ()):
            Articles(database).adopt(anchors[each["words"]], load_article(compact(each["data"])))
        deliveries = Deliveries(database)
        deliveries.fetch(anchors.values())
        new += added + _posts(database, of_kind.get("post", []), anchors)
    runs = {name: {each["since"] for each in of_kind.get("run", ()) if each["run"] == name} for name in RUNS}
    return TakenIn(new, told=runs["under way"] <= runs["told"])


def _source(database: Database, fact: Fact, urls: Mapping[str, str]) -> int:
    url = urls.get(fact["source"])
    if url is None or check(url) != fact["check"]:
        return 0  # it is read at another address now, and begins anew
    return database.change(
        "INSERT INTO source (name, url, baseline_at, entries, next_poll_at, retry_at, fails)"
        " VALUES (:name, :url, :since, :entries, 0, 0, 0) ON CONFLICT (name) DO UPDATE SET"
        " baseline_at = excluded.baseline_at, entries = excluded.entries"
        " WHERE source.baseline_at IS NULL AND source.url = excluded.url",
        name=fact["source"],
        url=hashed(url),
        since=_micros(fact["since"]),
        entries=fact["entries"],
    )


def _account(database: Database, fact: Fact) -> int:
    return database.change(
        "INSERT INTO account (name, platform, whose, baseline_at, next_at, lane_until)"
        " VALUES (:name, :platform, '', :since, 0, 0) ON CONFLICT DO NOTHING",
        name=fact["account"],
        platform=fact["platform"],
        since=_micros(fact["since"]),
    )


def _articles(database: Database, facts: list[Fact]) -> tuple[dict[str, str], int]:
    """Add articles and names. Returns which anchor each has in the ledger, and how many articles it did not have."""
    articles, anchors, new = Articles(database), dict[str, str](), 0
    known = articles.anchors([name for fact in facts for name in (fact["article"], *fact["names"])])
    for fact in facts:
        met = [known[name] for name in (fact["article"], *fact["names"]) if name in known]
        anchor = met[0] if met else fact["article"]
        if not met:
            new += _add(database, fact)
        fresh = [Alias(kind, name) for name, kind in fact["names"].items() if name not in known]
        articles.name(anchor, fresh)
        known |= dict.fromkeys((alias.hash for alias in fresh), anchor)
        anchors[fact["article"]] = anchor
    return anchors, new


def _add(database: Database, fact: Fact) -> int:
    """Add an article without words: the first reading of its source that lists it gives it those."""
    article = Article(fact["source"], fact.get("url") or "", "", published=moment(fact.get("published")))
    return database.change(
        "INSERT INTO article (anchor, source, url, data, content_hash, published_at, first_seen_at, position, utc_day)"
        " VALUES (:anchor, :source, :url, :data, :unread, :published, :seen, :position, :day) ON CONFLICT DO NOTHING",
        anchor=fact["article"],
        source=article.source,
        url=article.url,
        data=store_article(article),
        unread=UNREAD,
        published=micros(article.published),
        seen=_micros(fact["seen"]),
        position=ELSEWHERE if fact.get("imported") else 0,
        day=day_of(article),
    )


def _posts(database: Database, facts: list[Fact], anchors: Mapping[str, str]) -> int:
    """Add posts, the words of threads that are not out, and for these what is sent next. Returns how many changed."""
    begun = {_thread_of(each): each for each in facts if each.get("thread") and not each.get("part")}
    new = sum(_post(database, each, anchors[each["article"]], known=_thread_of(each) in begun) for each in facts)
    for each in begun.values():
        _go_on(database, anchors[each["article"]], each)
    return new


def _thread_of(fact: Fact) -> tuple[str, str, int]:
    return fact["article"], fact["account"], fact.get("revision", 0)


def _go_on(database: Database, anchor: str, fact: Fact) -> None:
    """Have the post of a thread sent that comes after the last one that is out, unless it is planned."""
    from syndicate.ledger.parts import follow

    values = {"anchor": anchor, "account": fact["account"], "revision": fact.get("revision", 0)}
    for row in database.rows(
        f"{rows.JOINED} WHERE delivery.anchor = :anchor AND delivery.account = :account AND delivery.action = 'post'"
        " AND delivery.revision = :revision AND delivery.state = 'posted' ORDER BY delivery.part DESC LIMIT 1",
        **values,
    ):
        posted = rows.delivery(row)
        size = 1 + len(fact["thread"][PARTS])
        if posted.reason != "deleted":
            follow(database, replace(posted, post={OF: size}), posted.posted_at or posted.planned_at)


def _post(database: Database, fact: Fact, anchor: str, *, known: bool) -> int:
    """`known`: the words of its thread are."""
    row = _row(fact, anchor, known=known)
    there = database.row(
        f"{rows.JOINED} WHERE delivery.key = :key OR (delivery.anchor = :anchor AND delivery.account = :account"
        " AND delivery.action = :action AND delivery.revision = :revision AND delivery.part = :part)"
        " ORDER BY CASE WHEN delivery.key = :key THEN 0 ELSE 1 END LIMIT 1",
        **{name: row[name] for name in ("key", "anchor", "account", "action", "revision", "part")},
    )
    if there is not None:
        return _settle(database, there, row) or _begun(database, there, row)
    columns = ", ".join(row)
    names = ", ".join(f":{name}" for name in row)
    return database.change(f"INSERT INTO delivery ({columns}) VALUES ({names}) ON CONFLICT DO NOTHING", **row)


def _settle(database: Database, known: Row, row: Row) -> int:
    """Let what the file says of a delivery count, where that is surer than what the ledger has."""
    delivery, told, at = rows.delivery(known), row["state"], from_micros(row["updated_at"])
    assert at is not None
    if told == "posted" and delivery.state not in ("posted", "sending"):
        kept = ("reason", "remote_id", "permalink", "receipt", "committed_at", "posted_at")
        columns = {name: row[name] for name in kept} | {"due_at": None, "error": None, "draft": None}
        columns |= {"post": row["post"]} if row["post"] else {}
        return int(move(database, delivery, REMEMBERED, now=at, columns=columns))
    if delivery.state not in ("planned", "due"):
        return 0
    columns = {"reason": row["reason"], "error": row["error"], "due_at": None}
    if told == "held":
        return int(move(database, delivery, IN_DOUBT, now=at, columns=columns))
    if told == "skipped" and row["updated_at"] > known["updated_at"]:
        return int(move(database, delivery, DROPPED, now=at, columns=columns))
    return 0


def _begun(database: Database, known: Row, row: Row) -> int:
    """Note that the request of a delivery may have left since this ledger was written."""
    if row["state"] != "due" or row["committed_at"] is None or row["updated_at"] <= known["updated_at"]:
        return 0
    return database.change(
        "UPDATE delivery SET committed_at = :at WHERE key = :key AND state IN ('planned', 'due')"
        " AND committed_at IS NULL AND draft IS NULL",
        at=row["committed_at"],
        key=known["key"],
    )


def _row(fact: Fact, anchor: str, *, known: bool) -> Row:
    """The columns of a delivery. What got no answer is due again, once its network was asked: that it was begun stays
    in `committed_at`, without a draft. A person decides of what a network cannot be asked about by its story, or by the
    words of its thread.
    """
    row: dict[str, Any] = {"key": fact["post"], "anchor": anchor, "state": fact["state"], "receipt": None}
    row |= {column: fact.get(name) for name, column in PLAIN.items()}
    row |= {column: _micros(fact.get(name)) for name, column in TIMES.items()}
    row |= {name: fact.get(name, usual) for name, usual in USUAL.items()}
    row |= dict.fromkeys(("fence", "lease_until", "unknowns", "absent"), 0)
    if fact["state"] == "unknown":
        begun = row["committed_at"] or row["updated_at"]
        row |= {"state": "due", "reason": None, "error": None, "committed_at": begun, "due_at": row["updated_at"]}
        if row["action"] == "post" and (row["revision"] or (row["part"] and not known)):
            row |= {"state": "held", "reason": "no_answer", "error": NOT_TWICE, "due_at": None}
    row["post"] = compact(fact["thread"]) if fact.get("thread") else None
    if fact.get("id") is not None:
        receipt = {"id": fact["id"], "permalink": fact.get("permalink"), "data": fact.get("data") or {}}
        row["receipt"] = compact(receipt)
    return row


def _micros(text: str | None) -> int | None:
    return micros(moment(text))
