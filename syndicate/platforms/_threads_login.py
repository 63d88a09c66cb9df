"""The settings of a Threads account, signing in to it, and whose token it is.

Meta: Threads, Get Access Tokens and Permissions; the flow itself is in `_meta_login`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, ClassVar

from syndicate.model import Identity, Secret
from syndicate.model.dataclass import dataclass
from syndicate.platforms import _meta_login, _tokens
from syndicate.platforms._graph_calls import GraphCalls
from syndicate.platforms._meta_login import MetaDoor, MetaSettings, host
from syndicate.platforms._replies import field, problem
from syndicate.platforms._threads_answers import REFUSED

if TYPE_CHECKING:
    from syndicate.model import Json
    from syndicate.ports import Credentials, Http, SigningIn

_API, _PAGES = "graph.threads.net", "threads.net"
VERSION = "v1.0"
SCOPES = ("threads_basic", "threads_content_publish", "threads_delete")
_NEEDED = SCOPES[:2]
_TOPIC = 50


@dataclass(frozen=True, slots=True)
class Options(MetaSettings):
    """A token with threads_basic and threads_content_publish, or the app with which a person signs in."""

    user_id: Annotated[str | None, "The profile's number, to refuse the token of another one."] = None
    token: Annotated[Secret | None, "The profile's access token, unless you sign in with `accounts login`."] = None
    app_id: Annotated[str | None, "The Threads app's number, for signing in."] = None
    app_secret: Annotated[Secret | None, "The Threads app's secret, for signing in."] = None
    redirect_url: Annotated[str | None, "The redirect address that the app lists, if it is not syndicate's own."] = None
    topic: Annotated[str | None, "The topic of every post; without it, the first hashtag becomes one."] = None
    api_url: str | None = None

    home: ClassVar[str] = "threads.net"

    def __post_init__(self) -> None:
        MetaSettings.__post_init__(self)
        if self.topic is not None and (not 0 < len(self.topic) <= _TOPIC or {".", "&"} & {*self.topic}):
            raise ValueError(f"topic is '{self.topic}'; Threads takes 1 to {_TOPIC} characters without . and &")


def calls(options: Options, http: Http, credentials: Credentials) -> GraphCalls:
    """The API, called with the account's token."""
    base = f"{host(options.api_url, _API)}/{VERSION}"
    return GraphCalls("threads", REFUSED, http, base, _tokens.current(options.token, credentials))


def sign_in(options: Options, http: Http, redirect: str) -> SigningIn:
    """Ask the person on Threads' page, and take the token of 60 days. Raises AuthError for another profile."""
    return _meta_login.sign_in(_door(options), options, http, redirect, lambda held: identity(options, http, held))


def renewed(options: Options, http: Http, current: Json) -> Json:
    """The token for another 60 days. Meta renews one that is a day old and has not ended."""
    return _meta_login.renewed(_door(options), http, options, current)


def identity(options: Options, http: Http, credentials: Credentials) -> Identity:
    """Whose token it is, until when, and whether it may publish. Raises AuthError."""
    api = calls(options, http, credentials)
    reply = api.call("GET", "me", "whose token this is", params={"fields": "id,username,name"})
    number, name = str(field(reply, "id")), str(field(reply, "username"))
    _meta_login.is_of("threads", options.user_id, number, f"@{name}")
    seen = api.send("GET", "debug_token", params={"input_token": api.token()})
    said = problem(seen).get("data") if seen.status == 200 else None
    granted: Json = said if isinstance(said, dict) else {}
    _meta_login.lacks_none("threads", _NEEDED, granted.get("scopes"))
    ends = _meta_login.ends(credentials.current(), granted.get("expires_at"))
    scopes = tuple(map(str, granted.get("scopes") or ()))
    return Identity(number, f"@{name}", f"https://www.threads.com/@{name}", expires_at=ends, scopes=scopes)


def _door(options: Options) -> MetaDoor:
    """Where Threads signs people in."""
    api, page = host(options.api_url, _API), f"{host(options.api_url, _PAGES)}/oauth/authorize"
    return MetaDoor("threads", page, f"{api}/oauth/access_token", api, "th", SCOPES, _NEEDED)
