from __future__ import annotations

from datetime import UTC, datetime

import pytest

from tests.worlds.client import png, signed

DUPLICATE = {
    "detail": "You are not allowed to create a Tweet with duplicate content.",
    "type": "about:blank",
    "title": "Forbidden",
    "status": 403,
}


@pytest.fixture
def post(client):
    def call(text="A bridge opens", headers=None, **fields):
        return client("POST", "/2/tweets", json={"text": text, **fields}, headers=headers or signed())

    return call


@pytest.fixture
def upload(client):
    def call(data=None, category="tweet_image", headers=None):
        files = {"media": ("a.png", png() if data is None else data, "image/png")}
        form = {"media_category": category} if category else {}
        return client("POST", "/2/media/upload", form=form, files=files, headers=headers or signed())

    return call


def test_a_post_is_a_201_with_its_addresses_rewritten(sandbox, post):
    got = post("Read https://www.gazette.com/a?x=1 “now”")
    assert got.status == 201
    assert got.json["data"]["text"].startswith("Read https://t.co/")
    assert len(got.json["data"]["text"]) == len("Read ") + 23 + len(" “now”")
    [shown] = sandbox.posts()
    assert shown["text"] == "Read https://www.gazette.com/a?x=1 “now”"
    assert shown["link"] == "https://www.gazette.com/a?x=1"
    assert shown["id"] == got.json["data"]["id"]


@pytest.mark.parametrize(
    "headers",
    [
        {"Authorization": ""},
        signed(oauth_signature=""),
        signed(oauth_nonce=""),
        signed(token=""),
        signed(oauth_signature_method="PLAINTEXT"),
        {"Authorization": "Basic abc"},
    ],
)
def test_an_unsigned_request_is_a_401(sandbox, post, headers):
    got = post(headers=headers)
    assert (got.status, got.json["title"]) == (401, "Unauthorized")
    assert got.headers["content-type"] == "application/problem+json"
    assert sandbox.posts() == []


def test_unknown_fields_are_refused(post):
    got = post(status="A bridge opens")
    assert got.status == 400
    assert got.json["type"] == "https://api.x.com/2/problems/invalid-request"
    assert "$.status" in got.json["detail"]


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("x" * 280, 201),
        ("x" * 281, 403),
        ("の" * 140, 201),
        ("の" * 141, 403),
        ("x" * 256 + " https://gazette.com/" + "long-" * 60 + "x", 201),
        ("x" * 257 + " https://gazette.com/" + "long-" * 60 + "x", 403),
        ("https://gazette.example/" + "x" * 256, 201),
        ("https://gazette.example/" + "x" * 257, 403),
        ("", 400),
        (" \n", 400),
    ],
)
def test_a_post_weighs_280_as_x_weighs_it(post, text, status):
    assert post(text).status == status


def test_the_same_text_twice_is_a_duplicate(sandbox, post):
    post()
    got = post("A  bridge opens ")
    assert (got.status, got.json) == (403, DUPLICATE)
    assert post(headers=signed("2-other")).status == 201
    assert len(sandbox.posts()) == 2


def test_deleting_does_not_free_the_text(client, sandbox, post):
    number = post().json["data"]["id"]
    assert client("DELETE", f"/2/tweets/{number}", headers=signed()).json == {"data": {"deleted": True}}
    assert sandbox.posts() == []
    assert post().status == 403


def test_only_the_author_deletes(client, post):
    number = post().json["data"]["id"]
    assert client("DELETE", f"/2/tweets/{number}", headers=signed("2-other")).status == 403


def test_a_picture_carries_its_alt_text(client, sandbox, post, upload):
    media = upload().json["data"]
    alt = {"id": media["id"], "metadata": {"alt_text": {"text": "A bridge"}}}
    assert client("POST", "/2/media/metadata", json=alt, headers=signed()).status == 200
    got = post(media={"media_ids": [media["id"]]})
    assert got.status == 201
    assert "https://t.co/" in got.json["data"]["text"]
    [picture] = sandbox.posts()[0]["media"]
    assert (picture["alt"], picture["width"], picture["mime"]) == ("A bridge", 3, "image/png")


@pytest.mark.parametrize(("length", "status"), [(1000, 200), (1001, 400), (0, 400)])
def test_alt_text_has_1000_characters(client, upload, length, status):
    alt = {"id": upload().json["data"]["id"], "metadata": {"alt_text": {"text": "x" * length}}}
    assert client("POST", "/2/media/metadata", json=alt, headers=signed()).status == status


@pytest.mark.parametrize(
    ("data", "category", "status"),
    [
        (None, "tweet_image", 200),
        (None, None, 400),
        (None, "picture", 400),
        (b"no picture", "tweet_image", 400),
        (png(size=5_242_880), "tweet_image", 200),
        (png(size=5_242_881), "tweet_image", 400),
    ],
)
def test_an_upload_is_a_picture_with_its_category(upload, data, category, status):
    assert upload(data, category).status == status


@pytest.mark.parametrize("ids", [[], ["1"] * 5, ["1"], [1], ["x"]])
def test_media_ids_that_are_not_ours_are_refused(sandbox, post, ids):
    assert post(media={"media_ids": ids}).status == 400
    assert sandbox.posts() == []


def test_media_of_another_account_are_refused(post, upload):
    number = upload(headers=signed("2-other")).json["data"]["id"]
    got = post(media={"media_ids": [number]})
    assert (got.status, got.json["detail"]) == (400, "Your media IDs are invalid.")


def test_the_timeline_shows_where_links_lead(client, post, time):
    post("Old")
    time.now += 60
    post("Read gazette.com/a and https://www.gazette.com/b?c=1", headers=signed())
    me = client("GET", "/2/users/me", headers=signed()).json["data"]
    query = {
        "max_results": 5,
        "tweet.fields": "created_at,entities",
        "start_time": datetime.fromtimestamp(time.now - 5, UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
    }
    got = client("GET", f"/2/users/{me['id']}/tweets", query=query, headers=signed()).json
    [only] = got["data"]
    assert [url["expanded_url"] for url in only["entities"]["urls"]] == [
        "http://gazette.com/a",
        "https://www.gazette.com/b?c=1",
    ]
    for url in only["entities"]["urls"]:
        assert only["text"][url["start"] : url["end"]] == url["url"]
    assert got["meta"]["result_count"] == 1


def test_the_timeline_comes_in_pages_newest_first(client, post):
    numbers = [post(f"Story {number}").json["data"]["id"] for number in range(7)]
    me = client("GET", "/2/users/me", headers=signed()).json["data"]["id"]
    first = client("GET", f"/2/users/{me}/tweets", query={"max_results": 5}, headers=signed()).json
    page = {"max_results": 5, "pagination_token": first["meta"]["next_token"]}
    rest = client("GET", f"/2/users/{me}/tweets", query=page, headers=signed()).json
    assert [post["id"] for post in first["data"] + rest["data"]] == numbers[::-1]
    assert "next_token" not in rest["meta"]


def test_an_empty_timeline_has_no_data(client):
    me = client("GET", "/2/users/me", headers=signed()).json["data"]["id"]
    got = client("GET", f"/2/users/{me}/tweets", headers=signed()).json
    assert got == {"meta": {"result_count": 0}}


@pytest.mark.parametrize("most", [4, 101, "x"])
def test_a_page_of_the_timeline_has_5_to_100_posts(client, most):
    got = client("GET", "/2/users/1/tweets", query={"max_results": most}, headers=signed())
    assert got.status == 400


def test_the_rate_limit_resets_at_an_epoch_second(sandbox, post, time):
    sandbox.add_faults([{"fault": "429", "platform": "x", "retry_after": 12.5}])
    got = post()
    assert got.status == 429
    assert int(got.headers["x-rate-limit-reset"]) == time.now + 13
    assert got.headers["x-rate-limit-remaining"] == "0"
    assert "retry-after" not in got.headers
