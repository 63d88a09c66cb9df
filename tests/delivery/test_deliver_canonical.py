"""A story whose page names another address as its own goes out under that one, once."""

from __future__ import annotations

from datetime import timedelta

import pytest

from syndicate.aliases import aliases
from syndicate.model import UNUSABLE, Filter
from tests.worlds.newsroom import Newsroom

AMP, OWN = "https://gazette.example/amp/bridge", "https://gazette.example/bridge"


@pytest.fixture
def newsroom(ledger, clock):
    return lambda **options: Newsroom(ledger, clock, **options)


def test_a_story_goes_out_under_the_address_that_its_page_names(newsroom, article, clock):
    room = newsroom(on_edit="edit")
    room.canonical[AMP] = OWN
    room.publish(article(1, url=AMP, published=clock.now))
    room.run()
    assert list(room.network.posts.values()) == [f"Story 1 {OWN}"]
    room.publish(article(1, url=AMP, title="Better", published=clock.now))  # and stays under it
    room.run()
    assert list(room.network.posts.values()) == [f"Better {OWN}"]


def test_the_other_address_is_one_of_its_names_from_then_on(newsroom, article, clock):
    room = newsroom()
    room.canonical[AMP] = OWN
    room.publish(article(1, url=AMP, published=clock.now))
    room.run()
    clock.move(minutes=5)
    listed = article(2, url=OWN, title="Another headline", published=clock.now - timedelta(minutes=5))
    assert room.publish(listed) == ()


@pytest.mark.parametrize("first", [AMP, OWN])
def test_two_spellings_that_the_page_joins_are_one_story(newsroom, article, clock, first):
    room = newsroom()
    room.canonical[AMP] = OWN
    second = OWN if first == AMP else AMP
    room.publish(*(article(n, url=url, title=url[-9:], published=clock.now) for n, url in enumerate((second, first))))
    room.run()
    assert len(room.network.posts) == 1
    assert next(iter(room.network.posts.values())).endswith(f" {OWN}")
    assert sorted(room.states()) == [("posted", None), ("skipped", "preflight")]


def test_a_story_known_from_the_start_does_not_come_back_under_another_address(newsroom, article, clock, ledger):
    room = newsroom()
    room.canonical[AMP] = OWN
    old = article(1, url=OWN, published=clock.now - timedelta(days=1))
    ledger.articles.add(old, aliases(old), position=0, now=clock.now)
    room.publish(article(2, url=AMP, published=clock.now))
    room.run()
    assert room.network.posts == {}
    assert "is an article of its own here" in room.only().error


def test_tomorrows_story_at_a_page_that_names_todays_is_another(newsroom, article, clock):
    """A daily briefing whose pages all name one address: none of them is lost."""
    room = newsroom()
    for day, title in enumerate(("Ferry stops for good", "Tram line opens at noon"), 1):
        url = f"https://gazette.example/{day}/briefing"
        room.canonical[url] = "https://gazette.example/briefing"
        room.publish(article(day, url=url, title=title, summary="", published=clock.now))
        room.run()
        clock.move(days=1)
    assert [text.partition(" http")[0] for text in room.network.posts.values()] == [
        "Ferry stops for good",
        "Tram line opens at noon",
    ]


def test_where_the_account_left_the_other_one_out_the_story_goes_out(newsroom, article, clock):
    room = newsroom(never=Filter(tags=("amp",)))
    room.canonical[AMP] = OWN
    room.publish(
        article(1, url=OWN, categories=("amp",), published=clock.now), article(2, url=AMP, published=clock.now)
    )
    room.run()
    assert len(room.network.posts) == 1


def test_a_link_that_nobody_can_have_is_not_posted_though_no_page_is_looked_at(newsroom, article, clock):
    room = newsroom(patience=None)
    room.publish(article(1, url="", raw={UNUSABLE: "https://https://gazette.example/a"}, published=clock.now))
    room.run()
    assert room.network.posts == {}
    assert room.states() == [("skipped", "preflight")]
    assert room.only().error.endswith("https://https://gazette.example/a")
