"""What is forgotten of stories that were finished long ago, what is kept, and how the space is given back."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from syndicate.aliases import aliases
from syndicate.ledger import pruning, rows
from syndicate.ledger.database import micros
from syndicate.ledger.pruning import Pruning
from syndicate.ledger.shelf_pruning import Pruned
from syndicate.model import Account, Image
from syndicate.serialization import load_article, packed_article, store_article
from tests.worlds.accounts import MASTO

DAY = timedelta(days=1)
TICK = timedelta(microseconds=1)
OTHER = Account("second", "mastodon")


@pytest.fixture
def works(ledger):
    return Pruning(ledger.database)


@pytest.fixture
def old(ledger, clock, put):
    """Plans story `number` and finishes it some time ago, with a post and one attempt."""

    def make(number, account=MASTO, ago=2 * DAY, attempt=2 * DAY, **columns):
        base = {"state": "posted", "post": {"text": "x" * 40}, "draft": {"a": 1}, "prepared": {"b": 12}}
        row = put(number, account, **base | columns, updated_at=clock() - ago)
        if attempt is not None:
            ledger.database.change(
                "INSERT INTO attempt (key, fence, started_at, ended_at) VALUES (:key, 1, 1, :at)",
                key=row.key,
                at=micros(clock() - attempt),
            )
        return row

    return make


def size(ledger, key):
    row = ledger.database.row(
        "SELECT COALESCE(LENGTH(post), 0) + COALESCE(LENGTH(draft), 0) + COALESCE(LENGTH(prepared), 0) AS size,"
        " (SELECT COUNT(*) FROM attempt WHERE attempt.key = delivery.key) AS attempts FROM delivery WHERE key = :key",
        key=key,
    )
    return row["size"], row["attempts"]


@pytest.mark.parametrize(
    ("given", "forgotten"),
    [
        ({"state": "posted"}, True),
        ({"state": "skipped"}, True),
        ({"state": "failed"}, True),
        ({"state": "due"}, False),
        ({"state": "held"}, False),
        ({"ago": DAY}, False),
        ({"ago": DAY + TICK}, True),
        ({"attempt": None}, True),
        ({"post": None}, True),
        ({"post": None, "draft": None}, True),
        ({"prepared": None, "draft": None}, True),
        ({"post": None, "prepared": None}, True),
        ({"post": None, "prepared": None, "draft": None}, True),  # for its attempt
        ({"post": None, "prepared": None, "draft": None, "attempt": None}, False),
        ({"post": None, "prepared": None, "draft": None, "attempt": DAY}, False),
    ],
)
def test_what_is_forgotten(works, ledger, clock, old, given, forgotten):
    row = old(1, **given)
    was = size(ledger, row.key)
    found = ledger.deliveries.find(row.key)
    wanted = Pruned(1, was[1], was[0]) if forgotten else Pruned()
    assert works.forget(clock() - DAY, pretend=True) == wanted
    assert size(ledger, row.key) == was
    assert works.forget(clock() - DAY) == wanted
    assert size(ledger, row.key) == ((0, 0) if forgotten else was)
    after = ledger.deliveries.find(row.key)
    for name in ("state", "account", "anchor", "attempts", "planned_at", "permalink", "updated_at"):
        assert getattr(after, name, None) == getattr(found, name, None)
    assert works.forget(clock() - DAY) == Pruned()


def test_an_attempt_that_ended_later_is_kept(works, ledger, clock, old):
    row = old(1, attempt=DAY)
    assert works.forget(clock() - DAY).attempts == 0
    assert size(ledger, row.key) == (0, 1)


@pytest.mark.parametrize(
    ("beside", "forgotten"),
    [
        ({"state": "due"}, False),
        ({"ago": DAY}, False),
        ({"ago": DAY + TICK}, True),
        ({"state": "failed"}, True),
        ({"state": "skipped"}, True),
    ],
)
def test_a_story_is_forgotten_once_all_of_it_is_finished(works, clock, old, beside, forgotten):
    old(1)
    old(1, OTHER, **beside)
    other = old(2)
    found = works.forget(clock() - DAY)
    assert (found.deliveries, other.account) == (3 if forgotten else 1, "masto")


def test_what_changed_meanwhile_is_left_alone(works, ledger, clock, old, monkeypatch):
    rows = [old(number) for number in (1, 2, 3)]
    forget = works._forget

    def late(keys, before):
        ledger.database.change("UPDATE delivery SET state = 'due' WHERE key = :key", key=rows[0].key)
        ledger.database.change(
            "UPDATE delivery SET updated_at = :now WHERE key = :key", key=rows[1].key, now=micros(clock())
        )
        forget(keys, before)

    monkeypatch.setattr(works, "_forget", late)
    works.forget(clock() - DAY)
    assert [size(ledger, row.key)[0] > 0 for row in rows] == [True, True, False]


def test_alerts_that_were_told_are_forgotten_too(works, ledger, clock, old):
    row, other = old(1), old(2, state="due")
    for key, number, done in ((row.key, 1, 2 * DAY), (row.key, 2, DAY), (row.key, 3, None), (other.key, 1, 2 * DAY)):
        ledger.database.change(
            "INSERT INTO alert (key, state, fence, tries, done_at) VALUES (:key, 'failed', :number, 0, :at)",
            key=key,
            number=number,
            at=None if done is None else micros(clock() - done),
        )
    works.forget(clock() - DAY)
    found = ledger.database.rows("SELECT key, fence FROM alert")
    assert {(each["key"], each["fence"]) for each in found} == {(row.key, 2), (row.key, 3), (other.key, 1)}


def test_any_number_is_forgotten_a_few_at_a_time(works, ledger, clock, old, monkeypatch):
    monkeypatch.setattr(pruning, "BATCH", 2)
    monkeypatch.setattr(pruning, "MOVED", 2)
    for number in range(9):
        old(number)
    moved = []
    monkeypatch.setattr(ledger.database, "checkpoint", lambda: moved.append(ledger.database.row("SELECT 1")))
    assert works.forget(clock() - DAY, pretend=True).deliveries == 9
    assert moved == []
    found = works.forget(clock() - DAY)
    assert (found.deliveries, found.attempts) == (9, 9)
    assert len(moved) == 2, "after each second transaction of five"


def test_free_space_is_given_back_some_at_a_time(works, ledger, clock, old, monkeypatch):
    for number in range(4):
        old(number, post={"text": "x" * 60_000})
    works.forget(clock() - DAY)
    page = ledger.database.row("PRAGMA page_size")["page_size"]
    pages = works.free_pages()
    assert pages > 40
    assert works.free() == pages * page
    monkeypatch.setattr(pruning, "PAGES", 7)
    before = ledger.database.row("PRAGMA page_count")["page_count"]
    assert works.give_back() == pages * page
    assert works.free_pages() == 0
    assert ledger.database.row("PRAGMA page_count") == {"page_count": before - pages}
    assert works.give_back() == 0


def test_a_file_that_gives_nothing_back_is_no_endless_work(works, ledger, monkeypatch):
    monkeypatch.setattr(works, "free_pages", lambda: 5)
    assert works.give_back() == 0
    monkeypatch.setattr(ledger.database, "row", lambda sql: {"auto_vacuum": 0, "page_size": 4096})
    asked = []
    monkeypatch.setattr(ledger.database, "give_back", asked.append)
    assert works.give_back() == 0
    assert asked == []


def packed(ledger):
    found = ledger.database.rows("SELECT anchor FROM article WHERE typeof(data) = 'blob'")
    return {row["anchor"] for row in found}


@pytest.fixture
def seen(ledger, clock, article):
    """Stores an article of long ago that nothing was planned for, under all its names."""

    def make(number, **fields):
        told = replace(
            article(), url=f"https://gazette.example/{number}", guid=str(number), published=clock() - 9 * DAY
        )
        told = replace(told, **fields)
        return told, ledger.articles.add(told, aliases(told), position=0, now=clock() - 9 * DAY)

    return make


def test_articles_of_long_ago_are_packed_and_nobody_notices(ledger, works, clock, seen):
    images = (Image("https://gazette.example/a.jpg", alt="Ein Hafen – 港", width=3, focus=(0.5, 0.25)),)
    made = [seen(number, title=f"Hafen {number} 港", images=images, raw={"a": "b"}) for number in range(450)]
    before = {anchor: ledger.articles.find(anchor) for _, anchor in made}
    order = ledger.database.rows("SELECT rowid, anchor FROM article ORDER BY rowid")
    works.forget(clock() - DAY)
    assert packed(ledger) == {anchor for _, anchor in made}
    assert {anchor: ledger.articles.find(anchor) for _, anchor in made} == before
    assert ledger.database.rows("SELECT rowid, anchor FROM article ORDER BY rowid") == order
    assert ledger.database.rows("PRAGMA foreign_key_check") == []
    told, anchor = made[7]
    names = [alias.hash for alias in aliases(told)]
    assert ledger.articles.anchors(names) == dict.fromkeys(names, anchor)
    assert (
        rows.title(ledger.database.row("SELECT data FROM article WHERE anchor = :anchor", anchor=anchor)) == told.title
    )
    assert ledger.twins.alike({"": told}, ())[""][0][0].article.title.startswith("Hafen")


def test_a_packed_article_that_its_source_edits_is_as_any_other_again(ledger, works, clock, seen):
    told, anchor = seen(1)
    works.forget(clock() - DAY)
    assert ledger.articles.update(anchor, told, clock()) is None
    edited = replace(told, title="Another headline")
    assert ledger.articles.update(anchor, edited, clock()) == told
    assert ledger.articles.find(anchor).article == edited
    assert packed(ledger) == set()


def test_what_somebody_may_ask_about_soon_is_not_packed(ledger, works, clock, seen, old):
    young = seen(1)[1]
    ledger.database.change("UPDATE article SET first_seen_at = :now", now=micros(clock()))
    dated_ahead, by_day, watched = (
        seen(2, published=clock() + DAY)[1],
        seen(3, precision="day")[1],
        seen(4)[1],
    )
    ledger.articles.checked(watched, gone=0, next_at=clock())
    planned = old(5).anchor
    works.forget(clock() - DAY)
    assert packed(ledger).isdisjoint({young, dated_ahead, by_day, watched, planned})
    assert works.forget(clock() - DAY, pretend=True) == Pruned()


def test_a_dry_run_packs_nothing(ledger, works, clock, seen):
    seen(1)
    works.forget(clock() - DAY, pretend=True)
    assert packed(ledger) == set()


def test_an_article_is_packed_in_half_of_its_room(article):
    told = article()
    stored = store_article(told)
    assert len(packed_article(stored)) < len(stored.encode()) / 2
    assert load_article(packed_article(stored)) == told
