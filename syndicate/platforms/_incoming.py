"""Accounts that are an incoming address: whoever has it can post, and nobody can ask it anything.

So it may be a secret: only its host is ever shown.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any, ClassVar, NoReturn, Self

from syndicate.errors import Unsupported
from syndicate.model import Identity
from syndicate.platforms._elsewhere import elsewhere, host, is_address


class Incoming:
    """What the settings of all such accounts can do. A network's own say what its address is."""

    __slots__ = ()

    url: str
    api_url: str | None
    path: ClassVar[str]
    """Of the sandbox's stand-in, with {} for the account's name, so that each account has an address of its own."""

    def __post_init__(self) -> None:
        if not is_address(self.url):  # the value may be a secret, so it is not repeated
            raise ValueError("url is not the whole address that the chat gave, beginning with https://")

    def redirected(self, url: str, folder: Path, name: str) -> Self:  # noqa: ARG002 - nothing is written to disk
        """These options for the sandbox."""
        return replace(self, api_url=url + self.path.format(name))  # type: ignore[type-var]  # it is a dataclass

    @property
    def address(self) -> str:
        """Where posts go."""
        return elsewhere(self.url, self.api_url)


def whose(options: Incoming) -> tuple[str, ...]:
    """The address, as the account's identity; only a hash of it is stored."""
    return (options.url,)


def identity(options: Incoming, name: str) -> Identity:
    """The host of the address; whose it is cannot be asked."""
    here = host(options.url) or name
    return Identity(id=here, name=here)


def cannot_be_asked(adapter: Any, draft: object, key: str, since: object) -> NoReturn:  # noqa: ARG001 - for `find`
    """Always raises Unsupported: an incoming address takes posts and tells nothing."""
    raise Unsupported(f"{adapter.name}: an incoming address cannot be asked what it received")
