"""A source that is read at another address goes on there if most of what it lists is known, and else begins anew."""

from __future__ import annotations

from datetime import timedelta

import pytest

from syndicate.aliases import aliases
from syndicate.ingestion.moved_feed import Continued, continued

DAY = timedelta(days=1)


@pytest.fixture
def told(article, clock):
    """Story `number`, the later the greater; without a date where `dated` is not."""

    def make(*numbers, dated=True, source="news"):
        date = {number: clock() - DAY + timedelta(minutes=number) if dated else None for number in numbers}
        return [article(number, published=date[number], source=source) for number in numbers]

    return make


@pytest.fixture
def know(ledger, clock):
    def store(articles):
        for each in articles:
            ledger.articles.add(each, aliases(each), position=0, now=clock())
            clock.move(seconds=1)

    return store


def test_a_source_that_listed_nothing_so_far_begins_anew(ledger, told):
    assert continued(told(1, 2, 3), "news", ledger) is None


@pytest.mark.parametrize(
    ("known", "listed", "goes_on"),
    [
        ([1, 2, 3, 4], [4, 3, 2, 1], 4),
        ([1, 2, 3, 4], [5, 4, 3, 2, 1], 4),  # a new one on top
        ([1, 2, 3, 4], [8, 7, 6, 5, 4, 3, 2, 1], 4),  # half of it is known
        ([1, 2, 3, 4], [9, 8, 7, 6, 5, 4, 3, 2, 1], None),
        ([2, 3, 4, 5], [5, 4, 3, 2, 1], 4),  # four fifths of what is older
        ([3, 4, 5], [5, 4, 3, 2, 1], None),
        ([2, 4, 6, 8], [8, 7, 6, 5, 4, 3, 2, 1], None),
        ([1, 2, 3], [9, 8, 7], None),
        ([5], [5], 1),
    ],
)
@pytest.mark.parametrize("dated", [True, False])
def test_it_goes_on_where_most_is_known(ledger, told, know, known, listed, goes_on, dated):
    know(told(*known, dated=dated))
    found = continued(told(*listed, dated=dated), "news", ledger)
    assert (found and found.known) == goes_on


def test_what_is_dated_later_than_the_newest_known_is_new(ledger, told, know):
    stories = told(1, 2, 3, 4)
    know(stories)
    found = continued(told(6, 5, 4, 3, 2, 1), "news", ledger)
    assert found == Continued(stories[-1].published, 4)
    assert found.note(6) == (
        "it is read at a new address, and 4 of the 6 articles there are known; newer ones are announced, without a"
        " new first run"
    )


def test_without_dates_it_is_when_the_last_was_seen(ledger, told, know, clock):
    know(told(1, 2, dated=False))
    assert continued(told(2, 1, dated=False), "news", ledger).since == clock() - timedelta(seconds=1)


def test_a_new_one_among_the_known_may_have_any_date_above_and_none_below(ledger, told, know, article, clock):
    know(told(1, 2, 3))
    undated = article(9, published=None)
    assert continued([undated, *told(3, 2, 1)], "news", ledger).known == 3
    assert continued([*told(3, 2, 1), undated], "news", ledger) is None, "three of four that are older"
    assert continued([*told(9, 3, 2, 1)], "news", ledger).known == 3


def test_what_another_source_listed_is_not_its_own(ledger, told, know):
    know(told(1, 2, source="sport"))
    assert continued(told(2, 1), "news", ledger) is None
    know(told(5))
    assert continued(told(5, 2, 1), "news", ledger) is None
    assert continued(told(5), "news", ledger).known == 1


def test_an_empty_list_shows_nothing(ledger, told, know):
    know(told(1))
    assert continued([], "news", ledger) is None
