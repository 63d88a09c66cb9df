"""What the config says of content warnings, veiled pictures and replies."""

from __future__ import annotations

import pytest

from syndicate.model import Controls, Filter, WarningRule
from tests.worlds.config_file import ACCOUNT, SITE, Net

ALL = Controls(warning="apart", sensitive=True, replies=("followers", "nobody"))


@pytest.fixture
def able(monkeypatch):
    def able(controls):
        monkeypatch.setattr(Net, "controls", controls, raising=False)

    return able


def account(settings):
    return f"{SITE}accounts:\n  a: {ACCOUNT}{settings}}}\n"


@pytest.mark.parametrize(
    ("written", "rules"),
    [
        ("Violence", (WarningRule("Violence"),)),
        ("[Violence]", (WarningRule("Violence"),)),
        ("{text: Violence}", (WarningRule("Violence"),)),
        (
            "[{text: Violence, when: {tags: [crime, war]}}, Adult]",
            (WarningRule("Violence", Filter(tags=("crime", "war"))), WarningRule("Adult")),
        ),
    ],
)
def test_a_warning_is_words_or_rules(read, able, written, rules):
    able(ALL)
    assert read(account(f", warning: {written}")).accounts["a"].account.warning == rules


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        (", warning: ''", "accounts.a.warning: is empty"),
        (", warning: [{when: {tags: a}}]", "needs 'text'"),
        (", warning: [{text: a, when: {tag: a}}]", "unknown key 'tag'"),
        (", warning: [{text: a, when: {sources: nws}}]", "no source is named 'nws'"),
        (", warning: [{text: a, when: {title: '('}}]", "warning"),
        (", replies: followed", "'followed' is none of everyone, followers, mentioned, nobody"),
        (", replies: mentioned", "on net it is everyone or followers or nobody"),
        (", sensitive: perhaps", "sensitive"),
    ],
)
def test_a_mistake_is_named_with_its_place(mistakes, able, settings, words):
    able(ALL)
    told = mistakes(account(settings))
    assert words in told
    assert "config.yaml:" in told


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        (", warning: Violence", "net has no content warnings (leave `warning` out)"),
        (", sensitive: true", "net veils no pictures (leave `sensitive` out)"),
        (", replies: nobody", "net does not limit who may reply (leave `replies` out)"),
    ],
)
def test_what_the_network_does_not_have_is_a_mistake_of_its_account(mistakes, able, settings, words):
    able(Controls())
    assert words in mistakes(account(settings))


def test_what_stands_in_the_defaults_is_for_the_networks_that_have_it(read, able):
    able(Controls())
    text = f"{SITE}defaults: {{warning: Violence, sensitive: true, replies: nobody}}\n" + account("").replace(SITE, "")
    assert read(text).accounts["a"].account.warning == (WarningRule("Violence"),)
