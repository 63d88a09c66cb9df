"""The settings of a Mastodon account."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from syndicate.model import Secret
from syndicate.model.dataclass import dataclass
from syndicate.platforms._server_accounts import ServerSettings


@dataclass(frozen=True, slots=True)
class Options(ServerSettings):
    """`url` is the server's address; a token needs write:statuses, write:media, read:accounts, read:statuses.

    Without a token, somebody signs in.
    """

    url: Annotated[str | None, "The server's address."] = None
    token: Annotated[Secret | None, "The account's access token; without one, sign in."] = None
    visibility: Annotated[Literal["public", "unlisted", "private", "direct"], "Who sees the posts."] = "public"
    api_url: str | None = None

    example: ClassVar[str] = "https://mastodon.example"
