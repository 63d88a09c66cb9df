"""The requests and answers of stand-ins, and the routes between them."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from typing import Any, NamedTuple, TypeAlias
from urllib.parse import parse_qs


class Upload(NamedTuple):
    """One file of a multipart body."""

    name: str
    mime: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Received:
    """One whole request. Header names are lower case; if a query name is repeated, the first value counts.

    `target` is the path and query as they came.
    """

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes
    url: str = ""
    target: str = ""

    @property
    def mime(self) -> str:
        """The body's type without its parameters, in lower case."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()

    @property
    def bearer(self) -> str | None:
        """The token of `Authorization: Bearer`; None without one."""
        scheme, _, token = self.headers.get("authorization", "").partition(" ")
        return token.strip() or None if scheme.lower() == "bearer" else None

    def json(self) -> Any:
        """The body as JSON; {} when it is empty. Raises ValueError."""
        return json.loads(self.body) if self.body else {}

    def fields(self) -> tuple[dict[str, Any], dict[str, Upload]]:
        """The body's fields and files, whichever of JSON, form or multipart it is. Raises ValueError."""
        if self.mime == "application/json":
            value = self.json()
            if not isinstance(value, dict):
                raise ValueError("the body is not an object")
            return value, {}
        if self.mime == "multipart/form-data":
            return multipart(self.body, self.headers["content-type"])
        pairs = parse_qs(self.body.decode(), keep_blank_values=True)
        return {name: values if name.endswith("[]") else values[0] for name, values in pairs.items()}, {}


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer: `cut` sends half of it and closes the connection, `drip` sends it in pieces over so many seconds."""

    status: int
    body: bytes = b""
    mime: str = "application/json; charset=utf-8"
    headers: Mapping[str, str] = field(default_factory=dict)
    cut: bool = False
    drip: float = 0.0


Operation: TypeAlias = Callable[..., Answer]
"""Answers a request; its further arguments are the variable words of the path."""


class Route(NamedTuple):
    """The stand-in that answers, the step of a post, and the function that answers.

    `told` says the step of a whole request, where one address takes several kinds: a fault is then chosen late.
    `ahead` is done before, and nobody waits for it meanwhile: fetching what the request has the address of.
    """

    platform: str
    step: str
    operation: Callable[[Received], Answer]
    told: Callable[[Received], str] | None = None
    ahead: Callable[[Received], None] | None = None


class Table:
    """The addresses of one network: method, path with `*` for one variable word, step, operation."""

    def __init__(self, *rows: tuple[str, str, str, Operation]) -> None:
        self._rows = [
            (method, re.compile(re.escape(path).replace(r"\*", "([^/]+)")), step, operation)
            for method, path, step, operation in rows
        ]

    def find(self, method: str, path: str) -> tuple[str, Callable[[Received], Answer]] | None:
        """The step and operation of a request; None for an unknown address."""
        for verb, pattern, step, operation in self._rows:
            found = pattern.fullmatch(path) if verb == method else None
            if found:
                return step, partial(_with_words, operation, found.groups())
        return None


def _with_words(operation: Operation, words: tuple[str, ...], request: Received) -> Answer:
    return operation(request, *words)


def answer(status: int, value: Any, headers: Mapping[str, str] | None = None, *, mime: str = "") -> Answer:
    """`value` as JSON; `mime` where a network calls its JSON something else."""
    body = json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")
    return Answer(status, body, mime or "application/json; charset=utf-8", headers or {})


def text_answer(status: int, text: str, headers: Mapping[str, str] | None = None, *, mime: str = "text/html") -> Answer:
    """`text` unchanged."""
    return Answer(status, text.encode(), f"{mime}; charset=utf-8", headers or {})


def instant(seconds: float, precision: str = "milliseconds") -> str:
    """Seconds since 1970 as RFC 3339 in UTC."""
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec=precision).replace("+00:00", "Z")


def multipart(body: bytes, content_type: str) -> tuple[dict[str, Any], dict[str, Upload]]:
    """Fields and files of a multipart/form-data body (RFC 7578). Raises ValueError."""
    boundary = parameters(content_type).get("boundary")
    if not boundary:
        raise ValueError("multipart without a boundary")
    fields: dict[str, Any] = {}
    files: dict[str, Upload] = {}
    for part in (b"\r\n" + body).split(b"\r\n--" + boundary.encode())[1:-1]:
        head, gap, data = part.removeprefix(b"\r\n").partition(b"\r\n\r\n")
        if not gap:
            raise ValueError("a part without a body")
        lines = (line.partition(":") for line in head.decode().split("\r\n"))
        headers = {name.strip().lower(): value.strip() for name, _, value in lines}
        about = parameters(headers.get("content-disposition", ""))
        name = about.get("name", "")
        if "filename" in about:
            files[name] = Upload(about["filename"], headers.get("content-type", "application/octet-stream"), data)
        elif name.endswith("[]"):
            fields.setdefault(name, []).append(data.decode())
        else:
            fields[name] = data.decode()
    return fields, files


def parameters(header: str) -> dict[str, str]:
    """The `name=value` parameters of a header."""
    pairs = (part.partition("=") for part in header.split(";")[1:])
    return {name.strip().lower(): value.strip().strip('"') for name, gap, value in pairs if gap}
