"""DryHttp: answers writes from samples and records what would have been sent, without secrets."""

from __future__ import annotations

import hashlib
import json as jsons
import re
from collections.abc import Iterable, Mapping
from typing import Any

from syndicate.model import Json
from syndicate.model.dataclass import dataclass
from syndicate.net.redaction import Mask
from syndicate.ports import READS, Clock, Http, OAuth1, Part, Reply, caller_site, sender

_SCHEME = re.compile(r"(?i)^(bearer|basic|token|bot|oauth)\s+(?=\S)")


@dataclass(frozen=True, slots=True)
class Call:
    """A request that was not sent. `files` and binary `data` are given as SHA-256 and length; secrets as `***`."""

    method: str
    url: str
    params: Mapping[str, str] | None
    json: Any
    data: Any
    files: Mapping[str, Json] | None
    headers: Mapping[str, str]


class DryHttp:
    """Reads through `inner`; answers each write, and each read that has one, with its `sample`.

    `calls` holds what would have been sent, in order.
    """

    def __init__(self, inner: Http, clock: Clock, secrets: Iterable[str] = ()) -> None:
        self._inner = inner
        self._clock = clock
        self.mask: Mask = getattr(inner, "mask", None) or Mask()
        self.mask.learn(*secrets)
        self.site = caller_site(inner)
        self.sender = sender(inner)
        self.calls: list[Call] = []

    def learn(self, *secrets: str) -> None:
        """From now on, mask these too."""
        self.mask.learn(*secrets)

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
        if sample is READS or (method in ("GET", "HEAD") and sample is None):
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
