"""Posts that the publisher's own command writes, as real processes over a real ledger: asked once, whatever happens."""

from __future__ import annotations

import json
import threading
from dataclasses import replace
from datetime import timedelta
from types import SimpleNamespace

import pytest

from syndicate import errors
from syndicate.app import text_commands
from syndicate.app.renderer import LazyRenderer
from syndicate.app.text_commands import TextCommands
from syndicate.delivery import decisions
from syndicate.delivery.deliver import deliver
from syndicate.delivery.next import deliver_next
from syndicate.errors import RenderError
from syndicate.model import Limits, Site, TextCommand
from syndicate.serialization import article_record, freeze
from tests.waiting import wait_for
from tests.worlds.newsroom import TERMS, Newsroom

ONCE = "echo call >> calls; cat > asked; echo Words $(wc -l < calls)"
"""A command that writes another text each time."""


@pytest.fixture
def room(ledger, clock, tmp_path, article):
    """A newsroom whose account has a command; `room.story` is published, `room.calls` counts calls."""

    def make(words=ONCE, **account):
        command = TextCommand(("sh", "-c", words))
        made = Newsroom(ledger, clock, **{"image": "none", "text": command} | account)
        config = SimpleNamespace(
            lease=TERMS.lease, of=lambda _: SimpleNamespace(path=tmp_path / "config.yaml"), sites={}
        )
        made.commands = TextCommands(config, ledger)
        made.renderer = LazyRenderer(
            Site("Gazette", "https://gazette.example/"), None, lambda: None, writes=made.commands.of
        )
        made.warnings = []

        def step(gate):
            def carry(due):
                after, told = deliver(due.key, made.lane, ledger, made.renderer.approved(due), TERMS, gate)
                made.warnings += told
                return after, told

            return deliver_next(made.account, ledger, gate, carry, ledger.deliveries.next_due)

        made.step = step
        made.calls = lambda: (tmp_path / "calls").read_text().count("call") if (tmp_path / "calls").exists() else 0
        made.story = article(1, published=clock())
        made.publish(made.story)
        renderers.append(made)
        return made

    renderers = []
    yield make
    for made in renderers:
        made.renderer.close()
        made.commands.close()


def text_of(room):
    [text] = room.network.posts.values()
    return text


def test_it_gets_the_article_and_its_text_is_posted_with_the_link(room, tmp_path):
    room = room()
    room.run()
    assert text_of(room) == f"Words 1\n\n{room.story.url}"
    asked = (tmp_path / "asked").read_text()
    assert asked.endswith("}\n")
    more = {"account": "acct", "network": "fake", "limit": 500, "link": room.story.url}
    assert json.loads(asked) == article_record(room.story) | more
    assert room.warnings == []
    assert room.commands.notes == ["acct: text.command was called for 1 post"]


@pytest.mark.parametrize("certainty", ["keyed", "lookup"])
@pytest.mark.parametrize(
    "faults",
    [
        [errors.Unavailable("503")],
        [errors.RateLimited("slow down", retry_after=30)],
        [errors.Uncertain("no answer"), None, errors.Uncertain("no answer")],
        [errors.TextRefused("too long")],
    ],
    ids=["unavailable", "limited", "no answer", "refused"],
)
def test_a_retry_says_the_same_and_asks_nobody(room, clock, certainty, faults):
    room = room()
    room.network.certainty = certainty
    room.network.find = lambda *_: None
    room.network.script = list(faults)
    room.network.measure = lambda text: max(0, len(text) - 20)  # so that what is refused as too long can be shortened
    for _ in range(12):
        room.run()
        clock.move(minutes=5)
    assert text_of(room).startswith("Words 1")
    assert room.calls() == 1


def test_what_was_approved_goes_out_although_it_would_be_written_otherwise_now(room, ledger):
    room = room(approve=True)
    assert room.run() == []

    def render(one):
        return freeze(room.renderer.rendered(one, room.lane, ledger))

    approved = decisions.approve(room.only(), render, ledger)
    assert approved.post["text"].startswith("Words 1")
    room.run()
    assert text_of(room).startswith("Words 1")
    assert room.calls() == 1


def test_an_article_that_was_edited_meanwhile_is_written_anew(room, clock, ledger):
    room = room(approve=True)
    room.run()

    def render(one):
        return freeze(room.renderer.rendered(one, room.lane, ledger))

    looked_at, _ = render(room.only())
    room.publish(replace(room.story, title="Another title", updated=clock()))
    approved = decisions.approve(room.only(), render, ledger)
    room.run()
    assert looked_at["text"].startswith("Words 1")
    assert text_of(room) == approved.post["text"]
    assert text_of(room).startswith("Words 2")


def test_an_edit_that_changes_nothing_for_the_command_edits_nothing(room, clock):
    room = room(on_edit="edit")
    room.run()
    for title, calls in (("Another title", 2), ("Another title", 2)):
        clock.move(minutes=10)
        room.publish(replace(room.story, title=title, updated=clock()))
        room.run()
        assert room.calls() == calls
    assert text_of(room).startswith("Words 2")
    assert room.network.requests.count("edit") == 1


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("echo the model is away >&2; exit 3", "sh ended with status 3: the model is away"),
        ("kill -9 $$", "sh ended with status -9"),
        ("printf ' \\n\\t'", "sh printed nothing"),
        ("printf 'caf\\351'", "sh printed what is not UTF-8"),
        ("yes", "sh printed more than 100000 bytes, and was ended"),
        ("sleep 600 & sleep 600", "sh took longer than 0.3 s, and was ended"),
    ],
)
def test_where_it_fails_the_template_writes_and_a_warning_tells(room, monkeypatch, words, told):
    monkeypatch.setattr(text_commands, "PATIENCE", 0.3 if "sleep" in words else 30.0)
    room = room(words)
    room.run()
    assert text_of(room).startswith(room.story.title)
    assert f"text.command: {told}; the template writes the text" in room.warnings


def test_a_program_that_is_not_there_is_told(room):
    room = room(text=TextCommand(("./nobody",)))
    room.run()
    assert text_of(room).startswith(room.story.title)
    [told] = room.warnings
    assert "no such file" in told


def test_the_time_is_half_a_claim_at_most(ledger):
    config = SimpleNamespace(lease=timedelta(seconds=20))
    assert TextCommands(config, ledger)._patience == 10


def test_a_run_that_ends_posts_no_other_text_instead(room, tmp_path):
    room = room("echo call >> calls; sleep 600")
    running = threading.Thread(target=room.run)
    running.start()
    assert wait_for(lambda: room.calls() == 1)
    room.commands.close()
    running.join()
    assert room.network.posts == {}
    row = room.only()
    assert (row.state, row.reason) == ("due", "template")
    with pytest.raises(RenderError, match="ending"):
        room.renderer.rendered(row, room.lane, room.ledger)


def test_nothing_is_claimed_while_it_writes(room, ledger, tmp_path):
    room = room("cat > asked; while [ ! -e go ]; do sleep 0.02; done; echo Words")
    running = threading.Thread(target=room.run)
    running.start()
    assert wait_for((tmp_path / "asked").exists)
    state = room.only().state
    (tmp_path / "go").touch()
    running.join()
    assert state == "due"
    assert text_of(room).startswith("Words")


def test_of_two_who_asked_at_once_both_say_what_the_first_said(room, ledger):
    room = room()
    row = room.only()
    record, account = room.story, room.account
    first = room.commands.of(row)(record, account, "fake", limit=500, link=None)
    again = room.commands.of(row)(record, account, "fake", limit=300, link="https://x.example/")
    assert (first, again.text) == (again, "Words 1")
    late = replace(first, text="Words 2")
    assert ledger.kept_words.keep(row, late) == first


def test_what_is_too_long_is_cut_and_told(room):
    room = room("for n in $(seq 200); do echo word; done")
    room.network.limits = Limits(text=100)
    room.run()
    assert text_of(room).endswith(f"…\n\n{room.story.url}")
    assert len(text_of(room)) <= 100
    assert room.warnings == ["text.command: what it wrote is too long, and was cut"]
