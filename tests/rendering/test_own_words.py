"""The words of a publisher's own command as a post's text: where its link stands, and whom it mentions."""

from __future__ import annotations

import pytest

from syndicate.model import Limits
from syndicate.rendering.fit import Link, fit
from syndicate.rendering.own_words import clean, in_parts

LINK = "https://gazette.example/ferry?utm_source=x"
PAGE = "https://gazette.example/ferry"


def text(words, link=LINK, limit=500):
    return fit(in_parts(clean(words), Link(link), PAGE), Limits(text=limit), len)


@pytest.mark.parametrize(
    ("words", "printed"),
    [
        ("Ferries return\n", f"Ferries return\n\n{LINK}"),
        (f"Ferries: {LINK} and more", f"Ferries: {LINK} and more"),
        (f"Ferries: {PAGE}.", f"Ferries: {LINK}."),
        (f"See https://gazette.example/ferry-2 and {PAGE}", f"See https://gazette.example/ferry-2 and {LINK}"),
    ],
)
def test_the_link_stands_where_the_words_have_it_else_below_them(words, printed):
    made = text(words)
    assert made.text == printed
    assert LINK in [span.value for span in made.spans]


def test_the_link_is_kept_when_the_words_are_cut():
    made = text("Many words about it. " * 20, limit=90)
    assert made.text.endswith(f"…\n\n{LINK}")
    assert len(made.text) <= 90


def test_without_a_link_the_words_stand_alone():
    assert text("Ferries return", link="").text == "Ferries return"


def test_nobody_is_mentioned_and_no_mark_is_taken():
    made = text("\ufdd2Thanks, @stranger\ufddf \x07 #ferry")
    assert made.text.startswith("Thanks, @\u2060stranger")
    assert [span.kind for span in made.spans] == ["link"]
