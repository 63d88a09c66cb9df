"""Searching a network's own listing: how far, what counts as ours, and what leaves it open."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from syndicate.errors import AuthError, Rejected, Unavailable, Uncertain, Unsupported
from syndicate.model import Receipt, Secret
from syndicate.platforms import bluesky, facebook, mastodon, x
from syndicate.testing import KEY, LINK, Held, Recorded, post
from tests.worlds import adapters

SINCE = datetime(2026, 11, 23, 10, tzinfo=UTC)
ACCOUNT = (200, {"id": 7, "acct": "gazette"})
ME = (200, {"data": {"id": "7", "username": "gazette"}})
DRAFT = {"status": "A bridge", "link": LINK}
FACEBOOK_DRAFT = {"message": "A bridge", "address": LINK}
X_DRAFT = {"post": {"text": "A bridge"}, "link": LINK}


def status(number=1, at="2026-11-23T10:00:00Z", content=f'<a href="{LINK}">x</a>', **more):
    return {"id": number, "created_at": at, "content": content} | more


def page_post(number="77_1", at="2026-11-23T10:00:00+0000", **more):
    return {"id": number, "created_time": at, "message": f"A bridge {LINK}"} | more


def facebook_adapter(*replies):
    door = Recorded(*replies)
    return facebook.Facebook(facebook.Options("77", Secret("t")), door, Held()), door


def paged(posts, after="c1", *, more=True):
    paging = {"cursors": {"after": after}} | ({"next": "https://x"} if more else {})
    return (200, {"data": posts, "paging": paging})


# Mastodon


@pytest.mark.parametrize(
    ("shown", "number"),
    [
        (status(at="2026-11-23T10:00:00Z"), "1"),
        (status(at="2026-11-23T09:59:59.999Z"), None),
        (status(number="12"), "12"),
        (status(content=None, card={"url": LINK}), "1"),
        (status(content=None, card={"url": None}), None),
        (status(content=None, card=None), None),
        (status(content=f"<p>x {LINK}</p>"), "1"),
        (status(content=f"<b href='{LINK}'>x</b>"), None),
        (status(content=f"<a rel='{LINK}'>x</a>"), None),
    ],
)
def test_a_status_of_mastodon_is_ours_if_it_has_the_link(shown, number):
    platform, _ = adapters.mastodon(ACCOUNT, (200, [shown]), (200, []))
    found = platform.find(DRAFT, KEY, SINCE)
    assert (found and found.id) == number
    platform, _ = adapters.mastodon(ACCOUNT, (200, [shown]), (200, []))
    assert platform.find(DRAFT | {"others": ["1", "12"]}, KEY, SINCE) is None


def test_a_permalink_of_mastodon_is_its_url_else_its_uri():
    for said, permalink in (({"url": "u", "uri": "v"}, "u"), ({"url": None, "uri": "v"}, "v"), ({}, None)):
        platform, _ = adapters.mastodon(ACCOUNT, (200, [status(**said)]))
        assert platform.find(DRAFT, KEY, SINCE) == Receipt("1", permalink)


def test_a_status_without_a_link_is_ours_by_its_whole_text():
    draft = {"status": "One\ntwo & three", "link": None}
    for content, ours in (("<p>One<br>two</p><p>&amp; three</p>", True), ("<p>One two</p>", False)):
        platform, _ = adapters.mastodon(ACCOUNT, (200, [status(content=content)]), (200, []))
        assert (platform.find(draft, KEY, SINCE) is not None) == ours


def test_mastodon_is_searched_for_a_thousand_statuses_and_no_further():
    pages = [(200, [status(number, content="")]) for number in range(1, 26)]
    platform, door = adapters.mastodon(ACCOUNT, *pages)
    with pytest.raises(Unsupported, match="more than 1000 statuses"):
        platform.find(DRAFT, KEY, SINCE)
    assert len(door.calls) == 26
    assert door.calls[1].url == "https://social.example/api/v1/accounts/7/statuses"
    assert [call.params.get("max_id") for call in door.calls[1:]] == [None, *range(1, 25)]
    platform, _ = adapters.mastodon(ACCOUNT, *pages[:24], (200, [status()]))
    assert platform.find(DRAFT, KEY, SINCE).id == "1"


@pytest.mark.parametrize(
    ("replies", "kind"),
    [
        ([(401, "")], AuthError),
        ([(200, {"acct": "gazette"})], Uncertain),
        ([ACCOUNT, (500, "")], Unavailable),
        ([ACCOUNT, (403, {"error": "no"})], AuthError),
    ],
)
def test_a_look_up_at_mastodon_that_fails_is_no_absence(replies, kind):
    platform, _ = adapters.mastodon(*replies)
    with pytest.raises(kind):
        platform.find(DRAFT, KEY, SINCE)


# Facebook


@pytest.mark.parametrize(
    ("shown", "ours"),
    [
        (page_post(), True),
        (page_post(at="2026-11-23T09:59:59+0000"), False),
        (page_post(message=None, attachments={"data": [{}, {"unshimmed_url": LINK}]}), True),
        (page_post(message=None, attachments={"data": [{"unshimmed_url": None}]}), False),
        (page_post(message=None, attachments=None), False),
        (page_post(message="A bridge"), False),
    ],
)
def test_a_post_of_a_page_is_ours_if_it_has_the_link(shown, ours):
    platform, _ = facebook_adapter((200, {"data": [shown]}))
    assert platform.find(FACEBOOK_DRAFT, KEY, SINCE) == (
        Receipt("77_1", "https://www.facebook.com/77_1") if ours else None
    )
    platform, _ = facebook_adapter((200, {"data": [shown]}))
    assert platform.find(FACEBOOK_DRAFT | {"others": ["77_1"]}, KEY, SINCE) is None


@pytest.mark.parametrize(
    ("first", "calls"),
    [
        (paged([page_post(message="x")]), 2),
        (paged([page_post(message="x")], more=False), 1),
        (paged([page_post(message="x")], after=""), 1),
        (paged([]), 1),
        ((200, {"data": [page_post(message="x")], "paging": {"next": "https://x", "cursors": None}}), 1),
        ((200, {"data": [page_post(message="x")], "paging": None}), 1),
        ((200, {}), 1),
    ],
)
def test_a_page_is_read_on_while_there_is_more(first, calls):
    platform, door = facebook_adapter(first, (200, {"data": []}))
    assert platform.find(FACEBOOK_DRAFT, KEY, SINCE) is None
    assert len(door.calls) == calls
    fields = "id,message,created_time,permalink_url,attachments{unshimmed_url}"
    assert door.calls[0].params == {"limit": "25", "fields": fields}
    if calls == 2:
        assert door.calls[1].params == {"limit": "25", "fields": fields, "after": "c1"}


def test_facebook_is_searched_for_ten_pages_and_no_further():
    pages = [paged([page_post(message="x")])] * 10
    platform, door = facebook_adapter(*pages)
    with pytest.raises(Unsupported, match="too many posts"):
        platform.find(FACEBOOK_DRAFT, KEY, SINCE)
    assert len(door.calls) == 10
    platform, _ = facebook_adapter(*pages[:9], (200, {"data": [page_post()]}))
    assert platform.find(FACEBOOK_DRAFT, KEY, SINCE)


# X


def listed(number="5", text=f"A bridge {LINK}", **more):
    return {"id": number, "text": text} | more


def tweets(*posts, token=None):
    return (200, {"data": list(posts), "meta": {"next_token": token} if token else {}})


@pytest.mark.parametrize(
    ("shown", "ours"),
    [
        (listed(), True),
        (listed(text="A bridge"), False),
        (listed(text="x https://t.co/a", entities={"urls": [{}, {"expanded_url": LINK}]}), True),
        (listed(text="x https://t.co/a", entities={"urls": [{"expanded_url": "y", "unwound_url": LINK}]}), True),
        (listed(text="x https://t.co/a", entities={"urls": [{"url": LINK}]}), False),
        (listed(text=None), False),
        (listed(entities=None), True),
    ],
)
def test_a_post_of_x_is_ours_if_its_link_leads_there(shown, ours):
    platform, _ = adapters.x(ME, tweets(shown))
    assert platform.find(X_DRAFT, KEY, SINCE) == (Receipt("5", "https://x.com/i/status/5") if ours else None)
    platform, _ = adapters.x(ME, tweets(shown))
    assert platform.find(X_DRAFT | {"others": ["5"]}, KEY, SINCE) is None


@pytest.mark.parametrize(
    ("shown", "ours"),
    [
        ("A bridge https://t.co/a https://t.co/b", True),
        ("A bridgehttps://t.co/a", True),
        ("https://t.co/a A bridge", False),
        ("A bridge of", False),
    ],
)
def test_a_post_of_x_without_a_link_is_ours_by_its_text(shown, ours):
    platform, door = adapters.x(ME, tweets(listed(text=shown)))
    assert (platform.find(X_DRAFT | {"link": None}, KEY, SINCE) is not None) == ours
    assert len(door.calls) == 2  # where its links lead is not asked


def test_x_is_searched_for_ten_pages_and_no_further():
    pages = [tweets(listed(text="x"), token=f"n{number}") for number in range(10)]
    platform, door = adapters.x(ME, *pages)
    with pytest.raises(Unsupported, match="too many posts"):
        platform.find(X_DRAFT, KEY, SINCE)
    assert [call.params.get("pagination_token") for call in door.calls[1:]] == [None, *(f"n{n}" for n in range(9))]
    platform, _ = adapters.x(ME, *pages[:9], tweets(listed()))
    assert platform.find(X_DRAFT, KEY, SINCE)


REFUSED_FIELDS = (400, {"detail": "The query parameter [tweet.fields] is not known"})
HIDDEN = tweets(listed(text="x https://t.co/a"))
SHOWN = tweets(listed(text="x https://t.co/a", entities={"urls": [{"expanded_url": LINK}]}))


@pytest.mark.parametrize(
    ("replies", "names", "outcome"),
    [
        ([SHOWN], ["tweet.fields"], "5"),
        ([REFUSED_FIELDS, SHOWN], ["tweet.fields", "post.fields"], "5"),
        ([(400, b"\xff tweet.fields"), SHOWN], ["tweet.fields", "post.fields"], "5"),
        ([HIDDEN, SHOWN], ["tweet.fields", "post.fields"], "5"),
        ([HIDDEN, HIDDEN], ["tweet.fields", "post.fields"], Unsupported),
        ([REFUSED_FIELDS, HIDDEN], ["tweet.fields", "post.fields"], Unsupported),
        ([REFUSED_FIELDS, REFUSED_FIELDS], ["tweet.fields", "post.fields"], Rejected),
        ([(400, {"detail": "start_time is wrong"})], ["tweet.fields"], Rejected),
        ([(503, {"detail": "tweet.fields"})], ["tweet.fields"], Unavailable),
        ([(401, {"detail": "tweet.fields"})], ["tweet.fields"], AuthError),
    ],
)
def test_where_links_lead_is_asked_by_both_names_and_else_left_open(replies, names, outcome):
    platform, door = adapters.x(ME, *replies)
    if isinstance(outcome, str):
        assert platform.find(X_DRAFT, KEY, SINCE).id == outcome
    else:
        with pytest.raises(outcome):
            platform.find(X_DRAFT, KEY, SINCE)
    asked = [{name: value for name, value in call.params.items() if "fields" in name} for call in door.calls[1:]]
    assert asked == [{name: "created_at,entities"} for name in names]
    assert {call.url for call in door.calls[1:]} == {"https://api.x.com/2/users/7/tweets"}


# Bluesky


RECORD = {"createdAt": "2026-11-23T10:00:00.000Z", "text": "A bridge"}


def embedded(address):
    return {"embed": {"external": {"uri": address}}}


def marked(address):
    return {"facets": [{"features": [{"uri": None}, {"uri": address}]}, {"features": None}]}


@pytest.mark.parametrize(
    ("ours", "theirs", "same"),
    [
        (RECORD, RECORD | {"text": "Another"}, True),
        (RECORD, RECORD | {"createdAt": "2020"}, True),
        (RECORD, {"createdAt": "2020", "text": "Another"}, False),
        (RECORD | {"text": ""}, {"createdAt": "2020", "text": ""}, False),
        (RECORD | embedded(LINK), {"createdAt": "2020"} | embedded(LINK), True),
        (RECORD | embedded(LINK), {"createdAt": "2020"} | marked(LINK), True),
        (RECORD | marked(LINK), {"createdAt": "2020"} | embedded(LINK), True),
        (RECORD | embedded(LINK), {"createdAt": "2020"} | embedded(f"{LINK}2"), False),
        (RECORD | {"embed": {"external": None}}, {"createdAt": "2020", "embed": None}, False),
        (RECORD, {}, False),
        (RECORD, "A bridge", False),
    ],
)
def test_a_record_is_ours_by_instant_text_or_link(ours, theirs, same):
    answer = {"uri": "at://did:plc:gazette/c/k", "cid": "b", "value": theirs or {"x": 1}}
    platform, _ = adapters.bluesky((200, answer))
    draft = {"repo": "did:plc:gazette", "rkey": "k", "record": ours}
    if same:
        permalink = "https://bsky.app/profile/gazette.example/post/k"
        found = platform.find(draft, KEY, SINCE)
        assert found == Receipt(answer["uri"], permalink, {"uri": answer["uri"], "cid": "b"})
    else:
        with pytest.raises(Rejected, match="holds another post"):
            platform.find(draft, KEY, SINCE)


@pytest.mark.parametrize(
    ("reply", "kind"),
    [
        ((400, {"error": "RecordNotFound"}), None),
        ((404, {"error": "RecordNotFound"}), Rejected),
        ((400, {"error": "InvalidRequest"}), Rejected),
        ((400, {"error": "RepoDeactivated"}), AuthError),
        ((200, {"uri": "u", "cid": "c"}), Uncertain),
        ((200, {"uri": "u", "value": RECORD}), Uncertain),
        ((200, {"cid": "u", "value": RECORD}), Uncertain),
    ],
)
def test_only_one_answer_says_that_a_record_is_not_there(reply, kind):
    platform, _ = adapters.bluesky(reply)
    draft = {"repo": "did:plc:gazette", "rkey": "k", "record": RECORD}
    if kind is None:
        assert platform.find(draft, KEY, SINCE) is None
    else:
        with pytest.raises(kind):
            platform.find(draft, KEY, SINCE)


@pytest.mark.parametrize(
    ("planned_at", "key", "record_key"),
    [
        (datetime(1970, 1, 1, tzinfo=UTC), "0", "2222222222222"),
        (datetime(1970, 1, 1, tzinfo=UTC), "3fffffff", "2222222zzzzzz"),
        (datetime(1970, 1, 1, tzinfo=UTC), "40000000", "2222222222222"),
        (datetime(1970, 1, 1, 0, 0, 1, 48_575, tzinfo=UTC), "0", "2222222222222"),
        (datetime(1970, 1, 1, 0, 0, 1, 48_576, tzinfo=UTC), "0", "2222223222222"),
        (datetime(2026, 11, 23, 10, tzinfo=UTC), KEY, bluesky.record_key(SINCE, "00" + KEY)),
    ],
)
def test_a_record_key_is_made_of_second_and_delivery(planned_at, key, record_key):
    assert bluesky.record_key(planned_at, key) == record_key


@pytest.mark.parametrize(
    ("tag", "sent"),
    [
        ("en", ["en"]),
        ("en_US", ["en-US"]),
        ("zh-Hant-TW", ["zh-Hant-TW"]),
        ("e", None),
        ("abcdefghi", None),
        ("en-abcdefghi", ["en"]),
        ("en ", None),
        ("", None),
        (None, None),
    ],
)
def test_a_language_of_bluesky_is_a_tag_or_none(tag, sent):
    assert adapters.bluesky()[0].prepare(post(language=tag), KEY)["record"].get("langs") == sent


def test_mastodon_s_options_are_those_of_the_server():
    assert mastodon.Options("http://a.example", Secret("t")).visibility == "public"
    with pytest.raises(ValueError, match="is not the address of a service"):
        bluesky.Options("a.example", Secret("t"), "bsky.social")
    assert bluesky.Options("a.example", Secret("t"), "http://localhost:2583").name == "a.example"
    assert x.Options(*[Secret("1-a")] * 4).user == "1"
