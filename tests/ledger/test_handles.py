"""Which account has a handle is known for a day, on its network alone, and not by a clock that was wrong."""

from __future__ import annotations

from datetime import timedelta

HANDLES = ("ana.example", "bo.example")


def test_an_answer_is_known_for_a_day_on_its_network(ledger, clock):
    handles = ledger.handles
    assert handles.known("bluesky", HANDLES, clock()) == {}
    handles.found("bluesky", {"ana.example": "did:plc:ana"}, clock())
    assert handles.known("bluesky", HANDLES, clock()) == {"ana.example": "did:plc:ana"}
    assert handles.known("other", HANDLES, clock()) == handles.known("bluesky", (), clock()) == {}
    assert handles.known("bluesky", HANDLES, clock() + timedelta(hours=23, minutes=59)) != {}
    assert handles.known("bluesky", HANDLES, clock() + timedelta(days=1)) == {}
    assert handles.known("bluesky", HANDLES, clock() - timedelta(hours=1)) == {}


def test_a_new_answer_takes_the_place_of_the_old_one_and_what_is_over_is_removed(ledger, clock):
    handles = ledger.handles
    handles.found("bluesky", {"ana.example": "did:plc:ana", "bo.example": "did:plc:bo"}, clock())
    later = clock() + timedelta(days=1, seconds=1)
    handles.found("bluesky", {"ana.example": "did:plc:heir"}, later)
    assert handles.known("bluesky", HANDLES, later) == {"ana.example": "did:plc:heir"}
    left = ledger.database.rows("SELECT name FROM meta WHERE name LIKE 'handle %'")
    assert [row["name"] for row in left] == ["handle bluesky ana.example"]
    handles.forget("bluesky", "ana.example")
    assert handles.known("bluesky", HANDLES, later) == {}
