"""When a source is asked next, where it is asked from then on, and what one reading leaves in the ledger."""

from __future__ import annotations

from datetime import timedelta

import pytest

from syndicate.config.values import every
from syndicate.errors import SourceError
from syndicate.ingestion.poll import SETTLED, SOON, PollRules, in_maintenance, is_upgrade, poll
from syndicate.ledger.notices import GAP, LEFT_OUT
from syndicate.model import FloodLimits, Hub, LeftOut, PollHints, Reading, Validators
from tests.worlds.accounts import MASTO

URL, NEW = "http://gazette.example/rss", "https://new.example/rss"
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


class Source:
    name = "news"

    def __init__(self, answer):
        self.answer, self.sent = answer, []

    def fetch(self, validators):
        self.sent.append(validators)
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


@pytest.fixture
def ask(ledger):
    """Polls a source with this answer; gives what the poll says, or its fault."""

    def once(answer, accounts=(MASTO,), **rules):
        try:
            return poll(Source(answer), ledger.sources.ensure("news", URL), accounts, ledger, PollRules(**rules))
        except SourceError as fault:
            return fault

    return once


@pytest.fixture
def state(ledger):
    return lambda: ledger.sources.ensure("news", URL)


@pytest.fixture
def read(article):
    return lambda *numbers, **said: Reading(tuple(map(article, numbers)), entries=len(numbers), **said)


# When it is asked next


@pytest.mark.parametrize(("rule", "minutes"), [("5m", 5), ("1m to 6h", 20)])
def test_only_a_source_whose_habits_decide_has_them_looked_at(ledger, ask, state, article, clock, rule, minutes):
    """Two stories an hour for a week."""
    stories = tuple(article(n, published=clock() - n * 30 * MINUTE) for n in range(1, 7 * 48))
    ask(Reading(stories, Validators(etag="e"), entries=len(stories)), every=every(rule))
    assert state().next_poll_at == clock() + minutes * MINUTE


def test_what_its_server_asked_to_wait_for_is_waited_for(ledger, ask, state, read, clock):
    ask(SourceError("busy", retry_after=60.0))
    assert state().retry_at == clock() + MINUTE
    clock.move(seconds=59)
    fault = ask(read(1))
    assert str(fault) == "news: the server asked us to wait until 12:01:00 UTC"
    assert fault.hint == "nothing is lost"
    assert state().fails == 1
    clock.move(seconds=1)
    assert ask(read(1)).seen == 1


@pytest.mark.parametrize(
    ("fault", "maintenance"),
    [
        (SourceError("x", status=503, retry_after=600.0), True),
        (SourceError("x", status=503, retry_after=0.0), True),
        (SourceError("x", status=503), False),
        (SourceError("x", status=429, retry_after=600.0), False),
        (SourceError("x", retry_after=600.0), False),
    ],
)
@pytest.mark.parametrize("hurries", [True, False])
def test_for_a_named_story_a_server_in_maintenance_is_asked_soon(ask, state, clock, fault, maintenance, hurries):
    ask(fault, hurries=hurries)
    assert in_maintenance(fault) is maintenance
    soon = maintenance and hurries and fault.retry_after > 60
    wait = fault.retry_after
    asked = None if wait is None else clock() + (SOON if soon else timedelta(seconds=wait))
    assert (state().retry_at if asked else None) == asked
    if soon:
        assert state().next_poll_at == clock() + MINUTE
    assert state().next_poll_at >= (asked or clock())


@pytest.mark.parametrize("pressed", [True, False])
@pytest.mark.parametrize("wait", [None, 60.0])
def test_one_that_answers_that_it_is_asked_too_often_is_asked_later(ask, state, clock, pressed, wait):
    ask(SourceError("x", pressed=pressed, retry_after=wait))
    whole = state().next_poll_at == clock() + 2 * PollRules().every.least
    assert whole is (pressed and wait is None)


def test_a_fault_is_kept_as_it_was_said(ask, state):
    ask(SourceError("news: HTTP 410", gone=True))
    assert (state().error, state().gone, state().fails) == ("news: HTTP 410", True, 1)
    ask(SourceError("news: HTTP 500"))
    assert (state().error, state().gone, state().fails) == ("news: HTTP 500", False, 2)


# Where it is asked


@pytest.mark.parametrize(
    ("before", "after", "upgrade"),
    [
        ("http://a.example/rss", "https://a.example/rss", True),
        ("http://a.example/rss", "https://a.example/atom", False),
        ("https://a.example/rss", "https://a.example/rss", False),
        ("https://a.example/rss", "http://a.example/rss", False),
        ("http://a.example/rss", "http://a.example/rss", False),
    ],
)
def test_from_http_to_https_is_an_upgrade(before, after, upgrade):
    assert is_upgrade(before, after) is upgrade


def moves(state):
    found = state()
    return found.address, found.moved_to, found.moved_at


def test_an_upgrade_is_followed_at_once(ask, state, read):
    ask(read(1, moved="https://gazette.example/rss"))
    assert moves(state) == ("https://gazette.example/rss", None, None)


@pytest.mark.parametrize(("later", "settled"), [(SETTLED - MINUTE, False), (SETTLED, True)])
def test_another_address_is_followed_after_a_week_of_the_same(ask, state, read, clock, later, settled):
    began = clock()
    ask(read(1, moved=NEW))
    assert moves(state) == (None, NEW, began)
    clock.now += later
    ask(read(1, 2, moved=NEW))
    assert moves(state) == ((NEW, None, None) if settled else (None, NEW, began))
    assert timedelta(days=7) == SETTLED


def test_another_one_begins_the_week_anew_and_none_ends_it(ask, state, read, clock):
    ask(read(1, moved="https://other.example/rss"))
    clock.now += 6 * DAY
    ask(read(1, 2, moved=NEW))
    assert moves(state) == (None, NEW, clock())
    ask(read(1, 2, 3, moved=URL))
    assert moves(state) == (None, None, None)
    ask(read(1, 2, 3, 4, moved=NEW))
    ask(read(1, 2, 3, 4, 5))
    assert moves(state) == (None, None, None)


def test_where_it_moved_to_it_stays(ask, state, read, ledger, clock):
    ask(read(1))
    ledger.sources.settle("news", NEW)
    ask(read(1, 2, moved=NEW))
    assert moves(state) == (NEW, None, None)
    ask(read(1, 2, 3))
    assert moves(state) == (NEW, None, None)


@pytest.mark.parametrize(
    ("absent", "address", "moved_to", "after"),
    [
        (True, None, NEW, NEW),
        (True, URL, NEW, NEW),
        (True, NEW, None, None),
        (False, None, NEW, None),
        (False, NEW, None, NEW),
        (True, None, None, None),
    ],
)
def test_an_address_that_is_gone_is_given_up(ask, state, ledger, clock, absent, address, moved_to, after):
    """For the one that it led to, or else for the one in the config."""
    state()
    ledger.sources.settle("news", address)
    if moved_to:
        ledger.sources.moving("news", moved_to, clock())
    ask(SourceError("gone", absent=absent))
    assert state().address == after
    assert (state().moved_to is None) is (absent or moved_to is None)


# What is read


def test_an_empty_feed_that_had_entries_is_a_fault(ask, read, state):
    ask(read(1, 2))
    fault = ask(read())
    assert str(fault) == "news: the feed lists no entries, but had 2 before"
    assert fault.hint == "nothing was recorded; look at the feed"
    assert not isinstance(ask(read(modified=False)), SourceError)
    assert state().fails == 0


def test_a_source_that_was_empty_and_may_stay_so(ask, read, state, ledger):
    assert ask(read()).baseline
    assert not ask(read()).baseline
    polled = ask(read(1))
    assert (polled.baseline, polled.new, len(polled.keys)) == (False, 1, 1), "its first is news"


def test_the_first_reading_is_recorded_and_nothing_planned(ask, read, ledger, clock):
    polled = ask(read(1, 2, notes=("odd",)))
    assert (polled.source, polled.baseline, polled.seen, polled.keys, polled.notes) == ("news", True, 2, (), ("odd",))
    assert (polled.missing, dict(polled.waiting), polled.hub, polled.hub_known, polled.left_out) == (
        None,
        {},
        None,
        False,
        (),
    )
    assert ledger.sources.baseline("news") == clock()
    clock.move(hours=1)
    polled = ask(read(3, 1, 2, hub=Hub("h", "t"), hub_known=True))
    assert (polled.baseline, polled.seen, polled.new) == (False, 3, 1)
    assert polled.keys == tuple(row.key for row in ledger.deliveries.search())
    assert (polled.hub, polled.hub_known) == (Hub("h", "t"), True)
    assert ledger.sources.baseline("news") == clock() - HOUR


def test_a_first_reading_is_recorded_even_if_nothing_is_said_to_have_changed(ledger, ask, state, clock):
    state()
    rule = PollRules().every
    ledger.sources.reserve(["news"], now=clock(), next_poll_at=clock() + rule.least)
    assert ask(Reading(modified=False)).baseline
    assert ledger.sources.baseline("news") == clock()


def test_an_unchanged_document_keeps_its_count(ask, read, state):
    ask(read(1, 2))
    ask(Reading((), Validators(etag="2"), modified=False, entries=0))
    assert (state().entries, state().validators) == (2, Validators(etag="2"))


@pytest.mark.parametrize("numbers", [(2, 3), (3, 2)])
def test_the_feeds_order_decides_among_equal_dates(ask, article, ledger, clock, numbers):
    stories = {n: article(n, published=clock() - MINUTE) for n in (1, 2, 3)}
    ask(Reading((stories[1],), entries=1))
    clock.move(hours=1)
    listed = tuple(stories[n] for n in numbers)
    ask(Reading((*listed, stories[1]), entries=3))
    planned = [row.article for row in ledger.deliveries.search()]
    assert planned == [stories[n].url for n in reversed(numbers)]


def test_a_list_to_whose_end_the_new_ones_are_added_is_read_the_other_way(ask, article, ledger, clock):
    stories = {n: article(n, published=clock() - MINUTE) for n in (1, 2, 3)}
    ask(Reading((stories[1],), entries=1, appended=True))
    clock.move(hours=1)
    ask(Reading(tuple(stories.values()), entries=3, appended=True))
    assert [row.article for row in ledger.deliveries.search()] == [stories[2].url, stories[3].url]


def notices(ledger):
    return {notice.kind: notice.message for notice in ledger.notices.waiting()}


def test_what_is_left_out_unmeant_is_told_with_the_first_of_it(ask, read, ledger, clock):
    meant, first, second = (LeftOut(f"/{n}", f"why {n}", meant=n == 1) for n in (1, 2, 3))
    polled = ask(read(1, left_out=(meant,)))
    assert polled.left_out == (meant,)
    assert notices(ledger) == {}
    ask(read(1, 2, left_out=(meant, first, second)))
    assert notices(ledger) == {LEFT_OUT: "news: entries that cannot be announced: 2, such as /2: why 2"}
    ledger.notices.told(ledger.notices.waiting()[0], now=clock(), heard=True)
    ask(read(1, 2, 3, left_out=(meant, first, second)))
    assert notices(ledger) == {}, "once"


def test_what_a_reading_left_for_the_next_is_dated_as_the_one_before(ask, read, ledger, clock):
    began = clock()
    ask(read(1, known=("/1",)))
    clock.move(hours=1)
    ask(read(1, 2, known=("/2",), partial=True))
    assert ledger.listings.find("/2")[0].seen_at == began
    ask(read(1, 2, 3, known=("/3",)))
    assert ledger.listings.find("/3")[0].seen_at == clock()


def test_a_first_reading_that_leaves_some_is_dated_now(ask, read, ledger, clock):
    ask(read(1, known=("/1",), partial=True))
    assert ledger.listings.find("/1")[0].seen_at == clock()


def test_articles_that_may_be_missing_are_told(ask, article, ledger, clock):
    def shown(*numbers):
        return Reading(tuple(article(n) for n in numbers), entries=len(numbers), windowed=True)

    ask(shown(1, 2, 3))
    clock.move(hours=3)
    assert ask(Reading(shown(4, 5, 6).articles, entries=3)).missing is None, "it lists all there is"
    clock.move(hours=3)
    polled = ask(shown(7, 8, 9))
    assert polled.missing.startswith("articles published between")
    assert notices(ledger) == {GAP: f"news: {polled.missing}"}


@pytest.mark.parametrize(
    ("answer", "wish"),
    [
        (Reading(), PollHints()),
        (Reading(interval=MINUTE), PollHints(served=MINUTE)),
        (Reading(interval=MINUTE, wish=PollHints(said=HOUR)), PollHints(said=HOUR)),
        (Reading(modified=False), PollHints(5 * MINUTE, 2 * HOUR, (1,), ())),
        (Reading(modified=False, interval=MINUTE), PollHints(MINUTE, 2 * HOUR, (1,), ())),
    ],
)
def test_the_hints_of_a_source_are_those_of_the_last_document(ledger, ask, state, clock, answer, wish):
    state()
    before = PollHints(5 * MINUTE, 2 * HOUR, (1,), ())
    ledger.sources.read("news", Validators(), baseline_at=clock(), entries=0, next_poll_at=clock(), wish=before)
    ask(answer)
    assert state().wish == wish


def test_a_backfill_plans_the_newest_and_asks_for_the_whole_document(ask, read, ledger, article, clock):
    ask(read(1, 2, 3))
    polled = ask(Reading((), Validators(), modified=False), backfill=2)
    assert len(polled.keys) == 2
    assert ask(Reading((), Validators(), modified=False), backfill=2).keys == ()


def test_a_flood_waits_for_a_yes_and_says_how_much(ask, read, ledger, clock):
    ask(read(1))
    clock.move(hours=1)
    polled = ask(read(*range(2, 30), 1), floods=FloodLimits(burst=5))
    assert polled.waiting == {"burst": 28}
    assert polled.new == 28
