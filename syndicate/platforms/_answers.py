"""What a network's error answers mean for a delivery: the rows of its table, and the errors that they become."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Literal, TypeAlias

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
from syndicate.model.dataclass import dataclass
from syndicate.net.status import retry_after
from syndicate.ports import Reply

Meaning: TypeAlias = Literal[
    "login",  # the account, until a person acts
    "wait",  # too many requests
    "cap",  # a quota is spent, or the account is blocked for a while
    "there",  # the post may be there already: look it up
    "maybe",  # a failure after which a post may be there all the same
    "later",  # refused for now, nothing was published
    "picture",  # the picture, not the post
    "text",  # longer than the network takes, as it counts
    "post",  # this post, never
]

_BEFORE: dict[Meaning, type[PlatformError]] = {
    "login": AuthError,
    "wait": RateLimited,
    "cap": RateLimited,
    "there": Rejected,
    "maybe": Unavailable,
    "later": Unavailable,
    "picture": PictureRefused,
    "text": Rejected,
    "post": Rejected,
}
"""The error for each meaning, of a request that shows nobody anything."""
_ON_COMMIT: Mapping[Meaning, type[PlatformError]] = _BEFORE | {
    "there": Uncertain,
    "maybe": Uncertain,
    "text": TextRefused,
}
"""The same for the request that makes a post visible."""

_FORBIDDEN = (403, 404, 405)
"""Statuses of an upload that say nothing of the picture's size."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a network's table: error codes or names, or words in the message, and what they mean.

    `codes` match any of the answer's; `words`, in lower case, any part of its text. A row with both needs both.
    """

    means: Meaning
    codes: tuple[int | str, ...] = ()
    words: tuple[str, ...] = ()
    hint: str | None = None


def find(table: Iterable[Row], codes: Sequence[int | str], text: str) -> Row | None:
    """The first row that matches an answer's codes and its text."""
    said = text.lower()
    return next((row for row in table if _matches(row, codes, said)), None)


def fault(row: Row, message: str, reply: Reply, *, commit: bool, wait: float | None = None) -> PlatformError:
    """The error that a row means. `wait`: seconds that the network asks for, where not in the usual headers."""
    status, hint = reply.status, row.hint
    kind = (_ON_COMMIT if commit else _BEFORE)[row.means]
    if issubclass(kind, RateLimited | Unavailable):
        asked = retry_after(reply) if wait is None else wait
        capped = {"capped": True} if row.means == "cap" else {}
        return kind(message, hint=hint, status=status, retry_after=asked, **capped)
    return kind(message, hint=hint, status=status)


@contextmanager
def of_a_picture(*, description: bool = False) -> Iterator[None]:
    """Within this, a refusal is one of a picture, or only of its `description`: the request has nothing else."""
    try:
        yield
    except PictureRefused:
        raise
    except Rejected as refused:
        raise PictureRefused(
            str(refused),
            hint=refused.hint,
            status=refused.status,
            smaller=refused.status not in _FORBIDDEN,
            description=description,
        ) from refused


def _matches(row: Row, codes: Sequence[int | str], said: str) -> bool:
    named = not row.codes or any(code in row.codes for code in codes)
    return named and (not row.words or any(word in said for word in row.words))
