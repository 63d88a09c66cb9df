"""An adapter that exists only for tests of the config, and the beginnings of a file that names it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from ipaddress import IPv4Address
from pathlib import Path
from typing import Any, ClassVar, Literal

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
