"""What one source lists is not what another does."""

from __future__ import annotations

import pytest

from syndicate.ledger.database import micros
from syndicate.ledger.listings import StoredListing
from syndicate.model import LeftOut, Validators

SITE = "https://gazette.example"


def listed(ledger):
    rows = ledger.database.rows("SELECT source, seen_at, why FROM listing ORDER BY source, seen_at")
    return [tuple(row.values()) for row in rows]


def test_the_last_that_listed_it_comes_first(ledger, clock):
    began = clock()
    for source in ("a", "b", "c"):
        ledger.listings.record(source, [f"{SITE}/1"], [LeftOut(f"{SITE}/2", "no date")], clock())
        clock.move(minutes=1)
    assert [each.source for each in ledger.listings.find(f"{SITE}/1")] == ["c", "b", "a"]
    assert ledger.listings.find(f"{SITE}/2")[-1] == StoredListing("a", began, "no date")


def test_another_reason_is_that_of_one_source_and_one_place(ledger, clock):
    for source in ("a", "b"):
        ledger.listings.record(source, [], [LeftOut(f"{SITE}/{n}", "no date") for n in (1, 2)], clock())
    again = [LeftOut(f"{SITE}/1", "no title"), LeftOut(f"{SITE}/2", "no date"), LeftOut(f"{SITE}/3", "no date")]
    assert ledger.listings.record("a", [], again, clock()) == [again[0], again[2]]
    at = micros(clock())
    assert sorted(listed(ledger)) == sorted([
        ("a", at, "no title"),
        ("a", at, "no date"),
        ("a", at, "no date"),
        ("b", at, "no date"),
        ("b", at, "no date"),
    ])  # fmt: skip


def test_what_was_left_out_stays_so_where_it_is_listed_as_an_address(ledger, clock):
    ledger.listings.record("a", [], [LeftOut(f"{SITE}/1", "no date")], clock())
    began = clock()
    clock.move(minutes=1)
    ledger.listings.record("a", [f"{SITE}/1", f"{SITE}/2"], [], clock())
    assert ledger.listings.find(f"{SITE}/1") == [StoredListing("a", began, "no date")]
    assert ledger.listings.of("a").since() == clock()
    assert ledger.listings.of("b").since() is None


def test_a_source_has_had_its_first_reading_when_it_has_a_baseline(ledger, clock):
    memories = {name: ledger.listings.of(name) for name in ("a", "b", "never")}
    for name in ("a", "b"):
        ledger.sources.ensure(name, SITE)
    assert [memory.first() for memory in memories.values()] == [True, True, True]
    ledger.sources.read("b", Validators(), baseline_at=clock(), entries=1, next_poll_at=clock())
    assert [memory.first() for memory in memories.values()] == [True, False, True]


@pytest.mark.parametrize("number", [1, 499, 500, 501, 1001])
def test_of_many_addresses_each_is_looked_up(ledger, clock, number):
    places = [f"{SITE}/{n}" for n in range(number)]
    ledger.listings.record("a", places, [], clock())
    memory = ledger.listings.of("a")
    assert memory.unknown([*places, f"{SITE}/new"]) == {f"{SITE}/new"}
    assert memory.unknown([]) == set()
    assert ledger.listings.of("b").unknown(places[:3]) == set(places[:3])
