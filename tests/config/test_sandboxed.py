from __future__ import annotations

from dataclasses import dataclass, replace

import pytest

from syndicate.config.reader import load
from syndicate.config.sandboxed import redirected
from syndicate.config.starter import example
from syndicate.errors import ConfigError

URL = "http://127.0.0.1:8700"


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
        own = f"{URL}/webhook/{name}" if account.account.platform == "webhook" else URL
        assert account.options == replace(config.accounts[name].options, api_url=own)
    assert {name: account.account for name, account in turned.accounts.items()} == {
        name: account.account for name, account in config.accounts.items()
    }


def test_an_account_that_cannot_be_turned_away_from_the_world_is_refused(config, tmp_path):
    @dataclass(frozen=True)
    class Options:
        path: str = "x"

    stubborn = replace(config.accounts["masto"], options=Options())
    with pytest.raises(ConfigError, match=r"accounts\.masto: the sandbox cannot stand in for mastodon"):
        redirected(replace(config, accounts={"masto": stubborn}), URL, tmp_path)
