"""A clock that is set back, or forth."""

from datetime import timedelta

import pytest

from syndicate.ingestion.poll import PollRules, poll
from syndicate.ledger.database import micros
from syndicate.ledger.timekeeping import Timekeeping
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
    ledger.timekeeping.settle(clock())
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
    clock.move(seconds=-1.9)
    assert ledger.timekeeping.keep(clock()) == timedelta(0)
    clock.move(hours=5)
    assert ledger.timekeeping.keep(clock()) == timedelta(0)
    assert ledger.deliveries.find(row.key).due_at == due_at


HOUR = 3_600_000_000
COLUMNS = [
    *(("delivery", name) for name in ("due_at", "lease_until", "committed_at")),
    *(("account", name) for name in ("next_at", "opens_at", "lane_until", "down_since")),
    *(("source", name) for name in ("next_poll_at", "retry_at")),
]


@pytest.mark.parametrize(("table", "column"), COLUMNS)
@pytest.mark.parametrize("ahead", [-1, 0, 1, 2 * HOUR])
def test_every_instant_of_our_clock_that_lies_ahead_moves_by_as_much_as_the_clock(
    ledger, put, clock, table, column, ahead
):
    put(1, state="due", due_at=clock())
    ledger.sources.ensure("news", "https://gazette.example/rss")
    ledger.timekeeping.keep(clock())
    clock.move(hours=-1)
    value = micros(clock()) + ahead
    ledger.database.change(f"UPDATE {table} SET {column} = :value", value=value)
    assert ledger.timekeeping.keep(clock()) == timedelta(hours=1)
    found = ledger.database.row(f"SELECT {column} AS at FROM {table}")["at"]
    assert found == (value - HOUR if ahead > 0 else value)


@pytest.mark.parametrize("table", ["source", "account"])
@pytest.mark.parametrize("ahead", [-1, 0, 1])
def test_a_first_run_is_not_later_than_now(ledger, put, clock, table, ahead):
    put(1)
    ledger.sources.ensure("news", "https://gazette.example/rss")
    ledger.timekeeping.keep(clock())
    clock.move(hours=-1)
    now = micros(clock())
    ledger.database.change(f"UPDATE {table} SET baseline_at = :value", value=now + ahead)
    ledger.timekeeping.settle(clock())
    assert ledger.database.row(f"SELECT baseline_at AS at FROM {table}")["at"] == now + min(ahead, 0)


@pytest.mark.parametrize(
    ("state", "reason", "moves"),
    [
        ("due", "unavailable", True),
        ("due", None, True),
        ("sending", None, True),
        ("unknown", "no_answer", True),
        ("planned", "preflight", True),
        ("planned", "delay", True),
        ("planned", "embargo", False),
        ("planned", "approval", False),
        ("held", "no_answer", False),
    ],
)
def test_what_waits_for_our_clock_moves_and_what_waits_for_the_publishers_instant_stays(
    ledger, put, clock, state, reason, moves
):
    soon = clock() + timedelta(minutes=5)
    row = put(1, state=state, reason=reason, due_at=soon)
    ledger.timekeeping.keep(clock())
    clock.move(hours=-1)
    ledger.timekeeping.keep(clock())
    assert ledger.deliveries.find(row.key).due_at == soon - timedelta(hours=moves)


@pytest.mark.parametrize(("seconds", "moved"), [(1.9, 0), (2, 2), (119.9, 119.9), (86400, 86400)])
def test_a_clock_is_set_back_from_two_seconds_on(ledger, clock, seconds, moved):
    ledger.timekeeping.keep(clock())
    clock.move(seconds=-seconds)
    assert ledger.timekeeping.keep(clock()) == timedelta(seconds=moved)


@pytest.mark.parametrize(("seconds", "stored"), [(19.9, False), (20, True)])
def test_the_latest_instant_is_stored_every_twenty_seconds(ledger, clock, seconds, stored):
    ledger.timekeeping.keep(clock())
    clock.move(seconds=seconds)
    ledger.timekeeping.keep(clock())
    clock.move(seconds=-100 - seconds)
    other = Timekeeping(ledger.database)  # another process knows only what is stored
    assert other.keep(clock()) == timedelta(seconds=100 + (seconds if stored else 0))


def test_a_process_knows_what_it_saw_itself_and_a_step_is_taken_once(ledger, put, clock):
    """Two daemons that look every second: by what is stored every twenty alone, a step would be taken too short."""
    row, twin = put(1, state="due", due_at=clock() + timedelta(minutes=5)), Timekeeping(ledger.database)
    for _ in range(2):
        ledger.timekeeping.keep(clock())
        twin.keep(clock())
        clock.move(seconds=15)
    ledger.timekeeping.keep(clock())
    twin.keep(clock())
    clock.move(seconds=-60)
    jumps = [each.keep(clock()) for each in (ledger.timekeeping, twin, ledger.timekeeping)]
    assert jumps == [timedelta(seconds=60), timedelta(0), timedelta(0)]
    assert ledger.deliveries.find(row.key).due_at == clock() - timedelta(seconds=30) + timedelta(minutes=5) + timedelta(
        seconds=0
    )


def test_of_two_processes_that_notice_one_moves_what_waits(ledger, put, clock):
    soon = clock() + timedelta(minutes=5)
    row = put(1, state="due", due_at=soon)
    ledger.timekeeping.keep(clock())
    clock.move(hours=-1)
    begin, twin = ledger.database.transaction, Timekeeping(ledger.database)

    def second():
        ledger.database.transaction = begin
        assert twin.keep(clock() + timedelta(seconds=1)) == timedelta(minutes=59, seconds=59)
        return begin()

    ledger.database.transaction = second
    assert ledger.timekeeping.keep(clock()) == timedelta(0)
    assert ledger.deliveries.find(row.key).due_at == soon - timedelta(minutes=59, seconds=59)


def test_a_clock_set_ahead_ends_no_claim_and_a_machine_that_slept_ends_them(ledger, put, clock):
    """The second process sees that the first has moved them."""
    row, twin = put(1, state="sending", lease_until=clock() + timedelta(seconds=60)), Timekeeping(ledger.database)
    ledger.timekeeping.keep(clock(), 100.0)
    twin.keep(clock(), 100.0)
    clock.move(days=1, seconds=10)
    ledger.timekeeping.keep(clock(), 110.0)
    twin.keep(clock(), 110.5)
    left = ledger.database.row("SELECT lease_until AS at FROM delivery WHERE key = :key", key=row.key)["at"]
    assert left == micros(clock() + timedelta(seconds=50))
    clock.move(hours=8)
    ledger.timekeeping.keep(clock(), 110.0 + 8 * 3600)
    assert ledger.database.row("SELECT lease_until AS at FROM delivery WHERE key = :key", key=row.key)["at"] == left
