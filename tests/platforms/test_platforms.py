from __future__ import annotations

import dataclasses
import re
import sys
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest

from syndicate import platforms
from syndicate.errors import ConfigError
from syndicate.platforms import mastodon, x
from syndicate.ports import Deletable, Editable, Identified, OwnDoor, Priced, Refreshable
from tests import processes

OURS = sorted(path.stem for path in Path(platforms.__file__).parent.glob("[!_]*"))


def test_every_module_is_a_platform_and_nothing_else_is():
    assert platforms.names() == OURS


@pytest.mark.parametrize("name", OURS)
def test_a_platform_is_named_after_its_module(name):
    adapter = platforms.find(name)
    assert adapter.name == name
    assert dataclasses.fields(adapter.options_type)[-1].name == "api_url"
    assert adapter.certainty in ("exact", "keyed", "lookup", "blind")
    assert (adapter.key_window > 0) == (adapter.certainty == "keyed")


@pytest.mark.parametrize("name", OURS)
def test_a_platform_says_which_login_its_options_lead_to(name):
    assert issubclass(platforms.find(name), Identified)


@pytest.mark.parametrize(
    ("ability", "able", "unable"),
    [
        (Deletable, "x", "webhook"),
        (Editable, "mastodon", "x"),
        (Priced, "x", "mastodon"),
        (Refreshable, "bluesky", "facebook"),
        (OwnDoor, "folder", "webhook"),
    ],
)
def test_what_a_platform_can_do_besides_is_seen_before_it_is_built(ability, able, unable):
    assert issubclass(platforms.find(able), ability)
    assert not issubclass(platforms.find(unable), ability)


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("mastodon", {"url": "https://social.example", "token": "hush-hush", "visibility": "unlisted"}),
        ("bluesky", {"handle": "gazette.example", "app_password": "hush-hush"}),
        ("x", dict.fromkeys(("api_key", "api_secret", "access_token", "access_secret"), "hush-hush")),
        ("facebook", {"page_id": "77", "page_token": "hush-hush"}),
        ("webhook", {"url": "https://cms.example/hook", "secret": "hush-hush"}),
        ("folder", {"path": "posts"}),
    ],
)
def test_the_config_can_read_its_options_and_they_do_not_show_secrets(name, typed):
    from pydantic import TypeAdapter, ValidationError

    reader = TypeAdapter(platforms.find(name).options_type)
    assert "hush-hush" not in repr(reader.validate_python(typed))
    with pytest.raises(ValidationError):
        reader.validate_python({})


def test_twitter_is_x():
    assert platforms.find("twitter") is x.X


def test_google_plus_is_understood_and_refused():
    with pytest.raises(ConfigError, match=r"Google\+ closed on 2 April 2019") as caught:
        platforms.find("googleplus")
    assert "mastodon" in caught.value.hint


@pytest.mark.parametrize(
    ("wrong", "hint"),
    [
        ("mastadon", "did you mean 'mastodon'?"),
        ("Bluesky", "did you mean 'bluesky'?"),
        ("twiter", "did you mean 'twitter'?"),
    ],
)
def test_a_misspelled_platform_is_guessed(wrong, hint):
    with pytest.raises(ConfigError, match=f"unknown platform '{wrong}'") as caught:
        platforms.find(wrong)
    assert caught.value.hint == hint


def test_what_comes_later_is_said_to_come_and_may_be_brought_by_another_package(monkeypatch):
    with pytest.raises(ConfigError, match="platform 'linkedin' is not built yet"):
        platforms.find("linkedin")
    example = (Path(__file__).parents[2] / "config.example.yaml").read_text(encoding="utf-8")
    assert all(re.search(rf"\b{name}\b", example) for name in platforms.PLANNED)
    entry = EntryPoint("linkedin", "syndicate.platforms.mastodon:Mastodon", platforms.GROUP)
    monkeypatch.setattr(platforms, "_plugins", lambda: [entry])
    assert platforms.find("linkedin") is mastodon.Mastodon


@pytest.mark.parametrize("wrong", ["", "_replies", "x.y", "../x", "gopher"])
def test_what_is_no_platform_is_answered_with_the_list(wrong):
    with pytest.raises(ConfigError) as caught:
        platforms.find(wrong)
    assert caught.value.hint == f"known: {', '.join(sorted([*OURS, *platforms.ALIASES]))}"


def test_another_package_brings_a_platform(monkeypatch):
    entry = EntryPoint("example", "syndicate.platforms.mastodon:Mastodon", platforms.GROUP)
    monkeypatch.setattr(platforms, "_plugins", lambda: [entry])
    assert platforms.find("example") is mastodon.Mastodon
    assert platforms.names() == sorted([*OURS, "example"])


def test_a_plugin_that_does_not_load_is_named(monkeypatch):
    monkeypatch.setattr(platforms, "_plugins", lambda: [EntryPoint("example", "not_there:Example", platforms.GROUP)])
    with pytest.raises(ConfigError, match=r"platform 'example' \(not_there:Example\) does not load: No module"):
        platforms.find("example")


def test_all_adapters_load_without_the_heavy_libraries():
    code = (
        "import sys; from syndicate import platforms; [platforms.find(name) for name in platforms._ours()];"
        "print(*{'requests', 'urllib3', 'regex', 'twitter_text', 'oauthlib', 'PIL', 'pydantic'} & set(sys.modules))"
    )
    loaded = processes.run([sys.executable, "-c", code]).stdout.strip()
    assert loaded == ""


NETWORKS_TO_COME = """
    instagram threads linkedin telegram discord slack matrix nostr pinterest tumblr devto reddit email teams
    mattermost rocketchat ntfy apprise
"""


@pytest.mark.parametrize("name", NETWORKS_TO_COME.split())
def test_a_network_to_come_is_said_to_come(name):
    with pytest.raises(ConfigError, match=f"^platform '{name}' is not built yet$") as caught:
        platforms.find(name)
    assert caught.value.hint == f"available: {', '.join(OURS)}"


def test_a_network_that_is_gone_says_when_and_what_to_take():
    with pytest.raises(ConfigError, match="closed on 2 April 2019") as caught:
        platforms.find("googleplus")
    assert caught.value.hint == "remove the account; mastodon, bluesky and facebook take the same articles"
    assert platforms.find("twitter") is x.X


def test_what_others_may_take_from_here():
    assert platforms.__all__ == ["ALIASES", "GONE", "GROUP", "find", "names"]
