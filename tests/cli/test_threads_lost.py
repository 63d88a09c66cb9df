"""Threads whose ledger is lost in their middle: what is out is recognised, and the rest goes on from the state file."""

from __future__ import annotations

import pytest

from syndicate.app.state_file import StateFile
from tests.worlds.long_stories import BODY, chains, feed

SIZE = 4


@pytest.fixture
def lost(desk):
    """A desk with one account, of which a thread is cut at its post of this number."""

    def make(account, fault, out):
        more = f"threads: {{posts: {SIZE - 1}}}, link: reply"
        rules = f"state: syndicate-state.jsonl\ndefaults: {{image: none, hashtags: 0, {more}}}"
        desk.config(account, extra=rules, source=", preflight: off")
        desk.site.raw = feed(desk.site)
        begun = desk("post")
        assert begun.code == 0, begun.err
        desk.site.raw = feed(desk.site, BODY)
        desk.sandbox.add_faults([{"step": "commit", "fault": fault, "after": out, "count": None}])
        return desk

    return make


def forget(desk):
    """The ledger is gone, and the network answers again."""
    desk.sandbox.faults.set([])
    for file in desk.folder.glob("syndicate.db*"):
        file.unlink()


def whole(desk, size=SIZE):
    """The whole thread is there, once."""
    [texts] = chains(desk.sandbox.posts()).values()
    assert len(texts) == size, texts
    assert len(set(texts)) == size


@pytest.mark.parametrize("out", [1, 2])
@pytest.mark.parametrize("ends", [True, False])
def test_a_ledger_made_from_the_state_file_goes_on_with_the_thread(lost, monkeypatch, out, ends):
    """`ends`: the run writes the state file as it ends; else it has only appended to it what it sent."""
    desk = lost("masto", "drop_after", out)
    with monkeypatch.context() as patch:
        if not ends:
            patch.setattr(StateFile, "save", lambda *_, **__: None)
        desk("post")
    assert len(desk.sandbox.posts()) == out + 1
    assert '"thread":{' in (desk.folder / "syndicate-state.jsonl").read_text(encoding="utf-8")
    forget(desk)
    run = desk("post")
    assert run.code == 0, run.err
    whole(desk)
    assert '"thread"' not in (desk.folder / "syndicate-state.jsonl").read_text(encoding="utf-8")
    forget(desk)
    assert desk("post").code == 0
    whole(desk)
