"""Stand-ins (fake networks) on one local port, to try everything without posting, for demos and for tests."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from syndicate.sandbox.server import Sandbox

__all__ = ["Sandbox"]


def __getattr__(name: str) -> Any:
    """`Sandbox`, imported when it is first used."""
    if name != "Sandbox":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from syndicate.sandbox.server import Sandbox

    return Sandbox
