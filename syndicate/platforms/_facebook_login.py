"""Signing in for a Facebook Page: a page on which a person allows it, a user's token of 60 days, the Page's own token.

Meta: Facebook Login, Manually Build a Login Flow; Get Long-Lived Access Tokens; Get a Page Access Token (2026-04-06).
A Page's token that comes of a user's long one has no end; it dies with the user's password, role or permission.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from typing import Annotated, Any

from syndicate.errors import AuthError, Unsupported
from syndicate.model import Choose, Json, Question, Secret
from syndicate.model.dataclass import dataclass
from syndicate.platforms import _meta_login, _tokens
from syndicate.platforms._facebook_answers import REFUSED
from syndicate.platforms._graph_calls import GraphCalls
from syndicate.platforms._meta_login import AGAIN, CODE, MetaApp, host
from syndicate.platforms._replies import field, items, whole
from syndicate.ports import Credentials, Http, Reply, SigningIn

API, PAGES = "https://graph.facebook.com", "www.facebook.com"
VERSION = "v25.0"
SCOPES = ("pages_show_list", "pages_read_engagement", "pages_manage_posts")
_WRITES = "CREATE_CONTENT"
_PAGES = 20


@dataclass(frozen=True, slots=True)
class Options:
    """A Page's number and its token with pages_manage_posts and pages_read_engagement, or the app to sign in with."""

    page_id: Annotated[str | None, "The Page's number; without it, you choose the Page when you sign in."] = None
    page_token: Annotated[Secret | None, "The Page's access token, unless you sign in with `accounts login`."] = None
    app_id: Annotated[str | None, "The app's number, for signing in."] = None
    app_secret: Annotated[Secret | None, "The app's secret, for signing in."] = None
    redirect_url: Annotated[str | None, "The redirect address that the app lists, if it is not syndicate's own."] = None
    api_url: str | None = None

    def __post_init__(self) -> None:
        if self.page_token is None and (self.app_id is None or self.app_secret is None):
            raise ValueError("needs page_id and page_token, or app_id and app_secret to sign in with")
        if self.page_token is not None and self.page_id is None:
            raise ValueError("needs page_id, the number of the Page whose page_token it is")


def base(options: Options) -> str:
    """Where the API is."""
    return f"{(options.api_url or API).rstrip('/')}/{VERSION}"


def calls(options: Options, http: Http, credentials: Credentials) -> GraphCalls:
    """The API, called with the Page's token."""
    return GraphCalls("facebook", REFUSED, http, base(options), _tokens.current(options.page_token, credentials))


def whose(options: Options) -> tuple[str, ...]:
    """The Page's number, as the account's identity."""
    return (options.page_id or "facebook.com",)


def signed_out(options: Options) -> Json:
    """With a token of the config there is nothing to sign in for; without, what a rehearsal calls with."""
    return {} if options.page_token else {"token": "<token>", "page_id": options.page_id or "<page id>"}


def sign_in(options: Options, http: Http, redirect: str) -> SigningIn:
    """Ask the person, choose the Page unless the config names it, and return its token, which has no end."""
    api, dialog = base(options), f"{host(options.api_url, PAGES)}/{VERSION}/dialog/oauth"
    code = yield from _meta_login.allowed("facebook", dialog, options, redirect, SCOPES)
    user = _long(api, options, code, redirect, http)
    _lacks_none(api, user, http)
    page = yield from _page(list(_listed(api, user, http)), options.page_id)
    return {"token": str(page["access_token"]), "page_id": str(page["id"])}


def _long(base: str, app: MetaApp, code: str, redirect: str, http: Http) -> str:
    """A user's token of 60 days for a code, which is good once."""
    named = {"client_id": str(app.app_id), "client_secret": str(app.app_secret)}
    asked = named | {"code": code, "redirect_uri": app.redirect_url or redirect}
    short = str(field(_asked(f"{base}/oauth/access_token", CODE, http, params=asked), "access_token"))
    longer = named | {"grant_type": "fb_exchange_token", "fb_exchange_token": short}
    return str(field(_asked(f"{base}/oauth/access_token", "token of 60 days", http, params=longer), "access_token"))


def _lacks_none(base: str, user: str, http: Http) -> None:
    """Raise AuthError where the person did not allow all of it: Facebook lets them untick what they like."""
    answer = whole(_asked(f"{base}/me/permissions", "permissions", http, headers=_bearer(user)))
    granted = [str(each["permission"]) for each in items(answer.get("data"), "permission") if _is_granted(each)]
    _meta_login.lacks_none("facebook", SCOPES, granted or [""])


def _is_granted(each: Json) -> bool:
    return each.get("status") == "granted"


def _listed(base: str, user: str, http: Http) -> Iterator[Json]:
    """The Pages of a user. Raises Unsupported after too many."""
    asked = {"fields": "id,name,access_token,tasks", "limit": "100"}
    for _ in range(_PAGES):
        said = whole(_asked(f"{base}/me/accounts", "Pages", http, params=asked, headers=_bearer(user)))
        yield from items(said.get("data"), "access_token")
        paging = said.get("paging") or {}
        following = (paging.get("cursors") or {}).get("after")
        if not following or "next" not in paging:
            return
        asked["after"] = following
    raise Unsupported("facebook: too many Pages to list them all")


def _page(pages: list[Json], wanted: str | None) -> Generator[Question, str, Json]:
    """The Page that the config names, or that the person chooses. Raises AuthError where it is none of theirs."""
    writable = {str(page["id"]): page for page in pages if _WRITES in page.get("tasks", [_WRITES])}
    if not writable:
        hint = "log in as somebody who may create content on the Page, and tick the Page when Facebook asks"
        raise AuthError("facebook: there is no Page on which this person may post", hint=hint)
    number = wanted
    if number is None:
        choices = tuple((each, f"{page.get('name', each)} ({each})") for each, page in writable.items())
        number = yield Choose("Which Page is it?", choices)
    if number not in writable:
        others = ", ".join(f"{page.get('name', each)} ({each})" for each, page in writable.items())
        raise AuthError(f"facebook: Page {number} is none of this person's, which are {others}", hint=AGAIN)
    return writable[number]


def _bearer(user: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {user}"}


def _asked(address: str, step: str, http: Http, **request: Any) -> Reply:
    return _meta_login.asked(http, "facebook", step, "GET", address, **request)
