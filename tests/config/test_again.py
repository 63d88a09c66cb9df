"""What the config says of stories that are posted again, and of how many photos a post has."""

from __future__ import annotations

from datetime import timedelta

import pytest

from syndicate.model import AgainRule, Filter
from tests.worlds.config_file import ACCOUNT, SITE


def account(settings):
    return f"{SITE}accounts:\n  a: {ACCOUNT}{settings}}}\n"


def test_a_rule_names_its_stories_and_has_defaults_for_the_rest(read):
    assert read(account("")).accounts["a"].account.again is None
    short = read(account(", again: {only: {tags: evergreen}}")).accounts["a"].account.again
    assert short == AgainRule(Filter(tags=("evergreen",)), timedelta(days=90), 1, 1)
    own = ", again: {only: {tags: [evergreen], sections: [Food]}, after: 30d, times: 3, per_day: 2}"
    long = AgainRule(Filter(tags=("evergreen",), sections=("Food",)), timedelta(days=30), 3, 2)
    assert read(account(own)).accounts["a"].account.again == long
    off = account(", again: null") + "defaults: {again: {only: {tags: evergreen}}}\n"
    assert read(off).accounts["a"].account.again is None


def test_a_number_of_photos_is_of_an_account_or_of_all(read):
    assert read(account("")).accounts["a"].account.photos is None
    assert read(account(", image: photos, photos: 2")).accounts["a"].account.photos == 2
    assert read(account("") + "defaults: {photos: 3}\n").accounts["a"].account.photos == 3


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        (", again: {}", "accounts.a.again: needs 'only'"),
        (", again: {only: {}}", "accounts.a.again.only: needs a condition, such as tags: [evergreen]"),
        (", again: {only: }", "accounts.a.again.only: needs a condition, such as tags: [evergreen]"),
        (", again: {only: {tags: x}, after: 1h}", "accounts.a.again.after: has to be a day or more, such as 90d"),
        (", again: {only: {tags: x}, times: 0}", "accounts.a.again.times: has to be at least 1, and is 0"),
        (", again: {only: {tags: x}, per_day: 0}", "without `again`, nothing is posted again"),
        (", again: {only: {tag: x}}", "unknown key 'tag' (did you mean 'tags'?)"),
        (", again: {only: {sources: sprot}}", "no source is named 'sprot'"),
        (", photos: 0", "accounts.a.photos: has to be at least 1, and is 0; `image: none` sends no picture"),
        (", photos: many", "accounts.a.photos"),
    ],
)
def test_a_mistake_is_named_with_its_place(mistakes, settings, words):
    told = mistakes(account(settings))
    assert words in told
    assert "config.yaml:" in told
