"""A post's warning, veil and limit on replies: what the network has of them, and what counts towards its limit."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from syndicate.model import Account, Controls, Limits, Post, Rendered
from syndicate.rendering.controls import controlled, warned

NOON = datetime(2026, 11, 29, 12, tzinfo=UTC)
LIMITS = Limits(text=100)
HUNDRED = Limits(text=100)
MADE = Rendered(Post("A text", None, (), (), None, "en", NOON, NOON, {}), 6, 60)


def network(**controls):
    """An adapter of a class of its own: what an adapter can do is asked once for each class."""
    return type("Network", (), {"measure": staticmethod(len), "controls": Controls(**controls)})()


def silent():
    return type("Network", (), {"measure": staticmethod(len)})()


@pytest.mark.parametrize(
    ("kind", "text", "warning"), [("none", 100, ""), ("apart", 100, "Violence"), ("counted", 92, "Violence")]
)
def test_a_warning_that_counts_leaves_less_room_for_the_text(kind, text, warning):
    limits, fitting = warned(network(warning=kind), LIMITS, "Violence")
    assert (limits.text, fitting) == (text, warning)


def test_a_warning_counts_towards_a_limit_of_code_points_too():
    limits, _ = warned(network(warning="counted"), Limits(text=100, text_points=90), "Violence")
    assert (limits.text, limits.text_points) == (92, 82)


def test_a_network_that_says_nothing_of_it_has_none():
    assert warned(silent(), LIMITS, "Violence") == (LIMITS, "")


def test_without_a_warning_nothing_changes():
    assert warned(network(warning="counted"), LIMITS, "") == (LIMITS, "")


def test_a_warning_that_is_as_long_as_the_post_is_cut():
    limits, fitting = warned(network(warning="counted"), LIMITS, "w " * 80)
    assert len(fitting) <= 70
    assert limits.text >= 30


def test_length_and_limit_are_of_the_whole_post():
    made = controlled(MADE, Account("a", "x"), network(warning="counted"), HUNDRED, "Violence")
    assert (made.length, made.limit, made.post.warning) == (14, 100, "Violence")
    made = controlled(MADE, Account("a", "x"), network(warning="apart"), HUNDRED, "Violence")
    assert (made.length, made.post.warning) == (6, "Violence")


def test_what_the_network_lacks_is_left_out():
    asked = Account("a", "x", sensitive=True, replies="nobody")
    assert controlled(MADE, asked, network(), LIMITS, "") is MADE
    post = controlled(MADE, asked, network(sensitive=True, replies=("nobody",)), LIMITS, "").post
    assert (post.sensitive, post.replies) == (True, "nobody")
    assert controlled(MADE, asked, network(replies=("followers",)), LIMITS, "").post.replies == "everyone"
