"""Which waiting articles another source fills in, and which accounts then get or lose them."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from itertools import product

import pytest

from syndicate.ingestion.fill_in import LATELY, fill_in, filled, still_filled
from syndicate.model import FILLED, NO_RULES, Account, BreakingRules, Filter, Image
from syndicate.planning.apply import announce
from tests.worlds.accounts import MASTO

MORE = {
    "title": "Said",
    "summary": "Said.",
    "section": "Sport",
    "categories": ("City",),
    "images": (Image("https://a.example/1.jpg"),),
    "authors": ("Ana",),
    "language": "pt",
    "canonical_url": "https://gazette.example/own",
}
NOTHING = {name: type(value)() if isinstance(value, str | tuple) else None for name, value in MORE.items()}
NEVER = Account("picky", "mastodon", never=Filter(sections=("Sport",)))
ONLY = Account("picky", "mastodon", only=Filter(sections=("Sport",)))


@pytest.mark.parametrize("name", MORE)
def test_each_field_is_filled_in_where_there_is_none(article, name):
    poor, rich = article(1, **NOTHING), article(1, **NOTHING | {name: MORE[name]})
    whole = filled(poor, rich)
    assert whole == replace(poor, **{name: MORE[name]}, raw={FILLED: name})
    assert filled(rich, replace(poor, **{name: "another"})) is rich
    again = still_filled(replace(poor, raw={"odd": "kept"}), whole)
    assert again == replace(whole, raw={"odd": "kept", FILLED: name})
    own = replace(poor, **{name: MORE[name]})
    assert still_filled(own, whole) is own
    withdrawn = replace(poor, withdrawn=True)
    assert still_filled(withdrawn, whole) is withdrawn


def test_what_a_third_source_fills_in_is_named_with_what_the_second_did(article):
    poor = article(1, **NOTHING)
    once = filled(poor, article(1, **NOTHING | {"title": "Said"}))
    twice = filled(once, article(1, **NOTHING | {"title": "Other", "summary": "Said."}))
    assert (twice.title, twice.summary, twice.raw[FILLED].split()) == ("Said", "Said.", ["title", "summary"])
    assert still_filled(replace(poor, raw={FILLED: "nonsense"}), replace(poor, raw={FILLED: "nonsense"})).raw == {
        FILLED: "nonsense"
    }


@pytest.fixture
def poor(article):
    return article(1, summary="", section=None, categories=())


@pytest.fixture
def rich(poor):
    return replace(poor, source="sport", summary="All of it.", section="Sport", categories=("City",))


@pytest.fixture
def shared(ledger, clock):
    """Plans an article for accounts, sets columns of their deliveries, and has another source fill it in."""

    def make(known, other, *accounts, breaking=NO_RULES, **columns):
        anchor = announce(known, accounts, ledger)
        for (name, value), account in product(columns.items(), accounts):
            change = f"UPDATE delivery SET {name} = :value WHERE account = :account"
            ledger.database.change(change, value=value, account=account.name)
        with_baselines = [(account, clock()) for account in accounts]
        return anchor, [*fill_in({anchor: other}, with_baselines, ledger, clock(), breaking)]

    return make


def test_a_waiting_article_gets_what_it_lacks(ledger, shared, poor, rich):
    anchor, added = shared(poor, rich, MASTO)
    known = ledger.articles.find(anchor).article
    assert (known.source, known.summary, known.section) == ("news", "All of it.", "Sport")
    assert known.raw[FILLED] == "summary section categories"
    assert added == []
    [row] = ledger.deliveries.search()
    assert (row.state, row.priority) == ("due", 1)


@pytest.mark.parametrize("withdrawn", ["known", "other"])
def test_what_is_withdrawn_fills_in_nothing(ledger, shared, poor, rich, withdrawn):
    known, other = (replace(each, withdrawn=name == withdrawn) for name, each in (("known", poor), ("other", rich)))
    anchor, _ = shared(known, other, MASTO)
    assert ledger.articles.find(anchor).article.summary == ""


def test_what_is_sent_stays_as_it_is(ledger, shared, poor, rich):
    anchor, _ = shared(poor, rich, MASTO, state="posted")
    assert ledger.articles.find(anchor).article.summary == ""


def test_what_becomes_breaking_news_goes_first(ledger, shared, poor, rich):
    shared(poor, rich, MASTO, breaking=BreakingRules(tags=("City",)))
    assert [row.priority for row in ledger.deliveries.search()] == [0]


@pytest.mark.parametrize("reason", ["filtered", "empty", "too_old"])
@pytest.mark.parametrize("account", [ONLY, NEVER, MASTO])
def test_an_account_that_lost_it_gets_it_if_it_is_admitted_now(ledger, shared, clock, poor, rich, account, reason):
    other = Account("other", "mastodon")
    anchor, added = shared(poor, rich, account, other, state="skipped", reason=reason)
    ledger.database.change("UPDATE delivery SET reason = 'too_old' WHERE account = 'other'")
    if reason == "too_old":
        assert added == []
        return
    names = [whom.name for _, [(whom, at)] in added if at == clock()]
    assert names == ([] if account == NEVER else [account.name]) + ["other"]
    for [candidate], _ in added:
        assert (candidate.anchor, candidate.article) == (anchor, ledger.articles.find(anchor).article)
        assert (candidate.on_top, candidate.overrules) == (True, ("filtered", "empty"))


@pytest.mark.parametrize(("ago", "asked"), [(LATELY, True), (LATELY + timedelta(microseconds=1), False)])
def test_for_two_days_it_is_asked_again(ledger, shared, clock, poor, rich, ago, asked):
    at = round((clock() - ago).timestamp() * 1e6)
    _, added = shared(poor, rich, ONLY, state="skipped", reason="filtered", planned_at=at)
    assert (added != []) is asked
    assert timedelta(days=2) == LATELY


LEAVES = [
    ({}, True),
    ({"state": "planned"}, True),
    ({"expires_at": None}, False),  # a person asked for it
    ({"approved": "d1"}, False),
    ({"draft": '{"text": "x"}', "state": "due"}, False),
    ({"action": "edit"}, False),
    ({"state": "posted"}, False),
]


@pytest.mark.parametrize(("columns", "leaves"), LEAVES)
def test_an_account_whose_filter_refuses_it_now_does_not_get_it(ledger, shared, poor, rich, columns, leaves):
    anchor = announce(poor, [MASTO], ledger)  # somebody else still waits for it
    shared(poor, rich, NEVER, **{"expires_at": 2_000_000_000_000_000} | columns)
    rows = {row.account: row for row in ledger.deliveries.search(anchor=anchor)}
    left_out = (rows["picky"].state, rows["picky"].reason) == ("skipped", "filtered")
    assert left_out is leaves
    assert rows["masto"].state != "skipped"


def test_a_filter_that_never_admitted_it_leaves_nothing_out_twice(ledger, shared, poor, rich):
    anchor, _ = shared(replace(poor, section="Sport"), rich, ONLY, expires_at=2_000_000_000_000_000)
    [row] = ledger.deliveries.search(anchor=anchor)
    assert row.state == "due"
