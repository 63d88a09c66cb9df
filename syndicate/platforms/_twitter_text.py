"""Imports twitter-text's Python port where there is no setuptools.

Of setuptools the port takes one function, `pkg_resources.resource_string`, to read a list of its own
(twitter-text-parser 3.0.0, regexp/emoji.py). Environments of pipx, uv and Python 3.12 have no setuptools, and
setuptools 82 has no `pkg_resources`. Where it is there, it takes most of the port's time to import.
"""

from __future__ import annotations

import sys
from functools import cache
from importlib.resources import files
from threading import Lock
from types import ModuleType

_NAME = "pkg_resources"
_one_at_a_time = Lock()


@cache
def twitter_text() -> ModuleType:
    """The port; whoever imports `pkg_resources` later gets the real one."""
    with _one_at_a_time:
        before = sys.modules.get(_NAME)
        had = _NAME in sys.modules
        if before is None:
            sys.modules[_NAME] = _stand_in()
        try:
            import twitter_text as port
        finally:
            if had:
                sys.modules[_NAME] = before  # type: ignore[assignment]
            else:
                sys.modules.pop(_NAME, None)
    return port  # type: ignore[no-any-return]


def _stand_in() -> ModuleType:
    """Reads a file that lies beside a module."""
    made = ModuleType(_NAME)
    made.resource_string = lambda module, name: files(module.rpartition(".")[0]).joinpath(name).read_bytes()  # type: ignore[attr-defined]
    return made
