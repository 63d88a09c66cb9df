"""`pattern`: a regular expression that is compiled when it is first used; most of them are not, in a run."""

from __future__ import annotations

import re
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
