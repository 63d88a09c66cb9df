from __future__ import annotations

import pytest

from syndicate.sandbox import Sandbox
from tests.worlds.client import Client, png

PAGE = "urn:li:organization:4711"
HEADERS = {"Authorization": "Bearer t", "LinkedIn-Version": "202609", "X-Restli-Protocol-Version": "2.0.0"}
LINK = "https://gazette.example/a"


@pytest.fixture
def share(client):
    def call(commentary="A bridge opens", author=PAGE, headers=HEADERS, **fields):
        body = {
            "author": author,
            "commentary": commentary,
            "visibility": "PUBLIC",
            "distribution": {"feedDistribution": "MAIN_FEED"},
            "lifecycleState": "PUBLISHED",
        }
        return client("POST", "/rest/posts", json=body | fields, headers=headers)

    return call


@pytest.fixture
def image(client):
    def call(data=None, owner=PAGE):
        body = {"initializeUploadRequest": {"owner": owner}}
        begun = client("POST", "/rest/images", json=body, headers=HEADERS, query={"action": "initializeUpload"})
        value = begun.json["value"]
        put = client("PUT", "/" + value["uploadUrl"].split("/", 3)[3], data=png() if data is None else data)
        return put, value["image"]

    return call


def code(got):
    return got.status, got.json["code"]


def test_a_post_has_its_urn_in_a_header_and_no_body_to_speak_of(sandbox, share):
    got = share(content={"article": {"source": LINK, "title": "A bridge", "description": "It opens"}})
    assert (got.status, got.json) == (201, {})
    [shown] = sandbox.posts()
    assert got.headers["x-restli-id"] == shown["id"]
    assert shown["id"].startswith("urn:li:share:")
    assert shown["card"] == {"url": LINK, "title": "A bridge", "description": "It opens", "image": None}
    assert (shown["link"], shown["account"], shown["visibility"]) == (LINK, PAGE, "public")


def test_a_text_ends_at_the_first_character_that_is_not_escaped(sandbox, share):
    assert share("It opens (today)").status == 201
    assert share("It opens \\(today\\)").status == 201
    assert [post["text"] for post in sandbox.posts()] == ["It opens ", "It opens (today)"]


@pytest.mark.parametrize("version", ["", "202511", "202401", "20241101", "soon"])
def test_a_version_that_is_not_there_is_refused(share, version):
    got = share(headers=HEADERS | {"LinkedIn-Version": version})
    assert code(got) == (426, "NONEXISTENT_VERSION")


def test_a_double_names_the_first_post_also_when_that_is_gone(client, sandbox, share, time):
    first = share().headers["x-restli-id"]
    twice = share()
    assert twice.status == 422
    assert first in twice.json["message"]
    assert twice.json["errorDetails"]["inputErrors"][0]["code"] == "DUPLICATE_POST"
    path = f"/rest/posts/{first.replace(':', '%3A')}"
    assert client("DELETE", path, headers=HEADERS | {"X-RestLi-Method": "DELETE"}).status == 204
    ghost = share()
    assert ghost.status == 422
    assert first not in ghost.json["message"]
    time.now += 86_401
    assert share().status == 201
    assert len(sandbox.posts()) == 1


@pytest.mark.parametrize(
    ("author", "refused"),
    [
        ("urn:li:person:gazette", False),
        ("urn:li:organization:4712", False),
        ("urn:li:person:somebody", True),
        ("urn:li:organization:4713", True),
        ("urn:li:organization:1", True),
        ("nobody", True),
    ],
)
def test_only_who_may_post_posts(sandbox, share, author, refused):
    token = sandbox.stand_ins["linkedin"].members.allow("gazette")
    got = share(author=author, headers=HEADERS | {"Authorization": f"Bearer {token}"})
    assert got.status == (403 if refused else 201)
    assert not refused or "/author" in got.json["message"]


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"commentary": "a" * 3000}, 201),
        ({"commentary": "a" * 3001}, 400),
        ({"commentary": "\N{BRIDGE AT NIGHT}" * 1501}, 400),
        ({"commentary": "\\(" * 1501}, 400),
        ({"text": "x"}, 422),
        ({"visibility": "FRIENDS"}, 422),
        ({"lifecycleState": "DRAFT"}, 422),
        ({"content": {"article": {"source": LINK, "title": ""}}}, 422),
        ({"content": {"article": {"source": "gazette", "title": "x"}}}, 422),
        ({"content": {"article": {"title": "x"}}}, 400),
        ({"content": {"media": {"id": "urn:li:image:1"}}}, 422),
        ({"content": {"poll": {}}}, 422),
        ({"content": {"multiImage": {"images": [{"id": "urn:li:image:1"}]}}}, 422),
        ({"distribution": {}}, 422),
    ],
)
def test_a_post_is_taken_or_refused_by_its_parts(sandbox, share, fields, status):
    assert share(**fields).status == status
    assert len(sandbox.posts()) == (status == 201)


@pytest.mark.parametrize(
    ("author", "status"),
    [("urn:li:organization:999", 201), ("urn:li:person:<you>", 201), ("urn:li:person:", 403), ("nobody", 403)],
)
def test_a_token_of_elsewhere_may_post_as_any_author(share, author, status):
    assert share(author=author).status == status


def test_a_picture_is_the_author_s_and_has_its_bytes(share, image):
    put, urn = image()
    assert put.status == 201
    assert share(content={"media": {"id": urn, "altText": "Fog"}}, author="urn:li:organization:4712").status == 422
    assert share(content={"media": {"id": urn, "altText": "Fog"}}).status == 201


@pytest.mark.parametrize("data", [b"", b"<svg/>", b"text"])
def test_what_is_no_picture_is_refused(share, image, data):
    put, urn = image(data)
    assert code(put) == (400, "INVALID_IMAGE")
    assert share(content={"media": {"id": urn}}).status == 422


def test_a_slow_picture_is_ready_at_the_second_look(time):
    with Sandbox(clock=time, quirks={"linkedin": {"slow": True}}) as sandbox:
        client = Client(sandbox.url)
        body = {"initializeUploadRequest": {"owner": PAGE}}
        begun = client("POST", "/rest/images", json=body, headers=HEADERS, query={"action": "initializeUpload"})
        path = f"/rest/images/{begun.json['value']['image'].replace(':', '%3A')}"
        states = [client("GET", path, headers=HEADERS).json["status"] for _ in range(3)]
        client.close()
    assert states == ["PROCESSING", "AVAILABLE", "AVAILABLE"]


def test_posts_are_listed_by_pages_the_last_changed_first(client, share, time):
    urns = []
    for number in range(3):
        urns.append(share(f"Story {number}").headers["x-restli-id"])
        time.now += 60
    path = f"/rest/posts/{urns[0].replace(':', '%3A')}"
    patch = {"patch": {"$set": {"commentary": "Story 0 again"}}}
    assert client("POST", path, json=patch, headers=HEADERS | {"X-RestLi-Method": "PARTIAL_UPDATE"}).status == 204

    def listed(**query):
        asked = {"q": "author", "author": PAGE} | query
        return [each["id"] for each in client("GET", "/rest/posts", headers=HEADERS, query=asked).json["elements"]]

    assert listed() == [urns[0], urns[2], urns[1]]
    assert listed(start="1", count="1") == [urns[2]]
    assert (
        client("GET", "/rest/posts", headers=HEADERS, query={"q": "author", "author": PAGE, "count": "101"}).status
        == 400
    )
    assert client("GET", path, headers=HEADERS).json["commentary"] == "Story 0 again"


def test_a_change_needs_its_method_and_a_post_that_is_there(client, share):
    path = f"/rest/posts/{share().headers['x-restli-id'].replace(':', '%3A')}"
    patch = {"patch": {"$set": {"commentary": "x"}}}
    assert client("POST", path, json=patch, headers=HEADERS).status == 400
    update = HEADERS | {"X-RestLi-Method": "PARTIAL_UPDATE"}
    assert client("POST", path, json={"patch": {"$set": {"content": {}}}}, headers=update).status == 422
    assert client("POST", "/rest/posts/urn%3Ali%3Ashare%3A1", json=patch, headers=update).status == 404
    assert client("DELETE", "/rest/posts/urn%3Ali%3Ashare%3A1", headers=HEADERS).status == 204


def test_without_a_token_nothing_is_done(client, share):
    assert code(share(headers={"LinkedIn-Version": "202609"})) == (401, "EMPTY_ACCESS_TOKEN")
    assert client("GET", "/v2/userinfo").status == 401
    assert client("GET", "/rest/nothing", headers=HEADERS).status == 404


def test_the_token_endpoint_refuses_in_the_words_of_oauth(client):
    form = {"grant_type": "authorization_code", "code": "x", "client_id": "a", "client_secret": "b"}
    assert client("POST", "/oauth/v2/accessToken", form=form).json["error"] == "invalid_request"
    assert (
        client("POST", "/oauth/v2/accessToken", form={"grant_type": "refresh_token"}).json["error"] == "invalid_client"
    )
    body = {"client_id": "a", "client_secret": "b", "token": "t"}
    assert client("POST", "/oauth/v2/introspectToken", form=body).json["active"] is True
