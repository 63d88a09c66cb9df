"""What is recorded of a reading while the clock is doubted: each decision, by our clock and by the servers'."""

from __future__ import annotations

from datetime import timedelta

import pytest

from syndicate.errors import SourceError
from syndicate.ingestion.doubted_clock import FAR, HINT, UndecidedError, decided, reconsidered, refuse
from syndicate.model import EMBARGOED, Account, CompleteReading, Reading, Validators
from syndicate.planning.plan import Candidate, Planned
from syndicate.ports import ClockDoubt
from tests.worlds.accounts import MASTO

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
TICK = timedelta(microseconds=1)
FACE = Account("fb", "facebook")


@pytest.fixture
def entry(article, clock):
    def make(state, reason=None, number=1, account=MASTO, due_at=None, **fields):
        story = article(number, **fields)
        return Planned(Candidate(f"anchor {number}", story), account, state, reason, due_at)

    return make


# Nothing at all


@pytest.fixture
def state(ledger):
    return ledger.sources.ensure("news", "https://gazette.example/rss")


@pytest.mark.parametrize("servers", [None, 2 * HOUR])
def test_a_first_reading_waits_for_a_right_clock(ledger, clock, state, servers):
    ledger.accounts.ensure(MASTO, clock())
    at = None if servers is None else clock() - servers
    with pytest.raises(SourceError) as told:
        refuse(state, Reading(entries=1), ClockDoubt("it is wrong", at), clock(), ledger)
    assert (str(told.value), told.value.hint) == ("news: its first run waits: it is wrong", HINT)
    assert ledger.sources.ensure("news", "https://gazette.example/rss").begun_at == at
    assert ledger.accounts.find("masto").baseline_at == (at or clock())


@pytest.mark.parametrize(
    ("entries", "begun", "ahead", "refused"),
    [
        (0, False, None, False),
        (0, False, FAR + TICK, True),
        (3, True, None, False),
        (3, True, FAR, False),
        (3, True, FAR + TICK, True),
        (3, True, -FAR - DAY, False),
    ],
)
def test_a_reading_by_a_clock_far_behind_cannot_be_recorded(ledger, clock, state, entries, begun, ahead, refused):
    if begun:
        ledger.sources.read("news", Validators(), baseline_at=clock(), entries=3, next_poll_at=clock())
        state = ledger.sources.ensure("news", "https://gazette.example/rss")
    doubt = ClockDoubt("it is wrong", None if ahead is None else clock() + ahead)
    if not refused:
        refuse(state, Reading(entries=entries), doubt, clock(), ledger)
        return
    with pytest.raises(SourceError) as told:
        refuse(state, Reading(entries=entries), doubt, clock(), ledger)
    assert (str(told.value), told.value.hint) == ("news: it is wrong", HINT)


def test_how_far_is_far():
    assert timedelta(days=300) == FAR


# Some of it

NEVER = object()


@pytest.mark.parametrize(
    ("mine", "theirs", "found"),
    [
        (("due",), ("skipped", "too_old"), ("due", None)),  # ours does not depend on the date
        (("skipped", "filtered"), ("due",), ("skipped", "filtered")),
        (("skipped", "too_old"), ("due",), ("due", None)),
        (("skipped", "baseline"), ("due",), ("due", None)),
        (("skipped", "too_old"), ("skipped", "filtered"), ("skipped", "filtered")),
        (("skipped", "too_old"), ("planned", "approval"), ("planned", "approval")),
        (("skipped", "too_old"), ("skipped", "baseline"), NEVER),
        (("skipped", "too_old"), ("planned", "date"), NEVER),
        (("skipped", "too_old"), None, NEVER),
        (("planned", "too_old"), ("due",), ("planned", "too_old")),
        (("planned", "date"), ("due",), ("due", None)),
        (("planned", "date"), ("planned", "date"), ("planned", "date")),
        (("planned", "date"), ("skipped", "too_old"), ("planned", "date")),
        (("planned", "embargo"), ("due",), ("due", None)),
        (("planned", "embargo"), ("planned", "embargo"), ("planned", "embargo")),
    ],
)
def test_what_the_clock_would_skip_is_judged_by_the_servers(entry, clock, mine, theirs, found):
    ours = entry(*mine, due_at=clock() - DAY)
    others = [entry("due", number=2)] if theirs is None else [entry(*theirs, due_at=clock() + DAY)]
    if found is NEVER:
        with pytest.raises(UndecidedError) as left:
            reconsidered([ours], others, clock())
        assert left.value.articles == [ours.candidate.article]
        return
    [made] = reconsidered([ours], others, clock())
    assert (made.state, made.reason) == found
    if made.state == "due" and mine != ("due",):
        assert made.due_at == clock(), "it is due by our clock"
    else:
        assert made in (ours, *others)


def test_an_embargo_that_the_source_names_is_kept(entry, clock):
    ours = entry("planned", "embargo", raw={EMBARGOED: "yes"})
    assert reconsidered([ours], [entry("due")], clock()) == [ours]


def test_what_has_no_date_is_not_doubted_for_it(entry, clock):
    ours = entry("planned", "date", published=None)
    assert reconsidered([ours], [entry("due")], clock()) == [ours]


def test_each_account_is_judged_by_its_own(entry, clock):
    ours = [entry("skipped", "too_old"), entry("skipped", "too_old", account=FACE)]
    theirs = [entry("due", account=FACE), entry("skipped", "filtered")]
    assert [(each.account.name, each.state) for each in reconsidered(ours, theirs, clock())] == [
        ("masto", "skipped"), ("fb", "due")
    ]  # fmt: skip


# Without what is undecided


@pytest.fixture
def record():
    """Records a reading unless it has one of these articles."""

    class Recorder:
        def __init__(self, *undecided):
            self.undecided, self.tries = undecided, []

        def __call__(self, whole):
            self.tries.append(whole)
            left = [each for each in whole.fetched.articles if any(each is other for other in self.undecided)]
            if left:
                raise UndecidedError(left[:1])
            return "recorded"

    return Recorder


OLD = Validators(etag="old")


def test_what_can_be_decided_is_recorded_as_it_is(article, record):
    whole = CompleteReading(Reading(articles=(article(1),), validators=Validators(etag="new")), "missing")
    tries = record()
    assert decided(whole, OLD, tries) == "recorded"
    assert tries.tries == [whole]


def test_the_rest_is_recorded_and_its_document_is_read_again(article, record):
    stories = tuple(article(number) for number in (1, 2, 1))  # two of them say the same
    tries = record(stories[0], stories[1])
    whole = CompleteReading(Reading(articles=stories, validators=Validators(etag="new"), entries=3), "missing")
    assert decided(whole, OLD, tries) == "recorded"
    last = tries.tries[-1]
    assert [each is stories[2] for each in last.fetched.articles] == [True]
    assert (last.fetched.validators, last.fetched.entries, last.missing) == (OLD, 3, "missing")
    assert len(tries.tries) == 3


@pytest.mark.parametrize("partial", [True, False])
def test_what_cannot_be_left_out_is_not_recorded(article, partial):
    story = article(1, source="paper")

    def record(whole):
        raise UndecidedError([story if partial else article(1)])

    whole = CompleteReading(Reading(articles=(story,), partial=partial))
    with pytest.raises(SourceError) as told:
        decided(whole, OLD, record)
    assert (str(told.value), told.value.hint) == ("paper: it lists what only a right clock can judge", HINT)
