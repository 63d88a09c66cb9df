"""Accounts on a server that the publisher chooses, as Mastodon's and Misskey's are: settings, and where it is.

The config may name the server and hold a token; without a token somebody signs in, and may then name the server, too.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar
from urllib.parse import urlsplit

from syndicate.errors import AuthError
from syndicate.model import Secret
from syndicate.platforms import _tokens

if TYPE_CHECKING:
    from syndicate.model import Json
    from syndicate.ports import Credentials


class ServerSettings:
    """What the settings of such an account can do."""

    __slots__ = ()

    url: str | None
    token: Secret | None
    api_url: str | None
    example: ClassVar[str]
    """The address of a server, as people write it."""

    def __post_init__(self) -> None:
        if self.url is None and self.token is not None:
            raise ValueError(f"`token` needs the `url` of its server, such as {self.example}")
        if self.url is not None and urlsplit(self.url).scheme not in ("http", "https"):
            raise ValueError(f"'{self.url}' is not the address of a server, such as {self.example}")


def whose(options: ServerSettings) -> tuple[str, ...]:
    """The server's address, as the account's identity; the config does not say which of its accounts it is."""
    return (options.url or "",)


def proof(options: ServerSettings) -> str:
    """The token: another one may belong to another account of the server."""
    return options.token or ""


def signed_out(options: ServerSettings) -> Json:
    """What a rehearsal uses in place of a login."""
    return {} if options.token else {"url": options.url or options.example, "token": "<token>"}


class ServerLogin:
    """Where an account's server is, and the token to call it with. Whoever signed in goes before the config's token."""

    def __init__(self, network: str, options: ServerSettings, credentials: Credentials) -> None:
        self._network = network
        self._options = options
        self._credentials = credentials

    @property
    def address(self) -> str:
        """The server's own address. Raises AuthError where nobody has said it yet."""
        found = self._options.url or self._credentials.current().get("url")
        if not found:
            raise AuthError(f"{self._network}: nobody has said yet which server it is", hint=_tokens.SIGN_IN)
        return str(found).rstrip("/")

    @property
    def base(self) -> str:
        """Where requests go: `api_url` leads elsewhere, as to the sandbox."""
        return (self._options.api_url or self.address).rstrip("/")

    @property
    def token(self) -> str:
        """Raises AuthError where there is none yet."""
        return _tokens.token(self._options.token, self._credentials.current())
