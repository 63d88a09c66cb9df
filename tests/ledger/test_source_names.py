"""A source under another name keeps its state, its articles and their names."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from syndicate.aliases import aliases
from syndicate.ledger import source_names
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


def everywhere(ledger, name, place):
    for statement in (
        "INSERT INTO subscription (callback, source, sealed, state, fails) VALUES (:place, :name, 's', 'asked', 0)",
        "INSERT INTO source_host (source, host) VALUES (:name, :place)",
        "INSERT INTO listing (source, place, seen_at) VALUES (:name, :place, 1)",
        "INSERT INTO listing (source, place, seen_at) VALUES (:name, 'both', LENGTH(:place))",
    ):
        ledger.database.change(statement, name=name, place=place)
    for kind in ("source_down", "account"):
        ledger.database.change(
            "INSERT INTO notice (kind, subject, cause, message, since, tries) VALUES (:kind, :name, '', '', 1, 0)",
            kind=kind,
            name=name,
        )


def tables(ledger):
    return {
        table: sorted(tuple(row.values()) for row in ledger.database.rows(f"SELECT {columns} FROM {table}"))
        for table, columns in (
            ("subscription", "source, callback"),
            ("source_host", "source, host"),
            ("listing", "source, place, seen_at"),
            ("notice", "subject, kind"),
        )
    }


def test_a_new_name_takes_over_the_rows_of_every_table_and_no_others(ledger, read):
    for name, url in (("news", URL), ("sport", OTHER), ("paper", "https://old.example/rss")):
        read(name, url)
        everywhere(ledger, name, f"of {name}")
    assert ledger.source_names.follow({"paper": URL, "sport": OTHER}) == [("news", "paper")]
    assert known(ledger) == {"paper": "news", "sport": "sport"}
    assert tables(ledger) == {
        "subscription": [("paper", "of news"), ("paper", "of paper"), ("sport", "of sport")],
        "source_host": [("paper", "of news"), ("sport", "of sport")],
        "listing": [
            ("paper", "both", len("of paper")),
            ("paper", "of news", 1),
            ("paper", "of paper", 1),
            ("sport", "both", len("of sport")),
            ("sport", "of sport", 1),
        ],
        "notice": [
            ("news", "account"),
            ("paper", "account"),
            ("paper", "source_down"),
            ("sport", "account"),
            ("sport", "source_down"),
        ],
    }  # fmt: skip


def test_a_second_source_of_one_address_stays_where_the_first_kept_its_name(ledger, read):
    read("news")
    read("sport")
    assert ledger.source_names.follow({"news": URL}) == []
    assert ledger.source_names.follow({"a": URL, "b": URL}) == [("news", "a"), ("sport", "b")]
    assert known(ledger) == {"a": "news", "b": "sport"}


def test_only_what_is_known_of_the_source_itself_gets_its_names_anew(ledger, read, put, article, monkeypatch):
    monkeypatch.setattr(source_names, "RECENT", 2)
    read("news")
    rows = [put(number) for number in (1, 2, 3, 4, 5)]
    for number, (row, change) in enumerate(
        zip(
            rows,
            ("source = 'other'", "content_hash = ''", "source = source", "source = source", "gone = 0"),
            strict=True,
        )
    ):
        ledger.database.change(
            f"UPDATE article SET first_seen_at = first_seen_at - :number, {change} WHERE anchor = :anchor",
            number=-number if number == 4 else number,
            anchor=row.anchor,
        )
    ledger.source_names.follow({"paper": URL})
    renamed = {
        number: ledger.articles.anchors(
            [alias.hash for alias in aliases(replace(article(number), source="paper")) if alias.kind == "guid"]
        )
        for number in range(1, 6)
    }
    assert [number for number, found in renamed.items() if found] == [3, 5]
    assert ledger.articles.find(rows[0].anchor).article.source == "news"
