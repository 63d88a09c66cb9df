"""Points a config at the sandbox: the same accounts and settings, with stand-ins in place of the networks."""

from __future__ import annotations

from dataclasses import fields, replace
from pathlib import Path
from typing import Any

from syndicate.config.schema import AccountConfig, Config, MediaConfig
from syndicate.errors import ConfigError
from syndicate.ports import Redirectable

__all__ = ["redirected"]


def redirected(config: Config, url: str, folder: Path) -> Config:
    """A copy of the config in which every account uses the stand-ins at `url`, and writes to disk only below `folder`.

    The sandbox takes pictures for networks that fetch them, where the config has a place for them.

    Raises ConfigError for an account that cannot be pointed at a stand-in.
    """
    accounts = {name: _turned(account, url, folder / name) for name, account in config.accounts.items()}
    media = MediaConfig(f"{url}/_sandbox/media") if config.media else None
    return replace(config, accounts=accounts, media=media)


def _turned(account: AccountConfig, url: str, folder: Path) -> AccountConfig:
    options: Any = account.options
    if isinstance(options, Redirectable):
        return replace(account, options=options.redirected(url, folder, account.account.name))
    if any(field.name == "api_url" for field in fields(options)):
        return replace(account, options=replace(options, api_url=url))
    raise ConfigError(
        f"accounts.{account.account.name}: the sandbox cannot stand in for {account.account.platform},"
        " which has no api_url",
        hint="leave it out with --account",
    )
