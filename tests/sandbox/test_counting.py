"""Counting tables: published examples of the networks, never our own renderer's opinion."""

from __future__ import annotations

import pytest

from syndicate.sandbox.counting import addresses, graphemes, mastodon_length, recognised, weighted_length

FAMILY = "👨‍👩‍👧‍👦"


@pytest.mark.parametrize(
    ("text", "length"),
    [
        # twitter/twitter-text conformance/validate.yml, counted by config v3
        ("This is a test.", 15),
        ("http://test.com", 23),
        ("https://test.com", 23),
        ("test.com", 23),
        ("Test https://test.com test https://test.com test.com test", 86),
        ("\U00010000\U0010ffff", 4),
        ("저찀쯿쿿", 8),
        ("H🐱☺", 5),
        ("の" * 140, 280),
        ("🐱" * 140, 280),
        # docs.x.com, counting characters
        ("café", 4),
        ("cafe\u0301", 4),
        (FAMILY, 2),
        ("👍🏽", 2),
        ("👾", 2),
        ("🏴󠁧󠁢󠁥󠁮󠁧󠁿", 2),
        ("🇩🇪", 2),
        ("🇩", 2),
        ("1️⃣", 2),
        ("❤️", 2),
        ("©", 1),
        ("©️", 2),
        ("“Hallo” – ‘so’ — it’s…", 23),  # the ellipsis weighs 2
        ("€", 2),
        ("•", 2),
        ("", 0),
        ("\n", 1),
        # addresses
        ("https://gazette.com/" + "long-" * 60 + "x", 23),
        ("http://127.0.0.1:8700/story", 27),
        ("http://localhost/story", 22),
        ("https://gazette.example/story", 29),
        ("file.py", 23),
        ("user@example.com", 16),
        ("@example.com", 12),
        ("a.m. and U.S.", 13),
        ("日本語example.com中国語", 35),
        ("(https://en.wikipedia.org/wiki/Foo_(bar))", 25),
        ("https://example.com.", 24),
        ("https://t.co/abcdefghij/more", 28),
        ("http://☃.net/", 23),
        ("https://пример.рф/путь", 23),
        ("xn--80akhbyknj4f.com", 23),
        ("https://example.com:8080/p?q=1#f", 23),
    ],
)
def test_x_weighs_as_it_publishes(text, length):
    assert weighted_length(text) == length


def test_x_recognises_addresses_where_they_stand():
    text = "See example.com/a?b=1, https://www.bbc.com/news and http://news.example/x."
    found = [(text[start:end], url) for start, end, url in recognised(text)]
    assert found == [("example.com/a?b=1",) * 2, ("https://www.bbc.com/news",) * 2]


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("", 0),
        ("Hello", 5),
        ("https://gazette.example/" + "long-" * 60, 23),
        ("http://127.0.0.1:8700/a", 23),
        ("See https://a.example/x, and (https://b.example/y).", 4 + 23 + 7 + 23 + 2),
        ("example.com", 11),
        ("https://a.example/x\nhttps://b.example/y", 47),
        ("@user@far.example hello", 11),
        ("me@mail.example", 15),
        ("@user hello", 11),
        (FAMILY * 3, 3),
        ("e\u0301", 1),
        ("“https://a.example/x”", 25),
    ],
)
def test_mastodon_counts_addresses_as_23_and_mentions_without_their_server(text, length):
    assert mastodon_length(text) == length


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("", 0),
        ("abc", 3),
        ("a\r\nb", 3),
        (FAMILY, 1),
        ("🇩🇪🇫🇷", 2),
        ("क्षि", 1),
        ("e\u0301", 1),
        ("👍🏽", 1),
        ("한국어", 3),
    ],
)
def test_graphemes_are_what_a_reader_sees(text, count):
    assert graphemes(text) == count


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Read https://a.example/x?y=1&z=2.", ["https://a.example/x?y=1&z=2"]),
        ("(https://a.example/x_(y))", ["https://a.example/x_(y)"]),
        ("HTTPS://A.EXAMPLE and http://b.example/…", ["HTTPS://A.EXAMPLE", "http://b.example/"]),
        ("xhttps://a.example ftp://b.example", []),
    ],
)
def test_addresses_end_where_the_sentence_does(text, found):
    assert addresses(text) == found


def test_our_count_for_x_is_that_of_twitter_text():
    """Two independent readings of one rule; the port's own slips (bare ©, glued scripts) are left out."""
    import random

    from syndicate.platforms._twitter_text import twitter_text

    parse_tweet = twitter_text().parse_tweet

    pieces = [
        *(
            "Bloß “Hallo” –",
            "東京で",
            "日本語example.com中国語",
            FAMILY,
            "👍🏽",
            "1️⃣",
            "🇩🇪",
            "e\u0301",
            "#Köln",
            "@user",
        ),
        *("https://www.gazette.com/2026/11/story?utm_source=x", "http://127.0.0.1:1/a", "https://news.example/x"),
        *("test.com,foo.de", "user@example.com", "Node.js", "नमस्ते", "❤️", "https://example.com/path_(a(b)c)", "$X"),
        *("https://example.com/a?b=c.", "http://a_b.example.com", "http://256.1.2.3/", "»foo.com«", "™", "\n"),
    ]
    chance = random.Random(7)
    for _ in range(150):
        text = " ".join(chance.choices(pieces, k=chance.randint(1, 6)))
        assert weighted_length(text) == parse_tweet(text).weightedLength, text
