"""The words of a Markdown text."""

import pytest

from syndicate.sources.formats.markdown_words import as_html
from syndicate.sources.parsing import notes

URL = "https://gazette.example/notes/17"


@pytest.mark.parametrize(
    ("text", "body"),
    [
        (
            "One line\ngoes on.\n\nNext *paragraph* with **bold** and `code`.",
            "One line goes on.\n\nNext paragraph with bold and code.",
        ),
        ("Broken  \nhere\\\nand here", "Broken\nhere\nand here"),
        ("2 * 3 * 4 and snake_case_word and 5*6*7", "2 * 3 * 4 and snake_case_word and 5*6*7"),
        (
            '[words](https://a.example/x "T") and [ref][r]\n\n[r]: https://b.example/y',
            "words (https://a.example/x) and ref (https://b.example/y)",
        ),
        ("<https://a.example/x> and https://b.example/a_b_c", "https://a.example/x and https://b.example/a_b_c"),
        ("[wiki](https://a.example/Fog_(weather))", "wiki (https://a.example/Fog_%28weather%29)"),
        ("![A boat](boat.jpg) Home.", "Home."),
        ("> Said so\n> twice", "Said so twice"),
        ("- one\n- two", "- one\n- two"),
        ("\\*not\\* & <b>bold</b> a < b", "*not* & bold a < b"),
        ("not [a link] here", "not [a link] here"),
    ],
)
def test_markdown_is_read_for_its_words(text, body):
    assert notes.body(as_html(text), URL, URL).body == body
