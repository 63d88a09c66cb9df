from __future__ import annotations

import random
import textwrap
import warnings

import pytest

from syndicate.config import document, usual_yaml
from syndicate.config.document import Node, Problems
from syndicate.config.starter import example, starter
from syndicate.errors import ConfigError

LISTS = """\
site: {name: Gazette, url: "https://gazette.example/?a=b#c"}
sources:
  a: {url: 'https://a.example/f.xml', every: 10m, burst: off}   # one line each
  b: {url: "https://b.example/", tags: [one, 'two, three', {deep: ~}]}
accounts:
  x:
    hours:
    - 8:00 to 20:00
    - "all day"
    only: {sections: []}
    empty:
  y:
    - plain # here
    - {}
"""
WHOLE = (example(), starter("Gazette", "https://gazette.example/", [("news", "https://gazette.example/rss")]), LISTS)
SIGNS = (
    *(" ", "  ", "\n", "#", " #", ":", ": ", "-", "- ", "{", "}", "[", "]", ",", "'", '"', "\\", "~", "null", "<<"),
    *("*a", "&a ", "!x ", "|", ">", "?", "%", "@", "`", "=", "é", "\xa0", "\u2028", "\t", "\r", "\ufeff", "\x07"),
    *("a: b", "\n  ", "\n\n", "---", "...", "${X}", "(", "+", ".", "/", "$", "\n- a", "\n    b: c", "0x1F", "😀"),
)
PLAIN = {
    "a: b": {"a": "b"},
    "a:\n  b: c\n\n# said\n  d: 'e # f'   # g\nh:\n": {"a": {"b": "c", "d": "e # f"}, "h": None},
    "a: [1, two, \"three: 3\"]\nb: {c: {d: 'e'}}": {"a": ["1", "two", "three: 3"], "b": {"c": {"d": "e"}}},
    "a:\n- b\n- c:d#e\nf: ${X}": {"a": ["b", "c:d#e"], "f": "${X}"},
    "a: null\nb: ~\nc: ''": {"a": None, "b": None, "c": ""},
}
LEFT = (
    *("", "a", "- a", "a: b: c", "a: |\n  b", "a: 'b''c'", 'a: "b\\n"', "a: b\n  c", "a: *b", "a: &b c", "a: !b c"),
    *("a:\tb", "a: {b:c}", "a: {b: c", "a: [b,]", "a:\n  b: c\n d: e", " a: b", "--- \na: b", "a: b\r\n", "'a': b"),
    *("a: {b: c}d", "a:\n  - b\n    - c", "a:\n  - b: c", "? a", "a: -", "a: @b", "<<: {a: b}", "a: b\n...", "a: {b}"),
)


def plain(node: Node) -> object:
    if isinstance(node.value, dict):
        return {name: plain(child) for name, child in node.value.items()}
    return [plain(child) for child in node.value] if isinstance(node.value, list) else node.value


def tree(node: Node) -> object:
    """A tree with its places; where a block ends nobody asks."""
    here = (node.where, node.place.line, node.place.column, node.place.start)
    named = (node.key.line, node.key.column, node.key.start)
    if isinstance(node.value, dict):
        return here, named, [(name, tree(child)) for name, child in node.value.items()]
    if isinstance(node.value, list):
        return here, named, [tree(child) for child in node.value]
    return here, node.place.end, named, node.value


def grown(root: object, text: str) -> tuple[object, object]:
    problems = Problems("config.yaml", text)
    made = document._grown(root, "", document._place(root), problems, document._DEPTH)
    return tree(made), problems._found


def by_ruamel(text: str) -> object:
    root = document._composed(text, document.Problems("config.yaml", text), "config.yaml")
    if root is not None:
        document._bound(root, "config.yaml")
    return root


@pytest.mark.parametrize("text", PLAIN)
def test_what_is_written_as_usual_is_read(text):
    assert usual_yaml.composed(text) is not None
    assert {name: plain(node) for name, node in document.parse(text, Problems("x", text), "x").items()} == PLAIN[text]


@pytest.mark.parametrize("text", LEFT)
def test_whatever_is_not_as_usual_is_left_to_the_whole_parser(text):
    assert usual_yaml.composed(text) is None


@pytest.mark.parametrize("text", WHOLE)
def test_the_configs_that_we_write_are_read_at_once_and_as_the_whole_parser_reads_them(text):
    made = usual_yaml.composed(text)
    assert made is not None
    assert grown(made, text) == grown(by_ruamel(text), text)


def test_it_reads_a_changed_config_as_the_whole_parser_does_or_leaves_it_to_that_one():
    luck, read = random.Random(7), 0
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of anchors that are given twice
        for _ in range(600):
            text = changed(piece(luck.choice(WHOLE), luck), luck)
            made = usual_yaml.composed(text)
            if made is None:
                continue
            read += 1
            try:
                whole = by_ruamel(text)
            except ConfigError as fault:
                pytest.fail(f"{text!r} is read, but {fault}")
            assert grown(made, text) == grown(whole, text), text
    assert read > 100


def piece(text: str, luck: random.Random) -> str:
    """A few lines of a config."""
    lines = text.split("\n")
    start = luck.randrange(max(1, len(lines) - 12))
    return textwrap.dedent("\n".join(lines[start : start + 12]))


def changed(text: str, luck: random.Random) -> str:
    """A text with up to three signs put into it, or taken out."""
    for _ in range(luck.randint(1, 3)):
        at = luck.randrange(len(text) + 1)
        sign, end = (luck.choice(SIGNS), at) if luck.random() < 0.7 else ("", at + luck.randint(1, 3))
        text = text[:at] + sign + text[end:]
    return text


def test_a_config_of_thousands_of_sources_needs_no_other_parser(tmp_path, monkeypatch):
    text = "sources:\n" + "".join(f"  s{n}: {{url: 'https://a.example/{n}', every: 10m}}\n" for n in range(3000))
    monkeypatch.setattr(document, "_composed", None)  # would be called
    found = document.parse(text, Problems("x", text), "x")["sources"].value
    assert isinstance(found, dict)
    assert len(found) == 3000
