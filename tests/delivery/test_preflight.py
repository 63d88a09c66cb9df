"""The page before a post and after it, over real HTTP."""

from __future__ import annotations

import socket
import threading
from dataclasses import replace
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from syndicate.app.doors import Web
from syndicate.delivery.preflight import Pages
from syndicate.errors import RenderError
from syndicate.ingestion.withdrawals import watch
from syndicate.model import ENCLOSED, UNUSABLE, Article, Image
from syndicate.net.address_guard import Guard
from syndicate.net.http import Machine, RequestsHttp
from syndicate.rendering.photo import download
from syndicate.sources.formats.page import claims
from tests.waiting import PATIENCE

HTML = "text/html; charset=utf-8"


@pytest.fixture
def site():
    """A server that answers what `pages` says: status, headers, body; `asked` are the paths."""
    pages: dict[str, tuple[int, dict[str, str], str]] = {}
    asked: list[str] = []
    heads: dict[str, int] = {}

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append(self.path)
            status, headers, body = pages.get(self.path, (404, {}, "not found"))
            self.send_response(status)
            for name, value in ({"Content-Type": HTML} | headers).items():
                if value is not None:
                    self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body.encode())

        def do_HEAD(self):
            asked.append(f"HEAD {self.path}")
            self.send_response(heads[self.path])
            self.end_headers()

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    server.pages, server.asked, server.heads = pages, asked, heads
    server.url = f"http://127.0.0.1:{server.server_address[1]}"
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def pages(site, clock):
    door = RequestsHttp(clock=clock, guard=Guard(origins=[site.url]), timeout=PATIENCE)
    return Pages(door, claims, lambda url, _: download(door, url), clock)


@pytest.fixture
def story(site):
    return Article("news", f"{site.url}/story", "Story", images=(Image(f"{site.url}/photo.jpg"),))


def look(pages, story, **options):
    trouble = pages.look(story, **{"picture": True} | options)
    return trouble and trouble.words


PHOTO = (200, {"Content-Type": "image/jpeg"}, "jpeg")


@pytest.mark.parametrize(
    ("answer", "wrong"),
    [
        ((200, {}, "<title>Story</title>"), None),
        ((200, {}, '<meta name="robots" content="index, follow, max-image-preview:none"><title>x</title>'), None),
        ((200, {}, '<meta name="robots" content="follow, NoIndex"><title>x</title>'), "asks not to be listed"),
        ((200, {}, '<meta name="googlebot" content="none"><title>x</title>'), "asks not to be listed"),
        ((200, {"X-Robots-Tag": "noindex"}, "x"), "asks not to be listed"),
        ((203, {}, "<title>x</title>"), None),
        ((200, {"X-Robots-Tag": "otherbot: noindex"}, "<title>x</title>"), None),
        ((200, {"X-Robots-Tag": "otherbot: nofollow, noindex"}, "<title>x</title>"), None),
        ((200, {"X-Robots-Tag": "googlebot: nofollow, otherbot: noindex, none"}, "<title>x</title>"), None),
        ((200, {"X-Robots-Tag": "googlebot: nofollow, noindex"}, "x"), "asks not to be listed"),
        ((200, {"X-Robots-Tag": "otherbot: nofollow, googlebot: none"}, "x"), "asks not to be listed"),
        ((200, {"X-Robots-Tag": "max-snippet: 5, NOINDEX"}, "x"), "asks not to be listed"),
        ((200, {"X-Robots-Tag": "unavailable_after: 25 Jun 2030 15:00:00 PST"}, "<title>x</title>"), None),
        ((200, {}, '<link rel="canonical" href="/story?utm_source=x"><title>x</title>'), None),
        ((200, {}, '<link rel="canonical" href="/another"><title>x</title>'), "names another address as its own"),
        ((404, {}, "no"), "its page answers 404"),
        ((410, {}, "no"), "its page answers 410"),
        ((403, {}, "no"), "its page answers 403"),
        ((403, {"cf-mitigated": "challenge"}, "Just a moment..."), None),
        ((429, {}, "slow down"), None),
        ((500, {}, "oops"), "its page answers 500"),
        ((302, {"Location": "/"}, ""), "leads to the front page"),
        ((301, {"Location": "/moved"}, ""), None),
        ((200, {"Content-Type": "application/pdf"}, "%PDF"), None),
        # Only a header can ask that of a PDF; what its bytes look like is nobody's wish.
        ((200, {"Content-Type": "application/pdf"}, '%PDF <meta name="robots" content="noindex">'), None),
        ((200, {"Content-Type": "application/pdf"}, '%PDF <link rel="canonical" href="/another">'), None),
        ((200, {"Content-Type": "application/pdf", "X-Robots-Tag": "noindex"}, "%PDF"), "asks not to be listed"),
        (
            (200, {"Content-Type": "application/xhtml+xml"}, '<meta name="robots" content="noindex"/>'),
            "asks not to be listed",
        ),
        ((200, {"Content-Type": "text/plain"}, '<meta name="robots" content="noindex">'), None),
        ((200, {"Content-Type": None}, '<meta name="robots" content="noindex">'), "asks not to be listed"),
        ((200, {}, ""), None),
    ],
)
def test_what_a_page_says_of_itself(site, pages, story, answer, wrong):
    site.pages |= {
        "/story": answer,
        "/": (200, {}, "<title>Front</title>"),
        "/moved": (200, {}, "<title>Story</title>"),
    }
    site.pages["/photo.jpg"] = PHOTO
    found = look(pages, story)
    assert (found is None) if wrong is None else wrong in found


@pytest.mark.parametrize(
    ("path", "canonical", "said"),
    [
        ("/story?source=rss----1a--4", "/story", "/story"),
        ("/story?partner=rss&emc=rss", "/story", "/story"),
        ("/amp/story", "/story", "/story"),
        ("/sport/story", "/news/story", "/news/story"),
        ("/Story/", "/story", "/story"),
        ("/story", "/story", None),
        ("/amp/story", "/none/story", None),  # a page that does not answer is nobody's address
        ("/amp/story", "https://elsewhere.example/story", None),
    ],
)
def test_a_page_may_name_a_slightly_different_address_as_its_own(site, pages, path, canonical, said):
    page = (200, {}, f'<link rel="canonical" href="{canonical}"><title>x</title>')
    site.pages |= {path: page, "/story": page, "/news/story": page}
    story = Article("news", site.url + path, "Story")
    assert look(pages, story) is None
    assert pages.canonical(story) == (said and site.url + said)
    if said:
        assert pages.canonical(replace(story, canonical_url=site.url + said)) is None


def test_another_query_of_the_same_page_is_not_tried(site, pages):
    site.pages["/story?ref=rss"] = (200, {}, '<link rel="canonical" href="/story"><title>x</title>')
    assert look(pages, Article("news", f"{site.url}/story?ref=rss", "Story")) is None
    assert site.asked == ["/story?ref=rss"]


@pytest.mark.parametrize(("status", "wrong"), [(200, None), (405, None), (501, None), (404, "its page answers 404")])
def test_of_a_recording_only_the_head_is_asked_for(site, pages, status, wrong):
    site.heads["/7.mp3"] = status
    story = Article("news", f"{site.url}/7.mp3", "Episode 7", kind="audio", raw={ENCLOSED: "audio/mpeg"})
    assert look(pages, story) == wrong
    assert site.asked == ["HEAD /7.mp3"]


def test_a_picture_that_does_not_load_is_no_reason_to_give_a_story_up(site, pages, story):
    site.pages["/story"] = (200, {}, "<title>Story</title>")
    trouble = pages.look(story, picture=True)
    assert not trouble.fatal
    assert "HTTP 404" in trouble.words
    assert look(pages, story, picture=False) is None


def test_accounts_that_announce_a_story_at_once_share_one_look(site, pages, story, clock):
    site.pages |= {"/story": (200, {}, "<title>x</title>"), "/photo.jpg": PHOTO}
    for _ in range(4):
        assert look(pages, story) is None
    assert site.asked.count("/story") == 1
    clock.move(seconds=21)
    assert look(pages, story) is None
    assert site.asked.count("/story") == 2


def test_a_site_that_is_down_holds_its_stories(site, pages, story):
    site.shutdown()
    site.server_close()
    assert "its page cannot be read" in look(pages, story)


def test_a_name_that_only_others_can_resolve_holds_nothing(pages):
    assert look(pages, Article("news", "https://gazette.invalid/story", "Story")) is None


def test_nor_does_the_picture_of_such_a_name(site, pages):
    site.pages["/story"] = (200, {}, "<title>Story</title>")
    picture = Image("https://pictures.gazette.invalid/photo.jpg")
    assert look(pages, Article("news", f"{site.url}/story", "Story", images=(picture,))) is None


def test_a_name_that_only_others_can_resolve_is_asked_for_once_in_five_minutes(site, clock):
    asked = []

    def nobody(host, port):
        asked.append(host)
        raise socket.gaierror(socket.EAI_NONAME, "unknown")

    door = RequestsHttp(clock=clock, guard=Guard(), timeout=PATIENCE, machine=Machine(resolver=nobody))
    pages = Pages(door, claims, lambda url, _: download(door, url), clock)
    for number, seconds in enumerate((0, 30, 269, 1)):  # five minutes are over with the last
        clock.move(seconds=seconds)
        assert look(pages, Article("news", f"https://gazette.example/{number}", "Story")) is None
    assert asked == ["gazette.example"] * 2
    assert look(pages, Article("news", "https://other.example/1", "Story")) is None
    assert asked[2:] == ["other.example"]


@pytest.mark.parametrize("url", ["https://intranet-of-nobody/story", "https://https://gazette.example/a"])
def test_a_name_that_can_be_known_nowhere_is_a_broken_link(pages, url):
    assert look(pages, Article("news", url, "Story"))


def test_a_link_that_the_source_states_and_nobody_can_have_is_the_reason(pages):
    story = Article("news", "", "Story", raw={UNUSABLE: "undefined"})
    assert look(pages, story) == "its link is not a web address: undefined"
    assert look(pages, replace(story, raw={})) == "its source gives no link for it"


def test_a_link_into_a_private_network_is_a_broken_link(pages):
    assert "private address" in look(pages, Article("news", "http://10.0.0.7/story", "Story"))


def test_what_is_no_web_address_is_none(pages):
    assert "is not a web address" in look(pages, Article("news", "mailto:x@gazette.example", "Story"))


@pytest.fixture
def announced(ledger, article, clock, site):
    """An article on the site that was posted just now."""
    from tests.worlds.newsroom import Newsroom

    room = Newsroom(ledger, clock, on_withdrawn="delete")
    site.pages |= {"/story": (200, {}, "<title>Story</title>"), "/": (200, {}, "<title>Gazette</title>")}
    room.publish(article(1, url=f"{site.url}/story", published=clock.now))
    room.run()
    return room


def seen(room, pages, watched=True):
    return watch(pages.gone, lambda _: watched, [room.account], room.ledger, most=20)


def test_a_page_that_is_gone_twice_was_taken_back(announced, pages, site, clock):
    assert seen(announced, pages) == []
    assert site.asked == []
    clock.move(minutes=10)
    del site.pages["/story"]
    assert seen(announced, pages) == []
    assert seen(announced, pages) == []  # not at once again
    clock.move(minutes=5)
    assert len(seen(announced, pages)) == 1
    announced.run()
    assert announced.network.posts == {}
    clock.move(days=1)
    assert seen(announced, pages) == []
    assert site.asked == ["/story", "/", "/story", "/"]


def test_a_page_that_was_away_for_a_moment_was_not(announced, pages, site, clock):
    clock.move(minutes=10)
    there = site.pages.pop("/story")
    seen(announced, pages)
    site.pages["/story"] = there
    clock.move(minutes=5)
    assert seen(announced, pages) == []
    del site.pages["/story"]
    clock.move(minutes=30)
    assert seen(announced, pages) == []
    assert len(announced.network.posts) == 1


def test_a_site_that_fails_took_nothing_back(announced, pages, site, clock):
    for _ in range(6):
        clock.move(hours=2)
        site.pages["/story"] = (503, {}, "down")
        assert seen(announced, pages) == []
    assert len(announced.network.posts) == 1


@pytest.mark.parametrize("front", [404, 503])
def test_a_site_of_which_every_page_is_gone_for_a_while_took_nothing_back(announced, pages, site, clock, front):
    there = dict(site.pages)
    site.pages.clear()
    site.pages["/"] = (front, {}, "broken")
    for _ in range(6):
        clock.move(minutes=10)
        assert seen(announced, pages) == []
    site.pages |= there
    clock.move(hours=2)
    assert seen(announced, pages) == []
    assert len(announced.network.posts) == 1


def test_a_site_of_which_every_story_is_gone_took_nothing_back_though_its_front_page_is_there(
    announced, pages, site, clock, article
):
    for number in range(2, 5):
        site.pages[f"/{number}"] = (200, {}, "<title>Story</title>")
        announced.publish(article(number, url=f"{site.url}/{number}", published=clock()))
    announced.run()
    assert len(announced.network.posts) == 4
    gone = {path: site.pages.pop(path) for path in ("/story", "/2", "/3", "/4")}
    for _ in range(6):
        clock.move(minutes=10)
        assert seen(announced, pages) == []
    site.pages |= gone
    del site.pages["/3"]
    for _ in range(20):
        clock.move(minutes=10)
        seen(announced, pages)
    announced.run()
    assert len(announced.network.posts) == 3


def test_pages_are_watched_ever_more_rarely_and_for_three_days(announced, pages, site, clock):
    for _ in range(7 * 24 * 6):
        clock.move(minutes=10)
        seen(announced, pages)
    assert 6 <= len(site.asked) <= 12
    assert announced.ledger.articles.to_check(clock.now + timedelta(days=99), 9) == []


def test_a_source_whose_pages_nobody_looks_at_is_left_alone(announced, pages, site, clock):
    clock.move(minutes=10)
    assert seen(announced, pages, watched=False) == []
    assert site.asked == []


def test_download_names_what_it_could_not_have(site, clock):
    door = RequestsHttp(clock=clock, guard=Guard(origins=[site.url]), timeout=PATIENCE)
    with pytest.raises(RenderError, match="HTTP 404"):
        download(door, f"{site.url}/none.jpg")


NAMED = {"site.standard.document": "at://did:plc:abc/site.standard.document/3n2lg2pyg2222"}
NAMING = f'<link rel="site.standard.document" href="{NAMED["site.standard.document"]}"><title>x</title>'


@pytest.fixture
def hurried(site, clock):
    return Web(RequestsHttp(clock=clock, guard=Guard(origins=[site.url]), timeout=PATIENCE), lambda _: frozenset())


def test_the_records_that_a_page_names_are_remembered_from_the_look(site, pages, story, clock, hurried):
    site.pages["/story"] = (200, {}, NAMING)
    assert look(pages, story, picture=False) is None
    assert pages.records(story, None) == NAMED  # nobody is asked again
    clock.move(minutes=5)
    site.pages["/story"] = (404, {}, NAMING)
    look(pages, story, picture=False)
    assert pages.records(story, hurried) == {}


def test_a_page_that_nobody_has_looked_at_is_read_for_its_records(site, pages, story, hurried):
    assert pages.records(story, hurried) == {}
    site.pages["/story"] = (200, {}, NAMING)
    assert pages.records(story, hurried) == NAMED
    assert site.asked == ["/story"] * 2


def test_a_page_that_cannot_be_read_names_no_records(site, pages, story, clock):
    strict = Web(RequestsHttp(clock=clock, guard=Guard(), timeout=PATIENCE), lambda _: frozenset())
    assert pages.records(story, strict) == {}
    assert site.asked == []
