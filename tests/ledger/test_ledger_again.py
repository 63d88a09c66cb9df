"""What becomes of an account's queue when its pause ends, its network answers again, or a word may go out."""

from __future__ import annotations

from datetime import timedelta

import pytest

from syndicate.model import Account, Schedule
from tests.worlds.accounts import MASTO

HOUR = timedelta(hours=1)


@pytest.fixture
def queue(ledger, clock, put):
    """Two deliveries that wait and would be too old to go after a stop."""
    ages = {"expires_at": clock() + timedelta(days=1), "due_at": clock()}
    return lambda account=MASTO, **columns: [put(number, account, **ages | columns) for number in (1, 2)]


@pytest.fixture
def account():
    return lambda catch_up, name="masto": Account(name, "mastodon", schedule=Schedule(catch_up=catch_up))


@pytest.mark.parametrize(("hours", "skipped"), [(1, 1), (0.9, 0)])
def test_a_pause_that_ends_takes_the_queue_along(ledger, clock, queue, account, hours, skipped):
    queue(reason="paused")
    assert ledger.resume(account(1)) == (False, 0)
    ledger.accounts.pause("masto", "person", clock())
    clock.move(hours=hours)
    assert ledger.resume(account(1)) == (True, skipped)
    assert ledger.accounts.find("masto").paused is None
    assert ledger.resume(account(1)) == (False, 0)


def test_a_network_that_answers_again_takes_the_queue_along(ledger, clock, queue, account):
    queue()
    assert ledger.reached(account(0)) == 0
    for breaks in (2, 2):
        ledger.accounts.unreachable("masto", clock(), breaks)
    clock.move(hours=1)
    assert ledger.reached(account(0)) == 2
    assert ledger.accounts.find("masto").failures == 0
    assert ledger.accounts.find("masto").down_since is None
    assert ledger.reached(account(0)) == 0


def test_a_network_that_was_not_down_for_long_takes_nothing_along(ledger, clock, queue, account):
    queue()
    ledger.accounts.unreachable("masto", clock(), 2)
    clock.move(hours=5)
    assert ledger.reached(account(0)) == 0
    assert ledger.accounts.find("masto").failures == 0


def test_the_answer_of_a_network_ends_no_pause(ledger, clock, queue, account):
    queue()
    ledger.accounts.unreachable("masto", clock(), 1)
    ledger.accounts.pause("masto", "person", clock())
    clock.move(hours=1)
    assert ledger.reached(account(0)) == 0
    assert ledger.accounts.find("masto").paused == "person"


@pytest.mark.parametrize(("catch_up", "skipped"), [("all", 0), (2, 0), (1, 1), (0, 2)])
@pytest.mark.parametrize("word", ["", "election"])
def test_the_end_of_a_pause_takes_every_queue_along(ledger, clock, queue, account, catch_up, skipped, word):
    queue(reason="paused")
    queue(Account("two", "mastodon"), reason="paused")
    accounts = [account(catch_up), account(catch_up, "two")]
    assert ledger.end_pause(word, accounts) == (False, 0)
    ledger.pauses.add(word, now=clock(), until=None)
    clock.move(hours=1)
    assert ledger.end_pause(word.upper(), accounts) == (True, 2 * skipped)
    assert ledger.pauses.all() == []
    left = ledger.deliveries.search(states=("due",))
    assert {row.reason for row in left} <= {None}


def test_the_end_of_a_words_pause_is_not_that_of_an_account(ledger, clock, queue, account):
    queue(reason="paused")
    ledger.pauses.add("election", now=clock(), until=None)
    ledger.pauses.add("strike", now=clock(), until=None)
    ledger.accounts.pause("masto", "person", clock())
    clock.move(hours=1)
    assert ledger.end_pause("election", [account(0)]) == (True, 0)
    assert [pause.word for pause in ledger.pauses.all()] == ["strike"]
    ledger.pauses.add("", now=clock() - HOUR, until=None)
    assert ledger.end_pause("", [account(0)]) == (True, 2), "the end of all pauses is"


def test_only_what_has_the_word_has_waited_for_it(ledger, clock, queue, put, account):
    queue()
    ledger.pauses.add("election", now=clock(), until=None)
    clock.move(hours=1)
    assert ledger.end_pause("election", [account(0)]) == (True, 0)


@pytest.mark.parametrize("keep", [True, False])
def test_a_rehearsal_is_told_what_is_paused_in_earnest(ledger, clock, put, keep):
    put(1)
    put(1, Account("two", "mastodon"))
    ledger.accounts.pause("masto", "auth", clock())
    assert ledger.release_for_rehearsal(keep_logins=keep) == {"masto": "auth"}
    assert ledger.accounts.find("masto").paused == ("auth" if keep else None)


def test_the_present_instant_is_the_clocks(ledger, clock):
    assert ledger.now() == clock()
    clock.move(hours=1)
    assert ledger.now() == clock()


def test_a_ledger_in_numbers_is_that_of_its_database(ledger, clock, put):
    put(1)
    assert ledger.overview(clock()).deliveries == [("masto", "due", 1)]


def test_a_new_ledger_has_every_table_and_nothing_in_it(ledger, clock):
    tables = {
        "sources": ledger.sources.known(["news"]),
        "articles": ledger.articles.newest("news", 9),
        "imports": ledger.imports.record([], clock()),
        "accounts": ledger.accounts.paused(),
        "deliveries": ledger.deliveries.search(),
        "backlog": [*ledger.backlog.batches()],
        "pauses": ledger.pauses.all(),
        "listings": ledger.listings.find("https://gazette.example/1"),
        "notices": ledger.notices.waiting(),
        "alerts": ledger.alerts.waiting(),
        "subscriptions": ledger.subscriptions.all(),
    }
    assert [name for name, found in tables.items() if found != []] == []
    assert ledger.credentials.load("masto") == (0, {})
    assert ledger.timekeeping.keep(clock()) == timedelta(0)
    assert ledger.claims.sweep(clock(), lambda _: HOUR) == 0


def test_what_waits_and_what_a_person_decides_is_written_in_the_ledger(ledger, clock, put):
    row = put(1)
    assert ledger.waiting.waits(row, "cap", due_at=clock(), error=None, now=clock())
    assert ledger.decisions.skip(row, clock())
