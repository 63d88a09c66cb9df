"""What people may see of a request: secrets masked, and the door that shows writes instead of sending them."""

from __future__ import annotations

import hashlib
import json as jsons
import re
import threading
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, quote_plus

from syndicate.model import Json
from syndicate.ports import Clock, Http, OAuth1, Part, Reply

SHORTEST = 4
"""A shorter secret is none, and masking it would garble every line."""

_LOGIN = re.compile(r"(?<=//)[^/?#\s@]*@")
_SCHEME = re.compile(r"(?i)^(bearer|basic|token|bot|oauth)\s+(?=\S)")


class Mask:
    """Turns every secret it knows into `***`, as it is and as it looks inside an address or JSON."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        self._known: frozenset[str] = frozenset()
        self._forms: tuple[str, ...] = ()
        self._lock = threading.Lock()
        self.learn(*secrets)

    def learn(self, *secrets: str) -> None:
        """Know these as well; any thread may say so."""
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
        """An exception stays, for whoever debugs; what it and its causes say loses its secrets."""
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


@dataclass(frozen=True, slots=True)
class Call:
    """A request that was not sent. `files` and unreadable `data` stand as SHA-256 and length; secrets as `***`."""

    method: str
    url: str
    params: Mapping[str, str] | None
    json: Any
    data: Any
    files: Mapping[str, Json] | None
    headers: Mapping[str, str]


class DryHttp:
    """Reads through `inner`; answers each write, and each read that has one, with its `sample`.

    `calls` holds what would have left, in order.
    """

    def __init__(self, inner: Http, clock: Clock, secrets: Iterable[str] = ()) -> None:
        self._inner = inner
        self._clock = clock
        self.mask: Mask = getattr(inner, "mask", None) or Mask()
        self.mask.learn(*secrets)
        self.calls: list[Call] = []

    def call(
        self,
        method: str,
        url: str,
        *,
        params: Mapping[str, str] | None = None,
        json: Any = None,
        data: bytes | Mapping[str, str] | None = None,
        files: Mapping[str, Part] | None = None,
        headers: Mapping[str, str] | None = None,
        auth: OAuth1 | None = None,
        sample: Any = None,
    ) -> Reply:
        """As `ports.Http.call`; only a read without a sample reaches the network."""
        method = method.upper()
        if method in ("GET", "HEAD") and sample is None:
            return self._inner.call(
                method, url, params=params, json=json, data=data, files=files, headers=headers, auth=auth
            )
        mask = self.mask
        self.calls.append(
            Call(
                method=method,
                url=mask(url),
                params=None if params is None else mask.json(params),
                json=mask.json(json),
                data=self._body(data) if isinstance(data, bytes) else mask.json(data),
                files=None if files is None else {name: _file(part) for name, part in files.items()},
                headers=self._headers(headers or {}, auth),
            )
        )
        return Reply(200, {}, jsons.dumps(sample).encode(), url, self._clock())

    def _body(self, body: bytes) -> Any:
        """Text as text; anything else as SHA-256 and length."""
        try:
            text = body.decode()
        except UnicodeDecodeError:
            text = "\0"
        return {"sha256": hashlib.sha256(body).hexdigest(), "length": len(body)} if "\0" in text else self.mask(text)

    def _headers(self, headers: Mapping[str, str], auth: OAuth1 | None) -> dict[str, str]:
        shown = {name: self._header(name, value) for name, value in headers.items()}
        return shown | {"Authorization": "<signature>"} if auth else shown

    def _header(self, name: str, value: str) -> str:
        if name.lower() == "authorization":
            scheme = _SCHEME.match(value)
            return f"{scheme[1]} ***" if scheme else "***"
        return self.mask(value)


def _file(part: Part) -> Json:
    name, body, mime = part
    return {"file": name, "mime": mime, "sha256": hashlib.sha256(body).hexdigest(), "length": len(body)}
