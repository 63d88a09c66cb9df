"""Signing in to Bluesky: a handle and an app password; the server that holds the account is found from the handle.

https://atproto.com/specs/handle and https://atproto.com/specs/did: a handle leads to a DID, and its document names the
server. bluesky-social/atproto @ d6296a1c, lexicons com/atproto/identity/resolveHandle and com/atproto/server.
"""

from __future__ import annotations

from urllib.parse import quote, unquote

from syndicate.errors import AuthError, PlatformError
from syndicate.model import Ask, Json
from syndicate.net.status import failure
from syndicate.platforms import _bluesky_answers, _bluesky_handles
from syndicate.platforms._replies import field, items, whole
from syndicate.platforms._tokens import SIGN_IN
from syndicate.ports import Http, SigningIn

HOME = "https://bsky.social"
"""The service that holds most accounts, and that knows the handles of all."""
DIRECTORY = "https://plc.directory"
"""Where the documents of did:plc are (web.plc.directory)."""
_HANDLE = "your handle, such as gazette.bsky.social"
_PASSWORD = "an app password, made in the app under Settings, Privacy and security, App passwords"  # noqa: S105 - a question
_PDS = "#atproto_pds"


def sign_in(handle: str | None, at: str | None, http: Http) -> SigningIn:
    """Ask for handle and app password, find the server unless it is known (`at`), and try them there."""
    name = _checked(handle or (yield Ask(_HANDLE)))
    service = at or _service(http, name)
    password = (yield Ask(_PASSWORD, secret=True)).strip()
    if not password:
        raise AuthError("no app password was given", hint="nothing was stored; sign in again")
    login = {"identifier": name, "password": password}
    try:
        reply = http.call("POST", f"{service}/xrpc/com.atproto.server.createSession", json=login)
        fault = _bluesky_answers.what(reply, "session")
        if fault is not None:
            raise fault
    except PlatformError as refused:
        raise _bluesky_answers.of_a_login(refused, name, service) from refused
    session = {each: str(field(reply, each)) for each in ("accessJwt", "refreshJwt", "did", "handle")}
    return kept({"handle": name, "app_password": password} | ({} if at else {"pds": service}), session)


def kept(current: Json, session: Json) -> Json:
    """A new session, with what somebody signed in with: the account is known by the handle that they gave then.

    `seen_handle` is the one that it has now.
    """
    if not current.get("app_password"):
        return session
    mine = {name: current[name] for name in ("handle", "app_password", "pds") if name in current}
    return session | mine | {"seen_handle": session["handle"]}


def login(handle: str, app_password: str | None, current: Json) -> Json:
    """What logs in: what somebody signed in with, else what the config has. Raises AuthError where there is neither."""
    password = current.get("app_password") or app_password
    if not password:
        raise AuthError("bluesky: nobody has signed in yet", hint=SIGN_IN)
    known = current.get("did") if current.get("app_password") else None  # it stays when the handle changes
    return {"identifier": str(known or handle), "password": str(password)}


def _checked(said: str) -> str:
    name = said.strip().removeprefix("@").lower()
    try:
        _bluesky_handles.check(name)
    except ValueError as fault:
        raise AuthError(str(fault), hint="nothing was stored; sign in again") from fault
    return name


def _service(http: Http, name: str) -> str:
    """The server that holds an account. Only handles and DIDs lead there: who logs in by e-mail is at HOME."""
    if "@" in name:
        return HOME
    did = name if name.startswith("did:") else _did(http, name)
    document = http.call("GET", _place(did))
    if document.status != 200:
        raise failure(document, f"bluesky: the document of {did}") or AuthError(f"bluesky: {did} has no document")
    for service in items(whole(document).get("service"), "serviceEndpoint"):
        if str(service.get("id", "")).endswith(_PDS) and str(service["serviceEndpoint"]).startswith("https://"):
            return str(service["serviceEndpoint"]).rstrip("/")
    raise AuthError(f"bluesky: the document of {did} names no server that holds the account")


def _did(http: Http, handle: str) -> str:
    reply = http.call("GET", f"{HOME}/xrpc/com.atproto.identity.resolveHandle", params={"handle": handle})
    if reply.status == 400:
        raise AuthError(f"bluesky: no account has the handle @{handle}", hint="nothing was stored; sign in again")
    fault = _bluesky_answers.what(reply, "handle")
    if fault is not None:
        raise fault
    return str(field(reply, "did"))


def _place(did: str) -> str:
    """Where a DID's document is (did:plc and did:web, the methods that atproto knows)."""
    if did.startswith("did:web:"):
        return f"https://{unquote(did.removeprefix('did:web:'))}/.well-known/did.json"
    if did.startswith("did:plc:"):
        return f"{DIRECTORY}/{quote(did, safe=':')}"
    raise AuthError(f"bluesky: {did} is of a kind that is not known here")
