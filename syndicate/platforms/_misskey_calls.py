"""Calls to one Misskey server, with an account's token; and what its error answers mean.

misskey-dev/misskey, packages/backend/src/server/api: ApiCallService.ts, endpoints/notes and endpoints/drive, read on
2026-11-29 in kakkokari-gtyih/misskey @ 2a1ab6e4, 6e3f8a9b, fe71f6ce, and, for Sharkey, in Lhcfl/sharkey-stelpolva @
10631021: every call is a POST with the token as `i`; an error has a code, and older servers answer a wrong token
with 403.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from syndicate.errors import PlatformError, Unsupported
from syndicate.model import Json
from syndicate.net.status import blocked, failure, one_line
from syndicate.platforms import _tokens
from syndicate.platforms._answers import Row, fault, find
from syndicate.platforms._replies import field, items, problem
from syndicate.platforms._server_accounts import ServerLogin
from syndicate.ports import READS, Http, Reply

LISTING = 100
_PAGES = 10

REFUSED = (
    Row("login", ("AUTHENTICATION_FAILED", "CREDENTIAL_REQUIRED"), hint=_tokens.SIGN_IN),
    Row("login", ("PERMISSION_DENIED",), hint="the token lacks a permission: see what it needs, and make another"),
    Row("login", ("YOUR_ACCOUNT_SUSPENDED", "YOUR_ACCOUNT_MOVED", "ACCOUNT_LOCKED"), hint="look at it on the server"),
    Row("login", ("ROLE_PERMISSION_DENIED", "ACCESS_DENIED"), hint="the server's staff do not allow it this account"),
    Row("wait", ("RATE_LIMIT_EXCEEDED",)),
    Row("text", ("MAX_LENGTH",)),
    Row("text", ("INVALID_PARAM",), words=("text",)),
    Row("picture", ("NO_SUCH_FILE", "INAPPROPRIATE", "MAX_FILE_SIZE_EXCEEDED", "UNALLOWED_FILE_TYPE")),
    Row("picture", ("NO_FREE_SPACE",), hint="delete files in the account's drive"),
    Row("picture", ("INVALID_PARAM",), words=("fileids",)),
)
"""What a refusal means, by its code, and for a field that is not right by the field's name."""


class Calls:
    """The API of an account's server, called with its token."""

    def __init__(self, http: Http, login: ServerLogin) -> None:
        self._http = http
        self._login = login

    def call(self, endpoint: str, step: str, *, commit: bool = False, sample: Any = None, **asked: Any) -> Reply:
        """A call of which only a good answer will do. Raises PlatformError."""
        reply = self.send(endpoint, sample=sample, **asked)
        refuse(reply, step, commit=commit)
        return reply

    def send(self, endpoint: str, *, sample: Any = None, **asked: Any) -> Reply:
        """A call, with whatever answer."""
        return self._http.call(
            "POST", place(self._login.base, endpoint), json={"i": self._login.token, **asked}, sample=sample
        )

    def upload(self, fields: dict[str, str], file: tuple[str, bytes, str], sample: Any) -> Reply:
        """A file for the account's drive, with whatever answer."""
        return self._http.call(
            "POST",
            place(self._login.base, "drive/files/create"),
            data={"i": self._login.token, **fields},
            files={"file": file},
            sample=sample,
        )

    def own_notes(self) -> Iterator[list[Json]]:
        """Our own notes, newest first, page by page. Raises Unsupported after too many."""
        me = field(self.call("i", "whose token this is", sample=READS), "id")
        asked: Json = {"userId": me, "limit": LISTING, "withReplies": True, "withRenotes": False}
        for _ in range(_PAGES):
            notes = items(self.call("users/notes", "own notes", sample=READS, **asked).json(), "id")
            if not notes:
                return
            yield notes
            asked["untilId"] = notes[-1]["id"]
        raise Unsupported(f"misskey: more than {LISTING * _PAGES} notes since then; too many to search")


def place(base: str, endpoint: str) -> str:
    """The address of an endpoint."""
    return f"{base.rstrip('/')}/api/{endpoint}"


def code(reply: Reply) -> str:
    """The code of an error; "" if it has none."""
    return str(_error(reply).get("code") or "")


def refuse(reply: Reply, step: str, *, commit: bool = False) -> None:
    """Raise the error that an answer means, if it is one."""
    found = what(reply, step, commit=commit)
    if found is not None:
        raise found


def what(reply: Reply, step: str, *, commit: bool = False) -> PlatformError | None:
    """The error that an answer means; None for a good one."""
    if 200 <= reply.status < 300 or blocked(reply):
        return failure(reply, f"misskey: {step}", commit=commit)
    error = _error(reply)
    info = error.get("info")
    told = info if isinstance(info, dict) else {}
    row = find(REFUSED, (code(reply),), str(told.get("param") or ""))
    if row is None:
        return failure(reply, f"misskey: {step}", commit=commit)
    words = one_line(
        " ".join(str(said) for said in (error.get("message"), told.get("param"), told.get("reason")) if said)
    )
    return fault(row, f"misskey: {step}: {words}", reply, commit=commit, wait=_wait(reply, told))


def _wait(reply: Reply, told: Json) -> float | None:
    """Seconds until the limit ends, which older servers say only in the body, as an instant in milliseconds."""
    ends = told.get("resetMs")
    if "retry-after" in reply.headers or not isinstance(ends, int | float) or isinstance(ends, bool):
        return None
    return max(1.0, ends / 1000 - reply.received_at.timestamp())


def _error(reply: Reply) -> Json:
    found = problem(reply).get("error")
    return found if isinstance(found, dict) else {}
