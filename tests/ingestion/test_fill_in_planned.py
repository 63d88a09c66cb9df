"""Which waiting articles another source fills in, and which accounts then get or lose them."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from itertools import product

import pytest

from syndicate.aliases import aliases
from syndicate.ingestion.fill_in import LATELY, WITNESSES, fill_in, filled, named_too, still_filled
from syndicate.model import FILLED, NO_RULES, Account, BreakingRules, Filter, Image
from syndicate.planning.apply import announce
from syndicate.serialization import load_article, store_article
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
    poor, rich = article(1, **NOTHING), article(1, **NOTHING | {"source": "rich", name: MORE[name]})
    whole = filled(poor, rich)
    assert whole == replace(
        poor, **{name: MORE[name]}, raw={FILLED: name}, pictured_by="rich" if name == "images" else ""
    )
    assert filled(rich, replace(poor, **{name: "another"})) is rich
    again = still_filled(replace(poor, raw={"odd": "kept"}), whole)
    assert again == replace(whole, raw={"odd": "kept", FILLED: name})
    own = replace(poor, **{name: MORE[name]})
    assert still_filled(own, whole) is own
    withdrawn = replace(poor, withdrawn=True)
    assert still_filled(withdrawn, whole) is withdrawn


def test_pictures_are_from_the_source_that_gave_them(article):
    """Whoever gave an address is the one on whose behalf it is fetched."""
    poor = article(1, **NOTHING | {"source": "cms"})
    whole = filled(poor, article(1, **NOTHING | {"source": "agency", "images": MORE["images"]}))
    assert (poor.pictures_from, whole.source, whole.pictures_from) == ("cms", "cms", "agency")
    third = filled(whole, article(1, **NOTHING | {"source": "third", "summary": "More."}))
    assert (third.summary, third.pictures_from) == ("More.", "agency")
    assert filled(article(1, **NOTHING), whole).pictures_from == "agency"
    again = still_filled(replace(poor, title="Read again"), whole)
    assert (again.title, again.pictures_from) == ("Read again", "agency")
    assert still_filled(replace(poor, images=(Image("https://gazette.example/own.jpg"),)), whole).pictures_from == "cms"


def test_who_gave_an_address_is_known(article):
    """Each source that lists the very same address gave it; another one with another address did not."""
    first = article(1, source="agency")
    known = named_too(named_too(first, article(1, source="cms")), article(1, source="wire"))
    assert (first.addressed_by, known.addressed_by) == (("agency",), ("agency", "cms", "wire"))
    elsewhere = article(2, source="other"), article(1, url="", source="other")
    for other in (article(1, source="cms"), article(1, source="agency"), *elsewhere):
        assert named_too(known, other) is known
    crowded = first
    for number in range(WITNESSES + 1):
        crowded = named_too(crowded, article(1, source=f"source-{number}"))
    assert len(crowded.named_by) == WITNESSES
    assert load_article(store_article(known)) == known
    assert still_filled(replace(first, title="Read again"), known).named_by == ("cms", "wire")
    assert still_filled(replace(first, url="https://gazette.example/moved"), known).named_by == ()


@pytest.mark.parametrize("stated", [{FILLED: "images"}, {FILLED: "summary images", "pictured_by": "cms"}])
def test_whose_pictures_they_are_cannot_be_said_by_a_source(article, stated):
    """Nor is it known of pictures that were filled in before it was noted."""
    assert article(1, raw=stated).pictures_from == ""


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


def test_an_account_that_lost_another_article_gets_nothing(ledger, shared, article, poor, rich):
    lost = article(9, summary="")
    announce(lost, [ONLY], ledger)
    ledger.database.change("UPDATE delivery SET state = 'skipped', reason = 'filtered'")
    announce(poor, [MASTO], ledger)
    assert shared(poor, rich, MASTO)[1] == []
    with_baselines = [(ONLY, ledger.now())]
    anchor = ledger.articles.anchors([alias.hash for alias in aliases(poor)]).popitem()[1]
    richer = {anchor: replace(rich, language="pt")}
    assert [*fill_in(richer, with_baselines, ledger, ledger.now(), NO_RULES)] == []
