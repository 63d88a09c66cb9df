"""The settings of a LinkedIn account."""

from __future__ import annotations

import re
from typing import Annotated, Literal

from syndicate.model import Secret
from syndicate.model.dataclass import dataclass
from syndicate.platforms._linkedin_version import VERSION
from syndicate.platforms._linkedin_version import check as check_version

_AUTHOR = re.compile(r"urn:li:(?:person:[\w-]+|organization(?:Brand)?:\d+)")


@dataclass(frozen=True, slots=True)
class Options:
    """`author` and `token`, or `client_id` and `client_secret` of an app, to sign in with."""

    author: Annotated[str | None, "Who posts: urn:li:organization:1 (a page) or urn:li:person:a (a person)."] = None
    token: Annotated[Secret | None, "An access token; not needed after signing in."] = None
    client_id: Annotated[str | None, "The app's client ID, to sign in with."] = None
    client_secret: Annotated[Secret | None, "The app's client secret, to sign in with."] = None
    version: Annotated[str, "The month of LinkedIn's API, such as 202609."] = VERSION
    visibility: Annotated[Literal["public", "connections", "logged_in"], "Who sees the posts."] = "public"
    api_url: str | None = None

    def __post_init__(self) -> None:
        check_version(self.version)
        if self.author is not None and not _AUTHOR.fullmatch(self.author):
            raise ValueError(f"'{self.author}' is no author, such as urn:li:organization:1 or urn:li:person:a")
        if self.token is not None and self.author is None:
            raise ValueError("needs 'author' beside 'token': as whom it posts")
        if self.token is None and not (self.client_id and self.client_secret):
            raise ValueError("needs 'author' and 'token', or 'client_id' and 'client_secret' to sign in with")
