from __future__ import annotations

import base64
import json

import pytest

from syndicate.sandbox import Sandbox
from tests.worlds.client import Client, png

POSTS = "app.bsky.feed.post"
KEY = "3jzfcijpj2z2a"


@pytest.fixture
def session(client):
    return client(
        "POST", "/xrpc/com.atproto.server.createSession", json={"identifier": "gazette.test", "password": "abcd"}
    ).json


@pytest.fixture
def signed(session):
    return {"Authorization": f"Bearer {session['accessJwt']}"}


@pytest.fixture
def put(client, session, signed):
    def call(method="putRecord", *, rkey=KEY, blind=False, headers=None, **fields):
        record = {"$type": POSTS, "text": "A bridge opens", "createdAt": "2026-11-23T10:00:00Z"} | fields
        record = {name: value for name, value in record.items() if value is not ...}
        body = {"repo": session["did"], "collection": POSTS, "rkey": rkey, "record": record}
        if method == "putRecord" and not blind:
            body["swapRecord"] = None
        return client("POST", f"/xrpc/com.atproto.repo.{method}", json=body, headers=headers or signed)

    return call


@pytest.fixture
def get(client, session):
    def call(rkey=KEY):
        query = {"repo": session["did"], "collection": POSTS, "rkey": rkey}
        return client("GET", "/xrpc/com.atproto.repo.getRecord", query=query)

    return call


@pytest.fixture
def upload(client, signed):
    def call(data, mime="image/png"):
        got = client("POST", "/xrpc/com.atproto.repo.uploadBlob", data=data, headers=signed | {"Content-Type": mime})
        return got.json["blob"] if got.status == 200 else got

    return call


def claims(token):
    return json.loads(base64.urlsafe_b64decode(token.split(".")[1] + "=="))


def error(got):
    return got.status, got.json["error"]


def test_a_session_says_when_it_ends(session, time):
    assert claims(session["accessJwt"])["exp"] == time.now + 7_200
    assert claims(session["refreshJwt"])["exp"] == time.now + 7_776_000
    assert session["did"].startswith("did:plc:")
    assert "didDoc" not in session


def test_logins_are_counted_and_refreshes_are_not(client, sandbox, session):
    signed = {"Authorization": f"Bearer {session['refreshJwt']}"}
    assert client("POST", "/xrpc/com.atproto.server.refreshSession", headers=signed).status == 200
    assert sandbox.stand_ins["bluesky"].logins == 1


def test_an_expired_session_is_a_400(put, time):
    time.now += 7_200
    assert error(put()) == (400, "ExpiredToken")


def test_the_life_of_a_session_can_be_set(time):
    with Sandbox(clock=time, quirks={"bluesky": {"session_seconds": 5}}) as sandbox:
        client = Client(sandbox.url)
        body = {"identifier": "a.test", "password": "p"}
        got = client("POST", "/xrpc/com.atproto.server.createSession", json=body)
        client.close()
    assert claims(got.json["accessJwt"])["exp"] == time.now + 5


def test_a_refresh_token_rotates_and_the_old_one_works_two_hours_more(client, session, time):
    def refresh():
        headers = {"Authorization": f"Bearer {session['refreshJwt']}"}
        return client("POST", "/xrpc/com.atproto.server.refreshSession", headers=headers)

    fresh = refresh()
    assert fresh.json["refreshJwt"] != session["refreshJwt"]
    time.now += 7_199
    assert refresh().status == 200
    time.now += 2
    assert error(refresh()) == (400, "ExpiredToken")


@pytest.mark.parametrize(
    ("header", "answer"),
    [({"X": "none"}, (401, "AuthMissing")), ({"Authorization": "Bearer a.b.c"}, (400, "InvalidToken"))],
)
def test_who_is_not_signed_in_is_told_so(put, header, answer):
    assert error(put(headers=header)) == answer


def test_a_refresh_token_opens_no_repository(put, session):
    assert error(put(headers={"Authorization": f"Bearer {session['refreshJwt']}"})) == (400, "InvalidToken")


def test_a_wrong_password_is_a_401(client):
    body = {"identifier": "gazette.test", "password": "wrong"}
    got = client("POST", "/xrpc/com.atproto.server.createSession", json=body)
    assert error(got) == (401, "AuthenticationRequired")


def test_a_record_is_posted_once_under_its_key(sandbox, put, get):
    first = put()
    second = put(text="Another")
    assert first.status == 200
    assert error(second) == (400, "InvalidSwap")
    assert second.json["message"] == f"Record was at {first.json['cid']}"
    assert get().json["value"]["text"] == "A bridge opens"
    assert len(sandbox.posts()) == 1


def test_put_without_swap_changes_what_is_there(sandbox, put):
    first = put(blind=True).json
    assert "commit" not in put(blind=True).json
    changed = put(blind=True, text="Changed").json
    assert changed["cid"] != first["cid"]
    [shown] = sandbox.posts()
    assert (shown["text"], shown["seq"]) == ("Changed", 1)


def test_create_with_a_taken_key_is_a_500_even_for_the_same_record(put):
    assert put("createRecord").status == 200
    assert error(put("createRecord")) == (500, "InternalServerError")


def test_anyone_may_read_and_a_missing_record_is_a_400(put, get):
    assert error(get()) == (400, "RecordNotFound")
    put()
    assert get().json["cid"].startswith("bafyrei")


def test_a_deleted_record_leaves_its_key_free(client, session, signed, sandbox, put):
    put()
    body = {"repo": session["did"], "collection": POSTS, "rkey": KEY}
    for _ in range(2):
        assert client("POST", "/xrpc/com.atproto.repo.deleteRecord", json=body, headers=signed).status == 200
    assert sandbox.posts() == []
    assert put().status == 200


def test_records_are_listed_newest_key_first_in_pages(client, session, put):
    keys = [f"3jzfcijpj2z2{letter}" for letter in "abcde"]
    for rkey in keys:
        put(rkey=rkey)
    query = {"repo": "gazette.test", "collection": POSTS, "limit": 3}
    first = client("GET", "/xrpc/com.atproto.repo.listRecords", query=query).json
    rest = client("GET", "/xrpc/com.atproto.repo.listRecords", query=query | {"cursor": first["cursor"]}).json
    listed = [record["uri"].rpartition("/")[2] for record in first["records"] + rest["records"]]
    assert listed == keys[::-1]


def test_another_repository_is_not_ours_to_write(client, signed):
    body = {"repo": "did:plc:other", "collection": POSTS, "rkey": KEY, "record": {"text": "", "createdAt": ""}}
    got = client("POST", "/xrpc/com.atproto.repo.putRecord", json=body, headers=signed)
    assert error(got) == (403, "AccountNotFound")


@pytest.mark.parametrize("rkey", ["my-story", "3jzfcijpj2z2", "kjzfcijpj2z2a", "3jzfcijpj2z2A"])
def test_a_key_that_is_no_tid_is_refused(put, rkey):
    assert "Invalid TID" in put(rkey=rkey).json["message"]


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("x" * 300, 200),
        ("x" * 301, 400),
        ("👨‍👩‍👧‍👦" * 119, 200),  # 2,975 bytes
        ("👨‍👩‍👧‍👦" * 121, 400),  # 3,025 bytes, 121 graphemes
        ("क्षि" * 250, 200),
        ("क्षि" * 251, 400),  # 3,012 bytes, 251 graphemes
        ("é" * 300, 200),
        ("e\u0301" * 300, 200),
        ("🇩🇪" * 300, 200),
        ("", 200),
    ],
)
def test_a_text_has_300_graphemes_and_3000_bytes(put, text, status):
    assert put(text=text).status == status


@pytest.mark.parametrize(
    ("created", "status"),
    [
        ("2026-11-23T10:00:00Z", 200),
        ("2026-11-23T10:00:00.123456Z", 200),
        ("2026-11-23T10:00:00+02:00", 200),
        ("2026-11-23T10:00:00", 400),
        ("2026-11-23T10:00:00-00:00", 400),
        ("2026-11-23 10:00:00Z", 400),
        ("2026-13-23T10:00:00Z", 400),
        (..., 400),
    ],
)
def test_an_instant_has_a_time_zone(put, created, status):
    assert put(createdAt=created).status == status


@pytest.mark.parametrize(
    ("langs", "status"),
    [(["en"], 200), (["pt-BR", "zh-Hant"], 200), (["en_US"], 400), (["a", "b"], 400), (["en"] * 4, 400), ("en", 400)],
)
def test_languages_are_bcp_47_and_at_most_three(put, langs, status):
    assert put(langs=langs).status == status


def facet(start, end, **feature):
    return {"index": {"byteStart": start, "byteEnd": end}, "features": [feature]}


LINK = "app.bsky.richtext.facet#link"
TAG = "app.bsky.richtext.facet#tag"


@pytest.mark.parametrize(
    ("given", "status"),
    [
        (facet(0, 4, **{"$type": LINK, "uri": "https://gazette.example/a"}), 200),
        (facet(0, 9_999, **{"$type": LINK, "uri": "https://gazette.example/ü"}), 200),  # past the end: the PDS takes it
        (facet(-1, 4, **{"$type": LINK, "uri": "https://gazette.example/a"}), 400),
        (facet(0.5, 4, **{"$type": LINK, "uri": "https://gazette.example/a"}), 400),
        (facet(0, 4, **{"$type": LINK, "uri": "gazette.example/a"}), 400),
        (facet(0, 4, **{"$type": LINK, "uri": "https://gazette.example/a b"}), 400),
        (facet(0, 4, **{"$type": TAG, "tag": "x" * 64}), 200),
        (facet(0, 4, **{"$type": TAG, "tag": "x" * 65}), 400),
        ({"index": {"byteStart": 0, "byteEnd": 1}}, 400),
    ],
)
def test_facets_are_checked_as_the_server_checks_them(put, given, status):
    assert put(facets=[given]).status == status


def test_a_card_with_a_thumb_shows_on_the_board(sandbox, put, upload):
    blob = upload(png(40, 20))
    external = {"uri": "https://gazette.example/a", "title": "A", "description": "B", "thumb": blob}
    assert put(embed={"$type": "app.bsky.embed.external", "external": external}).status == 200
    [shown] = sandbox.posts()
    assert shown["card"]["image"]["width"] == 40
    assert (shown["link"], shown["media"]) == ("https://gazette.example/a", [])


@pytest.mark.parametrize("missing", ["uri", "title", "description"])
def test_a_card_has_an_address_a_title_and_a_description(put, missing):
    external = {"uri": "https://gazette.example/a", "title": "", "description": ""}
    del external[missing]
    assert put(embed={"$type": "app.bsky.embed.external", "external": external}).status == 400


def test_a_thumb_is_left_out_never_null(put):
    external = {"uri": "https://gazette.example/a", "title": "", "description": "", "thumb": None}
    assert put(embed={"$type": "app.bsky.embed.external", "external": external}).status == 400


@pytest.mark.parametrize(("size", "status"), [(1_000_000, 200), (1_000_001, 400)])
def test_a_thumb_has_a_million_bytes(put, upload, size, status):
    external = {"uri": "https://gazette.example/a", "title": "", "description": "", "thumb": upload(png(size=size))}
    got = put(embed={"$type": "app.bsky.embed.external", "external": external})
    assert got.status == status
    assert status == 200 or "blob too big" in got.json["message"]


@pytest.mark.parametrize(("size", "status"), [(2_000_000, 200), (2_000_001, 400)])
def test_an_image_has_two_million_bytes(put, upload, size, status):
    image = {"image": upload(png(size=size)), "alt": "A bridge"}
    assert put(embed={"$type": "app.bsky.embed.images", "images": [image]}).status == status


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"alt": "A bridge"}, 200),
        ({"alt": ""}, 200),
        ({"alt": ...}, 400),
        ({"alt": "", "aspectRatio": {"width": 3, "height": 2}}, 200),
        ({"alt": "", "aspectRatio": {"width": 1.5, "height": 1}}, 400),
        ({"alt": "", "aspectRatio": {"width": 0, "height": 1}}, 400),
    ],
)
def test_an_image_has_alt_text_and_a_whole_ratio(put, upload, change, status):
    image = {name: value for name, value in ({"image": upload(png())} | change).items() if value is not ...}
    assert put(embed={"$type": "app.bsky.embed.images", "images": [image]}).status == status


def test_a_fifth_image_is_refused(put, upload):
    images = [{"image": upload(png()), "alt": ""}] * 5
    assert put(embed={"$type": "app.bsky.embed.images", "images": images}).status == 400


def test_a_blob_that_was_never_uploaded_is_not_found(put, upload):
    blob = upload(png()) | {"ref": {"$link": "bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku"}}
    got = put(embed={"$type": "app.bsky.embed.images", "images": [{"image": blob, "alt": ""}]})
    assert error(got) == (400, "BlobNotFound")


def test_the_same_bytes_are_the_same_blob(upload):
    assert upload(png())["ref"] == upload(png())["ref"]
    assert upload(b"")["ref"]["$link"] == "bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku"


def test_a_declared_type_is_believed_and_judged_in_the_record(put, upload):
    blob = upload(b"no picture", "text/plain")
    assert blob["mimeType"] == "text/plain"
    got = put(embed={"$type": "app.bsky.embed.images", "images": [{"image": blob, "alt": ""}]})
    assert error(got) == (400, "InvalidRequest")
    assert 'Expected "image/*" (got "text/plain")' in got.json["message"]


@pytest.mark.parametrize(("size", "status"), [(5_242_880, 200), (5_242_881, 413)])
def test_a_blob_has_five_mebibytes(client, signed, size, status):
    headers = signed | {"Content-Type": "image/png"}
    got = client("POST", "/xrpc/com.atproto.repo.uploadBlob", data=b"x" * size, headers=headers)
    assert got.status == status
    assert client("GET", "/xrpc/com.atproto.server.describeServer").json["blobUploadLimit"] == 5_242_880


def test_the_rate_limit_says_when_in_two_ways(sandbox, put, time):
    sandbox.add_faults([{"fault": "429", "platform": "bluesky", "step": "commit", "retry_after": 17}])
    got = put()
    assert error(got) == (429, "RateLimitExceeded")
    assert got.headers["retry-after"] == "17"
    assert int(got.headers["ratelimit-reset"]) == int(time.now) + 17


def test_a_record_of_another_collection_is_kept_but_not_shown(client, session, signed, sandbox):
    body = {"repo": session["did"], "collection": "site.example.note", "rkey": "self", "record": {"a": 1}}
    assert client("POST", "/xrpc/com.atproto.repo.putRecord", json=body, headers=signed).status == 200
    assert sandbox.posts() == []


def test_an_unknown_method_is_asked_elsewhere_where_nobody_answers(client, signed):
    assert error(client("GET", "/xrpc/com.atproto.nothing")) == (401, "AuthMissing")
    assert error(client("GET", "/xrpc/com.atproto.nothing", headers=signed)) == (502, "UpstreamFailure")
