"""When credentials end and are renewed, by the times in them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from syndicate.ledger.credential_terms import Term, term, times
from syndicate.ledger.database import micros

NOON = datetime(2026, 11, 30, 12, tzinfo=UTC)
TICK = timedelta(microseconds=1)
TERM = Term(3, None, None, None, 0, NOON)


@pytest.mark.parametrize(
    ("renew_at", "again_at", "due"),
    [
        (None, NOON, False),
        (NOON, NOON, True),
        (NOON + TICK, NOON, False),
        (NOON, NOON + TICK, False),
        (NOON - TICK, NOON - TICK, True),
    ],
)
def test_they_are_renewed_from_their_time_on_and_not_too_soon_after_a_failure(renew_at, again_at, due):
    assert replace(TERM, renew_at=renew_at, again_at=again_at).is_due(NOON) is due


@pytest.mark.parametrize(("ends", "lives"), [(None, True), (NOON + TICK, True), (NOON, False), (NOON - TICK, False)])
def test_they_live_until_they_end(ends, lives):
    assert replace(TERM, expires_at=ends).lives(NOON) is lives


def test_times_in_credentials_become_columns_and_what_is_no_time_none():
    said = {"signed_in_at": "2026-11-30T12:00:00Z", "expires_at": "soon", "renew_at": "2026-11-30T12:00:00.000001Z"}
    assert times(said) == {"signed_in_at": micros(NOON), "expires_at": None, "renew_at": micros(NOON + TICK)}
    assert times({"expires_at": 7, "renew_at": ["x"]}) == {"signed_in_at": None, "expires_at": None, "renew_at": None}


def test_a_row_is_read_whole():
    row = {"version": 3, "failures": 2, "again_at": 1, "signed_in_at": 2, "expires_at": 3, "renew_at": None}
    start = datetime(1970, 1, 1, tzinfo=UTC)
    assert term(row) == Term(3, start + 2 * TICK, start + 3 * TICK, None, 2, start + TICK)
