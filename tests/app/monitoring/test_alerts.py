"""Alerts as they leave: one call a run, headline, link and command in each, a time that none may exceed."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from pathlib import Path
from typing import get_args

import pytest

from syndicate.app.monitoring import alerts
from syndicate.app.monitoring.alerts import observe, send_alerts, send_without_ledger
from syndicate.app.monitoring.ways import Alert, Ways, hand_over
from syndicate.ledger.notices import Condition, Event
from syndicate.model import APPROVABLE, Account
from tests.worlds.accounts import MASTO

DOCS = Path(__file__).parents[3] / "docs" / "operations"
ONE = Alert({"alert": "login"}, "syndicate: masto", "refused")


@pytest.fixture
def heard(tmp_path):
    """A command that keeps what it is told, each call as a list of its lines."""

    def told():
        calls = (tmp_path / "told").read_text(encoding="utf-8") if (tmp_path / "told").exists() else ""
        return [[json.loads(line) for line in call.splitlines() if line] for call in calls.split("call\n")[1:]]

    told.command = ["sh", "-c", f"echo call >> {tmp_path}/told; cat >> {tmp_path}/told"]
    told.ways = Ways(tuple(told.command))
    return told


def test_a_run_tells_all_in_one_call_each_with_headline_link_and_command(desk, heard):
    desk.config("hook", account=", on_unknown: hold", extra=f"alerts: {{command: {json.dumps(heard.command)}}}")
    desk("post")
    desk.sandbox.add_faults([{"platform": "webhook", "step": "commit", "fault": "drop_before", "count": None}])
    stories = desk.site.publish(3)
    desk("post", "--wait", "1s")
    [call] = heard()
    assert {(line["title"], line["article"], line["state"]) for line in call} == {
        (story.title, desk.site.link(story), "held") for story in stories
    }
    for line in call:
        assert line["command"] == f"syndicate deliveries resolve {line['key'][:8]} --sent URL or --not-sent"
        assert line["title"] in line["message"]
        assert line["article"] in line["message"]
    desk("post")
    assert len(heard()) == 1


def test_what_was_dropped_is_one_alert_for_each_account_and_cause(ledger, clock, put, heard):
    face = Account("fb", "facebook")
    for number, account, reason in [
        (1, MASTO, "template"),
        (2, MASTO, "template"),
        (3, MASTO, None),
        (1, face, "auth"),
    ]:
        put(number, account, reason=reason, expires_at=clock(), error=reason and f"said of {reason}")
    ledger.backlog.expire(clock())
    assert send_alerts(ledger, heard.ways) == send_alerts(ledger, heard.ways) == []
    [call] = heard()
    found = {(line["subject"], line["reason"]): line for line in call}
    assert {key: len(line["articles"]) for key, line in found.items()} == {
        ("masto", "template"): 2,
        ("masto", "no_run"): 1,
        ("fb", "auth"): 1,
    }
    line = found["masto", "template"]
    assert line["alert"] == "lapsed"
    assert "its template cannot be rendered: said of template" in line["message"]
    assert "“Story 1” https://gazette.example/1, “Story 2” https://gazette.example/2" in line["message"]
    assert line["command"] == "syndicate post --article URL"


def test_half_of_its_time_is_warned_of_once_with_the_cause_and_what_follows_when_it_is_over(ledger, clock, put, heard):
    row = put(1, reason="unavailable", expires_at=clock() + timedelta(hours=12, seconds=1), error="refused")
    assert observe(ledger, [MASTO], []) == []
    clock.move(seconds=1)
    [told] = observe(ledger, [MASTO], [])
    assert told == (
        "masto: articles that have waited for half of max_age: 1 (the network could not be reached: refused);"
        " the first is dropped at 2026-11-24 00:00 UTC; run syndicate accounts check masto"
    )
    assert observe(ledger, [MASTO], []) == []
    send_alerts(ledger, heard.ways)
    ledger.decisions.skip(row, clock())
    assert observe(ledger, [MASTO], []) == []
    send_alerts(ledger, heard.ways)
    send_alerts(ledger, heard.ways)
    [[warning], [over]] = heard()
    assert (warning["alert"], warning["subject"], warning["reason"]) == ("expiring", "masto", "unavailable")
    assert (over["alert"], over["of"], over["reason"]) == ("all_clear", "expiring", "unavailable")
    assert over["until"] == "2026-11-23T12:00:01Z"


def test_what_was_warned_of_and_dropped_is_no_all_clear(ledger, clock, put, heard):
    put(1, reason="template", expires_at=clock() + timedelta(hours=1))
    observe(ledger, [MASTO], [])
    send_alerts(ledger, heard.ways)
    clock.move(hours=1)
    ledger.backlog.expire(clock())
    observe(ledger, [MASTO], [])
    send_alerts(ledger, heard.ways)
    assert [[line["alert"] for line in call] for call in heard()] == [["expiring"], ["lapsed"]]


def test_a_long_wait_that_a_server_asks_for_is_told_at_once_and_a_short_one_is_not(ledger, clock, heard):
    for name, hours in (("news", 24), ("sport", 5)):
        ledger.sources.ensure(name, f"https://{name}.example/rss")
        until = clock() + timedelta(hours=hours)
        ledger.sources.failed(name, "answers 503", next_poll_at=until, retry_at=until, at=clock())
    observe(ledger, [], ["news", "sport"])
    send_alerts(ledger, heard.ways)
    clock.move(hours=24)
    observe(ledger, [], ["news", "sport"])
    send_alerts(ledger, heard.ways)
    [[wait], [over]] = heard()
    assert (wait["alert"], wait["subject"]) == ("source_waits", "news")
    assert "until 2026-11-24 12:00 UTC" in wait["message"]
    assert (over["alert"], over["of"]) == ("all_clear", "source_waits")


def test_approvals_can_be_left_for_later_so_that_more_come_together(ledger, clock, put, heard):
    put(1, state="planned", reason="approval", due_at=None)
    observe(ledger, [MASTO], [])
    send_alerts(ledger, heard.ways, asks=False)
    assert heard() == []
    put(2, state="planned", reason="approval", due_at=None)
    send_alerts(ledger, heard.ways)
    send_alerts(ledger, heard.ways)
    [[line]] = heard()
    assert [each["title"] for each in line["articles"]] == ["Story 1", "Story 2"]


def test_a_command_that_takes_too_long_is_ended_with_all_it_started_and_told_again(ledger, clock, tmp_path, heard):
    ledger.notices.happened("source_gap", "news", "may be missing", clock())
    slow = Ways(("sh", "-c", "sleep 60 & wait"))
    for _ in range(4):  # more often than a command may fail
        assert send_alerts(ledger, slow, patience=0.1) == ["alerts.command: took longer than 0 s; it is tried again"]
    assert send_alerts(ledger, heard.ways) == []
    assert [[line["alert"] for line in call] for call in heard()] == [["source_gap"]]


def test_a_failing_command_is_named_and_stops_nothing(tmp_path):
    assert hand_over(Ways(("false",)), [ONE], 30).faults == ("alerts.command: false ended with status 1",)
    missing = str(tmp_path / "none")
    assert hand_over(Ways((missing,)), [ONE], 30).faults == (f"alerts.command: {missing}: No such file or directory",)
    assert hand_over(Ways(("true",)), [ONE] * 5000, 30).faults == ()  # it does not read what it is told


def test_an_alert_needs_no_ledger(clock, heard):
    assert send_without_ledger(heard.ways, "ledger", "syndicate.db", "its disk is full", clock()) == []
    assert heard() == [
        [
            {
                "alert": "ledger",
                "subject": "syndicate.db",
                "message": "its disk is full",
                "since": "2026-11-23T12:00:00Z",
            }
        ]
    ]
    assert send_without_ledger(Ways(), "ledger", "syndicate.db", "its disk is full", clock()) == []


# The pages for whoever is woken up


def test_the_runbook_has_a_heading_for_every_alert():
    headings = re.findall(r"^## `(\w+)`", (DOCS / "runbook.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert len(headings) == len(set(headings))
    assert {*get_args(Condition), *get_args(Event), *APPROVABLE, *alerts.OTHER_KINDS} <= set(headings)
