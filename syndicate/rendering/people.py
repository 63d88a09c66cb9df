"""Authors as templates see them: their names, and how the network mentions those that the publisher lists. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Self, TypeAlias

from syndicate.rendering.fit import Mention
from syndicate.rendering.mentions import as_written

Handles: TypeAlias = Mapping[str, Mapping[str, str]]
"""How networks mention people: by the person's name, and the network's."""


class Author(str):
    """An author's name. `handle` is how the network mentions this person; "" where it has no handle."""

    __slots__ = ("handle",)
    handle: str

    def __new__(cls, name: str, handle: str = "") -> Self:
        """An author of this name."""
        made = super().__new__(cls, name)
        made.handle = handle
        return made


class Authors(tuple[str, ...]):
    """Authors that print with a comma between them."""

    __slots__ = ()

    def __str__(self) -> str:
        return ", ".join(map(str, self))


def signed(names: Iterable[str], people: Handles, network: str) -> tuple[Author, ...]:
    """The authors, with the handles that the publisher lists for this network."""
    known = {_same(person): handles.get(network, "") for person, handles in people.items()}
    return tuple(Author(name, known.get(_same(as_written(name)), "")) for name in names)


def mentioned(authors: object) -> object:
    """The `people` filter, of one or several: the handle as a mention that is never cut, else the name."""
    if isinstance(authors, Author) and authors.handle:
        return Mention(authors.handle)
    return Authors(map(mentioned, authors)) if isinstance(authors, tuple) else authors  # type: ignore[arg-type]


def _same(name: str) -> str:
    return " ".join(name.split()).casefold()
