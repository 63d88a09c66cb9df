"""The field of a WordPress post that says where it was posted, on a stand-in that answers as WordPress does."""

from __future__ import annotations

import pytest

from syndicate.app import clock
from syndicate.errors import AuthError, Rejected, Unavailable
from syndicate.model import Article
from syndicate.net.http import RequestsHttp
from syndicate.sources.wordpress_meta import WordPressMeta
from tests.worlds.wordpress import WordPress

POSTS = [
    {"url": "https://social.example/@g/1", "account": "masto"},
    {"url": "https://bsky.app/profile/g/post/3k", "account": "bsky"},
]
ADDRESSES = [post["url"] for post in POSTS]


def site(**meta):
    """A site with one post, number 7."""
    return WordPress(
        {
            "id": 7,
            "slug": "ferry",
            "link": "https://wp.example/2026/ferry/",
            "guid": {"raw": "https://wp.example/?p=7", "rendered": "https://wp.example/?p=7"},
            "meta": meta,
        }
    )


@pytest.fixture
def wordpress():
    made = []

    def one(**meta):
        made.append(site(**meta))
        return made[-1]

    yield one
    for each in made:
        each.close()


def writer(server, password="pass word", meta="syndication_links"):
    return WordPressMeta(server.url, RequestsHttp(clock=clock.now), "bot", password, meta)


def story(**fields):
    return Article("wp", **{"url": "https://wp.example/2026/ferry/", "title": "Ferry"} | fields)


def test_a_list_gets_a_list_and_a_text_gets_lines(wordpress):
    listed, text = wordpress(syndication_links=[]), wordpress(syndication_links="")
    for server in (listed, text):
        writer(server).write_back(story(guid="https://wp.example/?p=7"), POSTS)
    assert listed.posts[7]["meta"]["syndication_links"] == ADDRESSES
    assert text.posts[7]["meta"]["syndication_links"] == "\n".join(ADDRESSES)


def test_a_post_is_found_by_its_address_where_its_guid_has_no_number(wordpress):
    server = wordpress(syndication_links=[])
    writer(server).write_back(story(guid="tag:wp.example,2026:ferry"), POSTS)
    assert server.writes == 1


def test_the_same_once_more_changes_nothing(wordpress):
    server = wordpress(syndication_links=[])
    for _ in range(2):
        writer(server).write_back(story(guid="https://wp.example/?p=7"), POSTS)
    assert server.writes == 1
    writer(server).write_back(story(guid="https://wp.example/?p=7"), [])
    assert server.posts[7]["meta"]["syndication_links"] == []


@pytest.mark.parametrize(
    "gone", [{"guid": "https://wp.example/?p=9", "url": "https://wp.example/gone/"}, {"url": "https://wp.example/"}]
)
def test_a_post_that_is_gone_has_nothing_to_hear(wordpress, gone):
    server = wordpress(syndication_links=[])
    writer(server).write_back(story(**gone), POSTS)
    assert not server.writes


def test_a_field_that_the_site_does_not_show_is_told(wordpress):
    server = wordpress(other="")
    with pytest.raises(Rejected, match="does not show the field syndication_links") as told:
        writer(server).write_back(story(guid="https://wp.example/?p=7"), POSTS)
    assert "register_post_meta" in told.value.hint
    assert not server.writes


def test_a_wrong_password_is_told_without_it(wordpress):
    server = wordpress(syndication_links=[])
    with pytest.raises(AuthError, match="refuses the login: The provided password is invalid") as told:
        writer(server, password="wrong-password").write_back(story(guid="https://wp.example/?p=7"), POSTS)
    assert "wrong-password" not in str(told.value)


def test_a_site_that_is_down_is_asked_later(wordpress):
    server = wordpress(syndication_links=[])
    server.answer = lambda _: (503, {})
    with pytest.raises(Unavailable):
        writer(server).write_back(story(guid="https://wp.example/?p=7"), POSTS)
