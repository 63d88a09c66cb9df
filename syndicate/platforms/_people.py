"""How texts mention people: by handles whose form differs from network to network. Pure."""

from __future__ import annotations

import re

from syndicate.model.pattern import pattern

_OF_SERVER = pattern(r"[A-Za-z0-9_](?:[A-Za-z0-9_.-]*[A-Za-z0-9_])?@(?:[A-Za-z0-9-]+\.)+[A-Za-z0-9-]{2,}")
_OF_X = pattern(r"[A-Za-z0-9_]{1,15}")
_OF_META = pattern(r"[A-Za-z0-9_.]{1,30}")
_OF_TELEGRAM = pattern(r"[A-Za-z][A-Za-z0-9_]{3,31}")


def of_server(handle: str) -> str:
    """`@user@host`, on networks of many servers."""
    return _checked(handle, _OF_SERVER, "@user@social.example")


def of_x(handle: str) -> str:
    """`@name`: up to 15 letters, digits and underscores."""
    return _checked(handle, _OF_X, "@name")


def of_meta(handle: str) -> str:
    """`@name`: up to 30 letters, digits, underscores and points."""
    return _checked(handle, _OF_META, "@name")


def of_telegram(handle: str) -> str:
    """`@name`: 4 to 32 letters, digits and underscores, a letter first."""
    return _checked(handle, _OF_TELEGRAM, "@name")


def _checked(handle: str, form: re.Pattern[str], example: str) -> str:
    name = handle.removeprefix("@")
    if form.fullmatch(name) is None:
        raise ValueError(f"'{handle}' is no handle there, such as {example}")
    return f"@{name}"
