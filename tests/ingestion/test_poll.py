"""When a source is asked again, as the ledger keeps it, and what a poll that learns nothing writes: nothing."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from syndicate.config.values import every
from syndicate.errors import SourceError
from syndicate.ingestion.poll import PollRules, again, poll
from syndicate.model import Account, PollHints, Reading, Validators

URL = "https://gazette.example/rss"
LEARNS, PLAIN = every("5m to 6h"), every("5m")
TAG = Validators(etag='"1"')


class Source:
    """Answers with what it is told next, the last of it for ever; an error is raised."""

    name = "news"

    def __init__(self, *answers):
        self.answers = list(answers)

    def fetch(self, validators):
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        return answer


@pytest.fixture
def asked(ledger):
    """Polls a source of these answers once for each; gives its state."""

    def make(*answers, rule=PLAIN):
        source = Source(*answers)
        for answer in answers:
            try:
                state = ledger.sources.ensure("news", URL)
                poll(source, state, [Account("masto", "mastodon")], ledger, PollRules(every=rule))
            except SourceError:
                assert isinstance(answer, Exception)
        return ledger.sources.ensure("news", URL)

    return make


@pytest.mark.parametrize("stopped", [None, timedelta(hours=6)])
def test_a_source_that_cannot_be_read_after_a_stop_was_not_read_since_the_stop(ledger, clock, stopped):
    state = ledger.sources.ensure("news", URL)
    since = clock() - stopped if stopped else None
    with pytest.raises(SourceError):
        poll(Source(SourceError("gone")), state, [], ledger, PollRules(every=PLAIN, stopped_since=since))
    [health] = ledger.sources.known(["news"])
    assert health.failing_since == (since or clock())


@pytest.mark.parametrize(
    ("validators", "minutes"),
    [
        (Validators(), 60),  # it sends it all each time
        (TAG, 5),
        (Validators(last_modified="Mon, 23 Nov 2026 11:00:00 GMT"), 5),
        (Validators(etag='"1"', last_modified="Mon, 23 Nov 2026 11:00:00 GMT"), 5),
        (Validators(body_hash="abc"), 60),  # our own, which spares the server nothing
    ],
)
def test_a_source_whose_habits_decide_is_asked_hourly_where_it_cannot_say_unchanged(asked, clock, validators, minutes):
    state = asked(Reading((), validators), rule=LEARNS)
    assert state.next_poll_at == clock() + timedelta(minutes=minutes)


@pytest.mark.parametrize("fails", range(5))
@pytest.mark.parametrize("gone", [False, True])
@pytest.mark.parametrize("rule", [PLAIN, LEARNS])
def test_the_poll_that_is_reserved_is_the_one_that_the_same_answer_would_lead_to(
    asked, ledger, clock, article, fails, gone, rule
):
    """Written down before it is asked: a process that is killed meanwhile comes back neither early nor late."""
    news = Reading((article(),), TAG, entries=1, interval=timedelta(minutes=20))
    fault = SourceError("news: HTTP 410" if gone else "news: HTTP 500", gone=gone)
    asked(news, *[fault] * fails, rule=rule)
    reserved = again("news", URL, ledger, rule, clock())
    state = asked(fault if fails else replace(news, articles=(), modified=False), rule=rule)
    assert state.fails == (fails + 1 if fails else 0)
    assert state.next_poll_at == reserved > clock()


UNCHANGED = Reading((), TAG, modified=False, entries=0)


def changes(ledger):
    return ledger.database._connection().total_changes


@pytest.fixture
def reserved(asked, ledger, clock, article):
    """A source that was read once and is asked anew in its turn, as a daemon does."""

    def make(*before):
        asked(Reading((article(),), TAG, entries=1, wish=PollHints(said=timedelta(minutes=7))), *before)
        clock.move(days=1)
        taken = ledger.sources.reserve(["news"], now=clock(), next_poll_at=again("news", URL, ledger, PLAIN, clock()))
        assert taken == ["news"]
        return changes(ledger)

    return make


def test_a_poll_that_learns_nothing_writes_nothing(asked, ledger, reserved):
    before = reserved()
    asked(UNCHANGED)
    assert changes(ledger) == before


@pytest.mark.parametrize(
    ("answer", "kept"),
    [
        (replace(UNCHANGED, validators=Validators(etag='"2"')), {"validators": Validators(etag='"2"')}),
        (replace(UNCHANGED, wish=PollHints(hours=(1, 2))), {"wish": PollHints(hours=(1, 2))}),
        (
            replace(UNCHANGED, interval=timedelta(minutes=30)),
            {"wish": PollHints(served=timedelta(minutes=30), said=timedelta(minutes=7))},
        ),
    ],
    ids=["validators", "wish", "interval"],
)
def test_what_an_unchanged_source_says_of_itself_is_kept(asked, reserved, answer, kept):
    reserved()
    state = asked(answer)
    assert {name: getattr(state, name) for name in kept} == kept


def test_a_source_that_is_well_again_is_no_longer_failing(asked, reserved):
    reserved(SourceError("news: HTTP 500"), SourceError("news: HTTP 500"))
    state = asked(UNCHANGED)
    assert (state.fails, state.error) == (0, None)


@pytest.mark.parametrize(("seconds", "written"), [(20, False), (40, True), (3600, True)])
def test_a_poll_that_nobody_reserved_says_when_the_next_one_is(asked, ledger, clock, reserved, seconds, written):
    before, due = reserved(), clock() + timedelta(minutes=5)
    clock.move(seconds=seconds)
    assert asked(UNCHANGED).next_poll_at == (clock() + timedelta(minutes=5) if written else due)
    assert (changes(ledger) > before) is written
