from __future__ import annotations

from dataclasses import dataclass, replace

import pytest

from syndicate.config.reader import load
from syndicate.config.sandboxed import redirected
from syndicate.config.schema import MediaConfig
from syndicate.config.starter import example
from syndicate.errors import ConfigError

URL = "http://127.0.0.1:8700"

PLACES = {
    "webhook": "/webhook/{}",
    "micropub": "/micropub/{}",
    "mattermost": "/mattermost/{}",
    "rocketchat": "/rocketchat/hooks/{}/token",
    "googlechat": "/v1/spaces/{}/messages",
    "teams": "/teams/{}",
    "ntfy": "/ntfy/{}",
}
"""Where each account has an address of its own."""


@pytest.fixture
def config(tmp_path):
    path = tmp_path / "config.yaml"
    path.write_text(example(), encoding="utf-8")
    return load(path, {}, fill=True)


def test_every_account_is_turned_towards_the_sandbox(config, tmp_path):
    turned = redirected(config, URL, tmp_path / "rehearsal")
    for name, account in turned.accounts.items():
        if account.account.platform == "folder":
            assert account.options == replace(config.accounts[name].options, path=tmp_path / "rehearsal" / name)
            continue
        own = URL + PLACES.get(account.account.platform, "").format(name)
        assert account.options == replace(config.accounts[name].options, api_url=own)
    assert {name: account.account for name, account in turned.accounts.items()} == {
        name: account.account for name, account in config.accounts.items()
    }


def test_pictures_have_a_place_there_where_they_have_one_in_the_config(config, tmp_path):
    assert redirected(replace(config, media=None), URL, tmp_path).media is None
    with_media = replace(config, media=MediaConfig("https://gazette.example/social", folder=tmp_path))
    assert redirected(with_media, URL, tmp_path).media == MediaConfig(f"{URL}/_sandbox/media")


def test_an_account_that_cannot_be_turned_away_from_the_world_is_refused(config, tmp_path):
    @dataclass(frozen=True)
    class Options:
        path: str = "x"

    stubborn = replace(config.accounts["masto"], options=Options())
    with pytest.raises(ConfigError, match=r"accounts\.masto: the sandbox cannot stand in for mastodon"):
        redirected(replace(config, accounts={"masto": stubborn}), URL, tmp_path)
