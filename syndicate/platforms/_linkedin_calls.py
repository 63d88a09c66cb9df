"""How LinkedIn is called, and which product of an app allows what.

https://learn.microsoft.com/en-us/linkedin/shared/authentication/getting-access; the scopes of both products as read
2026-11-29.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Protocol

from syndicate.errors import AuthError
from syndicate.model.dataclass import dataclass
from syndicate.platforms import _linkedin_answers, _tokens
from syndicate.platforms._replies import problem

if TYPE_CHECKING:
    from syndicate.platforms._linkedin_options import Options
    from syndicate.ports import Credentials, Http, Reply

PERSON, PAGE = "person", "organization"
SCOPES: Mapping[str, str] = {
    PERSON: "openid profile w_member_social",
    PAGE: "w_organization_social r_organization_social r_organization_admin",
}
NEEDS: Mapping[str, str] = {PERSON: "w_member_social", PAGE: "w_organization_social"}
PRODUCT: Mapping[str, str] = {PERSON: "Share on LinkedIn", PAGE: "Community Management API"}
_SAMPLE = {"access_token": "<access token>", "expires_in": 5_184_000}


class LinkedInApp(Protocol):
    """What the options say of the app, and of who is to post."""

    @property
    def author(self) -> str | None: ...
    @property
    def client_id(self) -> str | None: ...
    @property
    def client_secret(self) -> str | None: ...


@dataclass(frozen=True, slots=True)
class LinkedInDoors:
    """Where LinkedIn is: `site` is where people sign in, `api` where the API is. `version` is the API's month."""

    http: Http
    site: str
    api: str
    version: str

    def send(
        self, method: str, path: str, token: str, *, more: Mapping[str, str] | None = None, **request: Any
    ) -> Reply:
        """Call the API; `more` are further headers. Only paths below /rest/ have versions."""
        headers = {"Authorization": f"Bearer {token}", "X-Restli-Protocol-Version": "2.0.0"}
        if path.startswith("/rest/"):
            headers["LinkedIn-Version"] = self.version
        return self.http.call(method, self.api + path, headers=headers | dict(more or {}), **request)

    def ask_for_token(self, form: Mapping[str, str], what: str) -> Reply:
        """Ask for a token. Raises AuthError with LinkedIn's own words where it is refused."""
        reply = self.http.call("POST", f"{self.site}/oauth/v2/accessToken", data=form, sample=_SAMPLE)
        said = problem(reply)
        if 400 <= reply.status < 500 and said.get("error"):
            told = said.get("error_description") or said["error"]
            raise AuthError(f"linkedin: {what}: {told}", hint="nothing was stored; sign in again", status=reply.status)
        return good(reply, what)


def doors_of(options: Options, http: Http) -> LinkedInDoors:
    """Where LinkedIn is for these options: `api_url` stands for all of it."""
    here = options.api_url.rstrip("/") if options.api_url else None
    return LinkedInDoors(http, here or "https://www.linkedin.com", here or "https://api.linkedin.com", options.version)


class LinkedInAccount:
    """One author, who posts with a token: the config's, or those of signing in."""

    def __init__(self, options: Options, http: Http, credentials: Credentials) -> None:
        self.doors = doors_of(options, http)
        self._options = options
        self._credentials = credentials

    @property
    def token(self) -> str:
        """The token to call with. Raises AuthError where there is none yet."""
        return _tokens.token(self._options.token, self._credentials.current())

    @property
    def author(self) -> str:
        """The URN of the person or page. Raises AuthError where nobody has signed in yet."""
        author = self._options.author or self._credentials.current().get("author")
        if not author:
            raise AuthError("linkedin: nobody has signed in yet", hint=_tokens.SIGN_IN)
        return str(author)

    def send(self, method: str, path: str, **request: Any) -> Reply:
        """Call the API with the account's token."""
        return self.doors.send(method, path, self.token, **request)

    def call(self, method: str, path: str, what: str, **request: Any) -> Reply:
        """A good answer. Raises what a refusal means."""
        return good(self.send(method, path, **request), what)


def good(reply: Reply, what: str, *, commit: bool = False) -> Reply:
    """The reply, if it is a good one. Raises what it means otherwise."""
    fault = _linkedin_answers.what(reply, what, commit=commit)
    if fault is not None:
        raise fault
    return reply


def kind_of(author: str) -> str:
    """Whether an author is a person or a page."""
    return PERSON if author.startswith("urn:li:person:") else PAGE


def of_product(kind: str) -> str:
    """What to do where the app lacks the product."""
    return f"add the product {PRODUCT[kind]} to the app on linkedin.com/developers, and sign in again"
