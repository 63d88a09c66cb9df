"""What the config says of commands that write posts."""

from __future__ import annotations

import pytest

from syndicate.model import TextCommand
from tests.worlds.config_file import ACCOUNT, SITE


def account(settings):
    return f"{SITE}accounts:\n  a: {ACCOUNT}{settings}}}\n"


def test_a_command_is_a_list_of_words_of_an_account_or_of_all(read):
    assert read(account("")).accounts["a"].account.text is None
    own = account(", text: {command: [./words, --short]}")
    assert read(own).accounts["a"].account.text == TextCommand(("./words", "--short"))
    of_all = own.replace(", text: {command: [./words, --short]}", "") + "defaults: {text: {command: words}}\n"
    assert read(of_all).accounts["a"].account.text == TextCommand(("words",))
    off = of_all.replace("}\ndefaults", ", text: null}\ndefaults")
    assert read(off).accounts["a"].account.text is None


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        (", text: {}", "accounts.a.text: needs 'command'"),
        (", text: {command: []}", "accounts.a.text.command: is empty"),
        (", text: {command: './words --short'}", "should be a list of words: [./words, --short]"),
        (", text: {comand: [words]}", "unknown key 'comand' (did you mean 'command'?)"),
        (", text: words", "accounts.a.text: should be settings"),
    ],
)
def test_a_mistake_is_named_with_its_place(mistakes, settings, words):
    told = mistakes(account(settings))
    assert words in told
    assert "config.yaml:" in told
