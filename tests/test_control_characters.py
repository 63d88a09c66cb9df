"""What could act on a terminal or in a log is shown by its number instead."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syndicate.control_characters import ACTING, escaped_json, on_one_line, visible, visible_json
from syndicate.errors import PlatformError, SyndicateError

ACTS = [*range(9), *range(0x0B, 0x20), *range(0x7F, 0xA0), 0x2028, 0x2029, *range(0x202A, 0x202F)]
ACTS += [*range(0x2066, 0x206A), 0xD800, 0xDFFF]


@pytest.mark.parametrize("number", ACTS)
def test_each_that_acts_is_shown_by_its_number(number):
    shown = f"\\x{number:02x}" if number < 256 else f"\\u{number:04x}"
    assert visible(f"a{chr(number)}b") == f"a{shown}b"


@pytest.mark.parametrize(
    "kept", ["a\tb\nc", "é 汉 🏴\u200d", "\u200e\u200f\u061c", "\xa0", "\u2027\u202f\u2065\u206a\u2030"]
)
def test_what_is_read_stays(kept):
    assert visible(kept) == kept


def test_a_line_stays_one_line():
    assert on_one_line("a\nb\tc\r\x1b") == "a\\nb\\tc\\r\\x1b"


def test_values_of_json_are_cleaned_at_any_depth():
    assert visible_json({"a\x1b": ["\x9b", ("\u202e", 1, None)]}) == {"a\\x1b": ["\\x9b", ["\\u202e", 1, None]]}


@given(st.text())
def test_escaped_json_means_the_same_and_holds_nothing_that_acts(text):
    written = escaped_json(json.dumps({"said": text}, ensure_ascii=False))
    assert json.loads(written) == {"said": text}
    assert not ACTING.search(written)


def test_an_error_is_clean_as_soon_as_it_is_made():
    fault = PlatformError("refused \x1b]0;x\x07", hint="see \u202e")
    assert (str(fault), fault.hint) == ("refused \\x1b]0;x\\x07", "see \\u202e")
    assert SyndicateError("plain\nlines").hint is None
