import re
import sys
import unicodedata
from urllib.parse import parse_qsl, urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from syndicate.text import (
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
    top_level_domains,
    utm,
)
from tests import processes

FAMILY = "👩‍👩‍👧‍👦"
TEXTS = st.text(
    st.one_of(st.characters(codec="utf-8"), st.sampled_from("  \n.,…#@👩\u200d👧🇵🇹日本ไทกำक्षि\u0301\u2067\u2069\u202e"))
)
NONCHARACTERS = "".join(map(chr, range(0xFDD0, 0xFDF0)))


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("", 0),
        ("plain", 5),
        ("a\r\nb", 3),
        ("e\u0301te\u0301", 3),
        (FAMILY, 1),
        ("🇵🇹🇷🇺", 2),
        ("👍🏽", 1),
        ("क्षि", 1),
        ("กำ", 1),
        ("각", 1),
        ("1️⃣", 1),
    ],
)
def test_a_grapheme_is_what_a_reader_counts(text, count):
    assert len(graphemes(text)) == count
    assert "".join(graphemes(text)) == text


@pytest.mark.parametrize(
    ("section", "categories", "tags"),
    [
        (None, [], ()),
        ("News > Russia", [], ("News", "Russia")),
        ("News>Russia", ["russia", "RUSSIA", "Geneva"], ("News", "Russia", "Geneva")),
        (None, ["human rights", "NATO summit", "iPhone sales"], ("HumanRights", "NATOSummit", "iPhoneSales")),
        (None, ["Ukraine’s war", "l'été"], ("UkrainesWar", "Lété")),
        (None, ["2024", "24/7", "Covid-19", "21st century", "_", "___1"], ("Covid19", "21stCentury")),
        (None, ["U.S.", "AT&T", "C++", "R&D", "snake_case"], ("US", "ATT", "RD", "Snake_case")),
        (None, ["CO₂ prices", "½ price"], ("CO2Prices", "Price")),
        (None, ["मानव अधिकार", "क्षि"], ("मानवअधिकार", "क्षि")),
        ("ニュース > 文化", ["人権", "米"], ("ニュース", "文化", "人権", "米")),
        (None, ["حقوق الإنسان", "می‌خواهم"], ("حقوقالإنسان", "میخواهم")),
        (None, ["საქართველო", "straße", "ß"], ("საქართველო", "Straße", "ß")),
        (None, ["❤️", "I ❤️ NY", "1️⃣"], ("INY",)),
        (None, ["cafe\u0301"], ("Café",)),
        (None, ["x" * 65, "y" * 64], ("Y" + "y" * 63,)),
        ("  >  ", [" > ", "#hashtag", "@handle"], ("Hashtag", "Handle")),
    ],
)
def test_hashtags_come_from_section_and_categories(section, categories, tags):
    assert hashtags(section, categories) == tags


@settings(deadline=None)  # the machine may be busy
@given(st.one_of(st.none(), TEXTS), st.lists(TEXTS, max_size=4))
def test_a_hashtag_is_letters_marks_digits_and_underscores_only(section, categories):
    tags = hashtags(section, categories)
    for tag in tags:
        kinds = {unicodedata.category(character) for character in tag if character != "_"}
        assert kinds <= {"Lu", "Ll", "Lt", "Lm", "Lo", "Mn", "Mc", "Nd", "Nl"}
        assert any(character.isalpha() for character in tag)
    assert len({tag.casefold() for tag in tags}) == len(tags)


@pytest.mark.parametrize(
    ("url", "params", "expected"),
    [
        ("https://a.example/", {}, "https://a.example/"),
        ("https://a.example/", {"medium": "social"}, "https://a.example/?utm_medium=social"),
        ("https://a.example", {"utm_medium": "social"}, "https://a.example?utm_medium=social"),
        ("https://a.example/?", {"medium": "s"}, "https://a.example/?utm_medium=s"),
        ("https://a.example/?a=1&", {"medium": "s"}, "https://a.example/?a=1&utm_medium=s"),
        ("https://a.example/?x=%7e+%2F&y#f?g#h", {"medium": "s"}, "https://a.example/?x=%7e+%2F&y&utm_medium=s#f?g#h"),
        ("https://a.example/#f", {"source": "x", "medium": "s"}, "https://a.example/?utm_source=x&utm_medium=s#f"),
        ("https://a.example/?utm_source=feed", {"source": "x"}, "https://a.example/?utm_source=feed"),
        ("https://a.example/?utm%5Fsource=f", {"source": "x"}, "https://a.example/?utm%5Fsource=f"),
        ("https://a.example/?utm_source", {"source": "x"}, "https://a.example/?utm_source"),
        (
            "https://a.example/日本",
            {"campaign": "a b&c=日"},
            "https://a.example/日本?utm_campaign=a%20b%26c%3D%E6%97%A5",
        ),
    ],
)
def test_campaign_parameters_do_not_disturb_what_is_there(url, params, expected):
    assert utm(url, params) == expected


ADDRESS_PARTS = st.text("abc%2F/=&+;:@!é日", max_size=12)


@settings(deadline=None)  # the machine may be busy
@given(
    ADDRESS_PARTS,
    st.one_of(st.none(), ADDRESS_PARTS),
    st.one_of(st.none(), ADDRESS_PARTS),
    st.dictionaries(st.sampled_from(["source", "medium", "campaign"]), st.text(max_size=5), max_size=3),
)
def test_campaign_parameters_can_be_read_back_and_nothing_is_lost(path, query, fragment, params):
    url = (
        f"https://a.example/{path}"
        + ("" if query is None else f"?{query}")
        + ("" if fragment is None else f"#{fragment}")
    )
    tagged = utm(url, params)
    if not params:
        assert tagged == url
        return
    assert urlsplit(tagged).path == urlsplit(url).path
    assert urlsplit(tagged).fragment == urlsplit(url).fragment
    assert urlsplit(tagged).query.startswith(urlsplit(url).query)
    read = parse_qsl(urlsplit(tagged).query, keep_blank_values=True)
    assert read[len(read) - len(params) :] == [(f"utm_{name}", value) for name, value in params.items()]
    assert utm(tagged, params) == tagged


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("  two\n\tlines \r\n", "two lines"),
        ("nul\x00 and\x07 bell\x1b[1m", "nul and bell[1m"),
        (f"marks{NONCHARACTERS}\uffff\U0001fffe here\ufeff", "marks here"),
        ("lone \ud800 surrogate", "lone surrogate"),
        ("soft\u00adhyphen", "softhyphen"),
        ("«\u00a0cité\u202f!\u00a0»", "«\u00a0cité\u202f!\u00a0»"),
        ("a\u2028b\u2029c", "a b c"),
        ("می‌خواهم", "می‌خواهم"),
        ("\u202egnp.exe", "\u202egnp.exe\u202c"),
        ("\u2067abc", "\u2067abc\u2069"),
        ("abc\u2069\u202c", "abc"),
        ("\u2067a\u202bb\u2069c", "\u2067a\u202bb\u2069c"),
        ("\u202ba\u2069b\u202c", "\u202bab\u202c"),
        ("\u200fabc\u200e", "\u200fabc\u200e"),
    ],
)
def test_plain_text_is_one_clean_line(text, clean):
    assert plain(text) == clean


@settings(deadline=None)  # the machine may be busy
@given(TEXTS)
def test_plain_text_stays_as_it_is_when_cleaned_again(text):
    clean = plain(text)
    assert plain(clean) == clean
    assert not re.search("[\x00-\x1f\ufdd0-\ufdef]", clean)
    clean.encode()


@settings(deadline=None)  # the machine may be busy
@given(TEXTS)
def test_directions_are_closed_once_and_for_all(text):
    assert balanced(balanced(text)) == balanced(text)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("none here, ftp://a.example", []),
        ("https://a.example", ["https://a.example"]),
        ("see HTTPS://A.example/b?c=d#e.", ["HTTPS://A.example/b?c=d#e"]),
        ("(https://a.example/b), “https://a.example/c”", ["https://a.example/b", "https://a.example/c"]),
        ("https://a.example/b_(c) and (https://a.example/b_(c)).", ["https://a.example/b_(c)"] * 2),
        ("記事https://a.example/記、と", ["https://a.example/記"]),
        ("xhttps://a.example", []),
        ("https://", []),
        ("cut https://a.example/b…", ["https://a.example/b"]),
    ],
)
def test_addresses_are_found_without_the_punctuation_around_them(text, found):
    assert [text[start:end] for start, end in addresses(text)] == found


@pytest.mark.parametrize(
    ("text", "length", "expected"),
    [
        ("Short enough", 12, "Short enough"),
        ("Putin and Biden, discuss", 20, "Putin and Biden…"),
        ("Putin and Biden discuss", 16, "Putin and Biden…"),
        ("One sentence. Another one", 20, "One sentence…"),
        ("Unbelievable", 6, "Unbel…"),
        ("Unbelievable", 1, ""),
        ("日本の首相が新しい経済政策を発表しました", 10, "日本の首相が新しい…"),
        ("「日本」「首相」", 6, "「日本」…"),
        (FAMILY * 5, 3, FAMILY * 2 + "…"),
        ("see https://a.example/long/path now", 12, "see…"),
        ("https://a.example/long/path now", 12, ""),
        ("talk to #LongHashtag now", 12, "talk to…"),
        ("x " + "y" * 60, 30, "x " + "y" * 27 + "…"),
        ("« Bonjour\u00a0» dit-il", 8, "« Bonjo…"),
        ("« Bonjour\u00a0» dit-il", 14, "« Bonjour\u00a0»…"),
        ("\u2067abc def\u2069", 6, "\u2067abc\u2069…"),
        ("anything", 0, ""),
    ],
)
def test_text_is_cut_at_a_word_with_an_ellipsis(text, length, expected):
    assert cut(text, length) == expected


@settings(deadline=None)  # the machine may be busy
@given(TEXTS, st.integers(0, 60))
def test_cut_text_is_a_beginning_of_whole_graphemes_within_the_length(text, length):
    short = cut(plain(text), length)
    whole = graphemes(plain(text))
    assert len(graphemes(short)) <= length
    if short and short != plain(text):
        assert short.endswith("…")
        ends = {len("".join(whole[:count])) for count in range(len(whole) + 1)}
        assert set(breaks(plain(text))) <= ends
        assert any(clip(plain(text), end) == short for end in ends)


@settings(deadline=None)  # the machine may be busy
@given(st.text("ab c日#@.", max_size=20), st.text("ab c日", max_size=30))
def test_an_address_is_kept_whole_or_left_out(before, after):
    address = "https://a.example/path/to?story=1"
    text = f"{before} {address} {after}"
    for end in breaks(text):
        short = clip(text, end)
        assert "https" not in short or address in short


def test_reading_ascii_does_not_load_regex():
    code = "import sys; from syndicate.text import *; cut('a', 3); plain('b'); sys.exit('regex' in sys.modules)"
    assert processes.run([sys.executable, "-c", code], check=False).returncode == 0


@pytest.mark.parametrize(
    ("text", "tag", "there"),
    [
        ("Why #MeToo matters", "metoo", True),
        ("#MeToo", "MeToo", True),
        ("＃日本の", "日本", False),
        ("＃日本 の", "日本", True),
        ("#MeToo2 #MeToo", "MeToo", True),
        ("#MeToo_2 &#MeToo a#MeToo /#MeToo", "MeToo", False),
        ("#E\u0301lection", "Élection", True),
        ("#हिन्दी", "हिन्द", False),
        ("", "News", False),
    ],
)
def test_a_text_has_a_hashtag_whatever_its_case(text, tag, there):
    assert has_hashtag(text, tag) == there


def test_top_level_domains_are_those_that_exist():
    assert {"com", "pt", "museum"} <= top_level_domains()
    assert not {"example", "local", "html", ""} & top_level_domains()


def test_paragraphs_are_clean_lines_with_one_blank_line_between_two():
    assert paragraphs(" a\u00ad \n\n\n b  c\nd\n") == "a\n\nb c\nd"
    assert paragraphs("a  b") == "a b"
