"""What many processes met at once is told by one of them, and again when it comes again."""

from __future__ import annotations

from syndicate.ledger.told_once import JUST_NOW


def test_words_are_told_once_and_again_later(ledger, clock):
    first = ledger.told_once.is_first
    assert [first("the disk is full", clock()), first("the disk is full", clock())] == [True, False]
    assert first("over: the disk is full", clock())
    later = clock() + JUST_NOW * 1.1
    assert [first("the disk is full", later), first("the disk is full", later)] == [True, False]
    assert ledger.database.row("SELECT COUNT(*) AS n FROM meta WHERE name LIKE 'told %'")["n"] == 1
