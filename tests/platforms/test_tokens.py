"""Which token an account calls with."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from syndicate.errors import AuthError
from syndicate.platforms._tokens import came_from, kept, option_of, token

NOON = datetime(2026, 11, 29, 12, tzinfo=UTC)
WEEK = timedelta(days=7)


def test_without_any_token_signing_in_is_the_cure():
    with pytest.raises(AuthError) as caught:
        token(None, {})
    assert "accounts login" in (caught.value.hint or "")


def test_the_token_of_the_config_is_used_until_it_was_renewed():
    assert token("first", {}) == "first"
    held = kept("second", "first", at=NOON, life=5_184_000, renew=WEEK)
    assert token("first", held) == "second"


def test_a_new_token_in_the_config_goes_before_what_the_old_one_became():
    held = kept("second", "first", at=NOON, life=5_184_000, renew=WEEK)
    assert token("third", held) == "third"


def test_a_token_that_was_signed_in_for_goes_before_the_config():
    held = kept("signed in", at=NOON, life=None, renew=WEEK)
    assert token("first", held) == token(None, held) == "signed in"


@pytest.mark.parametrize(("life", "renewed"), [(5_184_000, "2026-12-06T12:00:00Z"), (7200, "2026-11-29T13:00:00Z")])
def test_a_token_is_renewed_well_before_it_ends(life, renewed):
    assert kept("token", at=NOON, life=life, renew=WEEK)["renew_at"] == renewed


def test_a_token_without_an_end_is_not_renewed():
    assert kept("token", at=NOON, life=None, renew=WEEK) == {"token": "token"}


def test_what_is_kept_does_not_show_the_token_that_it_came_from():
    assert "first" not in str(kept("second", "first", at=NOON, life=100, renew=WEEK))


def test_it_is_known_what_credentials_came_from():
    of_the_first = kept("second", "first", at=NOON, life=None, renew=WEEK)
    signed_in = kept("signed in", at=NOON, life=None, renew=WEEK)
    assert [came_from(option, of_the_first) for option in ("first", None, "other")] == [True, True, False]
    assert [came_from(option, signed_in) for option in ("first", None)] == [True, True]
    assert [option_of("first", held) for held in ({}, of_the_first, signed_in)] == ["first", "first", None]
