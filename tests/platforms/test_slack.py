from __future__ import annotations

import json
import traceback
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from syndicate.errors import (
    AuthError,
    NotReady,
    PictureRefused,
    RateLimited,
    Rejected,
    TextRefused,
    Unavailable,
    Uncertain,
    Unsupported,
)
from syndicate.model import Ask, Choose, LinkCard, Receipt, Secret, Span
from syndicate.net.http import RequestsHttp
from syndicate.platforms.slack import Options, Slack
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

TOKEN = "xoxb-2345678901-ABCdefGHIjklMNOpqrSTUvwx"
SECRET = "aB1" * 8
HOOK = f"https://hooks.slack.com/services/T0123ABCD/B0123ABCD/{SECRET}"
CHANNEL = "C0123456789"
NOTHING_YET = Options()
ME = (200, {"ok": True, "url": "https://gazette.slack.com/", "team": "G", "user": "gazette", "bot_id": "B1"})
SENT = (200, {"ok": True, "channel": CHANNEL, "ts": "1700000000.000100"})
SINCE = datetime(2023, 11, 14, 22, 13, 0, tzinfo=UTC)
SCOPES = {"X-OAuth-Scopes": "chat:write,channels:history,files:write,files:read,channels:read"}


def adapter(*replies, held=None, **options):
    door = Recorded(*replies)
    return Slack(Options(**options or {"bot_token": Secret(TOKEN), "channel": CHANNEL}), door, Held(held)), door


def hooked(*replies):
    return adapter(*replies, webhook_url=Secret(HOOK))


def refusal(name, status=200, **more):
    return (status, {"ok": False, "error": name} | more)


class TestABotAgainstTheSandbox(PlatformContract):
    enforces_length = False
    secrets = (TOKEN,)

    def make(self, http, url, credentials):
        return Slack(Options(Secret(TOKEN), CHANNEL, api_url=url), http, credentials)

    @pytest.fixture
    def network(self, sandbox):
        return sandbox

    @pytest.fixture
    def http(self, described):
        return described("slack")

    def test_a_picture_that_slack_works_on_is_waited_for_and_not_uploaded_again(self, http, credentials):
        with Sandbox(quirks={"slack": {"processing": 3}}) as sandbox:
            platform = self.make(http, sandbox.url, credentials)
            left, waits = None, []
            for _ in range(2):
                with pytest.raises(NotReady) as caught:
                    platform.prepare(illustrated(), KEY, left)
                left = json.loads(json.dumps(caught.value.prepared))
                waits.append(caught.value.retry_after)
            platform.commit(platform.prepare(illustrated(), KEY, left), KEY)
            assert waits == sorted(waits)
            assert len(sandbox.posts()[0]["media"]) == 1
            assert [each["path"] for each in sandbox.requests()].count("/api/files.getUploadURLExternal") == 1

    def test_without_the_scope_to_look_the_message_itself_tells_that_a_picture_is_not_ready(self, http, credentials):
        quirks = {"processing": 2, "scopes": "chat:write,channels:history,files:write"}
        with Sandbox(quirks={"slack": quirks}) as sandbox:
            platform = self.make(http, sandbox.url, credentials)
            draft = platform.prepare(illustrated(), KEY)
            with pytest.raises(NotReady) as caught:
                platform.commit(draft, KEY)
            assert sandbox.posts() == []
            assert next(iter(caught.value.prepared["files"].values()))["ready"] is False

    def test_a_picture_that_is_never_ready_is_given_up(self, http, credentials):
        with Sandbox(quirks={"slack": {"processing": 99}}) as sandbox:
            platform = self.make(http, sandbox.url, credentials)
            left = None
            for _ in range(7):
                with pytest.raises(NotReady) as caught:
                    platform.prepare(illustrated(), KEY, left)
                left = caught.value.prepared
            with pytest.raises(PictureRefused, match="look after look"):
                platform.prepare(illustrated(), KEY, left)

    def test_a_reply_is_in_its_thread_and_is_found_there(self, platform, since):
        receipt = platform.commit(platform.prepare(post("First"), KEY), KEY)
        draft = platform.prepare(post("Second", reply_to=receipt), OTHER_KEY)
        assert draft["thread"] == receipt.id.partition("/")[2]
        answer = platform.commit(draft, OTHER_KEY)
        assert platform.find(draft, OTHER_KEY, since) == answer

    def test_an_edit_changes_the_words_of_the_box_and_keeps_picture_and_key(self, platform, network, since):
        card = LinkCard(LINK, "A bridge", "It opens", picture(alt="A bridge in fog"))
        draft = platform.prepare(post("Fog", link=LINK, card=card), KEY)
        receipt = platform.commit(draft, KEY)
        platform.edit(receipt, post("Fog", link=LINK, card=replace(card, title="A bridge is open", thumb=None)))
        [after] = network.posts()
        assert (after["card"]["title"], after["media"][0]["alt"]) == ("A bridge is open", "A bridge in fog")
        assert platform.find(draft, KEY, since) == receipt


class TestAWebhookAgainstTheSandbox(PlatformContract):
    enforces_length = False
    secrets = (SECRET,)

    def make(self, http, url, credentials):
        return Slack(Options(webhook_url=Secret(HOOK), api_url=url), http, credentials)

    @pytest.fixture
    def network(self, sandbox):
        return sandbox

    @pytest.fixture
    def http(self, described):
        return described("slack")

    # A webhook takes no pictures, lists nothing and changes nothing: what the contract says of these is not for it.
    test_alt_texts_arrive_with_their_pictures = None
    test_as_many_pictures_with_as_long_alt_texts_as_the_limits_say_are_taken = None
    test_a_picture_of_as_many_bytes_as_the_limits_say_is_taken = None
    test_its_recent_posts_are_listed_with_their_links_and_receipts = None
    test_more_recent_posts_than_a_page_has_are_listed_too = None
    test_a_listing_that_fails_is_not_an_empty_one = None
    test_a_post_can_be_withdrawn_twice = None
    test_a_post_can_be_edited_twice_and_keeps_its_pictures = None
    test_what_is_gone_cannot_be_edited = None
    test_a_change_that_was_not_made_is_made_by_the_next_try = None
    test_a_change_whose_answer_was_lost_may_be_made_again = None
    test_a_dry_run_changes_nothing_and_shows_its_requests = None

    def test_it_can_neither_list_nor_change_and_says_so(self, platform, since):
        receipt = platform.commit(platform.prepare(linked(platform), KEY), KEY)
        with pytest.raises(Unsupported):
            platform.recent(since)
        for change in (platform.delete, lambda each: platform.edit(each, post("x"))):
            with pytest.raises(Rejected, match="cannot be changed"):
                change(receipt)

    def test_slack_draws_the_box_of_its_link(self, platform, network):
        platform.commit(platform.prepare(linked(platform), KEY), KEY)
        assert network.posts()[0]["card"]["url"] == LINK


def test_a_bot_sends_its_key_its_words_as_they_are_and_a_box_of_ours():
    platform, door = adapter(ME, SENT)
    card = LinkCard(LINK, "A *bridge*", "It opens <today>")
    text = "<!channel> & *fog*"
    receipt = platform.commit(json.loads(json.dumps(platform.prepare(post(text, link=LINK, card=card), KEY))), KEY)
    sent = door.calls[1]
    assert sent.url == "https://slack.com/api/chat.postMessage"
    assert sent.headers == {"Authorization": f"Bearer {TOKEN}"}
    title = {"type": "link", "url": LINK, "text": "A *bridge*", "style": {"bold": True}}
    quote = [title, {"type": "text", "text": "\nIt opens <today>"}]
    assert sent.json == {
        "channel": CHANNEL,
        "metadata": {"event_type": "syndicate_post", "event_payload": {"key": KEY}},
        "text": "&lt;!channel&gt; &amp; *fog*\nA *bridge*",
        "blocks": [
            {
                "type": "rich_text",
                "elements": [{"type": "rich_text_section", "elements": [{"type": "text", "text": text}]}],
            },
            {"type": "rich_text", "elements": [{"type": "rich_text_quote", "elements": quote}]},
        ],
        "unfurl_links": False,
        "unfurl_media": False,
    }
    assert receipt.permalink == f"https://gazette.slack.com/archives/{CHANNEL}/p1700000000000100"
    assert (receipt.id, receipt.data) == (f"{CHANNEL}/1700000000.000100", {"key": KEY})


@pytest.mark.parametrize(
    "words", ["<!channel>", "<!here|here>", "<@U123>", "<!subteam^S1>", "@channel", "&lt;!here&gt;"]
)
@pytest.mark.parametrize("options", [{"bot_token": Secret(TOKEN), "channel": CHANNEL}, {"webhook_url": Secret(HOOK)}])
def test_no_text_notifies_anybody(sandbox, words, options):
    door = RequestsHttp(clock=now)
    try:
        platform = Slack(Options(**options, api_url=sandbox.url), door, Held())
        card = LinkCard(LINK, words, words)
        platform.commit(platform.prepare(post(words, link=LINK, card=card), KEY), KEY)
        assert "pinged" not in sandbox.posts()[0]
        assert sandbox.posts()[0]["text"] == words
    finally:
        door.close()


def test_links_stand_where_the_spans_say():
    platform, _ = adapter(ME)
    story = post(f"See {LINK} now", link=LINK, spans=(Span(4, 4 + len(LINK), "link", LINK), Span(0, 3, "tag", "See")))
    [block] = platform.prepare(story, KEY)["body"]["blocks"]
    assert block["elements"][0]["elements"] == [
        {"type": "text", "text": "See "},
        {"type": "link", "url": LINK},
        {"type": "text", "text": " now"},
    ]


def test_pictures_are_uploaded_for_nobody_to_see():
    place = (200, {"ok": True, "upload_url": "https://files.slack.com/upload/v1/abc", "file_id": "F1"})
    ready = (200, {"ok": True, "file": {"id": "F1", "mimetype": "image/png"}})
    platform, door = adapter(place, (200, "OK - 99"), (200, {"ok": True}), ready, ME)
    story = illustrated()
    body = platform.prepare(story, KEY)["body"]
    asked, sent, done, _, _ = door.calls
    size = str(len(story.media[0].data))
    assert asked.data == {"filename": story.media[0].file, "length": size, "alt_txt": "A bridge in fog"}
    assert (sent.url, sent.data) == ("https://files.slack.com/upload/v1/abc", story.media[0].data)
    assert "Authorization" not in sent.headers
    assert done.json == {"files": [{"id": "F1", "title": "A bridge in fog"}]}  # no channel: it is private
    assert body["blocks"][-1] == {"type": "image", "slack_file": {"id": "F1"}, "alt_text": "A bridge in fog"}


def test_a_webhook_sends_no_key_and_its_address_is_all_it_needs():
    platform, door = hooked((200, "ok"))
    receipt = platform.commit(platform.prepare(linked(platform), KEY), KEY)
    [sent] = door.calls
    assert sent.url == HOOK
    assert "metadata" not in sent.json
    assert sent.json["unfurl_links"] is True
    assert sent.headers == {}
    assert receipt == Receipt(KEY, None)


def test_a_webhook_is_blind_and_takes_no_pictures_and_a_bot_is_not_and_does():
    platform, _ = hooked()
    assert (platform.certainty, platform.limits.images, platform.limits.card) == ("blind", 0, "text")
    platform, _ = adapter()
    assert (platform.certainty, platform.limits.images, platform.limits.card) == ("lookup", 4, "client")


@pytest.mark.parametrize("reply", [(200, "<h1>portal</h1>"), (200, ""), (200, "no"), (500, "rollup_error"), (502, "")])
def test_an_answer_of_a_webhook_that_is_not_slack_s_is_uncertain(reply):
    platform, _ = hooked(reply)
    with pytest.raises(Uncertain):
        platform.commit(platform.prepare(post(), KEY), KEY)


@pytest.mark.parametrize("reply", [(200, {"ok": True}), (200, "<h1>portal</h1>"), (200, []), (204, "")])
def test_an_answer_without_a_time_stamp_is_uncertain(reply):
    platform, _ = adapter(ME, reply)
    with pytest.raises(Uncertain):
        platform.commit(platform.prepare(post(), KEY), KEY)


ERRORS = [
    (refusal("invalid_auth"), AuthError, "xoxb-"),
    (refusal("token_revoked"), AuthError, "xoxb-"),
    (refusal("account_inactive"), AuthError, "xoxb-"),
    (refusal("missing_scope", needed="chat:write", provided="files:read"), AuthError, "scopes"),
    (refusal("channel_not_found"), AuthError, "begins with C"),
    (refusal("not_in_channel"), AuthError, "/invite"),
    (refusal("is_archived"), AuthError, "archived"),
    (refusal("restricted_action"), AuthError, "administrators"),
    (refusal("ekm_access_denied"), AuthError, "administrators"),
    (refusal("ratelimited", 429), RateLimited, None),
    (refusal("rate_limited"), RateLimited, None),
    (refusal("message_limit_exceeded"), RateLimited, "plan"),
    (refusal("fatal_error"), Uncertain, None),
    (refusal("internal_error"), Uncertain, None),
    (refusal("internal_error", 500), Uncertain, None),
    (refusal("request_timeout"), Uncertain, None),
    (refusal("team_added_to_org"), Unavailable, None),
    (refusal("msg_too_long"), TextRefused, None),
    (refusal("msg_blocks_too_long"), TextRefused, None),
    (
        refusal("invalid_blocks", errors=["downloading image failed [json-pointer:/blocks/1/image_url]"]),
        PictureRefused,
        None,
    ),
    (refusal("invalid_blocks", errors=["must be more than 0 characters [json-pointer:/blocks/0]"]), Rejected, None),
    (refusal("no_text"), Rejected, None),
    (refusal("something_new"), Rejected, None),
    ((502, "<h1>Bad gateway</h1>"), Uncertain, None),
    ((403, "<!DOCTYPE html><title>Blocked</title>"), Unavailable, None),
]


@pytest.mark.parametrize(("reply", "kind", "hint"), ERRORS)
def test_each_refusal_says_what_to_do_next(reply, kind, hint):
    platform, _ = adapter(ME, reply)
    with pytest.raises(kind) as caught:
        platform.commit(platform.prepare(post(), KEY), KEY)
    assert type(caught.value) is kind
    assert (hint in (caught.value.hint or "")) if hint else caught.value.hint is None
    if isinstance(reply[1], dict):
        assert reply[1]["error"] in str(caught.value)


@pytest.mark.parametrize(
    ("status", "words", "kind"),
    [
        (403, "invalid_token", AuthError),
        (404, "no_service", AuthError),
        (404, "channel_not_found", AuthError),
        (403, "action_prohibited", AuthError),
        (410, "channel_is_archived", AuthError),
        (400, "invalid_payload", Rejected),
        (400, "no_text", Rejected),
        (404, "<h1>Not Found</h1>", Unavailable),
    ],
)
def test_each_word_of_a_webhook_says_what_to_do_next(status, words, kind):
    platform, _ = hooked((status, words))
    with pytest.raises(kind) as caught:
        platform.commit(platform.prepare(post(), KEY), KEY)
    assert type(caught.value) is kind
    assert SECRET not in str(caught.value)


def test_a_word_of_a_webhook_is_heard_up_to_two_hundred_letters():
    platform, _ = hooked((400, "a" * 201))
    with pytest.raises(Rejected) as caught:
        platform.commit(platform.prepare(post(), KEY), KEY)
    assert "a" * 200 in str(caught.value)
    assert "a" * 201 not in str(caught.value)


def test_a_missing_scope_is_named():
    platform, _ = adapter(ME, refusal("missing_scope", needed="chat:write"))
    with pytest.raises(AuthError, match="missing_scope; needed: chat:write"):
        platform.commit(platform.prepare(post(), KEY), KEY)


def test_the_wait_is_the_one_that_slack_asks_for():
    platform, _ = adapter(ME, (429, {"ok": False, "error": "ratelimited"}, {"Retry-After": "30"}))
    with pytest.raises(RateLimited) as caught:
        platform.commit(platform.prepare(post(), KEY), KEY)
    assert caught.value.retry_after == 30


def listed(stamp="1700000001.000100", key=None, link=None, text="A bridge opens", bot="B1"):
    parts = [{"type": "text", "text": text}] + ([{"type": "link", "url": link}] if link else [])
    blocks = [{"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": parts}]}]
    metadata = {"event_type": "syndicate_post", "event_payload": {"key": key}} if key else None
    return {"ts": stamp, "bot_id": bot, "blocks": blocks} | ({"metadata": metadata} if metadata else {})


@pytest.mark.parametrize(
    ("message", "known"),
    [
        (listed(key=KEY, text="other words"), True),
        (listed(key=OTHER_KEY, link=LINK), False),
        (listed(link=LINK), True),
        (listed(link=LINK, bot="B2"), False),
        (listed(), False),
        (listed(key=KEY, stamp="1600000000.000100"), False),
    ],
)
def test_a_message_is_known_by_its_key_else_by_its_link_and_who_sent_it(message, known):
    platform, door = adapter((200, {"ok": True, "messages": [listed(text="x"), message]}))
    draft = {"body": {}, "link": LINK, "text": "x y", "bot": "B1", "workspace": None}
    assert (platform.find(draft, KEY, SINCE) is not None) == known
    assert door.calls[0].params["include_all_metadata"] == "true"
    assert float(door.calls[0].params["oldest"]) == SINCE.timestamp()


def test_the_listing_is_read_page_by_page_and_no_further_than_ten():
    page = {"ok": True, "messages": [listed(text="x")], "response_metadata": {"next_cursor": "c1"}}
    platform, door = adapter((200, page), (200, {"ok": True, "messages": [listed(key=KEY)]}))
    draft = {"body": {}, "link": LINK, "text": "", "bot": "B1", "workspace": None}
    assert platform.find(draft, KEY, SINCE).id == f"{CHANNEL}/1700000001.000100"
    assert door.calls[1].params["cursor"] == "c1"
    with pytest.raises(Unsupported, match="too many"):
        adapter(*[(200, page)] * 20)[0].find(draft, KEY, SINCE)


def test_what_is_gone_is_deleted_and_what_may_not_be_is_refused():
    platform, door = adapter(refusal("message_not_found"), refusal("cant_delete_message"))
    platform.delete(Receipt(f"{CHANNEL}/1700000000.000100", None))
    assert door.calls[0].json == {"channel": CHANNEL, "ts": "1700000000.000100"}
    with pytest.raises(Rejected, match="cant_delete_message"):
        platform.delete(Receipt(f"{CHANNEL}/1700000000.000100", None))


def test_the_address_that_a_person_gave_leads_to_its_message():
    platform, door = adapter((200, {"ok": True}), refusal("message_not_found"))
    address = f"https://gazette.slack.com/archives/{CHANNEL}/p1700000000000100"
    platform.delete(Receipt(address, None))
    assert door.calls[0].json == {"channel": CHANNEL, "ts": "1700000000.000100"}
    with pytest.raises(Rejected):  # a guessed number that nothing has is no deletion
        platform.delete(Receipt(address, None))
    for other in (address.replace(CHANNEL, "C9999999999"), address.replace("slack.com", "slack.example")):
        with pytest.raises(Rejected, match="not a post of this account"):
            platform.delete(Receipt(other, None))


def test_who_posts_where():
    platform, _ = adapter((*ME, SCOPES), (200, {"ok": True, "messages": []}))
    identity = platform.verify()
    assert (identity.id, identity.name) == (CHANNEL, "gazette in G")
    assert identity.url == f"https://gazette.slack.com/archives/{CHANNEL}"
    platform, door = hooked()
    assert platform.verify().id == "T0123ABCD/B0123ABCD"
    assert door.calls == []


@pytest.mark.parametrize(
    ("replies", "words"),
    [
        (((*ME, {"X-OAuth-Scopes": "chat:write"}),), "lacks channels:history, files:write, files:read"),
        (((*ME, SCOPES), refusal("not_in_channel")), "not_in_channel"),
        ((refusal("invalid_auth"),), "invalid_auth"),
    ],
)
def test_a_check_says_what_is_wrong_with_the_login(replies, words):
    platform, _ = adapter(*replies)
    with pytest.raises(AuthError, match=words) as caught:
        platform.verify()
    assert caught.value.hint


@pytest.mark.parametrize(
    "options",
    [
        {"webhook_url": Secret("https://gazette.example/hook")},
        {"webhook_url": Secret(HOOK), "channel": CHANNEL},
        {"webhook_url": Secret(HOOK), "bot_token": Secret("t")},
        {"bot_token": Secret(TOKEN), "channel": "#news"},
    ],
)
def test_options_that_make_no_sense_are_refused_without_the_secret(options):
    with pytest.raises(ValueError, match=r"webhook_url|channel is an ID") as caught:
        Options(**options)
    assert SECRET not in str(caught.value)


def test_without_a_token_or_a_channel_a_person_is_told_to_sign_in():
    for options in (NOTHING_YET, Options(Secret(TOKEN))):
        platform = Slack(options, Recorded(ME, ME), Held())
        with pytest.raises(AuthError) as caught:
            platform.commit(platform.prepare(post(), KEY), KEY)
        assert "accounts login" in caught.value.hint


def test_the_webhook_s_secret_is_in_no_error(sandbox):
    door = RequestsHttp(clock=now)
    try:
        for url, fault in ((refusing_url(), Unavailable), (sandbox.url, Uncertain)):
            sandbox.add_faults([{"platform": "slack", "step": "commit", "fault": "drop_before"}])
            platform = Slack(Options(webhook_url=Secret(HOOK), api_url=url), door, Held())
            with pytest.raises(fault) as caught:
                platform.commit(platform.prepare(post(), KEY), KEY)
            assert SECRET not in "".join(traceback.format_exception(caught.value))
    finally:
        door.close()


def signing_in(*replies, answers, options=NOTHING_YET):
    door = Recorded(*replies)
    talk = Slack.sign_in(options, door, "")
    asked = []
    try:
        question = next(talk)
        for answer in answers:
            asked.append(question)
            question = talk.send(answer)
    except StopIteration as done:
        return asked, done.value, door
    raise AssertionError(f"it asks on: {question}")


HISTORY = (200, {"ok": True, "messages": []})
NEWS = {"id": CHANNEL, "name": "news", "is_member": True}
SPORT = {"id": "C2222222", "name": "sport", "is_member": True}
PAGES = (
    (200, {"ok": True, "channels": [NEWS], "response_metadata": {"next_cursor": "2"}}),
    (200, {"ok": True, "channels": [SPORT, {"id": "C3333333", "name": "x"}]}),
)


def test_signing_in_with_a_bot_lists_the_channels_that_it_is_in():
    asked, stored, door = signing_in((*ME, SCOPES), *PAGES, HISTORY, answers=[TOKEN, "C2222222"])
    assert isinstance(asked[0], Ask)
    assert asked[0].secret
    assert asked[1] == Choose("Where does it post?", ((CHANNEL, "#news"), ("C2222222", "#sport")))
    assert stored == {"token": TOKEN, "channel": "C2222222"}
    assert {call.method for call in door.calls} == {"GET"}


def test_a_bot_that_may_not_list_channels_is_asked_for_the_id():
    scopes = {"X-OAuth-Scopes": "chat:write,groups:history,files:write,files:read"}
    asked, stored, _ = signing_in((*ME, scopes), HISTORY, answers=[TOKEN, f" {CHANNEL} "])
    assert isinstance(asked[1], Ask)
    assert stored == {"token": TOKEN, "channel": CHANNEL}


def test_signing_in_with_a_webhook_takes_its_address():
    _, stored, door = signing_in(answers=[HOOK])
    assert (stored, door.calls) == ({"webhook_url": HOOK}, [])


@pytest.mark.parametrize(
    ("replies", "answers", "words"),
    [
        ((), [""], "neither a bot's token"),
        ((), ["xoxp-1"], "neither a bot's token"),
        ((), ["https://gazette.example/hook"], "webhook_url is an address"),
        ((refusal("invalid_auth"),), [TOKEN], "invalid_auth"),
        (((*ME, {"X-OAuth-Scopes": "chat:write"}),), [TOKEN], "lacks channels:history"),
        (((*ME, SCOPES), *PAGES), [TOKEN, "C3333333"], "none of these"),
        (((*ME, SCOPES), *PAGES, refusal("not_in_channel")), [TOKEN, CHANNEL], "not_in_channel"),
    ],
)
def test_signing_in_that_fails_stores_nothing(replies, answers, words):
    with pytest.raises(AuthError, match=words):
        signing_in(*replies, answers=answers)


FAMILY = "\N{MAN}\N{ZERO WIDTH JOINER}\N{WOMAN}\N{ZERO WIDTH JOINER}\N{GIRL}\N{ZERO WIDTH JOINER}\N{BOY}"
LENGTHS = [
    ("", 0),
    ("a", 1),
    ("a\nb", 3),
    ("a\r\nb", 4),
    ("&", 5),
    ("<", 4),
    (">", 4),
    ("Tom & Jerry <3", 21),
    ("&amp;", 9),
    ("<!channel>", 16),
    ("<@U123> said", 18),
    ("é", 1),
    ("e\u0301", 2),
    ("“Fog” – it’s here…", 18),
    ("Привет", 6),
    ("Ελλάδα", 6),
    ("中" * 200, 200),
    ("日本語", 3),
    ("한국어", 3),
    ("𠮷野家", 4),
    ("\u0915\u0940" * 150, 300),
    ("\u0915\u094d\u0937\u093f", 4),
    ("\u0baa\u0bca\u0ba9\u0bbf", 4),
    ("مرحبا", 5),
    ("שָׁלוֹם", 7),
    ("ภาษาไทย", 7),
    ("\N{GRINNING FACE}", 2),
    (FAMILY, 11),
    ("\N{REGIONAL INDICATOR SYMBOL LETTER P}\N{REGIONAL INDICATOR SYMBOL LETTER T}", 4),
    ("\N{WAVING HAND SIGN}\N{EMOJI MODIFIER FITZPATRICK TYPE-4}", 4),
    ("\N{HEAVY BLACK HEART}\N{VARIATION SELECTOR-16}", 2),
    ("𝒻𝓸𝓰", 6),
    ("*bold* _it_ ~gone~ `x`", 22),
    ("> quoted", 11),
    (":smile:", 7),
    ("#Fog @gazette", 13),
    ("https://example.com/a", 21),
    ("https://example.com/a?b=c&d=e", 33),
    ("https://example.com/Übersicht/中文", 32),
    ("\ud800", 1),
    ("a" * 4000, 4000),
]


@pytest.mark.parametrize(("text", "length"), LENGTHS, ids=range(len(LENGTHS)))
def test_a_text_is_as_long_as_slack_writes_it(text, length):
    assert adapter()[0].measure(text) == length
