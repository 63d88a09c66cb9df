"""Redaction: secrets become `***` in addresses, bodies and error messages."""

from __future__ import annotations

import json as jsons
import re
import threading
from collections.abc import Iterable, Iterator, Mapping
from typing import Any
from urllib.parse import quote, quote_plus

SHORTEST = 4
"""Characters. Something shorter is not masked: it is hardly a secret, and every line would be garbled."""

_LOGIN = re.compile(r"(?<=//)[^/?#\s@]*@")


class Mask:
    """Turns every secret it knows into `***`: as it is, and as it is written in an address or in JSON."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        self._known: frozenset[str] = frozenset()
        self._forms: tuple[str, ...] = ()
        self._lock = threading.Lock()
        self.learn(*secrets)

    def learn(self, *secrets: str) -> None:
        """Mask these as well; any thread may call it."""
        if self._known.issuperset(secrets):
            return
        with self._lock:
            self._known |= {str(secret) for secret in secrets if len(secret.strip()) >= SHORTEST}
            forms = {form for secret in self._known for form in _forms(secret) if len(form) >= SHORTEST}
            self._forms = tuple(sorted(forms, key=len, reverse=True))

    def __call__(self, text: str) -> str:
        """`text` without secrets, and without logins inside addresses."""
        for form in self._forms:
            text = text.replace(form, "***")
        return _LOGIN.sub("***@", text) if "@" in text else text

    def bytes(self, body: bytes) -> bytes:
        """The same for a body in UTF-8."""
        for form in self._forms:
            body = body.replace(form.encode(), b"***")
        return body

    def json(self, value: Any) -> Any:
        """The same for all strings in a JSON value."""
        if isinstance(value, str):
            return self(value)
        if isinstance(value, Mapping):
            return {self(str(name)): self.json(item) for name, item in value.items()}
        if isinstance(value, list | tuple):
            return [self.json(item) for item in value]
        return value

    def hush(self, fault: BaseException) -> BaseException:
        """Remove the secrets from the messages of an exception and its causes; return the same exception."""
        for each in causes(fault):
            each.args = tuple(self(arg) if isinstance(arg, str) else arg for arg in each.args)
        return fault


def causes(fault: BaseException) -> Iterator[BaseException]:
    """An exception and all it wraps, as cause, context or argument."""
    seen: set[int] = set()
    waiting: list[Any] = [fault]
    while waiting:
        each = waiting.pop(0)
        if isinstance(each, BaseException) and id(each) not in seen:
            seen.add(id(each))
            yield each
            waiting += [*each.args, getattr(each, "reason", None), each.__cause__, each.__context__]


def _forms(secret: str) -> set[str]:
    encoded = {quote(secret), quote(secret, safe=""), quote_plus(secret)}
    lower = {re.sub("%[0-9A-F]{2}", lambda found: found[0].lower(), form) for form in encoded}
    stripped = secret.strip()
    written = {jsons.dumps(secret)[1:-1], jsons.dumps(secret, ensure_ascii=False)[1:-1], repr(secret)[1:-1]}
    return {secret, stripped} | encoded | lower | written
