"""The way to the terminal: what servers and sites say cannot act on it; only the colours that we give do."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterator
from types import TracebackType
from typing import Any, TextIO

import click

from syndicate.control_characters import visible

_OURS = f"\x1b[{int.from_bytes(os.urandom(8))}z"
"""Stands before each escape sequence that is ours; a sequence itself, so that whoever takes out these takes it out too.

Nobody outside this process can know it.
"""


class Cleaned:
    """A text stream that makes control characters visible as they are written, but for those of `style`."""

    def __init__(self, stream: TextIO) -> None:
        self.stream = stream

    def __getattr__(self, name: str) -> Any:
        return getattr(self.stream, name)

    def write(self, text: str) -> int:
        """Write it, cleaned."""
        first, *rest = text.split(_OURS)
        self.stream.write(visible(first) + "".join(map(_sequence, rest)))
        return len(text)

    def writelines(self, lines: Any) -> None:
        """Write each, cleaned."""
        for line in lines:
            self.write(line)


def _sequence(part: str) -> str:
    """What follows one of our marks: an escape sequence, unless click took it out, and text."""
    return part[:1] + visible(part[1:]) if part.startswith("\x1b") else visible(part)


def style(text: str, **looks: Any) -> str:
    """The text in bold or in a colour, unless the person wants none ($NO_COLOR), or the terminal can show none."""
    if os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb":
        return visible(text)
    return click.style(visible(text), **looks).replace("\x1b[", f"{_OURS}\x1b[")


@contextlib.contextmanager
def cleaned() -> Iterator[None]:
    """Meanwhile, whatever is written to standard output and standard error is cleaned."""
    before = sys.stdout, sys.stderr
    sys.stdout, sys.stderr = (stream and Cleaned(stream) for stream in before)
    try:
        yield
    finally:
        sys.stdout, sys.stderr = before


def crash(kind: type[BaseException], fault: BaseException, trace: TracebackType | None) -> None:
    """Print the traceback of a bug, cleaned: its message may quote anybody."""
    import traceback

    if sys.stderr is not None:
        Cleaned(sys.stderr).write("".join(traceback.format_exception(kind, fault, trace)))


def bare(stream: Any) -> TextIO:
    """The stream itself, for what writes sequences of its own and was cleaned before, or is no text for people."""
    return stream.stream if isinstance(stream, Cleaned) else stream
