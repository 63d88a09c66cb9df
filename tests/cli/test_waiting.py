"""Hours, approval, pauses, preflight, edits and deletions, as a publisher types them."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta

import pytest


def closed():
    """A window of two hours, twelve hours from now: shut whenever this runs, in UTC."""
    start = datetime.now(UTC) + timedelta(hours=12)
    return f"{start:%a} {start:%H}:00-{start + timedelta(hours=1):%a} {start + timedelta(hours=1):%H}:30"


@pytest.fixture
def began(desk):
    """After the first run, with `extra` put into the account."""

    def make(account="", *names, source="", extra=""):
        desk.config(*(names or ["masto"]), account=account, source=source, extra=extra)
        desk.site.publish(1)
        desk("post")
        return desk

    return make


def test_outside_its_window_a_story_waits_and_that_is_no_error(began):
    window = closed()
    desk = began(f", schedule: {{windows: '{window}', timezone: UTC}}")
    [story] = desk.site.publish(1)
    run = desk("post", "--json")
    [row] = run.rows
    assert (run.code, row["state"], row["reason"], row["attempts"]) == (0, "due", "window", 0)
    assert row["due_at"].endswith(":00:00Z")
    assert desk.sandbox.posts() == []
    assert "waits for the account's hours, " in desk("post").out + desk("deliveries", "list").out
    explained = desk("explain", desk.site.link(story)).out
    assert "… schedule" in explained
    assert f"windows {window}; not before {row['due_at']}, by windows" in explained


def test_a_mended_schedule_lets_it_out_with_the_next_run(began):
    desk = began(f", schedule: {{windows: '{closed()}', timezone: UTC}}")
    desk.site.publish(2)
    desk("post")
    desk.config("masto")
    assert [row["state"] for row in desk("post", "--json").rows] == ["posted", "posted"]


def test_a_dry_run_shows_the_post_and_when_it_would_go(began):
    desk = began(f", schedule: {{windows: '{closed()}', timezone: UTC}}")
    desk.site.publish(1)
    [row] = desk("post", "--dry-run", "--json").rows
    assert (row["state"], row["reason"]) == ("due", "window")
    assert row["text"].startswith("Story 1 of the harbour")
    assert "waits for the account's hours" in desk("preview").out


def test_spacing_lets_one_out_and_wait_waits_for_the_next(began):
    desk = began(", schedule: {spacing: 1h}")
    desk.site.publish(2)
    rows = desk("post", "--json").rows
    assert sorted(row["state"] for row in rows) == ["due", "posted"]
    desk.config("masto", account=", schedule: {spacing: 4s}")
    assert [row["state"] for row in desk("post", "--wait", "2m", "--json").rows] == ["posted"]


def test_approval_shows_binds_and_lets_out(began):
    desk = began(", approve: true")
    [story] = desk.site.publish(1)
    run = desk("post", "--json")
    assert (run.code, run.rows[0]["state"], run.rows[0]["reason"]) == (0, "planned", "approval")
    key = run.rows[0]["key"][:8]
    [shown] = desk("deliveries", "show", key, "--json").rows
    assert shown["text"].startswith("Story 1 of the harbour")
    approved = desk("deliveries", "approve", key, "--digest", shown["digest"][:16])
    assert (approved.code, approved.out) == (0, f"{key} masto: planned → due\n")
    assert shown["text"] in approved.err
    assert [row["state"] for row in desk("post", "--json").rows] == ["posted"]
    assert desk.texts() == [shown["text"]]
    again = desk("deliveries", "approve", key)
    assert again.code == 1
    assert f"{key} is posted; approve needs a delivery that is planned" in again.err
    assert story.title in desk.texts()[0]


def test_a_changed_post_is_not_what_was_approved(began):
    desk = began(", approve: true")
    [story] = desk.site.publish(1)
    [row] = desk("post", "--json").rows
    [shown] = desk("deliveries", "show", row["key"], "--json").rows
    story.title = "Quite another headline"
    desk("post")
    refused = desk("deliveries", "approve", row["key"], "--digest", shown["digest"])
    assert refused.code == 1
    assert "has changed since you looked" in refused.err
    desk("deliveries", "approve", row["key"])
    story.title = "And another one"
    run = desk("post", "--json")
    assert run.code == 0
    assert desk.sandbox.posts() == []
    assert [(each["state"], each["reason"]) for each in desk("deliveries", "list", "--json").rows] == [
        ("planned", "approval")
    ]
    told = desk("explain", desk.site.link(story)).out
    assert "it changed since it was approved, syndicate deliveries approve " in told


def test_everything_a_word_or_an_account_can_be_paused(began):
    desk = began("", "masto", "bsky")
    assert desk("accounts", "pause", "--all").out == "everything: paused\n"
    desk.site.publish(1)
    paused = desk("post")
    assert (paused.code, desk.sandbox.posts()) == (0, [])
    assert "masto: paused with everything else" in paused.err
    assert "hint: run syndicate accounts resume --all" in paused.err
    assert desk("accounts", "resume", "--all").out == "everything: resumed\n"
    desk("accounts", "pause", "--word", "tulips")
    desk.site.publish(1, title="Tulips in bloom", slug="tulips")
    assert {row["state"] for row in desk("post", "--json").rows} == {"posted", "due"}
    assert len(desk.sandbox.posts()) == 2
    assert "articles with 'tulips' are paused" in desk("explain", f"{desk.site.url}/news/tulips.html").out
    assert desk("accounts", "resume", "--word", "TULIPS").out == "articles with 'TULIPS': resumed\n"
    assert {row["state"] for row in desk("post", "--json").rows} == {"posted"}


def test_a_pause_can_end_by_itself(began):
    desk = began()
    assert "masto: paused until 20" in desk("accounts", "pause", "masto", "--for", "1h").out
    desk.site.publish(1)
    assert [row["state"] for row in desk("post", "--json").rows] == ["due"]
    with closing(sqlite3.connect(desk.folder / "syndicate.db")) as ledger, ledger:  # an hour later
        ledger.execute("UPDATE account SET paused_until = paused_until - 3600000000")
    assert [row["state"] for row in desk("post", "--json").rows] == ["posted"]


@pytest.mark.parametrize("name", ["X_KEY", "HOOK_URL"])
def test_a_pause_or_a_preview_where_no_secret_is_set_leaves_the_account_as_it_was(began, monkeypatch, name):
    """As in a shell of a person, while the daemon's secrets are in its unit file."""
    monkeypatch.setenv("X_KEY", "key1")
    monkeypatch.setenv("HOOK_URL", "https://hook.example/webhook/in")
    account, text = {"X_KEY": ("x-main", "key1"), "HOOK_URL": ("hook", "'https://hook.example/webhook/in'")}[name]
    desk = began(f", schedule: {{windows: '{closed()}', timezone: UTC}}", account)
    desk.path.write_text(desk.path.read_text().replace(text, f'"${{{name}}}"'))
    desk.site.publish(1)
    assert desk("post", "--json").rows[0]["reason"] == "window"
    monkeypatch.delenv(name)
    assert len(desk("preview", "--json").rows) == 1
    assert desk("accounts", "pause", account).code == 0
    assert desk("accounts", "resume", account).code == 0
    monkeypatch.setenv(name, "key1" if name == "X_KEY" else "https://hook.example/webhook/in")
    [row] = desk("post", "--json").rows
    assert (row["state"], row["reason"]) == ("due", "window")


@pytest.mark.parametrize(
    ("account", "before", "after"),
    [
        ("masto", "https://social.example", "https://Social.example/"),
        ("bsky", "gazette.example,", "'@Gazette.example',"),
        ("x-main", "4711-old", "4711-new"),
    ],
)
def test_another_spelling_or_a_new_token_of_the_same_login_changes_nothing(began, account, before, after):
    desk = began(f", schedule: {{windows: '{closed()}', timezone: UTC}}", account)
    desk.path.write_text(desk.path.read_text().replace("key3", "4711-old"))
    desk("post")
    desk.site.publish(1)
    assert desk("post", "--json").rows[0]["reason"] == "window"
    desk.path.write_text(desk.path.read_text().replace(before, after))
    assert [(row["state"], row["reason"]) for row in desk("post", "--json").rows] == [("due", "window")]


def test_a_pause_names_what_it_pauses(desk):
    for words in (("accounts", "pause"), ("accounts", "resume"), ("accounts", "pause", "--word", " ")):
        run = desk(*words)
        assert run.code == 2
        assert "Error: " in run.err


def test_a_story_whose_page_is_not_there_waits(began):
    desk = began()
    [story] = desk.site.publish(1)
    desk.site.link = lambda story: f"{desk.site.url}/elsewhere/{story.slug}"
    run = desk("post", "--json")
    assert (run.code, run.rows[0]["state"], run.rows[0]["reason"]) == (0, "planned", "preflight")
    where = desk.site.link(story)
    assert "its page answers 404" in desk("explain", where).out
    assert desk.sandbox.posts() == []
    approved = desk("deliveries", "approve", run.rows[0]["key"])
    assert approved.code == 0
    assert [row["state"] for row in desk("post", "--json").rows] == ["posted"]


def test_nobody_looks_where_preflight_is_off(began):
    desk = began(source=", preflight: off")
    desk.site.publish(1)
    desk.site.link = lambda story: f"{desk.site.url}/elsewhere/{story.slug}"
    assert [row["state"] for row in desk("post", "--json").rows] == ["posted"]
    assert not any(path.startswith("/elsewhere") for path, _ in desk.site.requests)


def test_an_edited_story_edits_its_posts_where_that_is_asked(began):
    desk = began(", on_edit: edit", "masto", "fb", "x-main")
    [story] = desk.site.publish(1)
    desk("post")
    story.title = "A better headline"
    rows = desk("post", "--json").rows
    assert {(row["account"], row["action"], row["state"]) for row in rows} == {
        ("masto", "edit", "posted"),
        ("fb", "edit", "posted"),
        ("x-main", "edit", "skipped"),
    }
    texts = {post["platform"]: post["text"] for post in desk.sandbox.posts()}
    assert len(desk.sandbox.posts()) == 3
    assert "A better headline" in texts["mastodon"]
    assert "A better headline" in texts["facebook"]
    assert "A better headline" not in texts["x"]
    explained = desk("explain", desk.site.link(story)).out
    assert explained.count("✓ edit") == 2
    assert "skipped: unchanged, x cannot edit posts" in explained
    assert "edited   masto" in desk("deliveries", "list").out
    assert desk("post", "--json").rows == []


def test_a_wrong_post_is_deleted_once_and_stays_deleted(began):
    desk = began("", "masto", "hook")
    desk.site.publish(1)
    rows = {row["account"]: row["key"][:8] for row in desk("post", "--json").rows}
    deleted = desk("deliveries", "delete", rows["masto"])
    assert (deleted.code, deleted.out) == (0, f"{rows['masto']} masto: deleted\n")
    assert [post["platform"] for post in desk.sandbox.posts()] == ["webhook"]
    assert desk("deliveries", "delete", rows["masto"]).code == 0
    refused = desk("deliveries", "delete", rows["hook"])
    assert refused.code == 1
    assert "webhook cannot delete posts" in refused.err
    desk("post")
    assert len(desk.sandbox.posts()) == 1


def test_only_what_is_out_can_be_deleted(began):
    desk = began(", approve: true")
    desk.site.publish(1)
    [row] = desk("post", "--json").rows
    refused = desk("deliveries", "delete", row["key"])
    assert refused.code == 1
    assert "is planned; delete needs a delivery that is posted" in refused.err


@pytest.mark.parametrize(
    ("account", "words"),
    [
        (", schedule: {windows: 'Mon 25:00-26:00'}", "'25:00' is no time of day"),
        (", schedule: {windows: ['Mon 08:00-10:00', 'Mon 09:00-11:00']}", "overlap"),
        (", schedule: {quiet: '00:00-24:00'}", "nothing can ever be posted"),
        (", schedule: {timezone: Lisbon}", "did you mean 'Europe/Lisbon'?"),
        (", schedule: {per_day: 0}", "has to be at least 1, and is 0"),
        (", schedule: {spacing: 10}", "a duration needs a unit"),
        (", schedule: {breaking: now}", "'now' is none of wait, at once"),
        (", budget: {monthly_usd: 50}", "mastodon charges nothing for posts"),
        (", budget: {monthly_usd: 0}", "has to be more than 0"),
        (", on_edit: maybe", "'maybe' is none of ignore, edit"),
    ],
)
def test_a_senseless_setting_is_one_line_with_its_place(desk, account, words):
    desk.config("masto", account=account)
    run = desk("post")
    assert run.code == 2
    said = [line for line in run.err.splitlines() if not line.startswith("  ")]
    assert all("config.yaml:5:" in line for line in said), run.err
    assert any(words in line for line in said)
