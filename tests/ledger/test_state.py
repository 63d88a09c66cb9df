"""What a state file says of a delivery: what was begun, and got no answer yet, may be out."""

from __future__ import annotations

import pytest

from syndicate.ledger.state import post_fact


@pytest.mark.parametrize(
    ("state", "draft", "told"),
    [
        ("sending", {"link": "u"}, "unknown"),
        ("sending", None, "due"),
        ("planned", {"link": "u"}, "planned"),
        ("due", None, "due"),
        ("unknown", {"link": "u"}, "unknown"),
        ("held", {"link": "u"}, "held"),
        ("posted", {"link": "u"}, "posted"),
        ("failed", None, "failed"),
    ],
)
def test_only_what_is_being_sent_is_told_as_what_may_be_out_or_was_not_begun(ledger, put, state, draft, told):
    row = put(1, state=state, draft=draft)
    stored = ledger.database.row("SELECT * FROM delivery WHERE key = :key", key=row.key)
    fact = post_fact(stored)
    assert (fact["post"], fact["account"], fact["state"]) == (row.key, "masto", told)
