"""What flood control reads of a source: hosts, what came and was published, approvals, and what was listed."""

from __future__ import annotations

from datetime import timedelta

import pytest

from syndicate.ledger.database import micros
from syndicate.ledger.floods import approved
from syndicate.model import Account
from tests.worlds.accounts import MASTO
from tests.worlds.rows import planned

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
TICK = timedelta(microseconds=1)
OTHER = Account("second", "mastodon")

STATES = [  # whether a story with such a delivery goes out, and whether it was ever meant to
    ({"state": "posted"}, True, True),
    ({"state": "due", "reason": "spacing"}, True, True),
    ({"state": "failed"}, True, True),
    ({"state": "planned", "reason": "approval"}, True, True),
    ({"state": "planned", "reason": "burst"}, True, False),
    ({"state": "due", "reason": "burst"}, True, True),
    ({"state": "planned", "reason": "similar"}, False, False),
    ({"state": "due", "reason": "similar"}, True, True),
    ({"state": "planned", "reason": "stranger"}, False, False),
    ({"state": "posted", "reason": "similar"}, True, True),
    ({"state": "posted", "reason": "person"}, True, True),
    ({"state": "skipped", "reason": "baseline"}, False, True),
    ({"state": "skipped", "reason": "person"}, False, False),
    ({"state": "skipped", "reason": "similar"}, False, False),
    ({"state": "skipped", "reason": "too_old", "waited_for": "burst"}, False, False),
    ({"state": "skipped", "reason": "too_old", "waited_for": "similar"}, False, False),
    ({"state": "skipped", "reason": "too_old", "waited_for": "stranger"}, False, False),
    ({"state": "skipped", "reason": "too_old", "waited_for": "window"}, False, True),
    ({"state": "posted", "waited_for": "burst"}, True, True),
    ({"state": "due", "priority": 0}, False, True),
    ({"state": "due", "expires_at": None}, False, True),
    ({"state": "due", "action": "delete"}, False, False),
]


@pytest.fixture
def floods(ledger):
    return ledger.floods


@pytest.fixture
def story(ledger, clock, article):
    """Plans story `number`, published and seen that long ago; its date may be of a whole day, or missing."""

    def make(number, *, seen, published=None, precision="second", source="news", **columns):
        told = article(number, precision=precision)
        row = planned(ledger, told, MASTO, **{"expires_at": clock() + DAY} | columns)
        ledger.database.change(
            "UPDATE article SET source = :source, first_seen_at = :seen, published_at = :published"
            " WHERE anchor = :anchor",
            anchor=row.anchor,
            source=source,
            seen=micros(clock() - seen),
            published=None if published is None else micros(clock() - published),
        )
        return row.anchor

    return make


@pytest.mark.parametrize(("columns", "goes", "_meant"), STATES)
def test_what_came_within_the_hour_counts_where_it_goes_out(floods, story, clock, columns, goes, _meant):
    story(1, seen=timedelta(minutes=5), published=2 * HOUR, **columns)
    assert floods.came("news", clock(), ()) == ([clock() - 2 * HOUR] if goes else [])


@pytest.mark.parametrize(("columns", "_goes", "meant"), STATES)
def test_what_was_published_counts_where_it_was_meant_to_go_out(floods, story, clock, columns, _goes, meant):
    anchor = story(1, seen=2 * HOUR, published=2 * HOUR, **columns)
    assert floods.published("news", clock()) == ([clock() - 2 * HOUR] if meant else [])
    story(2, seen=3 * HOUR, published=None, **columns)
    assert floods.published("news", clock()) == ([clock() - 2 * HOUR, clock() - 3 * HOUR] if meant else [])
    assert [each.url for each in floods.recent("news", 9, ())] == ["https://gazette.example/1"] * meant
    assert floods.recent("news", 9, (anchor,)) == []


def test_what_nobody_was_asked_about_was_meant(floods, story, ledger, clock):
    story(1, seen=2 * HOUR, published=2 * HOUR)
    story(2, seen=2 * HOUR, published=None)
    ledger.database.change("DELETE FROM delivery")
    assert floods.published("news", clock()) == [clock() - 2 * HOUR], "without a date, the first run found it"
    assert len(floods.recent("news", 9, ())) == 1


@pytest.mark.parametrize(
    ("seen", "found"), [(HOUR - TICK, True), (HOUR, False), (timedelta(0), True), (2 * HOUR, False)]
)
def test_an_hour_ends_after_an_hour(floods, story, clock, seen, found):
    anchor = story(1, seen=seen, published=None)
    assert floods.came("news", clock(), ()) == [clock() - seen] * found
    assert floods.came("news", clock(), [anchor]) == []
    assert floods.came("other", clock(), ()) == []


@pytest.mark.parametrize(
    ("seen", "published", "precision", "found"),
    [
        (HOUR, HOUR, "second", "published"),
        (HOUR - TICK, HOUR, "second", None),  # it came just now
        (HOUR, HOUR - TICK, "second", None),
        (HOUR, 30 * DAY - TICK, "second", "published"),
        (HOUR, 30 * DAY, "second", None),
        (2 * HOUR, 3 * HOUR, "day", "seen"),
        (30 * DAY - TICK, 40 * DAY, "day", "seen"),
        (HOUR, 3 * HOUR, "day", "seen"),
        (HOUR, None, "second", "seen"),
        (HOUR - TICK, None, "second", None),
        (30 * DAY - TICK, None, "second", "seen"),
        (30 * DAY, None, "second", None),
    ],
)
def test_a_month_of_a_source_but_for_its_last_hour(floods, story, clock, seen, published, precision, found):
    story(1, seen=seen, published=published, precision=precision)
    wanted = {"published": published, "seen": seen, None: None}[found]
    assert floods.published("news", clock()) == ([] if wanted is None else [clock() - wanted])
    assert floods.published("other", clock()) == []


def test_what_was_seen_just_now_and_is_old_counts_where_nothing_was_planned(floods, story, ledger, clock):
    story(1, seen=timedelta(0), published=2 * HOUR)
    assert floods.published("news", clock()) == []
    ledger.database.change("DELETE FROM delivery")
    assert floods.published("news", clock()) == [clock() - 2 * HOUR]


def test_the_last_articles_come_newest_first_and_only_of_their_source(floods, story, ledger):
    anchors = [story(number, seen=HOUR, published=number * HOUR) for number in (3, 1, 4, 2)]
    story(5, seen=HOUR, published=None)
    story(6, seen=HOUR, published=HOUR / 2, source="other")
    unread = story(7, seen=HOUR, published=HOUR / 2)
    ledger.database.change("UPDATE article SET content_hash = '' WHERE anchor = :anchor", anchor=unread)

    def found(count, besides=()):
        return [int(each.url[-1]) for each in floods.recent("news", count, besides)]

    assert found(9) == [1, 2, 3, 4]
    assert found(2) == [1, 2]
    assert found(2, (anchors[1],)) == [2, 3]


# Hosts


def test_hosts_are_kept_for_each_source_once(floods):
    floods.lead_to("news", ["a.example", "b.example"])
    floods.lead_to("news", ["b.example"])
    floods.lead_to("other", ["c.example"])
    assert floods.hosts("news") == {"a.example", "b.example"}
    assert floods.hosts("third") == set()


def test_a_ledger_that_kept_no_hosts_knows_them_from_its_articles(floods, story, ledger):
    anchors = [story(number, seen=HOUR) for number in (1, 2, 3, 4)]
    story(5, seen=HOUR, source="other")
    urls = ["https://a.example/1", "https://b.example/1", "nowhere", "https://a.example/2"]
    for anchor, url in zip(anchors, urls, strict=True):
        ledger.database.change("UPDATE article SET url = :url WHERE anchor = :anchor", anchor=anchor, url=url)
    assert floods.led_before("news", ()) == {"a.example", "b.example"}
    assert floods.led_before("news", iter([anchors[1]])) == {"a.example"}


# Approvals


@pytest.fixture
def source(ledger):
    for name in ("news", "other"):
        ledger.sources.ensure(name, "https://gazette.example/feed")


def test_an_approved_stranger_makes_its_host_the_sources_own(floods, ledger, story, put, clock, source):
    story(1, seen=HOUR, state="planned", reason="stranger")
    approved(ledger.database, put(1, reason="stranger"), clock())
    assert floods.hosts("news") == {"gazette.example"}
    assert not floods.is_calm("news", clock())


def test_a_stranger_without_a_host_leads_nowhere(floods, ledger, put, clock, source):
    row = put(1, reason="stranger")
    ledger.database.change("UPDATE article SET url = 'nowhere'")
    approved(ledger.database, row, clock())
    assert floods.hosts("news") == set()


def test_a_burst_is_approved_once_nothing_of_it_waits_and_for_an_hour(floods, ledger, put, clock, source):
    first, second = (put(number, state="planned", reason="burst") for number in (1, 2))
    put(3, OTHER, state="planned", reason="burst")
    put(4, state="planned", reason="similar")
    put(5, state="due", reason="burst")
    elsewhere = put(6, state="planned", reason="burst")
    ledger.database.change("UPDATE article SET source = 'other' WHERE anchor = :anchor", anchor=elsewhere.anchor)
    ledger.database.change("UPDATE delivery SET state = 'due', reason = NULL WHERE key = :key", key=first.key)
    approved(ledger.database, first, clock())
    assert not floods.is_calm("news", clock())
    ledger.database.change("UPDATE delivery SET state = 'due', reason = NULL WHERE key = :key", key=second.key)
    approved(ledger.database, second, clock())
    assert floods.is_calm("news", clock() + HOUR - TICK)
    assert not floods.is_calm("news", clock() + HOUR)
    assert not floods.is_calm("other", clock())
    assert floods.hosts("news") == set()


def test_any_other_approval_tells_nothing_of_a_source(floods, ledger, put, clock, source):
    approved(ledger.database, put(1, reason="similar"), clock())
    assert (floods.hosts("news"), floods.is_calm("news", clock())) == (set(), False)


# What was listed


def test_what_was_listed_is_kept_in_its_order_once_and_not_endlessly(floods, source):
    assert [floods.listed(name) for name in ("news", "nobody")] == [[], []]
    floods.lists("news", ["b", "a", "b", "c"])
    assert (floods.listed("news"), floods.listed("other")) == (["b", "a", "c"], [])
    floods.lists("news", [str(number) for number in range(600)])
    assert floods.listed("news") == [str(number) for number in range(500)]
