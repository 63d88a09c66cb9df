"""A login that is refused is refreshed once, where its network's tokens expire."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from syndicate.delivery.session import with_session
from syndicate.errors import AuthError, Unavailable
from tests.worlds.accounts import MASTO


@pytest.fixture
def lane(ledger, clock):
    """A lane whose login is stored; `asked` are the logins that were refreshed."""
    ledger.accounts.ensure(MASTO, clock())
    ledger.credentials.lock("masto", 0, clock())
    ledger.credentials.replace("masto", 0, {"token": "old"})
    asked = []

    def refresh(old):
        asked.append(old)
        return {"token": "new"}

    return SimpleNamespace(account=MASTO, refresh=refresh, asked=asked, cleaned=lambda said: said)


def answers(*given):
    """Answers these in a row, raising what is an error; and counts its calls."""
    left = list(given)

    def call():
        call.count += 1
        answer = left.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    call.count = 0
    return call


def stored(ledger):
    return ledger.credentials.load("masto")[1]


def test_a_login_that_works_is_left_alone(ledger, lane):
    assert with_session(lane, ledger, answers("done")) == "done"
    assert (lane.asked, stored(ledger)) == ([], {"token": "old"})


def test_a_refused_login_is_refreshed_and_the_call_made_again(ledger, lane):
    call = answers(AuthError("expired"), "done")
    assert with_session(lane, ledger, call) == "done"
    assert (call.count, lane.asked, stored(ledger)) == (2, [{"token": "old"}], {"token": "new"})


def test_a_login_that_is_refused_again_is_a_refusal(ledger, lane):
    call = answers(AuthError("expired"), AuthError("revoked"))
    with pytest.raises(AuthError, match="revoked"):
        with_session(lane, ledger, call)
    assert (call.count, len(lane.asked)) == (2, 1)


def test_what_another_process_refreshed_is_used(ledger, lane):
    def call():
        call.count += 1
        if call.count == 1:
            ledger.credentials.replace("masto", 1, {"token": "theirs"})
            raise AuthError("expired")
        return stored(ledger)

    call.count = 0
    assert with_session(lane, ledger, call) == {"token": "theirs"}
    assert lane.asked == []


@pytest.mark.parametrize(
    ("fault", "told"),
    [
        (AuthError("nothing to renew it with"), "the scope is missing"),
        (AuthError("the refresh token was used", status=400), "the refresh token was used"),
    ],
)
def test_what_the_network_said_is_told_where_nobody_was_asked_for_another_login(ledger, lane, fault, told):
    def refresh(_):
        raise fault

    lane.refresh = refresh
    with pytest.raises(AuthError, match=told):
        with_session(lane, ledger, answers(AuthError("the scope is missing")))
    assert stored(ledger) == {"token": "old"}


@pytest.mark.parametrize("fault", [Unavailable("down"), AuthError("no")], ids=["another fault", "nothing to refresh"])
def test_any_other_failure_is_not_for_the_login(ledger, lane, fault):
    if isinstance(fault, AuthError):
        lane.refresh = None
    call = answers(fault, "done")
    with pytest.raises(type(fault)):
        with_session(lane, ledger, call)
    assert (call.count, lane.asked) == (1, [])
