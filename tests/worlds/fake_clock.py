"""A machine's clock that is set while processes run, by libfaketime; time.monotonic is left alone."""

from __future__ import annotations

from pathlib import Path

import pytest

_PLACES = (
    "/usr/lib/*/faketime/libfaketimeMT.so.1",
    "/usr/lib/faketime/libfaketimeMT.so.1",
    "/usr/local/lib/faketime/libfaketimeMT.so.1",
    "/opt/homebrew/lib/faketime/libfaketimeMT.1.dylib",
)


def library() -> str | None:
    """The library, where it is installed."""
    return next((str(found) for place in _PLACES for found in sorted(Path("/").glob(place[1:]))), None)


class FakeClock:
    """The clock of all processes with `environ`."""

    def __init__(self, folder: Path, library: str) -> None:
        self._file = folder / "faketime"
        self.set(0)
        self.environ = {
            "LD_PRELOAD": library,
            "DYLD_INSERT_LIBRARIES": library,
            "FAKETIME_TIMESTAMP_FILE": str(self._file),
            "FAKETIME_NO_CACHE": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
            "FAKETIME_FORCE_MONOTONIC_FIX": "0",  # of an old libc; with it, threads that wait for each other spin
        }

    def set(self, seconds: int) -> None:
        """So far from the true time, from now on."""
        draft = self._file.with_suffix(".new")
        draft.write_text(f"{seconds:+d}s", encoding="ascii")
        draft.replace(self._file)


def fake_clock(folder: Path) -> FakeClock:
    """Skips the test where libfaketime is not installed."""
    found = library()
    if found is None:
        pytest.skip("libfaketime is not installed")
    return FakeClock(folder, found)
