"""The settings of an Instagram account, signing in to it, and whose token it is.

Meta: Instagram Platform, Business Login (2026-03-13); the flow itself is in `_meta_login`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, ClassVar

from syndicate.model import Identity, Secret
from syndicate.model.dataclass import dataclass
from syndicate.platforms import _meta_login, _tokens
from syndicate.platforms._graph_calls import GraphCalls
from syndicate.platforms._instagram_answers import REFUSED
from syndicate.platforms._meta_login import MetaDoor, MetaSettings, host
from syndicate.platforms._replies import field

if TYPE_CHECKING:
    from syndicate.model import Json
    from syndicate.ports import Credentials, Http, SigningIn

_API, _CODES, _PAGES = "graph.instagram.com", "api.instagram.com", "www.instagram.com"
VERSION = "v25.0"
SCOPES = ("instagram_business_basic", "instagram_business_content_publish", "instagram_business_manage_comments")
_NEEDED = SCOPES[:2]


@dataclass(frozen=True, slots=True)
class Options(MetaSettings):
    """A token with instagram_business_basic and …_content_publish, or the app with which a person signs in."""

    user_id: Annotated[str | None, "The account's number, to refuse the token of another one."] = None
    token: Annotated[Secret | None, "The account's access token, unless you sign in with `accounts login`."] = None
    app_id: Annotated[str | None, "The Instagram app's number, for signing in."] = None
    app_secret: Annotated[Secret | None, "The Instagram app's secret, for signing in."] = None
    redirect_url: Annotated[str | None, "The redirect address that the app lists, if it is not syndicate's own."] = None
    api_url: str | None = None

    home: ClassVar[str] = "instagram.com"


def calls(options: Options, http: Http, credentials: Credentials) -> GraphCalls:
    """The API, called with the account's token."""
    base = f"{host(options.api_url, _API)}/{VERSION}"
    return GraphCalls("instagram", REFUSED, http, base, _tokens.current(options.token, credentials))


def sign_in(options: Options, http: Http, redirect: str) -> SigningIn:
    """Ask the person on Instagram's page, and take the token of 60 days. Raises AuthError for another account."""
    return _meta_login.sign_in(_door(options), options, http, redirect, lambda held: identity(options, http, held))


def renewed(options: Options, http: Http, current: Json) -> Json:
    """The token for another 60 days. Meta renews one that is a day old and has not ended."""
    return _meta_login.renewed(_door(options), http, options, current)


def identity(options: Options, http: Http, credentials: Credentials) -> Identity:
    """Whose token it is, and until when. What it may do Instagram says only while signing in. Raises AuthError."""
    api, asked = calls(options, http, credentials), {"fields": "user_id,username,name"}
    reply = api.call("GET", "me", "whose token this is", params=asked)
    number, name = str(field(reply, "user_id")), str(field(reply, "username"))
    _meta_login.is_of("instagram", options.user_id, number, f"@{name}")
    held = credentials.current()
    ends, scopes = _meta_login.ends(held, None), tuple(map(str, held.get("scopes") or ()))
    return Identity(number, f"@{name}", f"https://www.instagram.com/{name}/", expires_at=ends, scopes=scopes)


def _door(options: Options) -> MetaDoor:
    """Where Instagram signs people in."""
    codes = f"{host(options.api_url, _CODES)}/oauth/access_token"
    page = f"{host(options.api_url, _PAGES)}/oauth/authorize"
    return MetaDoor("instagram", page, codes, host(options.api_url, _API), "ig", SCOPES, _NEEDED)
