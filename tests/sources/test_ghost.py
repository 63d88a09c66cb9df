from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from syndicate.errors import SourceError
from syndicate.model import Override, PostOverride, Secret, Validators
from syndicate.net.address_guard import Guard
from syndicate.net.http import RequestsHttp
from syndicate.sources.ghost import GhostSource, endpoint
from tests.waiting import PATIENCE
from tests.worlds.servers import Api, as_json

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
KEY = "22444f78447824223cefc48062"


def post(number, *, at=NOW):
    return {
        "id": str(number),
        "title": f"Story {number}",
        "url": f"https://gazette.example/{number}/",
        "published_at": at.isoformat(timespec="milliseconds"),
    }


class Blog:
    """A site that lists its posts as Ghost does, to those who know the key."""

    def __init__(self):
        self.posts = []

    def __call__(self, path, params):
        if path != "/ghost/api/content/posts/":
            return 404, {}, b"no such page"
        if params.get("key") != KEY:
            errors = [{"message": "Unknown Content API Key", "type": "UnauthorizedError"}]
            return as_json({"errors": errors}, 401)
        size, page = int(params["limit"]), int(params.get("page", "1"))
        since = params.get("filter", "published_at:>''").removeprefix("published_at:>'").removesuffix("'")
        posts = [one for one in self.posts if one["published_at"].replace("T", " ") > since]
        return as_json({"posts": posts[(page - 1) * size : page * size], "meta": {}})


@pytest.fixture
def blog():
    return Blog()


@pytest.fixture
def api(blog):
    running = Api(blog)
    yield running
    running.close()


@pytest.fixture
def http(api, clock):
    door = RequestsHttp(clock=clock, timeout=PATIENCE, guard=Guard(origins=[api.url]))
    yield door
    door.close()


@pytest.fixture
def source(api, http):
    return GhostSource("news", api.url, http, key=Secret(KEY))


def test_the_newest_posts_are_asked_for_with_tags_and_authors(source, api, blog):
    blog.posts = [post(2), post(1)]
    fetched = source.fetch(Validators())
    assert [article.title for article in fetched.articles] == ["Story 2", "Story 1"]
    assert api.asked == [("/ghost/api/content/posts/", {"key": KEY, "include": "authors,tags", "limit": "20"})]


def test_the_same_list_is_not_read_again(source, blog):
    blog.posts = [post(1)]
    first = source.fetch(Validators())
    assert KEY not in repr(first.validators)
    second = source.fetch(first.validators)
    assert (second.modified, second.validators) == (False, first.validators)


def test_what_was_published_meanwhile_is_fetched_page_by_page(source, api, blog):
    blog.posts = [post(1, at=NOW - timedelta(days=3))]
    first = source.fetch(Validators())
    blog.posts = [post(number, at=NOW - timedelta(minutes=number)) for number in range(2, 152)] + blog.posts
    assert len(source.fetch(first.validators).articles) == 151, "the one it knew comes again, by the margin"
    assert [params["filter"] for _, params in api.asked[2:]] == ["published_at:>'2026-11-19 12:00:00'"] * 2


def test_more_than_a_page_of_the_same_second_as_the_last_known_is_fetched(source, blog):
    """A real Ghost dates posts by the second: of 25 made at once, a page of 20 held none that was newer."""
    blog.posts = [post(1)]
    first = source.fetch(Validators())
    blog.posts = [post(number) for number in range(26, 1, -1)] + blog.posts
    found = {article.title for article in source.fetch(first.validators).articles}
    assert found >= {f"Story {number}" for number in range(2, 27)}


def test_a_wrong_key_is_told_of_and_not_shown(api, http):
    with pytest.raises(SourceError) as caught:
        GhostSource("news", api.url, http, key=Secret("not-the-right-one")).fetch(Validators())
    assert str(caught.value) == f"{api.url}/ghost/api/content/posts/ answers 401 (Unauthorized)"
    assert "Settings, Integrations" in (caught.value.hint or "")


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (as_json({"errors": [{"message": "Ghost is busy"}]}), "not Ghost's list of posts (it says: Ghost is busy)"),
        (as_json([]), "is a JSON document, not Ghost's list of posts"),
        (as_json({"posts": {}}), "is a JSON document, not Ghost's list of posts"),
        ((200, {}, b"<!doctype html><title>x</title>"), "is not Ghost's list of posts: it is an HTML page"),
        ((200, {}, b'{"posts": ' + b"[" * 100_000), "is nested too deeply"),
        ((404, {}, b""), "answers 404"),
    ],
)
def test_what_is_no_such_api_is_an_error_that_names_it(source, api, answer, words):
    api.routes = lambda path, params: answer
    with pytest.raises(SourceError) as caught:
        source.fetch(Validators("etag", None, "hash"))
    assert f"{api.url}/ghost/api/content/posts/" in str(caught.value)
    assert words in str(caught.value)
    assert KEY not in str(caught.value)


@pytest.mark.parametrize(
    "url",
    [
        "https://g.example",
        "https://g.example/",
        "https://g.example/ghost",
        "https://g.example/ghost/api/content/",
        "https://g.example/ghost/api/content/posts/?limit=3",
    ],
)
def test_any_address_of_a_site_leads_to_its_posts(url):
    assert endpoint(url) == "https://g.example/ghost/api/content/posts/"
    assert endpoint(url.replace("g.example", "g.example/blog")).startswith("https://g.example/blog/ghost/api/")


@pytest.mark.parametrize(
    ("tags", "override"),
    [
        (["#no-social"], Override("PLACE", PostOverride(post=False))),
        (["#social-masto", "#Social-bsky", "News"], Override("PLACE", only=("masto", "bsky"))),
        (["#no-social-x"], Override("PLACE", named=(("x", PostOverride(post=False)),))),
        (["#note", "social", "no-social"], None),
    ],
)
def test_internal_tags_say_how_a_post_is_announced(http, api, blog, tags, override):
    blog.posts = [post(1) | {"tags": [{"name": name} for name in tags]}]
    source = GhostSource("news", api.url, http, key=Secret(KEY), overrides="social")
    [found] = source.fetch(Validators()).articles
    assert found.override == (override and replace(override, place="https://gazette.example/1/, its tags"))
    [plain] = GhostSource("news", api.url, http, key=Secret(KEY)).fetch(Validators()).articles
    assert plain.override is None
