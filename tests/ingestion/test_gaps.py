"""More was published than the feed shows: everything that can be had is planned once, and the rest is told of."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from syndicate.errors import SourceError
from syndicate.ingestion import gaps
from syndicate.ingestion.poll import PollRules, poll
from syndicate.model import Account, Article, Filter, Reading
from syndicate.net.address_guard import Guard
from syndicate.net.http import RequestsHttp
from syndicate.sources.feed import FeedSource
from syndicate.sources.masked import masked
from tests.waiting import PATIENCE
from tests.worlds.servers import Api

WINDOW = 10
START = datetime(2026, 11, 23, 12, tzinfo=UTC)
XML = {"Content-Type": "application/xml"}


class Paper:
    """A site whose feed shows the newest ten. `paging` is how it says that it goes on; `stories` newest first.

    `fails` are the pages that answer 500, `robots` the sitemaps that robots.txt names.
    """

    def __init__(self, paging="next", sitemap=None):
        self.paging, self.sitemap = paging, sitemap
        self.stories: list[tuple[str, datetime]] = []
        self.fails: set[int] = set()
        self.robots: tuple[str, ...] = ()
        self.elsewhere = ""
        self.api = Api(self.answer)

    def publish(self, count, *, since, every=timedelta(minutes=10)):
        first = len(self.stories)
        for number in range(first, first + count):
            self.stories.insert(0, (f"Story {number}", since + every * (number - first)))

    def answer(self, path, params):
        page = int(params.get("page") or params.get("paged") or 1)
        if page in self.fails:
            return 500, {}, b""
        if path == "/rss":
            return 200, XML, self.rss(page).encode()
        if path == "/json":
            return 200, {"Content-Type": "application/feed+json"}, self.json(page).encode()
        if path == "/robots.txt" and self.robots:
            return 200, {}, "".join(f"Sitemap: {self.api.url}{name}\n" for name in self.robots).encode()
        if path == self.sitemap:
            return 200, XML, self.news().encode()
        return 404, {}, b""

    def part(self, page):
        return self.stories[(page - 1) * WINDOW : page * WINDOW]

    def older(self, page):
        place = {"self": f"/rss?page={page}", "away": f"{self.elsewhere}/rss?page={page + 1}"}
        return place.get(self.paging, f"/rss?page={page + 1}")

    def rss(self, page):
        items = "".join(self.item(*story) for story in self.part(page))
        more = len(self.stories) > page * WINDOW
        rel = {"archive": "prev-archive"}.get(self.paging, "next")
        link = f'<atom:link rel="{rel}" href="{self.older(page)}"/>'
        named = link if more and self.paging in ("next", "archive", "self", "away") else ""
        generator = "<generator>https://wordpress.org/?v=6.4</generator>" if self.paging == "wordpress" else ""
        return (
            '<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom"><channel><title>Gazette</title>'
            f"<link>https://gazette.example/</link>{named}{generator}{items}</channel></rss>"
        )

    def item(self, title, date):
        link = self.link(title)
        return f"<item><title>{title}</title><link>{link}</link><pubDate>{format_datetime(date)}</pubDate></item>"

    def link(self, title):
        return f"https://gazette.example/{title.replace(' ', '-').lower()}"

    def json(self, page):
        items = [
            {"id": title, "url": self.link(title), "title": title, "date_published": date.isoformat()}
            for title, date in self.part(page)
        ]
        more = {"next_url": f"{self.api.url}/json?page={page + 1}"} if len(self.stories) > page * WINDOW else {}
        return json.dumps({"version": "https://jsonfeed.org/version/1.1", "items": items} | more)

    def news(self):
        listed = "".join(
            f"<url><loc>{self.link(title)}</loc><n:news><n:publication_date>{date.isoformat()}</n:publication_date>"
            f"<n:title>{title}</n:title></n:news></url>"
            for title, date in self.stories
        )
        spaces = (
            'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
            ' xmlns:n="http://www.google.com/schemas/sitemap-news/0.9"'
        )
        return f"<urlset {spaces}>{listed}</urlset>"


class Desk:
    """A ledger that reads one paper, with one account."""

    def __init__(self, paper, ledger, clock, path="/rss", **account):
        self.paper, self.ledger, self.clock = paper, ledger, clock
        self.account = Account("acct", "fake", **account)
        self.door = RequestsHttp(clock=clock, timeout=PATIENCE, guard=Guard(origins=[paper.api.url]))
        self.source = masked(FeedSource("news", f"{paper.api.url}{path}", self.door), self.door.mask)

    def poll(self, **options):
        return poll(
            self.source,
            self.ledger.sources.ensure("news", self.paper.api.url),
            [self.account],
            self.ledger,
            PollRules(**options),
        )

    def planned(self):
        """Titles of what is to go out, in the order in which it was planned."""
        rows = [row for row in self.ledger.deliveries.search() if row.state in ("due", "planned")]
        rows.sort(key=lambda row: row.planned_at)
        return [self.ledger.articles.find(row.anchor).article.title for row in rows]

    def asked(self):
        """Paths and pages that were asked for since the last time."""
        asked = [
            f"{path}{''.join(f'?{name}={params[name]}' for name in params)}" for path, params in self.paper.api.asked
        ]
        self.paper.api.asked.clear()
        return asked

    def stop(self, hours=6, stories=35):
        """Nobody polls for some hours, in which the paper goes on."""
        self.paper.publish(stories, since=self.clock.now + timedelta(minutes=5))
        self.clock.move(hours=hours)
        self.asked()


def titles(first, last):
    return [f"Story {number}" for number in range(first, last)]


@pytest.fixture
def open_desk(ledger, clock):
    papers = []

    def make(paging="next", *, sitemap=None, path="/rss", before=12, **account):
        paper = Paper(paging, sitemap)
        papers.append(paper)
        desk = Desk(paper, ledger, clock, path, **account)
        paper.publish(before, since=clock.now - timedelta(hours=before), every=timedelta(minutes=30))
        desk.poll()
        return desk

    yield make
    for paper in papers:
        paper.api.close()


def notices(ledger):
    return [(notice.kind, notice.subject, notice.message) for notice in ledger.notices.waiting()]


@pytest.mark.parametrize(
    ("paging", "path", "pages"),
    [
        ("next", "/rss", ["/rss", "/rss?page=2", "/rss?page=3", "/rss?page=4"]),
        ("archive", "/rss", ["/rss", "/rss?page=2", "/rss?page=3", "/rss?page=4"]),
        ("wordpress", "/rss", ["/rss", "/rss?paged=2", "/rss?paged=3", "/rss?paged=4"]),
        ("json", "/json", ["/json", "/json?page=2", "/json?page=3", "/json?page=4"]),
    ],
)
def test_after_a_stop_each_story_is_planned_once_and_in_order(open_desk, paging, path, pages):
    desk = open_desk(paging, path=path)
    assert desk.asked() == [path], "a first poll never pages"
    desk.stop()
    polled = desk.poll()
    assert desk.planned() == titles(12, 47)
    assert desk.asked() == pages
    assert polled.notes == ("more was published than the feed shows: 27 further entries were read",)
    assert notices(desk.ledger) == []
    desk.paper.publish(1, since=desk.clock.now)
    desk.clock.move(minutes=5)
    desk.poll()
    assert desk.asked() == [path], "an ordinary poll is one request"
    assert desk.planned() == titles(12, 48)


def test_what_further_pages_leave_out_is_told_as_well(open_desk):
    desk = open_desk()
    plain = desk.paper.rss

    def rss(page):
        odd = f'<item><guid isPermaLink="false">odd {page}</guid></item>'
        return plain(page).replace("</channel>", f"{odd}<item><guid>odd</guid></item></channel>")

    desk.paper.rss = rss
    desk.stop()
    polled = desk.poll()
    assert desk.planned() == titles(12, 47)
    assert [each.place for each in polled.left_out] == ["odd 1", "odd", "odd 2", "odd 3", "odd 4"], "each once"


@pytest.mark.parametrize("robots", [(), ("/maps/news.xml", "/sitemap.xml")])
def test_a_news_sitemap_stands_in_for_pages(open_desk, robots):
    desk = open_desk("none", sitemap=robots[0] if robots else "/news-sitemap.xml")
    desk.paper.robots = robots
    desk.stop()
    desk.poll()
    assert desk.planned() == titles(12, 47)
    expected = ["/maps/news.xml"] if robots else ["/sitemap-news.xml", "/news-sitemap.xml"]
    assert desk.asked() == ["/rss", "/robots.txt", *expected]
    assert notices(desk.ledger) == []


def test_pages_that_shift_while_they_are_read_and_a_headline_that_changes_meanwhile(open_desk):
    desk = open_desk("next")
    paper, known = desk.paper, {title for title, _ in desk.paper.stories}
    desk.stop()
    plain, pages = paper.rss, []

    def rss(page):
        if page > 1 and page not in pages:
            paper.publish(1, since=desk.clock.now - timedelta(seconds=60 - page))
        pages.append(page)
        return plain(page).replace("<title>Story 37<", f"<title>Story 37, read {len(pages)} times<")

    paper.rss = rss
    desk.poll()
    desk.clock.move(minutes=5)
    desk.poll()
    links = [row.article for row in desk.ledger.deliveries.search()]
    assert sorted(links) == sorted(paper.link(title) for title, _ in paper.stories if title not in known)


def test_a_gap_that_nothing_fills_is_told_once(open_desk):
    desk = open_desk("none")
    desk.stop()
    polled = desk.poll()
    assert desk.planned() == titles(37, 47)
    assert desk.asked() == ["/rss", "/robots.txt", "/sitemap-news.xml", "/news-sitemap.xml"]
    told = (
        "articles published between 2026-11-23 05:30 and 2026-11-23 16:15 UTC may be missing: no further page of the"
        " feed lists them, nor does a news sitemap"
    )
    assert (polled.missing, polled.notes) == (told, ())
    assert notices(desk.ledger) == [("source_gap", "news", f"news: {told}")]
    desk.paper.publish(1, since=desk.clock.now)
    desk.clock.move(minutes=5)
    polled = desk.poll()
    assert (polled.missing, polled.notes) == (None, ())
    assert desk.asked() == ["/rss"]


def test_a_page_that_fails_in_passing_is_tried_again(open_desk):
    desk = open_desk("next")
    desk.stop()
    desk.paper.fails = {3}
    polled = desk.poll()
    assert desk.planned() == titles(27, 47)
    assert polled.notes[-1].endswith("; the next poll tries again")
    assert "between 2026-11-23 05:30 and 2026-11-23 14:35 UTC" in polled.notes[-1]
    assert notices(desk.ledger) == []
    desk.paper.publish(4, since=desk.clock.now)
    desk.clock.move(hours=1)
    desk.poll()
    assert sorted(desk.planned()) == titles(27, 51)
    desk.paper.fails = set()
    desk.clock.move(minutes=5)
    desk.asked()
    desk.poll()
    assert sorted(desk.planned()) == titles(12, 51)
    desk.poll()
    assert desk.asked() == ["/rss", "/rss?page=2", "/rss?page=3", "/rss?page=4", "/rss"]
    assert notices(desk.ledger) == []


def test_a_page_that_fails_for_hours_is_given_up_and_told(open_desk):
    desk = open_desk("next")
    desk.stop()
    desk.paper.fails = {2}
    for _ in range(7):
        assert notices(desk.ledger) == []
        desk.poll()
        desk.clock.move(hours=1)
    [(kind, _, message)] = notices(desk.ledger)
    assert kind == "source_gap"
    assert "between 2026-11-23 05:30 and 2026-11-23 16:15 UTC" in message
    desk.asked()
    polled = desk.poll()
    assert (polled.missing, polled.notes) == (None, ())
    assert desk.asked() == ["/rss"]


def test_what_was_told_is_told_again_only_when_it_happens_again(open_desk):
    desk = open_desk("none")
    desk.stop()
    desk.poll()
    [notice] = desk.ledger.notices.waiting()
    desk.ledger.notices.told(notice, now=desk.clock(), heard=True)
    desk.ledger.notices.observe({}, desk.clock())
    assert desk.ledger.notices.waiting() == []
    desk.stop()
    desk.poll()
    [again] = desk.ledger.notices.waiting()
    assert "between 2026-11-23 17:45 and 2026-11-23 22:15 UTC" in again.message


def test_a_feed_that_names_itself_is_read_once(open_desk):
    desk = open_desk("self")
    desk.stop()
    polled = desk.poll()
    assert desk.planned() == titles(37, 47)
    assert desk.asked() == ["/rss", "/rss?page=1", "/robots.txt", "/sitemap-news.xml", "/news-sitemap.xml"]
    assert "may be missing" in polled.missing


def test_no_other_site_is_asked(open_desk):
    desk = open_desk("away")
    other = Api(lambda path, params: (200, XML, b""))
    desk.paper.elsewhere = other.url
    desk.stop()
    polled = desk.poll()
    assert other.asked == []
    assert "may be missing" in polled.missing
    other.close()


def test_a_page_that_leads_to_another_site_is_not_read(open_desk):
    desk = open_desk("next")
    other = Api(lambda path, params: (200, XML, desk.paper.rss(2).encode()))
    plain = desk.paper.answer
    moved = (302, {"Location": f"{other.url}/rss"}, b"")
    desk.paper.api.routes = lambda path, params: moved if params.get("page") == "2" else plain(path, params)
    desk.stop()
    desk.poll()
    assert desk.planned() == titles(37, 47)
    other.close()


def test_endless_pages_are_left_in_the_end(open_desk, monkeypatch):
    monkeypatch.setattr(gaps, "REQUESTS", 20)
    desk = open_desk("next")
    desk.stop(stories=300)
    polled = desk.poll()
    assert desk.planned() == titles(12 + 300 - 210, 312)
    assert len(desk.asked()) == 1 + gaps.REQUESTS
    assert "there are more than one poll reads" in polled.missing


def test_large_pages_are_left_after_500_entries(open_desk, monkeypatch):
    desk = open_desk("next")
    desk.paper.publish(2000, since=desk.clock.now + timedelta(minutes=5), every=timedelta(seconds=5))
    desk.clock.move(hours=6)
    plain = Paper.part
    monkeypatch.setattr(
        Paper, "part", lambda self, page: plain(self, 1) if page == 1 else self.stories[page * 300 - 590 :][:300]
    )
    desk.asked()
    polled = desk.poll()
    assert len(desk.planned()) == WINDOW + gaps.ENTRIES
    assert desk.asked() == ["/rss", "/rss?page=2", "/rss?page=3"]
    assert "more than one poll reads" in polled.missing


def test_a_feed_that_was_moved_posts_nothing_and_is_not_paged(open_desk):
    desk = open_desk("next", before=40)
    desk.asked()
    desk.paper.link = lambda title: f"https://new.example/stories/{title.rpartition(' ')[2]}"
    moved = [(title, date + timedelta(days=1)) for title, date in desk.paper.stories]
    for stories in (desk.paper.stories, moved):
        desk.paper.stories = stories
        desk.clock.move(days=1)
        polled = desk.poll()
        assert desk.asked() == ["/rss"]
        assert polled.missing is None
        assert not any("may be missing" in note for note in polled.notes)


def test_a_sitemap_of_more_than_the_feed_is_not_used(open_desk):
    desk = open_desk("none", sitemap="/sitemap-news.xml")
    desk.stop()
    plain = desk.paper.news
    other = "<url><loc>https://gazette.example/sports</loc><n:news><n:publication_date>{}</n:publication_date>"
    date = desk.paper.stories[3][1] + timedelta(minutes=1)
    more = other.format(date.isoformat()) + "<n:title>Sports</n:title></n:news></url></urlset>"
    desk.paper.news = lambda: plain().replace("</urlset>", more)
    polled = desk.poll()
    assert desk.planned() == titles(37, 47)
    assert "may be missing" in polled.missing


def test_a_sitemap_is_not_used_where_accounts_choose_by_section(open_desk):
    desk = open_desk("none", sitemap="/sitemap-news.xml", never=Filter(tags=("Sponsored",)))
    desk.stop()
    polled = desk.poll()
    assert desk.planned() == titles(37, 47)
    assert desk.asked() == ["/rss"]
    assert "a sitemap has neither sections nor tags" in polled.missing


def test_a_sitemap_does_not_change_what_a_feed_said(open_desk):
    desk = open_desk("none", sitemap="/sitemap-news.xml")
    before = {known.anchor: known.article for known in desk.ledger.articles.newest("news", 10)}
    desk.stop()
    desk.poll()
    assert {anchor: desk.ledger.articles.find(anchor).article for anchor in before} == before


def test_what_is_too_old_by_now_is_skipped_with_that_reason(open_desk):
    desk = open_desk("next", max_age=timedelta(hours=2))
    desk.stop()
    desk.poll()
    skipped = [row.reason for row in desk.ledger.deliveries.search() if row.state == "skipped"]
    assert set(skipped) == {"too_old"}
    assert len(skipped) + len(desk.planned()) == 35


def test_a_story_pinned_on_top_hides_no_gap(open_desk):
    desk = open_desk("next")
    pinned = desk.paper.stories[4]
    plain = Paper.part
    desk.paper.part = lambda page: [pinned, *plain(desk.paper, page)]
    desk.clock.move(minutes=5)
    desk.poll()
    desk.stop()
    desk.poll()
    assert desk.planned() == titles(12, 47)


def test_a_backfill_pages_until_it_has_enough(ledger, clock):
    paper = Paper("next")
    paper.publish(60, since=clock.now - timedelta(days=40), every=timedelta(hours=12))
    desk = Desk(paper, ledger, clock)
    desk.poll(backfill=30)
    assert desk.planned() == titles(30, 60)
    assert desk.asked() == ["/rss", "/rss?page=2", "/rss?page=3"]
    desk.poll(backfill=30)
    assert desk.asked() == ["/rss"]
    desk.poll(backfill=40)
    assert sorted(desk.planned()) == titles(20, 60), "an unchanged feed leads to its pages as well"
    assert desk.asked() == ["/rss", "/rss?page=2", "/rss?page=3", "/rss?page=4"]
    paper.api.close()


def test_pages_that_are_not_needed_are_not_asked_for(open_desk):
    desk = open_desk("next")
    desk.paper.publish(WINDOW - 1, since=desk.clock.now)
    desk.clock.move(hours=2)
    desk.asked()
    desk.poll()
    assert desk.planned() == titles(12, 21)
    assert desk.asked() == ["/rss"]


def dated(*minutes):
    return [
        Article(
            "news", f"https://gazette.example/{minute}", f"Story {minute}", published=START + timedelta(minutes=minute)
        )
        for minute in minutes
    ]


@pytest.mark.parametrize(
    ("minutes", "gap"),
    [
        ((40, 30, 20), 20),
        ((40, 30, 0), None),  # the newest known is there
        ((40, 30, -5), None),
        ((20, 30, 40), 20),  # oldest first
        ((-5, 20, 30, 40), None),  # oldest first, and it reaches back
        ((40, -5, 30, 20), None),  # in no order
        ((-5, 40, 30, 20), 20),  # one on top that is old
        ((-5, -6, -7, -8, 40, 30, 20), None),  # too many for that
        ((40, 30), None),  # too few to tell
        ((-5, 40, 30), None),
        ((), None),
    ],
)
def test_a_gap_is_found_by_dates(minutes, gap):
    found = gaps.find(dated(*minutes), START, START + timedelta(hours=1))
    assert found == (None if gap is None else gaps.Gap(START, START + timedelta(minutes=gap)))


def test_a_source_that_cannot_page_is_told_of(ledger, clock, article):
    class Source:
        name = "news"
        articles = ()

        def fetch(self, validators):
            return Reading(self.articles, entries=len(self.articles), windowed=True)

    source = Source()

    def read(*numbers):
        source.articles = tuple(article(number) for number in numbers)
        state = ledger.sources.ensure("news", "https://gazette.example/")
        return poll(source, state, [], ledger, PollRules())

    read(1, 2, 3)
    clock.move(hours=1)
    assert "more than one poll reads" in read(4, 5, 6).missing


def test_a_page_that_fails_loses_nothing_that_the_feed_shows(open_desk):
    desk = open_desk("next")
    desk.stop()
    desk.paper.fails = {3}
    polled = desk.poll()
    assert desk.planned() == titles(27, 47)
    assert "page=3 answers 500" in polled.notes[-1]
    assert "between 2026-11-23 05:30 and 2026-11-23 14:35 UTC" in polled.notes[-1]


def test_the_fault_of_a_further_page_holds_no_secret(open_desk):
    desk = open_desk("next")
    desk.door.mask.learn("page=2")
    desk.paper.fails = {2}
    fetched = Reading(older=f"{desk.paper.api.url}/rss?page=2")
    with pytest.raises(SourceError) as caught:
        list(desk.source.older(fetched))
    assert "page=2" not in str(caught.value)
