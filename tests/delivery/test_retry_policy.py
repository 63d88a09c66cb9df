from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syndicate import errors
from syndicate.delivery import retry_policy
from tests.worlds.unknown import NOW, UNKNOWN

SETTLE = timedelta(seconds=15)


@pytest.mark.parametrize(
    ("failure", "state", "reason", "spent"),
    [
        (errors.Rejected("no"), "failed", "rejected", True),
        (errors.Unsupported("no"), "failed", "rejected", True),
        (errors.AuthError("no"), "due", "auth", False),
        (errors.RateLimited("slow"), "due", "rate_limited", False),
        (errors.Unavailable("down"), "due", "unavailable", True),
        (errors.Uncertain("during an upload"), "due", "unavailable", True),
        (errors.NotReady("working", prepared={}), "due", "unavailable", False),
    ],
)
def test_each_failure_has_one_next_step(failure, state, reason, spent):
    step = retry_policy.after_failure(failure, attempts=1, now=NOW, jitter=0.5)
    assert (step.state, step.reason, step.spent) == (state, reason, spent)


def test_every_leaf_of_the_tree_has_a_step():
    for leaf in errors.PlatformError.__subclasses__():
        failure = leaf("x", prepared={}) if leaf is errors.NotReady else leaf("x")
        assert retry_policy.after_failure(failure, attempts=1, now=NOW, jitter=0.0)


def test_a_refused_login_pauses_the_account_and_a_rate_limit_holds_it():
    assert retry_policy.after_failure(errors.AuthError("no"), attempts=1, now=NOW, jitter=0.0).pause
    step = retry_policy.after_failure(errors.RateLimited("slow", retry_after=90), attempts=1, now=NOW, jitter=0.0)
    assert step.account_wait == step.due_at == NOW + timedelta(seconds=90)


@pytest.mark.parametrize(
    ("failure", "throttles", "minutes", "told"),
    [
        (errors.RateLimited("slow"), 1, 1, False),
        (errors.RateLimited("slow"), 2, 5, False),
        (errors.RateLimited("slow"), 3, 15, False),
        (errors.RateLimited("slow"), 4, 60, True),
        (errors.RateLimited("slow"), 99, 60, True),
        (errors.RateLimited("slow", retry_after=0), 2, 5, False),  # a reset that has passed says nothing
        (errors.RateLimited("slow", retry_after=120), 99, 2, False),
        (errors.RateLimited("spent", capped=True), 1, 60, True),
        (errors.RateLimited("spent", capped=True, retry_after=5), 1, 60, True),
        (errors.RateLimited("spent", capped=True, retry_after=7200), 1, 120, True),
        (errors.RateLimited("slow", retry_after=6 * 3600), 1, 6 * 60, False),
        (errors.RateLimited("slow", retry_after=6 * 3600 + 60), 1, 6 * 60 + 1, True),
        (errors.RateLimited("slow", retry_after=9e9), 1, 24 * 60, True),
    ],
)
def test_a_wait_that_the_network_does_not_state_grows_and_a_long_one_is_told(failure, throttles, minutes, told):
    step = retry_policy.after_failure(failure, attempts=1, now=NOW, jitter=0.0, throttles=throttles)
    assert step.due_at == step.account_wait == NOW + timedelta(minutes=minutes)
    assert (step.trouble is not None) == told
    look_up = retry_policy.lookup_failed(failure, settle=SETTLE, now=NOW, jitter=0.0, throttles=throttles)
    assert look_up.due_at == NOW + timedelta(minutes=minutes)


def test_a_hint_is_told_with_the_trouble():
    spent = errors.RateLimited("x: spent", capped=True, hint="buy more")
    assert retry_policy.after_failure(spent, attempts=1, now=NOW, jitter=0.0).trouble == "x: spent; buy more"


@pytest.mark.parametrize(
    ("failure", "counts"),
    [
        (errors.Unavailable("firewall", status=403, gateway=True), True),
        (errors.Unavailable("down", status=502), True),
        (errors.Unavailable("busy", status=500), False),
        (errors.Rejected("no", status=403), False),
    ],
)
def test_a_gateway_that_answers_for_the_network_counts_as_no_answer(failure, counts):
    assert retry_policy.unreached(failure) is counts


def test_attempts_are_capped_but_not_by_what_spends_none():
    last = retry_policy.ATTEMPTS
    assert (
        retry_policy.after_failure(errors.Unavailable("down"), attempts=last, now=NOW, jitter=0.5).reason == "attempts"
    )
    assert retry_policy.after_failure(errors.RateLimited("slow"), attempts=last, now=NOW, jitter=0.5).state == "due"


@given(st.integers(1, 10_000), st.floats(0, 0.999))
def test_a_wait_is_never_zero_nor_longer_than_the_longest(attempts, jitter):
    assert timedelta(seconds=1) <= retry_policy.backoff(attempts, jitter) <= retry_policy.LONGEST_WAIT


def test_absent_means_not_seen_twice_a_settle_time_apart():
    first = retry_policy.after_absence(UNKNOWN, "keyed", 3300, SETTLE, NOW)
    assert (first.state, first.due_at) == ("unknown", NOW + SETTLE)
    second = retry_policy.after_absence(replace(UNKNOWN, absent=1), "keyed", 3300, SETTLE, NOW)
    assert (second.state, second.fresh) == ("due", False)


@pytest.mark.parametrize(
    ("certainty", "age", "fresh"),
    [
        ("exact", timedelta(days=9), False),
        ("keyed", timedelta(minutes=54), False),
        ("keyed", timedelta(minutes=56), True),
        ("lookup", timedelta(minutes=1), True),
    ],
)
def test_the_same_bytes_go_again_only_where_the_key_still_protects(certainty, age, fresh):
    absent = replace(UNKNOWN, absent=1, committed_at=NOW - age)
    assert retry_policy.after_absence(absent, certainty, 3300, SETTLE, NOW).fresh is fresh


def test_three_unknowns_in_a_row_are_for_a_person():
    step = retry_policy.after_absence(replace(UNKNOWN, absent=1, unknowns=3), "lookup", 0, SETTLE, NOW)
    assert (step.state, step.due_at) == ("held", None)


@pytest.mark.parametrize(
    ("certainty", "ago", "expires", "state"),
    [
        ("keyed", 54, None, "due"),
        ("keyed", 56, None, "held"),
        ("exact", 23 * 60, None, "due"),
        ("exact", 24 * 60, None, "held"),
        ("exact", 9 * 24 * 60, timedelta(minutes=1), "due"),
        ("exact", 1, timedelta(0), "held"),
    ],
)
def test_where_a_key_makes_it_safe_a_post_goes_again_and_again(certainty, ago, expires, state):
    lost = replace(
        UNKNOWN,
        absent=1,
        unknowns=9,
        committed_at=NOW - timedelta(minutes=ago),
        expires_at=None if expires is None else NOW + expires,
    )
    step = retry_policy.after_absence(lost, certainty, 3300, SETTLE, NOW)
    assert (step.state, step.fresh) == (state, False)
    assert step.due_at == (NOW + retry_policy.LONGEST_WAIT if state == "due" else None)


@pytest.mark.parametrize(("wish", "state"), [("hold", "held"), ("retry", "due"), ("assume-sent", "posted")])
def test_where_nobody_can_tell_the_publishers_wish_decides(wish, state):
    assert retry_policy.cannot_tell(wish, NOW).state == state


def test_a_look_up_that_fails_learns_nothing_and_changes_nothing():
    step = retry_policy.lookup_failed(errors.Unavailable("down"), settle=SETTLE, now=NOW, jitter=0.0)
    assert (step.state, step.due_at) == ("unknown", NOW + SETTLE)
    assert retry_policy.lookup_failed(errors.AuthError("no"), settle=SETTLE, now=NOW, jitter=0.0).pause
    assert not retry_policy.lookup_failed(errors.Unavailable("down"), settle=SETTLE, now=NOW, jitter=0.0).pause


def test_a_refused_look_up_is_for_a_person():
    step = retry_policy.lookup_failed(errors.Rejected("no"), settle=SETTLE, now=NOW, jitter=0.0)
    assert (step.state, step.reason, step.due_at) == ("held", "no_answer", None)


@pytest.mark.parametrize(("asked", "waits"), [(None, 60), (1, 0), (3600, 3600), (99 * 3600, 24 * 3600)])
def test_a_look_up_waits_as_long_as_the_network_asks_and_never_less_than_it_settles(asked, waits):
    fault = errors.RateLimited("slow down", retry_after=asked)
    step = retry_policy.lookup_failed(fault, settle=SETTLE, now=NOW, jitter=0.0)
    assert step.due_at == NOW + max(SETTLE, timedelta(seconds=waits))


@pytest.mark.parametrize(("jitter", "attempts", "seconds"), [(0.0, 1, 1), (0.5, 1, 5), (0.5, 2, 10), (0.5, 99, 450)])
def test_the_bound_of_a_wait_doubles_with_each_attempt(jitter, attempts, seconds):
    assert retry_policy.backoff(attempts, jitter) == timedelta(seconds=seconds)


def test_a_network_that_is_down_holds_the_account_from_the_fifth_failure_on():
    down = errors.Unavailable("down", status=503)
    known = {"now": NOW, "jitter": 0.5}
    four = retry_policy.after_failure(down, attempts=1, failures=4, aging=True, **known)
    assert (four.account_wait, four.spent, four.due_at) == (None, True, NOW + timedelta(seconds=20))
    five = retry_policy.after_failure(down, attempts=8, failures=5, aging=True, **known)
    assert (five.state, five.spent, five.account_wait) == ("due", False, NOW + timedelta(seconds=450 / 1.0))
    ageless = retry_policy.after_failure(down, attempts=8, failures=5, aging=False, **known)
    assert (ageless.state, ageless.reason) == ("failed", "attempts")
    assert retry_policy.after_failure(down, attempts=7, failures=5, aging=False, **known).spent
