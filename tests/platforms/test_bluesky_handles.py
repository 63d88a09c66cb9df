"""What the config takes as a handle."""

from __future__ import annotations

import pytest

from syndicate.model import Secret
from syndicate.platforms._bluesky_handles import shown
from syndicate.platforms.bluesky import Options


@pytest.mark.parametrize(
    "said",
    [
        "gazette.bsky.social",
        "@gazette.bsky.social",
        "Gazette.Example",
        "xn--bcher-kva.example",
        "a.co",
        "1.news.example",
        "did:plc:ewvi7nxzyoun6zhxrhs64oiz",
        "did:web:gazette.example",
        "desk@gazette.example",
    ],
)
def test_what_can_log_in_is_taken(said):
    assert Options(said, Secret("p")).handle == said


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ("gazette", "such as gazette.bsky.social"),
        ("", "is not a handle"),
        ("@", "is not a handle"),
        ("@@gazette.example", "is not a handle"),
        ("the gazette.example", "is not a handle"),
        ("the_gazette.bsky.social", "is not a handle"),
        ("-gazette.example", "is not a handle"),
        ("gazette.example.", "is not a handle"),
        ("192.0.2.1", "is not a handle"),
        ("handle.invalid", "is not a handle"),
        (f"{'a' * 64}.example", "is not a handle"),
        ("https://gazette.example", "is not a handle"),
        ("https://bsky.app/profile/gazette.bsky.social", "write gazette.bsky.social"),
        ("gazette.bsky.social\N{POP DIRECTIONAL FORMATTING}", r"invisible character \(U\+202C\)"),
        ("\N{ZERO WIDTH SPACE}gazette.example", r"invisible character \(U\+200B\)"),
    ],
)
def test_what_can_be_no_handle_is_refused_with_the_cure(said, words):
    with pytest.raises(ValueError, match=words):
        Options(said, Secret("p"))


L = "a" * 63
LONGEST = f"{L}.{L}.{L}.{'a' * 61}"


@pytest.mark.parametrize(
    ("handle", "fits"),
    [
        (LONGEST, True),
        (f"{LONGEST}a", False),
        (f"{L}.example", True),
        ("a.HANDLE.invalid", True),
        ("Handle.Invalid", False),
    ],
)
def test_a_handle_has_at_most_253_letters_and_is_not_the_one_that_says_none(handle, fits):
    assert shown({"handle": handle}, "did:plc:a") == (handle if fits else "did:plc:a")


def test_the_cure_for_an_address_is_the_handle_in_it():
    with pytest.raises(ValueError, match=r"'https://a/profile/b.c/d' is not a handle; write b\.c$"):
        Options("https://a/profile/b.c/d", Secret("p"))
    with pytest.raises(ValueError, match=r"'@' is not a handle; a handle is a name such as gazette\.bsky\.social$"):
        Options("@", Secret("p"))


@pytest.mark.parametrize("session", [{}, {"handle": None}])
def test_a_session_without_a_handle_shows_the_did(session):
    assert shown(session, "did:plc:a") == "did:plc:a"
