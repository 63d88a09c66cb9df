"""What the parts of the program have noted is told once."""

from types import SimpleNamespace

from syndicate.app.wiring import App


def test_notes_of_the_ledger_names_and_logins_are_given_once():
    app = SimpleNamespace(
        ledger=SimpleNamespace(notes=["key"]),
        rounds=SimpleNamespace(notes=["source"]),
        lanes=SimpleNamespace(notes=["login"]),
        _given=set(),
    )
    assert App.new_notes(app) == ["key", "source", "login"]
    app.ledger.notes.append("log")
    assert App.new_notes(app) == ["log"]
