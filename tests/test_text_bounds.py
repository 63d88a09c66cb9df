"""The bounds of what is read, cut and tagged."""

from __future__ import annotations

import pytest

from syndicate.text import (
    CP1252,
    addresses,
    balanced,
    breaks,
    clip,
    cut,
    graphemes,
    has_hashtag,
    hashtags,
    paragraphs,
    plain,
    unspaced,
    utm,
)


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        (b"caf\xe9", "café"),
        (b"\x93so\x94 \x80", "“so” €"),
        (b"\xc3\xa9\xe9", "éé"),
        (b"\x81", "\ufffd"),
        (b"plain", "plain"),
    ],
)
def test_a_byte_that_is_not_utf_8_is_read_as_windows_1252(raw, text):
    assert raw.decode("utf-8", CP1252) == text


@pytest.mark.parametrize(("text", "count"), [("a\r\nb", 3), ("a\rb", 3), ("ab", 2), ("e\u0301a", 2), ("", 0)])
def test_what_a_reader_counts(text, count):
    assert len(graphemes(text)) == count


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("\n\na", "a"),
        ("a\n \nb", "a\n\nb"),
        ("a\n\n\n\nb\n\n", "a\n\nb"),
        ("a\nb", "a\nb"),
        (" a  b ", "a b"),
        ("\n", ""),
    ],
)
def test_at_most_one_blank_line_stands_between_two(text, clean):
    assert paragraphs(text) == clean


@pytest.mark.parametrize(
    ("text", "closed"),
    [
        ("\u202aa", "\u202aa\u202c"),
        ("\u202ba\u202db", "\u202ba\u202db\u202c\u202c"),
        ("\u2066a\u2068b\u2069", "\u2066a\u2068b\u2069\u2069"),
        ("\u202aa\u202cb\u202c", "\u202aa\u202cb"),
        ("\u2066a\u202cb", "\u2066ab\u2069"),  # inside an isolate nothing outside it is closed
        ("\u202aa\u2069b", "\u202aab\u202c"),
        ("\u2066\u202aa\u2069b\u202c", "\u2066\u202aa\u2069b"),  # closing an isolate closes what is inside
        ("plain", "plain"),
    ],
)
def test_directions_are_closed_in_their_order(text, closed):
    assert balanced(text) == closed


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("https://a.example/(b", "https://a.example/(b"),
        ("https://a.example/b)", "https://a.example/b"),
        ("https://a.example/(b))", "https://a.example/(b)"),
        ("https://a.example/[b]", "https://a.example/[b]"),
        ("https://a.example/b]", "https://a.example/b"),
        ("https://a.example/b)]", "https://a.example/b"),
        ("https://a.example/b.,;:!?'’*_~", "https://a.example/b"),
        ("https://a.example/b-", "https://a.example/b-"),
        ("1https://a.example/b", None),
        ("-https://a.example/b", "https://a.example/b"),
        ("https://a", "https://a"),
    ],
)
def test_what_belongs_to_an_address(text, found):
    assert [text[start:end] for start, end in addresses(text)] == ([found] if found else [])


@pytest.mark.parametrize(
    ("url", "params", "tagged"),
    [
        ("https://a.example/?b", {"medium": "s"}, "https://a.example/?b&utm_medium=s"),
        ("https://a.example/", {}, "https://a.example/"),
        ("https://a.example/?utm_medium=x&b", {"medium": "s"}, "https://a.example/?utm_medium=x&b"),
        ("https://a.example/?b=utm_medium", {"medium": "s"}, "https://a.example/?b=utm_medium&utm_medium=s"),
        ("https://a.example/", {"medium": "a/b"}, "https://a.example/?utm_medium=a%2Fb"),
        ("https://a.example/", {"utm_x": "1", "x": "2"}, "https://a.example/?utm_x=2"),
    ],
)
def test_campaign_parameters(url, params, tagged):
    assert utm(url, params) == tagged


@pytest.mark.parametrize(
    ("section", "categories", "tags"),
    [
        (None, ["a" * 64], ["A" + "a" * 63]),
        (None, ["a" * 65], []),
        (None, ["C++", "C", "R&D", "é"], ["RD", "É"]),
        (None, ["日"], ["日"]),
        (None, ["2026", "2026 Games", "_"], ["2026Games"]),
        (None, ["NATO summit", "iPhone news", "rock'n'roll"], ["NATOSummit", "iPhoneNews", "Rocknroll"]),
        (None, ["m² area"], ["M2Area"]),
        (None, ["ﬁsh", "ǆ"], ["ﬁsh", "ǅ"]),
        ("News > World", ["world", " news "], ["News", "World"]),
        ("", [], []),
        (None, ["a⃝b", "x️y", "snake_case"], ["Ab", "Xy", "Snake_case"]),
        (None, ["\u0301abc def"], ["Def"]),
    ],
)
def test_what_becomes_a_hashtag(section, categories, tags):
    assert list(hashtags(section, categories)) == tags


@pytest.mark.parametrize(
    ("text", "there"),
    [
        ("#News", True),
        ("a #news, b", True),
        ("#Newspaper", False),
        ("#News_1", False),
        ("x#News", False),
        ("1#News", False),
        ("/#News", False),
        ("&#News", False),
        ("(#News)", True),
        ("#News’s", True),
        ("#News\u200dx", True),
        ("News", False),
        ("#Newspaper #News", True),
    ],
)
def test_whether_a_text_has_a_hashtag(text, there):
    assert has_hashtag(text, "News") is there


@pytest.mark.parametrize(
    ("text", "ends"),
    [
        ("one two three", [1, 2, 3, 7]),
        ("  one two", [3, 4, 5]),
        ("#one two three", [4, 8]),
        ("@one two", [4]),
        ("\u2060#one two", [5]),
        ("＃一二 三", [3]),
        ("a " + "b" * 40 + " c", [1, 42]),
        ("a " + "b" * 41 + " c", [1, *range(3, 44)]),
        ("a 日本 b", [1, 3, 4]),
        ("a x日 b", [1, 3, 4]),
        ("a 日x b", [1, 3, 4]),
        ("", []),
        ("...", []),
        ("see https://a.example/日本 now", [1, 2, 3, 24]),
    ],
)
def test_where_a_text_may_be_cut(text, ends):
    assert breaks(text) == ends


@pytest.mark.parametrize(
    ("text", "length", "short"),
    [
        ("one two", 7, "one two"),
        ("one two", 6, "one…"),
        ("one two", 4, "one…"),
        ("one two", 3, "on…"),
        ("one two", 2, "o…"),
        ("one two", 1, ""),
        ("one, two", 5, "one…"),
    ],
)
def test_a_text_is_cut_to_its_length(text, length, short):
    assert cut(text, length) == short


@pytest.mark.parametrize(("text", "end", "short"), [("one two", 4, "one…"), ("...", 2, ""), ("one", 3, "one…")])
def test_a_clip_ends_with_an_ellipsis_or_is_nothing(text, end, short):
    assert clip(text, end) == short


@pytest.mark.parametrize(
    ("text", "without"),
    [("abc", False), ("é", False), ("日", True), ("ก", True), ("🚲", True), ("🇵🇹", True), ("한", False)],
)
def test_which_scripts_put_no_spaces_between_words(text, without):
    assert unspaced(text) is without


@pytest.mark.parametrize(
    ("text", "line"), [("a\x85b", "a b"), ("a\x07b", "ab"), ("a\u00a0b", "a\u00a0b"), ("a\x0cb", "a b")]
)
def test_one_clean_line(text, line):
    assert plain(text) == line
