"""A source under another name keeps its state, its articles and their names."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from syndicate.aliases import aliases
from syndicate.model import Validators

URL, OTHER = "https://gazette.example/rss", "https://gazette.example/sport.rss"


@pytest.fixture
def read(ledger, clock):
    def good(name, url=URL):
        ledger.sources.ensure(name, url)
        at = clock()
        ledger.sources.read(name, Validators(name), baseline_at=at, entries=3, next_poll_at=at + timedelta(hours=1))

    return good


def known(ledger):
    return {row["name"]: row["etag"] for row in ledger.database.rows("SELECT name, etag FROM source")}


def test_the_same_address_under_another_name_goes_on(ledger, read, put, article, clock):
    read("news")
    put(1)
    ledger.listings.of("news").unknown(["https://gazette.example/page"])
    was = ledger.sources.ensure("news", URL)
    clock.move(hours=1)
    assert ledger.source_names.follow({"paper": URL}) == [("news", "paper")]
    assert ledger.sources.ensure("paper", URL) == replace(was, name="paper")
    assert known(ledger) == {"paper": "news"}
    assert ledger.source_names.follow({"paper": URL}) == []
    moved = replace(article(1), source="paper", url="https://new.example/1")
    [anchor] = {*ledger.articles.anchors([alias.hash for alias in aliases(moved)]).values()}
    found = ledger.articles.find(anchor).article
    assert (found.source, found.url) == ("paper", article(1).url), "its guid is known under the new name"
    assert [each.article for each in ledger.articles.newest("paper", 9)] == [found]
    assert ledger.former_names.now("source", ["news"]) == ["paper"]


@pytest.mark.parametrize(
    ("wanted", "moves", "left"),
    [
        ({"paper": OTHER}, [], {"news": "news"}),
        ({"news": URL, "paper": URL}, [], {"news": "news"}),  # both read it
        ({"news": OTHER, "paper": URL}, [("news", "paper")], {"paper": "news"}),
        ({"a": URL, "b": URL}, [("news", "a")], {"a": "news"}),
        ({}, [], {"news": "news"}),
    ],
)
def test_only_a_source_that_lost_its_name_goes_on_under_another(ledger, read, wanted, moves, left):
    read("news")
    assert ledger.source_names.follow(wanted) == moves
    assert known(ledger) == left


def test_two_sources_change_names(ledger, read, put, article):
    read("news")
    read("sport", OTHER)
    assert sorted(ledger.source_names.follow({"sport": URL, "news": OTHER})) == [("news", "sport"), ("sport", "news")]
    assert known(ledger) == {"news": "sport", "sport": "news"}


def test_a_name_that_two_articles_share_is_taken_by_none_of_them_anew(ledger, read, put, article):
    read("news")
    row = put(1)
    shared = next(alias for alias in aliases(article(1)) if alias.kind == "title_date")
    ledger.database.change("DELETE FROM alias WHERE hash = :hash", hash=shared.hash)
    ledger.source_names.follow({"paper": URL})
    renamed = aliases(replace(article(1), source="paper"))
    found = ledger.articles.anchors([alias.hash for alias in renamed])
    assert {alias.kind for alias in renamed if found.get(alias.hash) == row.anchor} == {"url", "guid"}
