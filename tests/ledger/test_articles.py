"""Stored articles: what is found, in which order, and what a change leaves."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from syndicate.aliases import aliases, content_hash
from syndicate.ledger.articles import AHEAD, CHUNK, ELSEWHERE, UNREAD
from syndicate.ledger.database import MICROSECOND
from syndicate.ledger.twins import ALIKE, TWINS
from syndicate.planning.apply import announce
from tests.worlds.accounts import MASTO

SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)


@pytest.fixture
def add(ledger, article, clock):
    """Adds article `number`; gives its anchor."""

    def make(number=1, position=0, **fields):
        made = article(number, **fields)
        return ledger.articles.add(made, aliases(made), position=position, now=clock())

    return make


@pytest.fixture
def imported(ledger, add):
    """Adds an article as `import-seen` does: known by its names, without words."""

    def make(number=1, **fields):
        anchor = add(number, position=ELSEWHERE, **fields)
        ledger.database.change(
            "UPDATE article SET content_hash = :none WHERE anchor = :anchor", none=UNREAD, anchor=anchor
        )
        return anchor

    return make


def test_more_names_than_one_statement_takes_are_found(ledger, add, article):
    anchor = add(1)
    own = [alias.hash for alias in aliases(article(1))]
    others = [f"unknown {number}" for number in range(CHUNK)]
    assert ledger.articles.anchors([*others, *own]) == dict.fromkeys(own, anchor)
    assert ledger.articles.standings([*others, anchor]).keys() == {anchor}


def test_an_article_is_found_by_its_address_and_by_its_guid(ledger, add):
    first, second = add(1, guid="https://gazette.example/2"), add(2, guid=None)
    assert ledger.articles.at("https://gazette.example/1") == first
    assert ledger.articles.at("https://gazette.example/3") is None
    assert ledger.articles.matching("https://gazette.example/1") == {first: "url"}
    assert list(ledger.articles.matching("https://gazette.example/2").items()) == [(second, "url"), (first, "guid")]


def test_a_name_of_another_article_stays_with_that_one(ledger, add, article):
    first, second = add(1), add(2)
    ledger.articles.name(second, aliases(article(1)))
    assert set(ledger.articles.anchors([alias.hash for alias in aliases(article(1))]).values()) == {first}


def test_new_words_are_kept_and_the_earlier_ones_given_back(ledger, add, article, clock):
    anchor = add(1)
    clock.move(hours=1)
    assert ledger.articles.update(anchor, article(1), clock()) is None
    assert ledger.articles.find(anchor).changed_at is None
    told = article(1, title="Corrected", url="https://gazette.example/new")
    assert ledger.articles.update(anchor, replace(told, source="other"), clock()) is None
    before = ledger.articles.update(anchor, told, clock())
    assert (before.title, before.url) == ("Story 1", "https://gazette.example/1")
    found = ledger.articles.find(anchor)
    assert (found.article, found.changed_at) == (told, clock())
    other = add(2, title="Corrected", summary="Other words.")
    assert [each.anchor for each, _ in ledger.twins.alike({other: ledger.articles.find(other).article}, ())[other]] == [
        anchor
    ]


def test_what_is_no_change_of_words_does_not_disturb_the_calm(ledger, add, article, clock):
    anchor = add(1)
    ledger.articles.update(anchor, article(1, categories=("City",)), clock())
    assert ledger.articles.find(anchor).changed_at is None
    ledger.articles.update(anchor, article(1, categories=("City",), summary="More happened."), clock())
    first = ledger.articles.find(anchor).changed_at
    clock.move(hours=1)
    ledger.articles.update(anchor, article(1, summary="More happened."), clock())
    assert (ledger.articles.find(anchor).changed_at, first) == (first, clock() - timedelta(hours=1))


def test_a_notice_of_withdrawal_keeps_the_words(ledger, add, article, clock):
    anchor = add(1)
    ledger.articles.update(anchor, article(1, title="", summary="", withdrawn=True), clock())
    assert ledger.articles.find(anchor).article == article(1, withdrawn=True)


def test_a_withdrawn_article_is_marked_once_and_may_come_back(ledger, add, clock):
    anchor, other = add(1), add(2)
    ledger.articles.checked(anchor, gone=2, next_at=clock())
    assert ledger.articles.withdraw(anchor, clock())
    first = clock()
    clock.move(hours=1)
    assert not ledger.articles.withdraw(anchor, clock())
    assert ledger.articles.find(anchor).withdrawn_at == first
    assert ledger.articles.find(other).withdrawn_at is None
    assert not ledger.articles.has_to_check(clock())
    ledger.articles.restore(anchor)
    assert ledger.articles.find(anchor).withdrawn_at is None
    assert ledger.articles.standings([anchor])[anchor].published_at == ledger_date(ledger)
    ledger.articles.checked(anchor, gone=2, next_at=clock())
    ledger.articles.restore(anchor, clock())  # it is not withdrawn: only its date is new
    assert ledger.articles.standings([anchor])[anchor].published_at == clock()
    assert [gone for _, gone in ledger.articles.to_check(clock(), 9)] == [2]


def test_pages_are_checked_when_they_are_due_and_the_longest_overdue_first(ledger, add, clock):
    late, soon, never = add(1), add(2), add(3)
    ledger.articles.checked(soon, gone=0, next_at=clock())
    ledger.articles.checked(late, gone=1, next_at=clock() - MINUTE)
    ledger.articles.checked(never, gone=0, next_at=clock() + SECOND)
    assert [(each.anchor, gone) for each, gone in ledger.articles.to_check(clock(), 9)] == [(late, 1), (soon, 0)]
    assert [each.anchor for each, _ in ledger.articles.to_check(clock(), 1)] == [late]
    for anchor in (late, soon):
        assert ledger.articles.has_to_check(clock())
        ledger.articles.checked(anchor, gone=0, next_at=None)
    assert not ledger.articles.has_to_check(clock())


def test_what_the_ledger_holds_of_a_listed_article(ledger, add, imported, article, clock):
    plain, elsewhere = add(1), imported(2, published=None)
    planned = announce(article(3), [MASTO], ledger)
    held = ledger.articles.standings([plain, elsewhere, planned])
    told = [(held[anchor].planned, held[anchor].imported) for anchor in (plain, elsewhere, planned)]
    assert told == [(False, False), (False, True), (True, False)]
    state = held[plain]
    assert (state.source, state.content_hash) == ("news", content_hash(article(1)))
    assert (state.first_seen, state.published_at) == (clock(), article(1).published)
    assert (held[elsewhere].published_at, held[elsewhere].content_hash) == (None, UNREAD)


def test_an_imported_article_gets_its_words_from_the_first_source_that_lists_it(ledger, imported, article):
    anchor = imported(1, source="import", title="", summary="")
    told = article(1, title="As listed")
    assert ledger.articles.adopt(anchor, told)
    assert ledger.articles.find(anchor).article == told
    assert ledger.articles.find(anchor).imported
    state = ledger.articles.standings([anchor])[anchor]
    assert (state.source, state.content_hash, state.published_at) == ("news", content_hash(told), told.published)
    assert not ledger.articles.adopt(anchor, article(1, source="other", title="Again"))
    assert ledger.articles.find(anchor).article == told


def test_what_no_source_has_listed_is_not_among_its_newest(ledger, add, imported, clock):
    imported(1)
    second = add(2, position=1, published=clock() - MINUTE)
    third = add(3, position=0, published=clock() - MINUTE)
    add(4, source="other")
    fifth = add(5, published=None)
    assert [each.anchor for each in ledger.articles.newest("news", 9)] == [fifth, third, second]
    assert [each.anchor for each in ledger.articles.newest("news", 1)] == [fifth]
    assert [each.anchor for each in ledger.articles.newest("news", 2, {fifth})] == [third], "those left out count"
    assert ledger.articles.arrivals("news", 2) == [clock(), clock() - MINUTE]
    assert ledger.articles.arrivals("news", 9, before=clock()) == []
    assert len(ledger.articles.arrivals("news", 9, before=clock() + SECOND)) == 3


@pytest.mark.parametrize(("ahead", "counts"), [(0, True), (AHEAD, True), (AHEAD + 1, False)])
def test_a_date_counts_as_the_latest_unless_it_lay_ahead_when_it_was_seen(ledger, add, clock, ahead, counts):
    add(1, published=clock() - MINUTE)
    add(2, published=clock() + ahead * MICROSECOND)
    add(3, published=clock() + timedelta(days=1), source="other")
    add(4, published=None)
    assert ledger.articles.latest("news") == clock() + (ahead * MICROSECOND if counts else -MINUTE)
    assert ledger.articles.latest("news", before=clock()) is None
    assert ledger.articles.latest("nobody") is None


def test_articles_alike_are_found_the_newest_first_and_only_a_few(ledger, add, article, clock):
    found = []
    for number in range(1, TWINS + 3):
        clock.move(seconds=1)
        found.insert(0, add(number, title="The same", summary=f"Words {number}."))
    new = article(99, title="The SAME!", summary="Quite other words.")
    anchor = ledger.articles.add(new, aliases(new), position=0, now=clock())
    assert [each.anchor for each, _ in ledger.twins.alike({anchor: new}, ())[anchor]] == found[:TWINS]
    assert [each.anchor for each, _ in ledger.twins.alike({anchor: new}, found[:2])[anchor]] == found[2 : TWINS + 2]
    alike = article(98, title="Another", summary="Words 1.")
    assert [each.anchor for each, _ in ledger.twins.alike({anchor: alike}, ())[anchor]] == [found[-1]]


@pytest.mark.parametrize(
    ("state", "reason", "doubted"),
    [
        ("planned", "approval", True),
        ("skipped", "too_old", True),
        ("skipped", "baseline", False),
        ("due", None, False),
        ("posted", None, False),
    ],
)
def test_a_twin_is_in_doubt_if_it_was_never_sent(ledger, put, add, article, state, reason, doubted):
    row = put(1, state=state, reason=reason)
    anchor = add(2, title="Story 1", summary="Other.")
    [(twin, said)] = ledger.twins.alike({anchor: article(2, title="Story 1", summary="Other.")}, ())[anchor]
    assert (twin.anchor, said) == (row.anchor, doubted)


def test_a_twin_that_was_never_planned_is_not_in_doubt(ledger, add, article):
    add(1)
    new = {add(2, title="Story 1", summary="Other."): article(2, title="Story 1", summary="Other.")}
    assert [said for others in ledger.twins.alike(new, ()).values() for _, said in others] == [False]


def test_articles_of_one_instant_are_found_unless_there_are_many(ledger, add, article, clock):
    add(90, source="other")
    add(91, published=clock())
    for number in range(1, ALIKE + 1):
        clock.move(seconds=1)
        add(number, published=article(1).published if number == 1 else ledger_date(ledger))
        assert len(of_one_instant(ledger, article(1, published=ledger_date(ledger)))) == number
    newest = [each.article.title for each in of_one_instant(ledger, article(1, published=ledger_date(ledger)))]
    assert newest == ["Story 3", "Story 2", "Story 1"]
    add(ALIKE + 1, published=ledger_date(ledger))
    assert of_one_instant(ledger, article(1, published=ledger_date(ledger))) == []


def of_one_instant(ledger, article):
    return ledger.twins.of_one_instant({"new": article}, ())["new"]


def ledger_date(ledger):
    """The date of article 1, as it was when it was added."""
    return ledger.articles.find(ledger.articles.at("https://gazette.example/1")).article.published
