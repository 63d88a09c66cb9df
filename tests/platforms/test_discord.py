from __future__ import annotations

import json
import traceback
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from syndicate import __version__
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
from syndicate.model import Ask, Choose, LinkCard, Receipt, Secret
from syndicate.net.dry_run import DryHttp
from syndicate.net.http import RequestsHttp
from syndicate.platforms.discord import Discord, Options
from syndicate.ports import caller_site
from syndicate.sandbox.server import Sandbox
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

TOKEN = "MTk4NjIyNDgzNDcxOTI1MjQ4.Cl2FMQ.ZnCjm1XVW7vRze4b7Cq4se7kKWs"
SECRET = "aB-_" * 17
HOOK = f"https://discord.com/api/webhooks/123456789012345678/{SECRET}"
CHANNEL = "500000000000000001"
NOTHING_YET = Options()
PLACE = (200, {"id": CHANNEL, "type": 0, "guild_id": "4", "name": "news", "last_message_id": "17"})
SENT = (200, {"id": "17", "channel_id": CHANNEL})
SINCE = datetime(2026, 11, 23, 10, tzinfo=UTC)
ME = (200, {"id": "9", "username": "gazette"})


def adapter(*replies, held=None, **options):
    door = Recorded(*replies)
    return Discord(Options(**options or {"bot_token": Secret(TOKEN), "channel": CHANNEL}), door, Held(held)), door


def hooked(*replies, address=HOOK):
    return adapter(*replies, webhook_url=Secret(address))


def refusal(code, status=400, message="Discord says no", **more):
    return (status, {"message": message, "code": code} | more)


def wrong(field, code="BASE_TYPE_MAX_LENGTH", words="Must be 2000 or fewer in length."):
    errors = {"_errors": [{"code": code, "message": words}]}
    for name in reversed(field.split(".")):
        errors = {name: errors}
    return refusal(50035, message="Invalid Form Body", errors=errors)


class TestABotAgainstTheSandbox(PlatformContract):
    secrets = (TOKEN,)
    uploads = False

    def make(self, http, url, credentials):
        return Discord(Options(bot_token=Secret(TOKEN), channel=CHANNEL, api_url=url), http, credentials)

    @pytest.fixture
    def network(self, sandbox):
        return sandbox

    @pytest.fixture
    def http(self, described):
        return described("discord")

    def test_a_key_that_discord_has_forgotten_is_looked_up(self, http, credentials, since):
        with Sandbox(quirks={"discord": {"nonces": 0}}) as sandbox:
            platform = self.make(http, sandbox.url, credentials)
            draft = platform.prepare(linked(platform), KEY)
            receipt = platform.commit(draft, KEY)
            assert platform.find(draft, KEY, since) == receipt
            platform.commit(draft, KEY)  # the window is over: that is what the look-up is for
            assert len(sandbox.posts()) == 2

    def test_an_edit_changes_the_words_of_the_box_and_keeps_its_picture(self, platform, network):
        card = LinkCard(LINK, "A bridge", "It opens", picture(alt="A bridge in fog"))
        receipt = platform.commit(platform.prepare(post("Fog", link=LINK, card=card), KEY), KEY)
        [before] = network.posts()
        assert before["card"]["image"] == before["media"][0]
        changed = post("Fog", link=LINK, card=replace(card, title="A bridge is open"))
        platform.edit(receipt, changed)
        [after] = network.posts()
        assert (after["card"]["title"], after["card"]["image"]) == ("A bridge is open", before["card"]["image"])

    def test_where_a_bot_may_not_read_nothing_is_taken_for_absent(self, http, credentials, since):
        with Sandbox(quirks={"discord": {"unreadable": (CHANNEL,)}}) as sandbox:
            platform = self.make(http, sandbox.url, credentials)
            draft = platform.prepare(linked(platform), KEY)
            platform.commit(draft, KEY)
            with pytest.raises(Unsupported, match="Read Message History"):
                platform.find(draft, KEY, since)
            with pytest.raises(Unsupported, match="Read Message History"):
                platform.recent(since)
            with pytest.raises(AuthError) as caught:
                platform.verify()
            assert "Read Message History" in caught.value.hint

    def test_a_forum_and_a_channel_that_nobody_knows_are_told_before_anything_is_sent(self, http, credentials):
        for quirk, words in (("forums", "forum"), ("absent", "Unknown Channel")):
            with Sandbox(quirks={"discord": {quirk: (CHANNEL,)}}) as sandbox:
                with pytest.raises(AuthError, match=words) as caught:
                    self.make(http, sandbox.url, credentials).prepare(post(), KEY)
                assert "channel" in caught.value.hint

    def test_a_reply_names_the_message(self, platform):
        receipt = platform.commit(platform.prepare(post("First"), KEY), KEY)
        draft = platform.prepare(post("Second", reply_to=receipt), OTHER_KEY)
        channel, _, number = receipt.id.partition("/")
        reference = {"message_id": number, "channel_id": channel, "fail_if_not_exists": True}
        assert draft["body"]["message_reference"] == reference
        platform.commit(draft, OTHER_KEY)


class TestAWebhookAgainstTheSandbox(PlatformContract):
    secrets = (SECRET,)

    def make(self, http, url, credentials):
        return Discord(Options(webhook_url=Secret(HOOK), api_url=url), http, credentials)

    @pytest.fixture
    def network(self, sandbox):
        return sandbox

    @pytest.fixture
    def http(self, described):
        return described("discord")

    def test_recent_is_not_to_be_had(self, platform, since):
        with pytest.raises(Unsupported):
            platform.recent(since)

    # A webhook lists nothing, and says so; the contract's listing is not for it.
    test_its_recent_posts_are_listed_with_their_links_and_receipts = None
    test_more_recent_posts_than_a_page_has_are_listed_too = None
    test_a_listing_that_fails_is_not_an_empty_one = None

    def test_a_forum_is_told_with_the_cure(self, http, credentials):
        with Sandbox(quirks={"discord": {"forums": ("123456789012345678",)}}) as sandbox:
            platform = self.make(http, sandbox.url, credentials)
            with pytest.raises(AuthError, match="thread_name or thread_id") as caught:
                platform.commit(platform.prepare(post(), KEY), KEY)
            assert "forum" in caught.value.hint
            threaded = Discord(Options(Secret(f"{HOOK}?thread_id=88"), api_url=sandbox.url), http, credentials)
            threaded.commit(threaded.prepare(post(), KEY), KEY)
            assert len(sandbox.posts()) == 1


def test_it_says_whose_bot_it_is():
    platform, door = adapter(PLACE, SENT)
    door.site = "https://gazette.example/"
    platform.commit(platform.prepare(post(), KEY), KEY)
    agent = f"DiscordBot (https://gazette.example/, {__version__})"
    assert {call.headers["User-Agent"] for call in door.calls} == {agent}
    assert caller_site(DryHttp(door, now)) == door.site


def test_a_bot_sends_its_key_a_box_of_ours_and_nobody_is_notified():
    platform, door = adapter(PLACE, SENT)
    card = LinkCard(LINK, "A bridge", "It opens today", picture(alt="A bridge in fog"))
    story = post("@everyone: *a bridge*", link=LINK, card=card)
    receipt = platform.commit(json.loads(json.dumps(platform.prepare(story, KEY))), KEY)
    place, sent = door.calls
    assert place.url == f"https://discord.com/api/v10/channels/{CHANNEL}"
    assert sent.url == f"https://discord.com/api/v10/channels/{CHANNEL}/messages"
    assert sent.headers["Authorization"] == f"Bot {TOKEN}"
    assert sent.headers["User-Agent"] == f"DiscordBot (https://syndicate.invalid/, {__version__})"
    file = card.thumb.file
    assert json.loads(sent.data["payload_json"]) == {
        "content": "@everyone: \\*a bridge\\*",
        "allowed_mentions": {"parse": []},
        "embeds": [
            {
                "title": "A bridge",
                "url": LINK,
                "description": "It opens today",
                "image": {"url": f"attachment://{file}"},
            }
        ],
        "attachments": [{"id": "0", "filename": file, "description": "A bridge in fog"}],
        "nonce": "ABEiM0RVZneImaq7zN3u_w",
        "enforce_nonce": True,
    }
    assert sent.files == {"files[0]": (file, card.thumb.data, "image/png")}
    assert receipt == Receipt(f"{CHANNEL}/17", f"https://discord.com/channels/4/{CHANNEL}/17")


def test_each_key_is_another_nonce_within_25_characters():
    sent = set()
    for number in range(200):
        platform, door = adapter(PLACE, SENT)
        key = f"{number * 2**120 + number:032x}"[-32:]
        platform.commit(platform.prepare(post(), key), key)
        sent.add(door.calls[1].json["nonce"])
    assert len(sent) == 200
    assert all(len(each) <= 25 for each in sent)


def test_a_webhook_waits_and_its_address_is_all_it_needs():
    platform, door = hooked(
        (200, {"id": "1", "channel_id": CHANNEL, "guild_id": "4"}), SENT, address=f"{HOOK}?thread_id=8"
    )
    platform.commit(platform.prepare(post(), KEY), KEY)
    sent = door.calls[1]
    assert sent.url == f"https://discord.com/api/v10/webhooks/123456789012345678/{SECRET}"
    assert sent.params == {"wait": "true", "thread_id": "8"}
    assert "nonce" not in sent.json
    assert "Authorization" not in sent.headers


def test_a_webhook_is_blind_and_a_bot_is_not():
    assert hooked()[0].certainty == "blind"
    assert adapter()[0].certainty == Discord.certainty == "keyed"
    assert adapter(held={"webhook_url": HOOK}, api_url="http://a.example")[0].certainty == "blind"


def test_an_answer_without_a_message_is_uncertain():
    for reply in ((204, ""), (200, {}), (200, {"id": "1"}), (200, "<h1>portal</h1>"), (200, [])):
        platform, _ = hooked((200, {"channel_id": CHANNEL}), reply)
        with pytest.raises(Uncertain):
            platform.commit(platform.prepare(post(), KEY), KEY)


def test_beside_a_picture_no_box_is_drawn():
    platform, _ = adapter(PLACE)
    body = platform.prepare(illustrated(), KEY)["body"]
    assert body["flags"] == 4
    assert "embeds" not in body


def test_pictures_are_veiled_where_the_account_wants_it():
    platform, _ = adapter(PLACE)
    body = platform.prepare(replace(illustrated(), sensitive=True), KEY)["body"]
    assert [each["is_spoiler"] for each in body["attachments"]] == [True]


@pytest.mark.parametrize(
    ("title", "shown"),
    [("x" * 256, 256), ("x" * 257, 256), ("word " * 80, 256), ("*" * 200, 256), ("👨\u200d👩\u200d👧" * 100, 256)],
)
def test_the_words_of_a_box_fit(title, shown):
    platform, _ = adapter(PLACE)
    card = LinkCard(LINK, title, "y" * 5000)
    [box] = platform.prepare(post("Fog", link=LINK, card=card), KEY)["body"]["embeds"]
    assert 0 < len(box["title"]) <= shown
    assert len(box["description"]) <= 4096


ERRORS = [
    (refusal(0, 401, "401: Unauthorized"), AuthError, "present token"),
    (refusal(50014, 401), AuthError, "present token"),
    (refusal(50027, 401, "Invalid Webhook Token"), AuthError, "present token"),
    (refusal(10015, 404, "Unknown Webhook"), AuthError, "present token"),
    (refusal(10003, 404, "Unknown Channel"), AuthError, "Copy Channel ID"),
    (refusal(50001, 403, "Missing Access"), AuthError, "View Channel"),
    (refusal(50013, 403, "Missing Permissions"), AuthError, "Send Messages"),
    (refusal(160002, 400), AuthError, "Read Message History"),
    (refusal(40058), AuthError, "forum"),
    (refusal(220001), AuthError, "forum"),
    (refusal(50008), AuthError, "forum"),
    (refusal(40002, 403), AuthError, "verify"),
    (refusal(20016, 429), RateLimited, None),
    (refusal(20028, 400), RateLimited, None),
    (refusal(0, 429, "You are being rate limited.", retry_after=1.5, **{"global": True}), RateLimited, None),
    (refusal(40004, 403), Unavailable, None),
    (refusal(40005, 413), PictureRefused, None),
    (refusal(50045), PictureRefused, None),
    (refusal(50046), PictureRefused, None),
    (wrong("attachments.0.description"), PictureRefused, None),
    (wrong("embeds.0.image.url", "URL_TYPE_INVALID_SCHEME"), PictureRefused, None),
    (wrong("content"), TextRefused, None),
    (wrong("embeds.0.title"), Rejected, None),
    (refusal(50006), Rejected, None),
    (refusal(200000, 400), Rejected, "AutoMod"),
    (refusal(240000, 400), Rejected, "AutoMod"),
    (refusal(99999), Rejected, None),
    (refusal(0, 500, "500: Internal Server Error"), Uncertain, None),
    ((502, "<h1>Bad gateway</h1>"), Uncertain, None),
    ((403, "error code: 1020"), Unavailable, None),
    ((429, "<html>You are being blocked</html>"), RateLimited, None),
]


@pytest.mark.parametrize(("reply", "kind", "hint"), ERRORS)
def test_each_refusal_says_what_to_do_next(reply, kind, hint):
    platform, _ = adapter(PLACE, reply)
    with pytest.raises(kind) as caught:
        platform.commit(platform.prepare(post(), KEY), KEY)
    assert type(caught.value) is kind
    assert (hint in (caught.value.hint or "")) if hint else caught.value.hint is None
    if isinstance(reply[1], dict):
        assert reply[1]["message"] in str(caught.value)


def test_a_wrong_field_is_named():
    platform, _ = adapter(PLACE, wrong("embeds.0.title", words="Must be 256 or fewer in length."))
    with pytest.raises(Rejected, match=r"embeds\[0\]\.title\[BASE_TYPE_MAX_LENGTH\]: Must be 256 or fewer"):
        platform.commit(platform.prepare(post(), KEY), KEY)


@pytest.mark.parametrize(
    ("headers", "body", "seconds"),
    [
        ({"Retry-After": "65", "X-RateLimit-Reset-After": "64.57"}, {"retry_after": 64.57}, 65),
        ({}, {"retry_after": 0.3, "global": True}, 0.3),
        ({"X-RateLimit-Scope": "shared", "Retry-After": "1337"}, {"retry_after": 1336.57}, 1337),
    ],
)
def test_the_wait_is_the_longest_that_discord_names(headers, body, seconds):
    platform, _ = adapter(PLACE, (429, {"message": "You are being rate limited."} | body, headers))
    with pytest.raises(RateLimited) as caught:
        platform.commit(platform.prepare(post(), KEY), KEY)
    assert caught.value.retry_after == seconds


def listed(number="17", at="2026-11-23T10:00:05.000000+00:00", content="A bridge opens", author="9", **more):
    said = {"id": number, "channel_id": CHANNEL, "timestamp": at, "content": content, "author": {"id": author}}
    return said | more


@pytest.mark.parametrize(
    ("message", "known"),
    [
        (listed(embeds=[{"url": LINK}]), True),
        (listed(content=f"A bridge {LINK}"), True),
        (listed(nonce="ABEiM0RVZneImaq7zN3u_w"), True),
        (listed(nonce="other", embeds=[{"url": LINK}]), True),
        (listed(), False),
        (listed(embeds=[{"url": LINK + "2"}]), False),
        (listed(embeds=[{"url": LINK}], author="10"), False),
        (listed(embeds=[{"url": LINK}], at="2026-11-23T09:59:59.000000+00:00"), False),
    ],
)
def test_a_message_is_known_by_its_key_or_its_link_and_by_who_sent_it(message, known):
    platform, _ = adapter(ME, (200, [listed("18", content="Something else"), message]))
    draft = {"body": {"content": "x"}, "link": LINK, "guild": "4"}
    assert (platform.find(draft, KEY, SINCE) is not None) == known


def test_the_listing_is_read_back_to_the_attempt_and_no_further_than_a_thousand():
    full = [listed(str(number), content="x") for number in range(200, 100, -1)]
    platform, door = adapter(ME, (200, full), (200, [listed(embeds=[{"url": LINK}])]))
    draft = {"body": {"content": "x"}, "link": LINK, "guild": "4"}
    assert platform.find(draft, KEY, SINCE).id == f"{CHANNEL}/17"
    assert door.calls[2].params == {"limit": "100", "before": "101"}
    with pytest.raises(Unsupported, match="too many"):
        adapter(ME, *[(200, full)] * 20)[0].find(draft, KEY, SINCE)


def test_what_is_gone_is_deleted_and_what_is_another_s_is_refused():
    platform, door = adapter(refusal(10008, 404, "Unknown Message"), refusal(50005, 403))
    platform.delete(Receipt(f"{CHANNEL}/17", None))
    assert door.calls[0].url.endswith(f"/channels/{CHANNEL}/messages/17")
    with pytest.raises(Rejected):
        platform.delete(Receipt(f"{CHANNEL}/17", None))


@pytest.mark.parametrize(
    "address", [f"https://discord.com/channels/4/{CHANNEL}/17", f"https://ptb.discord.com/channels/4/{CHANNEL}/17/"]
)
def test_the_address_that_a_person_gave_leads_to_its_message(address):
    platform, door = adapter((204, ""), refusal(10008, 404))
    platform.delete(Receipt(address, None))
    assert door.calls[0].url.endswith(f"/channels/{CHANNEL}/messages/17")
    with pytest.raises(Rejected):  # a guessed number that nothing has is no deletion
        platform.delete(Receipt(address, None))


@pytest.mark.parametrize(("content", "known"), [("A bridge opens", True), ("A bridge", False)])
def test_a_message_without_a_link_is_known_by_its_whole_text(content, known):
    platform, _ = adapter(ME, (200, [listed(content=content)]))
    draft = {"body": {"content": "A bridge opens"}, "link": None, "guild": "4"}
    assert (platform.find(draft, KEY, SINCE) is not None) == known


def test_an_address_in_another_channel_asks_nothing():
    platform, door = adapter()
    with pytest.raises(Rejected, match="another channel"):
        platform.delete(Receipt("https://discord.com/channels/4/99/17", None))
    assert door.calls == []


def test_who_posts_where():
    platform, _ = adapter(PLACE, ME, (200, [listed()]))
    identity = platform.verify()
    assert (identity.id, identity.name) == (CHANNEL, "#news (gazette)")
    assert identity.url == f"https://discord.com/channels/4/{CHANNEL}"
    platform, _ = hooked((200, {"channel_id": CHANNEL, "name": "Gazette"}))
    identity = platform.verify()
    assert (identity.id, identity.name) == (CHANNEL, "Gazette (webhook 123456789012345678)")


@pytest.mark.parametrize(
    "options",
    [
        {"webhook_url": Secret("https://gazette.example/hook")},
        {"webhook_url": Secret("ftp://discord.com/api/webhooks/1/x")},
        {"webhook_url": Secret(HOOK), "channel": "1"},
        {"webhook_url": Secret(HOOK), "bot_token": Secret("t")},
    ],
)
def test_options_that_make_no_sense_are_refused_without_the_secret(options):
    with pytest.raises(ValueError, match="webhook_url") as caught:
        Options(**options)
    assert SECRET not in str(caught.value)


def test_a_stand_in_for_a_webhook_that_is_not_set_does_for_a_rehearsal(sandbox):
    door = RequestsHttp(clock=now)
    try:
        for number, name in enumerate(("sandbox-one", "https://two.sandbox.example"), 1):
            platform = Discord(Options(Secret(name), api_url=sandbox.url), door, Held())
            platform.commit(platform.prepare(post(), KEY), KEY)
            assert len({shown["account"] for shown in sandbox.posts()}) == number
    finally:
        door.close()


def test_without_a_token_or_a_channel_a_person_is_told_to_sign_in():
    for options in (NOTHING_YET, Options(bot_token=Secret(TOKEN))):
        platform = Discord(options, Recorded(), Held())
        with pytest.raises(AuthError) as caught:
            platform.prepare(post(), KEY)
        assert "accounts login" in caught.value.hint


def test_the_webhook_s_secret_is_in_no_error(sandbox):
    door = RequestsHttp(clock=now)
    try:
        for url, fault in ((refusing_url(), Unavailable), (sandbox.url, Uncertain)):
            sandbox.add_faults([{"platform": "discord", "step": "commit", "fault": "drop_before"}])
            platform = Discord(Options(Secret(HOOK), api_url=url), door, Held())
            with pytest.raises(fault) as caught:
                platform.commit({"body": {"content": "x"}, "pictures": [], "guild": None}, KEY)
            assert SECRET not in "".join(traceback.format_exception(caught.value))
    finally:
        door.close()


def signing_in(*replies, answers, options=NOTHING_YET):
    door = Recorded(*replies)
    talk = Discord.sign_in(options, door, "")
    asked = []
    try:
        question = next(talk)
        for answer in answers:
            asked.append(question)
            question = talk.send(answer)
    except StopIteration as done:
        return asked, done.value, door
    raise AssertionError(f"it asks on: {question}")


GUILDS = (200, [{"id": "4", "name": "The Gazette"}])
CHANNELS = (
    200,
    [
        {"id": CHANNEL, "type": 0, "name": "news"},
        {"id": "6", "type": 5, "name": "live"},
        {"id": "7", "type": 2, "name": "voice"},
        {"id": "8", "type": 15, "name": "forum"},
    ],
)


def test_signing_in_with_a_bot_lists_the_channels_of_its_servers():
    asked, stored, door = signing_in(ME, GUILDS, CHANNELS, PLACE, answers=[TOKEN, CHANNEL])
    assert isinstance(asked[0], Ask)
    assert asked[0].secret
    assert asked[1] == Choose(
        "Where does it post?", ((CHANNEL, "#news in The Gazette"), ("6", "#live in The Gazette (announcements)"))
    )
    assert stored == {"token": TOKEN, "channel": CHANNEL}
    assert {call.method for call in door.calls} == {"GET"}


def test_signing_in_with_a_webhook_tries_it():
    _, stored, door = signing_in((200, {"channel_id": CHANNEL}), answers=[f" {HOOK} "])
    assert stored == {"webhook_url": HOOK}
    assert door.calls[0].url == f"https://discord.com/api/v10/webhooks/123456789012345678/{SECRET}"


@pytest.mark.parametrize(
    ("replies", "answers", "words"),
    [
        ((), [""], "neither a webhook"),
        ((), ["https://gazette.example/hook"], "webhook_url is an address"),
        ((refusal(10015, 404, "Unknown Webhook"),), [HOOK], "Unknown Webhook"),
        ((refusal(0, 401, "401: Unauthorized"),), [TOKEN], "Unauthorized"),
        ((ME, (200, [])), [TOKEN], "in no server"),
        ((ME, GUILDS, CHANNELS), [TOKEN, "7"], "none of these"),
    ],
)
def test_signing_in_that_fails_stores_nothing(replies, answers, words):
    with pytest.raises(AuthError, match=words):
        signing_in(*replies, answers=answers)


def test_signing_in_asks_nothing_that_the_config_says():
    options = Options(bot_token=Secret(TOKEN), channel=CHANNEL)
    asked, stored, _ = signing_in(ME, PLACE, answers=[], options=options)
    assert (asked, stored) == ([], {"token": TOKEN, "channel": CHANNEL})


FAMILY = "\N{MAN}\N{ZERO WIDTH JOINER}\N{WOMAN}\N{ZERO WIDTH JOINER}\N{GIRL}\N{ZERO WIDTH JOINER}\N{BOY}"
LENGTHS = [
    ("", 0),
    ("a", 1),
    ("a\nb", 3),
    ("a\r\nb", 4),
    ("é", 1),
    ("e\u0301", 2),
    ("“Fog” – it’s here…", 18),
    ("Привет", 6),
    ("中" * 200, 200),
    ("日本語", 3),
    ("한국어", 3),
    ("𠮷野家", 3),
    ("\u0915\u0940" * 150, 300),
    ("\u0915\u094d\u0937\u093f", 4),
    ("مرحبا", 5),
    ("שָׁלוֹם", 7),
    ("ภาษาไทย", 7),
    ("\N{GRINNING FACE}", 1),
    (FAMILY, 7),
    ("\N{REGIONAL INDICATOR SYMBOL LETTER P}\N{REGIONAL INDICATOR SYMBOL LETTER T}", 2),
    ("\N{WAVING HAND SIGN}\N{EMOJI MODIFIER FITZPATRICK TYPE-4}", 2),
    ("\N{HEAVY BLACK HEART}\N{VARIATION SELECTOR-16}", 2),
    ("𝒻𝓸𝓰", 3),
    ("*bold*", 8),
    ("__under__", 13),
    ("~~gone~~", 12),
    ("||spoiler||", 15),
    ("`code`", 8),
    ("a \\ b", 6),
    ("[x](y)", 7),
    ("<@123> <#1>", 13),
    ("# heading", 10),
    ("#hashtag", 8),
    ("no # heading", 12),
    ("a\n## heading", 13),
    ("-# small", 9),
    ("- item", 7),
    ("a - b", 5),
    ("> quoted", 9),
    ("a > b", 5),
    ("1. item", 7),
    (":smile: @everyone $USD", 22),
    ("https://example.com/a_b_c", 25),
    ("_https://example.com/a_b_c_", 29),
    ("see https://a.example/*x* now", 30),
    ("https://a.example/x\n> y", 24),
    ("example.com", 11),
    ("a" * 2000, 2000),
    ("_" * 1000, 2000),
]


@pytest.mark.parametrize(("text", "length"), LENGTHS, ids=range(len(LENGTHS)))
def test_a_text_is_as_long_as_its_code_points_and_the_backslashes_it_needs(text, length):
    assert adapter()[0].measure(text) == length


@pytest.mark.parametrize("text", [text for text, length in LENGTHS if length < 100 and text])
def test_a_text_is_read_as_it_was_written(sandbox, text):
    door = RequestsHttp(clock=now)
    try:
        platform = Discord(Options(Secret(HOOK), api_url=sandbox.url), door, Held())
        platform.commit(platform.prepare(post(text), KEY), KEY)
        assert sandbox.posts()[0]["text"] == text
    finally:
        door.close()
