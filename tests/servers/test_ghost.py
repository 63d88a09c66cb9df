"""The Ghost source, and its feed, against a real Ghost."""

from __future__ import annotations

import pytest

from syndicate.errors import SourceError
from syndicate.model import Secret, Validators
from syndicate.net.address_guard import Guard
from syndicate.net.http import RequestsHttp
from syndicate.sources.feed import FeedSource
from syndicate.sources.ghost import GhostSource
from syndicate.testing.contract import now
from tests.servers.ghost import Server

NAME = "Ghost"
pytestmark = pytest.mark.servers
start = Server


@pytest.fixture
def http(server):
    door = RequestsHttp(clock=now, guard=Guard(origins=[server.url]))
    yield door
    door.close()


@pytest.fixture
def site(server):
    server.clear()
    return server


@pytest.fixture
def source(site, http):
    return GhostSource("news", site.url, http, key=Secret(site.key))


def test_a_post_is_read_with_all_that_belongs_to_it(site, source):
    tags = [{"name": "Harbour"}, {"name": "sea & wind"}, {"name": "#internal"}]
    site.publish("Fähre “kommt” wieder", tags=tags, custom_excerpt="In short & plainly.")
    [article] = source.fetch(Validators()).articles
    assert article.title == "Fähre “kommt” wieder"
    assert article.summary == "In short & plainly."
    assert "sea & wind" in article.categories
    assert "#internal" not in article.categories
    assert article.section == "Harbour"
    assert article.authors == ("An Editor",)
    assert article.url.startswith(site.url)
    assert abs((now() - article.published).total_seconds()) < 600


def test_a_draft_is_not_read(site, source):
    site.publish("Public")
    site.publish("Draft", status="draft")
    assert [article.title for article in source.fetch(Validators()).articles] == ["Public"]


def test_what_is_new_since_the_last_visit_is_read(site, source):
    site.publish("The first")
    first = source.fetch(Validators())
    for number in range(25):
        site.publish(f"Story {number}")
    second = source.fetch(first.validators)
    assert {f"Story {number}" for number in range(25)} <= {article.title for article in second.articles}


def test_a_wrong_key_is_an_error_that_says_so(site, http):
    with pytest.raises(SourceError) as caught:
        GhostSource("news", site.url, http, key=Secret("0" * 26)).fetch(Validators())
    assert caught.value.hint


def test_its_feed_says_the_same_as_its_api(site, source, http):
    site.publish("Café & Fähre")
    [by_api] = source.fetch(Validators()).articles
    [by_feed] = FeedSource("feed", f"{site.url}/rss/", http).fetch(Validators()).articles
    assert (by_feed.title, by_feed.url) == (by_api.title, by_api.url)
