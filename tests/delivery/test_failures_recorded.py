"""What one failure that published nothing leaves of a delivery."""

from __future__ import annotations

from datetime import timedelta

import pytest

from syndicate import errors
from syndicate.delivery.failures import record_failure
from syndicate.delivery.lane import Lane
from tests.worlds.accounts import MASTO
from tests.worlds.one_delivery import SETTLE, TERMS, Network

LEASE = timedelta(seconds=60)
POST = {"text": "x"}


@pytest.fixture
def record(ledger, clock, put):
    """Records a failure of a delivery that is sent again as it was; gives what is left of it."""

    def make(fault, **options):
        row = put(1, post=POST, draft=POST, committed_at=clock(), unknowns=2)
        claimed = ledger.claims.claim(row, now=clock(), lease=LEASE)
        lane = Lane(MASTO, Network(), lambda: Network.limits, SETTLE)
        record_failure(claimed, fault, lane, ledger, TERMS, **options)
        return ledger.deliveries.find(row.key)

    return make


@pytest.mark.parametrize(("resend", "kept"), [(True, POST), (False, None)])
def test_what_is_sent_again_as_it_is_keeps_what_it_was(clock, record, resend, kept):
    left = record(errors.Unavailable("fake: HTTP 503"), resend=resend)
    assert (left.state, left.draft, left.error) == ("due", kept, "fake: HTTP 503")
    assert left.due_at > clock()
    assert (left.committed_at, left.unknowns) == ((clock(), 2) if resend else (None, 0))


def test_without_a_word_on_it_nothing_of_it_is_sent_again(record):
    left = record(errors.Unavailable("fake: HTTP 503"))
    assert (left.draft, left.post) == (None, POST)


def test_what_fails_keeps_what_was_refused(record):
    left = record(errors.Rejected("fake: no"), refused={"text": "refused"})
    assert (left.state, left.post, left.due_at) == ("failed", {"text": "refused"}, None)


def test_what_the_network_still_works_on_keeps_what_it_has(clock, record):
    left = record(errors.NotReady("fake: working", prepared={"id": 1}, retry_after=30), digest="d1")
    assert (left.state, left.prepared, left.digest) == ("due", {"id": 1}, "d1")
    assert left.due_at > clock()
