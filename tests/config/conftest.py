"""A config file in a directory of its own, read with adapters that exist only here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from ipaddress import IPv4Address
from pathlib import Path
from textwrap import dedent
from typing import Any, ClassVar, Literal

import pytest

from syndicate.config.reader import load
from syndicate.config.schema import Config
from syndicate.errors import ConfigError
from syndicate.model import Secret


@dataclass(frozen=True, slots=True)
class Options:
    not_built: ClassVar = dict.fromkeys(("client_id", "client_secret"), "OAuth 2 is not built yet; use token")

    url: str
    token: Secret
    visibility: Literal["public", "private"] = "public"
    id: str = "0"
    copies: int = 1
    loud: bool = False
    wait: timedelta = timedelta(0)
    path: Path | None = None
    relays: tuple[str, ...] = ()
    headers: dict[str, str] | None = None
    hook: Secret | None = None
    via: IPv4Address | None = None
    api_url: str | None = None

    def __post_init__(self) -> None:
        if self.copies > 9:
            raise ValueError(f"{self.copies} copies are too many")


class Net:
    name = "net"
    options_type = Options


def find(name: str) -> Any:
    if name == "gone":
        raise ConfigError("it closed in 2019", hint="use net")
    if name not in ("net", "alias"):
        raise ConfigError(f"unknown platform '{name}'", hint="known: net")
    return Net


SITE = 'site: {name: The Example Gazette, url: "https://gazette.example/"}\n'
ACCOUNT = '{platform: net, url: "https://net.example", token: sesame'


@pytest.fixture
def write(tmp_path: Path) -> Callable[[str], Path]:
    def write(text: str) -> Path:
        path = tmp_path / "config.yaml"
        path.write_text(dedent(text), encoding="utf-8")
        return path

    return write


@pytest.fixture
def read(write: Callable[[str], Path]) -> Callable[..., Config]:
    def read(text: str, *, fill: bool = False, **environ: str) -> Config:
        return load(write(text), environ, fill=fill, find=find)

    return read


@pytest.fixture
def mistakes(read: Callable[..., Config], tmp_path: Path) -> Callable[..., str]:
    """What is said about a config, without the directory of the file."""

    def mistakes(text: str, *, fill: bool = False, **environ: str) -> str:
        with pytest.raises(ConfigError) as caught:
            read(text, fill=fill, **environ)
        return str(caught.value).replace(f"{tmp_path}/", "")

    return mistakes
