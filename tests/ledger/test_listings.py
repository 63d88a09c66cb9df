"""What sources list besides their articles: known addresses, and what was left out and why."""

from __future__ import annotations

from datetime import timedelta

import pytest

from syndicate.ledger import listings
from syndicate.ledger.database import micros
from syndicate.ledger.listings import StoredListing
from syndicate.model import LeftOut

SITE = "https://gazette.example"


def test_an_address_is_known_from_when_it_was_first_listed_in_any_spelling(ledger, clock):
    began = clock()
    assert ledger.listings.record("map", [f"{SITE}/1", f"{SITE}/2"], [], began) == []
    clock.move(hours=1)
    ledger.listings.record("map", [f"{SITE}/1"], [], clock())
    assert ledger.listings.find(f"{SITE}/1/") == [StoredListing("map", began, None)]
    assert ledger.listings.find(f"{SITE}/3") == []
    memory = ledger.listings.of("map")
    assert memory.unknown([f"{SITE}/1?utm_source=x", f"{SITE}/2", f"{SITE}/3", f"{SITE}/4"]) == {
        f"{SITE}/3",
        f"{SITE}/4",
    }
    assert memory.since() == began
    assert ledger.listings.of("other").unknown([f"{SITE}/1"]) == {f"{SITE}/1"}


def test_a_file_is_a_place_too(ledger, clock):
    ledger.listings.record("drop", [], [LeftOut("stories/a.md", "no date")], clock())
    assert ledger.listings.find("stories/a.md") == [StoredListing("drop", clock(), "no date")]


def test_what_is_left_out_is_told_once_for_each_reason_and_source(ledger, clock):
    def left_out(why, source="map"):
        return ledger.listings.record(source, [], [LeftOut(f"{SITE}/1", why)], clock())

    first = LeftOut(f"{SITE}/1", "no date")
    assert [left_out("no date"), left_out("no date")] == [[first], []]
    assert left_out("no date", "other") == [first]
    began = clock()
    clock.move(hours=1)
    assert left_out("no title") == [LeftOut(f"{SITE}/1", "no title")]
    assert set(ledger.listings.find(f"{SITE}/1")) == {
        StoredListing("map", began, "no title"),
        StoredListing("other", began, "no date"),
    }


def test_what_was_known_as_an_address_alone_may_be_left_out_later(ledger, clock):
    ledger.listings.record("map", [f"{SITE}/1"], [], clock())
    gone = LeftOut(f"{SITE}/1", "no title")
    assert ledger.listings.record("map", [f"{SITE}/1"], [gone], clock()) == [gone]
    assert ledger.listings.find(f"{SITE}/1")[0].why == "no title"


def test_a_long_reason_is_cut(ledger, clock):
    ledger.listings.record("map", [], [LeftOut(f"{SITE}/1", "x" * 600)], clock())
    assert ledger.listings.find(f"{SITE}/1")[0].why == "x" * 500


def test_of_several_sources_the_last_comes_first(ledger, clock):
    for name, hours in (("one", 0), ("two", 2), ("three", 1)):
        ledger.listings.record(name, [f"{SITE}/1"], [], clock() + timedelta(hours=hours))
    assert [found.source for found in ledger.listings.find(f"{SITE}/1")] == ["two", "three", "one"]


def test_a_source_last_listed_something_new_when_it_did(ledger, clock):
    memory = ledger.listings.of("map")
    assert memory.since() is None
    ledger.listings.record("map", [f"{SITE}/1"], [], clock())
    clock.move(hours=1)
    ledger.listings.record("map", [f"{SITE}/1", f"{SITE}/2"], [], clock())
    ledger.listings.record("other", [f"{SITE}/3"], [], clock() + timedelta(hours=1))
    assert memory.since() == clock()


@pytest.mark.parametrize(("state", "first"), [("unknown", True), ("new", True), ("begun", False)])
def test_the_first_reading_is_the_one_before_the_baseline(ledger, clock, state, first):
    ledger.sources.ensure("other", f"{SITE}/rss")
    ledger.database.change("UPDATE source SET baseline_at = 1")
    if state != "unknown":
        ledger.sources.ensure("map", f"{SITE}/sitemap.xml")
    if state == "begun":
        ledger.database.change("UPDATE source SET baseline_at = :now WHERE name = 'map'", now=micros(clock()))
    assert ledger.listings.of("map").first() is first


def test_many_addresses_are_asked_for_in_parts(ledger, clock, monkeypatch):
    monkeypatch.setattr(listings, "_AT_ONCE", 2)
    places = [f"{SITE}/{number}" for number in range(7)]
    ledger.listings.record("map", places[:5], [], clock())
    assert ledger.listings.of("map").unknown(places) == set(places[5:])
    assert ledger.listings.of("map").unknown([]) == set()
