"""A line of the log is one line, for whatever is told in it."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from syndicate.app.monitoring.events import line, writer
from syndicate.app.monitoring.ways import Alert, Ways, hand_over
from syndicate.control_characters import ACTING

AT = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
EVIL = "http://a/\x1b]0;PWNED\x07\x9b31m\u202e\u2028"
SHOWN = "http://a/\\x1b]0;PWNED\\x07\\x9b31m\\u202e\\u2028"


@pytest.fixture
def told():
    """The line of an event with these fields."""

    def run(as_json=False, **fields):
        lines = []
        writer(lines.append, lambda: AT, as_json=as_json)("delivery.posted", **fields)
        return lines[0]

    return run


def test_a_word_that_would_act_on_a_terminal_is_shown_by_its_numbers(told):
    assert told(permalink=EVIL) == f"2026-11-23T12:00:00Z delivery.posted permalink={SHOWN}"
    assert line("delivery.posted", {"permalink": EVIL}) == f"delivery.posted permalink={SHOWN}"
    assert told(error="two\nlines\x1b") == '2026-11-23T12:00:00Z delivery.posted error="two\\nlines\\\\x1b"'


def test_who_reads_the_json_is_told_the_same(told):
    said = told(as_json=True, permalink=EVIL, path=Path("a\x1b"), found=["\x9b", {"x": "\u202e"}], many=2)
    assert json.loads(said) == {
        "time": "2026-11-23T12:00:00Z",
        "event": "delivery.posted",
        "permalink": SHOWN,
        "path": "a\\x1b",
        "found": ["\\x9b", {"x": "\\u202e"}],
        "many": 2,
    }


def test_an_alert_is_as_clean_for_the_command(tmp_path):
    into = tmp_path / "alerts"
    alert = Alert({"article": EVIL, "articles": [{"title": "\x1b"}]}, "title", "body")
    outcome = hand_over(Ways(["/bin/sh", "-c", f"cat > {into}"]), [alert], 30)
    assert outcome.faults == ()
    assert json.loads(into.read_text("utf-8")) == {"article": SHOWN, "articles": [{"title": "\\x1b"}]}


def test_an_alert_is_as_clean_for_people(monkeypatch):
    apprise = pytest.importorskip("apprise")
    sent = []
    monkeypatch.setattr(apprise.Apprise, "notify", lambda _, body, title: sent.append((title, body)) or True)
    hand_over(Ways(urls=["json://127.0.0.1:9/"]), [Alert({}, "subject\n\x1b", "two\nlines\x9b")], 30)
    assert sent == [("subject\\n\\x1b", "two\nlines\\x9b")]
    assert not ACTING.search("".join(sent[0]))
