"""The page before a post: what is asked of the site, how long an answer is remembered, and what each one means."""

from __future__ import annotations

from dataclasses import replace

import pytest

from syndicate.delivery.gates import Trouble
from syndicate.delivery.preflight import Pages
from syndicate.errors import RenderError, SourceError, Unavailable
from syndicate.model import ENCLOSED, Article, Image
from syndicate.ports import Reply

SITE = "https://gazette.example"
STORY = Article("news", f"{SITE}/story", "Story", images=(Image(f"{SITE}/photo.jpg"),))
ACCEPT = "text/html,application/xhtml+xml;q=0.9,*/*;q=0.5"
BARE = replace(STORY, images=())
UNKNOWN = Unavailable("no such host", unresolved=True)
DOWN = Unavailable("no answer")


class Web:
    """Answers by address: a status, an error, or a Reply's fields; notes each request. Anything else is there."""

    def __init__(self, clock):
        self.clock, self.answers, self.asked, self.pictures = clock, {}, [], []
        self.said, self.named = ([], None), {}
        self.photo = None
        self.pages = Pages(self, self.claims, self.picture, clock)

    def call(self, method, url, *, headers=None):
        self.asked.append((method, url, (headers or {}).get("Accept")))
        answer = self.answers.get(url, 200)
        if isinstance(answer, Exception):
            raise answer
        given = answer if isinstance(answer, dict) else {"status": answer}
        reply = {"status": 200, "headers": {}, "body": b"<title>Story</title>", "url": url, "at": self.clock()} | given
        return Reply(*reply.values())

    def claims(self, body, url, content_type):
        self.read = (body, url, content_type)
        if isinstance(self.said, Exception):
            raise self.said
        return *self.said, self.named

    def picture(self, url, source):
        self.pictures.append((source, url))
        if self.photo:
            raise self.photo

    def look(self, story=BARE, picture=True):
        found = self.pages.look(story, picture=picture)
        return found and found.words


@pytest.fixture
def web(clock):
    return Web(clock)


def test_a_page_is_asked_for_as_a_browser_would(web):
    assert web.look() is None
    assert web.asked == [("GET", f"{SITE}/story", ACCEPT)]
    assert web.read == (b"<title>Story</title>", f"{SITE}/story", None)


@pytest.mark.parametrize(("seconds", "looks"), [(0, 1), (19.9, 1), (20, 2)])
def test_what_was_seen_counts_for_twenty_seconds_good_or_bad(web, clock, seconds, looks):
    web.answers[f"{SITE}/story"] = 404
    first = web.look()
    clock.move(seconds=seconds)
    assert web.look() == first == "its page answers 404"
    assert len(web.asked) == looks


def test_a_look_with_a_picture_is_another_one_where_there_is_a_picture(web):
    assert [web.look(STORY, picture=False), web.look(STORY), web.look(STORY)] == [None, None, None]
    assert (len(web.asked), web.pictures) == (2, [("news", f"{SITE}/photo.jpg")])
    assert web.look(replace(BARE, url=f"{SITE}/other")) is None
    assert [web.look(replace(BARE, url=f"{SITE}/other"), picture=False), len(web.asked)] == [None, 3]


def test_the_picture_of_a_page_that_is_not_right_is_not_fetched(web):
    web.answers[f"{SITE}/story"] = 404
    web.look(STORY)
    assert web.pictures == []


def test_a_picture_that_does_not_load_is_no_fatal_trouble(web):
    web.photo = RenderError("photo.jpg: HTTP 404")
    assert web.pages.look(STORY, picture=True) == Trouble("its picture: photo.jpg: HTTP 404", fatal=False)


@pytest.mark.parametrize(("cause", "wrong"), [(UNKNOWN, False), (DOWN, True), (None, True)])
def test_a_picture_that_only_others_can_find_is_no_trouble(web, cause, wrong):
    web.photo = RenderError("photo.jpg")
    web.photo.__cause__ = cause
    assert (web.look(STORY) is not None) is wrong


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (404, "its page answers 404"),
        (204, "its page answers 204"),
        (429, None),
        ({"status": 403, "headers": {"cf-mitigated": "challenge"}}, None),
        (DOWN, "its page cannot be read: no answer"),
        (UNKNOWN, None),
        ({"url": f"{SITE}/"}, f"its link leads to the front page, {SITE}/"),
        ({"url": SITE}, f"its link leads to the front page, {SITE}"),
        ({"url": f"{SITE}/?p=7"}, None),
        ({"headers": {"x-robots-tag": "NOINDEX"}}, "its page asks not to be listed (noindex)"),
        ({"headers": {"x-robots-tag": "all, googlebot: noindex"}}, "its page asks not to be listed (noindex)"),
        ({"headers": {"x-robots-tag": "none"}}, "its page asks not to be listed (noindex)"),
        ({"headers": {"x-robots-tag": "otherbot: none"}}, None),
        (
            {"url": f"{SITE}/elsewhere", "body": b"<title>Shop</title>"},
            f"its link leads to a page that names neither its headline nor its address, {SITE}/elsewhere",
        ),
    ],
)
def test_what_an_answer_means(web, answer, words):
    web.answers[f"{SITE}/story"] = answer
    assert web.look() == words


def test_the_front_page_may_be_the_story(web):
    assert web.look(replace(BARE, url=f"{SITE}/")) is None


def test_a_story_without_a_link_is_asked_for_nowhere(web):
    assert web.look(replace(BARE, url="")) == "its source gives no link for it"
    assert web.look(replace(BARE, url="mailto:x@gazette.example")).startswith("its link is not a web address")
    assert web.asked == []


@pytest.mark.parametrize(("url", "held"), [(f"{SITE}/story", False), ("https://intranet/story", True)])
def test_a_name_that_is_not_known_here_may_be_known_elsewhere_if_it_has_a_dot(web, clock, url, held):
    story = replace(BARE, url=url)
    web.answers[url] = UNKNOWN
    words = web.look(story)
    assert (words is not None) is held
    if not held:
        web.answers.clear()
        for minutes, asked in ((4.99, 1), (0.01, 2)):
            clock.move(minutes=minutes)
            assert web.look(replace(BARE, url=f"{SITE}/{minutes}")) is None
            assert len(web.asked) == asked


@pytest.mark.parametrize(("status", "words"), [(200, None), (405, None), (501, None), (404, "its page answers 404")])
def test_of_a_recording_the_head_alone_is_asked_for(web, status, words):
    web.answers[BARE.url] = status
    assert web.look(replace(BARE, raw={ENCLOSED: "audio/mpeg"})) == words
    assert web.asked == [("HEAD", BARE.url, None)]


# What a page says of itself


@pytest.mark.parametrize("kind", [None, "text/html; charset=utf-8", "application/xhtml+xml", "application/pdf"])
def test_only_of_a_page_it_is_read_what_it_says_of_itself(web, kind):
    web.answers[BARE.url] = {"headers": {"content-type": kind} if kind else {}}
    web.said = ["follow", "a, noindex"], None
    assert web.look() == (None if kind == "application/pdf" else "its page asks not to be listed (noindex)")
    assert kind == "application/pdf" or web.read[2] == kind


def test_a_page_that_cannot_be_read_says_nothing(web):
    web.said = SourceError("garbage")
    assert web.look() is None
    web.answers[f"{SITE}/b"] = {"headers": {"x-robots-tag": "noindex"}}
    assert web.look(replace(BARE, url=f"{SITE}/b")) == "its page asks not to be listed (noindex)"


@pytest.mark.parametrize(
    ("said", "story", "landed", "words"),
    [
        ("/other", {}, None, f"its page names another address as its own: {SITE}/other"),
        ("/other", {"canonical_url": f"{SITE}/other"}, None, None),
        ("/moved/story", {}, "/moved/story", None),
        ("/story", {}, None, None),
        (None, {}, None, None),
    ],
)
def test_an_address_that_a_page_names_is_one_of_its_own_or_another_storys(web, said, story, landed, words):
    web.said = [], said and SITE + said
    if landed:
        web.answers[BARE.url] = {"url": SITE + landed}
    assert web.look(replace(BARE, **story)) == words


AMP = replace(BARE, url=f"{SITE}/amp/story")


@pytest.mark.parametrize(("answer", "named"), [(200, True), (404, False), (DOWN, False)])
def test_the_address_that_a_page_names_is_taken_if_it_answers(web, answer, named):
    web.said = [], f"{SITE}/story"
    web.answers[f"{SITE}/story"] = answer
    assert web.look(AMP) is None
    assert web.pages.canonical(AMP) == (f"{SITE}/story" if named else None)
    assert web.asked[1:] == [("GET", f"{SITE}/story", ACCEPT)]
    assert web.pages.canonical(BARE) is None


def test_another_query_of_the_page_itself_is_taken_unasked(web):
    story = replace(BARE, url=f"{SITE}/story?ref=rss")
    web.said = [], f"{SITE}/story"
    assert web.look(story) is None
    assert web.pages.canonical(story) == f"{SITE}/story"
    assert len(web.asked) == 1
    assert web.pages.canonical(replace(story, canonical_url=f"{SITE}/story")) is None


@pytest.mark.parametrize(("minutes", "kept"), [(4.9, True), (5, False)])
def test_an_address_that_a_page_named_is_remembered_for_five_minutes(web, clock, minutes, kept):
    web.said = [], f"{SITE}/story"
    web.look(AMP)
    web.said = [], None
    clock.move(minutes=minutes)
    web.look(replace(BARE, url=f"{SITE}/other"))
    assert (web.pages.canonical(AMP) is not None) is kept


# Whose page it is


def test_what_one_source_may_see_is_not_told_to_another(clock):
    """On whose behalf a page is asked for is its source; its pictures may be another's."""
    web = Web(clock)
    web.on_behalf_of = lambda *sources: Behalf(web, "+".join(sources))
    page = f"{SITE}/2026/story"
    web.said = [], page
    for source in ("news", "agency"):
        story = replace(STORY, source=source, pictured_by="wire")
        assert web.look(story) is None
        assert web.pages.canonical(story) == page
        assert web.pages.gone(story) is False
    assert [asked[0] for asked in web.asked] == [
        "news GET",
        "news GET",
        "news GET",
        "agency GET",
        "agency GET",
        "agency GET",
    ]
    assert web.pictures == [("wire", f"{SITE}/photo.jpg")] * 2
    web.asked.clear()
    assert web.look(replace(STORY, named_by=("cms",), images=())) is None
    assert [asked[0] for asked in web.asked] == ["news+cms GET"] * 2
    web.asked.clear()
    web.answers[STORY.url] = 404
    assert web.pages.gone(STORY) is True
    assert [asked[0] for asked in web.asked] == ["news GET"] * 2


class Behalf:
    def __init__(self, web, source):
        self.web, self.source = web, source

    def call(self, method, url, **rest):
        return self.web.call(f"{self.source} {method}", url, **rest)


# Many pages, and pages that are gone


def test_a_preview_hears_of_each_page_once_and_of_no_picture(web):
    web.photo = RenderError("no")
    web.answers[f"{SITE}/gone"] = 404
    gone = replace(STORY, url=f"{SITE}/gone")
    assert web.pages.troubles([STORY, STORY, gone]) == {f"{SITE}/gone": "its page answers 404"}
    assert (len(web.asked), web.pictures) == (2, [])
    assert web.pages.troubles([]) == {}


@pytest.mark.parametrize(
    ("page", "front", "gone"),
    [
        (200, 404, False),
        (404, 200, True),
        (410, 200, True),
        (410, 403, True),
        (404, 404, None),
        (404, 410, None),
        (404, 500, None),
        (404, 503, None),
        (404, 499, True),
        (404, DOWN, None),
        (403, 200, None),
        (500, 200, None),
        (DOWN, 200, None),
    ],
)
def test_a_page_is_gone_where_its_site_is_there(web, page, front, gone):
    web.answers |= {f"{SITE}/a/story": page, f"{SITE}/": front}
    assert web.pages.gone(replace(STORY, url=f"{SITE}/a/story")) is gone
    assert web.asked[0] == ("GET", f"{SITE}/a/story", ACCEPT)
    assert [asked[1] for asked in web.asked[1:]] == ([f"{SITE}/"] if page in (404, 410) else [])


def test_nothing_is_remembered_for_longer_than_it_counts(web, clock):
    for number in range(9):
        web.look(replace(BARE, url=f"{SITE}/{number}"))
        clock.move(seconds=21)
    assert len(web.pages._seen) == 1
