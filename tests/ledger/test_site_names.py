"""The scopes of sites: what the names of a site's stories begin with, also after it or another one was renamed."""

from __future__ import annotations

import pytest


def moved(ledger, moves, before, wanted):
    return ledger.sites.follow(dict(moves), before, wanted)


def test_a_site_has_its_name_as_its_scope_and_a_config_without_sites_has_none(ledger):
    assert [ledger.sites.scope(name) for name in ("gazette/news", "gazette/masto", "news")] == [
        "gazette",
        "gazette",
        "",
    ]
    assert ledger.sites.scopes(["gazette/news", "herald/news", "gazette/sport"]) == ["", "gazette", "herald"]
    assert ledger.sites.scopes([]) == [""]


def test_a_site_whose_sources_all_go_to_a_new_one_gives_it_its_scope(ledger):
    assert moved(ledger, [("gazette/news", "paper/news")], ["gazette/news"], ["paper/news", "herald/news"]) == []
    assert [ledger.sites.scope(f"{site}/news") for site in ("paper", "herald")] == ["gazette", "herald"]
    assert ledger.sites.scopes(["paper/news", "herald/news"]) == ["", "gazette", "herald"]
    assert moved(ledger, [("paper/news", "daily/news")], ["paper/news"], ["daily/news"]) == []
    assert ledger.sites.scope("daily/news") == "gazette"
    assert ledger.sites.scope("paper/news") == "paper"


def test_a_config_that_gets_sites_keeps_the_scope_without_a_name(ledger):
    assert moved(ledger, [("news", "gazette/news")], ["news"], ["gazette/news"]) == []
    assert ledger.sites.scope("gazette/news") == ""
    assert moved(ledger, [("gazette/news", "news")], ["gazette/news"], ["news"]) == []
    assert ledger.sites.scope("news") == ""
    assert ledger.database.rows("SELECT * FROM former_name") == []


def test_moves_within_a_site_change_nothing(ledger):
    assert moved(ledger, [("gazette/news", "gazette/all")], ["gazette/news"], ["gazette/all"]) == []
    assert ledger.sites.scope("gazette/all") == "gazette"
    assert ledger.database.rows("SELECT * FROM former_name") == []


@pytest.mark.parametrize(
    ("before", "wanted"),
    [
        (["gazette/news", "gazette/sport"], ["paper/news", "gazette/sport"]),  # it stays, with another source
        (["gazette/news", "paper/all"], ["paper/news", "paper/all"]),  # it comes to one that is there
    ],
)
def test_a_source_that_comes_to_a_site_with_its_own_scope_is_told(ledger, before, wanted):
    assert moved(ledger, [("gazette/news", "paper/news")], before, wanted) == [("gazette", "paper")]
    assert [ledger.sites.scope(f"{site}/x") for site in ("gazette", "paper")] == ["gazette", "paper"]


def test_of_two_sites_that_follow_one_the_one_with_more_sources_gets_its_scope(ledger):
    before = [f"gazette/{name}" for name in ("a", "b", "c")]
    moves = [("gazette/a", "north/a"), ("gazette/b", "south/b"), ("gazette/c", "south/c")]
    assert moved(ledger, moves, before, [new for _, new in moves]) == [("gazette", "north")]
    assert [ledger.sites.scope(f"{site}/x") for site in ("south", "north")] == ["gazette", "north"]


def test_of_two_sites_that_become_one_the_one_with_more_sources_gives_its_scope(ledger):
    moves = [("north/a", "gazette/a"), ("south/b", "gazette/b"), ("south/c", "gazette/c")]
    assert moved(ledger, moves, [old for old, _ in moves], [new for _, new in moves]) == [("north", "south")]
    assert ledger.sites.scope("gazette/a") == "south"


def test_a_site_with_a_name_that_another_one_had_gets_a_scope_of_its_own(ledger):
    moved(ledger, [("gazette/news", "paper/news")], ["gazette/news"], ["paper/news"])
    assert moved(ledger, [], ["paper/news"], ["paper/news", "gazette/news"]) == []
    assert [ledger.sites.scope(f"{site}/news") for site in ("paper", "gazette")] == ["gazette", "gazette~"]
    moved(ledger, [("gazette/news", "herald/news")], ["paper/news", "gazette/news"], ["paper/news", "herald/news"])
    moved(ledger, [], ["paper/news", "herald/news"], ["paper/news", "herald/news", "gazette/news"])
    assert [ledger.sites.scope(f"{site}/x") for site in ("paper", "herald", "gazette")] == [
        "gazette",
        "gazette~",
        "gazette~~",
    ]
