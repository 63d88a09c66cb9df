"""What an article says of its own posts: one shape, read without a guess, and kept as it is."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from syndicate.aliases import content_hash
from syndicate.model import Article, Override, PostOverride
from syndicate.serialization import load_article, packed_article, store_article
from syndicate.sources.parsing.overrides import OverrideReader

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
READER = OverrideReader("https://gazette.example/story/", "Europe/Lisbon", NOW)
STORY = Article("blog", "https://gazette.example/story/", "A story")
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=30),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["post", "text", "at", "accounts", "image", "hashtags", "warning", "masto"])
            | st.text(max_size=5),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


def read(said):
    return READER.read(said, "blog.md:3")


@pytest.mark.parametrize("said", [None, "", {}, True, "yes", {"text": ""}, {"post": None, "at": ""}, {"at": None}])
def test_what_is_empty_says_nothing(said):
    assert read(said) is None


@pytest.mark.parametrize("said", [False, "false", "No", "off", {"post": False}, {"post": "never"}])
def test_a_no_is_a_no_in_any_spelling(said):
    found = read(said)
    assert not found.wants("masto", "mastodon")
    assert found.refuses("masto", "mastodon")


def test_an_account_goes_before_its_network_and_that_before_what_is_said_of_all():
    found = read({
        "text": "All.",
        "warning": "Cats",
        "Mastodon": {"text": "Network.", "hashtags": 0},
        "MASTO": {"text": "One.", "hashtags": ["#cats"]},
        "x": False,
    })  # fmt: skip
    assert found.of("gazette/Masto", "mastodon") == PostOverride(text="One.", warning="Cats", hashtags=("cats",))
    assert found.of("other", "mastodon") == PostOverride(text="Network.", warning="Cats", hashtags=0)
    assert found.of("bsky", "bluesky") == PostOverride(text="All.", warning="Cats")
    assert not found.wants("main", "x")


@pytest.mark.parametrize(
    ("said", "whom"),
    [
        (["masto"], {"masto"}),
        ({"post": "Masto, x"}, {"masto", "main"}),
        ({"accounts": ["mastodon"], "other": False}, {"masto"}),
        ({"accounts": []}, set()),
        ({"accounts": ["masto"], "post": False}, set()),
        ({"post": False, "masto": True}, {"masto"}),
    ],
)
def test_a_list_names_those_that_may_have_it(said, whom):
    accounts = {"masto": "mastodon", "other": "mastodon", "main": "x"}
    found = read(said)
    assert {name for name, platform in accounts.items() if found.wants(name, platform)} == whom


def test_a_time_is_in_the_zone_of_the_source():
    assert read({"at": "2026-12-24 18:00"}).at == datetime(2026, 12, 24, 18, tzinfo=UTC)
    assert read({"at": "2027-07-01 18:00"}).at == datetime(2027, 7, 1, 17, tzinfo=UTC)


@given(JSON)
@settings(max_examples=60, deadline=timedelta(seconds=20))
def test_nothing_that_is_said_breaks_it_and_the_ledger_keeps_all_of_it(said):
    found = read(said)
    story = replace(STORY, override=found)
    assert load_article(packed_article(store_article(story))) == story
    assert (content_hash(story) == content_hash(STORY)) == (found is None)


def test_the_place_is_no_change_and_the_words_are():
    here, there = (replace(STORY, override=Override(place, PostOverride(text="a"))) for place in ("a:1", "a:2"))
    assert content_hash(here) == content_hash(there)
    assert content_hash(here) != content_hash(replace(STORY, override=Override("a:1", PostOverride(text="b"))))
