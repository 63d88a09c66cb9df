"""Which of the articles that left a list are asked for, and which of the new ones they turn out to be."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from syndicate.aliases import aliases
from syndicate.ingestion.readdressed import Readdressed, readdressed

DAY = timedelta(days=1)
TICK = timedelta(microseconds=1)
SITE = "https://gazette.example"


@pytest.fixture
def desk(ledger, clock, article):
    return Desk(ledger, clock, article)


class Desk:
    """A source that listed articles `a`, `b` and `c`, of which `b` left; it is asked where that leads."""

    def __init__(self, ledger, clock, article):
        self.ledger, self.leads, self.asked = ledger, {}, []
        date = clock.now - timedelta(hours=5)
        ledger.sources.ensure("news", f"{SITE}/rss")
        self.a, self.b, self.c = (
            article(number, url=f"{SITE}/{name}", guid=name, title=name * 9, summary=f"About {name}.", published=date)
            for number, name in enumerate("abc")
        )
        self.c = replace(self.c, published=date - DAY)
        self.anchors = [self.add(each) for each in (self.a, self.b, self.c)]
        ledger.floods.lists("news", self.anchors)
        self.new = replace(
            self.b, url=f"{SITE}/b-again", guid="again", title="Quite other words", summary="Else.", published=clock.now
        )

    def add(self, story):
        return self.ledger.articles.add(story, aliases(story), position=0, now=self.ledger.now())

    def change(self, anchor, **columns):
        settings = ", ".join(f"{name} = :{name}" for name in columns)
        self.ledger.database.change(f"UPDATE article SET {settings} WHERE anchor = :anchor", anchor=anchor, **columns)

    def run(self, *listed, source="news"):
        self.asked.clear()

        def follow(address):
            self.asked.append(address.rpartition("/")[2])
            return self.leads.get(address)

        return readdressed(listed, source, self.ledger, follow)


def test_what_left_and_leads_to_a_new_entry_is_that_one(desk):
    desk.leads = {desk.b.url: desk.new.url + "?utm_source=x"}
    [found] = desk.run(desk.a, desk.new, desk.c)
    assert found == Readdressed(desk.anchors[1], desk.b.url, desk.new.url, aliases(desk.new))
    assert found.note == (
        f"{SITE}/b-again is {SITE}/b under another address, since that one leads there; it is not posted again"
    )
    assert desk.asked == ["b"]


@pytest.mark.parametrize(
    "place", [None, f"{SITE}/b", f"{SITE}/b?utm_source=x", f"{SITE}/", f"{SITE}/elsewhere", "https://x.example/b-again"]
)
def test_what_leads_nowhere_else_or_to_no_entry_is_nothing(desk, place):
    desk.leads = {desk.b.url: place}
    assert desk.run(desk.a, desk.new, desk.c) == []
    assert desk.asked == ["b"]


def test_the_one_that_it_leads_to_is_found_among_several(desk):
    other = replace(desk.new, url=f"{SITE}/other", guid="other", title="Third words")
    desk.leads = {desk.b.url: desk.new.url}
    assert [found.url for found in desk.run(desk.a, other, desk.new, desk.c)] == [desk.new.url]


def test_without_a_list_of_before_nothing_is_asked(desk):
    desk.ledger.floods.lists("news", [])
    assert desk.run(desk.a, desk.new, desk.c) == []
    assert desk.run(desk.a, desk.new, desk.c, source="other") == []
    assert desk.asked == []


@pytest.mark.parametrize("fields", [{"url": ""}, {"withdrawn": True}, {"url": f"{SITE}/b"}])
def test_only_a_new_entry_that_has_an_address_is_compared(desk, fields):
    desk.leads = {desk.b.url: desk.new.url}
    assert desk.run(desk.a, replace(desk.new, **fields), desk.c) == []
    assert desk.asked == []


@pytest.mark.parametrize(
    ("listed", "asked"),
    [
        ("ac", ["b"]),
        ("a", []),  # the rest scrolled out
        ("c", ["a", "b"]),
        ("ab", []),
        ("", []),
        ("abc", []),
    ],
)
def test_what_scrolled_out_at_the_end_did_not_leave(desk, listed, asked):
    desk.run(desk.new, *(getattr(desk, name) for name in listed))
    assert desk.asked == asked


def test_entries_that_had_no_anchor_are_passed_over(desk):
    desk.ledger.floods.lists("news", ["", *desk.anchors])
    desk.run(desk.new, desk.a, desk.c)
    assert desk.asked == ["b"]


@pytest.mark.parametrize(
    ("change", "asked"),
    [
        ({}, True),
        ({"source": "other"}, False),
        ({"url": ""}, False),
        ({"published": 0 * DAY}, False),  # as old as the oldest that is listed
        ({"published": TICK}, True),
        ({"published": None}, True),  # it was seen just now
    ],
)
def test_what_is_asked_for_is_the_sources_own_and_newer_than_the_oldest_listed(desk, change, asked):
    fields = dict(change)
    if fields.get("published") is not None:
        fields["published"] += desk.c.published
    b = replace(desk.b, **{"guid": "b2", "title": "Words of b", "url": f"{SITE}/b2"} | fields)
    desk.ledger.floods.lists("news", [desk.anchors[0], desk.add(b), desk.anchors[2]])
    desk.run(desk.a, desk.new, desk.c)
    assert bool(desk.asked) is asked


def test_a_list_without_dates_reaches_back_for_ever(desk):
    undated = [replace(each, published=None) for each in (desk.a, desk.new, desk.c)]
    desk.run(*undated)
    assert desk.asked == ["b"]


@pytest.mark.parametrize(
    ("fields", "asked"),
    [
        ({}, True),
        ({"url": "https://other.example/b"}, False),
        ({"published": None}, True),
        ({"published": 2 * DAY}, True),
        ({"published": 2 * DAY + TICK}, False),
        ({"published": -2 * DAY}, True),
        ({"published": -2 * DAY - TICK}, False),
        ({"published": 9 * DAY, "summary": "ABOUT b"}, True),
        ({"published": 9 * DAY, "summary": ""}, False),
    ],
)
def test_what_a_new_entry_may_be(desk, clock, fields, asked):
    fields = dict(fields)
    if fields.get("published") is not None:
        fields["published"] += desk.b.published
    new = replace(desk.new, **fields)
    oldest = replace(desk.c, published=clock.now - 30 * DAY)
    desk.run(desk.a, new, oldest)
    assert desk.asked == ["b"] * asked


def test_articles_without_words_are_not_the_same_for_that(desk):
    b = replace(desk.b, guid="b2", title="Words of b", url=f"{SITE}/b2", summary="")
    desk.ledger.floods.lists("news", [desk.anchors[0], desk.add(b), desk.anchors[2]])
    desk.run(desk.a, replace(desk.new, summary="", published=desk.b.published + 9 * DAY), desk.c)
    assert desk.asked == []


def test_without_a_date_an_article_is_as_old_as_it_was_seen(desk, clock):
    b = replace(desk.b, guid="b2", title="Words of b", url=f"{SITE}/b2", published=None)
    desk.ledger.floods.lists("news", [desk.anchors[0], desk.add(b), desk.anchors[2]])
    desk.run(desk.a, replace(desk.new, published=clock.now + 2 * DAY), desk.c)
    assert desk.asked == ["b2"]
    desk.run(desk.a, replace(desk.new, published=clock.now + 2 * DAY + TICK), desk.c)
    assert desk.asked == []


def test_three_are_asked_for_in_one_reading(desk, article, clock):
    stories = (article(number, url=f"{SITE}/gone-{number}", published=clock.now) for number in range(5, 10))
    gone = [desk.add(story) for story in stories]
    desk.ledger.floods.lists("news", [*gone, desk.anchors[2]])
    desk.run(desk.new, desk.c)
    assert desk.asked == ["gone-5", "gone-6", "gone-7"]
