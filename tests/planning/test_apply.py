"""How planned deliveries are written, and what a person who names an article or a backfill overrules."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from syndicate.aliases import aliases
from syndicate.ledger.articles import ELSEWHERE, UNREAD
from syndicate.model import NO_RULES, Account, BreakingRules, Filter, FloodLimits, Reading
from syndicate.planning.apply import announce, backfilled, write
from syndicate.planning.history import Fresh, restrained
from syndicate.planning.plan import Candidate, Planned
from tests.worlds.accounts import MASTO

FACE = Account("fb", "facebook")
MINUTE, HOUR, TICK = timedelta(minutes=1), timedelta(hours=1), timedelta(microseconds=1)


@pytest.fixture
def add(ledger, clock):
    def make(story, position=0, **columns):
        anchor = ledger.articles.add(story, aliases(story), position=position, now=clock())
        for name, value in columns.items():
            ledger.database.change(f"UPDATE article SET {name} = :value WHERE anchor = :row", value=value, row=anchor)
        return anchor

    return make


@pytest.fixture
def going(article, add):
    """A planned delivery of story `number`."""

    def make(number, account=MASTO, state="due", reason=None, due_at=None, candidate=None, **fields):
        story = article(number)
        made = Candidate(add(story), story, **(candidate or {}))
        return Planned(made, account, state, reason, due_at, **fields)

    return make


def test_deliveries_are_written_as_they_were_planned_a_microsecond_apart(ledger, clock, going):
    at = {"due_at": clock() + HOUR, "expires_at": clock() + 2 * HOUR}
    entries = [
        going(1, FACE, state="planned", reason="embargo", priority=0, note="look", **at),
        going(2),
    ]
    keys = write(entries, ledger, clock())
    first, second = map(ledger.deliveries.find, keys)
    assert (first.account, first.platform, first.state, first.reason) == ("fb", "facebook", "planned", "embargo")
    assert (first.due_at, first.expires_at, first.priority, first.error) == (at["due_at"], at["expires_at"], 0, "look")
    assert (first.planned_at, second.planned_at) == (clock(), clock() + TICK)
    assert (second.account, second.priority, second.error) == ("masto", 1, None)
    assert write(entries, ledger, clock()) == [], "each once"


def test_what_is_new_is_not_planned_again_at_once(ledger, clock, going):
    entry = going(1, state="planned", reason="burst", expires_at=clock() + HOUR)
    [key] = write([entry], ledger, clock(), overruled=("too_old",))
    assert ledger.deliveries.find(key).expires_at == clock() + HOUR


@pytest.mark.parametrize(
    ("state", "reason", "planned", "overrules", "overruled", "again"),
    [
        ("skipped", "filtered", "due", ("filtered",), (), "let in"),
        ("skipped", "filtered", "due", ("empty",), (), None),
        ("skipped", "filtered", "due", (), ("filtered",), "replanned"),
        ("skipped", "filtered", "due", ("empty",), ("filtered",), "replanned"),
        ("skipped", "filtered", "due", (), (), None),
        ("skipped", "filtered", "skipped", ("filtered",), ("filtered",), None),
        ("posted", None, "due", ("filtered",), ("filtered",), None),
        ("planned", "burst", "due", (), ("filtered",), "replanned"),
        ("planned", "burst", "due", ("burst",), (), None),
    ],
)
def test_what_was_skipped_is_planned_again_where_its_reason_holds_no_more(
    ledger, clock, going, state, reason, planned, overrules, overruled, again
):
    ages = clock() + HOUR
    [key] = write([going(1)], ledger, clock())
    ledger.database.change("UPDATE delivery SET state = :state, reason = :reason", state=state, reason=reason)
    clock.move(hours=1)
    entry = going(1, state=planned, expires_at=ages, candidate={"overrules": overrules})
    keys = write([entry], ledger, clock(), overruled=overruled)
    assert keys == ([key] if again else [])
    left = ledger.deliveries.find(key)
    assert (left.state == "due" and left.planned_at == clock()) is bool(again)
    if again:
        assert left.expires_at == (ages if again == "let in" else None)


# A person names an article


def test_an_article_that_a_person_names_is_planned_for_every_account(ledger, clock, article):
    story = article(1, published=clock() - timedelta(days=300))
    anchor = announce(story, [MASTO, FACE], ledger)
    rows = ledger.deliveries.search()
    assert {(row.anchor, row.account, row.state, row.expires_at) for row in rows} == {
        (anchor, "masto", "due", None),
        (anchor, "fb", "due", None),
    }
    assert ledger.articles.find(anchor).article == story
    assert announce(article(1, title="Other"), [MASTO], ledger) == anchor
    assert ledger.articles.find(anchor).article == story
    assert {ledger.accounts.find(name).baseline_at for name in ("masto", "fb")} == {clock()}


@pytest.mark.parametrize("reason", ["baseline", "too_old", "preflight", "filtered", "similar", "withdrawn"])
def test_a_person_overrules_what_was_skipped_by_itself(ledger, put, article, reason):
    row = put(1, state="skipped", reason=reason)
    announce(article(1), [MASTO], ledger)
    assert ledger.deliveries.find(row.key).state == "due"


@pytest.mark.parametrize(("state", "reason"), [("skipped", "person"), ("posted", None), ("failed", "rejected")])
def test_what_a_person_decided_or_is_out_stays(ledger, put, article, state, reason):
    row = put(1, state=state, reason=reason)
    announce(article(1), [MASTO], ledger)
    assert ledger.deliveries.find(row.key) == row


def test_a_person_may_name_what_was_withdrawn_or_imported(ledger, clock, article, add):
    withdrawn = add(article(1))
    ledger.articles.withdraw(withdrawn, clock())
    announce(article(1), [MASTO], ledger)
    assert ledger.articles.find(withdrawn).withdrawn_at is None
    imported = add(article(2, title=""), position=ELSEWHERE, content_hash=UNREAD)
    announce(article(2), [MASTO], ledger)
    assert ledger.articles.find(imported).article == article(2)
    announce(article(3), [MASTO], ledger)
    with ledger.transaction():
        ledger.imports.record([(article(3), aliases(article(3)))], clock())
    seen = ledger.deliveries.search(anchor=ledger.articles.at(article(3).url))
    assert [(row.state, row.reason) for row in seen] == [("skipped", "person")]
    announce(article(3), [MASTO], ledger)
    assert {row.state for row in ledger.deliveries.search()} == {"due"}


def test_filters_do_not_stop_a_person_and_breaking_news_is_that(ledger, article):
    picky = replace(MASTO, only=Filter(sections=("Sport",)))
    announce(article(1, categories=("Alert",)), [picky], ledger, BreakingRules(tags=("Alert",)))
    [row] = ledger.deliveries.search()
    assert (row.state, row.priority) == ("due", 0)


# A backfill


@pytest.mark.parametrize("reason", ["baseline", "too_old", "preflight", "filtered", "person", "withdrawn"])
def test_a_backfill_takes_the_newest_but_not_what_somebody_refused(ledger, clock, put, add, article, reason):
    row = put(1, state="skipped", reason=reason)
    keys = backfilled("news", 9, [MASTO], ledger, clock(), NO_RULES)
    taken = reason in ("baseline", "too_old", "preflight")
    assert keys == ([row.key] if taken else [])
    assert (ledger.deliveries.find(row.key).state == "due") is taken


def test_a_backfill_takes_so_many_of_one_source_and_nothing_imported(ledger, clock, add, article):
    for number in (1, 2, 3):
        add(article(number, published=clock() - number * HOUR))
    add(article(4, published=clock(), source="sport"))
    imported = add(article(5, published=clock()), position=ELSEWHERE)
    keys = backfilled("news", 3, [MASTO], ledger, clock(), NO_RULES)
    found = {ledger.articles.find(ledger.deliveries.find(key).anchor).article.title for key in keys}
    assert found == {"Story 1", "Story 2"}
    assert ledger.deliveries.search(anchor=imported) == []


def test_a_backfill_keeps_to_filters_and_knows_breaking_news(ledger, clock, add, article):
    add(article(1, section="Sport", categories=("Alert",)))
    add(article(2))
    picky = replace(MASTO, only=Filter(sections=("Sport",)))
    backfilled("news", 9, [picky], ledger, clock(), BreakingRules(tags=("Alert",)))
    rows = {row.article: (row.state, row.reason, row.priority) for row in ledger.deliveries.search()}
    assert rows["https://gazette.example/1"] == ("due", None, 0)
    assert rows.get("https://gazette.example/2", ("skipped", "filtered", 1))[0] == "skipped"


# Flood control, with what the ledger knows


@pytest.fixture
def hold(ledger, clock):
    """Applies flood control to new deliveries; gives the reasons for which they wait."""

    def make(entries, *listed, newest=None, **limits):
        reading = Reading(tuple(listed), entries=len(listed))
        new = {entry.candidate.anchor for entry in entries}
        known = ledger.articles.anchors([alias.hash for each in listed for alias in aliases(each)])
        anchors = [next((known[a.hash] for a in aliases(each) if a.hash in known), "") for each in listed]
        floods = FloodLimits(**{"burst": 99, "similar": "ask"} | limits)
        fresh = Fresh(reading, anchors, new, new, newest)
        return [entry.reason for entry in restrained(entries, fresh, ledger, floods, clock())]

    return make


@pytest.mark.parametrize(("similar", "reason"), [("ask", "similar"), ("post", None)])
def test_what_looks_like_a_known_one_is_asked_about(add, going, hold, article, similar, reason):
    add(article(9, title="Story 1"))
    entry = going(1)
    assert hold([entry], article(1), article(9), article(8), similar=similar) == [reason]


def test_what_looks_like_another_new_one_is_no_twin_of_the_ledger(going, hold, article):
    assert hold([going(1), going(2)], article(1), article(2)) == [None, None]


def replaced(article, clock, **fields):
    """A known story, and one with exactly its date and other words that takes its place in the list."""
    date = clock() - HOUR
    old = article(9, published=clock() - 5 * HOUR)
    return article(5, published=date), article(1, published=date, **fields), old


@pytest.mark.parametrize(
    ("listed", "fields", "asks"),
    [
        ("new old", {}, True),
        ("new known old", {}, False),  # both are listed
        ("new", {}, False),  # the list does not reach back beyond it
        ("new old", {"precision": "day"}, False),
        ("new old", {"published": None}, False),
    ],
)
def test_one_with_the_date_of_one_that_left_the_list_may_be_the_same(
    ledger, clock, add, hold, article, listed, fields, asks
):
    known, new, old = replaced(article, clock)
    new = replace(new, title="Quite other words", summary="And another summary.", **fields)
    for each in (known, old):
        add(each)
    entry = Planned(Candidate(add(new), new), MASTO, "due", None, None)
    shown = {"new": new, "known": known, "old": old}
    assert hold([entry], *(shown[name] for name in listed.split())) == ["similar" if asks else None]


@pytest.mark.parametrize(("elsewhere", "reason"), [(True, "stranger"), (False, None)])
def test_a_list_that_leads_to_another_host_altogether_waits(add, going, hold, article, elsewhere, reason):
    for number in (50, 51, 52):
        add(article(number))
    host = "https://other.example" if elsewhere else "https://gazette.example"
    stories = [article(n, url=f"{host}/{n}", guid=f"x{n}") for n in range(1, 6)]
    entries = [Planned(Candidate(add(each), each), MASTO, "due", None, None) for each in stories]
    assert hold(entries, *stories, hosts=frozenset({"gazette.example"})) == [reason] * 5
