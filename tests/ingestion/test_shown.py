"""Where a ledger begins that another one was before: what is newer than what an account shows is new."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from syndicate.ingestion.shown import newest_shown
from syndicate.model import ListedPost, Receipt
from tests.worlds.accounts import MASTO

HOUR = timedelta(hours=1)
SECOND = replace(MASTO, name="second")


@pytest.fixture
def shown(ledger, clock, article):
    """What is found where accounts list posts that lead to the stories with these numbers."""

    def find(stories, **listing):
        for name, numbers in listing.items():
            posts = [
                ListedPost(Receipt(str(number), None, {}), clock(), (article(number).url,), "") for number in numbers
            ]
            ledger.elsewhere.keep(name, posts)
        return newest_shown(stories, "news", [(MASTO, clock()), (SECOND, clock())], ledger, clock())

    return find


def dated(article, number, ago, **more):
    return replace(article(number), published=ago, **more)


def test_each_account_begins_at_the_newest_that_it_shows_and_another_one_now(shown, article, clock):
    stories = [dated(article, number, clock() - number * HOUR) for number in (1, 2, 3)]
    found = shown(stories, masto=[2, 3])
    assert found.accounts == [(MASTO, clock() - 2 * HOUR), (SECOND, clock())]
    assert (found.began, found.note) == (
        clock() - 2 * HOUR,
        "there is no earlier run, but masto had stories of it: newer ones are announced",
    )


def test_a_story_without_a_date_or_with_one_far_ahead_says_nothing(shown, article, clock):
    ahead = clock() + timedelta(minutes=5)
    undated, embargoed = dated(article, 1, None), dated(article, 2, ahead + timedelta(microseconds=1))
    assert shown([undated, embargoed], masto=[1, 2]) is None
    assert shown([dated(article, 3, ahead)], masto=[3]).accounts[0] == (MASTO, ahead)


def test_a_date_in_a_zone_that_was_guessed_may_be_hours_later(shown, article, clock):
    story = dated(article, 1, clock() - 20 * HOUR, tz_assumed=True)
    assert shown([story], masto=[1]).accounts[0] == (MASTO, clock() - 6 * HOUR)


def test_where_nobody_shows_a_story_nothing_is_found(shown, article, clock):
    assert shown([dated(article, 1, clock())], masto=[2]) is None
