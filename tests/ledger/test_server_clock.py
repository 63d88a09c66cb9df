"""The clock of a ledger's server: asked now and then, counted on in between."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from syndicate.errors import LedgerError
from syndicate.ledger import server_clock
from syndicate.ledger.database import micros
from syndicate.ledger.server_clock import ServerClock

THERE = datetime(2026, 11, 30, 7, tzinfo=UTC)


class Server:
    """Answers with its time; each answer takes as long as `slow`, of which half is the way back."""

    def __init__(self, monkeypatch):
        self.here, self.slow, self.asked, self.gone = 500.0, 0.0, 0, False
        monkeypatch.setattr(server_clock, "seconds", lambda: self.here)

    def row(self, statement):
        assert "clock_timestamp()" in statement
        if self.gone:
            raise LedgerError("gone")
        self.asked += 1
        self.here += self.slow / 2
        at = micros(THERE) + round((self.here - 500) * 1_000_000)
        self.here += self.slow / 2
        return {"at": at}


@pytest.fixture
def server(monkeypatch):
    return Server(monkeypatch)


def test_it_is_asked_at_first_and_every_twenty_seconds(server):
    clock = ServerClock(server)
    for after, asked in [(0.0, 1), (7.5, 1), (20.0, 1), (20.5, 2), (40.5, 2), (41.0, 3)]:
        server.here = 500 + after
        assert clock() == THERE + timedelta(seconds=after)
        assert server.asked == asked


def test_half_of_the_time_that_an_answer_takes_is_the_way_back(server):
    server.slow = 3.0
    assert ServerClock(server)() == THERE + timedelta(seconds=3)


def test_a_server_that_is_gone_is_told_at_first_and_counted_on_later(server):
    clock = ServerClock(server)
    server.gone = True
    with pytest.raises(LedgerError, match="gone"):
        clock()
    server.gone = False
    assert clock() == THERE
    server.gone, server.here = True, 530.0
    assert clock() == THERE + timedelta(seconds=30)
    server.gone, server.here = False, 549.0
    assert clock() == THERE + timedelta(seconds=49)
    assert server.asked == 1, "it is left alone for a while after an answer that did not come"
    server.here = 551.0
    assert (clock(), server.asked) == (THERE + timedelta(seconds=51), 2)


def test_an_answer_that_was_long_under_way_changes_nothing(server):
    """A server that was cut off meanwhile answers when it is back: by half of that, the clock would be wrong."""
    clock = ServerClock(server)
    assert clock() == THERE
    server.here, answer = 530.0, server.row

    def late(statement):
        said = answer(statement)
        server.here += 60.0
        return said

    server.row = late
    assert clock() == THERE + timedelta(seconds=90)
    server.row, server.here = answer, 615.0
    assert (clock(), server.asked) == (THERE + timedelta(seconds=115), 3)


def test_seconds_go_on_by_themselves():
    first = server_clock.seconds()
    assert 0 <= server_clock.seconds() - first < 3600
