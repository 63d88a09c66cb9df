"""What another tool announced before: new rows, marks on known ones, and what waits for it."""

from __future__ import annotations

import pytest

from syndicate.aliases import aliases
from syndicate.ledger import imports
from syndicate.ledger.articles import ELSEWHERE, UNREAD
from syndicate.ledger.imports import SEEN


def record(ledger, *stories, now):
    with ledger.transaction():
        return ledger.imports.record([(story, aliases(story)) for story in stories], now)


def rows(ledger, sql="SELECT source, url, content_hash, position, first_seen_at FROM article ORDER BY url"):
    return [tuple(row.values()) for row in ledger.database.rows(sql)]


def test_what_no_source_has_listed_is_a_row_of_its_own_under_all_its_names(ledger, article, clock):
    stories = [article(number) for number in (1, 2)]
    assert record(ledger, *stories, now=clock()) == [True, True]
    at = round(clock().timestamp() * 1e6)
    assert rows(ledger) == [("news", f"https://gazette.example/{n}", UNREAD, ELSEWHERE, at) for n in (1, 2)]
    for story in stories:
        found = {ledger.articles.anchors([alias.hash])[alias.hash] for alias in aliases(story)}
        [anchor] = found
        known = ledger.articles.find(anchor)
        assert (known.article, known.imported, known.first_seen) == (story, True, clock())
    kinds = {row[0] for row in rows(ledger, "SELECT DISTINCT kind FROM alias")}
    assert kinds == {alias.kind for alias in aliases(stories[0])}


def test_one_that_comes_twice_is_new_once_and_gets_the_names_of_both(ledger, article, clock):
    twin = article(1, url="https://gazette.example/moved")
    assert record(ledger, article(1), twin, now=clock()) == [True, False]
    assert len(rows(ledger)) == 1
    assert record(ledger, article(1), article(3), now=clock()) == [False, True]
    anchor = ledger.articles.at("https://gazette.example/1")
    assert ledger.articles.at("https://gazette.example/moved") == anchor


def test_a_name_that_another_one_has_stays_with_that(ledger, article, clock):
    record(ledger, article(1), article(2), now=clock())
    both = article(1, guid="guid-2")
    assert record(ledger, both, now=clock()) == [False]
    anchors = [ledger.articles.at(f"https://gazette.example/{number}") for number in (1, 2)]
    assert anchors[0] != anchors[1]
    guids = {alias.kind: alias.hash for alias in aliases(article(2))}
    assert ledger.articles.anchors([guids["guid"]]) == {guids["guid"]: anchors[1]}


@pytest.mark.parametrize(
    ("columns", "skipped"),
    [
        ({"state": "planned", "reason": "approval"}, True),
        ({"state": "due"}, True),
        ({"state": "due", "draft": {"text": "x"}}, False),
        ({"state": "due", "action": "edit"}, False),
        ({"state": "posted"}, False),
        ({"state": "held"}, False),
    ],
)
def test_what_waits_of_a_known_one_is_skipped_and_what_may_be_out_stays(ledger, put, article, clock, columns, skipped):
    row, other = put(1, **columns), put(2, state="due")
    clock.move(minutes=1)
    assert record(ledger, article(1), now=clock()) == [False]
    assert ledger.articles.find(row.anchor).imported
    assert not ledger.articles.find(other.anchor).imported
    after = ledger.deliveries.find(row.key)
    if skipped:
        assert (after.state, after.reason, after.due_at, after.error) == ("skipped", "person", None, SEEN)
        found = ledger.database.row("SELECT waited_for, updated_at FROM delivery WHERE key = :key", key=row.key)
        assert tuple(found.values()) == ("seen", round(clock().timestamp() * 1e6))
    else:
        assert after == row
    assert ledger.deliveries.find(other.key) == other


def test_many_known_ones_are_marked_in_parts(ledger, put, article, clock, monkeypatch):
    monkeypatch.setattr(imports, "CHUNK", 2)
    anchors = [put(number).anchor for number in range(5)]
    assert record(ledger, *(article(number) for number in range(5)), now=clock()) == [False] * 5
    assert all(ledger.articles.find(anchor).imported for anchor in anchors)
    assert {row.state for row in ledger.deliveries.search()} == {"skipped"}


@pytest.mark.parametrize(
    ("columns", "forgotten"),
    [
        ({"state": "skipped", "reason": "person", "waited_for": "seen"}, True),
        ({"state": "skipped", "reason": "person", "waited_for": None}, False),
        ({"state": "skipped", "reason": "withdrawn", "waited_for": "seen"}, False),
        ({"state": "failed", "reason": "person", "waited_for": "seen"}, False),
    ],
)
def test_what_a_person_asks_for_all_the_same_may_be_planned_again(ledger, put, clock, columns, forgotten):
    row, other = put(1, **columns), put(2, **columns)
    ledger.imports.forget(row.anchor)
    assert ledger.deliveries.find(row.key).reason == ("baseline" if forgotten else columns["reason"])
    assert ledger.deliveries.find(other.key).reason == columns["reason"]
