"""The settings of a Bluesky account."""

from __future__ import annotations

from typing import Annotated, Literal
from urllib.parse import urlsplit

from syndicate.model import Secret
from syndicate.model.dataclass import dataclass
from syndicate.platforms import _bluesky_handles


@dataclass(frozen=True, slots=True)
class Options:
    """`handle` such as gazette.bsky.social, an app password, and the service that keeps the account.

    Without an app password, somebody signs in. `records`: whether link cards name the records that a page says are its
    own.
    """

    handle: Annotated[str | None, "The account's handle, such as gazette.example."] = None
    app_password: Annotated[Secret | None, "An app password; without one, sign in."] = None
    service: Annotated[str | None, "The server that holds the account (https://bsky.social)."] = None
    records: Annotated[
        Literal["link", "off", "publish"],
        "Whether a link card names the page's standard.site records, for a card with the publication's name and icon.",
    ] = "link"
    api_url: str | None = None

    def __post_init__(self) -> None:
        if self.service is not None and urlsplit(self.service).scheme not in ("http", "https"):
            raise ValueError(f"'{self.service}' is not the address of a service, such as https://bsky.social")
        if self.records == "publish":
            raise ValueError("records: publish is not built yet; link names the records that your site publishes")
        if self.handle is not None:
            _bluesky_handles.check(self.handle)
        elif self.app_password is not None:
            raise ValueError("`app_password` needs the `handle` of its account")

    @property
    def name(self) -> str:
        """The handle in lower case, without @."""
        return (self.handle or "").removeprefix("@").lower()
