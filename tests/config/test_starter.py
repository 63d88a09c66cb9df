from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ruamel.yaml import YAML

from syndicate import platforms
from syndicate.config.reader import load
from syndicate.config.schema import NOT_BUILT
from syndicate.config.starter import example, starter
from syndicate.config.typed import hints
from syndicate.model import Account
from syndicate.sources import TYPES


@pytest.fixture
def complete(tmp_path):
    path = tmp_path / "config.yaml"
    path.write_text(example(), encoding="utf-8")
    return load(path, {}, fill=True)


def test_the_example_loads(complete):
    assert {source.type for source in complete.sources.values()} == set(TYPES)
    assert {account.account.platform for account in complete.accounts.values()} == set(platforms.names())


def test_the_example_shows_every_setting():
    shown = set(re.findall(r"(\w+):", example()))
    for section in NOT_BUILT.values():
        assert shown >= set(section)
    assert shown >= set(hints(Account)) - {"name"} | {"enabled", "api_url"}
    for name in platforms.names():
        assert shown >= set(hints(platforms.find(name).options_type))


def test_what_the_example_holds_back_is_said_to_be_unbuilt():
    for section in NOT_BUILT.values():
        for name in section:
            lines = [line for line in example().splitlines() if re.search(rf"(^|\W){name}:", line)]
            assert any("not built yet" in line for line in lines), name


def test_the_example_fits_a_screen_in_width():
    assert [line for line in example().splitlines() if len(line) > 100] == []


def test_a_new_config_loads_as_it_is_and_posts_into_a_folder(tmp_path):
    path = tmp_path / "config.yaml"
    feeds = ["https://gazette.example/rss.xml", "https://gazette.example/sport?x=1&y=2"]
    listed = [("feed", feeds[0]), ("wordpress", feeds[1])]
    path.write_text(starter("The Example Gazette", "https://gazette.example/", listed), encoding="utf-8")
    config = load(path, {})
    assert [source.url for source in config.sources.values()] == feeds
    assert [source.type for source in config.sources.values()] == ["feed", "wordpress"]
    assert [account.account.platform for account in config.accounts.values() if account.enabled] == ["folder"]
    assert config.accounts["drafts"].options.path == tmp_path / "posts"


def test_a_new_config_without_feeds_says_where_they_go(tmp_path):
    path = tmp_path / "config.yaml"
    path.write_text(starter("Gazette", "https://gazette.example/", []), encoding="utf-8")
    assert load(path, {}).sources == {}


@pytest.mark.parametrize("feeds", [[("feed", "https://gazette.example/rss")], []])
@pytest.mark.parametrize("sign", ["#", "# ?"])
def test_what_is_switched_off_in_a_new_config_loads_without_its_comment_signs(tmp_path, feeds, sign):
    """As editors take them away: with the space that follows, if one does, or without it."""
    text = re.sub(
        rf"^  {sign}(?=(  )?\w+:( |$)| \w+:( |$))",
        "  ",
        starter("Gazette", "https://a.example/", feeds),
        flags=re.MULTILINE,
    )
    path = tmp_path / "config.yaml"
    path.write_text(text, encoding="utf-8")
    config = load(path, {"MASTODON_TOKEN": "one-token", "BLUESKY_APP_PASSWORD": "two-words"})
    assert list(config.sources) == ["news"]
    assert list(config.accounts) == ["drafts", "masto", "bsky"]
    assert config.accounts["drafts"].account.utm == {"utm_medium": "social"}
    assert (config.site.language, config.site.timezone) == ("en", "Europe/Lisbon")


@given(st.text(st.characters(exclude_categories=("Cs", "Cc", "Cn", "Co")), min_size=1).filter(str.strip))
def test_any_name_of_a_site_survives(name):
    text = starter(name, "https://gazette.example/", [])
    assert YAML(typ="safe", pure=True).load(text)["site"]["name"].replace("$${", "${") == name
