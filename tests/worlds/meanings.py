"""What each row of a network's error table becomes."""

from __future__ import annotations

from syndicate.errors import (
    AuthError,
    PictureRefused,
    PlatformError,
    RateLimited,
    Rejected,
    TextRefused,
    Unavailable,
    Uncertain,
)

ON_COMMIT = {
    "login": AuthError,
    "wait": RateLimited,
    "cap": RateLimited,
    "there": Uncertain,
    "maybe": Uncertain,
    "later": Unavailable,
    "picture": PictureRefused,
    "text": TextRefused,
    "post": Rejected,
}
BEFORE = ON_COMMIT | {"there": Rejected, "maybe": Unavailable, "text": Rejected}


def means(found: PlatformError, meaning: str, hint: str | None) -> None:
    """Whether an error of a commit says just that."""
    assert type(found) is {**ON_COMMIT, "astray": Unavailable}[meaning]
    assert getattr(found, "capped", False) == (meaning == "cap")
    assert getattr(found, "astray", False) == (meaning == "astray")
    hint = "in the config" if meaning == "astray" else hint
    assert (hint in found.hint) if hint else found.hint is None
