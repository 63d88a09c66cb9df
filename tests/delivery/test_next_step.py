"""Each next step after a failure or a look-up, as a whole: state, reason, wait, and what it says of the account."""

from __future__ import annotations

from dataclasses import astuple, replace
from datetime import timedelta

import pytest

from syndicate.delivery import retry_policy
from syndicate.errors import (
    AuthError,
    NotReady,
    PictureRefused,
    RateLimited,
    Rejected,
    TextRefused,
    Unavailable,
    Uncertain,
    Unsupported,
)
from tests.worlds.unknown import NOW, UNKNOWN

SETTLE = timedelta(seconds=15)
DAY = 86_400.0


def said(step):
    """State, reason, seconds to wait; then what is remarkable, by its name."""
    state, reason, due_at, spent, fresh, pause, account_wait, trouble = astuple(step)
    wait = None if due_at is None else (due_at - NOW).total_seconds()
    marks = {"free"} - ({"free"} if spent else set())
    marks |= {name for name, holds in (("fresh", fresh), ("pause", pause), ("told", trouble)) if holds}
    if account_wait is not None:
        assert account_wait == due_at
        marks.add("account")
    return state, reason, wait, marks


@pytest.mark.parametrize(
    ("failure", "attempts", "step"),
    [
        (AuthError("no"), 8, ("due", "auth", 0, {"free", "pause"})),
        (RateLimited("slow"), 8, ("due", "rate_limited", 60, {"free", "account"})),
        (RateLimited("slow", retry_after=90), 8, ("due", "rate_limited", 90, {"free", "account"})),
        (RateLimited("slow", retry_after=-5), 1, ("due", "rate_limited", 60, {"free", "account"})),
        (RateLimited("slow", retry_after=0.5), 1, ("due", "rate_limited", 0.5, {"free", "account"})),
        (RateLimited("spent", capped=True), 1, ("due", "rate_limited", 3600, {"free", "account", "told"})),
        (NotReady("x", prepared={}, retry_after=7), 8, ("due", "unavailable", 7, {"free"})),
        (NotReady("x", prepared={}, retry_after=None), 8, ("due", "unavailable", 10, {"free"})),
        (NotReady("x", prepared={}, retry_after=3600), 8, ("due", "unavailable", 900, {"free"})),
        (NotReady("x", prepared={}, retry_after=-1), 8, ("due", "unavailable", 0, {"free"})),
        (Unavailable("down"), 1, ("due", "unavailable", 5, set())),
        (Unavailable("down"), 2, ("due", "unavailable", 10, set())),
        (Unavailable("down"), 7, ("due", "unavailable", 320, set())),
        (Unavailable("down"), 8, ("failed", "attempts", None, set())),
        (Unavailable("down"), 9, ("failed", "attempts", None, set())),
        (Unavailable("down", retry_after=40), 1, ("due", "unavailable", 40, set())),
        (Unavailable("down", retry_after=0.5), 1, ("due", "unavailable", 0.5, set())),
        (Unavailable("down", retry_after=0), 3, ("due", "unavailable", 0, set())),
        (Unavailable("down", retry_after=-3), 3, ("due", "unavailable", 0, set())),
        (Unavailable("down", retry_after=9e9), 3, ("due", "unavailable", DAY, {"told"})),
        (Unavailable("down", retry_after=6 * 3600), 3, ("due", "unavailable", 6 * 3600, set())),
        (Unavailable("moved", astray=True), 8, ("due", "unavailable", 60, {"account", "free", "told"})),
        (Uncertain("during an upload"), 3, ("due", "unavailable", 20, set())),
        (Rejected("no"), 1, ("failed", "rejected", None, set())),
        (PictureRefused("no"), 1, ("failed", "rejected", None, set())),
        (TextRefused("no"), 1, ("failed", "rejected", None, set())),
        (Unsupported("no"), 1, ("failed", "rejected", None, set())),
    ],
)
def test_after_a_failure(failure, attempts, step):
    assert said(retry_policy.after_failure(failure, attempts=attempts, now=NOW, jitter=0.5)) == step


@pytest.mark.parametrize(
    ("attempts", "failures", "aging", "step"),
    [
        (1, 3, False, ("due", "unavailable", 10, set())),
        (1, 4, True, ("due", "unavailable", 20, set())),
        (1, 5, False, ("due", "unavailable", 40, {"account"})),
        (1, 6, False, ("due", "unavailable", 80, {"account"})),
        (7, 5, False, ("due", "unavailable", 320, {"account"})),
        (8, 5, False, ("failed", "attempts", None, set())),
        (8, 4, True, ("failed", "attempts", None, set())),
        (8, 5, True, ("due", "unavailable", 450, {"account", "free"})),
        (1, 5, True, ("due", "unavailable", 40, {"account", "free"})),
        (1, 99, True, ("due", "unavailable", 450, {"account", "free"})),
    ],
)
def test_a_network_that_fails_in_a_row_holds_the_account_and_costs_what_can_expire_nothing(
    attempts, failures, aging, step
):
    found = retry_policy.after_failure(
        Unavailable("down"), attempts=attempts, now=NOW, jitter=0.5, failures=failures, aging=aging
    )
    assert said(found) == step


def test_what_cannot_expire_fails_at_last_unless_it_is_said_that_it_can():
    found = retry_policy.after_failure(Unavailable("down"), attempts=8, now=NOW, jitter=0.5, failures=9)
    assert said(found) == ("failed", "attempts", None, set())


@pytest.mark.parametrize(
    ("failure", "trouble"),
    [
        (RateLimited("slow"), "slow"),
        (RateLimited("slow", hint="ask less"), "slow; ask less"),
        (RateLimited("slow", retry_after=90), None),
        (RateLimited("slow", retry_after=90, capped=True), "slow"),
        (Unavailable("moved", astray=True, hint="mend it"), "moved; mend it"),
    ],
)
def test_a_long_wait_is_told_in_the_networks_words(failure, trouble):
    step = retry_policy.after_failure(failure, attempts=1, now=NOW, jitter=0.5, throttles=4)
    assert step.trouble == trouble


@pytest.mark.parametrize(("throttles", "minutes"), [(0, 1), (1, 1), (2, 5), (3, 15), (4, 60), (5, 60)])
def test_waits_in_a_row_grow_to_an_hour(throttles, minutes):
    assert retry_policy.rate_wait(RateLimited("slow"), throttles) == timedelta(minutes=minutes)


@pytest.mark.parametrize(
    ("failure", "unreached"),
    [
        *((kind("x", status=status), True) for kind in (Unavailable, Uncertain) for status in (None, 502, 503, 504)),
        *((kind("x", status=status), False) for kind in (Unavailable, Uncertain) for status in (500, 501, 505, 403)),
        (Unavailable("x", status=403, gateway=True), True),
        (Rejected("x"), False),
        (RateLimited("x", status=503), False),
        (AuthError("x"), False),
    ],
)
def test_no_answer_or_a_gateways_says_nothing_of_the_post(failure, unreached):
    assert retry_policy.unreached(failure) is unreached


@pytest.mark.parametrize(
    ("failure", "unstated"),
    [
        (RateLimited("x"), True),
        (RateLimited("x", retry_after=0), True),
        (RateLimited("x", retry_after=-1), True),
        (RateLimited("x", retry_after=0.1), False),
        (Unavailable("x"), False),
    ],
)
def test_a_reset_that_has_passed_says_no_time(failure, unstated):
    assert retry_policy.unstated(failure) is unstated


@pytest.mark.parametrize(
    ("attempts", "jitter", "seconds"),
    [(0, 0.5, 5), (1, 0.5, 5), (2, 0.5, 10), (3, 0.5, 20), (7, 0.5, 320), (8, 0.5, 450), (10_000, 0.5, 450), (9, 0, 1)],
)
def test_waits_double_up_to_a_quarter_of_an_hour(attempts, jitter, seconds):
    assert retry_policy.backoff(attempts, jitter) == timedelta(seconds=seconds)


# Look-ups


def test_a_commit_without_an_answer_is_looked_up_when_it_would_be_seen():
    assert said(retry_policy.unanswered(settle=SETTLE, now=NOW)) == ("unknown", "no_answer", 15, set())


@pytest.mark.parametrize(
    ("absent", "unknowns", "step"),
    [
        (0, 1, ("unknown", "no_answer", 15, set())),
        (0, 9, ("unknown", "no_answer", 15, set())),
        (1, 0, ("due", None, 0, set())),
        (1, 1, ("due", None, 0, set())),
        (1, 2, ("due", None, 120, set())),
        (2, 2, ("due", None, 120, set())),
        (1, 3, ("due", None, 240, set())),
        (1, 99, ("due", None, 900, set())),
    ],
)
def test_a_post_that_is_not_found_twice_goes_again_under_its_key(absent, unknowns, step):
    row = replace(UNKNOWN, absent=absent, unknowns=unknowns)
    assert said(retry_policy.after_absence(row, "exact", 0, SETTLE, NOW)) == step


@pytest.mark.parametrize(
    ("certainty", "ago", "fresh"),
    [
        ("exact", 99_999, False),
        ("exact", None, False),
        ("keyed", 3299, False),
        ("keyed", 3300, True),
        ("keyed", None, True),
        ("lookup", 1, True),
        ("blind", 1, True),
    ],
)
def test_a_post_is_rendered_anew_once_its_key_no_longer_protects(certainty, ago, fresh):
    began = None if ago is None else NOW - timedelta(seconds=ago)
    row = replace(UNKNOWN, absent=1, committed_at=began)
    marks = {"fresh"} if fresh else set()
    assert said(retry_policy.after_absence(row, certainty, 3300, SETTLE, NOW)) == ("due", None, 0, marks)


@pytest.mark.parametrize(
    ("wish", "step"),
    [
        ("hold", ("held", "no_answer", None, set())),
        ("retry", ("due", None, 0, {"fresh"})),
        ("assume-sent", ("posted", "no_answer", None, set())),
    ],
)
def test_where_the_network_cannot_be_asked_the_config_says_what_to_do(wish, step):
    assert said(retry_policy.cannot_tell(wish, NOW)) == step


@pytest.mark.parametrize(
    ("failure", "settle", "step"),
    [
        (Rejected("no"), 15, ("held", "no_answer", None, set())),
        (AuthError("no"), 15, ("unknown", "no_answer", 15, {"pause"})),
        (Unavailable("down"), 15, ("unknown", "no_answer", 15, set())),
        (Unavailable("down"), 1, ("unknown", "no_answer", 5, set())),
        (Unavailable("down", retry_after=100), 15, ("unknown", "no_answer", 100, set())),
        (Unavailable("down", retry_after=9e9), 15, ("unknown", "no_answer", DAY, {"told"})),
        (RateLimited("slow", retry_after=9e9), 15, ("unknown", "no_answer", DAY, {"told"})),
        (RateLimited("slow"), 15, ("unknown", "no_answer", 60, set())),
        (RateLimited("slow"), 90, ("unknown", "no_answer", 90, set())),
        (RateLimited("slow", retry_after=3), 15, ("unknown", "no_answer", 15, set())),
    ],
)
def test_a_look_up_that_fails_comes_again_later(failure, settle, step):
    found = retry_policy.lookup_failed(failure, settle=timedelta(seconds=settle), now=NOW, jitter=0.5)
    assert said(found) == step


def test_look_ups_that_are_throttled_in_a_row_wait_longer():
    step = retry_policy.lookup_failed(RateLimited("slow"), settle=SETTLE, now=NOW, jitter=0.5, throttles=3)
    assert said(step) == ("unknown", "no_answer", 900, set())


def test_how_often_is_said_once():
    assert (8, 5, timedelta(minutes=1)) == (retry_policy.ATTEMPTS, retry_policy.BREAKS, retry_policy.TEMPLATE_WAIT)
