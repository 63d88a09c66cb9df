"""The code that a person brings back from a network's page."""

from __future__ import annotations

import pytest

from syndicate.errors import AuthError
from syndicate.platforms._authorization import Proof, code, page, proof


@pytest.mark.parametrize(
    "answer",
    [
        "http://127.0.0.1:8711/callback?code=abc&state=s",
        "https://gazette.example/?state=s&code=abc#_",
        "  http://localhost/?code=abc  ",
        "?code=abc&state=s",
        "code=abc&state=s",
        "abc",
        " abc\n",
        "abc#_",
    ],
)
def test_a_code_is_found_however_it_was_pasted(answer):
    assert code(answer, "s") == "abc"


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        ("http://localhost/?code=abc&state=another", "another attempt"),
        ("http://localhost/?error=access_denied&state=s", "access_denied"),
        ("http://localhost/?error=access_denied&error_description=The+user+said+no&state=s", "The user said no"),
        ("http://localhost/", "no code"),
        ("", "no code"),
        ("   ", "no code"),
    ],
)
def test_what_is_no_permission_is_refused_in_one_line(answer, words):
    with pytest.raises(AuthError, match=words) as caught:
        code(answer, "s")
    assert "nothing was stored" in (caught.value.hint or "")


def test_a_code_with_escaped_letters_is_read_whole():
    assert code("http://localhost/?code=a%2Fb%3D%3D&state=s", "s") == "a/b=="


def test_each_attempt_has_a_proof_of_its_own():
    first, second = proof(), proof()
    assert first.state != second.state
    assert first.verifier != second.verifier
    assert 43 <= len(first.verifier) <= 128


def test_the_challenge_is_that_of_the_standard():
    """The example of RFC 7636, appendix B."""
    made = Proof("s", "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk")
    assert made.challenge == "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"


def test_a_page_keeps_the_parameters_that_it_has():
    assert page("https://a.example/x?y=1", {"state": "s t"}) == "https://a.example/x?y=1&state=s+t"
    assert page("https://a.example/x", {"state": "s"}) == "https://a.example/x?state=s"
