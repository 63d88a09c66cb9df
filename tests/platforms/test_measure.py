"""Lengths as networks count them. The truths of the first table were measured 2026-11-23: Bluesky with
Intl.Segmenter, X with twitter-text 3, Mastodon with its validator's rule."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from syndicate.model import Secret
from syndicate.platforms import bluesky, facebook, linkedin, mastodon, webhook, x
from syndicate.testing import Held, Recorded

URL = "https://www.example.com/" + "a" * 179
FAMILY = "\N{MAN}\N{ZERO WIDTH JOINER}\N{WOMAN}\N{ZERO WIDTH JOINER}\N{GIRL}\N{ZERO WIDTH JOINER}\N{BOY}"
FLAG = "\N{REGIONAL INDICATOR SYMBOL LETTER P}\N{REGIONAL INDICATOR SYMBOL LETTER T}"
KSHI = "\u0915\u094d\u0937\u093f"

BLUESKY = bluesky.Bluesky(bluesky.Options("a.example", Secret("x")), Recorded(), Held())
X = x.X(x.Options(*[Secret("x")] * 4), Recorded(), Held())
MASTODON = mastodon.Mastodon(mastodon.Options("https://social.example", Secret("x")), Recorded(), Held())
FACEBOOK = facebook.Facebook(facebook.Options("1", Secret("x")), Recorded(), Held())
WEBHOOK = webhook.Webhook(webhook.Options("https://cms.example/hook"), Recorded(), Held())
LINKEDIN = linkedin.LinkedIn(linkedin.Options("urn:li:person:a", Secret("x")), Recorded(), Held())
ALL = (BLUESKY, X, MASTODON, FACEBOOK, WEBHOOK, LINKEDIN)


@pytest.mark.parametrize(
    ("text", "on_bluesky", "on_x", "on_mastodon"),
    [
        ("a" * 100 + " " + URL, 304, 124, 124),
        ("中" * 200, 200, 400, 200),
        (FAMILY * 60, 60, 120, 60),
        (FLAG * 60 + " " + URL, 264, 144, 84),
        ("\u0915\u0940" * 150, 150, 300, 150),
        (KSHI * 150, 150, 600, 150),
        ("a" * 260 + " " + URL, 464, 284, 284),
        ("", 0, 0, 0),
        ("a", 1, 1, 1),
        ("e\u0301", 1, 1, 1),
        ("one\r\ntwo", 7, 7, 7),
        ("“Fog” – it’s here…", 18, 19, 18),
    ],
)
def test_a_text_is_as_long_as_the_network_says(text, on_bluesky, on_x, on_mastodon):
    assert BLUESKY.measure(text) == on_bluesky
    assert MASTODON.measure(text) == on_mastodon
    assert X.measure(text) == on_x


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("https://example.com/a", 23),
        ("http://a.b/", 23),
        ("HTTPS://EXAMPLE.COM/" + "a" * 300, 23),
        ("see https://example.com/a.", 4 + 23 + 1),
        ("(https://example.com/a)", 1 + 23 + 1),
        ("https://example.com/Fog_(weather)", 23),
        ("(https://example.com/Fog_(weather))", 1 + 23 + 1),
        ("https://example.com/a?b=c&d=e#f", 23),
        ("https://example.com/a, https://example.com/b", 23 + 2 + 23),
        ("https://example.com/Übersicht/中文", 23),
        ("example.com", 11),
        ("https://", 8),
        ("https://...", 11),
        ("xhttps://example.com/a", 22),
        ("@gazette@social.example hello", 8 + 6),
        ("@gazette hello", 14),
        ("mail me: desk@gazette.example", 29),
    ],
)
def test_mastodon_counts_addresses_as_23_and_mentions_without_their_server(text, length):
    assert MASTODON.measure(text) == length


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("https://example.com/" + "a" * 300, 23),
        ("example.com", 23),
        ("file.py", 23),
        ("https://gazette.example/a", 25),
        ("http://127.0.0.1:8000/story", 27),
        ("https://localhost/abc", 21),
        ("©", 1),
        ("®x", 2),
        ("©\N{VARIATION SELECTOR-16}", 2),
        ("© example.com", 25),
        ("日本", 4),
        ("한국어", 6),
        ("\N{GRINNING FACE}", 2),
        ("a\r\nb", 3),
        ("#Köln @gazette", 14),
    ],
)
def test_x_counts_by_weight(text, length):
    assert X.measure(text) == length


def test_a_novel_is_weighed_without_being_parsed():
    assert X.measure("a" * 100_000) == 100_000
    assert X.measure("中" * 5000) == 10_000


@pytest.mark.parametrize(("text", "length"), [("a" * 63_206, 63_206), (FAMILY, 7), ("é", 1), (URL, 203)])
def test_facebook_and_webhooks_count_code_points(text, length):
    assert FACEBOOK.measure(text) == WEBHOOK.measure(text) == length


@settings(deadline=None)
@given(st.text())
def test_no_text_has_a_negative_length_or_breaks_the_count(text):
    assert all(platform.measure(text) >= (1 if text.strip() else 0) for platform in ALL)


@settings(deadline=None)
@given(st.text(alphabet=st.characters(max_codepoint=0x2FF, categories=["L", "N"])), st.integers(1, 400))
def test_an_address_weighs_the_same_however_long_it_is(word, extra):
    before = f"{word} "
    for platform in (MASTODON, X):
        assert platform.measure(f"{before}https://example.com/{'a' * extra}") == platform.measure(before + "a" * 23)
