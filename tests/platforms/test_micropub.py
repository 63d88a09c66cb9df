"""Micropub: against the stand-in and its quirks, and with recorded answers of servers that differ from it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import ClassVar

import pytest

from syndicate.errors import (
    AuthError,
    NotReady,
    PictureRefused,
    RateLimited,
    Rejected,
    Unavailable,
    Uncertain,
    Unsupported,
)
from syndicate.model import Receipt, Secret, Span
from syndicate.net.http import RequestsHttp
from syndicate.platforms.micropub import Micropub, Options
from syndicate.sandbox.server import Sandbox
from syndicate.testing import KEY, LINK, OTHER_KEY, Held, PlatformContract, Recorded, illustrated, now, picture, post

SECRET = Secret("micropub-token")
ENDPOINT = "https://site.example/micropub"
HERE = "https://site.example/posts/1"
SLUG = "s001122334455667"
SINCE = datetime(2026, 11, 23, 10, tzinfo=UTC)
CREATED = (201, "", {"Location": HERE})
CONFIG = (200, {"media-endpoint": "https://media.example/up"})


def receipt(url=HERE):
    return Receipt(url, url, {"from": "site"})


def adapter(*replies, held=None, **options):
    door = Recorded(*replies)
    given = {"endpoint": ENDPOINT, "token": SECRET} | options
    return Micropub(Options(**given), door, Held(held)), door


def sent(story, **options):
    """The properties that a post is sent with."""
    replies = ([CONFIG, (201, "", {"Location": "https://media.example/1.png"})] if story.media else []) + [CREATED]
    platform, door = adapter(*replies, **options)
    platform.commit(platform.prepare(story, KEY), KEY)
    assert door.calls[-1].json["type"] == ["h-entry"]
    return door.calls[-1].json["properties"]


class TestAgainstTheSandbox(PlatformContract):
    enforces_length = False
    secrets = (SECRET,)
    options: ClassVar[dict[str, str]] = {"content": "text"}

    def make(self, http, url, credentials):
        options = Options(ENDPOINT, SECRET, api_url=f"{url}/micropub/desk", **self.options)
        return Micropub(options, http, credentials)

    @pytest.fixture
    def network(self):
        with Sandbox() as sandbox:
            yield sandbox

    def test_no_session_is_an_auth_error_and_a_dead_one_is_renewed(self, platform, network, credentials):
        """A token of the config needs no session, and is not renewed."""
        credentials.value = {}
        platform.commit(platform.prepare(illustrated(), KEY), KEY)
        with pytest.raises(AuthError, match="cannot be renewed"):
            platform.refresh({"token": SECRET})
        assert len(network.posts()) == 1


class TestAgainstASiteThatChoosesItsAddressesAndTakesHtml(TestAgainstTheSandbox):
    options: ClassVar[dict[str, str]] = {"content": "html", "slug": "server", "kind": "bookmark"}

    @pytest.fixture
    def network(self):
        with Sandbox(quirks={"micropub": {"slugs": False, "accepted": True}}) as sandbox:
            yield sandbox


# What is sent


def test_a_note_has_its_text_its_tags_and_the_end_of_its_address():
    text = f"A bridge opens {LINK} #Ferries #Fog"
    spans = (Span(15, 15 + len(LINK), "link", LINK), Span(16 + len(LINK), 24 + len(LINK), "tag", "Ferries"))
    found = sent(post(text, link=LINK, spans=(*spans, Span(25 + len(LINK), 29 + len(LINK), "tag", "Fog"))))
    assert found == {
        "content": [text],
        "category": ["Ferries", "Fog"],
        "mp-slug": [SLUG],
        "post-status": ["published"],
    }


def test_without_hashtags_the_article_s_own_categories_are_sent():
    found = sent(post(article={"categories": ["Harbour", "Fog", "Fog"]}), slug="server", post_status="draft")
    assert found == {"content": ["A bridge opens"], "category": ["Harbour", "Fog"], "post-status": ["draft"]}


def test_a_bookmark_says_of_what_it_is_one_and_a_note_of_no_link_stays_a_note():
    story = post(f"Open\n{LINK}", link=LINK, article={"title": "A bridge"})
    found = sent(story, kind="bookmark")
    assert (found["bookmark-of"], found["name"]) == ([LINK], ["A bridge"])
    assert "name" not in sent(story)
    assert "bookmark-of" not in sent(post(), kind="bookmark")


def test_html_has_paragraphs_and_links_and_escapes_the_rest():
    text = f"Tom & <Jerry>\n\nread {LINK}\nnow"
    start = text.index(LINK)
    found = sent(post(text, link=LINK, spans=(Span(start, start + len(LINK), "link", LINK),)), content="html")
    shown = LINK.replace("&", "&amp;")
    linked = f'read <a href="{shown}">{shown}</a><br>now'
    assert found["content"] == [{"html": f"<p>Tom &amp; &lt;Jerry&gt;</p><p>{linked}</p>"}]


def test_a_reply_names_what_it_replies_to():
    assert sent(post(reply_to=Receipt(HERE, HERE)))["in-reply-to"] == [HERE]


def test_a_blog_is_named_in_every_request():
    replies = [CONFIG, (202, "", {"Location": "https://b/1.png"}), CREATED, (200, {"items": []}), (204, ""), (204, "")]
    platform, door = adapter(*replies, destination="https://b.micro.blog/")
    platform.commit(platform.prepare(illustrated(), KEY), KEY)
    with pytest.raises(Unsupported):
        platform.recent(SINCE)
    platform.edit(Receipt(HERE, HERE), post("New"))
    platform.delete(receipt())
    config, upload, create, listing, edit, delete = door.calls
    blog = {"mp-destination": "https://b.micro.blog/"}
    assert config.params == {"q": "config"}
    assert (upload.data, listing.params) == (blog, {"q": "source", "limit": "40"} | blog)
    assert create.json["properties"]["mp-destination"] == ["https://b.micro.blog/"]
    assert [{name: call.json[name] for name in blog} for call in (create, edit, delete)] == [blog] * 3


def test_pictures_go_to_the_media_endpoint_and_their_alt_texts_with_the_post():
    platform, door = adapter(CONFIG, (201, "", {"Location": "/1.png"}), (201, "", {"Location": "/2.png"}), CREATED)
    story = post(media=(picture(8), picture(9, alt="")))
    platform.commit(platform.prepare(story, KEY), KEY)
    assert [call.url for call in door.calls[1:3]] == ["https://media.example/up"] * 2
    assert door.calls[1].files == {"file": (story.media[0].file, story.media[0].data, "image/png")}
    assert {call.headers["Authorization"] for call in door.calls} == {f"Bearer {SECRET}"}
    assert door.calls[3].json["properties"]["photo"] == [
        {"value": "https://network.example/1.png", "alt": "A bridge in fog"},
        "https://network.example/2.png",
    ]


CLEAR = {"media-endpoint": "http://media.example/up"}


@pytest.mark.parametrize("config", [(200, {}), (400, {"error": "invalid_request"}), (501, ""), (200, CLEAR)])
def test_without_a_media_endpoint_a_post_goes_without_its_picture(config):
    platform, door = adapter(config)
    with pytest.raises(PictureRefused, match="takes no pictures") as caught:
        platform.prepare(illustrated(), KEY)
    assert (caught.value.smaller, "media_endpoint" in caught.value.hint, len(door.calls)) == (False, True, 1)
    platform, door = adapter((201, "", {"Location": "/1.png"}), media_endpoint="https://media.example/up")
    platform.prepare(illustrated(), KEY)
    assert door.calls[0].url == "https://media.example/up"


def test_a_server_that_refuses_alt_texts_in_photos_gets_them_beside():
    with Sandbox(quirks={"micropub": {"alts": False}}) as sandbox:
        http = RequestsHttp(clock=now)
        platform = Micropub(Options(ENDPOINT, SECRET, api_url=f"{sandbox.url}/micropub/desk"), http, Held())
        story = illustrated()
        draft = platform.prepare(story, KEY)
        with pytest.raises(NotReady, match="HTTP 400: invalid_request") as caught:
            platform.commit(draft, KEY)
        assert caught.value.retry_after == 0
        draft = platform.prepare(story, KEY, caught.value.prepared)
        assert platform.commit(draft, KEY).permalink == f"{sandbox.url}/micropub/desk/posts/{SLUG}"
        [shown] = sandbox.posts()
        assert [media["alt"] for media in shown["media"]] == ["A bridge in fog"]
        assert sum(request["step"] == "upload" for request in sandbox.requests()) == 1
        http.close()


def test_a_post_that_is_refused_with_bare_addresses_too_is_refused():
    platform, _ = adapter((400, "invalid_request"))
    draft = platform.prepare(illustrated(), KEY, {"photos": [{"value": "https://media.example/1.png", "alt": "Fog"}]})
    with pytest.raises(Rejected, match="HTTP 400: invalid_request"):
        platform.commit(draft, KEY)


# What is answered


@pytest.mark.parametrize(
    ("reply", "where"),
    [
        (CREATED, HERE),
        ((202, "", {"Location": HERE}), HERE),
        ((201, "", {"Location": "/posts/2"}), "https://network.example/posts/2"),
        ((202, {"url": HERE, "preview": "https://site.example/preview"}), HERE),
    ],
)
def test_where_the_post_is_may_be_said_in_several_ways(reply, where):
    platform, _ = adapter(reply)
    assert platform.commit(platform.prepare(post(), KEY), KEY) == receipt(where)


@pytest.mark.parametrize(
    ("reply", "kind", "words"),
    [
        ((401, {"error": "unauthorized"}), AuthError, "unauthorized"),
        ((401, {"error": "insufficient_scope", "scope": "create"}), AuthError, "insufficient_scope"),
        (
            (403, {"error": "insufficient_scope", "error_description": "insufficient to create posts"}),
            AuthError,
            "to cr",
        ),
        ((403, {"error": "forbidden", "error_description": "This user may not post"}), AuthError, "may not post"),
        ((403, "authorization error"), AuthError, "authorization error"),
        ((401, "authentication error", {"WWW-Authenticate": "Bearer"}), AuthError, "authentication error"),
        ((400, {"error": "invalid_token"}), AuthError, "invalid_token"),
        (
            (403, "<!doctype html><title>Just a moment</title>", {"cf-mitigated": "x"}),
            Unavailable,
            "firewall",
        ),
        (
            (400, {"error": "invalid_request", "error_description": "content is missing"}),
            Rejected,
            "content is missing",
        ),
        ((400, "invalid_request"), Rejected, "invalid_request"),
        ((400, {"code": "rest_invalid_param", "message": "Invalid parameter"}), Rejected, "Invalid parameter"),
        ((413, ""), Rejected, "HTTP 413"),
        ((404, "<!doctype html>"), Unavailable, "HTTP 404"),
        ((301, "", {"Location": "https://www.site.example/micropub"}), Unavailable, "www.site.example"),
        ((429, "", {"Retry-After": "9"}), RateLimited, "HTTP 429"),
        ((200, "<!doctype html><title>Log in</title>"), Uncertain, "without saying where"),
        ((201, ""), Uncertain, "without saying where"),
        ((501, ""), Uncertain, "HTTP 501"),
        ((503, ""), Uncertain, "HTTP 503"),
    ],
)
def test_each_no_says_what_to_do_next(reply, kind, words):
    platform, _ = adapter(reply)
    with pytest.raises(kind, match=words) as caught:
        platform.commit(platform.prepare(post(), KEY), KEY)
    assert type(caught.value) is kind
    assert SECRET not in str(caught.value)
    if "scope" in words:
        assert "create update delete media" in caught.value.hint


@pytest.mark.parametrize(
    ("reply", "smaller"),
    [((400, {"error": "invalid_request"}), True), ((413, ""), True), ((404, {"error": "not_found"}), False)],
)
def test_a_refused_picture_is_told_as_such(reply, smaller):
    platform, _ = adapter(CONFIG, reply)
    with pytest.raises(PictureRefused) as caught:
        platform.prepare(illustrated(), KEY)
    assert caught.value.smaller is smaller


def test_an_upload_that_does_not_say_where_it_is_cannot_be_used():
    platform, _ = adapter(CONFIG, (201, ""))
    with pytest.raises(Uncertain, match="picture: HTTP 201 without saying where"):
        platform.prepare(illustrated(), KEY)


# Who it is

BLOGS = [{"uid": "https://a.micro.blog/", "name": "a.micro.blog"}, {"uid": "https://b.com/", "name": "b.com"}]


@pytest.mark.parametrize(
    ("reply", "options", "held", "identity"),
    [
        ((200, {}), {}, {}, (ENDPOINT, "site.example", None)),
        ((200, {}), {}, {"me": "https://gazette.example/"}, ("https://gazette.example/", "gazette.example", None)),
        ((400, {"error": "invalid_request"}), {}, {}, (ENDPOINT, "site.example", None)),
        ((501, ""), {}, {}, (ENDPOINT, "site.example", None)),
        ((200, {"destination": BLOGS}), {}, {}, ("https://a.micro.blog/", "a.micro.blog", None)),
        ((200, {"destination": BLOGS}), {"destination": "https://b.com"}, {}, ("https://b.com/", "b.com", None)),
        ((200, {}), {"destination": "https://b.com"}, {}, ("https://b.com", "b.com", None)),
        (
            (200, {"destination": [BLOGS[0], BLOGS[1] | {"microblog-default": True}]}),
            {"endpoint": "https://micro.blog/micropub"},
            {},
            ("https://b.com/", "b.com", 300),
        ),
        ((200, {}), {"endpoint": "https://micro.blog/micropub", "kind": "bookmark"}, {}, (None, "micro.blog", None)),
    ],
)
def test_who_a_token_belongs_to(reply, options, held, identity):
    platform, _ = adapter(reply, held=held, **options)
    found = platform.verify()
    number, name, limit = identity
    assert (found.id, found.name) == (number or options["endpoint"], name)
    assert found.limits.get("text") == limit


def test_a_blog_that_the_login_does_not_have_is_named_with_those_that_it_has():
    platform, _ = adapter((200, {"destination": BLOGS}), destination="https://c.com")
    with pytest.raises(AuthError, match="this login has no blog https:") as caught:
        platform.verify()
    assert caught.value.hint == "set destination to one of: https://a.micro.blog/, https://b.com/"


def test_without_an_endpoint_somebody_has_to_sign_in_first():
    platform, door = adapter(endpoint=None, token=None)
    with pytest.raises(AuthError, match="nobody has signed in") as caught:
        platform.verify()
    assert "accounts login" in caught.value.hint
    platform, door = adapter((200, {}), endpoint=None, token=None, held={"token": "t", "endpoint": ENDPOINT})
    assert platform.verify().id == ENDPOINT
    assert door.calls[0].headers["Authorization"] == "Bearer t"
    assert Micropub.signed_out(Options()) == {"token": "<token>", "endpoint": "https://site.example/micropub"}
    assert Micropub.signed_out(Options(ENDPOINT)) == {"token": "<token>"}
    assert Micropub.signed_out(Options(ENDPOINT, SECRET)) == {}
    assert Micropub.proof(Options(ENDPOINT, SECRET)) == SECRET
    assert Micropub.whose(Options(ENDPOINT, destination="b")) == (ENDPOINT, "b")


@pytest.mark.parametrize("options", [{"endpoint": "site.example"}, {"token": SECRET}, {"media_endpoint": "x"}])
def test_wrong_options_are_named(options):
    with pytest.raises(ValueError, match=r"is not an address|needs its endpoint"):
        Options(**options)


# What is found again


def entry(place, at, **properties):
    return {"type": ["h-entry"], "properties": {"url": [place], "published": [at]} | properties}


def found(*pages, story=None, **options):
    platform, door = adapter(*[(200, page) if isinstance(page, dict) else page for page in pages], **options)
    draft = platform.prepare(story or post(f"A bridge opens {LINK}", link=LINK), KEY)
    return platform.find(draft, KEY, SINCE), door


LINKED = f'<p>Other <a href="{LINK.replace("&", "&amp;")}">words</a></p>'
NEW, OLD = "2026-11-23T10:00:05Z", "2026-11-22T10:00:00Z"


@pytest.mark.parametrize(
    "properties",
    [
        {"content": [f"Other words {LINK}"]},
        {
            "content": [
                {"html": f'<p>Other <a href="{LINK.replace("&", "&amp;")}">words</a></p>', "value": "Other words"}
            ]
        },
        {"content": [LINKED]},
        {"content": f"Other words {LINK}"},
        {"bookmark-of": [LINK]},
        {"url": [f"https://site.example/2026/{SLUG}.html"], "content": ["Quite changed"]},
        {"url": [f"https://site.example/{SLUG}-2/"]},
        {"published": [], "content": [LINK]},
        {"published": ["2026-11-23T10:00:05"], "content": [LINK]},
    ],
)
def test_a_post_is_found_however_a_server_lists_it(properties):
    listing = {"items": [entry("https://site.example/9", NEW), entry(HERE, NEW, **properties), entry("https://o", OLD)]}
    seen, _ = found(listing, {"items": []})
    assert seen is not None
    assert seen.id == properties.get("url", [HERE])[0]


@pytest.mark.parametrize(
    "properties",
    [
        {"content": ["A bridge opens"]},
        {"content": [f"{LINK}2"]},
        {"published": [OLD], "content": [LINK]},
        {"url": [], "content": [LINK]},
        {"url": [f"https://site.example/{SLUG}a"]},
    ],
)
def test_another_post_is_not_taken_for_it(properties):
    seen, _ = found({"items": [entry("https://site.example/9", NEW), entry(HERE, OLD) | {}]}, {"items": []})
    assert seen is None
    listing = {"items": [entry("https://site.example/9", NEW, **properties)]}
    assert found(listing, {"items": [entry("https://site.example/8", OLD)]}, {"items": []})[0] is None


def test_pages_are_read_until_they_are_older_than_the_attempt():
    first = {"items": [entry("https://site.example/3", NEW), entry("https://site.example/2", OLD)]}
    seen, door = found(first)
    assert seen is None
    assert [call.params.get("offset") for call in door.calls] == [None]


def test_a_list_with_the_oldest_first_is_read_to_its_end():
    first = {"items": [entry("https://site.example/1", OLD), entry("https://site.example/2", OLD)]}
    seen, door = found(first, {"items": [entry(HERE, NEW, content=[LINK])]})
    assert seen == receipt()
    assert [call.params.get("offset") for call in door.calls] == [None, "2"]


def test_a_list_with_cursors_is_read_by_them():
    first = {"items": [entry("https://site.example/1", NEW)], "paging": {"after": "c1"}}
    last = {"items": [entry("https://site.example/2", NEW)], "paging": {}}
    seen, door = found(first, last)
    assert seen is None
    assert [call.params.get("after") for call in door.calls] == [None, "c1"]


@pytest.mark.parametrize(
    "pages",
    [
        [(501, "not_implemented")],
        [(400, {"error": "invalid_request", "error_description": "unknown query"})],
        [{"items": []}],
        [{"items": [entry("https://site.example/1", NEW)]}] * 2,
        [{"items": [entry(f"https://site.example/{page}", NEW)]} for page in range(25)],
    ],
    ids=["not built", "unknown", "always empty", "the same page", "endless"],
)
def test_a_server_that_does_not_list_its_posts_cannot_tell(pages):
    with pytest.raises(Unsupported):
        found(*pages)
    platform, _ = adapter(*[(200, page) if isinstance(page, dict) else page for page in pages])
    with pytest.raises(Unsupported):
        platform.recent(SINCE)


def test_recent_posts_need_dates_and_addresses():
    for lacking in ({"published": []}, {"url": []}):
        platform, _ = adapter((200, {"items": [entry(HERE, NEW, **lacking)]}))
        with pytest.raises(Unsupported, match="without dates or addresses"):
            platform.recent(SINCE)


# What is changed


def test_an_edit_replaces_the_text_and_follows_a_new_address():
    platform, door = adapter((200, {}), (204, ""), (201, "", {"Location": "https://site.example/posts/new"}))
    assert platform.edit(receipt(), post("New")) == receipt()
    assert platform.edit(receipt(), post("New")) == receipt()
    assert platform.edit(receipt(), post("New")).permalink == "https://site.example/posts/new"
    assert door.calls[0].json == {"action": "update", "url": HERE, "replace": {"content": ["New"]}}


@pytest.mark.parametrize(
    ("replies", "kind"),
    [
        ([(400, "invalid_request"), (400, "invalid_request"), (404, "")], None),
        ([(404, ""), (404, ""), (410, "")], None),
        ([(400, "invalid_request"), (200, {"properties": {}})], Rejected),
        ([(400, "invalid_request"), (501, "")], Rejected),
        ([(400, "invalid_request"), (400, "invalid_request"), (200, "<html>")], Rejected),
        ([(501, "")], Unsupported),
        ([(403, {"error": "insufficient_scope"})], AuthError),
    ],
)
def test_a_deletion_that_is_refused_is_good_only_if_the_post_is_gone(replies, kind):
    platform, door = adapter(*replies)
    if kind is None:
        platform.delete(receipt())
        assert "Authorization" not in door.calls[2].headers
    else:
        with pytest.raises(kind):
            platform.delete(receipt())
    assert door.calls[0].json == {"action": "delete", "url": HERE}


def test_an_address_that_a_person_gave_is_not_asked_about_elsewhere():
    platform, door = adapter((400, {"error": "invalid_request", "error_description": "not found"}))
    with pytest.raises(Rejected, match="not found"):
        platform.delete(Receipt("https://elsewhere.example/1", None))
    assert len(door.calls) == 1


def test_a_server_that_cannot_edit_says_so():
    platform, _ = adapter((501, ""))
    with pytest.raises(Unsupported, match="editing a post: this server cannot do that"):
        platform.edit(Receipt(HERE, HERE), post())


def test_two_posts_have_two_ends_of_addresses():
    platform, _ = adapter()
    ends = {platform.prepare(post(), key)["slug"] for key in (KEY, OTHER_KEY)}
    assert ends == {SLUG, "sffeeddccbbaa998"}
    assert timedelta(seconds=platform.settle) == timedelta(minutes=1)


FAMILY = "\N{MAN}\N{ZERO WIDTH JOINER}\N{WOMAN}\N{ZERO WIDTH JOINER}\N{GIRL}"
FLAG = "\N{REGIONAL INDICATOR SYMBOL LETTER P}\N{REGIONAL INDICATOR SYMBOL LETTER T}"


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("", 0),
        ("a", 1),
        ("é", 1),
        ("e\u0301", 2),
        ("one\ntwo", 7),
        ("one\r\ntwo", 8),
        ("  a  ", 5),
        ("“Fog” – it’s", 12),
        ("https://example.com/a", 21),
        ("example.com", 11),
        ("https://example.com/" + "a" * 300, 320),
        ("(https://example.com/Fog_(weather))", 35),
        ("https://example.com/Übersicht/中文", 32),
        ("中文字", 3),
        ("日本語の見出し", 7),
        ("한국어", 3),
        ("\u0915\u0940", 2),
        ("\u0915\u094d\u0937\u093f", 4),
        ("தமிழ்", 5),
        ("العربية", 7),
        ("עברית", 5),
        ("\u200fمرحبا", 6),
        ("ภาษาไทย", 7),
        (FLAG, 2),
        (FAMILY, 5),
        ("\N{THUMBS UP SIGN}", 1),
        ("\N{THUMBS UP SIGN}\N{EMOJI MODIFIER FITZPATRICK TYPE-4}", 2),
        ("©\N{VARIATION SELECTOR-16}", 2),
        ("1\N{VARIATION SELECTOR-16}\N{COMBINING ENCLOSING KEYCAP}", 3),
        ("#Fog @desk", 10),
        ("*bold* _it_ `code`", 18),
        ("# Heading", 9),
        ("[a](b)", 6),
        ("<b>a</b>", 8),
        ("a & b", 5),
        ("&amp;", 5),
        ("\u00a0", 1),
        ("\u200b", 1),
        ("\u00ad", 1),
        ("a\tb", 3),
        ("𝕏", 1),
        ("\U00020000", 1),
        ("a" * 5000, 5000),
    ],
)
def test_it_counts_code_points(text, length):
    assert object.__new__(Micropub).measure(text) == length
