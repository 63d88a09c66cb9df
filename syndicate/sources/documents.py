"""Reads articles from documents: at an address, in a file, in a folder or on standard input."""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from syndicate.errors import SourceError
from syndicate.model import Reading, Validators
from syndicate.model.dataclass import dataclass
from syndicate.net import file_guard
from syndicate.net.address_guard import bare
from syndicate.net.unpacking import BODY_BYTES
from syndicate.ports import Http
from syndicate.sources import fetch
from syndicate.sources.formats import iptc
from syndicate.sources.formats.iptc import Item
from syndicate.sources.parsing.document import NAMES, Document
from syndicate.sources.parsing.fields import ENTRIES, ParseContext, Parsed, noted

STDIN = "-"
CHUNK = 1_000_000


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of document. `endings` of file names are looked for in a folder; `grows`: new lines come at the end.

    `items` reads what `iptc.reading` combines: with it, a folder is one list. Both raise
    SourceError if the document is something else.
    """

    read: Callable[[Document, ParseContext], Parsed]
    accept: str
    endings: tuple[str, ...] = ()
    items: Callable[[Document, ParseContext], list[Item]] | None = None
    grows: bool = False


class DocumentSource:
    """ports.Source for documents. `place` is an address, a path, or `-` for standard input."""

    def __init__(
        self,
        name: str,
        place: str,
        http: Http,
        kind: Kind,
        *,
        timezone: str = "UTC",
        overrides: str = "",
        standard_input: Callable[[], BinaryIO] = lambda: sys.stdin.buffer,
    ) -> None:
        self.name = name
        self._place = place
        self._http = http
        self._kind = kind
        self._timezone = timezone
        self._overrides = overrides
        self._standard_input = standard_input

    def fetch(self, validators: Validators) -> Reading:
        """The articles that are there now, unless nothing changed since the last fetch."""
        if self._place == STDIN:
            return self._piped()
        if "://" in self._place:
            return self._visited(validators)
        path = Path(self._place)
        return self._folder(path, validators) if path.is_dir() else self._file(path, validators)

    def _visited(self, validators: Validators) -> Reading:
        visited = fetch.get(self._http, self._place, validators, accept=self._kind.accept)
        if not visited.modified:
            return Reading(validators=visited.validators, modified=False, interval=visited.interval)
        reply = visited.reply
        document = Document(reply.body, bare(self._place), reply.headers.get("content-type"))
        fetched = self._fetched(document, visited.validators, self._reader(reply.url, reply.received_at))
        return replace(fetched, interval=visited.interval)

    def _file(self, path: Path, validators: Validators) -> Reading:
        body, before, digest = _tail(path) if self._kind.grows else _whole(path)
        if digest == validators.body_hash:
            return Reading(validators=validators, modified=False)
        return self._fetched(Document(body, str(path), before=before), Validators(body_hash=digest))

    def _folder(self, path: Path, validators: Validators) -> Reading:
        """Read every document of a folder. One that cannot be read is a note; the others are read all the same."""
        if self._kind.items is None:
            raise SourceError(f"{path} is a folder", hint="give the file")
        listed = _files(path, self._kind.endings)
        digest = hashlib.sha256("\n".join(f"{file.name}\t{stamp}" for file, stamp in listed).encode("utf-8", "replace"))
        fresh = Validators(body_hash=digest.hexdigest())
        if fresh.body_hash == validators.body_hash:
            return Reading(validators=validators, modified=False)
        reader, items, faults = self._reader(""), list[Item](), list[SourceError]()
        for file, _ in listed[:ENTRIES]:
            try:
                items += self._kind.items(Document(_whole(file, (path,))[0], str(file)), reader)
            except SourceError as fault:
                faults.append(fault)
        if faults and not items:
            raise faults[0]
        reading = noted(iptc.reading(items, len(items)), reader)
        notes = (*reading.notes, *map(str, faults))
        if len(listed) > ENTRIES:
            notes += (f"{len(listed)} files; the {ENTRIES} newest are read",)
        return Reading(
            reading.articles,
            fresh,
            entries=reading.listed,
            notes=notes,
            appended=reading.appended,
            left_out=reading.left_out,
        )

    def _piped(self) -> Reading:
        """Read all of standard input; if it is empty, nothing changed, since it can be read only once."""
        stream = self._standard_input()
        if stream.isatty():
            raise SourceError("standard input is a terminal", hint=f"pipe the articles into syndicate for {self.name}")
        body = stream.read(BODY_BYTES + 1)
        if not body.strip():
            return Reading(modified=False)
        return self._fetched(Document(body, "standard input"), Validators())

    def _fetched(self, document: Document, validators: Validators, reader: ParseContext | None = None) -> Reading:
        reader = reader or self._reader("")
        reading = noted(self._kind.read(document, reader), reader)
        return Reading(
            reading.articles,
            validators,
            entries=reading.listed,
            notes=reading.notes,
            appended=reading.appended,
            left_out=reading.left_out,
        )

    def _reader(self, base: str, now: datetime | None = None) -> ParseContext:
        return ParseContext(self.name, base, self._timezone, now, NAMES, overrides=self._overrides)


def _whole(path: Path, within: Sequence[Path] | None = None) -> tuple[bytes, int, str]:
    """A file up to the size limit, the number of lines left out before it (0), and its hash. Raises SourceError."""
    try:
        body = file_guard.read(path, within, BODY_BYTES + 1, cut=True)
    except file_guard.RefusedFile as fault:
        raise SourceError(f"{path} is {fault.strerror}") from fault
    except OSError as fault:
        raise SourceError(f"{path} cannot be read: {(fault.strerror or str(fault)).lower()}") from fault
    return body, 0, hashlib.sha256(body).hexdigest()


def _tail(path: Path) -> tuple[bytes, int, str]:
    """The last whole lines of a file that grows, how many lines are before them, and the file's hash."""
    digest, before, kept = hashlib.sha256(), 0, bytearray()
    try:
        with file_guard.check(path, None).open("rb") as file:
            while chunk := file.read(CHUNK):
                digest.update(chunk)
                kept += chunk
                if len(kept) > 2 * BODY_BYTES:
                    before += _shorten(kept)
    except file_guard.RefusedFile as fault:
        raise SourceError(f"{path} is {fault.strerror}") from fault
    except OSError as fault:
        raise SourceError(f"{path} cannot be read: {(fault.strerror or str(fault)).lower()}") from fault
    before += _shorten(kept)
    return bytes(kept), before, digest.hexdigest()


def _shorten(body: bytearray) -> int:
    """Remove whole lines at the start until the body is within the size limit; return how many."""
    if len(body) <= BODY_BYTES:
        return 0
    start = body.find(b"\n", len(body) - BODY_BYTES - 1) + 1
    lines = body.count(b"\n", 0, start)
    del body[:start]
    return lines


def _files(path: Path, endings: tuple[str, ...]) -> list[tuple[Path, str]]:
    """The documents of a folder, newest first, each with its size and time of change; hidden files are left out."""
    found = []
    try:
        for file in path.iterdir():
            if file.suffix.lower() in endings and not file.name.startswith(".") and not file.is_dir():
                try:
                    stat = file.stat()
                except OSError:  # a link that leads nowhere, or a file just gone
                    continue
                found.append((-stat.st_mtime_ns, file.name, file, f"{stat.st_size} {stat.st_mtime_ns}"))
    except OSError as fault:
        raise SourceError(f"{path} cannot be read: {(fault.strerror or str(fault)).lower()}") from fault
    return [(file, stamp) for *_, file, stamp in sorted(found)]
