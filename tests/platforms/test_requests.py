"""Each request of a post's life, whole, and the answer that a dry run puts in its place."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from syndicate.model import LinkCard, Receipt, Secret
from syndicate.platforms import bluesky, facebook, folder, linkedin, mastodon, webhook, x
from syndicate.testing import KEY, LINK, Held, illustrated, picture, post, recorded

AT = datetime(2026, 11, 23, 10, 0, 5, tzinfo=UTC)
SESSION = {"accessJwt": "access-1", "refreshJwt": "refresh-1", "did": "did:plc:gazette", "handle": "gazette.example"}
STORY = replace(illustrated(), at=AT, planned_at=AT)
[PICTURE] = STORY.media
PART = (PICTURE.file, PICTURE.data, "image/png")


class Dry:
    """A door that answers all that has a sample with it, as a dry run does, and remembers what was said."""

    def __init__(self):
        self.seen = []

    def call(self, method, url, **request):
        said = {name: value for name, value in request.items() if value not in (None, {}) or name == "sample"}
        self.seen.append((method, url, said))
        return recorded(404 if request.get("sample") is None else 200, request.get("sample"))

    def take(self):
        taken, self.seen = self.seen, []
        return taken


@pytest.fixture
def door():
    return Dry()


def test_mastodon(door):
    platform = mastodon.Mastodon(mastodon.Options("https://social.example", Secret("t")), door, Held())
    bearer = {"Authorization": "Bearer t", "Accept": "application/json"}
    at = "https://social.example/api/v1/statuses"
    draft = platform.prepare(STORY, KEY)
    assert draft == {
        "status": STORY.text,
        "media_ids": ["<media id>"],
        "uploads": {f"{PICTURE.file} A bridge in fog": "<media id>"},
        "looks": 1,
        "visibility": "public",
        "language": "en",
        "spoiler_text": "",
        "sensitive": False,
        "content_type": None,
        "link": LINK,
        "expires_at": "2026-11-23T22:00:05Z",
    }
    assert door.take() == [
        (
            "POST",
            "https://social.example/api/v2/media",
            {
                "headers": bearer,
                "data": {"description": "A bridge in fog"},
                "files": {"file": PART},
                "sample": {"id": "<media id>", "url": "<media url>"},
            },
        )
    ]
    assert platform.commit(draft, KEY) == Receipt("<status id>", "<permalink>")
    assert door.take() == [
        (
            "POST",
            at,
            {
                "headers": bearer | {"Idempotency-Key": KEY},
                "json": {
                    "status": STORY.text,
                    "media_ids": ["<media id>"],
                    "visibility": "public",
                    "language": "en",
                },
                "sample": {"id": "<status id>", "url": "<permalink>"},
            },
        )
    ]
    receipt = Receipt("5", "https://social.example/@g/5")
    assert platform.edit(receipt, post("New")) == receipt
    assert door.take() == [
        ("GET", f"{at}/5", {"headers": bearer, "sample": {"id": "5", "media_attachments": []}}),
        (
            "PUT",
            f"{at}/5",
            {
                "headers": bearer,
                "json": {"status": "New", "language": "en"},
                "sample": {"id": "5", "url": receipt.permalink},
            },
        ),
    ]
    platform.delete(receipt)
    assert door.take() == [("DELETE", f"{at}/5", {"headers": bearer, "sample": {"id": "5"}})]


def test_a_picture_without_a_description_is_sent_without_one(door):
    platform = mastodon.Mastodon(mastodon.Options("https://social.example", Secret("t")), door, Held())
    platform.prepare(illustrated(alt=""), KEY)
    [(_, _, said)] = door.take()
    assert "data" not in said


def test_a_picture_in_the_works_is_asked_for_with_a_sample(door):
    platform = mastodon.Mastodon(mastodon.Options("https://social.example", Secret("t")), door, Held())
    name = f"{PICTURE.file} A bridge in fog"
    left = {"media": {name: {"id": "5", "ready": False}}, "looks": 3}
    assert platform.prepare(STORY, KEY, left)["looks"] == 4
    bearer = {"Authorization": "Bearer t", "Accept": "application/json"}
    url = "https://social.example/api/v1/media/5"
    assert door.take() == [("GET", url, {"headers": bearer, "sample": {"id": "<media id>"}})]


def test_bluesky(door):
    options = bluesky.Options("gazette.example", Secret("p"))
    platform = bluesky.Bluesky(options, door, Held(SESSION))
    bearer = {"Authorization": "Bearer access-1"}
    at = "https://bsky.social/xrpc/com.atproto"
    blob = {"$type": "blob", "ref": {"$link": "<cid>"}, "mimeType": "image/png", "size": len(PICTURE.data)}
    draft = platform.prepare(STORY, KEY)
    key = bluesky.record_key(AT, KEY)
    start, end = STORY.text.index("http"), len(STORY.text)
    link = {"$type": "app.bsky.richtext.facet#link", "uri": LINK}
    size = {"width": 8, "height": 6}
    assert draft == {
        "repo": "did:plc:gazette",
        "rkey": key,
        "record": {
            "$type": "app.bsky.feed.post",
            "text": STORY.text,
            "createdAt": "2026-11-23T10:00:05.000Z",
            "langs": ["en"],
            "facets": [{"index": {"byteStart": start, "byteEnd": end}, "features": [link]}],
            "embed": {
                "$type": "app.bsky.embed.images",
                "images": [{"image": blob, "alt": "A bridge in fog", "aspectRatio": size}],
            },
        },
        "expires_at": "2026-11-23T11:00:05Z",
    }
    upload = {
        "headers": bearer | {"Content-Type": "image/png"},
        "data": PICTURE.data,
        "sample": {"blob": blob},
    }
    assert door.take() == [("POST", f"{at}.repo.uploadBlob", upload)]
    uri = f"at://did:plc:gazette/app.bsky.feed.post/{key}"
    receipt = platform.commit(draft, KEY)
    permalink = f"https://bsky.app/profile/gazette.example/post/{key}"
    assert receipt == Receipt(uri, permalink, {"uri": uri, "cid": "<cid>"})
    record = {"repo": "did:plc:gazette", "collection": "app.bsky.feed.post", "rkey": key}
    put = {
        "headers": bearer,
        "json": record | {"record": draft["record"], "swapRecord": None},
        "sample": {"uri": uri, "cid": "<cid>"},
    }
    assert door.take() == [("POST", f"{at}.repo.putRecord", put)]
    for gone in (
        receipt,
        Receipt(permalink, None),
        Receipt(permalink.replace("gazette.example", "GAZETTE.example"), None),
    ):
        platform.delete(gone)
        deletion = {"headers": bearer, "json": record, "sample": {}}
        assert door.take() == [("POST", f"{at}.repo.deleteRecord", deletion)]


def test_bluesky_s_card_and_session(door):
    options = bluesky.Options("@Gazette.example", Secret("p"))
    platform = bluesky.Bluesky(options, door, Held(SESSION))
    story = post(card=LinkCard(LINK, "A bridge", "It opens", picture()), link=LINK, language=None, at=AT)
    draft = platform.prepare(story, KEY)
    blob = {"$type": "blob", "ref": {"$link": "<cid>"}, "mimeType": "image/png", "size": len(picture().data)}
    assert draft["record"] == {
        "$type": "app.bsky.feed.post",
        "text": story.text,
        "createdAt": "2026-11-23T10:00:05.000Z",
        "embed": {
            "$type": "app.bsky.embed.external",
            "external": {"uri": LINK, "title": "A bridge", "description": "It opens", "thumb": blob},
        },
    }
    assert draft["expires_at"] == "2026-11-23T11:00:05Z"
    assert "expires_at" not in platform.prepare(replace(story, card=LinkCard(LINK, "A bridge", "")), KEY)
    assert platform.prepare(post(""), KEY)["record"]["text"] == ""
    door.take()
    sample = {"accessJwt": "<access token>", "refreshJwt": "<refresh token>", "did": "<did>", "handle": "<handle>"}
    at = "https://bsky.social/xrpc/com.atproto.server"
    assert platform.refresh(SESSION) == sample
    assert door.take() == [
        ("POST", f"{at}.refreshSession", {"headers": {"Authorization": "Bearer refresh-1"}, "sample": sample})
    ]
    assert platform.refresh({}) == sample
    login = {"identifier": "Gazette.example", "password": "p"}
    assert door.take() == [("POST", f"{at}.createSession", {"json": login, "sample": sample})]


def test_facebook(door):
    platform = facebook.Facebook(facebook.Options("77", Secret("t")), door, Held())
    bearer = {"Authorization": "Bearer t"}
    at = "https://graph.facebook.com/v25.0"
    draft = platform.prepare(STORY, KEY)
    assert draft == {"message": STORY.text, "link": None, "photos": ["<photo id>"], "address": LINK}
    photo = {
        "headers": bearer,
        "data": {"published": "false", "alt_text_custom": "A bridge in fog"},
        "files": {"source": PART},
        "sample": {"id": "<photo id>"},
    }
    assert door.take() == [("POST", f"{at}/77/photos", photo)]
    assert platform.commit(draft, KEY) == Receipt("77_<post id>", "<permalink>")
    feed = {
        "headers": bearer,
        "params": {"fields": "id,permalink_url"},
        "data": {"message": STORY.text, "attached_media": '[{"media_fbid": "<photo id>"}]'},
        "sample": {"id": "77_<post id>", "permalink_url": "<permalink>"},
    }
    assert door.take() == [("POST", f"{at}/77/feed", feed)]
    receipt = Receipt("77_5", None)
    assert platform.edit(receipt, post("New")) is receipt
    platform.delete(receipt)
    assert door.take() == [
        ("POST", f"{at}/77_5", {"headers": bearer, "data": {"message": "New"}, "sample": {"success": True}}),
        ("DELETE", f"{at}/77_5", {"headers": bearer, "sample": {"success": True}}),
    ]


@pytest.mark.parametrize(
    ("story", "draft"),
    [
        (post("A", link=LINK), {"message": "A", "link": LINK, "photos": [], "address": LINK}),
        (post(f"A {LINK}", link=LINK), {"message": f"A {LINK}", "link": None, "photos": [], "address": LINK}),
        (post("A"), {"message": "A", "link": None, "photos": [], "address": None}),
        (
            post("A", link=LINK, media=(picture(alt=""),)),
            {"message": "A", "link": None, "photos": ["<photo id>"], "address": None},
        ),
    ],
)
def test_where_facebook_s_link_is(story, draft, door):
    platform = facebook.Facebook(facebook.Options("77", Secret("t")), door, Held())
    assert platform.prepare(story, KEY) == draft
    assert [call[2]["data"] for call in door.take()] == [{"published": "false"}] * len(story.media)


def test_x(door):
    options = x.Options(*map(Secret, "abcd"))
    platform = x.X(options, door, Held())
    auth = options.keys
    at = "https://api.x.com/2"
    draft = platform.prepare(STORY, KEY)
    assert draft == {"post": {"text": STORY.text, "media": {"media_ids": ["<media id>"]}}, "link": LINK}
    upload = {
        "auth": auth,
        "data": {"media_category": "tweet_image"},
        "files": {"media": PART},
        "sample": {"data": {"id": "<media id>"}},
    }
    alt = {
        "auth": auth,
        "json": {"id": "<media id>", "metadata": {"alt_text": {"text": "A bridge in fog"}}},
        "sample": {"data": {"id": "<media id>"}},
    }
    assert door.take() == [("POST", f"{at}/media/upload", upload), ("POST", f"{at}/media/metadata", alt)]
    assert platform.commit(draft, KEY) == Receipt("<post id>", "https://x.com/i/status/<post id>")
    created = {
        "auth": auth,
        "json": draft["post"],
        "sample": {"data": {"id": "<post id>", "text": STORY.text}},
    }
    assert door.take() == [("POST", f"{at}/tweets", created)]
    for receipt in (Receipt("5", None), Receipt("https://x.com/g/status/5", None)):
        platform.delete(receipt)
        assert door.take() == [("DELETE", f"{at}/tweets/5", {"auth": auth, "sample": {"data": {"deleted": True}}})]


def test_x_by_oauth_2(door):
    options = x.Options(client_id="app", client_secret=Secret("s"), refresh_token=Secret("r0"))
    platform = x.X(options, door, Held())
    held = platform.refresh({})
    sample = {"access_token": "<access token>", "refresh_token": "<refresh token>", "expires_in": 7200}
    asked = {
        "data": {"grant_type": "refresh_token", "refresh_token": "r0"},
        "headers": {"Authorization": "Basic YXBwOnM="},
        "sample": sample,
    }
    assert door.take() == [("POST", "https://api.x.com/2/oauth2/token", asked)]
    assert (held["token"], held["refresh_token"]) == ("<access token>", "<refresh token>")
    platform = x.X(options, door, Held(held))
    platform.commit({"post": {"text": "A"}, "link": None}, KEY)
    [(_, _, said)] = door.take()
    assert said["headers"] == {"Authorization": "Bearer <access token>"}
    assert "auth" not in said


def test_linkedin(door):
    platform = linkedin.LinkedIn(linkedin.Options("urn:li:person:a", Secret("t")), door, Held())
    at = "https://api.linkedin.com/rest"
    headers = {"Authorization": "Bearer t", "X-Restli-Protocol-Version": "2.0.0", "LinkedIn-Version": "202609"}
    draft = platform.prepare(STORY, KEY)
    urn = "urn:li:image:<id>"
    assert draft["post"]["content"] == {"media": {"id": urn, "altText": "A bridge in fog"}}
    assert {name: draft[name] for name in ("text", "link", "expires_at")} == {
        "text": STORY.text,
        "link": LINK,
        "expires_at": "2026-11-23T22:00:05Z",
    }
    begin = {
        "headers": headers,
        "params": {"action": "initializeUpload"},
        "json": {"initializeUploadRequest": {"owner": "urn:li:person:a"}},
        "sample": {"value": {"uploadUrl": "<upload url>", "image": urn}},
    }
    upload = {"headers": {"Content-Type": "image/png"}, "data": PICTURE.data, "sample": {}}
    look = {"headers": headers, "sample": {"status": "AVAILABLE"}}
    assert door.take() == [
        ("POST", f"{at}/images", begin),
        ("PUT", "<upload url>", upload),
        ("GET", f"{at}/images/urn%3Ali%3Aimage%3A%3Cid%3E", look),
    ]
    receipt = platform.commit(draft, KEY)
    assert receipt == Receipt("urn:li:share:<id>", "https://www.linkedin.com/feed/update/urn:li:share:<id>")
    sample = {"id": "urn:li:share:<id>"}
    assert door.take() == [("POST", f"{at}/posts", {"headers": headers, "json": draft["post"], "sample": sample})]
    platform.edit(Receipt("urn:li:share:5", None), post("New"))
    platform.delete(Receipt("urn:li:share:5", None))
    patch = {"patch": {"$set": {"commentary": "New"}}}
    where = f"{at}/posts/urn%3Ali%3Ashare%3A5"
    assert door.take() == [
        ("POST", where, {"headers": headers | {"X-RestLi-Method": "PARTIAL_UPDATE"}, "json": patch, "sample": {}}),
        ("DELETE", where, {"headers": headers | {"X-RestLi-Method": "DELETE"}, "sample": {}}),
    ]
    comment = platform.prepare(post("More", reply_to=receipt), KEY)
    body = {"actor": "urn:li:person:a", "object": receipt.id, "message": {"text": "More"}}
    assert comment == {"comment": body, "on": receipt.id, "text": "More", "link": None}
    assert platform.commit(comment, KEY).id == "urn:li:comment:(<post>,<id>)"
    [(_, address, said)] = door.take()
    assert address == "https://api.linkedin.com/v2/socialActions/urn%3Ali%3Ashare%3A%3Cid%3E/comments"
    assert "LinkedIn-Version" not in said["headers"]


def test_x_takes_a_text_alone(door):
    platform = x.X(x.Options(*map(Secret, "abcd")), door, Held())
    assert platform.prepare(post("A", link=LINK), KEY) == {"post": {"text": "A"}, "link": None}
    assert platform.prepare(post("A"), KEY) == {"post": {"text": "A"}, "link": None}


def test_a_webhook(door):
    platform = webhook.Webhook(webhook.Options("https://cms.example/hook"), door, Held())
    draft = platform.prepare(post("Ä", link=LINK, article={"url": LINK}, at=AT), KEY)
    body = f'{{"id":"{KEY}","type":"post","text":"Ä","link":"{LINK}","article":{{"url":"{LINK}"}},"media":[]}}'
    assert draft == {"body": body, "at": int(AT.timestamp())}
    assert platform.commit(draft, KEY) == Receipt("<post id>", "<permalink>")
    headers = {
        "Content-Type": "application/json; charset=utf-8",
        "Idempotency-Key": KEY,
        "webhook-id": KEY,
        "webhook-timestamp": str(int(AT.timestamp())),
    }
    sample = {"id": "<post id>", "url": "<permalink>"}
    said = {"headers": headers, "data": body.encode(), "sample": sample}
    assert door.take() == [("POST", "https://cms.example/hook", said)]


def test_a_folder(door, tmp_path):
    platform = folder.Folder(folder.Options(tmp_path / "a b"), door, Held())
    at = (tmp_path / "a b").as_uri()
    draft = platform.prepare(replace(STORY, language="de"), KEY)
    assert draft == {
        "text": STORY.text,
        "link": LINK,
        "language": "de",
        "at": "2026-11-23T10:00:05Z",
        "article": {"url": LINK},
        "media": [
            {"file": PICTURE.file, "mime": "image/png", "width": 8, "height": 6, "alt": "A bridge in fog"},
        ],
    }
    written = door.take()
    assert [(method, url) for method, url, _ in written] == [
        ("PUT", f"{at}/.prepared/{KEY}/{name}") for name in (PICTURE.file, "post.txt", "post.json", "index.html")
    ]
    assert [said["sample"] for *_, said in written] == [{}] * 4
    assert written[2][2]["data"].decode().startswith(f'{{\n  "key": "{KEY}",\n  "text": "A bridge opens')
    assert platform.commit(draft, KEY) == Receipt(KEY, f"{at}/{KEY}/index.html")
    moved = {"headers": {"Destination": f"{at}/{KEY}"}, "sample": {}}
    taken = door.take()
    assert taken[0] == ("MOVE", f"{at}/.prepared/{KEY}", moved)
    assert (taken[-1][:2], taken[-1][2]["sample"]) == (("PUT", f"{at}/index.html"), {})
    platform.delete(Receipt(KEY, None))
    assert door.take()[0] == ("DELETE", f"{at}/{KEY}", {"sample": {}})
