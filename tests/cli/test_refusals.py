"""What networks refuse, from the command line to the stand-in and back."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

NETWORKS = {"masto": "mastodon", "bsky": "bluesky", "x-main": "x", "fb": "facebook"}


@pytest.fixture
def refused(desk):
    """A run that announces stories on one account while its network has these faults."""

    def run(account, *faults, stories=1, settings="", command=("post", "--json")):
        desk.config(account, account=settings)
        desk("post")
        for _ in range(stories):
            desk.site.publish(1, photo=True)
        desk.sandbox.add_faults([{"platform": NETWORKS[account]} | fault for fault in faults])
        return desk(*command)

    return run


@pytest.mark.parametrize("fault", ["picture", "too_large"])
@pytest.mark.parametrize("account", NETWORKS)
def test_a_refused_picture_costs_the_picture_not_the_story(desk, refused, account, fault):
    run = refused(account, {"step": "upload", "fault": fault, "count": None})
    assert (run.code, [row["state"] for row in run.rows]) == (0, ["posted"])
    [post] = desk.sandbox.posts()
    assert post["media"] == []
    assert f"note: {account}: the picture is left out, since the network refused it" in run.err
    assert "<" not in run.err
    shown = desk("deliveries", "show", run.rows[0]["key"])
    assert "given up:   the picture is left out" in shown.out


@pytest.mark.parametrize("account", NETWORKS)
def test_a_picture_that_only_was_too_large_is_sent_smaller(desk, refused, account):
    run = refused(account, {"step": "upload", "fault": "too_large"})
    assert [row["state"] for row in run.rows] == ["posted"]
    assert "made smaller" in run.err
    assert len(desk.sandbox.posts()[0]["media"]) == 1


@pytest.mark.parametrize("account", NETWORKS)
def test_a_locked_account_is_paused_once_and_its_stories_wait(desk, refused, account):
    run = refused(account, {"step": "commit", "fault": "locked", "count": 2}, stories=3)
    assert run.code == 1
    assert {(row["state"], row["reason"]) for row in run.rows} == {("due", "auth")}
    assert desk.sandbox.posts() == []
    assert f"run syndicate accounts check {account}" in run.err


@pytest.mark.parametrize("account", NETWORKS)
def test_a_blocked_account_waits_as_a_whole_and_longer_each_time(desk, refused, account):
    run = refused(account, {"step": "commit", "fault": "blocked", "count": None}, stories=3)
    assert {(row["state"], row["reason"]) for row in run.rows} == {("due", "rate_limited")}
    asked = [each for each in desk.sandbox.requests() if each["step"] == "commit" and each["fault"] == "blocked"]
    assert len(asked) == 1
    wait = max(datetime.fromisoformat(row["due_at"]) for row in run.rows) - datetime.now().astimezone()
    long = account in ("x-main", "fb")  # these say that it is the account's trouble
    assert timedelta(seconds=40) < wait < (timedelta(minutes=61) if long else timedelta(minutes=1))
    assert (f"{account}: waits: " in run.err) == long


@pytest.mark.parametrize("account", NETWORKS)
def test_a_firewall_pauses_nothing_and_shows_no_page(desk, refused, account):
    run = refused(account, {"step": "commit", "fault": "firewall"})
    assert [(row["state"], row["reason"]) for row in run.rows] == [("due", "unavailable")]
    assert "paused" not in run.err
    assert "<" not in run.err


def test_a_picture_still_in_the_works_fails_nothing(desk, refused):
    run = refused("masto", {"step": "commit", "fault": "unprocessed"})
    assert [(row["state"], row["reason"]) for row in run.rows] == [("due", "unavailable")]
    assert [len(row["media"]) for row in run.rows] == [1]


@pytest.mark.parametrize(
    ("fault", "step", "words"),
    [("401", "login", ("app password", "`service`")), ("locked", "read", ("AccountDeactivated", "log in to the app"))],
)
def test_a_check_names_the_likely_cause_of_a_refused_login(desk, fault, step, words):
    desk.config("bsky")
    desk.sandbox.add_faults([{"platform": "bluesky", "step": step, "fault": fault, "count": None}])
    run = desk("accounts", "check")
    assert run.code == 1
    assert all(word in run.err for word in words)


def test_an_account_whose_handle_can_be_none_is_found_by_the_config_check(desk):
    desk.config("bsky")
    desk.path.write_text(desk.path.read_text().replace("handle: gazette.example", "handle: the_gazette"))
    run = desk("config", "check")
    assert run.code == 2
    assert "'the_gazette' is not a handle; a handle is a name such as gazette.bsky.social" in run.err
