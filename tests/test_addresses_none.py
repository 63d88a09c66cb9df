"""What scripts write where they have no address."""

from __future__ import annotations

import pytest

from syndicate.addresses import NO_ADDRESS, is_possible

WORDS = ["undefined", "null", "none", "nan", "false", "n/a", "#", "[object object]", "about:blank"]
HOSTS = ["http", "https", "undefined", "null", "none", "nan", "false", "true"]


@pytest.mark.parametrize("word", WORDS)
def test_such_words_are_no_address(word):
    assert word in NO_ADDRESS
    assert not is_possible(word)


@pytest.mark.parametrize("word", HOSTS)
def test_such_words_are_no_host(word):
    assert not is_possible(f"https://{word}/a")
    assert not is_possible(f"https://{word.upper()}/a")
    assert is_possible(f"https://{word}.example/a")
