"""Every step as it is told, whole: name, verdict, what was compared, and the cure."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from syndicate.config.hours import hours
from syndicate.delivery.explain import Facts, explain
from syndicate.delivery.gates import Opening
from syndicate.ledger.accounts import AccountState
from syndicate.ledger.articles import StoredArticle
from syndicate.model import Account, Article, Budget, Delivery, Filter, Schedule

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
STORY = Article("news", "https://g.example/1", "Story", published=NOON)
MASTO = Account("masto", "mastodon")
STATE = AccountState("masto", "mastodon", NOON - timedelta(hours=3), None, NOON, None, None)
WAITING = Delivery("k", "a", STORY.url, "masto", "mastodon", "post", 0, 0, "due", None, NOON, NOON, 0, 0)
PASSED = [
    ("filter", "yes", "none is set", None),
    (
        "baseline",
        "yes",
        "published 2026-11-23T12:00:00Z; the account's first run at 2026-11-23T09:00:00Z (with 1m of tolerance)",
        None,
    ),
    ("age", "yes", "0s old when first seen; max_age 24h", None),
]


def told(account=MASTO, state=STATE, *, story=STORY, seen=NOON, imported=False, **facts):
    given = {"baseline": NOON - timedelta(hours=5), "zone": "UTC", "delivery": None, "attempts": [], "now": NOON}
    known = StoredArticle("a", story, seen, imported=imported)
    found = explain(account, state, Facts(known, **given | facts))
    return [(step.name, step.verdict, step.value, step.cure) for step in found]


def only(name, *arguments, **facts):
    """The verdict and the words of this step."""
    [found] = [step[1:3] for step in told(*arguments, **facts) if step[0] == name]
    return found


def test_the_steps_come_in_the_order_in_which_they_were_taken():
    edit = replace(WAITING, key="k2", action="edit", state="posted")
    sent = replace(WAITING, state="due", reason="unavailable", error="down")
    account = replace(MASTO, schedule=Schedule(per_hour=3), budget=Budget(5))
    facts = {"delivery": sent, "attempts": [(NOON, "due")], "changes": [edit], "opening": Opening(NOON)}
    state = replace(STATE, paused="person")
    assert told(account, state, words=["storm", "fog"], spent=1_000_000, **facts) == [
        *PASSED,
        ("account", "waits", "paused by a person", "resume"),
        ("pause", "waits", "articles with 'storm' are paused", None),
        ("pause", "waits", "articles with 'fog' are paused", None),
        ("schedule", "yes", "now Mon 12:00 UTC; per_hour 3", None),
        ("budget", "yes", "$1.00 of $5.00 spent this month", None),
        ("attempt 1", "waits", "2026-11-23T12:00:00Z: due", None),
        ("due", "waits", "unavailable, down", None),
        ("edit", "yes", "done", None),
    ]


def test_what_was_announced_elsewhere_was_put_to_no_rule():
    assert told(imported=True) == [
        ("seen", "no", "seen before syndicate came (import-seen)", None),
        ("delivery", "no", "none was planned: it was announced elsewhere", None),
    ]
    announced = told(imported=True, delivery=replace(WAITING, state="posted"))
    assert announced[0][:2] == ("seen", "note")


@pytest.mark.parametrize("state", ["posted", "skipped"])
def test_a_rule_that_did_not_stop_it_is_noted_and_one_that_passed_stays(state):
    old = replace(STORY, published=NOON - timedelta(hours=9))
    steps = told(story=old, delivery=replace(WAITING, state=state))
    said = "published 2026-11-23T03:00:00Z; the account's first run at 2026-11-23T09:00:00Z (with 1m of tolerance)"
    assert steps[:3] == [
        PASSED[0],
        ("baseline", "no" if state == "skipped" else "note", said, None),
        ("age", "yes", "9h old when first seen; max_age 24h", None),
    ]


@pytest.mark.parametrize(
    ("now", "action", "waits"),
    [("planned", "post", True), ("due", "post", True), ("posted", "post", False), ("due", "edit", False)],
)
def test_words_and_hours_are_told_of_a_post_that_still_waits(now, action, waits):
    found = told(delivery=replace(WAITING, state=now, action=action), words=["storm"])
    assert ("pause" in [step[0] for step in found]) is waits


@pytest.mark.parametrize(("minutes", "state", "told_of"), [(1, "due", True), (0, "due", False), (1, "posted", False)])
def test_a_network_that_asked_to_wait_is_told_of_what_is_due(minutes, state, told_of):
    asked = replace(STATE, next_at=NOON + timedelta(minutes=minutes))
    steps = told(MASTO, asked, delivery=replace(WAITING, state=state))
    line = ("account", "waits", "the network asked to wait until 2026-11-23T12:01:00Z", None)
    assert (line in steps) is told_of
    assert line not in told(MASTO, asked)
    assert line not in told(MASTO, replace(asked, paused="auth"), delivery=WAITING)


# The rules

RULED = replace(STORY, section="News > Travel", categories=("trains", "ferries"), language="de")


@pytest.mark.parametrize(
    ("story", "account", "verdict", "value"),
    [
        (
            RULED,
            {"only": Filter(sections=("News",), tags=("trains", "cats"), languages=("de",), sources=("news",))},
            "yes",
            (
                "section News > Travel; tags trains, ferries; language de; source news"
                " | only sections News and tags trains, cats and languages de and sources news"
            ),
        ),
        (
            STORY,
            {"never": Filter(title="^Story")},
            "no",
            "section (none); tags (none); language (none); source news | never title /^Story/",
        ),
        (
            STORY,
            {"only": Filter(sources=("news",)), "never": Filter(tags=("x",), title="y")},
            "yes",
            "section (none); tags (none); language (none); source news | only sources news; never tags x and title /y/",
        ),
    ],
)
def test_a_filter_is_told_with_all_that_it_compares(story, account, verdict, value):
    assert only("filter", replace(MASTO, **account), story=story) == (verdict, value)


@pytest.mark.parametrize(
    ("story", "facts", "verdict", "value"),
    [
        ({}, {"baseline": None}, "note", "no first run yet: it will record this article as seen"),
        (
            {},
            {"baseline": NOON - timedelta(hours=1)},
            "yes",
            "published 2026-11-23T12:00:00Z; the source's first run at 2026-11-23T11:00:00Z (with 1m of tolerance)",
        ),
        (
            {"published": None},
            {},
            "note",
            (
                "no date; the account's first run at 2026-11-23T09:00:00Z; an undated article is new only above all"
                " known ones"
            ),
        ),
        (
            {"published": NOON.replace(hour=0), "precision": "day"},
            {},
            "yes",
            "published on 2026-11-23; the account's first run at 2026-11-23T09:00:00Z",
        ),
        (
            {"published": NOON.replace(day=22, hour=0), "precision": "day"},
            {},
            "no",
            "published on 2026-11-22; the account's first run at 2026-11-23T09:00:00Z",
        ),
    ],
)
def test_the_first_run_is_told_with_whose_it_was_and_what_was_compared(story, facts, verdict, value):
    assert only("baseline", story=replace(STORY, **story), **facts) == (verdict, value)


def test_an_account_that_the_ledger_does_not_know_has_had_no_first_run():
    assert only("baseline", MASTO, None) == ("note", "no first run yet: it will record this article as seen")


@pytest.mark.parametrize(
    ("published", "now", "name", "verdict", "value"),
    [
        (None, NOON, "age", "yes", "no date, so never older than max_age"),
        (NOON - timedelta(hours=25), NOON, "age", "no", "25h old when first seen; max_age 24h"),
        (NOON + timedelta(hours=1), NOON, "embargo", "waits", "dated in the future, 2026-11-23T13:00:00Z"),
        (
            NOON + timedelta(hours=1),
            NOON + timedelta(hours=1),
            "embargo",
            "yes",
            "dated in the future, 2026-11-23T13:00:00Z",
        ),
    ],
)
def test_the_age_is_that_when_it_was_first_seen(published, now, name, verdict, value):
    assert only(name, story=replace(STORY, published=published), now=now) == (verdict, value)


# What it waits for


def test_breaking_news_is_told_to_go_first():
    assert only("breaking", delivery=replace(WAITING, priority=0)) == ("note", "breaking news: it goes first")
    assert "breaking" not in [step[0] for step in told(delivery=WAITING)]


@pytest.mark.parametrize(
    ("schedule", "opening", "verdict", "value"),
    [
        (
            {"windows": (hours("Mon-Fri 07:00-11:00"), hours("Sat 09:00-10:00")), "quiet": (hours("Sun 00:00-24:00"),)},
            Opening(NOON + timedelta(hours=19), "window", "windows"),
            "waits",
            (
                "now Mon 12:00 UTC; windows Mon-Fri 07:00-11:00, Sat 09:00-10:00; quiet Sun 00:00-24:00;"
                " not before 2026-11-24T07:00:00Z, by windows"
            ),
        ),
        (
            {"spacing": timedelta(minutes=10), "per_hour": 3, "per_day": 9, "timezone": "Asia/Tokyo"},
            Opening(NOON),
            "yes",
            "now Mon 21:00 Asia/Tokyo; spacing 10m; per_hour 3; per_day 9",
        ),
        ({"catch_up": "all"}, Opening(NOON), "yes", "now Mon 12:00 UTC; no hours"),
    ],
)
def test_hours_are_told_with_the_local_time_and_every_setting(schedule, opening, verdict, value):
    account = replace(MASTO, schedule=Schedule(**schedule))
    assert only("schedule", account, delivery=WAITING, opening=opening) == (verdict, value)


def test_an_account_without_hours_says_nothing_of_them():
    account = replace(MASTO, schedule=Schedule(timezone="Asia/Tokyo"))
    assert "schedule" not in [step[0] for step in told(account, delivery=WAITING, opening=Opening(NOON))]
    strict = replace(MASTO, schedule=Schedule(per_hour=3))
    assert "schedule" not in [step[0] for step in told(strict, delivery=WAITING)]


@pytest.mark.parametrize(("reason", "verdict"), [("budget", "waits"), ("unavailable", "yes"), (None, "yes")])
def test_a_budget_is_told_where_there_is_one_and_what_was_spent_is_known(reason, verdict):
    row = replace(WAITING, reason=reason)
    rich = replace(MASTO, budget=Budget(5))
    assert only("budget", rich, delivery=row, spent=0) == (verdict, "$0.00 of $5.00 spent this month")
    assert "budget" not in [step[0] for step in told(rich, delivery=row)]
    assert "budget" not in [step[0] for step in told(delivery=row, spent=0)]


# The end


@pytest.mark.parametrize(
    ("row", "end"),
    [
        ({"state": "planned", "reason": "approval"}, ("planned", "waits", "approval", "approve")),
        ({"state": "planned", "reason": "date", "error": "far"}, ("planned", "waits", "date, far", "approve")),
        ({"state": "planned", "reason": "embargo"}, ("planned", "waits", "embargo", None)),
        ({"state": "due", "reason": "approval"}, ("due", "waits", "approval", None)),
        ({"state": "due", "reason": "cap", "error": "per_hour"}, ("due", "waits", "cap", None)),
        (
            {"state": "due", "reason": "paused", "error": "x", "due_at": NOON + timedelta(seconds=1.5)},
            ("due", "waits", "paused, x; not before 2026-11-23T12:00:01Z", None),
        ),
        ({"state": "posted", "permalink": "https://s.example/1"}, ("posted", "yes", "https://s.example/1", None)),
        ({"state": "sending"}, ("sending", "waits", "now", None)),
        ({"state": "skipped", "reason": "person"}, ("skipped", "no", "person", None)),
    ],
)
def test_the_state_now_is_the_last_word(row, end):
    assert told(delivery=replace(WAITING, **row))[-1] == end


@pytest.mark.parametrize(
    ("row", "change"),
    [
        ({"state": "skipped", "reason": "unchanged", "error": "same"}, ("note", "skipped: unchanged, same")),
        ({"state": "failed", "reason": "rejected", "error": "no"}, ("waits", "failed: rejected, no")),
        ({"state": "due"}, ("waits", "due")),
    ],
)
def test_a_change_of_the_post_is_told_after_it(row, change):
    edit = replace(WAITING, action="delete", **row)
    assert told(delivery=replace(WAITING, state="posted"), changes=[edit])[-1] == ("delete", *change, None)
