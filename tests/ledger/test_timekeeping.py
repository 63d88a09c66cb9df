"""A clock that is set back, or forth."""

from datetime import timedelta

from syndicate.ingestion.poll import PollRules, poll
from syndicate.model import Account, Reading
from syndicate.planning.apply import announce


class Quiet:
    name = "news"

    def fetch(self, validators):
        return Reading()


def test_what_waits_does_not_wait_again_when_the_clock_is_set_back(ledger, article, clock):
    account = Account("masto", "mastodon")
    [row] = ledger.deliveries.search(anchor=announce(article(), [account], ledger))
    ledger.timekeeping.keep(clock())
    ledger.waiting.waits(row, "unavailable", due_at=clock.now + timedelta(minutes=5), error=None, now=clock())
    ledger.accounts.wait("masto", clock.now + timedelta(minutes=7))
    clock.move(seconds=30)
    assert ledger.timekeeping.keep(clock()) == timedelta(0)
    clock.move(hours=-1)
    assert ledger.timekeeping.keep(clock()) == timedelta(hours=1)
    assert ledger.deliveries.find(row.key).due_at == clock.now + timedelta(minutes=4, seconds=30)
    assert ledger.accounts.find("masto").next_at == clock.now + timedelta(minutes=6, seconds=30)
    assert ledger.timekeeping.keep(clock()) == timedelta(0)


def test_a_first_run_in_the_future_silences_nobody(ledger, clock):
    account = Account("masto", "mastodon")
    ledger.timekeeping.keep(clock())
    state = ledger.sources.ensure("news", "https://gazette.example/rss")
    poll(Quiet(), state, [account], ledger, PollRules())
    clock.move(days=-60)
    ledger.timekeeping.keep(clock())
    assert ledger.sources.baseline("news") == clock.now
    assert ledger.accounts.find("masto").baseline_at == clock.now


def test_a_story_that_waits_for_its_page_is_looked_at_as_soon_as_it_would_have_been(ledger, article, clock):
    [row] = ledger.deliveries.search(anchor=announce(article(), [Account("masto", "mastodon")], ledger))
    ledger.timekeeping.keep(clock())
    ledger.waiting.looks_again(row, "its page answers 503", due_at=clock.now + timedelta(minutes=2), now=clock())
    clock.move(hours=-1)
    ledger.timekeeping.keep(clock())
    assert ledger.deliveries.find(row.key).due_at == clock.now + timedelta(minutes=2)


def test_an_embargo_is_the_publishers_instant_and_stays(ledger, article, clock):
    hour = clock.now + timedelta(hours=3)
    story = article(published=hour)
    [row] = ledger.deliveries.search(anchor=announce(story, [Account("masto", "mastodon")], ledger))
    ledger.timekeeping.keep(clock())
    clock.move(hours=-2)
    assert ledger.timekeeping.keep(clock()) == timedelta(hours=2)
    assert ledger.deliveries.find(row.key).due_at == hour


def test_small_corrections_and_jumps_ahead_move_nothing(ledger, article, clock):
    [row] = ledger.deliveries.search(anchor=announce(article(), [Account("masto", "mastodon")], ledger))
    due_at = clock.now + timedelta(minutes=5)
    ledger.timekeeping.keep(clock())
    ledger.waiting.waits(row, "unavailable", due_at=due_at, error=None, now=clock())
    clock.move(seconds=-90)
    assert ledger.timekeeping.keep(clock()) == timedelta(0)
    clock.move(hours=5)
    assert ledger.timekeeping.keep(clock()) == timedelta(0)
    assert ledger.deliveries.find(row.key).due_at == due_at
