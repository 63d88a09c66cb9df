"""A config turned towards the sandbox: the same accounts and texts, another world."""

from __future__ import annotations

from dataclasses import fields, replace
from pathlib import Path
from typing import Any

from syndicate.config.schema import AccountConfig, Config
from syndicate.errors import ConfigError

__all__ = ["redirected"]


def redirected(config: Config, url: str, folder: Path) -> Config:
    """Every account talks to the stand-ins at `url`; folder accounts write below `folder`.

    Raises ConfigError for an account that cannot be turned away from the world.
    """
    accounts = {name: _turned(account, url, folder / name) for name, account in config.accounts.items()}
    return replace(config, accounts=accounts)


def _turned(account: AccountConfig, url: str, folder: Path) -> AccountConfig:
    options: Any = account.options
    names = {field.name for field in fields(options)}
    if account.account.platform == "folder":
        return replace(account, options=replace(options, path=folder))
    if "api_url" not in names:
        raise ConfigError(
            f"accounts.{account.account.name}: the sandbox cannot stand in for {account.account.platform},"
            " which has no api_url",
            hint="leave it out with --account",
        )
    # A webhook's own path means nothing to the sandbox: each account is given one there.
    base = f"{url}/webhook/{account.account.name}" if account.account.platform == "webhook" else url
    return replace(account, options=replace(options, api_url=base))
