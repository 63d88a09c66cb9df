"""Signing in to a Misskey server by MiAuth: a page asks the person, and the session that it was asked with has a token.

misskey-dev/misskey-hub, docs: API, MiAuth (`/miauth/{session}` with `name`, `callback` and `permission`, then
`/api/miauth/{session}/check`, once); packages/backend/src/server/api/ApiServerService.ts, read 2026-11-29 in
kakkokari-gtyih/misskey @ 3dc013f8: the check answers {"ok": true, "token": …}, or {"ok": false}. Tokens do not end.
"""

from __future__ import annotations

import uuid
from urllib.parse import parse_qs, urlsplit

from syndicate.errors import AuthError, Rejected
from syndicate.model import Ask, Visit
from syndicate.platforms import _authorization
from syndicate.platforms._misskey_calls import place, what
from syndicate.platforms._replies import problem
from syndicate.platforms._server_accounts import ServerSettings
from syndicate.ports import Http, SigningIn

PERMISSIONS = ("read:account", "write:notes", "write:drive")
_SERVER = "the address of your server, such as https://misskey.example"
_NOTHING = "nothing was stored; sign in again and allow it"


def sign_in(options: ServerSettings, http: Http, redirect: str) -> SigningIn:
    """Ask for the server, have a person allow it there, and return the token."""
    url = (options.url or _authorization.server_in((yield Ask(_SERVER)), _SERVER)).rstrip("/")
    base, session = (options.api_url or url).rstrip("/"), str(uuid.uuid4())
    asks = {"name": "syndicate", "callback": redirect, "permission": ",".join(PERMISSIONS)}
    answer = yield Visit("allow it on your server", _authorization.page(f"{base}/miauth/{session}", asks))
    if _session(answer) not in (None, session):
        raise AuthError("misskey: this answer belongs to another attempt to sign in", hint=_NOTHING)
    reply = http.call("POST", place(base, f"miauth/{session}/check"), json={})
    fault = what(reply, "the token")
    if isinstance(fault, Rejected | AuthError):
        raise AuthError(str(fault), hint=_NOTHING, status=reply.status)
    if fault is not None:
        raise fault
    said = problem(reply)
    if not said.get("ok") or not isinstance(said.get("token"), str):
        raise AuthError("misskey: it was not allowed", hint=_NOTHING)
    return {"url": url, "token": said["token"], "scope": " ".join(PERMISSIONS)}


def _session(answer: str) -> str | None:
    """The session in an address to which the page led; None where the answer has none."""
    parts = urlsplit(answer.strip())
    return parse_qs(parts.query).get("session", [None])[0]
