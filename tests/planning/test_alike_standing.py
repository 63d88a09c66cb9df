"""A headline that stands over many articles makes none of them alike: by how many words and how different summaries."""

from __future__ import annotations

import pytest

from syndicate.model import Article
from syndicate.planning.flood_control import alike


def same(headline, one, other):
    first, second = (Article("news", "https://g.example/1", headline, summary=said) for said in (one, other))
    assert alike(first, second) is alike(second, first)
    return alike(first, second)


SUN, RAIN = "sun over all the land", "rain falls in each valley"


@pytest.mark.parametrize(
    ("headline", "standing"),
    [
        ("Weather", True),
        ("Photo of the day", True),
        ("Our photo of the day", False),
        ("天気予報", True),  # no spaces, and short
        ("天気予報今日", True),
        ("天気予報今日は", False),
        ("天気予報 今日のお知らせ", True),  # two words
        ("Weatherforecast", True),  # one long word of letters
    ],
)
def test_a_short_headline_over_other_words_stands_over_many(headline, standing):
    assert same(headline, SUN, RAIN) is not standing


@pytest.mark.parametrize(
    ("one", "other", "differ"),
    [
        (SUN, RAIN, True),
        (SUN, SUN, False),
        ("", RAIN, False),
        (SUN, "", False),
        ("a b c d e", "a f g h i", True),  # one of nine words
        ("a b c d", "a b e f g h", False),  # two of eight
        ("a b c d", "a b e f g h i", True),  # two of nine
        # Of few words, or none between spaces, pairs of letters count.
        ("東京は晴れるでしょう", "東京は雨が降るでしょう", False),
        ("東京は晴れ", "大阪で地震があった", True),
        ("storms", "stormy", False),
        ("one two", "one two three", False),
        ("ab cd ef", "xab cdx efx", True),  # three words and more, although their letters are much the same
        ("listen now friend", "silent own finder", True),
    ],
)
def test_summaries_that_share_little_are_of_two_articles(one, other, differ):
    assert same("Weather", one, other) is not differ
