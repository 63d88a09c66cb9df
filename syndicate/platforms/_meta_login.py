"""Signing in to Threads and Instagram: a page on which a person allows it, a code, a token of an hour, one of 60 days.

Meta: Threads, Get Access Tokens and Permissions, and Long-Lived Access Tokens; Instagram Platform, Business Login
(2026-03-13). Meta knows no PKCE here, so the app's secret goes with the code.
"""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, ClassVar, Protocol

from syndicate.errors import AuthError, Rejected, Unavailable, Uncertain
from syndicate.model import Secret, Visit
from syndicate.model.dataclass import dataclass
from syndicate.net.status import one_line
from syndicate.platforms import _authorization, _graph_answers, _tokens
from syndicate.platforms._answers import Row
from syndicate.platforms._graph_answers import LOGINS
from syndicate.platforms._replies import field, items, problem
from syndicate.serialization import instant

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

    from syndicate.model import Identity, Json, Question
    from syndicate.ports import Credentials, Http, Reply, SigningIn

CODE = "code"
"""The step that takes a code: what it refuses, the person or the answer is to blame for."""
AGAIN = "nothing was stored; sign in again"
WEEK = timedelta(days=7)
"""After how long a token is renewed. Meta lets it be renewed once it is a day old, for another 60 days."""
_LASTING = ("user_id", "scopes")
"""What credentials have besides the token, and keep when it is renewed."""
_REFUSED = (Row("login", LOGINS),)


class MetaGiven:
    """Credentials that are not stored yet."""

    def __init__(self, held: Json) -> None:
        self._held = held

    def current(self) -> Json:
        """What signing in gave."""
        return self._held


class MetaSettings:
    """What the settings of an account with its own token can do: those of Threads and Instagram."""

    __slots__ = ()

    user_id: str | None
    token: Secret | None
    app_id: str | None
    app_secret: Secret | None
    home: ClassVar[str]
    """What stands for the account as long as its number is not known."""

    def __post_init__(self) -> None:
        if self.token is None and (self.app_id is None or self.app_secret is None):
            raise ValueError("needs a token, or app_id and app_secret to sign in with")


def whose(options: MetaSettings) -> tuple[str, ...]:
    """The account's number, once it is known; the config's token says whose it is only to the network."""
    return (options.user_id or options.home,)


def proof(options: MetaSettings) -> str:
    """The token: another one may belong to another account. Who signed in has a number."""
    return options.token or options.user_id or ""


class MetaApp(Protocol):
    """The options that name a publisher's app on developers.facebook.com."""

    @property
    def app_id(self) -> str | None:
        """Its number."""

    @property
    def app_secret(self) -> str | None:
        """Its secret."""

    @property
    def redirect_url(self) -> str | None:
        """An address that the app's settings list, where that is not the one on this machine."""


@dataclass(frozen=True, slots=True)
class MetaDoor:
    """Where a network signs people in. `codes` gives a token for a code, `tokens` a longer one for a token.

    `grant` is the word in the names of its grants. A person is asked for `scopes`; without all that are `needed`,
    nothing could be posted.
    """

    network: str
    page: str
    codes: str
    tokens: str
    grant: str
    scopes: tuple[str, ...]
    needed: tuple[str, ...]


def host(api_url: str | None, name: str) -> str:
    """The address of one of a network's hosts; where `api_url` stands in for all of them, its name is a path there."""
    return f"https://{name}" if api_url is None else f"{api_url.rstrip('/')}/{name}"


def allowed(
    network: str, page: str, app: MetaApp, redirect: str, scopes: tuple[str, ...]
) -> Generator[Question, str, str]:
    """Ask a person to allow it on the network's page; the code that comes of it. Raises AuthError."""
    if app.app_id is None or app.app_secret is None:
        raise AuthError(f"{network}: signing in needs app_id and app_secret", hint=f"docs/platforms/{network}.md")
    state = _authorization.proof().state
    asked = {
        "client_id": app.app_id,
        "redirect_uri": app.redirect_url or redirect,
        "scope": ",".join(scopes),
        "response_type": "code",
        "state": state,
    }
    answer = yield Visit("log in as the account that posts, and allow it", _authorization.page(page, asked))
    return _authorization.code(answer, state)


def sign_in(
    door: MetaDoor, app: MetaApp, http: Http, redirect: str, identity: Callable[[Credentials], Identity]
) -> SigningIn:
    """Ask a person on the network's page, and take the token of 60 days. Raises AuthError for another account."""
    code = yield from allowed(door.network, door.page, app, redirect, door.scopes)
    held = token_for(door, http, app, code, redirect)
    return held | {"user_id": identity(MetaGiven(held)).id}


def token_for(door: MetaDoor, http: Http, app: MetaApp, code: str, redirect: str) -> Json:
    """Credentials for a code: the token of 60 days, and the account's number. Raises AuthError."""
    form = {
        "client_id": str(app.app_id),
        "client_secret": str(app.app_secret),
        "code": code,
        "grant_type": "authorization_code",
        "redirect_uri": app.redirect_url or redirect,
    }
    answer = asked(http, door.network, CODE, "POST", door.codes, data=form)
    given = problem(answer)
    for each in items(given.get("data"), "access_token"):  # as Business Login's page has it
        given = each
    if not given.get("access_token"):
        raise Uncertain(f"{door.network}: an answer without a token", status=answer.status)
    permissions = given.get("permissions")
    granted = permissions.split(",") if isinstance(permissions, str) else permissions
    lacks_none(door.network, door.needed, granted)
    longer = exchanged(door, http, str(given["access_token"]), str(app.app_secret))
    return _kept(longer, None) | ({"scopes": granted} if isinstance(granted, list) and granted else {})


def renewed(door: MetaDoor, http: Http, options: MetaSettings, current: Json) -> Json:
    """The token for another 60 days, from the one that is held or stands in the config.

    A token of the config that cannot be renewed yet, as it is not a day old, is kept for a day as it is.
    Raises AuthError, RateLimited, Unavailable.
    """
    token, own = _tokens.token(options.token, current), _tokens.option_of(options.token, current)
    kept = {name: value for name, value in current.items() if name in _LASTING}
    query = {"grant_type": f"{door.grant}_refresh_token", "access_token": token}
    reply = http.call("GET", f"{door.tokens}/refresh_access_token", params=query, sample=_sample(token))
    fault = _graph_answers.what(door.network, _REFUSED, reply, "renewal of the token")
    if fault is None:
        return _kept(reply, own) | kept
    if not isinstance(fault, Rejected):
        raise fault
    if own != token:
        raise Unavailable(str(fault), hint=fault.hint, status=fault.status)
    if options.app_secret is not None:
        with suppress(Rejected):
            return _kept(exchanged(door, http, token, options.app_secret), own) | kept
    later = instant(reply.received_at + timedelta(days=1))
    return _tokens.kept(token, own, at=reply.received_at, life=None, renew=WEEK) | kept | {"renew_at": later}


def exchanged(door: MetaDoor, http: Http, token: str, secret: str) -> Reply:
    """The answer with a token of 60 days for one of an hour."""
    query = {"grant_type": f"{door.grant}_exchange_token", "client_secret": secret, "access_token": token}
    address = f"{door.tokens}/access_token"
    return asked(http, door.network, "token of 60 days", "GET", address, params=query, sample=_sample(token))


def asked(http: Http, network: str, step: str, method: str, address: str, **request: Any) -> Reply:
    """A good answer of a login's endpoint. Raises AuthError for a refusal of the login, else as any call."""
    reply = http.call(method, address, **request)
    fault = _graph_answers.what(network, _REFUSED, reply, step)
    flat = problem(reply).get("error_message")
    if fault is not None and isinstance(flat, str):  # so answer the endpoints that take a code
        raise AuthError(f"{network}: {step}: {one_line(flat)}", hint=AGAIN, status=reply.status)
    if isinstance(fault, Rejected) and step == CODE:
        raise AuthError(str(fault), hint=AGAIN, status=reply.status)
    if fault is not None:
        raise fault
    return reply


def lacks_none(network: str, needed: tuple[str, ...], granted: Any) -> None:
    """Raise AuthError where a network says what was granted, and something needed is not in it."""
    missing = [scope for scope in needed if isinstance(granted, list) and granted and scope not in granted]
    if missing:
        raise AuthError(f"{network}: the token lacks {', '.join(missing)}", hint="sign in again and allow all of it")


def is_of(network: str, wanted: str | None, number: str, name: str) -> None:
    """Raise AuthError where a token belongs to another account than the config names."""
    if wanted is not None and wanted != number:
        told = f"{network}: this is {name}, whose number is {number}, and the config has {wanted}"
        raise AuthError(told, hint="log in as the account that the config names; nothing was stored")


def ends(held: Json, stated: Any) -> datetime | None:
    """When a token ends, by what is held or else by the network's seconds since 1970, where 0 means never."""
    if held.get("expires_at"):
        return datetime.fromisoformat(str(held["expires_at"]))
    return datetime.fromtimestamp(stated, UTC) if isinstance(stated, int) and stated > 0 else None


def _sample(token: str) -> Json:
    """What a dry run gets for a token: the same one, so that what it reads with it is still answered."""
    return {"access_token": token, "token_type": "bearer", "expires_in": 5_183_944}


def _kept(reply: Reply, own: str | None) -> Json:
    token, life = str(field(reply, "access_token")), problem(reply).get("expires_in")
    return _tokens.kept(token, own, at=reply.received_at, life=life, renew=WEEK)
