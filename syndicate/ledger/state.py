"""What a ledger must not forget, as facts of a state file: articles by their names, deliveries, receipts, baselines.

No sessions and no secrets: addresses of sources are a short check of their hash. Words are those of stories that wait,
and only if these are out already.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from datetime import datetime

from syndicate.addresses import without_login
from syndicate.ledger.articles import AHEAD
from syndicate.ledger.database import Database, Row, from_micros, micros
from syndicate.ledger.recovery import DOUBTS
from syndicate.ledger.shelf_format import number_of, unpack
from syndicate.ledger.sources import hashed
from syndicate.ledger.state_facts import Fact, Facts, identity, joined
from syndicate.model import Json
from syndicate.serialization import PARTS, instant, unpacked_article

SENT = ("sending", "unknown", "held", "posted")
WAITING = ("planned", "due")
TIMES = {
    "planned": "planned_at",
    "updated": "updated_at",
    "due": "due_at",
    "expires": "expires_at",
    "committed": "committed_at",
    "posted": "posted_at",
}
"""Fields of a post that are instants, and the columns that have them."""
PLAIN = {
    "account": "account",
    "platform": "platform",
    "reason": "reason",
    "id": "remote_id",
    "permalink": "permalink",
    "error": "error",
    "approved": "approved",
    "waited_for": "waited_for",
    "day": "day",
    "again": "again",
}
USUAL = {"action": "post", "revision": 0, "part": 0, "attempts": 0, "priority": 1, "cost": 0}
"""Fields that are left out where they say what most do."""
PAGE = 500
_KEPT = "state doubts"
"""The row of `meta` with what a state file said of which nobody knows whether it was sent."""
ARTICLE = "anchor, source, url, first_seen_at, published_at, position"
_UNASKED = (
    "SELECT key FROM delivery JOIN look ON look.account = delivery.account WHERE look.looked_at IS NULL"
    " AND state IN ('planned', 'due') AND committed_at IS NOT NULL AND draft IS NULL"
)
"""Deliveries whose requests may have left, as a state file said, and whose accounts did not look yet."""


_ENDED = (
    "SELECT anchor, account, revision, SUM(CASE WHEN state = 'posted' THEN 1 ELSE 0 END) AS out,"
    " SUM(CASE WHEN state = 'skipped' OR reason = 'deleted' THEN 1 ELSE 0 END) AS dropped FROM delivery"
    " WHERE part > 0 AND action = 'post' GROUP BY anchor, account, revision"
)
"""How many further posts of each thread are out, and how many never will be."""


def check(url: str) -> str:
    """By what an address is known again. It may hold a secret: of this, nothing can be learnt."""
    return hashlib.sha256(hashed(url).encode()).hexdigest()[:8]


def facts(database: Database, urls: Mapping[str, str], now: datetime, before: Facts, doubted: datetime) -> Facts:
    """What a ledger with these sources has to say, and what was written before: the shelf is not read for that.

    `doubted`: a doubt about what was sent is over where it ends before that.
    """
    told = {about: fact for about, fact in before.items() if about[0] in ("article", "post", "words")}
    with database.snapshot():
        articles = _articles(database, now)
        of_shelf = [*_shelved(database, told)]
        posts = {identity(each): each for each in _posts(database)} | _unasked(database, told)
    secret = {each.pop("") for each in articles if "" in each}
    open_ones = {each["article"] for each in posts.values() if each["state"] not in ("posted", "skipped")}
    named = [each for each in articles if each["article"] not in secret]
    kept = joined([*told.values(), *of_shelf, *named])
    kept |= {about: each for about, each in posts.items() if each["article"] not in secret}
    kept = {about: each for about, each in kept.items() if about[0] != "words"}
    kept |= {
        ("words", anchor): words_fact(database, anchor) for anchor in open_ones - secret if ("article", anchor) in kept
    }
    kept |= {about: each for about, each in before.items() if about[0] == "source" and about[1] not in urls}
    return kept | joined([*_sources(database, urls), *_accounts(database), *_doubts(database, doubted)])


def _unasked(database: Database, told: Facts) -> Facts:
    """Posts that may be out, in a file of before, as long as their accounts were not asked what they have."""
    doubtful = {about: fact for about, fact in told.items() if fact.get("state") == "unknown"}
    if not doubtful:
        return {}
    waits = {row["key"] for row in database.rows(_UNASKED)}
    return {about: fact for about, fact in doubtful.items() if fact["post"] in waits}


def _doubts(database: Database, doubted: datetime) -> Iterator[Fact]:
    """The doubts that a state file has told of, as far as they last."""
    last = {row["account"] for row in database.rows(DOUBTS)}
    for fact in read_doubts(database).values():
        if fact["doubt"] in last and datetime.fromisoformat(fact["until"]) > doubted:
            yield fact


def read_doubts(database: Database) -> Facts:
    """The doubts that are kept in the ledger."""
    row = database.row("SELECT value FROM meta WHERE name = :name", name=_KEPT)
    return joined(json.loads(row["value"])) if row else {}


def keep_doubts(database: Database, doubts: Facts) -> None:
    """Keep doubts in the ledger, beside those that are."""
    kept = joined([*read_doubts(database).values(), *doubts.values()])
    database.change(
        "INSERT INTO meta (name, value) VALUES (:name, :value) ON CONFLICT (name) DO UPDATE SET value = :value",
        name=_KEPT,
        value=json.dumps([*kept.values()]),
    )


def _sources(database: Database, urls: Mapping[str, str]) -> Iterator[Fact]:
    for row in database.rows("SELECT name, url, baseline_at, entries FROM source WHERE baseline_at IS NOT NULL"):
        url = urls.get(row["name"])
        if url is not None and hashed(url) == row["url"]:
            entries = min(row["entries"], 2)
            yield {"source": row["name"], "check": check(url), "since": _at(row["baseline_at"]), "entries": entries}


def _accounts(database: Database) -> Iterator[Fact]:
    for row in database.rows("SELECT name, platform, baseline_at FROM account"):
        yield {"account": row["name"], "platform": row["platform"], "since": _at(row["baseline_at"])}


def _articles(database: Database, now: datetime) -> list[Fact]:
    """Each article with its names, those that wait and are not out yet with "" in it."""
    names: dict[str, dict[str, str]] = {}
    for row in database.rows("SELECT hash, kind, anchor FROM alias ORDER BY hash"):
        names.setdefault(row["anchor"], {})[row["hash"]] = row["kind"]
    found: list[Fact] = []
    sent, waits = ", ".join(map(repr, SENT)), ", ".join(map(repr, WAITING))
    asked = (
        f"SELECT {ARTICLE}, (SELECT MAX(CASE WHEN state IN ({sent}) THEN 3 WHEN state IN ({waits}) THEN 2"
        " WHEN state = 'failed' THEN 1 ELSE 0 END) FROM delivery WHERE delivery.anchor = article.anchor) AS stands"
        " FROM article"
    )
    for row in (each for page in database.stream(asked, PAGE) for each in page if each["anchor"] in names):
        fact = article_fact(row, names[row["anchor"]], public=row["stands"] == 3)
        embargoed = row["stands"] == 2 and (row["published_at"] or 0) > micros(now) + AHEAD
        found.append(fact | ({"": row["anchor"]} if embargoed else {}))
    return found


def article_fact(row: Row, names: dict[str, str], *, public: bool) -> Fact:
    """An article by its names; its address only where it was posted."""
    return {
        "article": row["anchor"],
        "source": row["source"],
        "names": names,
        "seen": _at(row["first_seen_at"]),
        "published": _at(row["published_at"]),
        "url": (without_login(row["url"]) or None) if public else None,
        "imported": 1 if row["position"] < 0 else None,
    }


def words_fact(database: Database, anchor: str) -> Fact:
    """The words of an article, without a login in its addresses."""
    row = database.row("SELECT data FROM article WHERE anchor = :anchor", anchor=anchor)
    assert row is not None
    data = json.loads(unpacked_article(row["data"]))
    data["url"] = without_login(data["url"])
    if data.get("canonical_url"):
        data["canonical_url"] = without_login(data["canonical_url"])
    return {"words": anchor, "data": data}


def _posts(database: Database) -> Iterator[Fact]:
    """Each delivery; a thread's words as long as it is not out, or given up."""
    ended = {(row["anchor"], row["account"], row["revision"]): row for row in database.rows(_ENDED)}
    for row in (each for page in database.stream("SELECT * FROM delivery", PAGE) for each in page):
        fact, parts = post_fact(row), ended.get((row["anchor"], row["account"], row["revision"]))
        if "thread" in fact and parts and (parts["dropped"] or parts["out"] >= len(fact["thread"][PARTS])):
            del fact["thread"]
        yield fact


def post_fact(row: Row) -> Fact:
    """A delivery; what was begun, and got no answer yet, may be out."""
    state = row["state"]
    if state == "sending":
        state = "unknown" if row.get("draft") else "due"
    fact: Fact = {"post": row["key"], "article": row["anchor"], "state": state}
    fact |= {name: row.get(column) for name, column in PLAIN.items()}
    fact |= {name: _at(row.get(column)) for name, column in TIMES.items()}
    fact |= {name: row[name] for name, usual in USUAL.items() if row[name] != usual}
    receipt = row.get("receipt")
    if receipt:
        fact["data"] = (json.loads(receipt) if isinstance(receipt, str) else receipt).get("data") or None
    fact["thread"] = thread(row.get("post")) if fact["state"] in SENT and row.get("reason") != "deleted" else None
    return {name: value for name, value in fact.items() if value not in (None, "")}


def thread(post: str | Json | None) -> Json | None:
    """What the further posts of a stored first one need to be sent, and by what that is known again."""
    if not post or (isinstance(post, str) and f'"{PARTS}"' not in post):
        return None
    stored = json.loads(post) if isinstance(post, str) else post
    return {name: stored.get(name) for name in ("text", "link", PARTS)} if PARTS in stored else None


def _shelved(database: Database, told: Facts) -> Iterator[Fact]:
    """The stories on the shelf that were not told before."""
    known = {number_of(about[1]) for about in told if about[0] == "article"}
    ids = [row["id"] for row in database.rows("SELECT id FROM shelf") if row["id"] not in known]
    accounts = {row["number"]: row["name"] for row in database.rows("SELECT * FROM shelf_account")} if ids else {}
    for number in ids:
        row = database.row("SELECT data FROM shelf WHERE id = :id", id=number)
        if row is None:
            continue
        story = unpack(row["data"])
        article = database.row("SELECT * FROM article WHERE anchor = :anchor", anchor=story.anchor)
        if article is not None:
            names = {name: kind for kind, name in sorted(story.names, key=lambda each: each[1])}
            posted = any(each["state"] in SENT for each in story.deliveries)
            yield article_fact(article, names, public=posted)
            yield from (
                post_fact(each | {"account": accounts[each["account"]], "post": None}) for each in story.deliveries
            )


def _at(value: int | None) -> str | None:
    return instant(from_micros(value))
