"""The settings of a Misskey account."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from syndicate.model import Secret
from syndicate.model.dataclass import dataclass
from syndicate.platforms._server_accounts import ServerSettings


@dataclass(frozen=True, slots=True)
class Options(ServerSettings):
    """`url` is the server's address; a token needs read:account, write:notes and write:drive.

    Without a token, somebody signs in.
    """

    url: Annotated[str | None, "The server's address."] = None
    token: Annotated[Secret | None, "The account's access token; without one, sign in."] = None
    visibility: Annotated[Literal["public", "home", "followers"], "Who sees the posts."] = "public"
    api_url: str | None = None

    example: ClassVar[str] = "https://misskey.example"
