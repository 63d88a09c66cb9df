from __future__ import annotations

import dataclasses
import re
import sys
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest

from syndicate import platforms
from syndicate.app.sign_ins import signed_out
from syndicate.errors import ConfigError
from syndicate.platforms import mastodon, x
from syndicate.ports import Deletable, Editable, Identified, OwnDoor, Priced, Refreshable, SignIn
from tests import processes

OURS = sorted(path.stem for path in Path(platforms.__file__).parent.glob("[!_]*"))


def test_every_module_is_a_platform_and_nothing_else_is():
    assert platforms.names() == OURS


APP = {"client_id", "client_secret", "app_id", "app_secret"}
"""Options that say which app it is, and no login."""


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
        ("x", {"client_id": "app-1", "client_secret": "hush-hush", "refresh_token": "hush-hush"}),
        ("x", dict.fromkeys(("api_key", "api_secret", "access_token", "access_secret"), "hush-hush")),
        ("facebook", {"page_id": "77", "page_token": "hush-hush"}),
        ("linkedin", {"client_id": "app-1", "client_secret": "hush-hush"}),
        ("linkedin", {"author": "urn:li:person:a", "token": "hush-hush"}),
        ("misskey", {"url": "https://misskey.example", "token": "hush-hush", "visibility": "home"}),
        ("instagram", {"user_id": "178", "token": "hush-hush", "app_secret": "hush-hush"}),
        ("threads", {"user_id": "178", "token": "hush-hush", "app_secret": "hush-hush"}),
        ("webhook", {"url": "https://cms.example/hook", "secret": "hush-hush"}),
        ("folder", {"path": "posts"}),
        *((name, {"url": "https://chat.example/hush-hush"}) for name in ("mattermost", "rocketchat", "googlechat")),
        *((name, {"url": "https://chat.example/hush-hush"}) for name in ("teams", "ntfy")),
        ("discord", {"bot_token": "hush-hush", "channel": "1"}),
        ("slack", {"bot_token": "hush-hush", "channel": "C0123456789"}),
        ("telegram", {"bot_token": "hush-hush", "chat": "@gazette"}),
    ],
)
def test_the_config_can_read_its_options_and_they_do_not_show_secrets(name, typed):
    from pydantic import TypeAdapter, ValidationError

    reader = TypeAdapter(platforms.find(name).options_type)
    fields = dataclasses.fields(platforms.find(name).options_type)
    assert "hush-hush" not in repr(reader.validate_python(typed))
    if issubclass(platforms.find(name), SignIn):
        app = dict.fromkeys(APP & {each.name for each in fields}, "hush-hush")
        assert signed_out(platforms.find(name), reader.validate_python(app))  # somebody signs in instead
        return
    with pytest.raises(ValidationError):
        reader.validate_python({})


def test_a_site_that_takes_posts_may_be_signed_in_to_later():
    from pydantic import TypeAdapter, ValidationError

    reader = TypeAdapter(platforms.find("micropub").options_type)
    typed = {"endpoint": "https://micro.blog/micropub", "token": "hush-hush"}
    assert "hush-hush" not in repr(reader.validate_python(typed))
    assert reader.validate_python({}).endpoint is None
    with pytest.raises(ValidationError, match="a token needs its endpoint"):
        reader.validate_python({"token": "hush-hush"})


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
    with pytest.raises(ConfigError, match="platform 'pinterest' is not built yet"):
        platforms.find("pinterest")
    example = (Path(__file__).parents[2] / "config.example.yaml").read_text(encoding="utf-8")
    assert all(re.search(rf"\b{name}\b", example) for name in platforms.PLANNED)
    entry = EntryPoint("pinterest", "syndicate.platforms.mastodon:Mastodon", platforms.GROUP)
    monkeypatch.setattr(platforms, "_plugins", lambda: [entry])
    assert platforms.find("pinterest") is mastodon.Mastodon


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


def test_a_package_that_is_installed_while_a_daemon_runs_is_found_when_it_reads_its_config_again(monkeypatch):
    with pytest.raises(ConfigError, match="unknown platform 'example'"):
        platforms.find("example")
    entry = EntryPoint("example", "syndicate.platforms.mastodon:Mastodon", platforms.GROUP)
    with monkeypatch.context() as installed:
        installed.setattr("importlib.metadata.entry_points", lambda group: [entry] if group == platforms.GROUP else [])
        assert platforms.find("example") is mastodon.Mastodon
    platforms._plugins.cache_clear()


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
    matrix nostr pinterest tumblr devto reddit email apprise
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


@pytest.mark.parametrize(
    ("typed", "words", "advice"),
    [
        ("Google+", "closed on 2 April 2019", "mastodon"),
        ("medium", "not supported its API since 2 March 2023", "medium.com/p/import"),
        ("TikTok", "only videos and photos, with no links", "by hand"),
        ("whatsapp", "no API for channels", "webhook"),
        ("whatsapp-channel", "no API for channels", "webhook"),
        ("WhatsApp-Channels", "no API for channels", "webhook"),
        ("youtube", "no API for a channel's posts", "by hand"),
        ("youtube-community", "no API for a channel's posts", "by hand"),
    ],
)
def test_a_network_that_takes_no_posts_says_why_and_what_to_do_however_it_is_written(typed, words, advice):
    with pytest.raises(ConfigError, match=f"{words}.* (nothing|no article) can be posted") as caught:
        platforms.find(typed)
    assert caught.value.hint.startswith("remove the account")
    assert advice in caught.value.hint


def test_no_network_that_takes_no_posts_is_one_that_is_built_or_planned():
    assert {*platforms.GONE_ALIASES.values()} <= {*platforms.GONE}
    assert not {*platforms.GONE, *platforms.GONE_ALIASES} & {*OURS, *platforms.PLANNED, *platforms.ALIASES}


def test_what_others_may_take_from_here():
    assert platforms.__all__ == ["ALIASES", "GONE", "GONE_ALIASES", "GROUP", "PLANNED", "find", "names"]
