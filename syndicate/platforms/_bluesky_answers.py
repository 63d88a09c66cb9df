"""The error names of a PDS (XRPC), and what they mean.

bluesky-social/atproto @ d6296a1c: lexicons com/atproto/{server,repo}, packages/pds/src/auth-verifier.ts and
packages/pds/src/actor-store/blob/transactor.ts; most were measured on @atproto/pds 0.5.35 (2026-11-29), where they
come with HTTP 400; servers before it said "Record/text must not be longer" where it says "at $.record.text".
Reports: inovector/mixpost#188 (413), gitroomhq/postiz-app#988 (a second factor), thilobillerbeck/skymoth#28
(another service).
"""

from __future__ import annotations

from syndicate.errors import AuthError, PlatformError, Rejected, reworded
from syndicate.net.status import blocked, failure, one_line
from syndicate.platforms._answers import Row, fault, find
from syndicate.platforms._replies import problem
from syndicate.ports import Reply

_PASSWORDS = (
    "app_password takes an app password, made in the app under Settings, Privacy and security, App passwords;"
    " the account's own password does not work where logins need a second factor"
)
_OFF = "the account is switched off or was taken down; log in to the app to see why"

_RECORD = ("InvalidRecord", "InvalidRequest")

REFUSED = (
    Row("login", ("AuthFactorTokenRequired",), hint=_PASSWORDS),
    Row(
        "login",
        (
            "AccountDeactivated",
            "AccountSuspended",
            "AccountTakedown",
            "RepoDeactivated",
            "RepoSuspended",
            "RepoTakendown",
        ),
        hint=_OFF,
    ),
    Row("login", ("AuthMissing", "AuthenticationRequired", "ExpiredToken", "InvalidToken", "AccountNotFound")),
    Row("wait", ("RateLimitExceeded",)),
    Row("there", ("InvalidSwap",)),
    Row("picture", ("BlobTooLarge", "InvalidMimeType", "InvalidSize", "BlobNotFound", "InvalidBlob")),
    Row("picture", words=("could not find blob", "blob too big", "file is too large", "wrong mimetype")),
    Row("picture", _RECORD, ("$.record.embed.images", "$.record.embed.external.thumb")),
    Row("picture", _RECORD, ("/embed/images", "/embed/external/thumb")),
    Row("text", _RECORD, (") at $.record.text", "/text must not be longer", "text: string too")),
)
"""What an error name means, whichever HTTP status it has."""


def what(reply: Reply, step: str, *, commit: bool = False) -> PlatformError | None:
    """The error that an answer means; None for a good one. `step` says which request it was."""
    said = problem(reply)
    name, message = str(said.get("error", "")), one_line(str(said.get("message", "")))
    if not 400 <= reply.status < 500 or blocked(reply):
        return failure(reply, f"bluesky: {step}", commit=commit)
    row = find(REFUSED, (name,), message)
    if row is None:
        row = Row("login") if reply.status == 401 else None
    if row is None:
        return failure(reply, f"bluesky: {step}", commit=commit)
    words = f"{name or reply.status}: {message}".rstrip(": ")
    told = f"bluesky: {words}" if row.means == "login" else f"bluesky: {step}: {words}"
    return fault(row, told, reply, commit=commit)


def is_login(reply: Reply) -> bool:
    """Whether the answer refuses the login or the session."""
    row = find(REFUSED, (str(problem(reply).get("error", "")),), "")
    return reply.status == 401 or (reply.status in (400, 403) and row is not None and row.means == "login")


def of_a_login(refused: PlatformError, handle: str, service: str) -> PlatformError:
    """The error of a login that failed, with a hint at its likely cause. What is refused concerns the account."""
    if isinstance(refused, Rejected):
        refused = AuthError(str(refused), hint=refused.hint, status=refused.status)
    if "AuthenticationRequired" in str(refused) or "AccountNotFound" in str(refused):
        told = f"{_PASSWORDS}; handle and `service` must belong together: does {service} hold {handle}?"
        return reworded(refused, str(refused), told)
    if refused.status in (404, 405, 501):
        told = f"{service} does not answer as a server of accounts; is `service` right, such as https://bsky.social?"
        return reworded(refused, str(refused), told)
    return refused
