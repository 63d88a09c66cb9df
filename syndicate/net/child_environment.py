"""The environment of a child process that reads what strangers wrote: what it needs to run, and no secret."""

from __future__ import annotations

import os

_PASSED_ON = ("PATH", "LANG", "LC_ALL", "TMPDIR", "VIRTUAL_ENV", "PYTHONPATH", "PYTHONHOME", "LD_LIBRARY_PATH")


def child_environment() -> dict[str, str]:
    """The variables that such a child process gets."""
    return {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
