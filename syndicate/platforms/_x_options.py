"""How an account of X logs in: with the four keys of OAuth 1.0a, or by OAuth 2."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from syndicate.model import Secret
from syndicate.model.dataclass import dataclass
from syndicate.ports import OAuth1

KEYS = ("api_key", "api_secret", "access_token", "access_secret")


@dataclass(frozen=True, slots=True)
class Options:
    """The four keys of OAuth 1.0a, which stay valid, or an app of OAuth 2, whose tokens are renewed by themselves."""

    api_key: Annotated[Secret | None, "The app's key (OAuth 1.0a)."] = None
    api_secret: Annotated[Secret | None, "The app's secret (OAuth 1.0a)."] = None
    access_token: Annotated[Secret | None, "The account's access token (OAuth 1.0a)."] = None
    access_secret: Annotated[Secret | None, "The access token's secret (OAuth 1.0a)."] = None
    client_id: Annotated[str | None, "The app's client ID (OAuth 2)."] = None
    client_secret: Annotated[Secret | None, "The app's client secret (OAuth 2), unless it is a public client."] = None
    refresh_token: Annotated[Secret | None, "A refresh token (OAuth 2), used once; not needed after signing in."] = None
    user_id: Annotated[str | None, "The account's number (OAuth 2); known after signing in."] = None
    api_url: str | None = None

    def __post_init__(self) -> None:
        first = {name: getattr(self, name) for name in KEYS}
        second = [name for name in ("client_id", "client_secret", "refresh_token", "user_id") if getattr(self, name)]
        lacking = [f"'{name}'" for name, value in first.items() if not value]
        if len(lacking) == len(first) and not self.client_id:
            raise ValueError(f"needs {_listed(KEYS)} (OAuth 1.0a), or 'client_id' (OAuth 2)")
        if len(lacking) < len(first) and second:
            raise ValueError(f"has keys of OAuth 1.0a, and '{second[0]}' of OAuth 2; leave one of the two out")
        if 0 < len(lacking) < len(first):
            raise ValueError(f"needs {' and '.join(lacking)} too (OAuth 1.0a)")

    @property
    def user(self) -> str:
        """The account's number, where it is known: an access token of OAuth 1.0a begins with it, also a renewed one."""
        if not self.access_token:
            return self.user_id or str(self.client_id)
        number, dash, _ = self.access_token.partition("-")
        return number if dash and number.isdecimal() else f"{self.api_key}\n{self.access_token}"

    @property
    def keys(self) -> OAuth1 | None:
        """The four keys that sign each request; None where it is OAuth 2."""
        if not (self.api_key and self.api_secret and self.access_token and self.access_secret):
            return None
        return OAuth1(self.api_key, self.api_secret, self.access_token, self.access_secret)


def _listed(names: Sequence[str]) -> str:
    *rest, last = (f"'{name}'" for name in names)
    return f"{', '.join(rest)} and {last}"
