"""Calls of a PDS (XRPC) for one account, with its session, and new sessions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from syndicate.errors import AuthError, PlatformError
from syndicate.model import Identity, Json, Span
from syndicate.model.dataclass import dataclass
from syndicate.platforms import _bluesky_answers, _bluesky_sign_in
from syndicate.platforms._bluesky_options import Options
from syndicate.platforms._bluesky_sign_in import HOME
from syndicate.platforms._replies import field, whole
from syndicate.ports import Credentials, Http, Reply

MENTIONS = 5
"""Handles that are looked up for one post: a claim has to last for them."""
_SESSION = {"accessJwt": "<access token>", "refreshJwt": "<refresh token>", "did": "<did>", "handle": "<handle>"}


@dataclass(frozen=True, slots=True)
class Pds:
    """What one account says to its server."""

    options: Options
    http: Http
    credentials: Credentials

    @property
    def base(self) -> str:
        """Where the API is: as the config says, else as signing in found it."""
        found = self.options.api_url or self.options.service or self.credentials.current().get("pds")
        return str(found or HOME).rstrip("/")

    @property
    def handle(self) -> str:
        """The account's handle, without @."""
        return str(self.options.handle or self.credentials.current().get("handle") or "").removeprefix("@")

    def session(self) -> Json:
        """The session that is stored. Raises AuthError without one."""
        session = self.credentials.current()
        if not session.get("accessJwt"):
            raise AuthError("bluesky: no session yet")
        return session

    def call(
        self, method: str, name: str, what: str, *, token: str | None, commit: bool = False, **request: Any
    ) -> Reply:
        """One call; `what` names it in errors. Raises what a bad answer means."""
        reply = self.send(method, name, token, **request)
        judge(reply, what, commit=commit)
        return reply

    def send(
        self, method: str, name: str, token: str | None = None, *, headers: dict[str, str] | None = None, **request: Any
    ) -> Reply:
        """One call, whatever it answers."""
        bearer = {"Authorization": f"Bearer {token}"} if token else {}
        return self.http.call(method, f"{self.base}/xrpc/{name}", headers=bearer | (headers or {}), **request)

    def dids_of(self, spans: Sequence[Span], known: Mapping[str, str]) -> tuple[dict[str, str], list[str]]:
        """The accounts that these mention, by their handles: those that are `known`, else as the server says; and a
        line for each handle that is only words, since nobody has it, or since there are too many.
        """
        handles = list(dict.fromkeys(span.value.lower() for span in spans if span.kind == "mention"))
        found = {handle: known.get(handle) or self.did_of(handle) for handle in handles[:MENTIONS]}
        nobody = [handle for handle, did in found.items() if not did]
        told = [f"nobody has the handle @{handle} on Bluesky, so it mentions nobody" for handle in nobody]
        told += [f"@{handle} mentions nobody: only {MENTIONS} handles are looked up" for handle in handles[MENTIONS:]]
        return {handle: did for handle, did in found.items() if did}, told

    def did_of(self, handle: str) -> str | None:
        """The account that has this handle; None if none has it. It may change hands."""
        name = "com.atproto.identity.resolveHandle"
        reply = self.send("GET", name, params={"handle": handle}, sample={"did": f"<DID of {handle}>"})
        if reply.status == 400:
            return None
        judge(reply, f"whose handle {handle} is")
        return str(whole(reply).get("did", "")) or None

    def who(self) -> Identity:
        """Who the session belongs to. Raises AuthError where the account is not active."""
        token = self.session()["accessJwt"]
        reply = self.call("GET", "com.atproto.server.getSession", "whose session this is", token=token)
        handle = field(reply, "handle")
        if whole(reply).get("active") is False:
            state = whole(reply).get("status") or "not active"
            told = "log in to the app to see why, and switch it on again"
            raise AuthError(f"bluesky: the account @{handle} is {state}", hint=told, status=reply.status)
        return Identity(id=field(reply, "did"), name=f"@{handle}", url=f"https://bsky.app/profile/{handle}")

    def renewed(self, current: Json) -> Json:
        """A new session: from the refresh token, else by a login, of which only a few a day are allowed."""
        if current.get("refreshJwt"):
            reply = self.send("POST", "com.atproto.server.refreshSession", current["refreshJwt"], sample=_SESSION)
            if not _bluesky_answers.is_login(reply):
                return _read(reply, current)
        login = _bluesky_sign_in.login(self.handle, self.options.app_password, current)
        try:
            return _read(self.send("POST", "com.atproto.server.createSession", json=login, sample=_SESSION), current)
        except PlatformError as refused:
            raise _bluesky_answers.of_a_login(refused, self.handle, self.base) from refused


def judge(reply: Reply, what: str, *, commit: bool = False) -> None:
    """Raise what a bad answer means."""
    fault = _bluesky_answers.what(reply, what, commit=commit)
    if fault is not None:
        raise fault


def _read(reply: Reply, current: Json) -> Json:
    judge(reply, "session")
    return _bluesky_sign_in.kept(current, {name: field(reply, name) for name in _SESSION})
