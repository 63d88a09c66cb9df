"""The authorization code flow of OAuth 2 (RFC 6749, 4.1), with proof of possession (PKCE, RFC 7636)."""

from __future__ import annotations

import base64
import hashlib
import secrets
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlencode, urlsplit

from syndicate.errors import AuthError
from syndicate.model.dataclass import dataclass

if TYPE_CHECKING:
    from collections.abc import Mapping

_REFUSED = "nothing was stored; sign in again and allow it"


@dataclass(frozen=True, slots=True)
class Proof:
    """What ties an answer to the request that asked for it: `state`, and the `verifier` of PKCE."""

    state: str
    verifier: str

    @property
    def challenge(self) -> str:
        """The SHA-256 of the verifier, as RFC 7636, 4.2 writes it (S256)."""
        return base64.urlsafe_b64encode(hashlib.sha256(self.verifier.encode()).digest()).rstrip(b"=").decode()


def proof() -> Proof:
    """A new one, for one attempt to sign in."""
    return Proof(secrets.token_urlsafe(24), secrets.token_urlsafe(48))


def page(address: str, parameters: Mapping[str, str]) -> str:
    """The address of the page on which a person allows it."""
    return f"{address}{'&' if urlsplit(address).query else '?'}{urlencode(parameters)}"


def server_in(said: str, wanted: str) -> str:
    """The server's address in what a person typed: its address or name, or an account's with its server.

    Raises AuthError for anything else; `wanted` says what to type.
    """
    name = said.strip().rpartition("@")[2]
    parts = urlsplit(name if "://" in name else f"https://{name}")
    if parts.scheme not in ("http", "https") or not parts.hostname or " " in name:
        raise AuthError(f"'{said.strip()}' is not the address of a server", hint=f"type {wanted}")
    return f"{parts.scheme}://{parts.netloc}"


def code(answer: str, state: str) -> str:
    """The code in an answer: the address to which the page led, or the code alone, as a person pasted it.

    Raises AuthError where the person did not allow it, or the answer belongs to another attempt to sign in.
    """
    answer = answer.strip()
    if "code=" not in answer and "error=" not in answer and "://" not in answer:
        if not answer:
            raise AuthError("no code was given", hint=_REFUSED)
        return answer.removesuffix("#_")
    parts = urlsplit(answer if "://" in answer else f"http://localhost/?{answer.lstrip('?')}")
    given = {name: values[0] for name, values in parse_qs(parts.query).items()}
    if given.get("state", state) != state:
        raise AuthError("this answer belongs to another attempt to sign in", hint=_REFUSED)
    if "code" not in given:
        why = given.get("error_description") or given.get("error_message") or given.get("error") or "it has no code"
        raise AuthError(f"it was not allowed: {why}", hint=_REFUSED)
    return given["code"]
