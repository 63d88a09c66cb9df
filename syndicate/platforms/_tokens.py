"""Which token an account calls with: the one in its options, or the one that the ledger keeps and renews."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from typing import TYPE_CHECKING

from syndicate.errors import AuthError
from syndicate.serialization import instant

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from syndicate.model import Json
    from syndicate.ports import Credentials

SIGN_IN = "sign in: syndicate accounts login, and the account's name"
_OF = "of"


def token(option: str | None, held: Json) -> str:
    """The token to call with. What is held goes first, unless it came from another `option` than the config has now.

    `held` is what `Credentials.current` gives. Raises AuthError where there is none at all.
    """
    if held.get("token") and came_from(option, held):
        return str(held["token"])
    if option is None:
        raise AuthError("it has no token yet", hint=SIGN_IN)
    return option


def current(option: str | None, credentials: Credentials) -> Callable[[], str]:
    """What gives the token to call with, each time that it is asked."""
    return lambda: token(option, credentials.current())


def came_from(option: str | None, held: Json) -> bool:
    """Whether what is held may stand for this `option` of the config: it came from it, or from signing in."""
    return option is None or _OF not in held or bool(held[_OF] == _mark(option))


def option_of(option: str | None, held: Json) -> str | None:
    """The option that what comes next comes from, too; None where what is held came from signing in."""
    return option if not held.get("token") or _OF in held else None


def kept(token: str, option: str | None = None, *, at: datetime, life: float | None, renew: timedelta) -> Json:
    """Credentials to keep: a token that was given `at` an instant for `life` seconds, renewed after `renew`.

    `option` is the config's token that it came from, if any: with another one there, this is not used any more.
    """
    held: Json = {"token": token}
    if life is not None:
        end = timedelta(seconds=life)
        held |= {"expires_at": instant(at + end), "renew_at": instant(at + min(renew, end / 2))}
    return held | ({_OF: _mark(option)} if option is not None else {})


def _mark(option: str) -> str:
    """What recognises a token of the config without being it."""
    return hashlib.sha256(f"syndicate token {option}".encode()).hexdigest()[:16]
