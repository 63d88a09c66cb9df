"""How far the words of old articles are still to be compressed."""

from __future__ import annotations

from datetime import timedelta

from syndicate.ledger.database import micros
from syndicate.ledger.packing import Packing


def test_what_is_left_are_the_numbers_up_to_the_last_article_that_was_seen_before(ledger, clock, put):
    packing, later = Packing(ledger.database), micros(clock() + timedelta(days=1))
    assert packing.left(later) == 0
    put(1), put(2)
    assert packing.left(later) == 2
    assert packing.left(0) == 0
