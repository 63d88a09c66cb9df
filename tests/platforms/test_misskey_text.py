"""What Misskey shows of a text: its words to the letter, nothing formatted, each address whole."""

from __future__ import annotations

import random

import pytest

from syndicate.platforms._misskey_text import length, shielded, shown
from syndicate.sandbox.networks._misskey_mfm import read
from syndicate.text import addresses

FAMILY = "👨\N{ZERO WIDTH JOINER}👩\N{ZERO WIDTH JOINER}👧"
P = "<plain>{}</plain>".format

# The text, what is sent, and the UTF-16 code units of that.
MEASURED = [
    ("", "", 0),
    ("a", "a", 1),
    ("A bridge opens", "A bridge opens", 14),
    ("橋が開く", "橋が開く", 4),
    ("𠮷野家", "𠮷野家", 4),
    ("क्षिप्र", "क्षिप्र", 7),
    ("بغداد", "بغداد", 5),
    ("שָׁלוֹם", "שָׁלוֹם", 7),
    ("ภาษาไทย", "ภาษาไทย", 7),
    ("🇵🇹", "🇵🇹", 4),
    ("👋🏽", "👋🏽", 4),
    (FAMILY, FAMILY, 8),
    ("e\u0301", "e\u0301", 2),
    ("one\n\ntwo", "one\n\ntwo", 8),
    ("https://a.example/x", "https://a.example/x", 19),
    ("https://a.example/?a=1&b=2#c", "https://a.example/?a=1&b=2#c", 28),
    ("https://a.example/" + "x" * 300, "https://a.example/" + "x" * 300, 318),
    ("https://a.example/x.", "https://a.example/x.", 20),
    ("(https://a.example/x)", "(https://a.example/x)", 21),
    ("https://a.example/x_(y)", "https://a.example/x_(y)", 23),
    ("https://a.example/it's", "<https://a.example/it's>", 24),
    ("https://a.example/a*b*c", "<https://a.example/a*b*c>", 25),
    ("https://a.example/橋", "<https://a.example/橋>", 21),
    ("https://例え.example/", "<https://例え.example/>", 21),
    ("https://a.example/x|y", "https://a.example/x|y", 21),
    ("https://a.example/x?", "<https://a.example/x>?", 22),
    ("seehttps://a.example/x", P("seehttps://a.example/x"), 37),
    ("*bold* moves", P("*bold* moves"), 27),
    ("2 * 3 * 4", P("2 * 3 * 4"), 24),
    ("5 * 3", "5 * 3", 5),
    ("a **b", P("a **b"), 20),
    ("_it_", P("_it_"), 19),
    ("snake_case_name", P("snake_case_name"), 30),
    ("`x`", P("`x`"), 18),
    ("~~gone~~", P("~~gone~~"), 23),
    ("~gone~", "~gone~", 6),
    ("<b>x</b>", P("<b>x</b>"), 23),
    ("<more>", "<more>", 6),
    ("x < 3 > 2", "x < 3 > 2", 9),
    ("> said", P("> said"), 21),
    ("a\n> said", "a\n" + P("> said"), 23),
    ("$[tada x]", P("$[tada x]"), 24),
    ("$5 [x]", "$5 [x]", 6),
    ("[x](https://a.example/)", P("[x](") + "https://a.example/)", 38),
    ("at 10:30:45", P("at 10:30:45"), 26),
    ("at 10:30", "at 10:30", 8),
    (":smile:", P(":smile:"), 22),
    ("\\(x\\)", P("\\(x\\)"), 20),
    ("Yahoo ends Search", P("Yahoo ends Search"), 32),
    ("a [search]", P("a [search]"), 25),
    ("Research", "Research", 8),
    ("Search ends", "Search ends", 11),
    ("#Fog in *it*", "#Fog" + P(" in *it*"), 27),
    ("Fog #OldHarbour #橋", "Fog #OldHarbour #橋", 18),
    ("</plain>*x*", P("<\u200b/plain>*x*"), 27),
    ("<https://a.example/>", P("<") + "https://a.example/>", 35),
]


@pytest.mark.parametrize(("text", "sent", "units"), MEASURED)
def test_a_text_is_sent_so_and_counts_so_much(text, sent, units):
    assert shielded(text) == sent
    assert length(text) == units
    assert shown(sent) == text
    found = read(sent)
    assert found.nodes == []
    assert found.text.replace("\u200b", "") == text


SAID = """
Fog *bold* **x _it_ __y__ ` `x` ~~ ~~gone~~ <b>x</b> <center> </plain> <plain> > >said $[tada x] [x](y)
?[z](https://a.example/z) \\( \\[ :x: 10:30:45 Search [search] 検索 @desk #Fog #橋 https://a.example/x_y?a=1
https://a.example/it's (https://a.example/) https://a.example/x_(y) https://a.example/橋。 𠮷野家 👨‍👩‍👧 _ * : $ [
] ( ) < > ´ 。 、 … “x”
"""
WORDS = SAID.split()


@pytest.mark.parametrize("seed", range(20))
def test_no_mixture_of_markup_is_formatted_and_no_address_is_cut(seed):
    dice = random.Random(seed)
    for _ in range(100):
        gaps = dice.choices([" ", " ", "\n", ""], k=9)
        text = "".join(word + gap for word, gap in zip(dice.choices(WORDS, k=9), gaps, strict=True))
        text = text.replace("@", "@\u2060")  # as the core writes it
        sent = shielded(text)
        found = read(sent)
        assert found.nodes == [], (text, sent)
        assert found.text.replace("\u200b", "") == text, (text, sent)
        assert found.links == [text[start:end] for start, end in where(text)], (text, sent)


def where(text):
    """The addresses, line by line, as the core finds them."""
    at = 0
    for line in text.split("\n"):
        yield from ((at + start, at + end) for start, end in addresses(line))
        at += len(line) + 1


def test_brackets_within_brackets_end_somewhere():
    assert length("https://a.example/" + "(" * 3000) > 3000
