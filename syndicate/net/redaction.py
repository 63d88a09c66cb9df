"""Redaction: secrets become `***` in addresses, bodies and error messages."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from syndicate.net.spellings import Spelling, spellings

SHORTEST = 4
"""Characters. Something shorter is not masked: it is hardly a secret, and every line would be garbled."""

_LOGIN = re.compile(r"(?<=//)[^/?#\s@]*@")
_IN_A_PATH = re.compile(
    r"(?P<before>/bot)\d{6,}(?::|%3A)[\w-]{30,}"
    r"|(?P<webhook>/webhooks/\d{15,}/)[\w-]{40,}"
    r"|(?P<service>/services/T[A-Z0-9]{6,}/B[A-Z0-9]{6,}/)\w{16,}"
)
"""Addresses that give access by their path, known or not: Telegram's of a bot, Discord's and Slack's of a webhook."""
_PATHS = ("/bot", "/webhooks/", "/services/")


class Mask:
    """Turns every secret it knows into `***`, also as addresses, JSON, HTML and base64 spell it.

    A secret of eight characters or more is found in upper and lower case.
    """

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        self._known: frozenset[str] = frozenset()
        self._forms: tuple[tuple[str, Spelling], ...] = ()
        self._lock = threading.Lock()
        self.learn(*secrets)

    def learn(self, *secrets: str) -> None:
        """Mask these as well; any thread may call it."""
        if self._known.issuperset(secrets):
            return
        with self._lock:
            self._known |= {str(secret) for secret in secrets if len(secret.strip()) >= SHORTEST}
            forms = {form for secret in self._known for form in spellings(secret) if len(form.text) >= SHORTEST}
            ordered = sorted(forms, key=lambda form: (len(form.text), form.text), reverse=True)
            self._forms = tuple((form.text.lower(), form) for form in ordered)

    def __call__(self, text: str) -> str:
        """`text` without secrets, and without what gives access inside addresses."""
        text = self._hidden(text)
        if any(word in text for word in _PATHS):
            text = _IN_A_PATH.sub(lambda found: f"{found['before'] or found['webhook'] or found['service']}***", text)
        return _LOGIN.sub("***@", text) if "@" in text else text

    def bytes(self, body: bytes) -> bytes:
        """The same for a body in UTF-8."""
        return self._hidden(body.decode("utf-8", "surrogateescape")).encode("utf-8", "surrogateescape")

    def _hidden(self, text: str) -> str:
        lower = text.lower()
        for lowered, spelling in self._forms:
            # Far cheaper than to look with a pattern. A Greek sigma is lowered by what follows.
            if lowered in lower or (not lowered.isascii() and spelling.text in text):
                text = spelling.pattern().sub("***", text)
        return text

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
