"""A text in several posts: within the limit, nothing lost, parted where a reader pauses, no post a link alone."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from syndicate.model import Limits
from syndicate.platforms.bluesky import Bluesky
from syndicate.platforms.mastodon import Mastodon
from syndicate.rendering.repetition import says_something
from syndicate.rendering.thread import cut_to, fitting, pieces

NETWORKS = {
    "mastodon": Mastodon.__new__(Mastodon),
    "bluesky": Bluesky.__new__(Bluesky),
}
LINK = "https://gazette.example/a/very/long/address/of/a/story?with=parameters"
WORDS = st.sampled_from(
    ["ships", "harbour.", "Sentence!", LINK, "日本語の文章です。", "👩‍👩‍👧", "#tag", "it’s", "—", "\n\n", "\n"]
)


def parted(words, most=25, limit=60, network="mastodon", **how):
    limits, adapter = Limits(text=limit), NETWORKS[network]
    return pieces(words, most, fitting(adapter, limits), cut_to(adapter, limits), **how)


@settings(max_examples=150, deadline=None)
@given(st.lists(WORDS, max_size=60).map(" ".join), st.sampled_from(sorted(NETWORKS)), st.integers(1, 6))
def test_no_post_is_too_long_or_a_link_alone_and_no_word_is_lost_or_moved(words, network, most):
    limit = 100
    found = parted(words, most, limit, network)
    assert len(found) <= most
    for piece in found:
        assert fitting(NETWORKS[network], Limits(text=limit))(piece)
        assert says_something(piece)
    said, whole = "".join("".join(found).split()), "".join(words.split())
    if said != whole:
        assert not found or (len(found) == most and found[-1].endswith("…"))
        assert whole.startswith(said.removesuffix("…")[:-10])


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("One two three.\n\nFour five six.", ["One two three.\n\nFour five six."]),
        (f"{'a ' * 20}end.\n\n{'b ' * 20}end.", [f"{'a ' * 20}end.", f"{'b ' * 20}end."]),
        (f"{'a ' * 14}end. {'b ' * 24}end.", [f"{'a ' * 14}end.", f"{'b ' * 24}end."]),
        (f"{'a ' * 40}end.", ["a " * 29 + "a", "a " * 9 + "a end."]),
        (f"Short.\n\n{'b ' * 40}end.", [f"Short.\n\n{'b ' * 25}b", f"{'b ' * 13}b end."]),
        ("", []),
        (LINK, []),
    ],
)
def test_it_is_parted_at_paragraphs_then_sentences_then_words(words, found):
    assert parted(words) == found


def test_what_is_beyond_the_last_post_is_cut_with_an_ellipsis():
    found = parted("Many words here. " * 20, most=2)
    assert len(found) == 2
    assert found[-1].endswith("…")


def test_where_two_posts_would_be_hidden_there_are_three_or_one():
    assert parted("One sentence. Another one.", alone=False) == ["One sentence.", "Another one."]
    assert parted("One sentence alone", alone=False) == []
    assert parted("One sentence. Another one.", most=1, alone=False) == []
