"""What one screen says of the ledger."""

from __future__ import annotations

from syndicate.model import Account

FACE = Account("fb", "facebook")


def test_what_was_sent_without_an_answer_waits_as_well(ledger, put):
    for number, state in enumerate(("planned", "due", "sending", "unknown", "held", "posted", "skipped", "failed")):
        put(number, state=state)
    put(9, FACE, state="unknown")
    assert ledger.standing.waiting() == {"masto": 4, "fb": 1}
