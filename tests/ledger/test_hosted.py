"""Which pictures were put where everyone can fetch them, and since when."""

from __future__ import annotations

from datetime import timedelta

from syndicate.ledger.hosted import Hosted

TICK = timedelta(microseconds=1)


def test_a_file_is_there_since_it_was_put_last(ledger, clock):
    hosted, first = Hosted(ledger.database), clock()
    hosted.put("a.png", first)
    assert hosted.has("a.png", first - TICK)
    assert not hosted.has("a.png", first)
    assert not hosted.has("b.png", first - TICK)
    hosted.put("b.png", first)
    hosted.put("a.png", first + TICK)
    assert (hosted.has("a.png", first), hosted.has("b.png", first)) == (True, False)


def test_the_oldest_are_removed_first_and_one_that_was_put_again_stays(ledger, clock):
    hosted, first = Hosted(ledger.database), clock()
    hosted.put("young.png", first + 2 * TICK)
    hosted.put("old.png", first)
    hosted.put("middle.png", first + TICK)
    assert hosted.old(first + 2 * TICK) == ["old.png", "middle.png"]
    assert hosted.old(first) == []
    for name in ("old.png", "middle.png"):
        hosted.gone(name, first + TICK)
    assert hosted.old(first + 9 * TICK) == ["middle.png", "young.png"]
