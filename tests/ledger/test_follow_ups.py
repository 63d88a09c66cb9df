"""Word of what became of deliveries: written with it, told in order, never lost."""

from __future__ import annotations

import contextlib
from datetime import timedelta

import pytest

from syndicate.ledger import follow_ups
from syndicate.model import Receipt
from tests.worlds.accounts import MASTO

LEASE = timedelta(minutes=5)


@pytest.fixture
def heard(ledger):
    ledger.follow_ups.sinks = ("file", "webhook")
    return lambda sink="webhook": [(word.key, word.event) for word in ledger.follow_ups.owed(sink)]


def sending(ledger, put, number=1, **columns):
    return put(number, state="sending", fence=1, attempts=1, **columns)


def posted(ledger, put, clock, number=1, **columns):
    row = sending(ledger, put, number, **columns)
    assert ledger.outcomes.posted(row, Receipt(f"id-{number}", f"https://social.example/{number}"), now=clock.now)
    return ledger.deliveries.find(row.key)


def test_a_receipt_and_its_word_are_one_transaction(ledger, put, clock, heard):
    row = sending(ledger, put)

    class Killed(BaseException):
        pass

    with contextlib.suppress(Killed), ledger.transaction():
        ledger.outcomes.posted(row, Receipt("1", "https://social.example/1"), now=clock.now)
        assert heard()
        raise Killed
    assert ledger.deliveries.find(row.key).state == "sending"
    assert not heard()
    ledger.outcomes.posted(row, Receipt("1", "https://social.example/1"), now=clock.now)
    assert heard() == heard("file") == [(row.key, "posted")]


def test_an_event_has_the_delivery_as_it_was_then(ledger, put, clock, heard):
    row = posted(ledger, put, clock)
    [word] = ledger.follow_ups.owed("webhook")
    assert word.line["event"] == "posted"
    assert word.line["id"] == word.id
    assert word.line["state"] == "posted"
    assert word.line["permalink"] == "https://social.example/1"
    assert word.line["key"] == row.key
    assert ledger.follow_ups.owed("file")[0].line is None  # it looks for itself


@pytest.mark.parametrize(
    ("columns", "change", "events"),
    [
        ({"state": "sending"}, lambda o, d, row, now: o.failed(row, "rejected", error="no", now=now), ["failed"]),
        ({"state": "sending"}, lambda o, d, row, now: o.held(row, now=now), ["held"]),
        ({"state": "unknown"}, lambda o, d, row, now: o.assumed(row, error="?", now=now), ["posted"]),
        (
            {"state": "sending"},
            lambda o, d, row, now: o.later(row, "unavailable", due_at=now, error="", now=now),
            [],
        ),
        ({"state": "held"}, lambda o, d, row, now: d.not_sent(row, now), ["resolved"]),
        (
            {"state": "held"},
            lambda o, d, row, now: o.posted(row, Receipt("u", "u"), now=now),
            ["resolved", "posted"],
        ),
        (
            {"state": "sending", "action": "edit"},
            lambda o, d, row, now: o.posted(row, Receipt("u", "u"), now=now),
            ["edited"],
        ),
        (
            {"state": "sending", "action": "delete"},
            lambda o, d, row, now: o.posted(row, Receipt("u", "u"), now=now),
            ["deleted"],
        ),
        ({"state": "due"}, lambda o, d, row, now: d.skip(row, now), []),
    ],
)
def test_each_change_is_the_event_that_it_is(ledger, put, clock, heard, columns, change, events):
    row = put(1, fence=1, **columns)
    assert change(ledger.outcomes, ledger.decisions, row, clock.now)
    assert [event for _, event in heard()] == events


def test_what_can_never_be_sent_is_told(ledger, put, clock, heard):
    ledger.waiting.fails(put(1, state="due"), "too_long", error="512 of 500", now=clock.now)
    assert [event for _, event in heard()] == ["failed"]


def test_a_site_hears_of_its_own_accounts_alone(ledger, put, clock, article):
    from dataclasses import replace

    ledger.follow_ups.sinks = ("webhook", "gazette/webhook", "bote/webhook")
    row = put(1, account=replace(MASTO, name="bote/masto"), state="sending", fence=1)
    ledger.outcomes.posted(row, Receipt("1", "u"), now=clock.now)
    owed = {sink: len(ledger.follow_ups.owed(sink)) for sink in ledger.follow_ups.sinks}
    assert owed == {"webhook": 1, "gazette/webhook": 0, "bote/webhook": 1}


def test_nothing_is_written_where_nobody_wants_to_hear(ledger, put, clock):
    posted(ledger, put, clock)
    assert not ledger.database.rows("SELECT * FROM follow_up")
    assert not ledger.follow_ups.has_owed()


def test_what_comes_later_of_an_article_waits_for_what_failed(ledger, put, clock, heard):
    first = posted(ledger, put, clock)
    other = posted(ledger, put, clock, 2)
    ledger.database.change("UPDATE delivery SET state = 'held' WHERE key = :key", key=first.key)
    ledger.decisions.not_sent(ledger.deliveries.find(first.key), clock.now)

    def due(**early):
        return [(word.key, word.event) for word in ledger.follow_ups.first("webhook", clock.now, **early)]

    assert due() == [(first.key, "posted"), (other.key, "posted")]
    word = ledger.follow_ups.first("webhook", clock.now)[0]
    ledger.follow_ups.failed(word, "no", again_at=clock.now + LEASE, now=clock.now, whole=False)
    assert due() == [(other.key, "posted")]
    assert due(early=True) == [(first.key, "posted"), (other.key, "posted")]
    [trouble] = ledger.follow_ups.untold()
    assert (trouble.sink, trouble.error, trouble.waiting) == ("webhook", "no", 3)
    ledger.follow_ups.told([word], clock.now)
    assert due() == [(other.key, "posted"), (first.key, "resolved")]
    assert not ledger.follow_ups.untold()


def test_one_process_tells_a_place_at_a_time(ledger, clock, monkeypatch):
    assert ledger.follow_ups.claim("file", clock.now, LEASE)
    with monkeypatch.context() as other:
        other.setattr(follow_ups.claimant, "me", lambda: '{"host": "other", "boot": "", "pid": 1, "started": "1"}')
        assert not ledger.follow_ups.claim("file", clock.now, LEASE)
        assert ledger.follow_ups.claim("webhook", clock.now, LEASE)
        clock.move(minutes=6)  # its lease is over
        assert ledger.follow_ups.claim("file", clock.now, LEASE)
    assert not ledger.follow_ups.extend("file", clock.now + LEASE)
    assert not ledger.follow_ups.claim("file", clock.now, LEASE)
    monkeypatch.setattr(follow_ups.claimant, "dead", lambda _: True)
    assert ledger.follow_ups.claim("file", clock.now, LEASE)  # whoever had it was killed


def test_a_place_that_failed_is_left_alone_until_its_time(ledger, put, clock, heard):
    posted(ledger, put, clock)
    assert ledger.follow_ups.claim("webhook", clock.now, LEASE)
    [word] = ledger.follow_ups.owed("webhook")
    ledger.follow_ups.failed(word, "down", again_at=clock.now + LEASE, now=clock.now, whole=True)
    ledger.follow_ups.told(ledger.follow_ups.owed("file"), clock.now)
    assert not ledger.follow_ups.has_owed(clock.now)
    assert ledger.follow_ups.has_owed()
    assert not ledger.follow_ups.claim("webhook", clock.now, LEASE)
    assert ledger.follow_ups.claim("webhook", clock.now, LEASE, early=True)
    clock.move(minutes=6)
    assert ledger.follow_ups.has_owed(clock.now)
    assert ledger.follow_ups.claim("webhook", clock.now, LEASE)


def test_what_was_told_is_forgotten_after_a_week(ledger, put, clock, heard):
    posted(ledger, put, clock)
    ledger.follow_ups.told(ledger.follow_ups.owed("webhook"), clock.now)
    assert ledger.follow_ups.has_heard("webhook", clock.now - LEASE)
    clock.move(days=8)
    posted(ledger, put, clock, 2)
    ledger.follow_ups.told(ledger.follow_ups.owed("webhook"), clock.now)
    rows = ledger.database.rows("SELECT state, sink FROM follow_up ORDER BY rowid")
    assert [(row["sink"], row["state"]) for row in rows] == [("file", "owed"), ("file", "owed"), ("webhook", "told")]


def test_what_nobody_can_tell_since_another_login_has_the_name_is_told_as_held(ledger, put, clock, heard):
    row = put(1, state="unknown", fence=1)
    put(2, state="due")
    ledger.accounts.begin_anew(MASTO, clock.now, "another")
    assert heard() == [(row.key, "held")]


def test_a_clock_that_is_set_back_makes_nobody_wait_twice(ledger, put, clock, heard):
    posted(ledger, put, clock)
    ledger.timekeeping.keep(clock.now)
    ledger.follow_ups.claim("webhook", clock.now, LEASE)
    [word] = ledger.follow_ups.owed("webhook")
    ledger.follow_ups.failed(word, "down", again_at=clock.now + LEASE, now=clock.now, whole=True)
    ledger.follow_ups.release("webhook")
    clock.move(days=-2)
    ledger.timekeeping.keep(clock.now)
    clock.move(minutes=6)
    assert ledger.follow_ups.claim("webhook", clock.now, LEASE)
    assert ledger.follow_ups.first("webhook", clock.now)
