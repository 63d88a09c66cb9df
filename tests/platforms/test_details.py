"""What adapters make of the less usual: addresses given by hand, sessions without all fields, uploads that expire."""

from __future__ import annotations

from datetime import timedelta

import pytest

from syndicate.errors import AuthError, Rejected, Uncertain, Unsupported
from syndicate.model import Receipt, Secret, Span
from syndicate.platforms import bluesky, facebook, webhook, x
from syndicate.testing import KEY, LINK, Held, Recorded, picture, post

SECRET = Secret("s")


def blue(*replies, session=None):
    door = Recorded(*replies)
    session = {"accessJwt": "a", "did": "did:plc:g", "handle": "new.example"} if session is None else session
    return bluesky.Bluesky(bluesky.Options("@Gazette.example", SECRET), door, Held(session)), door


def face(*replies, **options):
    door = Recorded(*replies)
    return facebook.Facebook(facebook.Options("77", SECRET, **options), door, Held()), door


def ex(*replies):
    door = Recorded(*replies)
    return x.X(x.Options(*[SECRET] * 4), door, Held()), door


# Bluesky


def test_what_the_app_would_show_and_link():
    platform, _ = blue()
    assert platform.shown("https://www.gazette.example/a") == "www.gazette.example/a"
    assert platform.linked("See example.com", ()) == (Span(4, 15, "link", "https://example.com"),)


@pytest.mark.parametrize(
    ("number", "record"),
    [
        ("at://did:plc:x/app.bsky.feed.post/3k", ("did:plc:x", "3k")),
        ("https://bsky.app/profile/gazette.example/post/3k", ("did:plc:g", "3k")),
        ("https://bsky.app/profile/NEW.example/post/3k/", ("did:plc:g", "3k")),
        ("https://bsky.app/profile/did:plc:g/post/3k", ("did:plc:g", "3k")),
        ("https://bsky.app/profile/other.example/post/3k", None),
        ("https://bsky.app/profile/gazette.example", None),
        ("https://bsky.app/profile/gazette.example/post/3k/likes", None),
    ],
)
def test_a_record_is_deleted_by_id_or_by_an_address_of_the_account(number, record):
    platform, door = blue((200, {}))
    if record:
        platform.delete(Receipt(number, None))
        repo, rkey = record
        assert door.calls[0].json == {"repo": repo, "collection": "app.bsky.feed.post", "rkey": rkey}
        assert door.calls[0].headers == {"Authorization": "Bearer a"}
    else:
        with pytest.raises(Rejected, match=r"is not the address of a post by @Gazette\.example; delete it in the app"):
            platform.delete(Receipt(number, None))
        assert door.calls == []


def test_a_session_that_does_not_say_its_handle_is_still_one():
    platform, door = blue((200, {}), session={"accessJwt": "a", "did": "did:plc:g"})
    platform.delete(Receipt("https://bsky.app/profile/gazette.example/post/3k", None))
    assert len(door.calls) == 1


@pytest.mark.parametrize("session", [{}, {"accessJwt": ""}])
def test_without_a_session_nothing_is_asked(session):
    platform, door = blue(session=session)
    for step in (platform.verify, lambda: platform.delete(Receipt("at://d/c/k", None))):
        with pytest.raises(AuthError, match="bluesky: no session yet"):
            step()
    assert door.calls == []


def test_who_a_session_belongs_to():
    platform, door = blue((200, {"did": "did:plc:g", "handle": "new.example"}))
    found = platform.verify()
    assert (found.id, found.name, found.url) == ("did:plc:g", "@new.example", "https://bsky.app/profile/new.example")
    assert [(call.method, call.headers) for call in door.calls] == [("GET", {"Authorization": "Bearer a"})]
    platform, _ = blue((200, {"did": "did:plc:g", "handle": "new.example", "active": False}))
    with pytest.raises(AuthError) as caught:
        platform.verify()
    assert (str(caught.value), caught.value.status) == ("bluesky: the account @new.example is not active", 200)


@pytest.mark.parametrize("lost", ["accessJwt", "refreshJwt", "did", "handle"])
def test_a_session_is_kept_whole_or_not_at_all(lost):
    session = {"accessJwt": "a", "refreshJwt": "r", "did": "d", "handle": "h"}
    platform, _ = blue((200, session | {"active": True}))
    assert platform.refresh({}) == session
    platform, _ = blue((200, session | {lost: None}))
    with pytest.raises(Uncertain, match=f"lacks '{lost}'"):
        platform.refresh({})


# Facebook


@pytest.mark.parametrize(
    ("address", "number"),
    [
        ("https://www.facebook.com/77/posts/12", "12"),
        ("https://facebook.com/g/posts/a-b/12/", "12"),
        ("https://m.facebook.com/story.php?story_fbid=12&id=77", "12"),
        ("https://web.facebook.com/permalink.php?id=77&story_fbid=12", "12"),
        ("http://127.0.0.1:8/77/posts/12", "12"),
        ("https://www.facebook.com/permalink.php?story_fbid=pfbid12", None),
        ("https://www.facebook.com/g/posts/12/comments", None),
        ("https://www.facebook.com/g", None),
        ("https://face.example/77/posts/12", None),
    ],
)
def test_a_post_of_the_page_is_read_from_an_address(address, number):
    platform, door = face((200, {"success": True}), api_url="http://127.0.0.1:8")
    if number:
        platform.edit(Receipt(address, None), post("New"))
        assert door.calls[0].url == f"http://127.0.0.1:8/v25.0/77_{number}"
    else:
        with pytest.raises(Rejected, match="does not say which post it is; change it on Facebook itself"):
            platform.edit(Receipt(address, None), post("New"))


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        ({"code": 100, "error_subcode": 33}, None),
        ({"code": 100, "error_subcode": 34}, Rejected),
        ({"code": 10, "error_subcode": 33}, AuthError),
        ({"code": 100}, Rejected),
    ],
)
def test_a_post_of_the_page_that_is_gone_is_known_by_code_and_subcode(error, kind):
    platform, _ = face((400, {"error": error}))
    if kind is None:
        platform.delete(Receipt("77_1", None))
    else:
        with pytest.raises(kind, match="removing a post"):
            platform.delete(Receipt("77_1", None))


def test_refusals_of_the_page_and_of_an_edit_are_told():
    steps = {"page": lambda one: one.verify(), "editing": lambda one: one.edit(Receipt("1", None), post())}
    for words, step in steps.items():
        platform, _ = face((400, {"error": {"code": 190, "message": "Expired"}}))
        with pytest.raises(AuthError, match=f"facebook: {words}.*: Expired"):
            step(platform)
    platform, door = face((200, {"id": "77", "name": "G"}))
    found = platform.verify()
    assert (found.id, found.name, found.url) == ("77", "G", None)
    assert door.calls[0].params == {"fields": "id,name,link"}


def test_each_photo_is_attached():
    platform, door = face((200, {"id": 5}), (200, {"id": "6"}), (200, {"id": "77_1", "permalink_url": "u"}))
    draft = platform.prepare(post("A", media=(picture(1), picture(2))), KEY)
    assert platform.commit(draft, KEY) == Receipt("77_1", "u")
    assert door.calls[2].data == {"message": "A", "attached_media": '[{"media_fbid": "5"}, {"media_fbid": "6"}]'}


# X


def test_who_the_keys_of_x_belong_to():
    platform, _ = ex((200, {"data": {"id": "7", "username": "g"}}))
    found = platform.verify()
    assert (found.id, found.name, found.url) == ("7", "@g", "https://x.com/g")


@pytest.mark.parametrize(
    ("lives", "expires"),
    [
        ([86_400], 23),
        ([86_400, 7200], 1),
        ([7200, None], 1),
        ([None], None),
        (["86400"], None),
        ([86_400, None, 10_800], 2),
        ([3600], 0),
        ([1800, 86_400], 0),
    ],
)
def test_a_draft_of_x_lasts_as_long_as_its_shortest_upload_less_an_hour(lives, expires):
    replies = [(200, {"data": {"id": "5"} | ({"expires_after_secs": life} if life else {})}) for life in lives]
    story = post(media=tuple(picture(number + 1, alt="") for number in range(len(lives))))
    platform, _ = ex(*replies)
    draft = platform.prepare(story, KEY)
    assert draft["post"]["media"] == {"media_ids": ["5"] * len(lives)}
    if expires is None:
        assert "expires_at" not in draft
    else:
        assert draft["expires_at"] == (story.at + timedelta(hours=expires)).isoformat().replace("+00:00", "Z")


@pytest.mark.parametrize(
    ("address", "number"),
    [
        *[(f"https://{host}x.com/g/status/12", "12") for host in ("", "www.", "mobile.")],
        *[(f"https://{host}twitter.com/i/status/12/photo/1", "12") for host in ("", "www.", "mobile.")],
        ("https://x.example/g/status/12", None),
        ("https://x.com/g", None),
        ("https://x.com/g/status/a", None),
    ],
)
def test_a_post_of_x_is_read_from_an_address(address, number):
    platform, door = ex((200, {"data": {"deleted": True}}))
    if number:
        platform.delete(Receipt(address, None))
        assert door.calls[0].url == f"https://api.x.com/2/tweets/{number}"
    else:
        with pytest.raises(Rejected, match="does not say which post it is; delete it on X itself"):
            platform.delete(Receipt(address, None))


@pytest.mark.parametrize("body", [{"data": {"deleted": False}}, {"data": None}, {}, ""])
def test_a_post_of_x_that_is_not_ours_is_not_deleted(body):
    address = "https://x.com/g/status/12"
    with pytest.raises(Rejected, match=f"x: {address} is not a post of this account") as caught:
        ex((200, body))[0].delete(Receipt(address, None))
    assert caught.value.status == 200
    ex((200, body))[0].delete(Receipt("12", None))
    with pytest.raises(Rejected, match="removing a post: HTTP 403"):
        ex((403, {"detail": "no"}))[0].delete(Receipt("12", None))


@pytest.mark.parametrize(
    ("story", "price"),
    [
        (post("A.", link=LINK), 15_000),
        (post("A", spans=(Span(0, 1, "tag", "A"), Span(0, 1, "link", LINK))), 200_000),
        (post("A b.com"), 200_000),
        (post("A", link=""), 15_000),
        (post("A https://www.gazette.com/a"), 200_000),
        (post("http://intranet", link="http://intranet"), 200_000),
        (post("A", media=(picture(alt=""), picture(2, alt="b"))), 20_000),
    ],
)
def test_what_a_post_costs_on_x(story, price):
    assert ex()[0].price(story) == price


@pytest.mark.parametrize(
    ("wide", "narrow"),
    [
        (0x1100, 0x10FF),
        (0x1FFF, 0x2002),
        (0x200E, 0x200D),
        (0x200F, 0x2010),
        (0x2020, 0x201F),
        (0x2031, 0x2032),
        (0x2038, 0x2037),
        (0x4E2D, 0),
    ],
)
def test_the_signs_that_weigh_one_in_a_long_text(wide, narrow):
    assert x.weighted_length(chr(wide) * 5000) == 10_000
    assert x.weighted_length(chr(narrow) * 5000) == 5000


@pytest.mark.parametrize(
    ("text", "length"),
    [
        *[(chr(first) + chr(last), 2) for first, last in ((0x21, 0x10FF), (0x2010, 0x201F), (0x2032, 0x2037))],
        *[(chr(code), 2) for code in (0x1100, 0x2020, 0x2031, 0x2038)],
    ],
)
def test_a_sign_weighs_the_same_in_a_short_text_and_in_a_long_one(text, length):
    assert x.weighted_length(text) == length
    assert x.weighted_length(text + "a" * 5000) == 5000 + length


def test_from_where_on_a_text_is_not_parsed():
    address = "https://gazette.com/" + "a" * 80
    assert x.weighted_length(address + " " * 3900) == 23 + 3900
    assert x.weighted_length(address + " " * 3901) == 4001
    assert x.weighted_length("e\u0301" * 3000) == 3000


# A webhook


def test_a_webhook_says_no_more_than_its_host():
    hook = webhook.Webhook(webhook.Options("https://cms.example:8443/secret"), Recorded(), Held())
    found = hook.verify()
    assert (found.id, found.name, found.url) == ("cms.example", "cms.example", None)
    with pytest.raises(Unsupported, match="webhook: an incoming address cannot be asked what it received"):
        hook.find({}, KEY, post().at)
    hook = webhook.Webhook(webhook.Options("https:///hook"), Recorded(), Held())
    assert hook.verify().id == "webhook"


@pytest.mark.parametrize(
    ("api_url", "sent"),
    [("http://b:1/", "http://b:1/hook?site=1"), ("http://b:1/c/", "http://b:1/c/?site=1"), ("", "/hook?site=1")],
)
def test_a_webhook_keeps_its_own_path_where_another_place_has_none(api_url, sent):
    options = webhook.Options("https://cms.example/hook?site=1", api_url=api_url)
    door = Recorded((200, {"id": None, "url": "", "permalink": "p"}))
    hook = webhook.Webhook(options, door, Held())
    assert hook.commit(hook.prepare(post(), KEY), KEY) == Receipt(KEY, "p")
    assert door.calls[0].url == sent


def test_a_webhook_of_the_sandbox_has_a_path_for_each_account(tmp_path):
    options = webhook.Options("https://cms.example/hook", SECRET)
    assert options.redirected("http://b:1", tmp_path, "desk") == webhook.Options(
        "https://cms.example/hook", SECRET, "http://b:1/webhook/desk"
    )
    for secret in ("whsec_YQ", "whsec_YQ==!", "whsec_Y*Q=="):
        with pytest.raises(ValueError, match="after whsec_ the secret has to be base64"):
            webhook.Options("https://cms.example/hook", Secret(secret))


def test_a_webhook_may_be_on_a_plain_address():
    assert webhook.Options("http://cms.example/hook").url == "http://cms.example/hook"


def test_a_webhook_s_no_names_its_host():
    hook = webhook.Webhook(webhook.Options("https://cms.example/secret"), Recorded((400, "no")), Held())
    with pytest.raises(Rejected, match=r"^webhook: cms\.example: HTTP 400"):
        hook.commit(hook.prepare(post(), KEY), KEY)
