"""Signing in to LinkedIn, and renewing its token.

https://learn.microsoft.com/en-us/linkedin/shared/authentication/authorization-code-flow and
.../programmatic-refresh-tokens (li-lms-2024-08): tokens last 60 days; refresh tokens, which only apps with the product
Community Management API get, a year from the day on which a person signed in, however often they are used.
"""

from __future__ import annotations

from collections.abc import Generator
from datetime import timedelta
from typing import TYPE_CHECKING

from syndicate.errors import AuthError
from syndicate.model import Choose, Question, Visit
from syndicate.platforms import _authorization
from syndicate.platforms._linkedin_calls import (
    NEEDS,
    PAGE,
    PERSON,
    PRODUCT,
    SCOPES,
    LinkedInApp,
    LinkedInDoors,
    doors_of,
    good,
    kind_of,
    of_product,
)
from syndicate.platforms._linkedin_identity import name_of_page, pages, person, scopes_of
from syndicate.platforms._replies import field, whole
from syndicate.platforms._tokens import SIGN_IN, kept
from syndicate.serialization import instant

if TYPE_CHECKING:
    from syndicate.model import Json
    from syndicate.platforms._linkedin_options import Options
    from syndicate.ports import Http, Reply

_RENEW = timedelta(days=50)
_NOTHING = "nothing was stored; sign in again"
_WHO = Choose(
    "who posts",
    (
        (PERSON, f"you, as a person (product {PRODUCT[PERSON]})"),
        (PAGE, f"a page (product {PRODUCT[PAGE]})"),
    ),
)


def whose(options: Options) -> tuple[str, ...]:
    """The author, as the account's identity; the app, until somebody has signed in."""
    return (options.author or options.client_id or "",)


def signed_out(options: Options) -> Json:
    """{} with a token in the config; else what a rehearsal uses instead of signing in."""
    return {} if options.token else {"token": "<token>", "author": options.author or "urn:li:person:<you>"}


def sign_in(app: Options, http: Http, redirect: str) -> Generator[Question, str, Json]:
    """Let a person allow it, and find out as whom it may post: which page, if there are several."""
    doors = doors_of(app, http)
    if not (app.client_id and app.client_secret):
        raise AuthError("linkedin: signing in needs client_id and client_secret of your app in the config")
    kind = kind_of(app.author) if app.author else (yield _WHO)
    if kind not in SCOPES:
        raise AuthError(f"linkedin: '{kind}' is neither {PERSON} nor {PAGE}", hint=_NOTHING)
    state = _authorization.proof().state
    asked = {
        "response_type": "code",
        "client_id": app.client_id,
        "redirect_uri": redirect,
        "state": state,
        "scope": SCOPES[kind],
    }
    answer = yield Visit("allow it on LinkedIn", _authorization.page(f"{doors.site}/oauth/v2/authorization", asked))
    form = _form(app, "authorization_code", code=_code(answer, state, kind), redirect_uri=redirect)
    held = _held(doors.ask_for_token(form, "signing in"), {})
    scopes = scopes_of(held.get("scope"))
    if scopes and NEEDS[kind] not in scopes:
        raise AuthError(f"linkedin: it was allowed without {NEEDS[kind]}", hint=of_product(kind))
    if kind == PERSON:
        return held | _person(app.author, doors, held["token"])
    names = _pages(app.author, doors, held["token"])
    chosen = next(iter(names))
    if len(names) > 1:
        chosen = yield Choose("which page posts", tuple(names.items()))
    if chosen not in names:
        raise AuthError(f"linkedin: '{chosen}' is none of these pages", hint=_NOTHING)
    return held | {"author": chosen, "name": names[chosen]}


def refreshed(app: LinkedInApp, doors: LinkedInDoors, current: Json) -> Json:
    """The next token, from the refresh token. Raises AuthError where there is none."""
    if not (current.get("refresh_token") and app.client_id and app.client_secret):
        raise AuthError("linkedin: its token cannot be renewed without a person", hint=SIGN_IN)
    form = _form(app, "refresh_token", refresh_token=str(current["refresh_token"]))
    try:
        return current | _held(doors.ask_for_token(form, "renewing the token"), current)
    except AuthError as refused:
        raise AuthError(str(refused), hint=SIGN_IN, status=refused.status) from refused


def _form(app: LinkedInApp, grant: str, **fields: str) -> dict[str, str]:
    return {"grant_type": grant, **fields, "client_id": app.client_id or "", "client_secret": app.client_secret or ""}


def _code(answer: str, state: str, kind: str) -> str:
    try:
        return _authorization.code(answer, state)
    except AuthError as refused:
        hint = of_product(kind) if "scope" in str(refused).lower() else refused.hint
        raise AuthError(str(refused), hint=hint) from refused


def _held(reply: Reply, before: Json) -> Json:
    """What to keep of an answer with a token; without a refresh token there is nothing to renew it with."""
    said, token = whole(reply), str(field(reply, "access_token"))
    life = said.get("expires_in")
    held = kept(token, at=reply.received_at, life=life if isinstance(life, int) else None, renew=_RENEW)
    again = said.get("refresh_token") or before.get("refresh_token")
    if not again:
        held.pop("renew_at", None)
    ends = said.get("refresh_token_expires_in")
    until = instant(reply.received_at + timedelta(seconds=ends)) if isinstance(ends, int) else None
    named = {"scope": said.get("scope"), "refresh_token": again, "refresh_ends": until}
    return held | {name: value for name, value in named.items() if value}


def _person(author: str | None, doors: LinkedInDoors, token: str) -> Json:
    """Who signed in. Raises AuthError where the config names somebody else."""
    reply = good(person(doors, token), "who signed in")
    found = f"urn:li:person:{field(reply, 'sub')}"
    if author not in (None, found):
        raise AuthError(f"linkedin: {found} signed in, and not {author}", hint=_NOTHING)
    return {"author": found, "name": str(whole(reply).get("name") or found)}


def _pages(author: str | None, doors: LinkedInDoors, token: str) -> dict[str, str]:
    """The pages that may be meant, with their names: the config's alone, if it has one."""
    found, _ = pages(doors, token)
    if author is not None and author not in found:
        raise AuthError(f"linkedin: who signed in has no role that may post on {author}", hint=_NOTHING)
    if not found:
        raise AuthError("linkedin: who signed in has no role that may post on any page", hint=_NOTHING)
    return {page: name_of_page(doors, token, page) for page in ([author] if author else found)}
