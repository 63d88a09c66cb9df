"""The parent's side of the template process: starts it, asks for texts, and never waits long. Shared by threads."""

from __future__ import annotations

import contextlib
import os
import pickle
import re
import signal
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol, TypeAlias

from syndicate.errors import RenderError
from syndicate.model.dataclass import dataclass
from syndicate.rendering.cards import wire
from syndicate.rendering.cards.child import Child, Ending

SECONDS = 0.5
"""Seconds of processor time that one text may take; the usual one takes a thousandth of that."""

PATIENCE = 60.0
"""Seconds until an answer is given up: the process ends itself much earlier, but the machine may be busy."""

STRIKES = 2
"""So many times in a row a template may take too long; then it rests, and at once if its process had to be ended."""

REST = 60.0
"""Seconds for which a template that takes too long is not tried, so that not every story has to wait for it."""

_FRAME = re.compile(rb'^  File "(.+\.j2)", line (\d+) in ', re.MULTILINE)
"""A line of the trace that faulthandler writes, which has no other form."""


class _Gone(Exception):
    """The process is gone. `ended` is how, `frame` the template and compiled line where it was, if known."""

    def __init__(self, ended: Ending | None, frame: tuple[str, int] | None = None) -> None:
        super().__init__(ended, frame)
        self.ended = ended
        self.frame = frame


@dataclass(frozen=True, slots=True)
class _Slow:
    """A template that took too long so many times in a row, and until when it is not tried."""

    strikes: int
    until: float
    words: str


_Version: TypeAlias = "tuple[tuple[str, int], ...]"
"""The files that a template may be, each with when it was changed: one that is mended need not rest."""


class TextProcess(Protocol):
    """Renders the templates that are not harmless."""

    def render(self, folders: Sequence[Path], name: str, shown: str, variables: Mapping[str, Any]) -> str:
        """The text of the template `name`; `shown` is what messages call it. Raises RenderError."""

    def close(self) -> None:
        """End it at once."""


class TemplateProcess:
    """One process that renders texts, one after the other; started when it is first needed."""

    def __init__(self, seconds: float = SECONDS) -> None:
        self._child = Child("syndicate.rendering.template_worker", [str(seconds)], keeps_errors=True)
        self._slow: dict[_Version, _Slow] = {}

    def close(self) -> None:
        """End the process at once, whatever it is doing."""
        self._child.close()

    def render(self, folders: Sequence[Path], name: str, shown: str, variables: Mapping[str, Any]) -> str:
        """The text of the template `name`; `shown` is what messages call it. Raises RenderError."""
        asked = {"folders": [str(folder) for folder in folders], "name": name}
        body = pickle.dumps(dict(variables), pickle.HIGHEST_PROTOCOL)
        version = _version(folders, name)
        with self._child.lock:
            known = self._slow.get(version)
            if known is not None and known.until > time.monotonic():
                raise RenderError(known.words)
            try:
                header, text = self._exchange(asked, body)
            except _Gone as gone:
                if self._child.closed:
                    raise RenderError("the run is ending") from None
                header, text = {"fault": self._explained(gone, asked, shown), "late": True, "dead": True}, b""
            if header.get("last"):
                self._end()
            if header.get("late"):
                self._struck(version, str(header["fault"]), STRIKES if "dead" in header else 1)
            else:
                self._slow.pop(version, None)
        if "fault" in header:
            raise RenderError(str(header["fault"]), hint=header.get("hint"))
        return text.decode("utf-8", "surrogatepass")

    def _struck(self, version: _Version, words: str, more: int) -> None:
        known = self._slow.get(version)
        strikes = known.strikes + more if known else more
        self._slow[version] = _Slow(strikes, time.monotonic() + REST if strikes >= STRIKES else 0.0, words)

    def _explained(self, gone: _Gone, asked: Mapping[str, Any], shown: str) -> str:
        """What happened to a process that is gone, in one line that names the template and, if possible, its line."""
        if gone.ended is None:
            return f"{shown}: took longer than {PATIENCE:g} s"
        if gone.ended.status != -signal.SIGPROF:
            return f"{shown}: the process that renders it ended by itself ({gone.ended.told})"
        place = shown
        if gone.frame is not None:
            path, compiled = gone.frame
            with contextlib.suppress(_Gone):
                header, _ = self._exchange({"folders": asked["folders"], "path": path, "compiled": compiled}, b"")
                place = f"{header['shown']}:{header['line']}" if "line" in header else shown
        return f"{place}: takes too long, and cannot be stopped in between"

    def _exchange(self, message: Mapping[str, Any], body: bytes) -> tuple[dict[str, Any], bytes]:
        """Ask the process, and wait for its answer. Raises _Gone; then there is no process any more."""
        if self._child.closed:
            raise _Gone(None)
        try:
            return self._child.ask(message, body, PATIENCE)
        except wire.Late:
            self._end()
            raise _Gone(None) from None
        except wire.Broken:
            raise self._end() from None

    def _end(self) -> _Gone:
        ended = self._child.end()
        if ended is None:
            return _Gone(None)
        found = _FRAME.search(ended.errors)
        return _Gone(ended, (os.fsdecode(found[1]), int(found[2])) if found else None)


def _version(folders: Sequence[Path], name: str) -> _Version:
    files = [folder / name for folder in folders if (folder / name).is_file()]
    return tuple((str(file), file.stat().st_mtime_ns) for file in files)
