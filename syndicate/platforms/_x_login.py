"""Signing in to X by OAuth 2, and the tokens that come of it.

xdevplatform/docs @ 1f38869, OAuth 2.0 Authorization Code Flow with PKCE: a code is good for 30 seconds, an access token
for two hours; confidential clients send their secret as HTTP Basic. Each refresh gives another refresh token. The
one before it is refused from then on, and who sends it once more ends the new ones too (trypostit/trypost#126, 2026-07;
gptme/gptme-contrib#285, 2026-02). So the new ones are stored before they are used, and renewed no sooner than needed.
"""

from __future__ import annotations

import base64
from collections.abc import Generator
from datetime import timedelta
from typing import TYPE_CHECKING
from urllib.parse import quote_plus

from syndicate.errors import AuthError
from syndicate.model import Identity, Question, Visit
from syndicate.platforms import _authorization, _x_answers
from syndicate.platforms._replies import field, problem, whole
from syndicate.platforms._tokens import SIGN_IN, came_from, kept, option_of
from syndicate.serialization import instant

if TYPE_CHECKING:
    from syndicate.model import Json
    from syndicate.platforms._x_options import Options
    from syndicate.ports import Http, Reply

SCOPES = "tweet.read tweet.write users.read media.write offline.access"
_AHEAD = timedelta(minutes=20)
"""How long before its end an access token is renewed."""
_SAMPLE = {"access_token": "<access token>", "refresh_token": "<refresh token>", "expires_in": 7200}


def whose(options: Options) -> tuple[str, ...]:
    """The account's number, as its identity; of OAuth 2 the app, as long as the number is not known."""
    return (options.user,)


def signed_out(options: Options) -> Json:
    """{} with keys or a refresh token in the config; else what a rehearsal uses instead of signing in."""
    return {} if options.access_token or options.refresh_token else {"token": "<token>"}


def identity(options: Options, reply: Reply, held: Json) -> Identity:
    """Whose token it is, by the answer to that question. Raises AuthError where it is another's, or may only read."""
    number, name = str(field(reply, "data", "id")), field(reply, "data", "username")
    if options.user_id not in (None, number):
        raise AuthError(f"x: this is the token of @{name} ({number}), and not of {options.user_id}")
    scopes = () if options.keys else tuple(str(held.get("scope", "")).split())
    if scopes and "tweet.write" not in scopes:
        raise AuthError(f"x: @{name} may only be read with this token (tweet.write is missing)", hint=SIGN_IN)
    return Identity(id=number, name=f"@{name}", url=f"https://x.com/{name}", scopes=scopes)


def sign_in(app: Options, http: Http, redirect: str) -> Generator[Question, str, Json]:
    """Let a person allow it on X, and find out whose account it is."""
    if not app.client_id:
        raise AuthError("x: signing in needs client_id (OAuth 2) in the config; with the four keys it is not needed")
    proof = _authorization.proof()
    asked = {
        "response_type": "code",
        "client_id": app.client_id,
        "redirect_uri": redirect,
        "scope": SCOPES,
        "state": proof.state,
        "code_challenge": proof.challenge,
        "code_challenge_method": "S256",
    }
    site = (app.api_url or "https://x.com").rstrip("/")
    words = "allow it on X, and give the answer within 30 seconds"
    answer = yield Visit(words, _authorization.page(f"{site}/i/oauth2/authorize", asked))
    code = _authorization.code(answer, proof.state)
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": redirect,
        "code_verifier": proof.verifier,
    }
    held = _held(_token(app, http, form, "signing in", "nothing was stored; sign in again"), None)
    number, name = who(http, app, {"Authorization": f"Bearer {held['token']}"})
    if app.user_id not in (None, number):
        told = f"x: @{name} ({number}) signed in, and not the account {app.user_id} of the config"
        raise AuthError(told, hint="nothing was stored; sign in again")
    return held | {"user_id": number, "name": f"@{name}"}


def refreshed(app: Options, http: Http, current: Json) -> Json:
    """The next tokens: from what is held, else from the config's refresh token. Raises AuthError."""
    held = current if came_from(app.refresh_token, current) else {}
    old = held.get("refresh_token") or app.refresh_token
    if not app.client_id or not old:
        raise AuthError("x: there is nothing to renew its login with", hint=SIGN_IN if app.client_id else None)
    hint = f"a refresh token of X is good once; {SIGN_IN}"
    reply = _token(app, http, {"grant_type": "refresh_token", "refresh_token": str(old)}, "renewing the login", hint)
    kept_on = {name: held[name] for name in ("user_id", "name") if held.get(name)}
    return kept_on | _held(reply, option_of(app.refresh_token, held))


def access(app: Options, held: Json) -> str:
    """The access token to call with. Raises AuthError where there is none yet."""
    if held.get("token") and came_from(app.refresh_token, held):
        return str(held["token"])
    raise AuthError("x: it has no token yet", hint=None if app.refresh_token else SIGN_IN)


def who(http: Http, app: Options, headers: dict[str, str]) -> tuple[str, str]:
    """The number and the handle of the account that a token belongs to. X charges $0.010 for it."""
    base = (app.api_url or "https://api.x.com").rstrip("/")
    reply = http.call("GET", f"{base}/2/users/me", headers=headers)
    if (fault := _x_answers.what(reply, "whose token this is")) is not None:
        raise fault
    return str(field(reply, "data", "id")), str(field(reply, "data", "username"))


def _token(app: Options, http: Http, form: dict[str, str], what: str, hint: str) -> Reply:
    """Ask for tokens. Raises AuthError with X's own words where it is refused."""
    client, secret = str(app.client_id), app.client_secret
    headers = {}
    if secret:
        pair = f"{quote_plus(client)}:{quote_plus(secret)}".encode()
        headers["Authorization"] = f"Basic {base64.b64encode(pair).decode()}"
    else:
        form = form | {"client_id": client}
    base = (app.api_url or "https://api.x.com").rstrip("/")
    reply = http.call("POST", f"{base}/2/oauth2/token", data=form, headers=headers, sample=_SAMPLE)
    said = problem(reply)
    if 400 <= reply.status < 500 and said.get("error"):
        told = said.get("error_description") or said["error"]
        raise AuthError(f"x: {what}: {told}", hint=hint, status=reply.status)
    if (fault := _x_answers.what(reply, what)) is not None:
        raise fault
    return reply


def _held(reply: Reply, option: str | None) -> Json:
    """What to keep of an answer with tokens. `option` is the config's refresh token that they came from, if any."""
    said = whole(reply)
    life = said.get("expires_in")
    end = timedelta(seconds=life if isinstance(life, int) else 7200)
    renew = max(end - _AHEAD, end / 2)
    held = kept(str(field(reply, "access_token")), option, at=reply.received_at, life=end.total_seconds(), renew=renew)
    held["renew_at"] = instant(reply.received_at + renew)
    again = {"refresh_token": said.get("refresh_token"), "scope": said.get("scope")}
    if not again["refresh_token"]:
        del held["renew_at"]
    return held | {name: value for name, value in again.items() if value}
