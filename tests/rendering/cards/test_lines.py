"""Where a headline's lines end, by the widths of its words alone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syndicate.rendering.cards.hyphens import syllables
from syndicate.rendering.cards.lines import END, Piece, chosen, count, parts, printed


def pieces(text, hyphened=False):
    """Each letter half as wide as the font is high, a space a quarter; syllables are divided by a dot."""
    found = []
    for part, gap in parts(text):
        *heads, last = part.split(".") if hyphened else [part]
        found += [Piece(head, len(head) / 2, tail=0.3) for head in heads]
        found.append(Piece(last, len(last) / 2, gap, 0.25 if gap == " " else 0.0))
    return found


def lines(text, room, hyphened=False):
    made = pieces(text, hyphened)
    return printed(made, chosen(made, room, count(made, room))[1]).split(END)


@pytest.mark.parametrize(
    ("text", "room", "told"),
    [
        ("A duna que anda treze metros por ano já chegou à estrada", 10, "já chegou à estrada"),
        ("one two three four five six", 11, "four five six"),
        ("Storm reaches the coast: bridges closed, trains stopped", 13, "trains stopped"),
    ],
)
def test_no_word_is_left_alone_on_the_last_line(text, room, told):
    greedy, line = [], ""
    for word in text.split():
        if line and (len(line) + len(word)) / 2 + 0.25 > room:
            greedy, line = [*greedy, line], word
        else:
            line = f"{line} {word}".strip()
    found = lines(text, room)
    assert found[-1] == told
    assert len(found) <= len([*greedy, line])


def test_lines_are_of_similar_length():
    assert lines("six words of which each is short", 14) == ["six words of which", "each is short"]


def test_a_line_ends_where_the_sentence_pauses():
    assert lines("Night falls: the count goes on", 9) == ["Night falls:", "the count goes on"]


def test_a_compound_may_end_a_line_after_its_dash_and_a_short_one_not():
    assert [part for part, _ in parts("Nordrhein-Westfalen sagt E-Mail ab")] == [
        *("Nordrhein-", "Westfalen", "sagt", "E-Mail", "ab")
    ]


def test_a_divided_word_has_its_hyphen_only_where_the_line_ends():
    assert lines("Rind.fleisch.gesetz gilt", 6.5, hyphened=True) == ["Rindfleisch-", "gesetz gilt"]
    assert lines("Rind.fleisch.gesetz gilt", 20, hyphened=True) == ["Rindfleischgesetz gilt"]


@given(st.lists(st.integers(1, 14), min_size=1, max_size=40), st.floats(8, 40))
def test_every_word_is_there_once_in_order_and_no_line_is_too_wide(lengths, room):
    text = " ".join("x" * length for length in lengths)
    made = pieces(text)
    needed = count(made, room)
    cost, ends = chosen(made, room, needed)
    assert len(ends) == needed
    assert cost >= -0.1 * needed
    assert printed(made, ends).replace(END, " ") == text
    for line in printed(made, ends).split(END):
        assert sum(len(word) / 2 for word in line.split()) + 0.25 * (len(line.split()) - 1) <= room + 1e-9


def test_a_word_that_is_wider_than_the_column_fits_in_no_number_of_lines():
    assert count(pieces("a veryverylongword"), 4) is None


@pytest.mark.parametrize(
    ("word", "language", "told"),
    [
        ("Geschwindigkeitsbegrenzung", "de", ["Geschwin", "dig", "keits", "be", "gren", "zung"]),
        ("Geschwindigkeitsbegrenzung,", "de-AT", ["Geschwin", "dig", "keits", "be", "gren", "zung,"]),
        ("Geschwindigkeitsbegrenzung", None, ["Geschwindigkeitsbegrenzung"]),
        ("Geschwindigkeitsbegrenzung", "tlh", ["Geschwindigkeitsbegrenzung"]),
        ("Regierung", "de", ["Regierung"]),
        ("достопримечательности", "ru", ["досто", "при", "ме", "ча", "тель", "ности"]),
    ],
)
def test_a_long_word_is_divided_as_its_language_divides_it(word, language, told):
    assert syllables(word, language) == told
