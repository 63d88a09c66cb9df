"""The page on other programs: our counts are counted, and each program is in the table and has its part."""

from __future__ import annotations

import re

import pytest

from syndicate.model import Secret
from syndicate.platforms import bluesky, mastodon, x
from syndicate.testing import Held, Recorded
from tests.worlds.pages import read

ADDRESS = f"https://www.example.com/{'a' * 179}"
TEXTS = {
    "100 letters, a space and an address of 203": f"{'x' * 100} {ADDRESS}",
    "200 Chinese characters": "漢" * 200,
    "60 family emoji": "👨‍👩‍👧‍👦" * 60,
    "150 Devanagari syllables": "कि" * 150,
}
NETWORKS = {
    "Bluesky": bluesky.Bluesky(bluesky.Options("a.example", Secret("x")), Recorded(), Held()),
    "Mastodon": mastodon.Mastodon(mastodon.Options("https://social.example", Secret("x")), Recorded(), Held()),
    "X": x.X(x.Options(*[Secret("x")] * 4), Recorded(), Held()),
}
PAGE = read("comparison.md")
COUNTS = re.findall(r"^\| (.+?) \| (X|Mastodon|Bluesky) \| (\d+) \| (\d+) \|", PAGE, re.MULTILINE)


@pytest.mark.parametrize(("text", "network", "right", "ours"), COUNTS)
def test_our_count_is_what_the_page_says_and_right(text, network, right, ours):
    assert len(ADDRESS) == 203
    assert NETWORKS[network].measure(TEXTS[text]) == int(ours) == int(right)


def test_all_texts_are_counted():
    assert {text for text, *_ in COUNTS} == TEXTS.keys()


def test_each_program_of_the_table_has_its_part():
    rows = re.findall(r"^\| \[([^\]]+)\]\(#([\w-]+)\) \|", PAGE, re.MULTILINE)
    parts = re.findall(r"^### (.+)$", PAGE, re.MULTILINE)
    assert [name for name, _ in rows] == parts
    assert len(rows) == 12
    for part in PAGE.split("\n### ")[1:]:
        assert part.split("\n")[2].startswith("Better: ")


def test_the_posts_after_a_lost_answer_are_those_of_the_benchmark():
    table = PAGE.partition("| syndicate | feed2toot 0.17 |")[2].split("\n")
    ours = [int(cell) for cell in table[2].strip("| ").split(" | ")]
    names = ("syndicate", "feed2toot", "feediverse", "feed2fedi", "barkr", "crier")
    page = read("benchmarks.md").partition("| program | posts |")[2].partition("\n\n")[0]
    assert dict(zip(names, ours, strict=True)) == {
        name: int(count) for name, count in re.findall(r"^\| (\w+) \| (\d+) \|$", page, re.MULTILINE)
    }
