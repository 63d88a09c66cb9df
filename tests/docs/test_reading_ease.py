"""Nobody has to read a sentence twice: none is over 30 words in README, the tutorial and --help."""

from __future__ import annotations

import re

import click
import pytest

from tests.worlds.pages import DOCS, ROOT, generator

MOST = 30  # words in a sentence
ABBREVIATED = re.compile(r"\b(e\.g|i\.e|etc)\.")


def sentences(text: str) -> list[str]:
    return [" ".join(each.split()) for each in re.split(r"(?<=[.!?])\s+(?=\S)", ABBREVIATED.sub(r"\1", text))]


def prose(page: str) -> list[str]:
    """The paragraphs of a page, list entries and cells of tables, as a reader sees them."""
    text = re.sub(r"^```.*?^```$", "", page, flags=re.MULTILINE | re.DOTALL)
    text = re.sub(r"!?\[([^\]]*)\]\([^)]*\)", r"\1", text).replace("**", "")
    return re.split(r"\n\s*\n|\n(?=- |\d+\. |\|)|\|", text)


def helped() -> list[str]:
    """What --help says of each command and each option."""
    found = []
    for _, command in generator().commands():
        found += (command.help or "").split("\n\n")
        found += [option.help or "" for option in command.params if isinstance(option, click.Option)]
    return found


SAID = {
    "README": lambda: prose((ROOT / "README.md").read_text(encoding="utf-8")),
    "tutorial": lambda: prose((DOCS / "tutorial.md").read_text(encoding="utf-8")),
    "--help": helped,
}


@pytest.mark.parametrize("place", SAID)
def test_no_sentence_is_over_thirty_words(place):
    found = [sentence for part in SAID[place]() for sentence in sentences(part)]
    assert len(found) > 30
    long = [sentence for sentence in found if len(re.findall(r"\w[\w'’.-]*", sentence)) > MOST]
    assert long == []


def test_the_count_knows_sentences():
    assert sentences("One, e.g. this. Two: three; four! Five") == ["One, e.g this.", "Two: three; four!", "Five"]
