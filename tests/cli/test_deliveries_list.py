"""`deliveries list`: by time, article and number; on a terminal the newest, as JSON everything in little memory."""

from __future__ import annotations

import sys
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import click
import pytest

from syndicate.cli import deliveries_list, when
from syndicate.ledger import catalogue
from syndicate.ledger.catalogue import Selection
from syndicate.model import State

NOON = datetime(2026, 11, 29, 12, 0, tzinfo=UTC)


@pytest.fixture
def listed(desk):
    """Six posted stories, and a seventh that waits."""
    desk.config("masto", "bsky", extra="defaults: {image: photo}\n")
    desk.path.write_text(desk.path.read_text().replace("language: en", "language: en, timezone: Asia/Tokyo"))
    desk.site.publish(1)
    desk("post")
    desk.site.publish(3)
    desk("post")
    desk("accounts", "pause", "bsky")
    desk.site.publish(1)
    desk("post")
    return desk


def test_a_page_at_a_time_gives_every_row_once_in_order(ledger, clock, put, monkeypatch):
    monkeypatch.setattr(catalogue, "PAGE", 3)
    for number in range(1, 9):
        put(number, state="posted" if number % 2 else "due", planned_at=clock() - timedelta(hours=number // 3))
    rows = [*ledger.catalogue.oldest_first(Selection())]
    assert [row.key for row in rows] == [row.key for row in ledger.deliveries.search()]
    assert [*ledger.catalogue.newest_first(Selection())] == rows[::-1]
    for states in (("posted",), ("due",), ("posted", "due"), ("held",)):
        found = [*ledger.catalogue.oldest_first(Selection(states, ("masto",)))]
        assert found == [row for row in rows if row.state in states]
        assert ledger.catalogue.count(Selection(states), states) == len(found)
    recent = Selection(since=clock() - timedelta(hours=1), until=clock())
    assert [row for row in rows if clock() - timedelta(hours=1) <= row.planned_at < clock()] == [
        *ledger.catalogue.oldest_first(recent)
    ]


def test_the_newest_and_a_line_for_the_rest_on_a_terminal(listed, monkeypatch):
    def lines(*options):
        return click.unstyle(listed("deliveries", "list", *options).out).splitlines()

    whole = lines()
    assert len(whole) == 8
    monkeypatch.setattr(sys.stdout.__class__, "isatty", lambda _: True, raising=False)
    monkeypatch.setattr(deliveries_list, "SCREEN", 3)
    assert lines() == [*whole[-3:], "5 more, --all"]
    assert lines("--all") == whole
    assert lines("--limit", "5") == whole[-5:]
    posted = [line for line in whole if line.startswith("posted")]
    assert lines("--state", "posted") == [*posted[-3:], "4 more, --all"]
    assert lines("--state", "due") == whole[-1:]
    assert len(listed("deliveries", "list", "--json").rows) == 8


def test_json_has_every_row_in_planned_order_and_its_times(listed):
    rows = listed("deliveries", "list", "--json").rows
    assert [row["planned_at"] for row in rows] == sorted(row["planned_at"] for row in rows)
    assert all((row["posted_at"] is not None) == (row["state"] == "posted") for row in rows)
    assert {(row["revision"], row["part"]) for row in rows} == {(0, 0)}
    assert listed("deliveries", "list", "--json", "--limit", "2").rows == rows[-2:]
    article = rows[0]["article"]
    assert listed("deliveries", "list", "--json", "--article", article).rows == [
        row for row in rows if row["article"] == article
    ]
    assert listed("deliveries", "list", "--json", "--since", "1h").rows == rows
    assert listed("deliveries", "list", "--json", "--until", "1h").rows == []


def test_every_row_that_waits_says_for_what_and_every_time_its_zone(listed):
    *_, last = listed("deliveries", "list", "--account", "bsky").out.splitlines()
    assert last.startswith("due      bsky ")
    assert " JST  waits: paused by a person  (http" in last
    listed.path.write_text(listed.path.read_text().replace("platform: bluesky", "platform: bluesky, enabled: false"))
    [row] = listed("deliveries", "list", "--state", "due", "--json").rows
    assert row["reason"] == "paused"


@pytest.mark.parametrize(
    ("option", "value", "told"),
    [
        ("--since", "soon", "--since 'soon' is no date, time or span"),
        ("--until", "2026-13-01", "--until '2026-13-01' is no date, time or span"),
        ("--limit", "0", "0 is not in the range x>=1"),
        ("--article", "https://x.example/none", "no article has the address https://x.example/none"),
        ("--account", "nobody", "no account is called 'nobody'"),
    ],
)
def test_what_cannot_be_meant_is_one_line(desk, option, value, told):
    desk("post")
    run = desk("deliveries", "list", option, value)
    assert run.code != 0
    assert told in run.complaint


def test_an_end_before_its_beginning_is_refused(desk):
    desk("post")
    assert "is after --until" in desk("deliveries", "list", "--since", "today", "--until", "yesterday").complaint


@pytest.mark.parametrize(
    ("text", "since", "until"),
    [
        ("2h", "2026-11-29T19:00", "2026-11-29T19:00"),
        ("30m ago", "2026-11-29T20:30", "2026-11-29T20:30"),
        ("2026-11-28", "2026-11-28T00:00", "2026-11-29T00:00"),
        ("2026-11-28T10:00", "2026-11-28T10:00", "2026-11-28T10:00"),
        ("2026-11-28 10:00Z", "2026-11-28T19:00", "2026-11-28T19:00"),
        ("today", "2026-11-29T00:00", "2026-11-30T00:00"),
        ("yesterday", "2026-11-28T00:00", "2026-11-29T00:00"),
        ("14:30", "2026-11-29T14:30", "2026-11-29T14:30"),
    ],
)
def test_a_time_may_be_written_in_many_ways(text, since, until):
    tokyo = ZoneInfo("Asia/Tokyo")
    read = (when.since(text, "Asia/Tokyo", NOON), when.until(text, "Asia/Tokyo", NOON))
    assert read == tuple(datetime.fromisoformat(each).replace(tzinfo=tokyo) for each in (since, until))


@pytest.mark.parametrize("text", ["", "soon", "-2h", "24:30", "2026-11", "01/09/2026"])
def test_what_is_no_time_is_refused(text):
    with pytest.raises(click.UsageError):
        when.since(text, "UTC", NOON)


def test_every_state_can_be_asked_for():
    assert {*State.__args__, "deleted"} == set(deliveries_list.STATES)
