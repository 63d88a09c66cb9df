from __future__ import annotations

import json

import pytest

from tests.worlds.client import png

TOKEN = {"Authorization": "Bearer page-token"}
LINK = "https://gazette.example/a"


@pytest.fixture
def post(client):
    def call(message="A bridge opens", page="123", headers=TOKEN, query=None, **fields):
        return client("POST", f"/v25.0/{page}/feed", json={"message": message, **fields}, headers=headers, query=query)

    return call


@pytest.fixture
def upload(client):
    def call(data=None, page="123", **fields):
        form = {"published": "false", "alt_text_custom": "A bridge"} | fields
        files = {"source": ("a.png", png() if data is None else data, "image/png")}
        return client("POST", f"/v25.0/{page}/photos", form=form, files=files, headers=TOKEN)

    return call


def code(got):
    return got.status, got.json["error"]["code"]


def test_a_link_post_gives_its_id_and_permalink(sandbox, post):
    got = post(link=LINK, query={"fields": "id,permalink_url"}).json
    assert got["id"].startswith("123_")
    [shown] = sandbox.posts()
    assert (shown["id"], shown["permalink"]) == (got["id"], got["permalink_url"])
    assert (shown["account"], shown["link"], shown["card"]["url"]) == ("123", LINK, LINK)


def test_without_fields_only_the_id_comes_back(post):
    assert set(post().json) == {"id"}


@pytest.mark.parametrize("kind", ["json", "form", "multipart", "query"])
def test_a_post_may_come_as_json_form_multipart_or_query_with_its_token_inside(client, sandbox, kind):
    fields = {"message": "Grüße", "link": LINK, "access_token": "page-token"}
    sent = {
        "json": {"json": fields},
        "form": {"form": fields},
        "multipart": {"form": fields, "files": {}},
        "query": {"query": fields},
    }
    assert client("POST", "/v25.0/123/feed", **sent[kind]).status == 200
    assert (sandbox.posts()[0]["text"], sandbox.posts()[0]["link"]) == ("Grüße", LINK)


@pytest.mark.parametrize("kind", ["json", "form"])
def test_photos_are_uploaded_first_and_then_attached(client, sandbox, upload, kind):
    numbers = [upload(png(width)).json["id"] for width in (4, 5)]
    if kind == "json":
        sent = {"json": {"message": f"Read {LINK}", "attached_media": [{"media_fbid": each} for each in numbers]}}
    else:
        parts = {f"attached_media[{at}]": json.dumps({"media_fbid": each}) for at, each in enumerate(numbers)}
        sent = {"form": {"message": f"Read {LINK}"} | parts}
    assert client("POST", "/v25.0/123/feed", headers=TOKEN, **sent).status == 200
    [shown] = sandbox.posts()
    assert [(picture["width"], picture["alt"]) for picture in shown["media"]] == [(4, "A bridge"), (5, "A bridge")]
    assert (shown["card"], shown["link"]) == (None, LINK)


def test_with_photos_the_link_draws_no_card(sandbox, post, upload):
    post(link=LINK, attached_media=[{"media_fbid": upload().json["id"]}])
    assert sandbox.posts()[0]["card"] is None


def test_the_same_message_and_link_twice_in_a_row_is_506(sandbox, post):
    assert post(link=LINK).status == 200
    assert code(post(link=LINK)) == (400, 506)
    assert post("Another", link=LINK).status == 200
    assert post(link=LINK).status == 200
    assert len(sandbox.posts()) == 3


def test_without_a_token_the_code_is_104(post):
    assert code(post(headers={})) == (400, 104)


def test_an_empty_post_is_refused(post):
    assert code(post("")) == (400, 100)


@pytest.mark.parametrize(("length", "status"), [(63_206, 200), (63_207, 400)])
def test_a_message_has_63206_characters(post, length, status):
    assert post("ü" * length).status == status


@pytest.mark.parametrize("data", [b"no picture", b""])
def test_a_photo_is_a_picture(upload, data):
    assert code(upload(data)) == (400, 324)


def test_a_photo_over_four_mebibytes_is_refused_with_its_subcode(upload):
    got = upload(png(size=4_194_305))
    assert (got.status, got.json["error"]["error_subcode"]) == (400, 1366046)
    assert upload(png(size=4_194_304)).status == 200


def test_a_photo_that_does_not_exist_cannot_be_attached(sandbox, post):
    assert code(post(attached_media=[{"media_fbid": "1"}])) == (400, 100)
    assert sandbox.posts() == []


def test_published_posts_come_newest_first_with_the_fields_asked_for(client, post):
    ids = [post(f"Story {number}", link=LINK).json["id"] for number in range(4)]
    post("Another page", page="456")
    fields = "id,message,created_time,permalink_url,attachments{unshimmed_url}"
    query = {"limit": 3, "fields": fields}
    got = client("GET", "/v25.0/123/published_posts", query=query, headers=TOKEN).json
    assert [post["id"] for post in got["data"]] == ids[:0:-1]
    assert got["data"][0]["attachments"]["data"][0]["unshimmed_url"] == LINK
    assert got["data"][0]["created_time"] == "2026-11-23T10:40:00+0000"
    rest = client(
        "GET",
        "/v25.0/123/published_posts",
        query=query | {"after": got["paging"]["cursors"]["after"]},
        headers=TOKEN,
    ).json
    assert [post["id"] for post in rest["data"]] == ids[:1]
    assert "next" in got["paging"]
    assert "next" not in rest["paging"]


def test_published_posts_can_be_limited_to_what_is_new(client, post, time):
    post("Old")
    time.now += 100
    new = post("New").json["id"]
    query = {"since": int(time.now - 50)}
    got = client("GET", "/v25.0/123/published_posts", query=query, headers=TOKEN).json
    assert [post["id"] for post in got["data"]] == [new]


def test_a_page_says_who_it_is(client):
    got = client("GET", "/v25.0/123", query={"fields": "id,name"}, headers=TOKEN).json
    assert got == {"id": "123", "name": "Page 123"}
    assert client("GET", "/v24.0/me", headers=TOKEN).json["id"].isdecimal()


def test_a_post_can_be_read_and_deleted(client, sandbox, post):
    number = post().json["id"]
    assert client("GET", f"/v25.0/{number}", query={"fields": "message"}, headers=TOKEN).json["message"]
    assert client("DELETE", f"/v25.0/{number}", headers=TOKEN).json == {"success": True}
    assert code(client("GET", f"/v25.0/{number}", headers=TOKEN)) == (400, 100)
    assert sandbox.posts() == []


def test_the_page_limit_is_a_400_with_the_wait_in_a_header(sandbox, post):
    sandbox.add_faults([{"fault": "429", "platform": "facebook", "retry_after": 61}])
    got = post()
    assert code(got) == (400, 32)
    [usage] = json.loads(got.headers["x-business-use-case-usage"]).values()
    assert usage[0]["estimated_time_to_regain_access"] == 2


def test_a_refused_token_is_a_400_with_code_190(sandbox, post):
    sandbox.add_faults([{"fault": "401", "platform": "facebook"}])
    got = post()
    assert code(got) == (400, 190)
    assert got.json["error"]["error_subcode"] == 460
