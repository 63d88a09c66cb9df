"""What waits, moved or counted all at once."""

from __future__ import annotations

from datetime import timedelta

import pytest

from syndicate.ledger.backlog import Question
from syndicate.model import Account
from tests.worlds.accounts import MASTO

WAITING = [("approval", True), ("burst", True), ("similar", True), ("embargo", False), ("delay", False)]
WAITING += [("preflight", False)]


@pytest.mark.parametrize(("reason", "asks"), WAITING)
def test_only_what_waits_for_a_person_is_told_as_waiting_for_a_yes(ledger, clock, put, reason, asks):
    put(1, state="planned", reason=reason)
    put(2, state="due", reason=reason)
    put(3, state="skipped", reason=reason)
    assert ledger.backlog.batches() == ({(reason, "news"): 1} if asks else {})


@pytest.mark.parametrize(("reason", "asks"), WAITING)
def test_a_person_is_asked_once_about_what_waits_for_a_yes(ledger, clock, put, reason, asks):
    late = put(1, state="planned", reason=reason, planned_at=clock() - timedelta(seconds=1))
    early = put(2, state="planned", reason=reason, planned_at=clock() - timedelta(seconds=2))
    for number, state in ((3, "due"), (4, "skipped"), (5, "posted")):
        put(number, state=state, reason=reason)
    ledger.database.change("UPDATE article SET url = 'https://desk:secret@gazette.example/1' WHERE url LIKE '%/1'")
    first, second = (
        Question(row.key, "masto", "news", reason, f"https://gazette.example/{n}", f"Story {n}", row.planned_at)
        for n, row in ((2, early), (1, late))
    )
    assert ledger.backlog.unasked() == ([first, second] if asks else [])
    ledger.backlog.asked([early.key], clock())
    assert ledger.backlog.unasked() == ([second] if asks else [])
    ledger.backlog.asked([], clock())
    ledger.backlog.asked([late.key, "unknown"], clock())
    assert ledger.backlog.unasked() == []


@pytest.mark.parametrize(("reason", "asks"), WAITING)
def test_what_waited_and_grew_too_old_is_skipped_and_recorded(ledger, clock, put, reason, asks):
    row = put(1, state="planned", reason=reason, expires_at=clock())
    sent = put(2, state="due", draft={"text": "may be out"}, expires_at=clock())
    young = put(3, state="planned", reason=reason, expires_at=clock() + timedelta(seconds=1))
    assert (ledger.backlog.expire(clock()), ledger.backlog.expire(clock())) == (1, 0)
    left = ledger.deliveries.find(row.key)
    assert (left.state, left.reason, left.due_at) == ("skipped", "too_old", None)
    assert [ledger.deliveries.find(each.key) for each in (sent, young)] == [sent, young]
    assert [(drop.key, drop.cause) for drop in ledger.dropped.take()] == [(row.key, reason)]


@pytest.mark.parametrize(("reason", "asks"), WAITING)
def test_only_what_waits_for_an_instant_is_released_by_it(ledger, clock, put, reason, asks):
    row = put(1, state="planned", reason=reason, due_at=clock() + timedelta(seconds=1))
    ledger.backlog.release(clock())
    assert ledger.deliveries.find(row.key) == row
    clock.move(seconds=1)
    ledger.backlog.release(clock())
    assert ledger.deliveries.find(row.key).state == ("planned" if asks else "due")


def seen(ledger, *rows):
    found = [ledger.deliveries.find(row.key) for row in rows]
    return [(row.state, row.reason, row.due_at, row.error) for row in found]


MINUTE = timedelta(minutes=1)
FACE = Account("fb", "facebook")


def test_a_closed_account_says_until_when_on_all_that_is_due(ledger, clock, put):
    ledger.accounts.ensure(MASTO, clock())
    now, until = clock(), clock() + MINUTE
    due = put(1, due_at=now)
    others = [
        put(2, due_at=now, priority=0),
        put(3, due_at=now + MINUTE),
        put(4, due_at=now, draft={"text": "may be out"}),
        put(5, due_at=now, action="edit"),
        put(6, state="planned", due_at=now),
        put(7, FACE, due_at=now),
    ]
    before = [ledger.deliveries.find(row.key) for row in others]
    ledger.backlog.close("masto", "window", until, "windows 08:00-10:00", now)
    assert seen(ledger, due) == [("due", "window", until, "windows 08:00-10:00")]
    assert [ledger.deliveries.find(row.key) for row in others] == before
    assert ledger.accounts.find("masto").opens_at == until
    ledger.backlog.reopen("masto")
    assert ledger.accounts.find("masto").opens_at < now


@pytest.mark.parametrize("reason", ["spacing", "cap"])
def test_behind_the_first_that_waits_for_spacing_or_a_cap_the_others_queue(ledger, clock, put, reason):
    ledger.accounts.ensure(MASTO, clock())
    ledger.accounts.ensure(FACE, clock())
    until = clock() + MINUTE
    later, first = put(1, due_at=clock(), planned_at=clock()), put(2, due_at=clock(), planned_at=clock() - MINUTE)
    other = put(3, FACE, due_at=clock(), planned_at=clock() - 2 * MINUTE, reason="behind")
    breaking = put(4, due_at=until, planned_at=clock() - 2 * MINUTE, priority=0, reason="behind")
    ledger.backlog.close("masto", reason, until, "every 10m", clock())
    assert seen(ledger, first, later) == [
        ("due", reason, until, "every 10m"),
        ("due", "behind", until, "every 10m"),
    ]
    assert [ledger.deliveries.find(row.key) for row in (other, breaking)] == [other, breaking]
    assert ledger.accounts.find("fb").opens_at < clock()


@pytest.mark.parametrize("until", [None, MINUTE])
def test_an_account_that_is_held_says_why_on_all_that_is_due(ledger, clock, put, until):
    waits = put(1, due_at=clock() - MINUTE, reason="window")
    at = None if until is None else clock() + until
    others = [
        put(2, due_at=clock() + MINUTE),
        put(3, due_at=clock(), draft={"text": "may be out"}),
        put(4, state="planned", due_at=clock()),
        put(5, FACE, due_at=clock()),
        put(6, due_at=clock(), reason="auth", error="said before"),
    ]
    ledger.backlog.hold("masto", "auth", at, "the login was refused", clock())
    assert seen(ledger, waits) == [("due", "auth", at or clock() - MINUTE, "the login was refused")]
    assert [ledger.deliveries.find(row.key) for row in others] == others


def test_what_somebody_may_have_mended_is_tried_at_once(ledger, clock, put):
    ledger.accounts.ensure(MASTO, clock())
    ledger.accounts.ensure(FACE, clock())
    later = clock() + MINUTE
    ledger.backlog.close("masto", "window", later, "windows", clock())
    told = {"due_at": later, "error": "said"}
    template = put(1, reason="template", **told)
    mended = [put(n, reason=r, **told) for n, r in enumerate(("window", "spacing", "cap", "behind", "budget"), 2)]
    others = [
        put(7, reason="unavailable", **told),
        put(8, reason="window", action="edit", **told),
        put(9, reason="window", state="planned", **told),
        put(10, reason="template", state="planned", **told),
    ]
    before = [ledger.deliveries.find(row.key) for row in others]
    ledger.backlog.retry(clock())
    assert seen(ledger, template) == [("due", "template", clock(), "said")]
    assert seen(ledger, *mended) == [("due", None, clock(), None)] * 5
    assert [ledger.deliveries.find(row.key) for row in others] == before
    assert ledger.accounts.find("masto").opens_at < clock()


@pytest.mark.parametrize(("state", "first"), [("planned", True), ("due", True), ("held", False), ("posted", False)])
def test_what_becomes_breaking_news_goes_before_what_waits(ledger, put, state, first):
    row, other = put(1, state=state), put(2)
    ledger.backlog.raise_priority(row.anchor)
    assert ledger.deliveries.find(row.key).priority == (0 if first else 1)
    assert ledger.deliveries.find(other.key) == other


@pytest.mark.parametrize(
    ("age", "due_in", "state", "reason", "until"),
    [
        (0, 1, "planned", "delay", 10),
        (55, 1, "planned", "delay", 5),  # six delays after it was planned it waits no longer
        (60, 0, "planned", "delay", 0),
        (0, 11, "planned", "delay", 11),
        (0, 1, "planned", "embargo", 1),
        (0, 1, "due", "delay", 1),
    ],
)
def test_a_changed_article_waits_its_delay_anew_but_not_for_ever(ledger, clock, put, age, due_in, state, reason, until):
    planned = {"planned_at": clock() - age * MINUTE, "due_at": clock() + due_in * MINUTE}
    row, other = put(1, state=state, reason=reason, **planned), put(2, state="planned", reason="delay", **planned)
    elsewhere = put(1, FACE, state="planned", reason="delay", **planned)
    ledger.backlog.extend_delay(row.anchor, "masto", clock(), 10 * MINUTE)
    assert ledger.deliveries.find(row.key).due_at == clock() + until * MINUTE
    assert [ledger.deliveries.find(each.key) for each in (other, elsewhere)] == [other, elsewhere]


def test_after_a_long_stop_the_newest_go_out_a_minute_apart(ledger, clock, put):
    since, ages = clock() - timedelta(hours=1, minutes=5), clock() + timedelta(days=1)
    rows = [
        put(n, due_at=clock(), planned_at=clock() + n * MINUTE, expires_at=ages, reason="paused") for n in (1, 2, 3)
    ]
    others = [
        put(4, due_at=clock(), expires_at=None),
        put(5, due_at=clock(), expires_at=ages, priority=0),
        put(6, due_at=clock(), expires_at=ages, draft={"text": "may be out"}),
        put(7, FACE, due_at=clock(), expires_at=ages),
        put(8, state="planned", due_at=clock(), expires_at=ages),
        put(9, due_at=clock(), expires_at=ages, action="edit"),
    ]
    before = [ledger.deliveries.find(row.key) for row in others]
    told = "too old after a stop of 1h05m; only the newest 2 go out"
    assert ledger.backlog.catch_up("masto", since=since, now=clock(), keep=2) == 1
    assert seen(ledger, *rows) == [
        ("skipped", "too_old", None, told),
        ("due", None, clock(), None),
        ("due", "catch_up", clock() + MINUTE, None),
    ]
    assert [ledger.deliveries.find(row.key) for row in others] == before


@pytest.mark.parametrize(
    ("minutes", "keep", "word", "skipped"),
    [(59, 0, "", 0), (60, 0, "", 2), (60, None, "", 0), (60, 1, "", 1), (60, 2, "", 0), (60, 0, "election", 1)],
)
def test_what_a_stop_leaves_behind(ledger, clock, put, minutes, keep, word, skipped):
    ages = clock() + timedelta(days=1)
    rows = [put(1, due_at=clock(), expires_at=ages, reason="paused"), put(2, due_at=clock(), expires_at=ages)]
    since = clock() - minutes * MINUTE
    assert ledger.backlog.catch_up("masto", since=since, now=clock(), keep=keep, word=word) == skipped
    left = [ledger.deliveries.find(row.key) for row in rows]
    assert sum(row.state == "skipped" for row in left) == skipped
    if not skipped:
        assert left == rows


@pytest.mark.parametrize(
    ("reason", "due_in", "moves_to", "doubt", "after"),
    [
        ("embargo", 60, 120, None, ("embargo", 120, "said")),
        ("embargo", 60, 120, "far", ("date", 120, "far")),
        ("delay", 10, 120, None, ("embargo", 120, "said")),
        ("delay", 10, 5, None, ("delay", 10, "said")),
        ("delay", 10, 120, "far", ("date", 120, "far")),
        ("date", 60, 120, None, ("embargo", 120, None)),
        ("date", 60, 120, "far", ("date", 120, "far")),
        ("approval", None, 120, None, ("approval", 120, "said")),
        ("approval", None, 5, None, ("approval", None, "said")),
        ("approval", None, 120, "far", ("approval", 120, "said")),
    ],
)
def test_a_new_date_moves_what_waits(ledger, clock, put, reason, due_in, moves_to, doubt, after):
    due_at = None if due_in is None else clock() + due_in * MINUTE
    row = put(1, state="planned", reason=reason, due_at=due_at, error="said", expires_at=clock())
    others = [put(2, state="planned", reason="embargo", due_at=due_at), put(1, FACE, state="due", due_at=clock())]
    published = clock() + moves_to * MINUTE
    before = published - timedelta(hours=3)
    ledger.backlog.reschedule(row.anchor, before, published, clock() + 5 * MINUTE, doubt)
    found = ledger.deliveries.find(row.key)
    reason, due_in, error = after
    assert (found.reason, found.due_at, found.error) == (reason, due_in and clock() + due_in * MINUTE, error)
    assert found.expires_at == clock() + timedelta(hours=3)
    assert [ledger.deliveries.find(each.key) for each in others] == others
    assert ledger.articles.standings([row.anchor])[row.anchor].published_at == published


@pytest.mark.parametrize(("state", "reason"), [("planned", "preflight"), ("due", None), ("skipped", "person")])
def test_only_what_waits_for_a_time_or_a_person_has_a_date_that_moves(ledger, put, article, state, reason):
    put(1, state=state, reason=reason)
    row = put(2, state="planned", reason="embargo")
    assert ledger.backlog.dated() == {row.anchor: article(2).published}
