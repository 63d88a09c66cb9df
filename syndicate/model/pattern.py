"""`pattern`: a regular expression that is compiled when it is first used; most of them are not, in a run."""

from __future__ import annotations

import contextlib
import re
import sys
import threading
from collections.abc import Collection, Iterator
from typing import Any, cast


class _Pattern:
    def __init__(self, text: str, flags: int) -> None:
        self._text, self._flags = text, flags
        self._made: re.Pattern[str] | None = None

    def __getattr__(self, name: str) -> Any:
        """Called once for each name: the next time it is found."""
        if self._made is None:
            self._made = re.compile(self._text, self._flags)
        found = self.__dict__[name] = getattr(self._made, name)
        return found


def pattern(text: str, flags: int = 0) -> re.Pattern[str]:
    """As `re.compile`, later. A mistake in `text` is met when it is first used: a test of each pattern finds it."""
    return cast("re.Pattern[str]", _Pattern(text, flags))


_late = threading.RLock()  # two threads would take each other's function for the one to put back


@contextlib.contextmanager
def compiled_late(modules: Collection[str]) -> Iterator[None]:
    """Meanwhile, patterns that these modules make as they are imported are compiled when they are first used, as ours.

    To be used for modules that only call methods of their patterns.
    """
    with _late:
        yield from _compiled_late(modules)


def _compiled_late(modules: Collection[str]) -> Iterator[None]:
    at_once = re.compile

    def late(text: Any, flags: Any = 0) -> Any:
        importing = sys._getframe(1).f_globals.get("__name__") in modules  # noqa: SLF001 - there is no other way to ask
        return pattern(text, int(flags)) if importing else at_once(text, flags)

    re.compile = late  # type: ignore[assignment]
    try:
        yield
    finally:
        re.compile = at_once
