"""`syndicate status`: what needs a person first, all on one screen, and exit 1 only then."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import click
import pytest

from syndicate.app.instance_lock import claim_instance
from syndicate.app.monitoring.status import AccountStatus, LedgerStatus, Need, SourceStatus, Status
from syndicate.app.runs import RealRun
from syndicate.app.wiring import App, load
from syndicate.cli.status_screen import screen
from syndicate.ledger.pauses import Pause
from syndicate.ledger.standing import DroppedCount

NIGHT = datetime(2026, 11, 30, 3, 12, tzinfo=UTC)
ACCOUNTS = ("masto", "bsky", "fb", "x-main", "hook")


def shown(desk) -> tuple[int, str]:
    run = desk("status")
    assert run.err == ""
    assert max(map(len, click.unstyle(run.out).splitlines())) <= 80 or "no ledger" in run.out
    return run.code, click.unstyle(run.out)


def status(desk):
    return desk("status", "--json").rows[0]


def needs(desk):
    return {(need["kind"], need["subject"]): need["command"] for need in status(desk)["needs"]}


def ledger(desk, *statements):
    with closing(sqlite3.connect(desk.folder / "syndicate.db")) as database, database:
        for each in statements:
            database.execute(each)


@pytest.fixture
def house(desk, monkeypatch):
    """Five accounts, one story out."""
    monkeypatch.setenv("COLUMNS", "80")
    desk.config(*ACCOUNTS)
    desk.site.publish(1)
    desk("post")
    desk.site.publish(1)
    desk("post")
    return desk


def test_without_a_ledger_it_says_so_in_a_line_and_makes_none(desk):
    code, said = shown(desk)
    assert code == 0
    [line] = said.splitlines()
    assert line.startswith("no ledger yet (")
    found = status(desk)
    assert (found["ledger"]["schema"], found["sources"][0]["state"]) == (None, "new")
    assert not (desk.folder / "syndicate.db").exists()


def test_a_quiet_house_needs_nobody(house):
    code, said = shown(house)
    assert code == 0
    assert "Nothing needs you." in said
    assert "✓ news  good · last read " in said
    assert said.count("✓") == 6
    found = status(house)
    assert not found["needs_person"]
    assert {each["state"] for each in found["accounts"]} == {"posts"}
    assert all(each["last_post_at"] for each in found["accounts"])
    assert found["ledger"]["bytes"] > 0
    assert found["ledger"]["daemon"] is None


def test_a_bad_day_is_listed_with_the_commands_that_help(house):
    faults = [("facebook", "401"), ("webhook", "drop_after"), ("x", "429")]
    house.sandbox.add_faults(
        [{"platform": name, "step": "commit", "fault": fault, "count": None} for name, fault in faults]
    )
    house.site.publish(1)
    house("post")
    house.site.publish(12)
    house("post")
    house("accounts", "pause", "masto", "--for", "2h")
    house("accounts", "pause", "--word", "election")
    found = needs(house)
    assert found["login", "fb"] == "syndicate accounts check fb"
    assert found["burst", "news"] == "syndicate deliveries approve --reason burst --source news"
    assert found["held", "hook"].startswith("syndicate deliveries resolve ")
    accounts = {each["account"]: each for each in status(house)["accounts"]}
    assert (accounts["fb"]["state"], accounts["fb"]["why"], accounts["fb"]["waiting"]) == ("paused", "auth", 13)
    assert (accounts["masto"]["why"], accounts["masto"]["until"] is not None) == ("person", True)
    assert (accounts["x-main"]["state"], accounts["x-main"]["why"]) == ("waits", "rate_limited")
    code, said = shown(house)
    assert code == 1
    assert said.splitlines()[2] == "3 things need you"
    assert "paused until " in said
    assert "articles with 'election' since " in said
    for command in found.values():
        assert command in said


def test_a_source_that_cannot_be_read_is_told_since_when(house):
    house.site.status = 503
    for _ in range(3):
        house("post")
    [source] = status(house)["sources"]
    assert (source["state"], source["failures"]) == ("failing", 3)
    assert source["last_good_at"] <= source["failing_since"] < source["next_poll_at"]
    assert needs(house) == {("source_failing", "news"): "syndicate articles --source news"}
    assert "✗ news  cannot be read since " in shown(house)[1]
    house.site.status = 200
    house("post")
    [source] = status(house)["sources"]
    assert (source["state"], source["failing_since"], source["error"]) == ("good", None, None)


def test_what_failed_or_cannot_be_rendered_needs_somebody_and_old_failures_do_not(house):
    house.site.publish(1)
    house("accounts", "pause", "--all")
    house("post")
    assert {each["why"] for each in status(house)["accounts"]} == {"all"}
    house("accounts", "resume", "--all")
    ledger(
        house,
        "UPDATE delivery SET state = 'failed', reason = 'rejected', error = 'no' WHERE state = 'due'"
        " AND account IN ('masto', 'bsky')",
        "UPDATE delivery SET reason = 'template', error = 'x.j2:1: no title' WHERE state = 'due' AND account = 'fb'",
        f"UPDATE delivery SET updated_at = {int(NIGHT.timestamp())} WHERE account = 'bsky'",
    )
    found = needs(house)
    assert set(found) == {("failed", "masto"), ("template", "fb")}
    assert found["failed", "masto"].startswith("syndicate deliveries retry ")


def test_what_was_dropped_today_is_counted_by_account_and_cause(house):
    house("accounts", "pause", "masto")
    house.site.publish(3)
    house("post")
    ledger(house, "UPDATE delivery SET expires_at = 1 WHERE state = 'due'")
    house("post")
    assert status(house)["dropped"] == [{"account": "masto", "reason": "too_old", "waited_for": "paused", "count": 3}]
    assert "✗ masto  3: older than max_age (waits: paused by a person)" in shown(house)[1]
    ledger(house, "UPDATE delivery SET updated_at = updated_at - 86400000000")
    assert status(house)["dropped"] == []


def test_a_running_daemon_is_named(house):
    with claim_instance(house.folder / "syndicate.db"):
        assert status(house)["ledger"]["daemon"].startswith("process ")
        assert "daemon runs (process " in shown(house)[1]
    assert status(house)["ledger"]["daemon"] is None


def test_a_large_house_stays_on_a_screen(monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    long = "a-source-with-a-rather-long-name-{:03}"
    sources = [SourceStatus(long.format(number), "good", NIGHT, NIGHT) for number in range(180)]
    sources += [
        SourceStatus(long.format(number), "failing", None, NIGHT, NIGHT - timedelta(days=9), 41, "HTTP 503 " * 20)
        for number in range(20)
    ]
    accounts = [AccountStatus(f"account-{number}", "mastodon", "posts", waiting=1000) for number in range(40)]
    accounts += [
        AccountStatus(f"bad-{number}", "x", "waits", "rate_limited", None, NIGHT, "the quota is spent " * 9)
        for number in range(12)
    ]
    lines = screen(
        Status(
            NIGHT,
            "Europe/Lisbon",
            "The Example Gazette " * 3,
            sources,
            accounts,
            [Pause("word" * 30, NIGHT, None)],
            [Need("burst", long.format(number), "m" * 200, None) for number in range(30)],
            [DroppedCount("account-1", "too_old", "rate_limited", 12_345)] * 30,
            LedgerStatus(Path("/srv/syndicate/" + "deep/" * 20), 7 * 10**9, 12, NIGHT),
        )
    )
    plain = [click.unstyle(line) for line in lines]
    assert max(map(len, plain)) <= 80, max(plain, key=len)
    assert len(plain) < 80
    assert "  ✓ 180 others are good · last read 03:12 · next 03:12" in plain
    assert "    and 10 more: 10 failing" in plain
    assert "    and 22 more: syndicate status --json" in plain
    assert "  ✓ 40 others post · last post – · 40,000 waiting" in plain


def test_two_hundred_titles_are_a_line_each_those_with_trouble_first(monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    names = [f"the-sunday-courier-{number:03}" for number in range(200)]
    posts = [AccountStatus(f"{name}/{which}", "x", "posts", waiting=1) for name in names[3:] for which in ("a", "b")]
    bad = [
        AccountStatus(f"{names[0]}/a", "x", "paused", "auth", NIGHT, waiting=4, last_post_at=NIGHT),
        AccountStatus(f"{names[0]}/b", "x", "posts"),
        AccountStatus(f"{names[1]}/a", "x", "waits", "rate_limited", None, NIGHT, "the quota is spent"),
    ]
    sources = [SourceStatus(f"{name}/news", "good") for name in names[3:]]
    sources += [SourceStatus(f"{names[1]}/news", "failing", failures=3), SourceStatus(f"{names[2]}/news", "quiet")]
    needs = [Need("login", f"{names[0]}/a", "its login was refused", None), Need("config", "post", "left out", None)]
    ledger = LedgerStatus(Path("/srv/l.db"))
    lines = screen(Status(NIGHT, "Europe/Lisbon", "A Group", sources, [*posts, *bad], (), needs, (), ledger))
    plain = [click.unstyle(line) for line in lines]
    assert max(map(len, plain)) <= 80, max(plain, key=len)
    start = plain.index("Titles  201 · one of them: syndicate status --site NAME")
    assert plain[start + 1 : start + 7] == [
        f"  ✗ {names[0]}  1 of 2 accounts paused · 4 waiting · last post 03:12",
        f"  ✗ {'post':<22}  left out: its config has a mistake · last post –",
        f"  … {names[1]}  1 of 1 account held up · 1 of 1 source failing · la…",
        f"  … {names[2]}  1 of 1 source quiet · last post –",
        "  ✓ 197 others are good · last post – · 394 waiting",
        "",
    ]
    assert len(plain) < 24


def test_a_source_that_is_quiet_says_since_when_and_needs_nobody(house):
    now = int(datetime.now(UTC).timestamp() * 1e6)
    house.site.publish(9)
    house("post")
    ledger(house, f"UPDATE article SET published_at = {now} - 500000000000 - 60000000 * position")
    [source] = status(house)["sources"]
    assert source["state"] == "quiet"
    assert source["quiet_since"] < source["last_good_at"]
    assert "source_quiet" not in {kind for kind, _ in needs(house)}
    assert "… news  nothing new since " in shown(house)[1]


def test_an_account_that_looks_before_it_posts_says_so(house):
    house.config("masto", account=", approve: true")
    house.site.publish(1)
    house("post")
    with App(RealRun(load(house.path, {}), {})) as app:
        app.ledger.recovery.ask_by_hand()
    account = next(each for each in status(house)["accounts"] if each["account"] == "masto")
    assert (account["state"], account["why"], account["waiting"]) == ("waits", "recover", 1)
    assert "… masto  looks before it posts" in shown(house)[1]
