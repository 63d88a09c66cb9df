"""What can be a Bluesky handle, and the name of an account in a permalink.

https://atproto.com/specs/handle#handle-identifier-syntax and https://atproto.com/specs/did
"""

from __future__ import annotations

import re

from syndicate.model import Json

_LABEL = "[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_HANDLE = re.compile(rf"(?:{_LABEL}\.)+[a-z](?:[a-z0-9-]{{0,61}}[a-z0-9])?", re.IGNORECASE)
_LONGEST = 253
_NONE = "handle.invalid"
"""What servers call an account whose handle does not lead to it."""
_DID = re.compile(r"did:[a-z]+:[A-Za-z0-9._:%-]*[A-Za-z0-9._-]")
_MAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")


def check(said: str) -> None:
    """Refuse what can be no handle. An e-mail address or a DID can log in as well. Raises ValueError."""
    hidden = next((sign for sign in said if not sign.isprintable()), None)
    if hidden is not None:
        raise ValueError(f"the handle has an invisible character (U+{ord(hidden):04X}); type it anew")
    name = said.removeprefix("@")
    if _is_handle(name) or _DID.fullmatch(name) or _MAIL.fullmatch(name):
        return
    known = re.search(r"/profile/([^/?#]+)", said)
    cure = f"write {known[1]}" if known else "a handle is a name such as gazette.bsky.social"
    raise ValueError(f"'{said}' is not a handle; {cure}")


def shown(session: Json, did: str) -> str:
    """The account in a permalink: the handle that its session states, or, without a working one, its DID.

    The config may have an old handle, of which the app says that there is no such profile
    (bluesky-social/social-app#1337), or an e-mail address.
    """
    handle = str(session.get("seen_handle") or session.get("handle") or "")
    return handle if _is_handle(handle) else did


def mention(said: str) -> str:
    """A handle as a text mentions it. Raises ValueError for what is none."""
    name = said.removeprefix("@")
    if not _is_handle(name):
        raise ValueError(f"'{said}' is no handle there, such as ana.bsky.social")
    return f"@{name}"


def _is_handle(name: str) -> bool:
    return len(name) <= _LONGEST and name.lower() != _NONE and _HANDLE.fullmatch(name) is not None
