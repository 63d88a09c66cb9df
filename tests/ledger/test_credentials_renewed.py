"""Credentials that are renewed before they end, and those of a person who signed in."""

from __future__ import annotations

from datetime import timedelta

import pytest
from cryptography.fernet import Fernet

from syndicate.errors import AuthError, LedgerError, Unavailable
from syndicate.ledger.credentials import Credentials
from syndicate.serialization import instant

TICK = timedelta(microseconds=1)
HOUR = timedelta(hours=1)
LEASE = timedelta(seconds=60)


@pytest.fixture
def signed_in(ledger, clock):
    """The credentials of an account, of a person who signed in; they are to be renewed in an hour."""

    def make(account="threads", **said):
        data = {"token": "one", "expires_at": instant(clock() + 2 * HOUR), "renew_at": instant(clock() + HOUR)}
        ledger.credentials.sign_in(account, data | said, clock())
        return ledger.credentials

    return make


def test_who_signs_in_takes_the_place_of_what_was_there(clock, signed_in):
    kept = signed_in()
    assert kept.load_version("threads") == 1
    first = clock()
    clock.move(minutes=1)
    signed_in(token="two")
    version, held = kept.load("threads")
    assert (version, held["token"], held["signed_in_at"]) == (2, "two", instant(clock()))
    term = kept.term("threads")
    assert (term.version, term.signed_in_at) == (2, first + timedelta(minutes=1))
    assert (term.expires_at, term.renew_at, term.failures) == (clock() + 2 * HOUR, clock() + HOUR, 0)
    assert (kept.term("masto"), kept.load_version("masto")) == (None, 0)
    kept.lock("masto", 0, clock())
    assert kept.term("masto") is None, "a place without credentials"


def test_they_are_renewed_at_their_time_and_after_a_failure_at_the_next(clock, signed_in):
    kept = signed_in()
    signed_in("instagram", renew_at=instant(clock() + 2 * HOUR))
    kept.lock("masto", 0, clock())
    at = clock() + HOUR
    assert (kept.to_renew(at - TICK), kept.to_renew(at), kept.to_renew(at + HOUR)) == (
        [],
        ["threads"],
        ["threads", "instagram"],
    )
    kept.put_off("threads", 2, at + HOUR)
    assert kept.to_renew(at) == ["threads"], "it was of another version"
    for failures in (1, 2):
        kept.put_off("threads", 1, at + TICK)
        assert (kept.term("threads").failures, kept.term("instagram").failures) == (failures, 0)
    assert (kept.to_renew(at), kept.to_renew(at + TICK)) == ([], ["threads"])
    kept.renew_ahead("threads", 1, lambda old: old | {"token": "two"}, clock=clock)
    assert (kept.term("threads").failures, kept.to_renew(at)) == (0, ["threads"])


def test_a_renewal_keeps_who_signed_in_which_no_network_is_told(clock, signed_in):
    kept, first = signed_in(), clock()
    clock.move(minutes=1)
    asked = []

    def refresh(old):
        asked.append(old)
        return {"token": "two"}

    assert kept.renew_ahead("threads", 1, refresh, clock=clock)
    assert kept.load("threads") == (2, {"token": "two", "signed_in_at": instant(first)})
    assert [old.get("signed_in_at") for old in asked] == [None]
    assert asked[0]["token"] == "one"
    assert not kept.renew_ahead("threads", 1, lambda _: pytest.fail("it was done"), clock=clock)


@pytest.mark.parametrize("fault", [Unavailable("down"), AuthError("no"), KeyboardInterrupt()])
def test_a_renewal_that_fails_leaves_the_next_one_free(clock, signed_in, fault):
    kept = signed_in()

    def refresh(_old):
        assert not kept.renew_ahead("threads", 1, lambda _: pytest.fail("another does it"), clock=clock)
        raise fault

    for _ in range(2):
        with pytest.raises(type(fault)):
            kept.renew_ahead("threads", 1, refresh, clock=clock)
    assert kept.load("threads")[1]["token"] == "one"


def test_an_empty_token_is_told_and_tried_again(ledger, clock, signed_in):
    kept = signed_in()
    with pytest.raises(Unavailable, match=r"^threads: the network gave an empty token; the stored one was kept$"):
        kept.renew_ahead("threads", 1, lambda _: {"token": ""}, clock=clock)
    [notice] = ledger.notices.waiting()
    assert (notice.kind, notice.subject, notice.message) == (
        "not_renewed",
        "threads",
        "threads: the network gave an empty token; the stored one was kept",
    )


def test_all_is_sealed_anew_with_the_first_key(ledger, clock):
    old, new, lost = (Fernet.generate_key() for _ in range(3))
    for account, key in (("threads", old), ("instagram", old), ("masto", lost)):
        Credentials(ledger.database, lambda key=key: key).sign_in(account, {"token": account}, clock())
    Credentials(ledger.database, lambda: new).lock("bsky", 0, clock())
    assert Credentials(ledger.database, lambda: new + b"\n" + old).seal_anew() == (2, 1)
    alone = Credentials(ledger.database, lambda: new)
    assert [alone.load(name)[1].get("token") for name in ("threads", "instagram", "masto")] == [
        "threads",
        "instagram",
        None,
    ]
    assert [alone.is_shut(name) for name in ("threads", "masto", "bsky", "none")] == [False, True, False, False]


@pytest.mark.parametrize("key", [b"", b"short", b"x" * 44])
def test_what_is_no_key_is_told(ledger, key):
    with pytest.raises(LedgerError, match="is not 32 url-safe base64 bytes") as told:
        Credentials(ledger.database, lambda: key).cipher()
    assert told.value.hint == "check SYNDICATE_KEY or the key file"
