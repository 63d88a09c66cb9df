"""The state of a source between polls: what each reading, failure and hint leaves, to the column."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from syndicate.ledger.sources import FLOOR, SourceHealth
from syndicate.model import NO_HINTS, PollHints, Validators

ADDRESS = "https://gazette.example/rss"
HINTS = PollHints(timedelta(minutes=5), timedelta(hours=1), (1, 2), ("Sunday",))
STATED = Validators("e", "m", "b", "p")
SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)


@pytest.fixture
def state(ledger):
    """The state of the source as the ledger holds it; another source beside it must never change."""
    ledger.sources.ensure("other", ADDRESS)
    ledger.sources.ensure("news", ADDRESS)
    untouched = ledger.sources.ensure("other", ADDRESS)
    yield lambda: ledger.sources.ensure("news", ADDRESS)
    assert ledger.sources.ensure("other", ADDRESS) == untouched


@pytest.fixture
def good(ledger, clock, state):
    """Records a good reading."""

    def read(validators=STATED, **options):
        options = {"baseline_at": clock(), "entries": 3, "next_poll_at": clock() + MINUTE} | options
        ledger.sources.read("news", validators, **options)
        return state()

    return read


def test_a_source_begins_without_anything_and_is_due(ledger, clock, state):
    fresh = state()
    assert (fresh.validators, fresh.baseline_at, fresh.fails, fresh.entries, fresh.error) == (
        Validators(),
        None,
        0,
        0,
        None,
    )
    assert (fresh.wish, fresh.address, fresh.moved_to, fresh.moved_at, fresh.gone, fresh.gap_at) == (
        NO_HINTS,
        None,
        None,
        None,
        False,
        None,
    )
    assert fresh.next_poll_at < clock() - timedelta(days=365)
    assert (ledger.sources.baseline("news"), ledger.sources.baseline("nobody")) == (None, None)


def test_a_good_reading_is_kept_whole(ledger, clock, state, good):
    ledger.sources.failed("news", "down", next_poll_at=clock(), retry_at=clock() + MINUTE, gone=True)
    read = good(wish=HINTS, gap_at=clock() + SECOND)
    assert read == replace(
        state(),
        validators=Validators("e", "m", "b", "p"),
        baseline_at=clock(),
        next_poll_at=clock() + MINUTE,
        fails=0,
        entries=3,
        error=None,
        wish=HINTS,
        gone=False,
        gap_at=clock() + SECOND,
    )
    assert read.retry_at < clock()
    assert ledger.sources.baseline("news") == clock()


def test_the_baseline_is_the_first_good_reading_and_an_unchanged_document_keeps_its_count(clock, good):
    first = good().baseline_at
    clock.move(hours=1)
    later = good(Validators("f"), entries=None)
    assert (later.baseline_at, later.entries, later.validators) == (first, 3, Validators("f"))
    assert (later.wish, later.gap_at) == (NO_HINTS, None)


def test_a_failure_keeps_what_is_known_and_counts(ledger, clock, state, good):
    before = good(wish=HINTS)
    for number in (1, 2):
        until = clock() + number * MINUTE
        ledger.sources.failed("news", f"down {number}", next_poll_at=until, retry_at=until, gone=number == 1)
        assert state() == replace(
            before,
            fails=number,
            error=f"down {number}",
            next_poll_at=until,
            retry_at=until,
            gone=number == 1,
            unread_since=clock(),
        )
        health = SourceHealth("news", number, f"down {number}", gone=number == 1)
        assert ledger.sources.known(["nobody", "news"]) == [health]
    ledger.sources.failed("news", "down", next_poll_at=clock(), retry_at=None)
    assert state().retry_at < clock() - timedelta(days=365)


def test_a_source_that_moves_for_good_is_the_same_source(ledger, clock, good, state):
    good()
    ledger.sources.moving("news", "https://new.example/rss", clock())
    assert (state().moved_to, state().moved_at, state().address) == ("https://new.example/rss", clock(), None)
    ledger.sources.settle("news", "https://new.example/rss")
    assert (state().moved_to, state().moved_at, state().address) == (None, None, "https://new.example/rss")
    assert state().baseline_at == clock()
    ledger.sources.settle("news", None)
    assert state().address is None


def test_another_address_begins_anew_and_the_same_one_does_not(ledger, clock, good):
    good()
    assert ledger.sources.ensure("news", ADDRESS).baseline_at == clock()
    assert ledger.sources.ensure("news", "https://gazette.example/atom").baseline_at is None


def test_forgetting_drops_the_validators_alone(ledger, clock, good, state):
    before = good(wish=HINTS)
    ledger.sources.forget("news")
    assert state() == replace(before, validators=Validators())


@pytest.mark.parametrize(
    ("next_in", "retry_in", "early", "taken"),
    [
        (0, -1, False, True),
        (1, -1, False, False),
        (1, -1, True, True),
        (1, 0, True, True),
        (1, 1, True, False),
        (-1, 1, False, True),
    ],
)
def test_a_poll_is_reserved_when_it_is_due_or_early_unless_the_server_asked_to_wait(
    ledger, clock, state, next_in, retry_in, early, taken
):
    ledger.sources.failed("news", "down", next_poll_at=clock() + next_in * SECOND, retry_at=clock() + retry_in * SECOND)
    until = clock() + timedelta(hours=1)
    reserved = ledger.sources.reserve(["news", "nobody"], now=clock(), next_poll_at=until, early=early)
    assert reserved == (["news"] if taken else [])
    assert (state().next_poll_at == until) is taken


def test_the_due_ones_come_in_order_and_with_their_new_address_and_the_others_with_their_time(ledger, clock, good):
    good()
    never = ledger.sources.ensure("late", ADDRESS).next_poll_at
    ledger.sources.settle("late", "https://new.example/rss")
    ledger.sources.advance("other", clock())
    assert list(ledger.sources.due(clock()).items()) == [("late", "https://new.example/rss"), ("other", None)]
    assert ledger.sources.due(clock() - SECOND) == {"late": "https://new.example/rss"}
    assert ledger.sources.appointments(clock()) == [("news", clock() + MINUTE)]
    assert ledger.sources.appointments(clock() + MINUTE) == []
    ledger.sources.failed("news", "down", next_poll_at=clock() + MINUTE, retry_at=None)
    assert ledger.sources.appointments(clock()) == []
    ledger.sources.advance("other", never)


@pytest.mark.parametrize(("seconds", "moves"), [(61, True), (59, False)])
def test_a_poll_is_put_off_and_never_made_earlier(ledger, clock, good, state, seconds, moves):
    good()
    ledger.sources.postpone("news", clock() + timedelta(seconds=seconds))
    assert state().next_poll_at == clock() + (timedelta(seconds=seconds) if moves else MINUTE)


def test_a_poll_that_a_hint_asked_for_is_not_put_off(ledger, clock, good, state):
    good()
    clock.move(seconds=30)
    assert ledger.sources.hint(["news", "nobody"], clock()) == {"news": clock()}
    ledger.sources.postpone("news", clock() + timedelta(hours=1))
    assert state().next_poll_at == clock()


def test_a_hint_waits_for_the_floor_and_for_the_server_and_is_never_later_than_planned(ledger, clock, good, state):
    good()
    read_at = clock()
    assert ledger.sources.hint(["news"], clock()) == {"news": read_at + FLOOR}
    assert ledger.sources.hint(["news"], clock()) == {"news": read_at + FLOOR}
    ledger.sources.failed("news", "busy", next_poll_at=clock() + MINUTE, retry_at=clock() + 2 * MINUTE)
    assert state().next_poll_at == clock() + 2 * MINUTE  # the hint is kept, and waits as well
    ledger.sources.advance("news", clock() + MINUTE)
    ledger.sources.reserve(["news"], now=clock() + MINUTE, next_poll_at=clock() + timedelta(hours=1))
    assert ledger.sources.hint(["news"], clock() + MINUTE) == {"news": clock() + 2 * MINUTE}


def test_a_hint_that_comes_while_a_poll_is_under_way_is_not_lost_with_it(ledger, clock, good, state):
    good()
    ledger.sources.reserve(["news"], now=clock() + MINUTE, next_poll_at=clock() + timedelta(hours=1))
    soon = clock() + MINUTE + FLOOR
    assert ledger.sources.hint(["news"], clock() + MINUTE) == {"news": soon}
    assert good(next_poll_at=clock() + timedelta(hours=1)).next_poll_at == soon
    ledger.sources.failed("news", "busy", next_poll_at=clock() + timedelta(hours=1), retry_at=soon + SECOND)
    assert state().next_poll_at == soon + SECOND
    ledger.sources.reserve(["news"], now=soon + SECOND, next_poll_at=soon + MINUTE)
    assert good(next_poll_at=soon + MINUTE).next_poll_at == soon + MINUTE  # reserving takes the hint away
