"""A plain sitemap whose pages do not say when they were published."""

from __future__ import annotations

from datetime import timedelta

import pytest

from syndicate.ingestion.poll import PollRules, poll
from syndicate.model import Account, FloodLimits
from syndicate.net.address_guard import Guard
from syndicate.net.http import RequestsHttp
from syndicate.sources.sitemap import SitemapSource
from tests.waiting import PATIENCE
from tests.worlds.servers import Documents

WORDPRESS = '<body class="wp-singular post-template-default single single-post postid-5">'


@pytest.fixture
def site():
    running = Documents()
    yield running
    running.close()


class Map:
    """A site with a plain sitemap, and a source that polls it."""

    def __init__(self, site, ledger, clock):
        self.site, self.ledger, self.clock = site, ledger, clock
        self.listed = {}

    def add(self, path, body, *, changed="now"):
        self.site.pages[path] = body.encode()
        moment = self.clock() + changed if isinstance(changed, timedelta) else self.clock()
        self.listed[path] = moment.isoformat() if changed else None

    def poll(self):
        entries = "".join(
            f"<url><loc>{self.site.url}{path}</loc>{f'<lastmod>{at}</lastmod>' if at else ''}</url>"
            for path, at in self.listed.items()
        )
        namespace = "http://www.sitemaps.org/schemas/sitemap/0.9"
        self.site.pages["/sitemap.xml"] = f'<urlset xmlns="{namespace}">{entries}</urlset>'.encode()
        http = RequestsHttp(clock=self.clock, timeout=PATIENCE, guard=Guard(origins=[self.site.url]))
        url = f"{self.site.url}/sitemap.xml"
        source = SitemapSource("map", url, http, memory=self.ledger.listings.of("map"))
        state = self.ledger.sources.ensure("map", url)
        polled = poll(
            source, state, [Account("drafts", "folder")], self.ledger, PollRules(floods=FloodLimits(burst=10))
        )
        http.close()
        self.clock.move(minutes=5)
        return polled

    def planned(self):
        rows = self.ledger.deliveries.search()
        return {row.article.removeprefix(self.site.url): (row.state, row.reason) for row in rows}


@pytest.fixture
def plain(site, ledger, clock):
    found = Map(site, ledger, clock)
    found.add("/first", article("First"))
    found.poll()
    return found


def article(title, *, time="", before="<body><article>", head=""):
    return f"<html><head><title>{title}</title>{head}</head>{before}<h1>{title}</h1>{time}<p>Text.</p></html>"


def day(moment):
    return f'<time datetime="{moment.isoformat()}">then</time>'


OG = '<meta property="og:type" content="article">'
LD = '<script type="application/ld+json">{"@type": "NewsArticle", "headline": "Second"}</script>'


@pytest.mark.parametrize(
    "page",
    [
        article("Second"),
        article("Second", before="<body>", head=OG),
        article("Second", before="<body>", head=LD),
        article("Second", before=WORDPRESS),
        article("Second", before='<body class="post-template">'),
    ],
    ids=["one article", "og:type", "json-ld", "wordpress", "ghost"],
)
def test_an_article_at_an_address_that_was_never_listed_is_announced_once(plain, page):
    plain.add("/second", page)
    assert len(plain.poll().keys) == 1
    plain.add("/second", page.replace("Text", "Corrected text"))
    assert plain.poll().keys == ()
    assert plain.planned() == {"/second": ("due", None)}


def test_the_first_reading_announces_nothing_and_shows_what_there_is(plain):
    assert plain.planned() == {}
    assert plain.ledger.articles.matching(f"{plain.site.url}/first")


def test_a_ledger_from_before_addresses_were_remembered_announces_nothing_old(plain):
    plain.ledger.database.change("DELETE FROM listing")
    plain.add("/second", article("Second"))
    assert plain.poll().keys == ()
    plain.add("/third", article("Third"))
    assert len(plain.poll().keys) == 1


@pytest.mark.parametrize(
    ("path", "page", "why"),
    [
        ("/tag/river", article("River"), "it is a page of tags, by its address"),
        ("/blog/author/ana/", article("Ana"), "it is a page of authors, by its address"),
        ("/imprint.html", article("Imprint"), "it is a page of fixed text, by its address"),
        ("/team", article("Team", before='<body class="page page-id-7"><article>'), "it is a fixed page"),
        ("/city", article("City", before='<body class="archive category">', head=OG), "it is a list of articles"),
        ("/shop", article("Shop", before="<body>"), "it does not say that it is an article"),
        ("/all", "<title>All</title><body><article><h2>A</h2></article><article><h2>B</h2></article>", "not say"),
    ],
)
def test_what_is_no_article_is_left_out_and_told_of(plain, path, page, why):
    plain.add(path, page)
    polled = plain.poll()
    assert polled.keys == ()
    assert [left.place for left in polled.left_out] == [plain.site.url + path]
    assert why in polled.left_out[0].why
    (listed,) = plain.ledger.listings.find(plain.site.url + path)
    assert (listed.source, listed.why) == ("map", polled.left_out[0].why)
    assert plain.ledger.notices.waiting() == []


def test_an_old_page_at_a_new_address_is_not_news(plain):
    old = plain.clock() - timedelta(days=400)
    plain.add("/told", article("Told of", time=day(old)))
    plain.add("/changed", article("Changed", head=f'<meta property="article:modified_time" content="{old}">'))
    plain.add("/long", article("Long ago"), changed=timedelta(days=-9))
    polled = plain.poll()
    states = plain.planned()
    assert {states.pop("/told"), states.pop("/changed")} == {("skipped", "baseline")}
    assert states == {}
    assert [left.why for left in polled.left_out] == ["its address is new, and its <lastmod> is older than 2 days"]


def test_a_date_of_change_before_the_last_reading_does_not_make_a_page_new_and_a_person_is_told(plain):
    plain.add("/second", article("Second"), changed=timedelta(hours=-3))
    assert plain.poll().keys == ()
    (notice,) = plain.ledger.notices.waiting()
    assert notice.kind == "left_out"
    assert "/second: its page states no date, and its <lastmod> is not later" in notice.message


def test_a_recent_date_near_the_headline_makes_a_page_new_without_any_lastmod(plain):
    other = day(plain.clock() - timedelta(days=300))
    around = f"<nav>{other}</nav><ul><li>{other}</ul><a href=/elsewhere>{other}</a>"
    plain.add("/second", article("Second", time=day(plain.clock()) + around), changed=None)
    plain.add("/third", article("Third"), changed=None)
    polled = plain.poll()
    assert plain.planned() == {"/second": ("due", None)}
    assert [left.why for left in polled.left_out] == ["neither its page nor the sitemap states a date"]


def test_a_time_that_is_told_of_in_a_long_sentence_is_not_the_articles(plain):
    born = '<p>The bridge was opened in <time datetime="1809-02-12">1809</time>' + " and so on" * 20 + "</p>"
    plain.add("/second", article("Second", time=born))
    assert len(plain.poll().keys) == 1


def test_many_new_pages_wait_for_one_yes(plain):
    for number in range(12):
        plain.add(f"/n{number}", article(f"Story number {number}"))
    plain.poll()
    assert set(plain.planned().values()) == {("planned", "burst")}


def test_more_new_pages_than_are_read_at_once_are_read_later(plain):
    for number in range(40):
        plain.add(f"/n{number}", article(f"Story number {number}"))
    polled = plain.poll()
    assert "40 pages are new; the newest 30 are read, and the others later" in polled.notes
    plain.poll()
    assert len(plain.planned()) == 40


def test_a_page_that_cannot_be_read_is_read_later(plain):
    plain.add("/second", article("Second"))
    body = plain.site.pages.pop("/second")
    assert plain.poll().keys == ()
    plain.site.pages["/second"] = body
    assert len(plain.poll().keys) == 1
