"""Which pages are looked at again, how often, and what has to be gone before a story counts as withdrawn."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from syndicate.aliases import aliases
from syndicate.ingestion.withdrawals import AGAIN, FIRST, GONE_TWICE, OTHERS, WATCHED, watch
from syndicate.ledger.database import micros
from tests.worlds.accounts import MASTO

MINUTE = timedelta(minutes=1)
PAGE = "https://gazette.example/{}"


@pytest.fixture
def site(ledger, clock, put):
    """A site with some posted stories: `gone` are the pages that are not there, `unclear` those that do not answer."""

    class Site:
        gone: set[int]
        unclear: set[int]

        def __init__(self):
            self.gone, self.unclear, self.asked = set(), set(), []

        def post(self, *numbers, check=0):
            for number in numbers:
                row = put(number, state="posted", remote_id="1")
                self.change(number, "check_at", None if check is None else micros(clock() + check * MINUTE))
            return row

        def change(self, number, column, value):
            ledger.database.change(
                f"UPDATE article SET {column} = :value WHERE url = :url", value=value, url=PAGE.format(number)
            )

        def row(self, number):
            return ledger.database.row("SELECT * FROM article WHERE url = :url", url=PAGE.format(number))

        def answer(self, article):
            number = int(article.url.rpartition("/")[2])
            self.asked.append(number)
            return None if number in self.unclear else number in self.gone

        def watch(self, watched=True, most=9):
            self.asked = []
            return watch(self.answer, lambda source: watched and source == "news", [MASTO], ledger, most=most)

    return Site()


def test_a_page_that_is_there_is_looked_at_again_at_growing_intervals(site, clock):
    site.post(1)
    began, looks = clock(), []
    for _ in range(12):
        at = site.row(1)["check_at"]
        if at is None:
            break
        clock.now = began + timedelta(microseconds=at - micros(began))
        looks.append((clock() - began) // MINUTE)
        assert site.watch() == []
    assert looks == [0, 10, 20, 40, 80, 160, 320, 640, 1280, 2560, 5120]
    assert site.row(1)["check_at"] is None, "three days later no more"
    assert (FIRST, timedelta(days=3)) == (10 * MINUTE, WATCHED)


@pytest.mark.parametrize(("age", "again"), [(WATCHED - MINUTE, True), (WATCHED, False)])
def test_pages_are_looked_at_for_three_days(site, clock, age, again):
    site.post(1)
    site.change(1, "first_seen_at", micros(clock() - age))
    site.watch()
    assert site.row(1)["check_at"] == (micros(clock() + age) if again else None)


def test_a_page_that_is_gone_twice_is_withdrawn(ledger, site, clock):
    row = site.post(1)
    site.gone = {1}
    assert site.watch() == []
    assert (site.row(1)["gone"], site.row(1)["check_at"]) == (1, micros(clock() + AGAIN))
    assert timedelta(minutes=5) == AGAIN
    clock.now += AGAIN
    site.watch()
    assert site.row(1)["withdrawn_at"] == micros(clock())
    assert GONE_TWICE == 2
    assert ledger.deliveries.find(row.key).state == "posted"


def test_what_is_withdrawn_is_deleted_where_the_account_says_so(ledger, site, clock):

    site.post(1)
    site.gone = {1}
    account = replace(MASTO, on_withdrawn="delete")
    keys = []
    for _ in range(2):
        keys += watch(site.answer, lambda _: True, [account], ledger, most=9)
        clock.now += AGAIN
    [row] = [row for row in ledger.deliveries.search() if row.action == "delete"]
    assert keys == [row.key]


def test_a_page_that_comes_back_is_counted_anew_and_one_that_does_not_answer_is_not(site, clock):
    site.post(1)
    site.gone = {1}
    site.watch()
    clock.now += AGAIN
    site.unclear = {1}
    site.watch()
    assert (site.row(1)["gone"], site.row(1)["check_at"]) == (1, micros(clock() + FIRST))
    clock.now += FIRST
    site.unclear, site.gone = set(), set()
    site.watch()
    assert (site.row(1)["gone"], site.row(1)["check_at"]) == (0, micros(clock() + 15 * MINUTE))


def test_a_source_whose_pages_are_not_looked_at_is_not_asked(site, clock):
    site.post(1)
    site.gone = {1}
    assert site.watch(watched=False) == []
    assert (site.asked, site.row(1)["gone"], site.row(1)["check_at"]) == ([], 0, micros(clock() + FIRST))


def test_so_many_are_looked_at_at_once_and_only_what_is_due(site):
    site.post(1, check=-2)
    site.post(2, check=-1)
    site.post(3, check=1)
    site.post(4, check=None)
    site.watch(most=1)
    assert site.asked == [1]
    site.watch()
    assert site.asked == [2]


@pytest.mark.parametrize(
    ("others", "gone", "broken"),
    [
        (0, (), False),
        (1, (2,), False),  # one other tells nothing
        (2, (2, 3), True),
        (2, (2,), False),
        (3, (2, 3, 4), True),
        (3, (2, 3), False),
        (4, (2, 3), False),
    ],
)
def test_a_site_whose_pages_are_all_gone_has_withdrawn_nothing(site, put, others, gone, broken):
    site.post(1)
    for number in range(2, 2 + others):
        put(number, state="posted")
    site.gone = {1, *gone}
    site.watch()
    assert (site.row(1)["gone"] == 0) is broken
    assert OTHERS == 3


def test_only_a_page_that_is_gone_has_others_looked_at(site, put):
    site.post(1)
    for number in (2, 3, 4, 5):
        put(number, state="posted")
    site.watch()
    assert site.asked == [1]
    site.post(1)
    site.gone = {1, 2, 3, 4, 5}
    site.watch()
    assert len(site.asked) == 1 + OTHERS


def test_the_others_are_of_its_source_and_not_withdrawn_themselves(ledger, site, put, article, clock):

    site.post(1)
    for number in (2, 3, 4):
        put(number, state="posted")
    ledger.articles.withdraw(site.row(2)["anchor"], clock())
    site.change(3, "source", "sport")
    site.gone = {1, 2, 3, 4}
    site.watch()
    assert site.asked == [1], "one other is left"
    assert site.row(1)["gone"] == 1
    nowhere = article(5, url="")
    ledger.articles.add(nowhere, aliases(nowhere), position=0, now=clock())
    site.post(1)
    site.watch()
    assert site.asked == [1], "one without a page is none"
