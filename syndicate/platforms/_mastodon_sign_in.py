"""Signing in to a Mastodon server: an app is registered there, a person allows it, and its code becomes a token.

mastodon/documentation @ 00a74ca9: methods/oauth, methods/apps, spec/oauth (PKCE from Mastodon 4.3 on; servers that do
not know it ignore its parameters, RFC 6749, 3.1). Tokens do not end by themselves.
"""

from __future__ import annotations

from syndicate.errors import AuthError, Rejected
from syndicate.model import Ask, Json, Visit
from syndicate.platforms import _authorization, _mastodon_answers
from syndicate.platforms._replies import field, problem
from syndicate.platforms._server_accounts import ServerSettings
from syndicate.ports import Http, Reply, SigningIn

SCOPES = ("read:accounts", "read:statuses", "write:statuses", "write:media")
APP = "syndicate"
_SERVER = "the address of your server, such as https://mastodon.example"


def sign_in(options: ServerSettings, http: Http, redirect: str) -> SigningIn:
    """Ask for the server, register the app there, have a person allow it, and return the token."""
    url = options.url or _authorization.server_in((yield Ask(_SERVER)), _SERVER)
    base = (options.api_url or url).rstrip("/")
    app = {"client_name": APP, "redirect_uris": redirect, "scopes": " ".join(SCOPES)}
    known = _asked(http.call("POST", f"{base}/api/v1/apps", data=app), "registering the app")
    client = {"client_id": str(field(known, "client_id")), "client_secret": str(field(known, "client_secret"))}
    mine = _authorization.proof()
    asks = {
        "response_type": "code",
        "client_id": client["client_id"],
        "redirect_uri": redirect,
        "scope": " ".join(SCOPES),
        "state": mine.state,
        "code_challenge": mine.challenge,
        "code_challenge_method": "S256",
    }
    answer = yield Visit("allow it on your server", _authorization.page(f"{base}/oauth/authorize", asks))
    form = client | {
        "grant_type": "authorization_code",
        "code": _authorization.code(answer, mine.state),
        "redirect_uri": redirect,
        "code_verifier": mine.verifier,
    }
    given = _asked(http.call("POST", f"{base}/oauth/token", data=form), "the token")
    scope = str(problem(given).get("scope") or "")
    return {"url": url, "token": str(field(given, "access_token")), **client} | ({"scope": scope} if scope else {})


def sign_out(options: ServerSettings, http: Http, held: Json) -> None:
    """Revoke the token of a login that nobody uses any more (methods/oauth: `POST /oauth/revoke`)."""
    base = str(options.api_url or held["url"]).rstrip("/")
    form = {name: str(held[name]) for name in ("client_id", "client_secret", "token")}
    _asked(http.call("POST", f"{base}/oauth/revoke", data=form), "revoking the old token")


def missing(scope: str) -> tuple[str, ...]:
    """The scopes that a token lacks, by those that it has; a wider one, such as `write`, holds the narrower."""
    has = set(scope.split())
    return tuple(each for each in SCOPES if not has & {each, each.partition(":")[0]})


def _asked(reply: Reply, step: str) -> Reply:
    """A good answer; whatever is refused here concerns the login. Raises PlatformError."""
    words = problem(reply).get("error_description")
    fault = _mastodon_answers.what(reply, step)
    if isinstance(fault, Rejected | AuthError):
        told = f"mastodon: {step}: {words}" if words else str(fault)
        raise AuthError(told, hint="nothing was stored; sign in again", status=reply.status)
    if fault is not None:
        raise fault
    return reply
