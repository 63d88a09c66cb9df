"""Each condition on an article, with one beside it that does not fit."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from syndicate.aliases import aliases, content_hash, wording
from syndicate.ledger.articles import AHEAD, ELSEWHERE, UNREAD
from syndicate.ledger.database import MICROSECOND, micros
from syndicate.ledger.twins import ALIKE
from syndicate.model import Account
from syndicate.serialization import store_article
from tests.worlds.accounts import MASTO

FACE = Account("fb", "facebook")
SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)
OWN, NEW = "https://gazette.example/own", "https://gazette.example/new"


@pytest.fixture
def add(ledger, article, clock):
    """Adds article `number` and sets columns of its row; gives its anchor."""

    def make(number=1, position=0, columns=None, **fields):
        made = article(number, **fields)
        anchor = ledger.articles.add(made, aliases(made), position=position, now=clock())
        for name, value in (columns or {}).items():
            ledger.database.change(f"UPDATE article SET {name} = :value WHERE anchor = :row", value=value, row=anchor)
        return anchor

    return make


def test_a_clock_may_run_five_minutes_fast_and_four_of_one_date_tell_nothing():
    assert (AHEAD * MICROSECOND, ALIKE) == (5 * MINUTE, 3)


def row(ledger, anchor):
    return ledger.database.row("SELECT * FROM article WHERE anchor = :anchor", anchor=anchor)


def test_an_article_is_stored_to_the_column(ledger, add, article, clock):
    anchor = add(1, position=7, title="Storm", summary="It came.")
    stored = row(ledger, anchor)
    said = article(1, title="Storm", summary="It came.")
    assert stored["data"] == store_article(said)
    assert (stored["source"], stored["url"], stored["content_hash"]) == ("news", said.url, content_hash(said))
    assert (stored["published_at"], stored["first_seen_at"]) == (micros(said.published), micros(clock()))
    assert (stored["position"], stored["title_key"], stored["summary_key"]) == (
        7,
        wording("Storm"),
        wording("It came."),
    )
    assert (stored["changed_at"], stored["check_at"], stored["gone"], stored["withdrawn_at"]) == (None, None, 0, None)
    clock.move(hours=1)
    assert add(1, position=8, title="Other") == anchor
    assert row(ledger, anchor) == stored


def test_new_words_are_those_of_this_article_alone(ledger, add, article, clock):
    second, first = add(2), add(1)
    before = row(ledger, second)
    told = article(1, title="Corrected", summary="More.", url=NEW)
    assert ledger.articles.update(first, told, clock()) == article(1)
    assert row(ledger, second) == before
    stored = row(ledger, first)
    assert (stored["title_key"], stored["summary_key"], stored["url"]) == (wording("Corrected"), wording("More."), NEW)
    assert (stored["content_hash"], stored["changed_at"]) == (content_hash(told), micros(clock()))
    assert ledger.articles.update(first, told, clock()) is None
    assert ledger.articles.update(second, article(2), clock()) is None


@pytest.mark.parametrize(
    ("known", "said", "url", "kept"),
    [(OWN, None, None, OWN), (OWN, NEW, None, NEW), (OWN, None, NEW, None), (None, None, None, None)],
)
def test_the_address_that_its_page_named_stays_with_its_own(ledger, add, article, clock, known, said, url, kept):
    anchor = add(1, canonical_url=known)
    told = article(1, title="Corrected", canonical_url=said, **({"url": url} if url else {}))
    assert ledger.articles.update(anchor, told, clock())
    assert ledger.articles.find(anchor).article == replace(told, canonical_url=kept)


def test_what_another_source_says_more_fills_this_article_alone(ledger, add, article):
    first, second = add(1), add(2)
    before = row(ledger, second)
    told = article(1, title="Storm", summary="It came.")
    ledger.articles.fill(first, told)
    stored = row(ledger, first)
    assert stored["data"] == store_article(told)
    assert (stored["title_key"], stored["summary_key"]) == (wording("Storm"), wording("It came."))
    assert (stored["content_hash"], stored["changed_at"]) == (content_hash(told), None)
    assert row(ledger, second) == before


def test_a_page_names_its_own_address_unless_another_article_has_it(ledger, add, article):
    first, second = add(1), add(2)
    assert ledger.articles.rename(first, "https://gazette.example/2") is None
    assert ledger.articles.find(first).article == article(1)
    assert ledger.articles.rename(first, OWN) == replace(article(1), canonical_url=OWN)
    assert ledger.articles.find(first).article.canonical_url == OWN
    assert ledger.articles.at(OWN) == first
    assert ledger.articles.rename(first, OWN) is not None, "it is its own already"
    assert ledger.articles.find(second).article == article(2)


def test_one_that_comes_back_takes_no_other_with_it(ledger, add, clock):
    first, second = add(1), add(2)
    for anchor in (first, second):
        ledger.articles.withdraw(anchor, clock())
        ledger.articles.checked(anchor, gone=2, next_at=None)
    before = row(ledger, second)
    ledger.articles.restore(first, clock())
    stored = row(ledger, first)
    assert (stored["withdrawn_at"], stored["gone"], stored["published_at"]) == (None, 0, micros(clock()))
    assert row(ledger, second) == before
    assert not ledger.articles.withdraw(second, clock())
    assert ledger.articles.withdraw(first, clock())


def test_a_check_is_that_of_one_article(ledger, add, clock):
    first, second = add(1), add(2)
    before = row(ledger, second)
    ledger.articles.checked(first, gone=3, next_at=clock())
    stored = row(ledger, first)
    assert (stored["gone"], stored["check_at"]) == (3, micros(clock()))
    assert row(ledger, second) == before
    assert ledger.articles.has_to_check(clock())
    assert not ledger.articles.has_to_check(clock() - SECOND)


@pytest.mark.parametrize("word", ["https://gazette.example/1", "guid-1"])
@pytest.mark.parametrize(
    ("deliveries", "columns", "looked_at"),
    [
        ([{"state": "posted"}], {}, True),
        ([{"state": "planned"}], {}, True),
        ([{"state": "skipped"}], {}, False),
        ([{"state": "failed"}], {}, False),
        ([{"state": "failed"}, {"state": "posted"}], {}, True),
        ([{"state": "posted", "action": "edit"}], {}, False),
        ([{"state": "posted"}], {"gone": 1}, False),
        ([{"state": "posted"}], {"withdrawn_at": 5}, False),
        ([], {}, False),
    ],
)
def test_the_page_of_one_that_was_named_is_looked_at_once(
    ledger, add, put, clock, word, deliveries, columns, looked_at
):
    other = put(2, state="posted").anchor
    anchor = add(1)
    for account, delivery in zip((MASTO, FACE), deliveries, strict=False):
        put(1, account, **delivery)
    add(1, columns=columns)
    ledger.articles.look_at_once(word, clock())
    assert row(ledger, anchor)["check_at"] == (micros(clock()) if looked_at else None)
    assert row(ledger, other)["check_at"] is None


def test_a_page_is_not_looked_at_because_of_a_likeness(ledger, put, clock):
    anchor = put(1, state="posted").anchor
    ledger.articles.look_at_once("https://gazette.example/3", clock())
    ledger.articles.look_at_once("Story 1", clock())
    assert row(ledger, anchor)["check_at"] is None


def test_the_first_source_that_lists_an_imported_article_names_it_alone(ledger, add, article, clock):
    first, second = (add(n, position=ELSEWHERE, columns={"content_hash": UNREAD}, title="") for n in (1, 2))
    before = row(ledger, second)
    told = article(1, title="Storm", summary="It came.", source="sport", url=NEW)
    assert ledger.articles.adopt(first, told)
    stored = row(ledger, first)
    assert (stored["title_key"], stored["summary_key"], stored["source"]) == (
        wording("Storm"),
        wording("It came."),
        "sport",
    )
    assert (stored["url"], stored["content_hash"]) == (told.url, content_hash(told))
    assert (stored["data"], stored["published_at"]) == (store_article(told), micros(told.published))
    assert stored["position"] == ELSEWHERE
    assert row(ledger, second) == before


@pytest.mark.parametrize(
    ("states", "doubted"),
    [
        ([("planned", "approval"), ("skipped", "too_old")], True),
        ([("planned", "approval"), ("posted", None)], False),
        ([("skipped", "too_old"), ("skipped", "baseline")], False),
        ([("planned", "baseline")], False),
        ([("failed", "rejected")], False),
    ],
)
def test_a_twin_is_in_doubt_only_where_no_account_has_it(ledger, put, add, article, states, doubted):
    for account, (state, reason) in zip((MASTO, FACE), states, strict=False):
        put(1, account, state=state, reason=reason)
    put(2, state="posted")
    new = article(3, title="Story 1", summary="Other.")
    anchor = add(3, title="Story 1", summary="Other.")
    assert [said for _, said in ledger.twins.alike({anchor: new}, ())[anchor]] == [doubted]


def test_what_was_imported_is_told_apart_wherever_it_is_found(ledger, add, clock):
    plain, imported = add(1), add(2, position=ELSEWHERE)
    assert [ledger.articles.find(anchor).imported for anchor in (plain, imported)] == [False, True]
    held = ledger.articles.standings([plain, imported])
    assert [held[anchor].imported for anchor in (plain, imported)] == [False, True]


def test_an_article_whose_page_names_an_address_is_found_by_both(ledger, add):
    anchor = add(1, canonical_url=OWN)
    assert ledger.articles.at(OWN) == ledger.articles.at("https://gazette.example/1") == anchor
    assert ledger.articles.matching(OWN) == {anchor: "url"}
    assert ledger.articles.matching("guid-1") == {anchor: "guid"}
    assert ledger.articles.matching("guid-2") == {}
