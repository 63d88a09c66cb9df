"""Edits and deletions in the state file: what a killed run had begun is finished by the next one, on a new ledger."""

from __future__ import annotations

import pytest

from syndicate.app.state_file import StateFile
from syndicate.net import whole_file
from tests.waiting import PATIENCE, wait_for

STATE = "state: syndicate-state.jsonl"


@pytest.fixture
def posted(desk):
    """A story that is out on one account; the key of its post."""
    desk.config("masto", extra=STATE, account=", on_edit: edit", source=", preflight: off")
    assert desk("post").code == 0
    desk.site.publish(1)
    assert desk("post").code == 0
    [row] = desk("deliveries", "list", "--json").rows
    return row["key"]


def forget(desk):
    for file in desk.folder.glob("syndicate.db*"):
        file.unlink()


def gone(desk):
    """The next run, on a new ledger, has done the deletion, and knows of it ever after."""
    for _ in range(2):
        forget(desk)
        assert desk("post").code == 0
        assert desk.sandbox.posts() == []
        found = {(row["action"], row["state"], row["reason"]) for row in desk("deliveries", "list", "--json").rows}
        assert found == {("post", "posted", "deleted"), ("delete", "posted", None)}


def test_a_deletion_that_is_killed_without_an_answer_is_done_by_the_next_run(desk, posted):
    desk.sandbox.add_faults([{"step": "delete", "fault": "slow", "seconds": PATIENCE}])
    process = desk.start("deliveries", "delete", posted)
    assert wait_for(lambda: desk.sandbox.posts() == [])
    process.kill()
    process.communicate(timeout=PATIENCE)
    desk.sandbox.faults.set([])
    gone(desk)


def test_a_deletion_that_did_not_get_through_before_the_run_was_killed_is_done_by_the_next_one(
    desk, posted, monkeypatch
):
    desk.sandbox.add_faults([{"step": "delete", "fault": "drop_before"}])
    with monkeypatch.context() as patch:
        patch.setattr(StateFile, "save", lambda *_, **__: None)
        assert desk("deliveries", "delete", posted).code == 1
    assert len(desk.sandbox.posts()) == 1
    gone(desk)


def test_nothing_is_deleted_where_the_file_cannot_be_written(desk, posted, monkeypatch):
    def full(*_, **__):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(whole_file, "append", full)
        refused = desk("deliveries", "delete", posted)
    assert refused.code == 1
    assert "syndicate-state.jsonl cannot be written: No space left on device" in refused.complaint
    assert len(desk.sandbox.posts()) == 1
    assert desk("post").code == 0  # it is planned still
    assert desk.sandbox.posts() == []


def test_a_deletion_and_a_post_sent_again_are_known_where_the_run_never_wrote_the_file(desk, posted, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(StateFile, "save", lambda *_, **__: None)
        assert desk("deliveries", "delete", posted).code == 0
    forget(desk)
    assert desk("post", "--json").rows == []
    assert desk.sandbox.posts() == []
    [post] = [row for row in desk("deliveries", "list", "--json").rows if row["action"] == "post"]
    assert (post["state"], post["reason"]) == ("posted", "deleted")
    assert desk("deliveries", "repost", posted).code == 0
    assert len(desk.sandbox.posts()) == 1


def test_an_edit_is_known_where_the_run_never_wrote_the_file(desk, posted, monkeypatch):
    desk.site.stories[0].title = "The harbour is closed"
    with monkeypatch.context() as patch:
        patch.setattr(StateFile, "save", lambda *_, **__: None)
        assert desk("post").code == 0
    assert "The harbour is closed" in desk.texts()[0]
    told = (desk.folder / "syndicate-state.jsonl").read_text(encoding="utf-8")
    edits = [line for line in told.splitlines() if '"action":"edit"' in line]
    assert any('"state":"due"' in line for line in edits)
    assert any('"state":"posted"' in line for line in edits)
    forget(desk)
    assert desk("post").code == 0
    assert [(row["action"], row["state"]) for row in desk("deliveries", "list", "--json").rows] == [
        ("post", "posted"),
        ("edit", "posted"),
    ]
    assert len(desk.sandbox.posts()) == 1
