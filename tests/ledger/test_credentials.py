"""Sessions in the ledger: who may refresh one and for how long, what is kept, and what each fault says."""

from __future__ import annotations

from datetime import timedelta

import pytest
from cryptography.fernet import Fernet

from syndicate.errors import AuthError, LedgerError
from syndicate.ledger import claimant
from syndicate.ledger.credentials import Credentials, Session, key_beside

TICK = timedelta(microseconds=1)
LEASE = timedelta(seconds=60)


@pytest.fixture
def kept(ledger, clock):
    """Credentials of which the first version is stored."""
    assert ledger.credentials.lock("bsky", 0, clock())
    assert ledger.credentials.replace("bsky", 0, {"token": "one"})
    return ledger.credentials


def test_where_nothing_is_stored_there_is_version_nought(ledger, clock):
    assert ledger.credentials.load("bsky") == (0, {})
    assert ledger.credentials.lock("bsky", 0, clock())
    assert ledger.credentials.load("bsky") == (0, {})
    assert Session(ledger.credentials, "bsky").current() == ({}, "")


def test_the_next_version_takes_the_place_of_the_one_it_was_made_from(ledger, kept):
    assert kept.load("bsky") == (1, {"token": "one"})
    assert not kept.replace("bsky", 0, {"token": "late"})
    assert not kept.replace("masto", 1, {"token": "another"})
    assert kept.replace("bsky", 1, {"token": "two"})
    assert kept.load("bsky") == (2, {"token": "two"})
    assert Session(kept, "bsky").current() == ({"token": "two"}, "")


@pytest.mark.parametrize("empty", [{}, {"token": ""}, {"token": "x", "refresh": None}])
def test_an_empty_token_overwrites_no_good_one(kept, empty):
    with pytest.raises(LedgerError) as told:
        kept.replace("bsky", 1, empty)
    assert str(told.value) == "bsky: the network gave an empty token; the stored one was kept"
    assert kept.load("bsky") == (1, {"token": "one"})


def test_one_may_refresh_at_a_time_and_the_next_after_its_lease(kept, clock):
    began = clock()
    assert not kept.lock("bsky", 0, began), "another version"
    assert kept.lock("bsky", 1, began)
    for later, free in ((timedelta(0), False), (LEASE - TICK, False), (LEASE, True), (LEASE + TICK, False)):
        assert kept.lock("bsky", 1, began + later) is free
    assert kept.lock("other", 0, began), "of each account"


def test_a_refresh_that_was_given_up_or_stored_leaves_the_next_one_free(kept, clock):
    assert kept.lock("bsky", 1, clock())
    kept.unlock("bsky", 0)
    kept.unlock("other", 1)
    assert not kept.lock("bsky", 1, clock())
    kept.unlock("bsky", 1)
    assert kept.lock("bsky", 1, clock())
    kept.replace("bsky", 1, {"token": "two"})
    assert kept.lock("bsky", 2, clock())


def test_the_refresh_of_a_process_that_is_dead_is_free_at_once(ledger, kept, clock):
    assert kept.lock("bsky", 1, clock())
    gone = claimant.me().replace(f'"pid": {_pid()}', '"pid": 999999999')
    assert claimant.dead(gone)
    ledger.database.change("UPDATE credential SET refreshing_by = :gone", gone=gone)
    assert kept.lock("bsky", 1, clock())
    assert ledger.database.row("SELECT refreshing_by FROM credential")["refreshing_by"] == claimant.me()
    assert not kept.lock("bsky", 1, clock())


def _pid():
    import os

    return os.getpid()


def test_accounts_have_their_sessions_to_themselves(kept, clock):
    assert kept.lock("masto", 0, clock())
    assert kept.replace("masto", 0, {"token": "theirs"})
    assert kept.lock("bsky", 1, clock())
    assert kept.lock("masto", 1, clock())
    assert kept.replace("bsky", 1, {"token": "two"})
    assert (kept.load("masto"), kept.load("bsky")) == ((1, {"token": "theirs"}), (2, {"token": "two"}))
    kept.unlock("bsky", 2)
    assert not kept.lock("masto", 1, clock())


# Renewing


def test_what_is_stored_is_refreshed_once(kept, clock):
    asked = []
    for _ in range(2):
        kept.renew("bsky", 1, lambda old: asked.append(old) or {"token": "two"}, clock=clock)
    assert asked == [{"token": "one"}]
    assert kept.load("bsky") == (2, {"token": "two"})


@pytest.mark.parametrize("fault", [AuthError("revoked"), KeyboardInterrupt()], ids=["refused", "stopped"])
def test_a_refresh_that_fails_says_so_and_is_given_up(kept, clock, fault):
    def refresh(_):
        raise fault

    with pytest.raises(type(fault)):
        kept.renew("bsky", 1, refresh, clock=clock)
    assert kept.load("bsky") == (1, {"token": "one"})
    assert kept.lock("bsky", 1, clock())


def test_nobody_waits_longer_for_another_process_than_its_lease(kept, clock):
    began = clock()
    assert kept.lock("bsky", 1, began + timedelta(hours=1))
    times = iter([began, began, began + LEASE, began, began + LEASE + TICK])
    with pytest.raises(AuthError) as told:
        kept.renew("bsky", 1, lambda _: pytest.fail("another refreshes it"), clock=lambda: next(times))
    assert str(told.value) == "bsky: another process could not refresh the session"
    assert list(times) == []


def test_what_another_process_stored_meanwhile_is_taken(kept, clock):
    assert kept.lock("bsky", 1, clock() + timedelta(hours=1))

    def times():
        if times.count:
            kept.replace("bsky", 1, {"token": "theirs"})
        times.count += 1
        return clock()

    times.count = 0
    kept.renew("bsky", 1, lambda _: pytest.fail("another refreshes it"), clock=times)
    assert kept.load("bsky") == (2, {"token": "theirs"})


# The key


def test_a_login_is_not_made_anew_where_its_session_could_not_be_kept(ledger, clock):
    broken = Credentials(ledger.database, lambda: b"not a key")
    with pytest.raises(LedgerError) as told:
        broken.renew("bsky", 0, lambda _: pytest.fail("the login is not made"), clock=clock)
    assert str(told.value) == "the key for stored credentials is not 32 url-safe base64 bytes"
    assert told.value.hint == "check SYNDICATE_KEY or the key file"
    assert ledger.credentials.lock("bsky", 0, clock())


@pytest.fixture
def other(ledger):
    """The same credentials as they are seen with another key."""
    key = Fernet.generate_key()
    return Credentials(ledger.database, lambda: key)


def test_a_session_under_another_key_counts_as_none_and_one_login_takes_its_place(ledger, kept, other, clock):
    assert other.load("bsky") == (1, {})
    assert other.is_shut("bsky")
    assert not kept.is_shut("bsky")
    for _ in range(2):
        other.renew("bsky", 1, lambda old: {"token": "two"} if old == {} else pytest.fail("it is none"), clock=clock)
    assert other.load("bsky") == (2, {"token": "two"})
    [notice] = ledger.notices.waiting()
    assert (notice.kind, notice.subject) == ("key", "bsky")
    assert notice.message == "bsky: the stored session cannot be opened with this key; a new one was made"
    ledger.notices.observe({}, clock())
    assert len(ledger.notices.waiting()) == 1, "it happened, and is not over"


def test_where_no_login_can_be_made_the_refusal_names_the_key(kept, other, clock):
    def refresh(_):
        raise AuthError("no password")

    with pytest.raises(AuthError) as told:
        other.renew("bsky", 1, refresh, clock=clock)
    assert str(told.value) == "no password; the stored session cannot be opened with this key"
    assert told.value.hint.startswith("put back the key that it was stored with")
    assert kept.load("bsky") == (1, {"token": "one"})


def test_a_key_that_was_changed_meanwhile_is_read_again(ledger, kept, clock):
    keys = [Fernet.generate_key(), Fernet.generate_key()]
    daemon = Credentials(ledger.database, lambda: b"\n".join(keys))
    assert daemon.lock("masto", 0, clock())
    assert daemon.replace("masto", 0, {"token": "a"})
    keys.insert(0, Fernet.generate_key())
    assert daemon.replace("masto", 1, {"token": "b"})
    del keys[1:]
    assert daemon.load("masto") == (2, {"token": "b"})
    assert Credentials(ledger.database, lambda: keys[0]).load("masto") == (2, {"token": "b"})


def test_a_key_file_that_holds_no_key_is_put_aside(tmp_path):
    path, key = tmp_path / "ledger.db", tmp_path / "ledger.db.key"
    for number in range(2):
        key.write_bytes(b"cut off %d" % number)
        assert Fernet(key_beside(path))
    assert sorted(found.name for found in tmp_path.iterdir()) == [
        "ledger.db.key",
        "ledger.db.key.damaged",
        "ledger.db.key.damaged.2",
    ]


def test_a_key_is_made_once_for_its_owner_alone_and_anew_where_a_crash_left_none(tmp_path):
    path, key = tmp_path / "ledger.db", tmp_path / "ledger.db.key"
    key.touch()
    made = key_beside(path)
    assert Fernet(made)
    assert key.stat().st_mode & 0o777 == 0o600
    assert [found.name for found in tmp_path.iterdir()] == ["ledger.db.key"]
    key.write_bytes(made + b"\n")
    assert key_beside(path) == made


def test_of_two_that_make_a_key_at_once_the_first_ones_counts(tmp_path, monkeypatch):
    path, theirs = tmp_path / "ledger.db", Fernet.generate_key()
    generate = Fernet.generate_key

    def meanwhile():
        (tmp_path / "ledger.db.key").write_bytes(theirs)
        return generate()

    monkeypatch.setattr(Fernet, "generate_key", meanwhile)
    assert key_beside(path) == theirs
    assert [found.name for found in tmp_path.iterdir()] == ["ledger.db.key"]


def test_a_key_that_cannot_be_made_is_named(tmp_path):
    with pytest.raises(LedgerError) as told:
        key_beside(tmp_path / "none" / "ledger.db")
    said = f"{tmp_path / 'none' / 'ledger.db.key'} cannot be written or read: No such file or directory"
    assert str(told.value) == said
