"""Records as values: their keys bit by bit, their fields, and which record is ours."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest

from syndicate.errors import AuthError, PictureRefused, Rejected
from syndicate.model import LinkCard, Receipt, Secret
from syndicate.platforms._bluesky_records import created, has_blobs, languages, links, made_at, record_key, same
from syndicate.platforms.bluesky import BLOB_LIFE, Bluesky, Options
from syndicate.testing import KEY, LINK, Held, Recorded, picture, post

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
SESSION = {"accessJwt": "access-1", "refreshJwt": "refresh-1", "did": "did:plc:gazette", "handle": "Gazette.example"}
HERE = "at://did:plc:gazette/app.bsky.feed.post/3abc"


def adapter(*replies, session=SESSION, handle="@gazette.example", **options):
    door = Recorded(*replies)
    return Bluesky(Options(handle, Secret("app-password"), **options), door, Held(session)), door


@pytest.mark.parametrize(
    ("at", "key", "tid"),
    [
        (NOON, "0" * 32, "3n2y3ep222222"),
        (NOON, "f" * 32, "3n2y3epzzzzzz"),
        (NOON, "3fffffff", "3n2y3epzzzzzz"),
        (NOON, "40000000", "3n2y3ep222222"),
        (NOON, "400", "3n2y3ep222322"),
        (NOON, "1", "3n2y3ep222223"),
        (NOON + timedelta(seconds=1.05), "1", "3n2y3eq222223"),
        (datetime(1970, 1, 1, tzinfo=UTC), "0", "2222222222222"),
    ],
)
def test_each_bit_of_a_record_key(at, key, tid):
    assert record_key(at, key) == tid


@pytest.mark.parametrize(
    ("day", "planned", "key"), [(NOON.replace(hour=0), NOON + timedelta(days=5), NOON), (None, NOON, NOON)]
)
def test_a_record_key_lies_at_noon_of_the_articles_day(day, planned, key):
    draft = adapter()[0].prepare(replace(post(), day=day, planned_at=planned), KEY)
    assert draft["rkey"] == record_key(key, KEY)


def test_a_moment_is_written_in_milliseconds_of_greenwich():
    zone = timezone(timedelta(hours=2))
    assert created(datetime(2026, 11, 23, 14, 0, 5, 120_999, tzinfo=zone)) == "2026-11-23T12:00:05.120Z"


@pytest.mark.parametrize(
    ("tag", "known"),
    [
        ("en", ["en"]),
        ("en_US", ["en-US"]),
        ("zh-Hant-TW", ["zh-Hant-TW"]),
        ("a", []),
        ("EN", ["en"]),
        ("pt-br", ["pt-br"]),
        ("es-419", ["es-419"]),
        ("abcdefgh", []),
        ("english", []),
        ("abcdefghi", []),
        ("de-CH-1996", ["de"]),
        ("en-abcdefgh1", ["en"]),
        ("en-", ["en"]),
        ("", []),
        (None, []),
    ],
)
def test_only_a_language_tag_is_one(tag, known):
    assert languages(tag) == known


@pytest.mark.parametrize(
    ("fields", "blobs"),
    [
        ({}, False),
        ({"media": (picture(),)}, True),
        ({"card": LinkCard(LINK, "A", "")}, False),
        ({"card": LinkCard(LINK, "A", "", picture())}, True),
    ],
)
def test_what_is_uploaded_may_be_used_for_an_hour(fields, blobs):
    story = post(**fields)
    assert has_blobs(story) is blobs
    replies = [(200, {"blob": {"$type": "blob"}})] if blobs else []
    draft = adapter(*replies)[0].prepare(story, KEY)
    assert ("expires_at" in draft) is blobs
    if blobs:
        assert draft["expires_at"] == (story.at + timedelta(hours=1)).isoformat().replace("+00:00", "Z")
    assert timedelta(hours=1) == BLOB_LIFE


def facet(*addresses):
    return {"features": [{"$type": "link", "uri": each} for each in addresses] + [{"$type": "tag", "tag": "x"}]}


@pytest.mark.parametrize(
    ("record", "found"),
    [
        ({}, []),
        ({"embed": None, "facets": None}, []),
        ({"embed": {"external": {"uri": "a"}}}, ["a"]),
        ({"embed": {"media": {"external": {"uri": "a"}}, "external": {"uri": "b"}}}, ["a"]),
        ({"embed": {"media": {"images": []}}}, []),
        ({"facets": [facet("a", "b"), {}, {"features": None}, facet("c")]}, ["a", "b", "c"]),
        ({"embed": {"external": {"uri": "z"}}, "facets": [facet("a")]}, ["z", "a"]),
    ],
)
def test_the_links_of_a_record(record, found):
    assert links(record) == found


OURS = {"text": "Words here", "createdAt": "2026-11-23T12:00:00.000Z", "embed": {"external": {"uri": LINK}}}


@pytest.mark.parametrize(
    ("theirs", "ours"),
    [
        ({"createdAt": OURS["createdAt"]}, True),
        ({"text": "Words   here"}, True),
        ({"text": "Other words"}, False),
        ({"facets": [facet("https://x.example/", LINK)]}, True),
        ({"facets": [facet("https://x.example/")]}, False),
        ({}, False),
        ([], False),
        (None, False),
    ],
)
def test_which_record_is_ours(theirs, ours):
    assert same(OURS, theirs) is ours
    empty = OURS | {"text": ""}
    assert same(empty, {"text": ""}) is False, "no words are not the same words"


@pytest.mark.parametrize(
    ("said", "at"),
    [
        ("2026-11-23T12:00:00.000Z", NOON),
        ("2026-11-23T12:00:00", NOON),
        ("2026-11-23T14:00:00+02:00", NOON),
        ("yesterday", None),
        (None, None),
    ],
)
def test_when_a_record_says_it_was_made(said, at):
    found = made_at({"createdAt": said})
    assert found == at
    assert found is None or found.tzinfo is not None


# Listings


def listed(**fields):
    record = {"uri": HERE, "cid": "bafy", "value": {"text": "x", "createdAt": NOON.isoformat()}} | fields
    return 200, {"records": [record]}


@pytest.mark.parametrize(
    ("fields", "found"),
    [
        ({}, ("3abc", "bafy")),
        ({"cid": None}, ("3abc", "")),
        ({"uri": f"{HERE}/x"}, ("3abc/x", "bafy")),
        ({"uri": "at://did:plc:other/c/7"}, ("7", "bafy")),
        ({"uri": "at://did:plc:gazette/3abc"}, None),
        ({"value": "text"}, None),
        ({"value": {"text": "x"}}, None),
    ],
)
def test_what_is_read_of_a_listed_record(fields, found):
    platform, _ = adapter(listed(**fields))
    posts = platform.recent(NOON)
    if found is None:
        assert posts == []
        return
    rkey, cid = found
    [each] = posts
    uri = fields.get("uri", HERE)
    permalink = f"https://bsky.app/profile/Gazette.example/post/{rkey}"
    assert each.receipt == Receipt(uri, permalink, {"uri": uri, "cid": cid})
    assert (each.at, each.links, each.text) == (NOON, (), "x")


def test_a_record_without_a_cid_or_a_text_is_listed():
    platform, _ = adapter((200, {"records": [{"uri": HERE, "value": {"createdAt": NOON.isoformat()}}]}))
    [each] = platform.recent(NOON)
    assert (each.receipt.data["cid"], each.text, each.links) == ("", "", ())


def test_each_link_of_a_record_is_listed_once():
    text = "https://a.example/1 https://b.example/2, https://a.example/1"
    value = {
        "text": text,
        "createdAt": NOON.isoformat(),
        "facets": [facet("https://b.example/2", "https://c.example/")],
    }
    platform, _ = adapter(listed(value=value))
    [each] = platform.recent(NOON)
    assert each.links == ("https://b.example/2", "https://c.example/", "https://a.example/1")


@pytest.mark.parametrize(("session", "repo"), [(SESSION, "did:plc:gazette"), ({}, "gazette.example")])
def test_ten_pages_of_a_hundred_are_asked_for_without_a_session(session, repo):
    status, answer = listed()
    platform, door = adapter(*[(status, answer | {"cursor": str(page)}) for page in range(12)], session=session)
    assert len(platform.recent(NOON)) == 10
    assert len(door.calls) == 10
    first, last = door.calls[0], door.calls[-1]
    assert first.headers == {}
    asked = {"repo": repo, "collection": "app.bsky.feed.post", "limit": "100"}
    assert last.params == asked | {"cursor": "8"}


# Places of posts


@pytest.mark.parametrize(
    ("post_id", "place"),
    [
        ("at://did:plc:x/app.bsky.feed.post/3abc", ("did:plc:x", "3abc")),
        ("https://bsky.app/profile/gazette.example/post/3abc", ("did:plc:gazette", "3abc")),
        ("https://bsky.app/profile/GAZETTE.example/post/3abc/", ("did:plc:gazette", "3abc")),
        ("https://bsky.app/profile/other.handle/post/3abc?x=1", ("did:plc:gazette", "3abc")),
        ("https://bsky.app/profile/did:plc:gazette/post/3abc", ("did:plc:gazette", "3abc")),
        ("https://bsky.app/profile/stranger.example/post/3abc", None),
        ("https://bsky.app/profile/gazette.example/feed/3abc", None),
        ("https://bsky.app/profile/gazette.example/post/3abc/more", None),
    ],
)
def test_the_place_of_a_post(post_id, place):
    platform, door = adapter((200, {}), session=SESSION | {"handle": "Other.Handle"})
    if place is None:
        with pytest.raises(Rejected, match=r"is not the address of a post by @gazette\.example; delete it in the app"):
            platform.delete(Receipt(post_id, None))
        assert door.calls == []
        return
    platform.delete(Receipt(post_id, None))
    [call] = door.calls
    assert call.json == {"repo": place[0], "collection": "app.bsky.feed.post", "rkey": place[1]}
    assert call.headers == {"Authorization": "Bearer access-1"}


# The account


@pytest.mark.parametrize(
    ("state", "told"),
    [
        ({"active": False, "status": "takendown"}, "takendown"),
        ({"active": False}, "not active"),
        ({"active": True, "status": "x"}, None),
        ({}, None),
    ],
)
def test_an_account_that_is_switched_off_is_told(state, told):
    platform, door = adapter((200, {"did": "did:plc:gazette", "handle": "gazette.example"} | state))
    if told is None:
        found = platform.verify()
        assert (found.id, found.name) == ("did:plc:gazette", "@gazette.example")
        assert found.url == "https://bsky.app/profile/gazette.example"
        return
    with pytest.raises(AuthError) as refused:
        platform.verify()
    assert str(refused.value) == f"bluesky: the account @gazette.example is {told}"
    assert refused.value.hint == "log in to the app to see why, and switch it on again"
    assert refused.value.status == 200
    assert len(door.calls) == 1


@pytest.mark.parametrize("service", ["bsky.social", "ftp://bsky.social", ""])
def test_a_service_is_an_address(service):
    with pytest.raises(ValueError, match=r"is not the address of a service, such as https://bsky\.social"):
        Options("gazette.example", Secret("p"), service)


def test_whose_it_is_and_where_it_is_kept():
    options = Options("@Gazette.Example", Secret("p"), "https://pds.example/")
    assert Bluesky.whose(options) == ("https://pds.example/", "gazette.example")
    _, door = adapter((200, {}))
    for options, base in (({"service": "https://pds.example/"}, "https://pds.example"), ({}, "https://bsky.social")):
        platform, door = adapter((200, {}), **options)
        platform.delete(Receipt(HERE, None))
        assert door.calls[0].url == f"{base}/xrpc/com.atproto.repo.deleteRecord"
    platform, door = adapter((200, {}), api_url="http://127.0.0.1:1/")
    platform.delete(Receipt(HERE, None))
    assert door.calls[0].url.startswith("http://127.0.0.1:1/xrpc/")


def test_a_picture_may_have_just_so_many_bytes():
    full = replace(picture(), data=b"x" * 2_000_000)
    blob = (200, {"blob": {"ref": "b"}})
    draft = adapter(blob)[0].prepare(post(media=(full,)), KEY)
    assert draft["record"]["embed"]["images"] == [
        {"image": {"ref": "b"}, "alt": full.alt, "aspectRatio": {"width": full.width, "height": full.height}}
    ]
    for story, limit in (
        (post(media=(replace(full, data=b"x" * 2_000_001),)), 2_000_000),
        (post(card=LinkCard(LINK, "A", "", replace(full, data=b"x" * 1_000_001))), 1_000_000),
    ):
        platform, door = adapter(blob)
        with pytest.raises(PictureRefused, match=f"a picture is {limit + 1} of {limit} bytes"):
            platform.prepare(story, KEY)
        assert door.calls == []


def test_a_picture_is_uploaded_as_what_it_is():
    platform, door = adapter((200, {"blob": {"ref": "b"}}))
    story = post(card=LinkCard(LINK, "A bridge", "It opens", picture()))
    draft = platform.prepare(story, KEY)
    assert draft["record"]["embed"] == {
        "$type": "app.bsky.embed.external",
        "external": {"uri": LINK, "title": "A bridge", "description": "It opens", "thumb": {"ref": "b"}},
    }
    [call] = door.calls
    assert call.headers == {"Authorization": "Bearer access-1", "Content-Type": picture().mime}
    assert call.data == picture().data


@pytest.mark.parametrize(("text", "units"), [("abc", 3), ("a\r\nb", 3), ("é", 1), ("", 0)])
def test_a_line_end_of_two_characters_is_one(text, units):
    assert adapter()[0].measure(text) == units
