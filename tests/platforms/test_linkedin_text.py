"""LinkedIn's little text format: how it is written, read and counted, and how the stand-in reads it by its own code."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from syndicate.model import Secret
from syndicate.platforms._linkedin_text import RESERVED, commentary, length, plain
from syndicate.platforms.linkedin import LinkedIn, Options
from syndicate.sandbox.networks import _linkedin_text as stand_in
from syndicate.testing import Held, Recorded

PLATFORM = LinkedIn(Options("urn:li:organization:1", Secret("x")), Recorded(), Held())
FAMILY = "\N{MAN}\N{ZERO WIDTH JOINER}\N{WOMAN}\N{ZERO WIDTH JOINER}\N{GIRL}\N{ZERO WIDTH JOINER}\N{BOY}"
FLAG = "\N{REGIONAL INDICATOR SYMBOL LETTER P}\N{REGIONAL INDICATOR SYMBOL LETTER T}"
SKIN = "\N{WAVING HAND SIGN}\N{EMOJI MODIFIER FITZPATRICK TYPE-5}"


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("A bridge opens", "A bridge opens"),
        ("a (b) [c] {d}", "a \\(b\\) \\[c\\] \\{d\\}"),
        ("5 * 3 < 20 > 1", "5 \\* 3 \\< 20 \\> 1"),
        ("snake_case ~ a|b", "snake\\_case \\~ a\\|b"),
        ("C:\\news", "C:\\\\news"),
        ("mail me@gazette.example", "mail me\\@gazette.example"),
        ("#Fog", "{hashtag|\\#|Fog}"),
        ("It is #Fog, again", "It is {hashtag|\\#|Fog}, again"),
        ("#Fog#Rain", "{hashtag|\\#|Fog}\\#Rain"),
        ("#climate_change", "{hashtag|\\#|climate\\_change}"),
        (
            "#नमस्ते #Überraschung #天気 #سلام",
            "{hashtag|\\#|नमस्ते} {hashtag|\\#|Überraschung} {hashtag|\\#|天気} {hashtag|\\#|سلام}",
        ),
        ("＃魚", "{hashtag|＃|魚}"),
        ("#1 in C# and #️⃣", "\\#1 in C\\# and \\#️⃣"),
        ("## Heading", "\\#\\# Heading"),
        ("a#b &#x27;", "a\\#b &\\#x27;"),
        ("https://a.example/x_(y)#z", "https://a.example/x\\_\\(y\\)\\#z"),
        ("(https://a.example/#Fog)", "\\(https://a.example/\\#Fog\\)"),
        ("{hashtag|\\#|x}", "\\{hashtag\\|\\\\\\#\\|x\\}"),
        ("@[Name](urn:li:person:1)", "\\@\\[Name\\]\\(urn:li:person:1\\)"),
        ("", ""),
    ],
)
def test_a_text_is_written_so_that_all_of_it_is_seen(text, written):
    assert commentary(text) == written
    assert plain(written) == text
    assert stand_in.shown(written) == text


@pytest.mark.parametrize(
    ("text", "units"),
    [
        ("", 0),
        ("a", 1),
        ("a" * 3000, 3000),
        ("é", 1),
        ("e\u0301", 2),
        ("ﬀ", 1),
        ("ß", 1),
        ("“Fog” – it’s here…", 18),
        ("one\ntwo", 7),
        ("one\r\ntwo", 8),
        ("one\n\ntwo", 8),
        ("\t", 1),
        ("\N{NO-BREAK SPACE}", 1),
        ("\N{ZERO WIDTH SPACE}", 1),
        ("中文字", 3),
        ("日本語の見出し", 7),
        ("한국어", 3),
        ("𠮷", 2),
        ("नमस्ते", 6),
        ("\u0915\u094d\u0937\u093f", 4),
        ("வணக்கம்", 7),
        ("ภาษาไทย", 7),
        ("سلام عليكم", 10),
        ("שלום", 4),
        ("Привет", 6),
        (FLAG, 4),
        (FAMILY, 11),
        (SKIN, 4),
        ("🌉", 2),
        ("❤️", 2),
        ("1️⃣", 3),
        ("(", 2),
        ("*bold*", 8),
        ("[x]", 5),
        ("a_b", 4),
        ("\\", 2),
        ("#1", 3),
        ("C#", 3),
        ("#Fog", 16),
        ("#天気", 15),
        ("#a_b", 17),
        ("me@gazette.example", 19),
        ("https://gazette.example/a", 25),
        ("gazette.example/a", 17),
        ("https://gazette.example/?utm_source=x&utm_medium=y", 52),
        ("https://gazette.example/" + "a" * 200, 224),
        ("https://gazette.example/#top", 29),
        ("<b>", 5),
        ("~|{}", 8),
    ],
)
def test_a_text_is_as_long_as_what_is_sent(text, units):
    assert PLATFORM.measure(text) == units == stand_in.units(commentary(text))


@settings(deadline=None)
@given(st.text(alphabet=st.one_of(st.characters(exclude_categories=["Cs"]), st.sampled_from(RESERVED + "aA1 /:"))))
def test_whatever_is_written_is_seen_whole_and_read_back(text):
    written = commentary(text)
    assert plain(written) == text
    assert stand_in.shown(written) == text
    assert length(text) == stand_in.units(written) >= len(text)


@pytest.mark.parametrize("character", RESERVED.replace("\\", ""))
def test_the_stand_in_cuts_a_text_where_linkedin_does(character):
    assert stand_in.shown(f"A bridge {character} opens") == "A bridge "


@pytest.mark.parametrize(
    ("written", "seen"),
    [
        ("Hello @[Acme \\(UK\\)](urn:li:organization:1)!", "Hello Acme (UK)!"),
        ("{hashtag|#|Fog} {hashtag|\\#|Rain}", "#Fog #Rain"),
        ("a {hashtag|x} b", "a "),
        ("a {hashtag|#|Fog", "a "),
        ("a @[Acme] b", "a "),
        ("a @[Acme](urn:li:organization:1", "a "),
        ("#Fog is plain", "#Fog is plain"),
        ("ends in \\", "ends in "),
    ],
)
def test_what_others_write_is_read_as_well(written, seen):
    assert stand_in.shown(written) == seen


def test_a_long_text_takes_no_longer_than_its_share():
    for unit in ("#a", "##", "#a_", "https://a/(", "\\", "@[x](", "# a"):
        assert length(unit * 2000) > 0
