"""Finds the sandboxes that run on this machine, and whose they are."""

from __future__ import annotations

import http.client
import json
import os

from syndicate.errors import ConfigError
from syndicate.sandbox.control import whose

PORT = 8700
PORTS = range(PORT, PORT + 10)
"""Where a sandbox runs if no port was asked for: on the first one that is free."""
VARIABLE = "SYNDICATE_SANDBOX_PORT"
"""Asks for a port, whoever's sandbox runs there."""


def address(port: int) -> str:
    """The address of a sandbox."""
    return f"http://127.0.0.1:{port}"


def own() -> str | None:
    """The address of a sandbox that this person runs; None if there is none."""
    return next((address(port) for port in PORTS if is_own(port)), None)


def is_own(port: int) -> bool:
    """Whether a sandbox of this person runs there; one that does not say whose it is counts as somebody else's."""
    told = _answered(port, "/_sandbox/owner")
    try:
        return told is not None and json.loads(told) == {"user": whose()}
    except ValueError:
        return False


def runs(port: int) -> bool:
    """Whether any sandbox runs there."""
    return _answered(port, "/_sandbox/posts") is not None


def asked() -> int | None:
    """The port that the environment asks for. Raises ConfigError."""
    given = os.environ.get(VARIABLE)
    if not given:
        return None
    if given.isdecimal() and 0 < int(given) < 65_536:
        return int(given)
    raise ConfigError(f"{VARIABLE}: '{given}' is not a port", hint="a number from 1 to 65535, or leave it out")


def _answered(port: int, path: str) -> bytes | None:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
    try:
        connection.request("GET", path)
        reply = connection.getresponse()
        return reply.read() if reply.status == http.client.OK else None
    except (OSError, http.client.HTTPException):
        return None
    finally:
        connection.close()
