"""A login is renewed ahead of its end: by one process, put off where that fails, and never at the cost of a post."""

from __future__ import annotations

import sys
from datetime import timedelta
from subprocess import PIPE

import pytest

from syndicate.delivery.session import Renewal, renew_ahead
from syndicate.errors import AuthError, RateLimited, Unavailable, Uncertain
from syndicate.serialization import instant
from tests import processes
from tests.waiting import PATIENCE
from tests.worlds import rotating
from tests.worlds.accounts import MASTO

MINUTES = timedelta(minutes=1)


@pytest.fixture
def login(ledger, clock):
    """Signs in to an account, to be renewed after so many minutes; gives its lane, whose refreshes answer as told."""
    from types import SimpleNamespace

    ledger.accounts.ensure(MASTO, clock())

    def signed_in(after=0, answer=None):
        held = {"token": "good-token", "renew_at": instant(clock() + after * MINUTES)}
        ledger.credentials.sign_in("masto", held, clock())
        lane = SimpleNamespace(account=MASTO, renews=True, asked=[])

        def refresh(current):
            lane.asked.append(current)
            if isinstance(answer, Exception):
                raise answer
            return answer or {"token": "next-token"}

        lane.refresh = refresh
        return lane

    return signed_in


def stored(ledger):
    return ledger.credentials.load("masto")[1]["token"]


def test_it_is_renewed_once_when_that_is_due_and_stays_a_person_s_login(ledger, clock, login):
    lane = login(after=1)
    assert renew_ahead(lane, ledger) == Renewal()
    clock.move(seconds=60)
    assert renew_ahead(lane, ledger) == Renewal(done=True)
    assert renew_ahead(lane, ledger) == Renewal()
    [current] = lane.asked
    assert (current["token"], "signed_in_at" in current) == ("good-token", False)
    assert stored(ledger) == "next-token"
    assert ledger.credentials.term("masto").signed_in_at == clock() - MINUTES


@pytest.mark.parametrize("change", [{"renews": False}, {"refresh": None}])
def test_a_rehearsal_and_a_network_without_renewals_ask_nothing(ledger, login, change):
    lane = login()
    vars(lane).update(change)
    assert renew_ahead(lane, ledger) == Renewal()
    assert lane.asked == []


@pytest.mark.parametrize("fault", [Unavailable("down"), Uncertain("no answer"), RateLimited("slow down")])
def test_what_fails_is_put_off_longer_each_time_and_the_token_stays(ledger, clock, login, fault):
    lane, waits = login(answer=fault), []
    for _ in range(9):
        came = renew_ahead(lane, ledger)
        waits.append((came.until - clock()) // MINUTES)
        assert renew_ahead(lane, ledger) == Renewal()  # not before that
        clock.move(seconds=(came.until - clock()).total_seconds())
    assert waits == [5, 10, 20, 40, 80, 160, 320, 360, 360]
    assert (stored(ledger), ledger.accounts.find("masto").paused) == ("good-token", None)


def test_a_network_that_says_when_is_not_asked_before(ledger, clock, login):
    came = renew_ahead(login(answer=RateLimited("slow down", retry_after=7200.0)), ledger)
    assert came.until - clock() == 120 * MINUTES


def test_a_refused_renewal_pauses_the_account_until_somebody_signs_in(ledger, login):
    with pytest.raises(AuthError, match="revoked"):
        renew_ahead(login(answer=AuthError("it was revoked")), ledger)
    state = ledger.accounts.find("masto")
    assert (state.paused, state.trouble, stored(ledger)) == ("login", "it was revoked", "good-token")


def test_an_empty_token_never_overwrites_a_good_one_and_is_told(ledger, login):
    came = renew_ahead(login(answer={"token": ""}), ledger)
    assert came.words == "masto: the network gave an empty token; the stored one was kept"
    assert stored(ledger) == "good-token"
    assert [notice.kind for notice in ledger.notices.waiting()] == ["not_renewed"]


# with real processes, and a network whose refresh tokens are good once


@pytest.fixture
def network():
    made = rotating.Network()
    yield made
    made.close()


@pytest.fixture
def path(tmp_path):
    """A ledger in which somebody signed in, and a renewal is due."""
    path = tmp_path / "ledger.db"
    ledger = rotating.opened(path)
    now = ledger.now()
    ledger.accounts.ensure(MASTO, now)
    held = {"token": "token-0", "refresh_token": "refresh-token-0", "renew_at": instant(now - MINUTES)}
    ledger.credentials.sign_in("masto", held, now)
    ledger.close()
    return path


def begin(path, network, *step):
    command = [sys.executable, "-m", "tests.worlds.rotating", str(path), network.url, *step]
    return processes.start(command, stdout=PIPE, text=True)


def said(process):
    return process.communicate(timeout=PATIENCE)[0].strip()


def held(path):
    ledger = rotating.opened(path)
    try:
        return ledger.credentials.load("masto")[1], ledger.accounts.find("masto").paused
    finally:
        ledger.close()


def test_of_processes_at_once_one_renews(path, network):
    with processes.ended():
        done = sorted(map(said, [begin(path, network) for _ in range(4)]))
    assert done == ["False", "False", "False", "True"]
    assert (network.rotations, network.refusals) == (1, 0)
    assert held(path)[0]["refresh_token"] == network.good


@pytest.mark.parametrize(
    ("step", "then", "rotations", "paused"),
    [
        ("asked", "True", 1, None),  # nothing was sent: the next one does it
        ("rotated", "the refresh token was used already", 1, "login"),  # the known hole: a person signs in again
        ("stored", "False", 1, None),  # it is done
    ],
)
def test_one_that_is_killed_leaves_what_it_had_stored(path, network, step, then, rotations, paused):
    with processes.ended():
        killed = begin(path, network, step)
        assert killed.stdout.readline().strip() == step
        processes.end(killed)
        assert said(begin(path, network)) == then
    kept, why = held(path)
    assert (network.rotations, why) == (rotations, paused)
    assert kept["refresh_token"] == ("refresh-token-0" if paused else network.good)
