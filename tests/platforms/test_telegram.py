from __future__ import annotations

import json
import traceback
from dataclasses import replace

import pytest

from syndicate.errors import (
    AuthError,
    PictureRefused,
    RateLimited,
    Rejected,
    TextRefused,
    Unavailable,
    Uncertain,
    Unsupported,
)
from syndicate.model import Ask, Choose, Receipt, Secret, Span
from syndicate.net.dry_run import DryHttp
from syndicate.net.http import RequestsHttp
from syndicate.platforms.telegram import Options, Telegram
from syndicate.testing import (
    KEY,
    LINK,
    OTHER_KEY,
    Held,
    PlatformContract,
    Recorded,
    illustrated,
    linked,
    now,
    picture,
    post,
    refusing_url,
)

TOKEN = "123456789:" + "AAh-_x7" * 5
NOTHING_YET = Options()
CHANNEL = {"id": -1001234567890, "type": "channel", "title": "The Gazette", "username": "gazette"}
BOT = {"id": 99, "is_bot": True, "username": "gazette_bot"}
ADMIN = {"status": "administrator", "can_post_messages": True}


def ok(result):
    return (200, {"ok": True, "result": result})


SENT = ok({"message_id": 17, "chat": CHANNEL})


def refusal(words, code=400, **parameters):
    body = {"ok": False, "error_code": code, "description": words}
    return (code, body | ({"parameters": parameters} if parameters else {}))


def adapter(*replies, chat="@gazette", held=None):
    door = Recorded(*replies)
    return Telegram(Options(Secret(TOKEN), chat), door, Held(held)), door


class TestAgainstTheSandbox(PlatformContract):
    secrets = (TOKEN,)

    def make(self, http, url, credentials):
        return Telegram(Options(Secret(TOKEN), "@gazette", api_url=url), http, credentials)

    @pytest.fixture
    def network(self, sandbox):
        return sandbox

    @pytest.fixture
    def http(self, described):
        return described("telegram")

    def test_an_album_is_one_post_and_is_deleted_whole(self, platform, network):
        story = post("Fog", media=tuple(picture(8 + number) for number in range(3)))
        receipt = platform.commit(platform.prepare(story, KEY), KEY)
        assert len(receipt.data["messages"]) == 3
        [shown] = network.posts()
        assert (shown["text"], len(shown["media"])) == ("Fog", 3)
        platform.delete(receipt)
        assert network.posts() == []

    def test_a_caption_is_changed_as_a_caption(self, platform, network):
        receipt = platform.commit(platform.prepare(illustrated(), KEY), KEY)
        platform.edit(receipt, illustrated(text="The bridge is open"))
        assert network.posts()[0]["text"] == f"The bridge is open {LINK}"
        by_hand = Receipt(receipt.permalink, None)  # of which nobody knows whether it has a picture
        platform.edit(by_hand, illustrated(text="The bridge is shut"))
        assert network.posts()[0]["text"] == f"The bridge is shut {LINK}"

    def test_a_text_below_a_picture_is_shorter(self, platform, network):
        platform.commit(platform.prepare(post("x" * 1024, media=(picture(),)), KEY), KEY)
        with pytest.raises(TextRefused, match="caption is too long"):
            platform.commit(platform.prepare(post("x" * 1025, media=(picture(),)), KEY), OTHER_KEY)
        assert len(network.posts()) == 1

    @pytest.mark.parametrize("wrong", [picture(8001, 2000), picture(210, 10), picture(size=10_485_761)])
    def test_a_picture_that_telegram_does_not_take_is_told_as_such(self, platform, network, wrong):
        with pytest.raises(PictureRefused):
            platform.commit(platform.prepare(post("Fog", media=(wrong,)), KEY), KEY)
        assert network.posts() == []

    def test_pictures_are_veiled_where_the_account_wants_it(self, platform, network):
        for number, count in enumerate((1, 3)):
            story = replace(post("Fog", media=(picture(),) * count), sensitive=True)
            platform.commit(platform.prepare(story, f"{number:032x}"), f"{number:032x}")
        assert [shown["sensitive"] for shown in network.posts()] == [True, True]

    def test_a_reply_names_the_message(self, platform):
        receipt = platform.commit(platform.prepare(post("First"), KEY), KEY)
        draft = platform.prepare(post("Second", reply_to=receipt), OTHER_KEY)
        chat, _, number = receipt.id.partition("/")
        assert draft["fields"]["reply_parameters"] == {
            "message_id": int(number),
            "chat_id": chat,
            "allow_sending_without_reply": False,
        }
        platform.commit(draft, OTHER_KEY)


def test_a_link_beside_the_text_draws_the_box_and_is_on_the_first_words():
    platform, door = adapter(SENT)
    draft = platform.prepare(post("🌉 A bridge opens\n\nToday", link=LINK), KEY)
    receipt = platform.commit(json.loads(json.dumps(draft)), KEY)
    [call] = door.calls
    assert call.url == f"https://api.telegram.org/bot{TOKEN}/sendMessage"
    assert call.json == {
        "chat_id": "@gazette",
        "text": "🌉 A bridge opens\n\nToday",
        "link_preview_options": {"url": LINK, "prefer_large_media": True},
        "entities": [{"type": "text_link", "offset": 0, "length": 17, "url": LINK}],
    }
    assert receipt == Receipt("-1001234567890/17", "https://t.me/gazette/17")


def test_without_a_link_no_box_is_drawn_of_a_name_that_looks_like_one():
    platform, door = adapter(SENT)
    platform.commit(platform.prepare(post("Booking.com opens an office"), KEY), KEY)
    assert door.calls[0].json["link_preview_options"] == {"is_disabled": True}
    assert "entities" not in door.calls[0].json


@pytest.mark.parametrize(
    ("text", "spans", "marked"),
    [
        (f"Fog {LINK}", (Span(4, 4 + len(LINK), "link", LINK),), []),
        (
            "橋🌉 https://a.example/x) now",
            (Span(3, 23, "link", "https://a.example/x)"),),
            [{"type": "text_link", "offset": 4, "length": 20, "url": "https://a.example/x)"}],
        ),
        ("#Fog\nToday", (Span(0, 4, "tag", "Fog"),), [{"offset": 0, "length": 10}]),
        ("Fog #Sea\nToday", (Span(4, 8, "tag", "Sea"),), [{"offset": 0, "length": 3}]),
    ],
)
def test_a_link_is_marked_where_telegram_would_not_find_it(text, spans, marked):
    platform, _ = adapter()
    draft = platform.prepare(post(text, link=None if "http" in text else LINK, spans=spans), KEY)
    found = draft["fields"].get("entities", [])
    assert [{name: each[name] for name in wanted} for each, wanted in zip(found, marked, strict=True)] == marked


def test_a_picture_goes_with_its_text_and_may_be_veiled():
    platform, door = adapter(SENT)
    story = replace(illustrated(), sensitive=True)
    receipt = platform.commit(json.loads(json.dumps(platform.prepare(story, KEY))), KEY)
    [call] = door.calls
    assert call.url.endswith("/sendPhoto")
    assert call.data == {"chat_id": "@gazette", "caption": story.text, "has_spoiler": "true"}
    assert call.files == {"photo": (story.media[0].file, story.media[0].data, "image/png")}
    assert receipt.data == {"captioned": True}


def test_an_album_names_its_files():
    platform, door = adapter(ok([{"message_id": 5, "chat": CHANNEL}, {"message_id": 6, "chat": CHANNEL}]))
    receipt = platform.commit(platform.prepare(post("Fog", media=(picture(), picture(9))), KEY), KEY)
    album = json.loads(door.calls[0].data["media"])
    assert album == [
        {"type": "photo", "media": "attach://p0", "caption": "Fog"},
        {"type": "photo", "media": "attach://p1"},
    ]
    assert {*door.calls[0].files} == {"p0", "p1"}
    assert receipt.data == {"captioned": True, "messages": [5, 6]}


@pytest.mark.parametrize(
    ("chat", "permalink"),
    [
        (CHANNEL, "https://t.me/gazette/17"),
        ({"id": -1001234567890, "type": "channel"}, "https://t.me/c/1234567890/17"),
        ({"id": -4212345, "type": "group"}, None),
    ],
)
def test_a_permalink_is_what_those_can_open_who_may(chat, permalink):
    platform, _ = adapter(ok({"message_id": 17, "chat": chat}))
    assert platform.commit(platform.prepare(post(), KEY), KEY).permalink == permalink


@pytest.mark.parametrize("result", [None, [], {}, {"message_id": 17}, {"message_id": "x", "chat": {"id": 1}}, True])
def test_an_answer_without_the_message_s_number_is_uncertain(result):
    platform, _ = adapter(ok(result))
    with pytest.raises(Uncertain):
        platform.commit(platform.prepare(post(), KEY), KEY)


def test_it_cannot_be_asked_what_it_got():
    with pytest.raises(Unsupported, match="cannot look up"):
        adapter()[0].find({}, KEY, now())


ERRORS = [
    (refusal("Unauthorized", 401), AuthError, "@BotFather"),
    (refusal("Not Found", 404), AuthError, "@BotFather"),
    (refusal("Bad Request: chat not found"), AuthError, "@name or its number"),
    (refusal("Bad Request: need administrator rights in the channel chat"), AuthError, "administrator"),
    (refusal("Bad Request: not enough rights to send photos to the chat"), AuthError, "administrator"),
    (refusal("Bad Request: CHAT_WRITE_FORBIDDEN"), AuthError, "administrator"),
    (refusal("Forbidden: bot was kicked from the channel chat", 403), AuthError, "administrator"),
    (refusal("Forbidden: bot is not a member of the channel chat", 403), AuthError, "administrator"),
    (refusal("Forbidden: the group chat was deleted", 403), AuthError, "administrator"),
    (refusal("Forbidden: something new", 403), AuthError, "administrator"),
    (refusal("Too Many Requests: retry after 37", 429, retry_after=37), RateLimited, None),
    (refusal("Bad Request: message is too long"), TextRefused, None),
    (refusal("Bad Request: message caption is too long"), TextRefused, None),
    (refusal("Bad Request: MEDIA_CAPTION_TOO_LONG"), TextRefused, None),
    (refusal("Bad Request: message text is empty"), Rejected, None),
    (refusal("Bad Request: PHOTO_INVALID_DIMENSIONS"), PictureRefused, None),
    (refusal("Bad Request: IMAGE_PROCESS_FAILED"), PictureRefused, None),
    (refusal("Request Entity Too Large", 413), PictureRefused, None),
    (refusal("Bad Request: something new"), Rejected, None),
    (refusal("Internal Server Error: restart", 500), Uncertain, None),
    (refusal("Bad Gateway", 502), Uncertain, None),
    ((502, "<h1>Bad gateway</h1>"), Uncertain, None),
    ((200, "<h1>captive portal</h1>"), Uncertain, None),
    ((403, "<!DOCTYPE html><title>Blocked</title>"), Unavailable, None),
]


@pytest.mark.parametrize(("reply", "kind", "hint"), ERRORS)
def test_each_refusal_says_what_to_do_next(reply, kind, hint):
    platform, _ = adapter(reply)
    with pytest.raises(kind) as caught:
        platform.commit(platform.prepare(post(), KEY), KEY)
    assert type(caught.value) is kind
    assert (hint in (caught.value.hint or "")) if hint else caught.value.hint is None
    if isinstance(reply[1], dict):
        assert reply[1]["description"] in str(caught.value)


def test_the_wait_is_the_one_that_telegram_asks_for():
    platform, _ = adapter(refusal("Too Many Requests: retry after 37", 429, retry_after=37))
    with pytest.raises(RateLimited) as caught:
        platform.commit(platform.prepare(post(), KEY), KEY)
    assert caught.value.retry_after == 37


def test_a_group_that_moved_is_told_with_the_cure_and_the_next_try_goes_to_its_new_number():
    moved = refusal("Bad Request: group chat was upgraded to a supergroup chat", migrate_to_chat_id=-1009876543210)
    platform, door = adapter(ok(2), moved, moved, ok({"message_id": 3, "chat": {"id": -1009876543210}}), chat="-42123")
    draft = platform.prepare(post(), KEY)
    with pytest.raises(Unavailable) as caught:  # nothing was published, so the delivery loop tries again
        platform.commit(draft, KEY)
    assert 'write chat: "-1009876543210"' in caught.value.hint
    assert len(door.calls) == 2  # one to ask, one to send; no second request within the commit
    platform.commit(platform.prepare(post(), KEY), KEY)
    assert [call.url.rpartition("/")[2] for call in door.calls[2:]] == ["getChatMemberCount", "sendMessage"]
    assert door.calls[3].json["chat_id"] == "-1009876543210"


def test_only_a_group_that_may_move_is_asked_where_it_is():
    for chat in ("@gazette", "-1001234567890"):
        platform, door = adapter(chat=chat)
        assert platform.prepare(post(), KEY)["chat"] == chat
        assert door.calls == []


@pytest.mark.parametrize(
    ("replies", "kind", "words"),
    [
        ((ok(BOT), ok(CHANNEL), ok(ADMIN)), None, ""),
        ((ok(BOT), ok(CHANNEL), ok({"status": "creator"})), None, ""),
        ((ok(BOT), ok(CHANNEL | {"type": "supergroup"}), ok({"status": "member"})), None, ""),
        ((ok(BOT), ok(CHANNEL), ok(ADMIN | {"can_post_messages": False})), AuthError, "may not post in The Gazette"),
        ((ok(BOT), ok(CHANNEL), ok({"status": "member"})), AuthError, "may not post in The Gazette"),
        ((ok(BOT), ok(CHANNEL | {"type": "group"}), ok({"status": "left"})), AuthError, "may not post"),
        ((refusal("Unauthorized", 401),), AuthError, "Unauthorized"),
        ((ok(BOT), refusal("Bad Request: chat not found")), AuthError, "chat not found"),
        ((refusal("x", 502),), Unavailable, "x"),
    ],
)
def test_a_check_looks_at_the_bot_the_channel_and_the_right_to_post(replies, kind, words):
    platform, door = adapter(*replies)
    if kind is None:
        identity = platform.verify()
        assert (identity.id, identity.name) == ("-1001234567890", "The Gazette (@gazette_bot)")
        assert identity.url == "https://t.me/gazette"
        assert [call.method for call in door.calls] == ["GET"] * 3
        return
    with pytest.raises(kind, match=words):
        platform.verify()


def test_a_check_of_a_group_that_moved_says_its_number():
    moved = refusal("Bad Request: group chat was upgraded to a supergroup chat", migrate_to_chat_id=-1009876543210)
    platform, _ = adapter(ok(BOT), moved, chat="-42123")
    with pytest.raises(AuthError) as caught:
        platform.verify()
    assert caught.value.hint == 'write chat: "-1009876543210"'


@pytest.mark.parametrize("wrong", ["Bad Request: message to delete not found", "Bad Request: message can't be deleted"])
def test_what_is_gone_is_deleted_and_what_may_not_be_is_refused(wrong):
    platform, door = adapter(refusal(wrong))
    if "not found" in wrong:
        platform.delete(Receipt("-1001234567890/17", None))
    else:
        with pytest.raises(Rejected, match="can't be deleted"):
            platform.delete(Receipt("-1001234567890/17", None))
    assert door.calls[0].json == {"chat_id": "-1001234567890", "message_id": 17}


@pytest.mark.parametrize(
    ("address", "chat", "replies", "found"),
    [
        ("https://t.me/Gazette/17", "@gazette", (), ("@Gazette", 17)),
        ("https://t.me/c/1234567890/17", "-1001234567890", (), ("-1001234567890", 17)),
        ("https://t.me/gazette/17", "-1001234567890", (ok(CHANNEL),), ("@gazette", 17)),
        ("https://t.me/c/1234567890/17", "@gazette", (ok(CHANNEL),), ("-1001234567890", 17)),
        ("https://t.me/other/17", "@gazette", (ok(CHANNEL),), None),
        ("https://t.me/gazette", "@gazette", (), None),
        ("https://elsewhere.example/gazette/17", "@gazette", (), None),
    ],
)
def test_the_address_that_a_person_gave_leads_to_its_message_in_the_account_s_own_chat(address, chat, replies, found):
    platform, door = adapter(*replies, ok(True), chat=chat)
    if found is None:
        with pytest.raises(Rejected, match="in Telegram itself"):
            platform.delete(Receipt(address, None))
        assert all(call.method == "GET" for call in door.calls)
        return
    platform.delete(Receipt(address, None))
    assert (door.calls[-1].json["chat_id"], door.calls[-1].json["message_id"]) == found


@pytest.mark.parametrize("held", [{}, {"token": "", "chat": ""}])
def test_without_a_token_or_a_chat_a_person_is_told_to_sign_in(held):
    for options in (Options(), Options(Secret(TOKEN))):
        platform = Telegram(options, Recorded(), Held(held))
        with pytest.raises(AuthError) as caught:
            platform.commit(platform.prepare(post(), KEY), KEY)
        assert "accounts login" in caught.value.hint


def test_what_signing_in_found_is_used():
    door = Recorded(SENT)
    platform = Telegram(Options(), door, Held({"token": TOKEN, "chat": "-1001234567890"}))
    platform.commit(platform.prepare(linked(platform), KEY), KEY)
    assert door.calls[0].url == f"https://api.telegram.org/bot{TOKEN}/sendMessage"
    assert door.calls[0].json["chat_id"] == "-1001234567890"


# The token is a part of each address.


def chain(fault):
    return "".join(traceback.format_exception(fault)) + repr(fault)


@pytest.mark.parametrize("secrets", [(), (TOKEN,)], ids=["typed while signing in", "of the config"])
def test_the_token_is_in_no_error_and_in_no_address_that_is_shown(sandbox, secrets):
    door = RequestsHttp(clock=now, secrets=secrets)
    try:
        nowhere = Telegram(Options(Secret(TOKEN), "@gazette", refusing_url()), door, Held())
        with pytest.raises(Unavailable) as refused:
            nowhere.verify()
        here = Telegram(Options(Secret(TOKEN), "@gazette", sandbox.url), door, Held())
        sandbox.add_faults([{"platform": "telegram", "step": "commit", "fault": "drop_before"}])
        with pytest.raises(Uncertain) as dropped:
            here.commit(here.prepare(post(), KEY), KEY)
        for caught in (refused, dropped):
            assert TOKEN not in chain(caught.value)
        reply = door.call("GET", f"{sandbox.url}/bot{TOKEN}/getMe")
        assert TOKEN not in reply.url
        dry = DryHttp(door, now)
        rehearsed = Telegram(Options(Secret(TOKEN), "@gazette", sandbox.url), dry, Held())
        rehearsed.commit(rehearsed.prepare(illustrated(), KEY), KEY)
        assert dry.calls
        assert TOKEN not in repr(dry.calls)
    finally:
        door.close()


# Signing in


def signing_in(*replies, answers, options=NOTHING_YET):
    """What is asked, and what is to be stored, or the error."""
    door = Recorded(*replies)
    talk = Telegram.sign_in(options, door, "http://127.0.0.1:1/")
    asked = []
    try:
        question = next(talk)
        for answer in answers:
            asked.append(question)
            question = talk.send(answer)
        asked.append(question)
    except StopIteration as done:
        return asked, done.value, door
    return asked, None, door


def test_signing_in_asks_for_the_token_and_the_channel_and_tries_both():
    asked, stored, door = signing_in(ok(BOT), ok(CHANNEL), ok(ADMIN), answers=[f" {TOKEN} ", "t.me/gazette"])
    assert [type(each) for each in asked] == [Ask, Ask]
    assert asked[0].secret
    assert "@gazette_bot" in asked[1].words
    assert stored == {"token": TOKEN, "chat": "-1001234567890"}
    assert door.calls[1].params == {"chat_id": "@gazette"}
    assert {call.method for call in door.calls} == {"GET"}  # nothing is published


def test_a_private_channel_is_found_by_what_was_posted_there():
    private = {"id": -1005555555555, "type": "channel", "title": "Members"}
    seen = [
        {"update_id": 1, "channel_post": {"chat": private}},
        {"update_id": 2, "my_chat_member": {"chat": CHANNEL}},
        {"update_id": 3, "message": {"chat": {"id": 7, "type": "private"}}},
        {"update_id": 4, "poll": {}},
    ]
    replies = (ok(BOT), ok(seen), ok(private), ok(ADMIN))
    asked, stored, door = signing_in(*replies, answers=[TOKEN, "", "-1005555555555"])
    assert asked[2] == Choose("Where does it post?", (("-1005555555555", "Members"), ("-1001234567890", "The Gazette")))
    assert stored == {"token": TOKEN, "chat": "-1005555555555"}
    assert door.calls[1].params == {}  # no offset: nothing is confirmed for another reader


@pytest.mark.parametrize(
    ("replies", "answers", "words"),
    [
        ((), [""], "no token was given"),
        ((refusal("Unauthorized", 401),), [TOKEN], "Unauthorized"),
        ((refusal("Not Found", 404),), ["nonsense"], "Not Found"),
        ((ok(BOT), refusal("Bad Request: chat not found")), [TOKEN, "@nowhere"], "chat not found"),
        ((ok(BOT), ok(CHANNEL), ok({"status": "left"})), [TOKEN, "@gazette"], "may not post"),
        ((ok(BOT), ok([])), [TOKEN, ""], "seen no channel"),
        ((ok(BOT), ok([{"channel_post": {"chat": CHANNEL}}])), [TOKEN, "", "-1"], "none of these"),
    ],
)
def test_signing_in_that_fails_stores_nothing(replies, answers, words):
    with pytest.raises(AuthError, match=words):
        signing_in(*replies, answers=answers)


def test_signing_in_asks_nothing_that_the_config_says():
    options = Options(Secret(TOKEN), "@gazette")
    asked, stored, _ = signing_in(ok(BOT), ok(CHANNEL), ok(ADMIN), answers=[], options=options)
    assert (asked, stored) == ([], {"token": TOKEN, "chat": "-1001234567890"})


def test_signing_in_works_against_the_sandbox(sandbox):
    door = RequestsHttp(clock=now)
    try:
        talk = Telegram.sign_in(Options(api_url=sandbox.url), door, "")
        next(talk)
        talk.send(TOKEN)
        with pytest.raises(StopIteration) as done:
            talk.send("gazette")
        platform = Telegram(Options(api_url=sandbox.url), door, Held(done.value.value))
        platform.commit(platform.prepare(linked(platform), KEY), KEY)
        assert len(sandbox.posts()) == 1
    finally:
        door.close()


FAMILY = "\N{MAN}\N{ZERO WIDTH JOINER}\N{WOMAN}\N{ZERO WIDTH JOINER}\N{GIRL}\N{ZERO WIDTH JOINER}\N{BOY}"
FLAG = "\N{REGIONAL INDICATOR SYMBOL LETTER P}\N{REGIONAL INDICATOR SYMBOL LETTER T}"
LENGTHS = [
    ("", 0),
    ("a", 1),
    ("a b", 3),
    ("\n", 1),
    ("a\r\nb", 4),
    ("a\n\nb", 4),
    ("é", 1),
    ("e\u0301", 2),
    ("ß", 1),
    ("“Fog” – it’s here…", 18),
    ("Łódź", 4),
    ("Привет", 6),
    ("Ελλάδα", 6),
    ("中" * 200, 200),
    ("日本語", 3),
    ("한국어", 3),
    ("𠮷野家", 4),  # beyond U+FFFF
    ("\u0915\u0940" * 150, 300),
    ("\u0915\u094d\u0937\u093f", 4),
    ("\u0baa\u0bca\u0ba9\u0bbf", 4),
    ("مرحبا", 5),
    ("\u0645\u064f\u062d\u064e\u0645\u0651\u064e\u062f", 8),
    ("שָׁלוֹם", 7),
    ("ภาษาไทย", 7),
    ("\N{GRINNING FACE}", 2),
    ("\N{GRINNING FACE}" * 60, 120),
    (FAMILY, 11),
    (FLAG, 4),
    ("\N{WAVING HAND SIGN}\N{EMOJI MODIFIER FITZPATRICK TYPE-4}", 4),
    ("\N{HEAVY BLACK HEART}\N{VARIATION SELECTOR-16}", 2),
    ("1\N{VARIATION SELECTOR-16}\N{COMBINING ENCLOSING KEYCAP}", 3),
    ("\N{WAVING BLACK FLAG}\U000e0067\U000e0062\U000e007f", 8),
    ("𝒻𝓸𝓰", 6),
    ("©", 1),
    ("*bold* _italic_ `code`", 22),
    ("<b>fog</b> & [link](x)", 22),
    ("~~gone~~ ||spoiler||", 20),
    ("/start @gazette #Fog $USD", 25),
    ("https://example.com/a", 21),
    ("https://www.example.com/" + "a" * 179, 203),
    ("see https://example.com/a?b=c&d=e#f.", 36),
    ("https://example.com/Übersicht/中文", 32),
    ("example.com", 11),
    ("\N{WORD JOINER}@\N{WORD JOINER}x", 4),
    ("\u202eabc", 4),
    ("\ud800", 1),  # half a character
    ("tab\there", 8),
    ("a" * 4096, 4096),
]


@pytest.mark.parametrize(("text", "length"), LENGTHS, ids=range(len(LENGTHS)))
def test_a_text_is_as_long_as_its_utf_16_units(text, length):
    assert adapter()[0].measure(text) == length
