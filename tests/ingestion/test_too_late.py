"""Articles that nothing read until they were too old are told as dropped; backdated ones are the publisher's."""

from __future__ import annotations

from datetime import timedelta

import pytest


@pytest.mark.parametrize("down", [True, False])
def test_what_became_too_old_while_nothing_read_its_source_is_told(press, clock, down):
    """`down`: its server fails meanwhile; else nothing runs."""
    room = press(accounts=("masto", "fb"))
    for _ in range(3):
        clock.move(days=1)
        room.run()
    clock.move(hours=1)
    if down:
        room.site.status = 503
        room.run()
        room.site.status = 200
    clock.move(hours=30)
    missed, fresh = room.story(7, ago=60 * 28), room.story(8, ago=60)
    backdated = room.story(9, ago=60 * (31 + 25))
    assert room.run(fresh, missed, backdated, *room.items) == [fresh.link] * 2
    assert sorted(room.dropped) == [(missed.link, "fb", "late"), (missed.link, "masto", "late")]
    room.run()
    assert room.dropped == []


@pytest.mark.parametrize(
    ("hours", "hint"), [(24, "what is older than max_age by then is not posted"), (5, "nothing is lost")]
)
def test_a_source_that_may_not_be_asked_says_what_that_means(press, clock, hours, hint):
    room = press()
    room.site.status = 503
    room.run()
    ledger = room.app().ledger
    until = clock() + timedelta(hours=hours)
    ledger.sources.failed("news", "down", next_poll_at=until, retry_at=until, at=clock())
    clock.move(hours=hours - 1)
    room.run()
    assert ("the server asked us to wait until" in room.faults[0], room.hints) == (True, [hint])
