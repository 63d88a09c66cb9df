"""Whether what a network shows is what we sent."""

from __future__ import annotations

import pytest

from syndicate.platforms._replies import same_address

WRITTEN = "https://gazette.example.com/ახალი/caf\u00e9?q=뉴스#ნაწილი"
SENT = (
    "https://gazette.example.com/%E1%83%90%E1%83%AE%E1%83%90%E1%83%9A%E1%83%98/caf%C3%A9?q=%EB%89%B4%EC%8A%A4"
    "#%E1%83%9C%E1%83%90%E1%83%AC%E1%83%98%E1%83%9A%E1%83%98"
)


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        (SENT, WRITTEN),
        (SENT, SENT.lower()),
        (SENT, WRITTEN.replace("\u00e9", "e\u0301")),
        ("https://gazette.example.com/A.M.E.R%2E", "https://gazette.example.com/A.M.E.R."),
        ("https://gazette.example.com/a?b=c%20", "https://gazette.example.com/a?b=c+"),
        ("https://gazette.example.com/a_%28b%29", "https://gazette.example.com/a_(b)"),
        ("https://gazette.example.com/a", "https://desk:pw@gazette.example.com/a"),
        ("https://xn--bcher-kva.example/a", "https://bücher.example/a"),
        ("https://gazette.example.com", "https://gazette.example.com/"),
    ],
)
def test_an_address_is_recognised_in_every_spelling(ours, theirs):
    """Before and after an address left percent-encoded: what was sent as written is found too."""
    assert same_address(ours, theirs)
    assert same_address(theirs, ours)


@pytest.mark.parametrize(
    "theirs",
    [None, "", "https://gazette.example.com/", "https://gazette.example.com/ახალი", WRITTEN + "x", WRITTEN.upper()],
)
def test_another_address_is_another(theirs):
    assert not same_address(SENT, theirs)
