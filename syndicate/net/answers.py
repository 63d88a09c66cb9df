"""Cleans what a network says of a post and of an account: no secret in it, nothing that acts on a terminal."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import fields, is_dataclass, replace
from typing import Any, TypeVar

from syndicate.addresses import secrets_in, without_acting
from syndicate.control_characters import on_one_line
from syndicate.model import Identity, Json, ListedPost, Receipt, Secret
from syndicate.net.redaction import Mask

LEAST = 8
"""Characters. A shorter secret is not looked for: it may well be a part of an id or a name."""

T = TypeVar("T")
_TELLING = re.compile(r"(?:token|secret|password|key|jwt|code|cookie|webhook_url)$", re.IGNORECASE)


class AnswerCleaner:
    """Cleans receipts and identities; knows the secrets of the config, and those that requests contained since."""

    def __init__(self, secrets: Iterable[str], door: Any) -> None:
        self._mask = Mask(secret for secret in secrets if len(secret) >= LEAST)
        self._door = door

    def cleaned(self, said: T) -> T:
        """A receipt, a listing or an identity, cleaned; anything else as it is."""
        self._mask.learn(*getattr(self._door, "learned", ()))
        answer: T = self._cleaned(said)
        return answer

    def _cleaned(self, said: Any) -> Any:
        if isinstance(said, Receipt):
            address = self._address(said.permalink)
            return replace(said, id=self._mask(str(said.id)), permalink=address, data=self._mask.json(said.data))
        if isinstance(said, Identity):
            name, number = self._line(said.name), self._line(said.id)
            scopes, notes = (tuple(map(self._line, words)) for words in (said.scopes, said.notes))
            return replace(said, id=number, name=name, url=self._address(said.url), scopes=scopes, notes=notes)
        if isinstance(said, ListedPost):
            return replace(said, receipt=self._cleaned(said.receipt))
        return [self._cleaned(each) for each in said] if isinstance(said, list | tuple) else said

    def _line(self, said: Any) -> str:
        return on_one_line(self._mask(str(said)))

    def _address(self, said: Any) -> str | None:
        return on_one_line(without_acting(self._mask(said))) if isinstance(said, str) and said else None


def secrets_held(held: Json) -> set[str]:
    """The secrets among credentials: those whose name says so, such as `refresh_token` or `accessJwt`."""
    named = {value for name, value in held.items() if _TELLING.search(name) and isinstance(value, str)}
    return {value for value in named if len(value) >= LEAST}


def secrets_of(value: Any) -> set[str]:
    """The secrets among the options of an account."""
    found: set[str] = set()
    for field in fields(value) if is_dataclass(value) else ():
        each = getattr(value, field.name)
        if isinstance(each, Secret):
            found.add(each)
        elif isinstance(each, str) and "://" in each:
            found |= secrets_in(each)
    return found
