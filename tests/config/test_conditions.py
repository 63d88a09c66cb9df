"""What the config says of authors, kinds and fields of the source that an account takes or leaves."""

from __future__ import annotations

import pytest

from syndicate.model import Filter
from tests.worlds.config_file import ACCOUNT, SITE


def account(settings):
    return f"{SITE}accounts:\n  a: {ACCOUNT}{settings}}}\n"


def test_conditions_are_words_or_lists_of_them(read):
    only = read(account(", only: {authors: Ana Lima, kind: [live, audio], raw: {desk: sport, no: [1, 2]}}"))
    wanted = Filter(authors=("Ana Lima",), kind=("live", "audio"), raw={"desk": ("sport",), "no": ("1", "2")})
    assert only.accounts["a"].account.only == wanted


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        (", only: {author: Ana}", "unknown key 'author' (did you mean 'authors'?)"),
        (", only: {kind: lives}", "'lives' is none of article, live, audio, video (did you mean 'live'?)"),
        (", never: {raw: sport}", "accounts.a.never.raw: should be settings"),
        (", never: {raw: {desk: {a: b}}}", "accounts.a.never.raw.desk: should be one value"),
    ],
)
def test_a_mistake_is_named_with_its_place(mistakes, settings, words):
    told = mistakes(account(settings))
    assert words in told
    assert "config.yaml:" in told
