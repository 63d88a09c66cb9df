from __future__ import annotations

import html
import re
from datetime import datetime

import pytest

from tests.worlds.client import png

TOKEN = {"Authorization": "Bearer one"}
OTHER = {"Authorization": "Bearer two"}


@pytest.fixture
def post(client):
    def call(text="A bridge opens", key=None, headers=TOKEN, **fields):
        keyed = {"Idempotency-Key": key} if key else {}
        return client("POST", "/api/v1/statuses", json={"status": text, **fields}, headers=headers | keyed)

    return call


@pytest.fixture
def upload(client):
    def call(data=None, headers=TOKEN, **fields):
        files = {"file": ("a.png", png() if data is None else data, "image/png")}
        return client("POST", "/api/v2/media", form=fields, files=files, headers=headers)

    return call


def test_a_status_comes_back_with_its_permalink_and_shows_on_the_board(sandbox, post):
    got = post("Read https://gazette.example/a?x=1&y=2 #News", language="de", visibility="unlisted")
    assert got.status == 200
    assert got.json["url"].startswith(f"{sandbox.url}/@account_")
    [shown] = sandbox.posts()
    assert shown["id"] == got.json["id"]
    assert shown["permalink"] == got.json["url"]
    assert shown["link"] == "https://gazette.example/a?x=1&y=2"
    assert (shown["language"], shown["visibility"]) == ("de", "unlisted")


def test_the_link_is_whole_in_the_html(post):
    content = post("“Read” https://gazette.example/a?x=1&y=2 <b> #Köln\n\nNew").json["content"]
    assert html.unescape(re.search(r'href="([^"]*/a[^"]*)"', content)[1]) == "https://gazette.example/a?x=1&y=2"
    assert "&lt;b&gt;" in content
    assert content.endswith("</p><p>New</p>")
    assert "#<span>Köln</span>" in content


def test_the_same_key_gives_the_first_status_whatever_the_body_says(sandbox, post):
    first = post("First", key="k").json
    second = post("Second", key="k").json
    assert (second["id"], second["text"]) == (first["id"], "First")
    assert len(sandbox.posts()) == 1


def test_a_key_belongs_to_its_token(sandbox, post):
    post("First", key="k")
    post("Second", key="k", headers=OTHER)
    assert [shown["text"] for shown in sandbox.posts()] == ["First", "Second"]


@pytest.mark.parametrize(("seconds", "count"), [(3_599, 1), (3_600, 2)])
def test_a_key_is_kept_for_an_hour(sandbox, post, time, seconds, count):
    post(key="k")
    time.now += seconds
    post(key="k")
    assert len(sandbox.posts()) == count


def test_without_a_key_two_posts_are_two(sandbox, post):
    post()
    post()
    assert len(sandbox.posts()) == 2


def test_without_a_token_nothing_is_posted(sandbox, post):
    got = post(headers={})
    assert (got.status, got.json) == (401, {"error": "The access token is invalid"})
    assert sandbox.posts() == []


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("x" * 500, 200),
        ("x" * 501, 422),
        ("x" * 477 + "https://gazette.example/" + "long-" * 60, 422),  # glued to a word it is no address
        ("x" * 476 + " https://gazette.example/" + "long-" * 60, 200),
        ("x" * 477 + " https://gazette.example/" + "long-" * 60, 422),
        ("👨‍👩‍👧‍👦" * 500, 200),
        ("क्षि" * 500, 200),
        ("x" * 490 + " @someone@far.away.example", 200),
        ("", 422),
    ],
)
def test_a_status_has_500_characters_as_mastodon_counts_them(post, text, status):
    assert post(text).status == status


def test_too_long_is_said_in_the_servers_words(post):
    got = post("x" * 501).json
    assert got == {"error": "Validation failed: Text character limit of 500 exceeded"}


def test_the_limit_is_the_servers_own(time):
    from syndicate.sandbox import Sandbox
    from tests.worlds.client import Client

    with Sandbox(clock=time, quirks={"mastodon": {"max_characters": 50}}) as sandbox:
        client = Client(sandbox.url)
        stated = client("GET", "/api/v2/instance").json["configuration"]["statuses"]["max_characters"]
        got = client("POST", "/api/v1/statuses", json={"status": "x" * 51}, headers=TOKEN)
        client.close()
    assert (stated, got.status) == (50, 422)


def test_the_instance_states_its_limits_in_both_versions(client):
    new, old = (client("GET", f"/api/{version}/instance").json["configuration"] for version in ("v2", "v1"))
    assert new == old
    assert new["statuses"] == {
        "max_characters": 500,
        "max_media_attachments": 4,
        "characters_reserved_per_url": 23,
    }
    assert new["media_attachments"]["description_limit"] == 1500


def test_a_picture_is_known_by_its_bytes_and_carries_its_description(sandbox, post, upload):
    media = upload(description="A bridge").json
    assert media["meta"]["original"]["width"] == 3
    status = post(media_ids=[media["id"]]).json
    assert status["media_attachments"][0]["description"] == "A bridge"
    [picture] = sandbox.posts()[0]["media"]
    assert (picture["mime"], picture["width"], picture["height"], picture["alt"]) == ("image/png", 3, 2, "A bridge")


def test_a_text_called_a_picture_is_refused(upload):
    assert upload(b"no picture").status == 422


@pytest.mark.parametrize(("length", "status"), [(1500, 200), (1501, 422)])
def test_a_description_has_1500_characters(upload, length, status):
    assert upload(description="x" * length).status == status


def test_a_fifth_picture_is_refused(post, upload):
    numbers = [upload().json["id"] for _ in range(5)]
    assert post(media_ids=numbers[:4]).status == 200
    assert "more than 4 files" in post(media_ids=[upload().json["id"] for _ in range(5)]).json["error"]


def test_media_belong_to_their_account_and_to_one_status(post, upload):
    number = upload().json["id"]
    assert post(media_ids=[number], headers=OTHER).status == 422
    assert post(media_ids=[number]).status == 200
    assert "already attached" in post(media_ids=[number]).json["error"]


def test_a_card_is_drawn_for_the_first_link_only_without_a_picture(post, upload):
    text = "https://one.example/ https://two.example/"
    assert post(text).json["card"]["url"] == "https://one.example/"
    assert post(text, media_ids=[upload().json["id"]]).json["card"] is None


def test_own_statuses_come_newest_first_with_the_application(client, post):
    numbers = [post(f"Story {number}").json["id"] for number in range(25)]
    post("Not mine", headers=OTHER)
    me = client("GET", "/api/v1/accounts/verify_credentials", headers=TOKEN).json["id"]
    listing = client("GET", f"/api/v1/accounts/{me}/statuses", headers=TOKEN).json
    assert [status["id"] for status in listing] == numbers[:4:-1]
    assert listing[0]["application"]["name"]
    rest = client("GET", f"/api/v1/accounts/{me}/statuses", query={"max_id": listing[-1]["id"], "limit": 40})
    assert [status["id"] for status in rest.json] == numbers[4::-1]


def test_a_deleted_status_is_gone_everywhere(client, sandbox, post):
    number = post().json["id"]
    assert client("DELETE", f"/api/v1/statuses/{number}", headers=OTHER).status == 404
    assert client("DELETE", f"/api/v1/statuses/{number}", headers=TOKEN).status == 200
    assert client("GET", f"/api/v1/statuses/{number}").status == 404
    assert sandbox.posts() == []


def test_a_form_is_as_good_as_json(client, sandbox):
    got = client("POST", "/api/v1/statuses", form={"status": "Ünïcode", "visibility": "private"}, headers=TOKEN)
    assert got.json["visibility"] == "private"
    assert sandbox.posts()[0]["text"] == "Ünïcode"


def test_the_rate_limit_resets_at_an_instant_in_iso_8601(client, sandbox, post, time):
    sandbox.add_faults([{"fault": "429", "platform": "mastodon", "retry_after": 90}])
    got = post()
    assert (got.status, got.json) == (429, {"error": "Too many requests"})
    assert got.headers["x-ratelimit-remaining"] == "0"
    assert datetime.fromisoformat(got.headers["x-ratelimit-reset"]).timestamp() == time.now + 90
    assert "retry-after" not in got.headers


@pytest.mark.parametrize("body", [b"{", b"[]", b"\xff"])
def test_a_body_that_cannot_be_read_is_a_400(client, body):
    got = client("POST", "/api/v1/statuses", data=body, headers=TOKEN | {"Content-Type": "application/json"})
    assert got.status == 400


def test_an_unknown_address_is_a_404_of_mastodon(client):
    got = client("GET", "/api/v1/nothing")
    assert (got.status, got.json) == (404, {"error": "Record not found"})
