"""What a publisher renames, removes or swaps in the config while articles wait."""

from __future__ import annotations

import json
import sys
import time

import pytest

from tests.worlds.desk import ACCOUNTS

RELAY = ACCOUNTS["masto"].replace("masto-token", "relay-token")
SENT = [("posted", None)]


@pytest.fixture
def newsroom(desk):
    """A desk with one article that went out, and two that are due."""
    desk.alerts = desk.folder / "alerts"
    writes = "import sys; open(sys.argv[1], 'a').write(sys.stdin.read())"
    desk.extra = f"alerts: {{command: {json.dumps([sys.executable, '-c', writes, str(desk.alerts)])}}}"
    desk.config("masto", extra=desk.extra)
    desk("post")
    desk.site.publish(1)
    desk("post")
    desk("accounts", "pause", "masto")
    desk.site.publish(2)
    desk("post")
    desk("accounts", "resume", "masto")
    return desk


def accounts(desk, **named):
    """Write the accounts of the config anew."""
    head = desk.path.read_text().partition("accounts:")[0]
    lines = [f"  {name}: {said.replace('URL', desk.sandbox.url)}" for name, said in named.items()]
    tail = f"defaults: {{image: none}}\n{desk.extra}\n"
    desk.path.write_text(head + ("accounts:\n" + "\n".join(lines) if lines else "") + "\n" + tail)


def rows(desk):
    return [(row["account"], row["state"], row["reason"]) for row in desk("deliveries", "list", "--json").rows]


def alerts(desk):
    said = desk.alerts.read_text().splitlines() if desk.alerts.exists() else []
    return [line for line in map(json.loads, said) if line.get("alert") in ("account_left", "another_login")]


def test_a_renamed_account_sends_what_waits_and_says_so_once(newsroom):
    accounts(newsroom, gazette=ACCOUNTS["masto"])
    run = newsroom("post")
    assert rows(newsroom) == [("gazette", "posted", None)] * 3
    assert "gazette: the login that was named masto" in run.err
    assert "named masto" not in newsroom("post").err
    assert (alerts(newsroom), len(newsroom.sandbox.posts())) == ([], 3)


def test_an_account_that_left_is_told_and_one_that_is_switched_off_has_not_left(newsroom):
    accounts(newsroom, masto=ACCOUNTS["masto"].replace("{", "{enabled: false, ", 1), hook=ACCOUNTS["hook"])
    newsroom("post")
    assert ("masto", "skipped", "account_left") not in rows(newsroom)
    accounts(newsroom, hook=ACCOUNTS["hook"])
    run = newsroom("post")
    assert rows(newsroom) == [("masto", "posted", None)] + [("masto", "skipped", "account_left")] * 2
    [alert] = alerts(newsroom)
    assert alert["alert"] == "account_left"
    assert alert["message"] in run.err
    newsroom("post")
    assert len(alerts(newsroom)) == 1
    accounts(newsroom, masto=ACCOUNTS["masto"], hook=ACCOUNTS["hook"])
    newsroom("post")
    assert rows(newsroom) == [("masto", "posted", None)] * 3


@pytest.mark.parametrize("first", ["post", "check"])
def test_a_token_of_another_login_gets_nothing_until_the_old_one_is_back(newsroom, first):
    accounts(newsroom, masto=RELAY)
    run = newsroom("post") if first == "post" else newsroom("accounts", "check")
    assert "masto: it leads to another login now (@account_" in run.err
    newsroom("post")
    assert rows(newsroom) == [("masto", "posted", None)] + [("masto", "skipped", "baseline")] * 2
    [alert] = alerts(newsroom)
    assert "2 articles that waited for the old one will not be sent; if that is a mistake" in alert["message"]
    newsroom.site.publish(1)
    newsroom("post")
    assert rows(newsroom)[3:] == [("masto", "posted", None)]
    accounts(newsroom, masto=ACCOUNTS["masto"])
    newsroom("post")
    assert rows(newsroom) == [("masto", "posted", None)] * 4
    stored = newsroom.folder.joinpath("syndicate.db").read_bytes()
    assert [secret for secret in (b"masto-token", b"relay-token") if secret in stored] == []


def test_what_has_no_answer_is_never_looked_up_nor_sent_by_another_login(newsroom):
    newsroom.sandbox.add_faults([{"step": "commit", "fault": "drop_after", "count": 2}])
    newsroom("post")
    before = len(newsroom.sandbox.posts())
    unknown = [row for row in rows(newsroom) if row[1] == "unknown"]
    accounts(newsroom, masto=RELAY)
    newsroom("post", "--wait", "1s")
    assert len(newsroom.sandbox.posts()) == before
    assert [row[1] for row in rows(newsroom)].count("held") == len(unknown) > 0


def test_a_new_name_with_a_new_token_is_asked_whose_it_is(newsroom, monkeypatch):
    monkeypatch.setattr("syndicate.platforms.mastodon.Mastodon.proof", staticmethod(lambda options: options.visibility))
    accounts(newsroom, masto=ACCOUNTS["masto"])
    newsroom("accounts", "check")
    accounts(newsroom, gazette=ACCOUNTS["masto"].replace("{", "{visibility: unlisted, ", 1))
    newsroom("post")
    assert rows(newsroom) == [("gazette", "posted", None)] * 3


@pytest.mark.parametrize("name", ["masto", "fb", "hook"])
def test_two_names_of_one_login_are_told_and_post_an_article_once(desk, name):
    desk.extra = ""
    accounts(desk, a=ACCOUNTS[name], b=ACCOUNTS[name])
    check = desk("config", "check")
    assert (check.code, check.err.startswith("a and b are one login")) == (1, True)
    desk("post")
    desk.site.publish(2)
    desk("post", "--wait", "1s")
    desk("post")
    assert len(desk.sandbox.posts()) == 2
    assert sorted(row[1:] for row in rows(desk)) == [("posted", None)] * 2 + [("skipped", "elsewhere")] * 2
    check = desk("accounts", "check")
    assert (check.code, "a and b are one login" in check.err) == (1, True)


def test_two_names_of_one_login_for_different_sections_are_no_mistake(desk):
    desk.extra = ""
    news, sport = (ACCOUNTS["masto"].replace("{", f"{{only: {{sections: [{name}]}}, ", 1) for name in ("News", "Sport"))
    accounts(desk, a=news, b=sport, c=RELAY)
    check = desk("config", "check")
    assert check.code == 0
    assert check.err == "a and b are one login: an article goes out as one of them, and is skipped on the others\n"


def test_a_lower_max_age_binds_what_waits(newsroom):
    accounts(newsroom, masto=ACCOUNTS["masto"].replace("{", "{max_age: 1s, ", 1))
    time.sleep(1.1)
    newsroom("post")
    assert {row for row in rows(newsroom) if row[1] != "posted"} == {("masto", "skipped", "too_old")}


def test_a_renamed_source_goes_on_where_it_stood(newsroom):
    newsroom("post")
    newsroom.site.publish(2)
    newsroom.path.write_text(newsroom.path.read_text().replace("  news:", "  newsroom:"))
    run = newsroom("post")
    assert "newsroom: the source that was named news; it goes on where that one stood" in run.err
    assert "first run" not in run.err
    assert rows(newsroom) == [("masto", "posted", None)] * 5
    assert newsroom("post").err == ""


def test_a_command_of_a_person_knows_the_new_names_before_any_run(desk):
    desk.extra = ""
    accounts(desk, masto=ACCOUNTS["masto"].replace("{", "{approve: true, ", 1))
    desk("post")
    desk.site.publish(1)
    desk("post")
    accounts(desk, gazette=ACCOUNTS["masto"].replace("{", "{approve: true, ", 1))
    approve = desk("deliveries", "approve", "--account", "masto")
    assert (approve.code, "gazette: planned → due" in approve.out) == (0, True)
    assert approve.err.startswith("note: gazette: the login that was named masto")
    desk("post")
    assert rows(desk) == [("gazette", "posted", None)]


def test_what_an_account_that_left_has_is_still_explained_and_cannot_be_acted_on(newsroom):
    accounts(newsroom, hook=ACCOUNTS["hook"])
    newsroom("post")
    key, link = (newsroom("deliveries", "list", "--json").rows[0][name] for name in ("key", "article"))
    [hook, masto] = newsroom("explain", link, "--json").rows
    assert (hook["account"], masto["account"], masto["state"]) == ("hook", "masto", "posted")
    run = newsroom("deliveries", "delete", key)
    assert (run.code, "the account 'masto' is not in the config" in run.err) == (1, True)
