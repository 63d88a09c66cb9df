"""One answer of a network's page is taken on this machine."""

from __future__ import annotations

from urllib.error import HTTPError
from urllib.request import urlopen

import pytest

from syndicate.errors import SyndicateError
from syndicate.web.sign_in_door import SignInDoor, listens
from tests import processes
from tests.waiting import PATIENCE


@pytest.fixture
def door():
    made = SignInDoor(f"http://127.0.0.1:{processes.free_port()}/back")
    yield made
    made.close()


def asked(address):
    try:
        with urlopen(address, timeout=PATIENCE) as reply:
            return reply.status, reply.read().decode()
    except HTTPError as refused:
        with refused:
            return refused.code, refused.read().decode()


def test_the_first_answer_is_taken_whole_and_the_next_is_told_so(door):
    assert asked(f"{door.redirect}?code=a%20b&state=s")[0] == 200
    assert asked(f"{door.redirect}?code=other&state=s")[0] == 410
    assert door.answers.get(timeout=PATIENCE) == f"{door.redirect}?code=a%20b&state=s"
    assert door.answers.empty()


@pytest.mark.parametrize("more", ["", "?", "?utm=1", "/favicon.ico?code=1"])
def test_anything_else_is_no_answer(door, more):
    assert asked(door.redirect + more)[0] == 404
    assert door.answers.empty()


def test_a_refusal_is_an_answer(door):
    assert asked(f"{door.redirect}?error=access_denied")[0] == 200


def test_a_port_that_is_taken_is_an_error(door):
    with pytest.raises(SyndicateError, match=r"port \d+ cannot be used"):
        SignInDoor(door.redirect)


@pytest.mark.parametrize(
    ("redirect", "so"),
    [
        ("http://127.0.0.1:8712/", True),
        ("http://localhost:8712/x", True),
        ("https://gazette.example/", False),
        ("https://localhost/", False),
        ("urn:ietf:wg:oauth:2.0:oob", False),
    ],
)
def test_only_an_address_of_this_machine_is_listened_on(redirect, so):
    assert listens(redirect) is so
