"""Downloads articles' photos, each once, unchanged. The card worker makes pictures for posts from them."""

from __future__ import annotations

import threading
from collections.abc import Callable
from copy import copy
from typing import TYPE_CHECKING, Protocol

from syndicate.errors import PlatformError, RenderError
from syndicate.model import Image, Limits, Media
from syndicate.ports import Http, on_behalf_of

if TYPE_CHECKING:
    from concurrent.futures import Future

MAX_BYTES = 20_000_000

AT_ONCE = 3
"""Photos that are downloaded or made to fit at a time: each is up to MAX_BYTES, and one is opened at a time anyway."""

_ACCEPT = "image/jpeg,image/png,image/webp,image/gif;q=0.8,image/avif;q=0.5,image/tiff;q=0.5,image/bmp;q=0.5"
_DOUBTFUL = 5_000
"""Bytes; a smaller file may be a counter or a page, and is looked at before a card is drawn over it."""
_BOXED = b"ftyp"  # AVIF and HEIC, of which Pillow reads what it was built for


class Decoder(Protocol):
    """What opens pictures: the card worker's `Studio`, whose limits hostile ones meet."""

    def ready(self) -> None:
        """A picture is coming."""

    def encode(self, data: bytes, limits: Limits, alt: str, *, max_bytes: int, edge: int | None = None) -> Media:
        """The picture within the limits. Raises RenderError."""

    def check(self, data: bytes) -> None:
        """Raises RenderError for what is no picture that can be shown."""


class Pictures:
    """Articles' photos, unchanged; accounts that want the same one share one request.

    Shared by threads. They are opened by what `decoder` gives. Photos are kept up to `kept_bytes`; a failure is
    raised for all who wait for it and then forgotten, so that a later delivery asks again.
    """

    def __init__(self, http: Http, decoder: Callable[[], Decoder], *, kept_bytes: int = 8_000_000) -> None:
        self._http = http
        self._decoder = decoder
        self._kept_bytes = kept_bytes
        self._source = ""
        self._answers: dict[tuple[str, str], Future[bytes]] = {}
        self._lock = threading.Lock()
        self._room = threading.BoundedSemaphore(AT_ONCE)

    def of(self, source: str) -> Pictures:
        """The same pictures, for the addresses that one source gives; none is handed to another source."""
        made = copy(self)
        made._source, made._http = source, on_behalf_of(self._http, source)  # noqa: SLF001 - another of us
        return made

    def original(self, url: str) -> bytes:
        """The file at an address, unchanged. Raises RenderError."""
        from concurrent.futures import Future

        with self._lock:
            answer = self._answers.get((self._source, url))
            first = answer is None
            if answer is None:
                answer = self._answers[self._source, url] = Future()
        if first:
            self._ask(url, answer)
        return answer.result()

    def sound(self, url: str) -> bytes:
        """The file at an address, unless it is seen at once to be no photo. Raises RenderError."""
        data = self.original(url)
        if len(data) < _DOUBTFUL or data[4:8] == _BOXED:
            try:
                self._decoder().check(data)
            except RenderError as fault:
                raise RenderError(f"{url}: {fault}") from fault
        return data

    def fetch(
        self, image: Image, limits: Limits, alt: str, *, max_bytes: int | None = None, edge: int | None = None
    ) -> Media:
        """The picture within `max_bytes` (else `limits.image_bytes`), and `edge` pixels along its longer side.

        Raises RenderError: one line that says which picture and why not.
        """
        decoder = self._decoder()
        decoder.ready()
        with self._room:
            data = self.original(image.url)
            try:
                return decoder.encode(data, limits, alt, max_bytes=max_bytes or limits.image_bytes, edge=edge)
            except RenderError as fault:
                raise RenderError(f"{image.url}: {fault}") from fault

    def _ask(self, url: str, answer: Future[bytes]) -> None:
        try:
            answer.set_result(download(self._http, url))
        except BaseException as fault:  # noqa: BLE001  (others wait for this answer, whatever it is)
            answer.set_exception(fault)
        with self._lock:
            if answer.exception():
                del self._answers[self._source, url]
            self._forget()

    def _forget(self) -> None:
        """Drop the oldest photos while there are too many bytes; the newest stays."""
        done = [(key, answer) for key, answer in self._answers.items() if answer.done() and not answer.exception()]
        held = sum(len(answer.result()) for _, answer in done)
        for key, answer in done[:-1]:
            if held <= self._kept_bytes:
                return
            held -= len(answer.result())
            del self._answers[key]


def download(http: Http, url: str) -> bytes:
    """The bytes at a picture's address. Raises RenderError."""
    if not url.lower().startswith(("http://", "https://")):
        raise RenderError(f"{url[:80]}: not an http address")
    try:
        reply = http.call("GET", url, headers={"Accept": _ACCEPT})
    except PlatformError as fault:
        raise RenderError(f"{url}: {fault}") from fault
    if reply.status != 200:
        raise RenderError(f"{url}: HTTP {reply.status}")
    if not reply.body:
        raise RenderError(f"{url}: the answer is empty")
    if len(reply.body) > MAX_BYTES:
        raise RenderError(f"{url}: {len(reply.body)} bytes are more than the {MAX_BYTES} we read")
    return reply.body
