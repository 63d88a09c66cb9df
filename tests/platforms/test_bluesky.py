from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syndicate.errors import AuthError, RateLimited, Rejected, Unavailable, Uncertain
from syndicate.model import LinkCard, Media, Secret, Span
from syndicate.platforms.bluesky import Bluesky, Options, record_key
from syndicate.testing import KEY, LINK, OTHER_KEY, Held, PlatformContract, Recorded, illustrated, linked, picture, post

SINCE = datetime(2026, 11, 23, 10, tzinfo=UTC)
HOUR = timedelta(hours=1)
SESSION = {"accessJwt": "access-1", "refreshJwt": "refresh-1", "did": "did:plc:gazette", "handle": "gazette.example"}
BLOB = {"$type": "blob", "ref": {"$link": "bafy"}, "mimeType": "image/png", "size": 80}
PUT = (200, {"uri": "at://did:plc:gazette/app.bsky.feed.post/3abc", "cid": "bafycid"})
TID = re.compile("[234567abcdefghij][234567abcdefghijklmnopqrstuvwxyz]{12}")


def adapter(*replies, session=SESSION, **options):
    door = Recorded(*replies)
    options = Options("@gazette.example", Secret("app-password"), **options)
    return Bluesky(options, door, Held(session)), door


def error(status, name, message="", headers=None):
    return (status, {"error": name, "message": message}, headers)


class TestAgainstTheSandbox(PlatformContract):
    secrets = ("app-password-1",)
    dead = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJkaWQ6cGxjOngifQ.c2lnbmF0dXJl"  # a PDS fails over an upload with no JWT

    def make(self, http, url, credentials):
        return Bluesky(Options("gazette.example", Secret("app-password-1"), api_url=url), http, credentials)

    @pytest.fixture
    def network(self, sandbox):
        return sandbox

    @pytest.fixture
    def http(self, described):
        return described("bluesky")

    def test_a_text_is_also_limited_in_bytes(self, platform, network):
        family = "\N{MAN}\N{ZERO WIDTH JOINER}\N{WOMAN}\N{ZERO WIDTH JOINER}\N{GIRL}\N{ZERO WIDTH JOINER}\N{BOY}"
        self._publish(platform, post(family * 119))
        with pytest.raises(Rejected):
            self._publish(platform, post(family * 200), OTHER_KEY)
        assert len(network.posts()) == 1

    def test_the_longest_tag_that_is_a_link_is_taken(self, platform, network):
        text = "#" + "a" * 64
        draft = platform.prepare(post(text, spans=(Span(0, len(text), "tag", text[1:]),)), KEY)
        assert draft["record"]["facets"]
        platform.commit(draft, KEY)
        assert network.posts()[0]["text"] == text

    def test_a_card_arrives_with_its_picture(self, platform, network):
        self._publish(platform, linked(platform))
        [shown] = network.posts()
        assert shown["card"]["title"] == "A bridge"
        assert shown["link"] == LINK

    def test_sessions_are_renewed_without_the_password(self, platform, network, credentials):
        before = network.stand_ins["bluesky"].logins
        credentials.value = platform.refresh(credentials.value)
        self._publish(platform, post())
        assert network.stand_ins["bluesky"].logins == before


def test_a_record_holds_what_the_template_marked():
    text = "Schöne Brücke – “öffnet” #Köln https://gazette.example/a"
    start = text.index("https")
    tag = text.index("#")
    spans = (
        Span(start, len(text), "link", LINK),
        Span(tag, tag + 5, "tag", "Köln"),
        Span(0, 7, "mention", "x.example"),
    )
    at = datetime(2026, 11, 23, 10, 0, 5, 120_000, tzinfo=UTC)
    platform, _ = adapter(error(400, "HandleNotFound"))
    draft = platform.prepare(post(text, spans=spans, language="de_DE", at=at), KEY)
    record = draft["record"]
    assert record["$type"] == "app.bsky.feed.post"
    assert record["createdAt"] == "2026-11-23T10:00:05.120Z"
    assert record["langs"] == ["de-DE"]
    assert [feature["$type"] for facet in record["facets"] for feature in facet["features"]] == [
        "app.bsky.richtext.facet#tag",
        "app.bsky.richtext.facet#link",
    ]
    marked = [
        text.encode()[facet["index"]["byteStart"] : facet["index"]["byteEnd"]].decode() for facet in record["facets"]
    ]
    assert marked == ["#Köln", "https://gazette.example/a"]
    assert record["facets"][1]["features"][0]["uri"] == LINK
    assert (draft["repo"], TID.fullmatch(draft["rkey"]) is not None) == ("did:plc:gazette", True)
    assert "embed" not in record


@pytest.mark.parametrize(
    ("answer", "did"),
    [((200, {"did": "did:plc:ana"}), "did:plc:ana"), (error(400, "InvalidRequest", "Unable to resolve handle"), None)],
)
def test_a_handle_is_a_mention_of_who_has_it_and_else_only_words(answer, did):
    text = "By @ana.example"
    platform, door = adapter(answer)
    draft = platform.prepare(post(text, spans=(Span(3, 15, "mention", "Ana.example"),)), KEY)
    record = draft["record"]
    assert record["text"] == text
    told = ["nobody has the handle @ana.example on Bluesky, so it mentions nobody"]
    assert draft.get("told", []) == ([] if did else told)
    mention = {"$type": "app.bsky.richtext.facet#mention", "did": did}
    wanted = [{"index": {"byteStart": 3, "byteEnd": 15}, "features": [mention]}] if did else []
    assert record.get("facets", []) == wanted
    assert len(door.calls) == 1
    assert draft.get("people") == ({"ana.example": did} if did else None)


def test_a_handle_whose_account_is_known_is_not_asked_for():
    platform, door = adapter()
    known = replace(
        post("By @ana.example", spans=(Span(3, 15, "mention", "Ana.example"),)), people={"ana.example": "did:plc:ana"}
    )
    [facet] = platform.prepare(known, KEY)["record"]["facets"]
    assert facet["features"] == [{"$type": "app.bsky.richtext.facet#mention", "did": "did:plc:ana"}]
    assert door.calls == []


@pytest.mark.parametrize(("kind", "length", "count"), [("tag", 64, 1), ("tag", 65, 0), ("link", 65, 1)])
def test_a_tag_of_up_to_64_letters_is_a_link(kind, length, count):
    text = "#" + "a" * length
    record = adapter()[0].prepare(post(text, spans=(Span(0, len(text), kind, text[1:]),)), KEY)["record"]
    assert len(record.get("facets", [])) == count


@given(st.text(max_size=40), st.text(min_size=1, max_size=10), st.text(max_size=20))
def test_a_facet_always_covers_just_its_words(before, words, after):
    text = before + words + after
    span = Span(len(before), len(before) + len(words), "link", LINK)
    [facet] = adapter()[0].prepare(post(text, spans=(span,)), KEY)["record"]["facets"]
    assert text.encode()[facet["index"]["byteStart"] : facet["index"]["byteEnd"]].decode() == words


def test_a_card_is_uploaded_and_embedded():
    platform, door = adapter((200, {"blob": BLOB}))
    card = LinkCard(LINK, "A bridge", "", picture())
    record = platform.prepare(post(card=card, link=LINK), KEY)["record"]
    external = {"uri": LINK, "title": "A bridge", "description": "", "thumb": BLOB}
    assert record["embed"] == {"$type": "app.bsky.embed.external", "external": external}
    [call] = door.calls
    assert call.url == "https://bsky.social/xrpc/com.atproto.repo.uploadBlob"
    assert call.data == card.thumb.data
    assert call.headers == {"Authorization": "Bearer access-1", "Content-Type": "image/png"}


def test_a_card_without_a_picture_has_no_thumb():
    platform, _ = adapter()
    record = platform.prepare(post(card=LinkCard(LINK, "A bridge", "It opens")), KEY)["record"]
    assert "thumb" not in record["embed"]["external"]


def test_pictures_take_the_place_of_the_card():
    platform, _ = adapter((200, {"blob": BLOB}))
    embed = platform.prepare(illustrated(), KEY)["record"]["embed"]
    size = {"width": 8, "height": 6}
    image = {"image": BLOB, "alt": "A bridge in fog", "aspectRatio": size}
    assert embed == {"$type": "app.bsky.embed.images", "images": [image]}


@pytest.mark.parametrize(("size", "kind"), [(1_000_001, "thumb"), (2_000_001, "image")])
def test_a_picture_that_the_server_would_refuse_later_is_refused_at_once(size, kind):
    media = Media(b"x" * size, "image/jpeg", 1, 1)
    story = post(media=(media,)) if kind == "image" else post(card=LinkCard(LINK, "", "", media))
    platform, door = adapter()
    with pytest.raises(Rejected, match=f"a picture is {size} of {size - 1} bytes"):
        platform.prepare(story, KEY)
    assert door.calls == []


def test_the_record_is_created_and_never_overwritten():
    platform, door = adapter(PUT)
    draft = platform.prepare(post(), KEY)
    receipt = platform.commit(draft, KEY)
    [call] = door.calls
    assert call.url.endswith("/xrpc/com.atproto.repo.putRecord")
    assert call.json == draft | {"collection": "app.bsky.feed.post", "swapRecord": None}
    assert receipt.id == "at://did:plc:gazette/app.bsky.feed.post/3abc"
    assert receipt.permalink == f"https://bsky.app/profile/gazette.example/post/{draft['rkey']}"
    assert receipt.data == {"uri": receipt.id, "cid": "bafycid"}


@pytest.mark.parametrize(
    ("reply", "kind", "words"),
    [
        (error(400, "ExpiredToken", "Token has expired"), AuthError, "ExpiredToken: Token has expired"),
        (error(400, "InvalidToken"), AuthError, "InvalidToken"),
        (error(401, "AuthMissing"), AuthError, "AuthMissing"),
        (error(401, ""), AuthError, None),
        (error(403, "AccountSuspended"), AuthError, "AccountSuspended"),
        (error(403, "NotYours"), Rejected, "NotYours"),
        (error(400, "AccountTakedown", "Account has been taken down"), AuthError, "taken down"),
        (error(400, "InvalidSwap", "Record was at bafycid"), Uncertain, "Record was at bafycid"),
        (error(400, "InvalidRequest", "string too big"), Rejected, "string too big"),
        (error(413, "PayloadTooLarge"), Rejected, None),
        (error(429, "RateLimitExceeded", "", {"Retry-After": "290"}), RateLimited, None),
        (error(500, "InternalServerError", "Internal Server Error"), Uncertain, None),
        ((502, "<h1>Bad gateway</h1>"), Uncertain, None),
        ((200, "<h1>captive portal</h1>"), Uncertain, None),
        ((200, {}), Uncertain, "lacks 'uri'"),
    ],
)
def test_each_refusal_of_a_record_says_what_to_do_next(reply, kind, words):
    platform, _ = adapter(reply)
    with pytest.raises(kind, match=words) as caught:
        platform.commit(platform.prepare(post(), KEY), KEY)
    assert type(caught.value) is kind


def found(record, **changes):
    return (200, {"uri": "at://did:plc:gazette/app.bsky.feed.post/3abc", "cid": "bafycid", "value": record | changes})


def test_the_own_record_is_read_without_a_session():
    draft = adapter()[0].prepare(post(), KEY)
    platform, door = adapter(found(draft["record"]), session={})
    assert platform.find(draft, KEY, SINCE).data["cid"] == "bafycid"
    [call] = door.calls
    assert call.headers == {}
    assert call.params == {"repo": "did:plc:gazette", "collection": "app.bsky.feed.post", "rkey": draft["rkey"]}


def test_a_record_that_is_not_there_was_not_sent():
    draft = adapter()[0].prepare(post(), KEY)
    platform, _ = adapter(error(400, "RecordNotFound", "Could not locate record"))
    assert platform.find(draft, KEY, SINCE) is None


def test_an_earlier_rendering_of_the_same_story_is_ours():
    story = post("A bridge opens", card=LinkCard(LINK, "A bridge", ""), link=LINK)
    old = adapter()[0].prepare(story, KEY)["record"]
    platform, _ = adapter(found(old, createdAt="2026-11-23T09:00:00.000Z", text="A bridge opened"))
    assert platform.find(adapter()[0].prepare(story, KEY), KEY, SINCE) is not None


def test_another_record_under_our_key_is_named_and_refused():
    draft = adapter()[0].prepare(post(), KEY)
    platform, _ = adapter(found({"text": "Hello", "createdAt": "2020-01-01T00:00:00.000Z"}))
    with pytest.raises(Rejected, match=r"at://did:plc:gazette/app\.bsky\.feed\.post/3abc holds another post"):
        platform.find(draft, KEY, SINCE)


def test_a_read_that_fails_is_not_an_absence():
    draft = adapter()[0].prepare(post(), KEY)
    platform, _ = adapter((502, "<h1>Bad gateway</h1>"))
    with pytest.raises(Unavailable):
        platform.find(draft, KEY, SINCE)


def test_a_session_is_refreshed_with_its_own_token():
    renewed = SESSION | {"accessJwt": "access-2", "refreshJwt": "refresh-2", "didDoc": {}}
    platform, door = adapter((200, renewed))
    assert platform.refresh(SESSION) == SESSION | {"accessJwt": "access-2", "refreshJwt": "refresh-2"}
    [call] = door.calls
    assert call.url.endswith("com.atproto.server.refreshSession")
    assert call.headers == {"Authorization": "Bearer refresh-1"}
    assert call.json is None


@pytest.mark.parametrize("refusal", [error(400, "ExpiredToken"), error(401, "AuthMissing"), error(400, "InvalidToken")])
def test_a_refresh_token_that_is_refused_leads_to_a_login(refusal):
    platform, door = adapter(refusal, (200, SESSION))
    assert platform.refresh(SESSION) == SESSION
    assert door.calls[-1].json == {"identifier": "gazette.example", "password": "app-password"}


def test_a_refresh_that_did_not_get_through_is_no_reason_to_log_in():
    platform, door = adapter((503, ""))
    with pytest.raises(Unavailable):
        platform.refresh(SESSION)
    assert len(door.calls) == 1


def test_a_wrong_password_is_an_auth_error_and_shows_no_password():
    platform, _ = adapter(error(401, "AuthenticationRequired", "Invalid identifier or password"))
    with pytest.raises(AuthError, match="Invalid identifier or password") as caught:
        platform.refresh({})
    assert "app-password" not in str(caught.value)


def test_an_answer_without_a_token_never_replaces_a_good_one():
    platform, _ = adapter((200, SESSION | {"refreshJwt": ""}))
    with pytest.raises(Uncertain):
        platform.refresh({})


def test_without_a_session_nothing_leaves():
    platform, door = adapter(session={})
    for story in (post(), illustrated()):
        with pytest.raises(AuthError, match="no session yet"):
            platform.prepare(story, KEY)
    assert door.calls == []


INSTANTS = st.datetimes(datetime(2010, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
KEYS = st.integers(0, 2**128 - 1).map(lambda number: f"{number:032x}")


@given(INSTANTS, KEYS)
def test_a_record_key_is_a_tid_and_the_same_every_time(planned_at, key):
    assert TID.fullmatch(record_key(planned_at, key))
    assert record_key(planned_at, key) == record_key(planned_at, key)


@given(INSTANTS, KEYS, KEYS)
def test_record_keys_sort_as_they_were_planned(planned_at, one, other):
    assert record_key(planned_at, one) < record_key(planned_at + timedelta(seconds=3), other)


def test_deliveries_planned_in_one_instant_have_keys_of_their_own():
    assert record_key(SINCE, KEY) != record_key(SINCE, OTHER_KEY)
    assert record_key(SINCE, "0" * 31 + "1") != record_key(SINCE, "0" * 31 + "2")


def instant_of(record_key):
    alphabet = "234567abcdefghijklmnopqrstuvwxyz"
    number = 0
    for sign in record_key:
        number = number << 5 | alphabet.index(sign)
    return datetime.fromtimestamp((number >> 10) / 1e6, UTC)


def test_a_record_key_lies_at_its_instant():
    assert abs(instant_of(record_key(SINCE, KEY)) - SINCE) < timedelta(seconds=2)


@given(st.dates(datetime(2010, 1, 1).date(), datetime(2100, 1, 1).date()), KEYS)  # noqa: DTZ001
def test_a_record_key_is_made_of_the_articles_day_whenever_it_was_planned(day, key):
    platform, _ = adapter()
    midnight = datetime(day.year, day.month, day.day, tzinfo=UTC)
    one, other = (replace(post(), day=midnight, planned_at=planned_at) for planned_at in (SINCE, SINCE + HOUR))
    assert platform.prepare(one, key)["rkey"] == platform.prepare(other, key)["rkey"]
    assert instant_of(platform.prepare(one, key)["rkey"]).date() == day


def test_what_an_earlier_version_planned_keeps_the_record_key_of_its_planning():
    platform, _ = adapter()
    assert platform.prepare(replace(post(), planned_at=SINCE), KEY)["rkey"] == record_key(SINCE, KEY)


def test_the_record_has_the_shape_of_the_lexicon(spec):
    platform, _ = adapter((200, {"blob": BLOB}))
    story = post(card=LinkCard(LINK, "A bridge", "It opens", picture()), link=LINK)
    draft = platform.prepare(story, KEY)
    main = spec("atproto-lexicons/app/bsky/feed/post.json")["defs"]["main"]["record"]
    assert set(main["required"]) <= set(draft["record"]) - {"$type"} <= set(main["properties"])
    external = spec("atproto-lexicons/app/bsky/embed/external.json")["defs"]["external"]
    assert set(external["required"]) <= set(draft["record"]["embed"]["external"]) <= set(external["properties"])
    put = spec("atproto-lexicons/com/atproto/repo/putRecord.json")["defs"]["main"]["input"]["schema"]
    platform, door = adapter(PUT)
    platform.commit(json.loads(json.dumps(draft)), KEY)
    assert set(put["required"]) <= set(door.calls[0].json) <= set(put["properties"])
