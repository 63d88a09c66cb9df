"""Runs on a machine that forgets: the ledger is gone each time, the state file is kept, or nothing at all is."""

from __future__ import annotations

import json
import re
from collections import Counter
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from syndicate.app.state_file import StateFile
from syndicate.cli import cli
from syndicate.net import whole_file

EXTRA = "state: syndicate-state.jsonl\ndefaults: {image: none}"


@pytest.fixture
def newsroom(desk):
    desk.config("masto", extra=EXTRA)
    desk.state = desk.folder / "syndicate-state.jsonl"
    first = desk("post")
    assert first.code == 0, first.err
    return desk


def forget(desk):
    for file in desk.folder.glob("syndicate.db*"):
        file.unlink()


def posts(desk):
    return Counter((post["platform"], post["link"] or post["text"].split()[-1]) for post in desk.sandbox.posts())


def cut(desk, monkeypatch):
    """A run that sends, and is gone before it writes down that it did."""
    with monkeypatch.context() as patch:
        patch.setattr(StateFile, "save", lambda *_, **__: None)
        assert desk("post").code == 0
    forget(desk)


def test_ten_runs_of_which_one_is_cut_each_story_once(newsroom, monkeypatch):
    for number in range(10):
        newsroom.site.publish(number % 3)
        forget(newsroom)
        if number == 5:
            cut(newsroom, monkeypatch)
        run = newsroom("post")
        assert run.code == 0, run.err
    before = newsroom.state.read_bytes()
    forget(newsroom)
    assert newsroom("post").rows == []
    assert newsroom.state.read_bytes() == before, "and nothing to commit where nothing happened"
    assert len(posts(newsroom)) == sum(number % 3 for number in range(10))
    assert set(posts(newsroom).values()) == {1}
    assert "masto-token" not in newsroom.state.read_text()


def test_with_no_state_at_all_what_the_account_shows_says_where_to_go_on(newsroom, monkeypatch):
    newsroom.site.publish(1)
    newsroom("post")
    for _ in range(2):
        newsroom.site.publish(1)
        forget(newsroom)
        newsroom.state.unlink(missing_ok=True)
        monkeypatch.setenv("CI", "true")
        run = newsroom("post", "--json")
        assert [row["reason"] for row in run.rows].count(None) == 1, run.err  # the new one; the others are there
        assert {row["state"] for row in run.rows} == {"posted"}
        assert "masto had stories of it: newer ones are announced" in run.err
    assert sorted(posts(newsroom).values()) == [1, 1, 1]


@pytest.mark.parametrize("extra", [EXTRA, "recover: off"], ids=["nobody shows anything", "nobody is asked"])
def test_a_machine_that_would_never_post_anything_says_so(desk, monkeypatch, extra):
    monkeypatch.setenv("CI", "true")
    desk.config("masto", extra=extra)
    desk.site.publish(1)
    run = desk("post")
    assert (run.code, run.rows) == (2, [])
    assert run.complaint.startswith("this machine forgets")
    assert not (desk.folder / "syndicate-state.jsonl").exists()


def test_a_network_that_cannot_be_asked_gets_a_story_twice_under_no_circumstances(newsroom, monkeypatch):
    newsroom.config("hook", extra=EXTRA)
    newsroom("post")
    for begins, state in ((True, "posted"), (False, "held")):
        newsroom.site.publish(1)
        forget(newsroom)
        if begins:
            assert newsroom("db", "state").code == 0
        run = newsroom("post", "--json")
        assert [row["state"] for row in run.rows] == [state], run.err
    for row in newsroom("deliveries", "list", "--json").rows:
        if row["state"] == "held":
            assert newsroom("deliveries", "resolve", row["key"], "--not-sent").code == 0
    newsroom("post")
    newsroom.site.publish(1)
    forget(newsroom)
    newsroom("db", "state")
    pushed = newsroom.state.read_bytes()
    assert b'"run":"under way"' in pushed
    cut(newsroom, monkeypatch)
    newsroom.state.write_bytes(pushed)  # the machine is gone
    newsroom("db", "state")
    assert [row["state"] for row in newsroom("post", "--json").rows] == ["held"]
    assert b'"run"' not in newsroom.state.read_bytes()
    assert set(posts(newsroom).values()) == {1}


@pytest.fixture
def asked_nothing(newsroom):
    """A workflow to a network that cannot be asked, of which a run is about to post three stories."""
    newsroom.config("hook", extra=EXTRA)
    newsroom("post")
    newsroom.site.publish(3)
    forget(newsroom)
    newsroom("db", "state")
    return newsroom


def test_what_a_cut_run_wrote_down_as_it_went_is_known_and_the_rest_goes_out(asked_nothing, monkeypatch):
    cut(asked_nothing, monkeypatch)
    text = asked_nothing.state.read_text()
    told = [json.loads(line)["sent"] for line in text.splitlines() if line.startswith('{"sent"')]
    states = [(fact["post"], fact["state"]) for facts in told for fact in facts if "post" in fact]
    assert [state for key, state in states if key == states[0][0]] == ["unknown", "posted"], "before and after"
    assert len({key for key, _ in states}) == 3
    # In the midst of writing that the last one leaves: so it did not. Here it did, and is there twice.
    asked_nothing.state.write_text(text[: text.rindex('"state":"unknown"')])
    before = len(asked_nothing.sandbox.posts())
    begun = asked_nothing("db", "state")
    assert begun.code == 0, begun.err
    run = asked_nothing("post", "--json")
    assert [row["state"] for row in run.rows] == ["posted"], run.err
    assert len(asked_nothing.sandbox.posts()) == before + 1


def test_the_one_post_whose_answer_a_cut_run_did_not_hear_is_held_and_no_other(asked_nothing, monkeypatch):
    cut(asked_nothing, monkeypatch)
    text = asked_nothing.state.read_text()
    last = [line for line in text.splitlines(keepends=True) if line.startswith('{"sent":[{"post"')][-1]
    asked_nothing.state.write_text(text.replace(last, ""))
    forget(asked_nothing)
    asked_nothing("deliveries", "list")  # whoever looks meanwhile does not make it forgotten
    forget(asked_nothing)
    asked_nothing("db", "state")
    asked_nothing.site.publish(1)
    run = asked_nothing("post", "--json")
    assert sorted(row["state"] for row in run.rows) == ["held", "posted"], run.err
    assert set(posts(asked_nothing).values()) == {1}
    forget(asked_nothing)
    asked_nothing("db", "state")
    assert asked_nothing("post", "--json").rows == []


def test_a_run_that_was_lost_keeps_its_stories_in_doubt_until_they_are_too_old(asked_nothing, monkeypatch):
    """The run after it may not even read the source."""
    pushed = asked_nothing.state.read_bytes()
    cut(asked_nothing, monkeypatch)
    asked_nothing.state.write_bytes(pushed)
    asked_nothing("db", "state")
    asked_nothing.site.status = 503
    assert asked_nothing("post").code == 1
    assert b'"run"' not in asked_nothing.state.read_bytes()
    assert b'{"doubt":"hook"' in asked_nothing.state.read_bytes()
    asked_nothing.site.status = 200
    forget(asked_nothing)
    asked_nothing("db", "state")
    assert {row["state"] for row in asked_nothing("post", "--json").rows} == {"held"}
    assert set(posts(asked_nothing).values()) == {1}


def test_where_the_state_cannot_be_written_at_the_last_moment_nothing_is_sent(asked_nothing, monkeypatch):
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(whole_file, "append", full)
        run = asked_nothing("post")
    assert run.code == 1
    assert "cannot be written: No space left on device" in run.err
    assert asked_nothing.sandbox.posts() == []
    assert asked_nothing("post", "--wait", "2s").code == 0
    assert sorted(posts(asked_nothing).values()) == [1, 1, 1]


def test_what_waits_for_a_person_waits_on_the_next_machine_too(newsroom):
    newsroom.site.publish(12)
    assert "waiting for your approval" in newsroom("post").err
    forget(newsroom)
    newsroom.site.publish(0)
    assert newsroom("deliveries", "approve", "--reason", "burst").code == 0
    forget(newsroom)
    run = newsroom("post")
    assert run.code == 0, run.err
    assert sorted(posts(newsroom).values()) == [1] * 12


BAD = {
    "a newer version": (lambda text: text.replace('state":1', 'state":2', 1), "newer version"),
    "conflict marks": (lambda text: text.replace("\n", "\n<<<<<<< HEAD\n", 1), "line 2: conflict marks"),
    "cut off": (lambda text: text[: len(text) // 2], "cut off"),
    "empty": (lambda _: "", "first line"),
    "no facts": (lambda text: text.replace("\n", '\n{"post":"x"}\n', 1), "line 2 is no fact"),
    "an article is missing": (
        lambda text: "".join(line for line in text.splitlines(keepends=True) if not line.startswith('{"article"')),
        "a line is missing",
    ),
}


@pytest.mark.parametrize("why", BAD)
def test_a_state_file_that_cannot_be_used_stops_the_run_before_anything(newsroom, why):
    newsroom.site.publish(1)
    newsroom("post")
    spoil, said = BAD[why]
    text = newsroom.state.read_text()
    newsroom.state.write_text(spoil(text))
    forget(newsroom)
    newsroom.site.publish(1)
    run = newsroom("post")
    assert (run.code, run.out) == (2, "")
    assert said in run.complaint
    assert newsroom.state.read_text() == spoil(text)
    newsroom.state.write_text(text)
    assert newsroom("post").code == 0
    assert sorted(posts(newsroom).values()) == [1, 1]


def test_a_state_file_that_cannot_be_written_or_read_stops_the_run_before_anything(newsroom):
    newsroom.site.publish(1)
    newsroom.state.chmod(0o444)
    assert "cannot be written: it is read-only" in newsroom("post").complaint
    newsroom.state.unlink()
    newsroom.state.mkdir()
    run = newsroom("post")
    assert (run.code, run.out) == (2, "")
    assert "cannot be read" in run.complaint
    assert newsroom.sandbox.posts() == []


def test_a_dry_run_reads_the_state_and_writes_none(newsroom):
    newsroom.site.publish(2)
    before = newsroom.state.read_bytes()
    forget(newsroom)
    run = newsroom("post", "--dry-run", "--json")
    assert [row["state"] for row in run.rows] == ["due", "due"]
    assert newsroom.state.read_bytes() == before
    assert json.loads(before.splitlines()[0]) == {"syndicate-state": 1}


def test_a_server_keeps_its_own(desk):
    desk.config("masto", extra=f"{EXTRA}\ndatabase: postgresql://nobody@nowhere.example/none")
    run = desk("config", "check")
    assert (run.code, "state: is for a ledger in a file" in run.err) == (2, True)


def test_without_the_secret_in_a_sources_address_its_baseline_stays_in_the_file(newsroom, monkeypatch):
    monkeypatch.setenv("FEED_KEY", "rss.xml")
    text = newsroom.path.read_text().replace("/rss.xml", "/${FEED_KEY}")
    newsroom.path.write_text(text)
    assert newsroom("post").code == 0
    before = newsroom.state.read_bytes()
    assert b"rss.xml" not in before
    forget(newsroom)
    monkeypatch.delenv("FEED_KEY")
    assert newsroom("deliveries", "list").code == 0
    assert newsroom.state.read_bytes() == before
    monkeypatch.setenv("FEED_KEY", "rss.xml")
    newsroom.site.publish(1)
    run = newsroom("post")
    assert run.code == 0, run.err
    assert sorted(posts(newsroom).values()) == [1]


@pytest.mark.parametrize("name", ["github.yml", "gitlab.yml"])
def test_the_workflows_call_commands_that_there_are(name):
    text = (Path(__file__).parents[2] / "examples" / "ci" / name).read_text()
    YAML(typ="safe").load(text)
    called = re.findall(r"(?:run:|-|then) syndicate ([a-z ]*[a-z])((?: --[a-z]+ [^ ;]+)*)", text)
    assert [words for words, _ in called][-4:] == ["db new", "db state", "post", "preview"]
    for words, options in called:
        command = cli
        for word in words.split():
            command = command.get_command(None, word)
            assert command is not None, words
        known = {option for parameter in command.params for option in parameter.opts}
        assert set(re.findall(r"--[a-z]+", options)) <= known


def test_the_file_gets_shorter_and_what_was_posted_stays_known_with_its_address(newsroom):
    newsroom.site.publish(3)
    newsroom("post")
    before, listed = newsroom.state.read_bytes(), newsroom("deliveries", "export").out
    assert "permalink" in before.decode()
    pruned = newsroom("db", "prune", "--older", "0s", "--json")
    assert pruned.code == 0, pruned.err
    after = newsroom.state.read_bytes()
    assert pruned.rows[0]["state_freed_bytes"] == len(before) - len(after) > 100
    for _ in range(2):
        forget(newsroom)
        assert newsroom("post").rows == []
        assert newsroom.state.read_bytes() == after
    assert json.loads(newsroom("deliveries", "export").out).keys() == json.loads(listed).keys()
    assert [each["url"] for each in exported(newsroom("deliveries", "export").out)] == [
        each["url"] for each in exported(listed)
    ]
    assert sorted(posts(newsroom).values()) == [1, 1, 1]


def exported(text):
    return [post for article in json.loads(text).values() for post in article]
