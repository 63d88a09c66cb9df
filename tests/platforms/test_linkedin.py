from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from urllib.parse import quote

import pytest

from syndicate.errors import AuthError, NotReady, PictureRefused, Rejected, Uncertain, Unsupported
from syndicate.model import LinkCard, Receipt, Secret
from syndicate.platforms.linkedin import LinkedIn, Options
from syndicate.sandbox import Sandbox
from syndicate.testing import KEY, LINK, OTHER_KEY, Held, PlatformContract, Recorded, illustrated, linked, picture, post
from tests.worlds.signing_in import REDIRECT, signed_in

SINCE = datetime(2026, 11, 23, 10, tzinfo=UTC)
PAGE, PERSON = "urn:li:organization:4711", "urn:li:person:gazette"
APP = {"client_id": "app-1", "client_secret": Secret("app-secret-2")}
URN = "urn:li:share:7400000000000000000"
POSTED = (201, "", {"x-restli-id": URN})
BEGUN = (200, {"value": {"uploadUrl": "https://www.linkedin.com/dms-uploads/C4E1", "image": "urn:li:image:C4E1"}})
READY = (200, {"status": "AVAILABLE"})
AT = int((SINCE + timedelta(seconds=5)).timestamp() * 1000)


def adapter(*replies, author=PAGE, held=None, **options):
    door = Recorded(*replies)
    return LinkedIn(Options(author, Secret("token-1"), **options), door, Held(held)), door


def drafted(text="A bridge opens", link=LINK):
    """What `prepare` makes of a post with a link card and no picture; nothing is asked for that."""
    return adapter()[0].prepare(post(text, link=link, card=LinkCard(link, "A bridge", "") if link else None), KEY)


def listed(commentary="A bridge opens", source=None, at=AT, urn=URN, state="PUBLISHED"):
    content = {"content": {"article": {"source": source, "title": "A bridge"}}} if source else {}
    times = {"createdAt": at, "publishedAt": at, "lastModifiedAt": at}
    return {"id": urn, "author": PAGE, "commentary": commentary, "lifecycleState": state} | content | times


def listing(*posts):
    return (200, {"elements": list(posts), "paging": {"start": 0, "count": 50}})


class TestAgainstTheSandbox(PlatformContract):
    secrets = ("app-secret-2",)
    answers_changes = False

    def options(self, url):
        return Options(PAGE, **APP, api_url=url)

    def make(self, http, url, credentials):
        return LinkedIn(self.options(url), http, credentials)

    def session(self, platform, network):
        return signed_in(LinkedIn.sign_in(self.options(network.url), self.door, REDIRECT))

    @pytest.fixture
    def network(self, sandbox):
        return sandbox

    @pytest.fixture
    def http(self, described):
        self.door = described("linkedin")
        return self.door

    def test_no_session_is_an_auth_error_and_a_dead_one_is_renewed(self, platform, network, credentials):
        alive = credentials.value
        for dead in ({}, {"author": PAGE}):
            credentials.value = dead
            with pytest.raises(AuthError):
                self._publish(platform, illustrated())
        network.stand_ins["linkedin"].members.revoke(alive["token"])
        credentials.value = alive
        with pytest.raises(AuthError):
            self._publish(platform, illustrated())
        credentials.value = platform.refresh(alive)
        assert credentials.value["token"] != alive["token"]
        self._publish(platform, illustrated())
        assert len(network.posts()) == 1

    def test_the_network_s_own_check_for_doubles_sends_us_to_look(self, platform, network, since):
        draft = platform.prepare(linked(platform), KEY)
        receipt = platform.commit(draft, KEY)
        with pytest.raises(Uncertain) as caught:
            platform.commit(draft, KEY)
        assert receipt.permalink in caught.value.hint
        assert platform.find(draft, KEY, since) == receipt
        assert len(network.posts()) == 1

    def test_a_double_of_what_is_gone_is_not_taken_for_a_post(self, platform, network, since):
        draft = platform.prepare(linked(platform), KEY)
        platform.delete(platform.commit(draft, KEY))
        with pytest.raises(Uncertain, match="duplicate"):
            platform.commit(draft, KEY)
        assert platform.find(draft, KEY, since) is None

    def test_a_reply_is_a_comment_that_is_found_and_can_be_removed(self, platform, network, since):
        first = self._publish(platform, linked(platform))
        reply = post(f"Read on: {LINK}", link=LINK, reply_to=first)
        draft = platform.prepare(reply, OTHER_KEY)
        assert platform.find(draft, OTHER_KEY, since) is None
        second = platform.commit(draft, OTHER_KEY)
        assert platform.find(draft, OTHER_KEY, since) == second
        third = self._publish(platform, post("And more", reply_to=second), OTHER_KEY)
        shown = {each["id"]: each.get("reply_to") for each in network.posts()}
        assert shown == {first.id: None, second.id: first.id, third.id: second.id}
        for _ in range(2):
            platform.delete(second)
        assert len(network.posts()) == 2
        with pytest.raises(Unsupported):
            platform.edit(third, post("Other words"))

    def test_a_link_card_arrives_whole(self, platform, network):
        thumb = picture(alt="Fog")
        self._publish(platform, post(link=LINK, card=LinkCard(LINK, "A bridge", "It opens today", thumb)))
        card = network.posts()[0]["card"]
        assert (card["url"], card["title"], card["description"]) == (LINK, "A bridge", "It opens today")
        assert card["image"]["bytes"] == len(thumb.data)

    def test_markup_of_every_kind_arrives_to_the_letter(self, platform, network):
        text = (
            "\\ | { } @ [ ] ( ) < > # * _ ~ {hashtag|x} @[Name](urn:li:person:1) #Fog_x #हिन्दी https://a.example/_(b)#c"
        )
        self._publish(platform, post(text))
        assert network.posts()[0]["text"] == text


class TestAsAPerson:
    """A person's app has no way to read what was posted."""

    @pytest.fixture
    def network(self):
        with Sandbox(quirks={"linkedin": {"products": ("share",)}}) as sandbox:
            yield sandbox

    @pytest.fixture
    def platform(self, network, described):
        options, door = Options(**APP, api_url=network.url), described("linkedin")
        held = signed_in(LinkedIn.sign_in(options, door, REDIRECT), ["person"])
        assert "renew_at" not in held
        return LinkedIn(options, door, Held(held))

    def test_it_posts_with_a_picture(self, platform, network):
        receipt = platform.commit(platform.prepare(illustrated(), KEY), KEY)
        [shown] = network.posts()
        assert (shown["id"], shown["account"]) == (receipt.id, PERSON)
        assert shown["media"][0]["alt"] == "A bridge in fog"

    def test_what_was_not_answered_is_for_a_person_to_decide(self, platform, network):
        draft = platform.prepare(linked(platform), KEY)
        platform.commit(draft, KEY)
        with pytest.raises(Unsupported, match="may not read the posts"):
            platform.find(draft, KEY, SINCE)
        with pytest.raises(Unsupported):
            platform.recent(SINCE)
        with pytest.raises(Uncertain, match="duplicate"):
            platform.commit(draft, KEY)

    def test_it_edits_deletes_and_comments(self, platform, network):
        receipt = platform.commit(platform.prepare(linked(platform), KEY), KEY)
        platform.edit(receipt, post("Other words"))
        draft = platform.prepare(post("More", reply_to=receipt), OTHER_KEY)
        platform.commit(draft, OTHER_KEY)
        with pytest.raises(Unsupported, match="comments"):
            platform.find(draft, OTHER_KEY, SINCE)
        assert [each["text"] for each in network.posts()] == ["Other words", "More"]
        platform.delete(receipt)
        assert [each["text"] for each in network.posts()] == ["More"]

    def test_it_says_who_it_is_which_product_it_has_and_when_its_token_ends(self, platform):
        identity = platform.verify()
        assert (identity.id, identity.name) == (PERSON, "Gazette")
        assert identity.scopes == ("openid", "profile", "w_member_social")
        assert identity.notes[:2] == (
            "the app has the product Share on LinkedIn",
            "it may not read its own posts, so a post that gets no answer waits for you (held)",
        )
        days = (identity.expires_at - datetime.now(UTC)) / timedelta(days=1)
        assert 59 < days <= 60

    def test_its_token_cannot_be_renewed(self, platform):
        with pytest.raises(AuthError) as caught:
            platform.refresh({"token": "x"})
        assert "syndicate accounts login" in caught.value.hint


def test_a_post_with_a_link_card_as_it_is_sent():
    platform, door = adapter(BEGUN, (201, ""), READY, POSTED)
    thumb = picture()
    story = post("A bridge opens #Fog", link=LINK, card=LinkCard(LINK, "A bridge", "It opens today", thumb))
    receipt = platform.commit(json.loads(json.dumps(platform.prepare(story, KEY))), KEY)
    begin, upload, look, create = door.calls
    assert (begin.url, begin.params) == ("https://api.linkedin.com/rest/images", {"action": "initializeUpload"})
    assert begin.json == {"initializeUploadRequest": {"owner": PAGE}}
    assert (upload.method, upload.url, upload.data) == ("PUT", BEGUN[1]["value"]["uploadUrl"], thumb.data)
    assert upload.headers == {"Authorization": "Bearer token-1", "Content-Type": "image/png"}
    assert look.url == "https://api.linkedin.com/rest/images/urn%3Ali%3Aimage%3AC4E1"
    assert (create.method, create.url) == ("POST", "https://api.linkedin.com/rest/posts")
    assert create.headers == {
        "Authorization": "Bearer token-1",
        "LinkedIn-Version": "202609",
        "X-Restli-Protocol-Version": "2.0.0",
    }
    assert create.json == {
        "author": PAGE,
        "commentary": "A bridge opens {hashtag|\\#|Fog}",
        "visibility": "PUBLIC",
        "distribution": {"feedDistribution": "MAIN_FEED", "targetEntities": [], "thirdPartyDistributionChannels": []},
        "lifecycleState": "PUBLISHED",
        "isReshareDisabledByAuthor": False,
        "content": {
            "article": {
                "source": LINK,
                "title": "A bridge",
                "description": "It opens today",
                "thumbnail": "urn:li:image:C4E1",
            }
        },
    }
    assert receipt == Receipt(URN, f"https://www.linkedin.com/feed/update/{URN}")


@pytest.mark.parametrize(
    ("alts", "content"),
    [
        (["Fog"], {"media": {"id": "urn:li:image:1", "altText": "Fog"}}),
        ([""], {"media": {"id": "urn:li:image:1"}}),
        (
            ["One", "Two"],
            {
                "multiImage": {
                    "images": [{"id": f"urn:li:image:{n}", "altText": alt} for n, alt in ((1, "One"), (2, "Two"))]
                }
            },
        ),
    ],
)
def test_pictures_are_one_or_several(alts, content):
    begun = [
        [(200, {"value": {"uploadUrl": "https://www.linkedin.com/u", "image": f"urn:li:image:{n}"}}), (201, "")]
        for n in range(1, len(alts) + 1)
    ]
    platform, _ = adapter(*(each for pair in begun for each in pair), *[READY] * len(alts))
    story = post(media=tuple(picture(8 + n, alt=alt) for n, alt in enumerate(alts)))
    assert platform.prepare(story, KEY)["post"]["content"] == content


def test_the_token_goes_to_linkedin_s_own_hosts_only():
    begun = (200, {"value": {"uploadUrl": "https://linkedin.com.evil.example/u", "image": "urn:li:image:1"}})
    platform, door = adapter(begun, (201, ""), READY)
    platform.prepare(illustrated(), KEY)
    assert door.calls[1].headers == {"Content-Type": "image/png"}


def test_a_picture_that_is_processed_is_waited_for_and_not_uploaded_again():
    working = (200, {"status": "PROCESSING"})
    platform, door = adapter(BEGUN, (201, ""), working, working, READY)
    with pytest.raises(NotReady) as caught:
        platform.prepare(illustrated(), KEY)
    with pytest.raises(NotReady) as again:
        platform.prepare(illustrated(), KEY, json.loads(json.dumps(caught.value.prepared)))
    assert again.value.prepared["looks"] == 2
    assert platform.prepare(illustrated(), KEY, again.value.prepared)["post"]["content"]["media"]["id"]
    assert len(door.calls) == 5


def test_a_picture_that_is_never_ready_is_refused():
    working = (200, {"status": "PROCESSING"})
    platform, _ = adapter(working)
    known = {"images": {picture(alt="A bridge in fog").file: "urn:li:image:1"}, "looks": 9}
    with pytest.raises(PictureRefused) as caught:
        platform.prepare(illustrated(), KEY, known)
    assert not caught.value.smaller
    platform, _ = adapter(BEGUN, (201, ""), (200, {"status": "PROCESSING_FAILED"}))
    with pytest.raises(PictureRefused, match="could not process"):
        platform.prepare(illustrated(), KEY)


def test_a_draft_lasts_as_long_as_its_uploads():
    platform, _ = adapter(BEGUN, (201, ""), (403, {"status": 403, "code": "ACCESS_DENIED", "message": "no"}))
    story = illustrated()
    draft = platform.prepare(story, KEY)
    assert datetime.fromisoformat(draft["expires_at"]) - story.at == timedelta(hours=12)
    assert "expires_at" not in drafted()


@pytest.mark.parametrize(
    ("shown", "known"),
    [
        (listed(source=LINK), True),
        (listed(source=f"{LINK}&utm_content=x"), True),
        (listed(f"A bridge opens {LINK}".replace("_", "\\_")), True),
        (listed(source=LINK + "2"), False),
        (listed(source=LINK, at=AT - 10_000), False),
        (listed(source=LINK, state="DRAFT"), False),
        (listed(), False),
    ],
)
def test_a_post_is_known_by_its_link(shown, known):
    platform, door = adapter(listing(listed("Something else", urn="urn:li:share:1"), shown))
    assert (platform.find(drafted(), KEY, SINCE) is not None) == known
    [call] = door.calls
    assert call.url == "https://api.linkedin.com/rest/posts"
    assert call.params == {"q": "author", "author": PAGE, "count": "50", "sortBy": "LAST_MODIFIED"}
    assert call.headers["X-RestLi-Method"] == "FINDER"


def test_a_post_without_a_link_is_known_by_its_text_as_linkedin_writes_it():
    shown = listed("Tom \\(and\\) {hashtag|\\#|Jerry\\_1} {hashtag|#|Fog} @[The Gazette](urn:li:organization:1)")
    platform, _ = adapter(listing(shown))
    assert platform.find(drafted("Tom (and) #Jerry_1\n#Fog The Gazette", link=None), KEY, SINCE).id == URN


def test_a_listing_is_read_back_to_the_attempt():
    full = listing(*[listed("x", urn=f"urn:li:share:{n}") for n in range(50)])
    platform, door = adapter(full, listing(listed(source=LINK)))
    assert platform.find(drafted(), KEY, SINCE).id == URN
    assert door.calls[1].params["start"] == "50"
    old = listing(*[listed("x", urn=f"urn:li:share:{n}", at=AT - 10_000) for n in range(50)])
    assert adapter(old)[0].find(drafted(), KEY, SINCE) is None
    with pytest.raises(Unsupported, match="too many"):
        adapter(*[full] * 30)[0].find(drafted(), KEY, SINCE)


@pytest.mark.parametrize("answer", ["<html>", [], {"elements": [{"id": URN, "commentary": "x"}]}])
def test_a_listing_that_cannot_be_read_is_no_absence(answer):
    with pytest.raises(Uncertain):
        adapter((200, answer))[0].find(drafted(), KEY, SINCE)


@pytest.mark.parametrize("status", [400, 403])
def test_a_listing_that_is_refused_is_for_a_person_to_decide(status):
    refused = (status, {"status": status, "message": "Not enough permissions to access: posts.FINDER-author"})
    with pytest.raises(Unsupported) as caught:
        adapter(refused)[0].find(drafted(), KEY, SINCE)
    assert "r_organization_social" in caught.value.hint


def test_a_post_without_an_id_may_be_there():
    with pytest.raises(Uncertain, match="without the post's id"):
        adapter((201, ""))[0].commit(drafted(), KEY)


@pytest.mark.parametrize(
    "address",
    [
        f"https://www.linkedin.com/feed/update/{URN}/",
        f"https://www.linkedin.com/feed/update/{quote(URN)}?utm_source=share",
        f"https://linkedin.com/posts/gazette_a-bridge-opens-share-{URN.rpartition(':')[2]}-AbCd/",
    ],
)
def test_the_address_that_a_person_gave_leads_to_its_post(address):
    platform, door = adapter((204, ""), (204, ""))
    platform.delete(Receipt(address, None))
    platform.edit(Receipt(address, None), post("New (words)"))
    assert {call.url for call in door.calls} == {f"https://api.linkedin.com/rest/posts/{quote(URN, safe='')}"}
    assert [call.headers["X-RestLi-Method"] for call in door.calls] == ["DELETE", "PARTIAL_UPDATE"]
    assert door.calls[1].json == {"patch": {"$set": {"commentary": "New \\(words\\)"}}}


@pytest.mark.parametrize(
    "address", ["https://www.linkedin.com/feed/update/urn:li:activity:7", f"https://elsewhere.example/{URN}"]
)
def test_an_address_that_names_no_post_asks_nothing(address):
    platform, door = adapter()
    with pytest.raises(Rejected, match="does not say which post"):
        platform.delete(Receipt(address, None))
    assert door.calls == []


def test_a_change_that_is_refused_is_about_the_post_and_not_about_the_login():
    refused = (403, {"status": 403, "code": "ACCESS_DENIED", "message": "Not enough permissions"})
    platform, _ = adapter(refused, refused, (404, {"message": "Not found"}))
    with pytest.raises(Rejected, match="Not enough permissions"):
        platform.delete(Receipt(URN, None))
    with pytest.raises(Rejected):
        platform.edit(Receipt(URN, None), post())
    platform.delete(Receipt(URN, None))


def test_who_sees_a_post_is_as_the_config_says():
    draft = adapter(visibility="connections")[0].prepare(post(), KEY)
    assert draft["post"]["visibility"] == "CONNECTIONS"
    assert draft["post"].keys() == drafted().get("post").keys() - {"content"}


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({}, "needs 'author' and 'token', or 'client_id' and 'client_secret' to sign in with"),
        ({"client_id": "a"}, "needs 'author' and 'token', or"),
        ({"token": Secret("t")}, "needs 'author' beside 'token'"),
        ({"author": "4711", "token": Secret("t")}, "'4711' is no author, such as urn:li:organization:1"),
        ({"author": PAGE, "token": Secret("t"), "version": "2026"}, "version '2026' is not a month"),
        ({"author": PAGE, "token": Secret("t"), "version": "202613"}, "version '202613' is not a month"),
    ],
)
def test_options_that_are_not_whole_are_told_in_one_line(options, words):
    with pytest.raises(ValueError, match="(?s)^" + words.replace("(", r"\(")):
        Options(**options)


def test_whose_it_is_and_what_a_rehearsal_uses():
    signing = Options(**APP)
    assert LinkedIn.whose(signing) == ("app-1",)
    assert LinkedIn.whose(replace(signing, author=PAGE)) == (PAGE,)
    assert LinkedIn.signed_out(signing) == {"token": "<token>", "author": "urn:li:person:<you>"}
    assert LinkedIn.signed_out(Options(PAGE, Secret("t"))) == {}
    with pytest.raises(AuthError, match="nobody has signed in yet"):
        LinkedIn(signing, Recorded(), Held()).prepare(post(), KEY)
