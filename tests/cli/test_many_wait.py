"""Many posts wait for one account: a run says so once, and does not read each of them."""

from datetime import UTC, datetime, timedelta

import pytest

from syndicate.ledger import backlog
from syndicate.ledger.deliveries import Deliveries

NUMBER = 12


def closed():
    """Hours that are neither now nor soon."""
    opens = datetime.now(UTC) + timedelta(hours=6)
    return f"{opens:%H}:00-{opens:%H}:59"


@pytest.fixture
def waiting(desk):
    """An account whose hours are closed while many stories came."""
    window = f", schedule: {{windows: '{closed()}', timezone: UTC}}"
    desk.config("masto", account=window, source=", burst: off, similar: post")
    desk.site.publish(1)
    desk("post")
    desk.site.publish(NUMBER)
    return desk


def test_one_line_says_that_many_wait_and_for_what(waiting):
    run = waiting("post")
    [line] = run.out.splitlines()
    assert (run.code, run.err) == (0, "")
    assert line.startswith(f"due      masto  {NUMBER} wait: waits for the account's hours, until ")
    again = waiting("post")
    assert (again.code, len(again.out.splitlines()), again.err) == (0, 1, "")


def test_for_a_program_each_of_them_is_a_record(waiting):
    rows = waiting("post", "--json").rows
    assert {(row["state"], row["reason"]) for row in rows} == {("due", "window")}
    assert len({row["key"] for row in rows}) == len(rows) == NUMBER


def test_a_few_are_listed_one_by_one(desk):
    desk.config("masto", account=f", schedule: {{windows: '{closed()}', timezone: UTC}}")
    desk.site.publish(1)
    desk("post")
    desk.site.publish(5)
    assert len([line for line in desk("post").out.splitlines() if "/news/story-" in line]) == 5


def test_of_those_that_go_out_and_those_that_wait_each_says_what_it_is(desk):
    desk.config("masto", account=", schedule: {spacing: 1h}", source=", burst: off, similar: post")
    desk.site.publish(1)
    desk("post")
    desk.site.publish(NUMBER)
    posted, waits = desk("post").out.splitlines()
    assert posted.startswith("posted   masto")
    assert waits.startswith(f"due      masto  {NUMBER - 1} wait: ")


def test_a_paused_account_is_one_line_and_exit_0(waiting):
    waiting("post")
    waiting("accounts", "pause", "masto")
    run = waiting("post")
    assert (run.code, len(run.out.splitlines())) == (0, 1)


@pytest.fixture
def throttled(desk, monkeypatch):
    """An account whose network asked to wait while many stories came, more than are marked at a time."""
    monkeypatch.setattr(backlog, "MARKED", 3)
    desk.config("masto", source=", burst: off, similar: post")
    desk.site.publish(1)
    desk("post")
    desk.site.publish(NUMBER)
    desk.sandbox.add_faults([{"step": "commit", "fault": "429", "count": None}])
    return desk


def test_a_network_that_asks_to_wait_is_one_line_however_many_wait(throttled):
    first = throttled("post")
    assert (first.code, len(first.out.splitlines())) == (1, 2)  # the one that was tried, and those behind it
    assert f"masto  {NUMBER} wait: " in first.out
    run = throttled("post")
    assert (run.code, len(run.out.splitlines())) == (1, 1)
    assert f"masto  {NUMBER} wait: the network asked us to wait, until " in run.out
    assert len(throttled("post", "--json").rows) == NUMBER


def test_the_work_of_a_pass_is_not_that_of_each_that_waits(throttled, monkeypatch):
    throttled("post")
    found, find = [], Deliveries.find
    monkeypatch.setattr(Deliveries, "find", lambda self, key: found.append(key) or find(self, key))
    throttled("post")
    assert len(found) < 6
