from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from syndicate.errors import SourceError
from syndicate.model import Override, PostOverride, Validators
from syndicate.net.address_guard import Guard
from syndicate.net.http import RequestsHttp
from syndicate.sources import paging
from syndicate.sources.wordpress import WordPressSource, endpoint, find_root, is_root
from tests.waiting import PATIENCE
from tests.worlds.servers import Api, as_json

FEEDS = Path(__file__).parent.parent / "feeds" / "formats"
NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


def post(number, *, at=NOW):
    return {
        "id": number,
        "date_gmt": at.strftime("%Y-%m-%dT%H:%M:%S"),
        "guid": {"rendered": f"https://gazette.example/?p={number}"},
        "link": f"https://gazette.example/{number}/",
        "status": "publish",
        "title": {"rendered": f"Story {number}"},
    }


class Blog:
    """A site that lists its posts as WordPress does, the newest first."""

    def __init__(self, root="/wp-json"):
        self.posts = []
        self.root = root

    def __call__(self, path, params):
        if path == "/" and "rest_route" not in params:
            link = f'<link rel="https://api.w.org/" href="{self.root}">'
            return 200, {"Content-Type": "text/html"}, f"<html><head>{link}</head></html>".encode()
        if (params.get("rest_route") or path.removeprefix(self.root)) != "/wp/v2/posts":
            return as_json({"code": "rest_no_route", "message": "No route", "data": {"status": 404}}, 404)
        size, page = int(params["per_page"]), int(params.get("page", "1"))
        posts = [one for one in self.posts if one["date_gmt"] > params.get("after", "").removesuffix("Z")]
        if posts and page > 1 and (page - 1) * size >= len(posts):
            return as_json({"code": "rest_post_invalid_page_number", "data": {"status": 400}}, 400)
        return as_json(posts[(page - 1) * size : page * size])


@pytest.fixture
def blog():
    return Blog()


@pytest.fixture
def api(blog):
    running = Api(blog)
    yield running
    running.close()


@pytest.fixture
def source(api, clock):
    door = RequestsHttp(clock=clock, timeout=PATIENCE, guard=Guard(origins=[api.url]))
    yield WordPressSource("news", api.url, door)
    door.close()


def titles(fetched):
    return [article.title for article in fetched.articles]


def test_the_newest_posts_are_asked_for_with_all_that_is_read(source, api, blog):
    blog.posts = [post(2), post(1, at=NOW - timedelta(hours=1))]
    fetched = source.fetch(Validators())
    assert titles(fetched) == ["Story 2", "Story 1"]
    path, params = api.asked[0]
    assert (path, params["per_page"], params["_embed"]) == (
        "/wp-json/wp/v2/posts",
        "20",
        "author,wp:featuredmedia,wp:term",
    )
    assert {"_links", "_embedded", "date_gmt", "guid"} <= set(params["_fields"].split(","))
    assert api.headers[0]["accept"] == "application/json"
    assert len(api.asked) == 1


def test_the_same_list_is_not_read_again(source, api, blog):
    blog.posts = [post(1)]
    first = source.fetch(Validators())
    second = source.fetch(first.validators)
    assert (second.modified, second.articles) == (False, ())
    assert second.validators == first.validators


def test_validators_of_the_server_are_sent_back_as_they_came(source, api):
    api.routes = lambda path, params: as_json([post(1)], ETag='W/"1"')
    first = source.fetch(Validators())
    api.routes = lambda path, params: (304, {}, b"")
    second = source.fetch(first.validators)
    assert api.headers[1]["if-none-match"] == 'W/"1"'
    assert (second.modified, second.validators) == (False, first.validators)


def test_what_was_published_meanwhile_is_fetched_page_by_page(source, api, blog):
    blog.posts = [post(1, at=NOW - timedelta(days=3))]
    first = source.fetch(Validators())
    blog.posts = [post(number, at=NOW - timedelta(minutes=number)) for number in range(2, 152)] + blog.posts
    fetched = source.fetch(first.validators)
    assert len(fetched.articles) == 151, "the one it knew comes again, by the margin"
    assert fetched.notes == ()
    assert [params.get("page") for _, params in api.asked[2:]] == [None, "2"]
    assert {params["after"] for _, params in api.asked[2:]} == {"2026-11-19T12:00:00Z"}
    api.asked.clear()
    blog.posts = [post(500), *blog.posts]
    assert titles(source.fetch(fetched.validators))[0] == "Story 500"
    assert len(api.asked) == 1, "what is no more than a page needs no other"


def test_a_last_page_that_is_full_has_none_after_it(source, api, blog):
    blog.posts = [post(1, at=NOW - timedelta(days=3))]
    first = source.fetch(Validators())
    blog.posts = [post(number, at=NOW - timedelta(minutes=number)) for number in range(2, 101)] + blog.posts
    assert len(source.fetch(first.validators).articles) == paging.LARGE
    assert api.asked[-1][1]["page"] == "2"


@pytest.mark.parametrize("count", [50, 59, 79])
def test_a_server_that_cannot_make_large_pages_is_asked_for_small_ones(source, api, blog, count):
    blog.posts = [post(1, at=NOW - timedelta(days=3))]
    first = source.fetch(Validators())
    blog.posts = [post(number, at=NOW - timedelta(minutes=number)) for number in range(2, 2 + count)] + blog.posts
    api.routes = lambda path, params: as_json({}, 500) if params.get("per_page") == "100" else blog(path, params)
    assert len(source.fetch(first.validators).articles) == count + 1


def test_more_than_can_be_caught_up_with_is_told(source, api, blog):
    blog.posts = [post(1, at=NOW - timedelta(days=9))]
    first = source.fetch(Validators())
    blog.posts = [post(number, at=NOW - timedelta(minutes=number)) for number in range(2, 602)] + blog.posts
    fetched = source.fetch(first.validators)
    assert len(fetched.articles) == paging.MOST
    assert fetched.notes == ("more than 500 articles since 2026-11-13T12:00:00Z; the oldest were not read",)


def test_a_gap_that_cannot_be_filled_fails_the_whole_visit(source, api, blog):
    blog.posts = [post(1, at=NOW - timedelta(days=3))]
    first = source.fetch(Validators())
    blog.posts = [post(number, at=NOW - timedelta(minutes=number)) for number in range(2, 60)] + blog.posts
    api.routes = lambda path, params: as_json({}, 500) if "after" in params else blog(path, params)
    with pytest.raises(SourceError, match="answers 500"):
        source.fetch(first.validators)


def test_a_first_visit_reads_no_more_than_a_page(source, api, blog):
    blog.posts = [post(number, at=NOW - timedelta(minutes=number)) for number in range(100)]
    assert len(source.fetch(Validators()).articles) == paging.SIZE
    assert len(api.asked) == 1


@pytest.mark.parametrize("root", ["/cms/wp-json", "/?rest_route=/"])
def test_an_api_elsewhere_is_found_by_the_front_page(source, api, blog, root):
    blog.root, blog.posts = root, [post(1)]
    assert titles(source.fetch(Validators())) == ["Story 1"]
    assert [path for path, _ in api.asked][:2] == ["/wp-json/wp/v2/posts", "/"]


def test_an_api_elsewhere_is_found_where_every_address_answers_with_a_page(source, api, blog):
    blog.root, blog.posts = "/cms/wp-json", [post(1)]

    def routes(path, params):
        return blog("/", {}) if path == "/wp-json/wp/v2/posts" else blog(path, params)

    api.routes = routes
    assert titles(source.fetch(Validators())) == ["Story 1"]


@pytest.mark.parametrize(
    ("answer", "words", "hint"),
    [
        (as_json({"code": "rest_disabled", "message": "Only for <b>members</b>"}), "(it says: Only for", None),
        (as_json({"posts": []}), "is a JSON document, not WordPress's list of posts", None),
        (as_json([{"id": 1}]), "is a JSON document, not WordPress's list of posts", None),
        ((200, {}, b"<!doctype html><title>Just a moment</title>"), "list of posts: it is an HTML page", None),
        ((200, {}, b""), "is an empty document", None),
        ((200, {}, b"[" * 100_000), "is nested too deeply to be WordPress's list of posts", None),
        (as_json({}, 401), "answers 401", "the site does not open its REST API"),
        (as_json({}, 404), "answers 404", None),
    ],
)  # fmt: skip
def test_what_is_no_such_api_is_an_error_that_names_it(source, api, answer, words, hint):
    api.routes = lambda path, params: answer if path != "/" else (200, {}, b"<html></html>")
    with pytest.raises(SourceError) as caught:
        source.fetch(Validators("etag", "modified", "hash"))
    assert f"{api.url}/wp-json/wp/v2/posts" in str(caught.value)
    assert words in str(caught.value)
    assert hint is None or hint in (caught.value.hint or "")


def test_a_site_without_posts_is_no_error(source):
    fetched = source.fetch(Validators())
    assert (fetched.articles, fetched.entries, fetched.modified) == ((), 0, True)


@pytest.mark.parametrize(
    ("root", "posts"),
    [
        ("https://g.example/wp-json", "https://g.example/wp-json/wp/v2/posts"),
        ("https://g.example/wp-json/", "https://g.example/wp-json/wp/v2/posts"),
        ("https://g.example/blog/wp-json/wp/v2", "https://g.example/blog/wp-json/wp/v2/posts"),
        ("https://g.example/wp-json/wp/v2/posts", "https://g.example/wp-json/wp/v2/posts"),
        ("https://api.example/wp/v2/sites/g.example/", "https://api.example/wp/v2/sites/g.example/posts"),
        ("https://api.example/wp/v2/sites/g.example/posts", "https://api.example/wp/v2/sites/g.example/posts"),
        ("https://g.example/?rest_route=/", "https://g.example/?rest_route=/wp/v2/posts"),
        ("https://g.example/i.php?rest_route=/&l=de", "https://g.example/i.php?rest_route=/wp/v2/posts&l=de"),
    ],
)  # fmt: skip
def test_an_address_of_an_api_leads_to_its_posts(root, posts):
    assert is_root(root)
    assert endpoint(root) == posts


def test_a_header_names_the_api_too():
    link = '<https://g.example/wp-json/>; rel="https://api.w.org/", <https://g.example/>; rel=shortlink'
    assert find_root(b"<html></html>", link, "https://g.example/") == "https://g.example/wp-json/"
    assert find_root(b"<html></html>", "", "https://g.example/") is None


def test_an_excerpt_of_anything_does_not_break_the_others():
    from syndicate.sources import parse

    posts = [*json.loads((FEEDS / "wordpress.json").read_bytes()), {"title": {"rendered": 3}, "link": ["x"]}]
    fetched = parse(json.dumps(posts).encode(), source="news", url="https://gazette.example/", now=NOW)
    assert len(fetched.articles) == 3


@pytest.mark.parametrize(
    ("value", "override"),
    [
        ({"post": ["masto"]}, Override("PLACE", only=("masto",))),
        ('{"text": "Back."}', Override("PLACE", PostOverride(text="Back."))),
        (["false"], Override("PLACE", PostOverride(post=False))),
        ("{oops", Override("PLACE", faults=("it is no JSON that can be read",))),
        ([], None),
        ("", None),
    ],
)
def test_a_field_says_how_a_post_is_announced(source, api, blog, value, override):
    blog.posts = [post(1) | {"meta": {"social": value}}]
    [plain] = source.fetch(Validators()).articles
    assert plain.override is None, "nobody asked for it"
    door = RequestsHttp(clock=lambda: NOW, timeout=PATIENCE, guard=Guard(origins=[api.url]))
    [found] = WordPressSource("news", api.url, door, overrides="social").fetch(Validators()).articles
    door.close()
    place = "https://gazette.example/1/, its field social"
    assert found.override == (override and replace(override, place=place))
