"""What is rendered anew keeps nothing of an earlier try, and a late receipt counts whatever became of its claim."""

from __future__ import annotations

from datetime import timedelta

import pytest

LEASE = timedelta(seconds=60)
KEPT = {"post": {"text": "x"}, "draft": {"text": "x"}, "prepared": {"half": 1}}


@pytest.mark.parametrize("fresh", [True, False])
def test_what_is_sent_again_is_as_it_was_or_begun_anew(ledger, clock, put, fresh):
    row = put(1, state="unknown", committed_at=clock(), **KEPT)
    looked_up = ledger.claims.claim_lookup(row, now=clock(), lease=LEASE)
    assert ledger.outcomes.again(looked_up, due_at=clock(), fresh=fresh, now=clock())
    left = ledger.deliveries.find(row.key)
    assert [left.post, left.draft, left.prepared] == ([None] * 3 if fresh else [*KEPT.values()])
    assert left.committed_at == (None if fresh else clock())
