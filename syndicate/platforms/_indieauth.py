"""Signing in with the address of a site (IndieAuth): where its endpoints are, and a token from them.

IndieAuth Living Standard of 11 July 2024, indieauth.spec.indieweb.org (read 2026-11-29): 4.1 discovery, 5.2 the
request, 5.2.1 `iss`, 5.3 the token, 5.5 its renewal. A client on this machine is named by its loopback address (3.3).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import timedelta
from html.parser import HTMLParser
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urljoin, urlsplit

from syndicate.errors import AuthError
from syndicate.model import Ask, Visit
from syndicate.model.dataclass import dataclass
from syndicate.net.status import failure
from syndicate.platforms import _authorization
from syndicate.platforms._elsewhere import in_the_clear, is_address
from syndicate.platforms._replies import field, problem
from syndicate.platforms._tokens import SIGN_IN, kept

if TYPE_CHECKING:
    from syndicate.model import Json
    from syndicate.ports import Http, Reply, SigningIn

_LINK = re.compile(r"<([^>]*)>((?:\s*;\s*[\w-]+\s*=\s*(?:\"[^\"]*\"|[^\s;,]+))*)")
_REL = re.compile(r";\s*rel\s*=\s*(?:\"([^\"]*)\"|([^\s;,]+))", re.IGNORECASE)
_RENEW = timedelta(hours=1)
"""How long after it was given a token is renewed, at the latest at half of its life."""


@dataclass(frozen=True, slots=True)
class Endpoints:
    """Where a site's owner allows it, where a token is given, where posts are taken; the last two may be ""."""

    authorization: str
    token: str
    micropub: str
    issuer: str = ""


def sign_in(http: Http, endpoint: str | None, scopes: str, redirect: str) -> SigningIn:
    """Ask for the site, let its owner allow it there, and fetch a token. The port's `SignIn.sign_in`.

    `endpoint` is the config's, if any: the site has to name the same one.
    """
    site = _site((yield Ask("The address of your site")))
    found = discover(http, site)
    where = _micropub(site, found.micropub, endpoint)
    proof, client = _authorization.proof(), urljoin(redirect, "/")
    asked = {"response_type": "code", "client_id": client, "redirect_uri": redirect, "state": proof.state}
    asked |= {"code_challenge": proof.challenge, "code_challenge_method": "S256", "scope": scopes, "me": site}
    answer = yield Visit("Allow syndicate to post on your site", _authorization.page(found.authorization, asked))
    code = _authorization.code(answer, proof.state)
    _check_issuer(answer, found.issuer)
    form = {"grant_type": "authorization_code", "code": code, "client_id": client, "redirect_uri": redirect}
    reply = _given(http, found.token, form | {"code_verifier": proof.verifier})
    _check_owner(http, site, found, str(field(reply, "me")))
    scope = str(problem(reply).get("scope") or scopes)
    if not {"create", "post"} & {*scope.split()}:
        raise AuthError("the token may not create posts", hint="nothing was stored; sign in again and allow `create`")
    rest = {"token_endpoint": found.token, "client_id": client, "me": str(field(reply, "me")), "scope": scope}
    return _credentials(reply, rest | ({"endpoint": where} if endpoint is None else {}))


def renewed(http: Http, current: Json) -> Json:
    """The next credentials, by the refresh token. Raises AuthError without one: then only a person can sign in."""
    if not current.get("token"):
        raise AuthError("micropub: nobody has signed in yet", hint=SIGN_IN)
    if not current.get("refresh_token"):
        raise AuthError("micropub: the token is refused, and cannot be renewed", hint=SIGN_IN)
    form = {"grant_type": "refresh_token", "refresh_token": current["refresh_token"]}
    reply = _given(http, current["token_endpoint"], form | {"client_id": current["client_id"]})
    names = ("token_endpoint", "client_id", "me", "scope", "endpoint", "refresh_token")
    return _credentials(reply, {name: current[name] for name in names if current.get(name)})


def discover(http: Http, site: str) -> Endpoints:
    """The endpoints of a site: by its Link headers, else by links in its page, else by the metadata they lead to."""
    reply = http.call("GET", site, headers={"Accept": "text/html"})
    _raise(reply, site)
    rels = _links(reply)
    metadata: Mapping[str, str] = {}
    if "indieauth-metadata" in rels:
        told = http.call("GET", rels["indieauth-metadata"], headers={"Accept": "application/json"})
        _raise(told, "its metadata")
        metadata = {name: value for name, value in problem(told).items() if isinstance(value, str)}
    authorization, token = (metadata.get(f"{name}_endpoint") or rels.get(f"{name}_endpoint", "") for name in _NEEDED)
    if not is_address(authorization) or not is_address(token):
        raise AuthError(
            f"{site} does not say where to sign in", hint="make a token on your site, and write it into the config"
        )
    if in_the_clear(authorization, site) or in_the_clear(token, site):
        raise AuthError(
            f"{site} would have the token sent in the clear", hint="its endpoints have to begin with https:"
        )
    return Endpoints(authorization, token, rels.get("micropub", ""), metadata.get("issuer", ""))


_NEEDED = ("authorization", "token")


def _micropub(site: str, found: str, configured: str | None) -> str:
    """Where the site takes posts. Raises AuthError if that is nowhere, or not where the config says."""
    if not found and configured is None:
        raise AuthError(f"{site} does not say that it takes posts by Micropub", hint="set endpoint in the config")
    if found and configured is not None and urlsplit(found)[1:3] != urlsplit(configured)[1:3]:
        hint = "nothing was stored; write that address as endpoint, or sign in with another site"
        raise AuthError(f"{site} takes posts at {found}, not at {configured}", hint=hint)
    return configured or found


def _site(typed: str) -> str:
    typed = typed.strip()
    site = typed if "://" in typed else f"https://{typed}"
    if not typed or not is_address(site):
        raise AuthError(f"'{typed}' is not the address of a site", hint="nothing was stored; try again")
    return site if urlsplit(site).path else f"{site}/"


def _check_issuer(answer: str, issuer: str) -> None:
    """The answer names the server that gave it, where the server's metadata does (5.2.1)."""
    said = parse_qs(urlsplit(answer).query).get("iss", [""])[0]
    if issuer and said and said.rstrip("/") != issuer.rstrip("/"):
        raise AuthError("this answer came from another server", hint="nothing was stored; sign in again")


def _check_owner(http: Http, site: str, found: Endpoints, me: str) -> None:
    """The token may be for another page than was typed, if that page names the same server (5.3.4)."""
    if urlsplit(me)[1:3] == urlsplit(site)[1:3]:
        return
    if not is_address(me) or discover(http, me).authorization != found.authorization:
        raise AuthError(f"the token is for {me}, not for {site}", hint="nothing was stored; sign in with that address")


def _given(http: Http, endpoint: str, form: Mapping[str, str]) -> Reply:
    sample = {"access_token": "<token>", "me": "<site>", "scope": form.get("scope", "create")}
    reply = http.call("POST", endpoint, data=form, headers={"Accept": "application/json"}, sample=sample)
    if reply.status in (400, 401, 403):  # it refuses the code or the token, whichever way it says so
        said = problem(reply)
        words = said.get("error_description") or said.get("error") or f"HTTP {reply.status}"
        raise AuthError(f"micropub: the token is not given: {words}", hint=SIGN_IN, status=reply.status)
    _raise(reply, "token")
    return reply


def _credentials(reply: Reply, rest: Json) -> Json:
    said = problem(reply)
    life = said.get("expires_in")
    seconds = float(life) if isinstance(life, int | float) and life > 0 else None
    held = kept(str(field(reply, "access_token")), at=reply.received_at, life=seconds, renew=_RENEW)
    again = {"refresh_token": str(said["refresh_token"])} if said.get("refresh_token") else {}
    if not again and not rest.get("refresh_token"):
        held.pop("renew_at", None)  # it ends, and nothing can be done about it before
    return held | rest | again


def _raise(reply: Reply, step: str) -> None:
    fault = failure(reply, f"micropub: {step}")
    if fault is not None:
        raise fault


def _links(reply: Reply) -> dict[str, str]:
    """What a page says it links to, by relation; the first of each counts, and headers before the page."""
    found: dict[str, str] = {}
    for rel, href in (*_in_headers(reply.headers.get("link", "")), *_Rels(reply.body.decode("utf-8", "replace")).found):
        for name in rel.lower().split():
            found.setdefault(name, urljoin(reply.url, href))
    return found


def _in_headers(header: str) -> Iterator[tuple[str, str]]:
    for link in _LINK.finditer(header):
        rel = _REL.search(link[2])
        if rel is not None:
            yield rel[1] or rel[2] or "", link[1]


class _Rels(HTMLParser):
    """The links of a page that have a relation."""

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[tuple[str, str]] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = dict(attrs)
        if tag in ("link", "a") and said.get("rel") and said.get("href"):
            self.found.append((said["rel"] or "", said["href"] or ""))
