"""The real command with a clock that can be set and a disk that is small.

`python -m tests.chaos.launch OFFSET_FILE BYTES ARGUMENTS…`: the file holds seconds to add to the clock, and is
read again each time: that is what setting a machine's clock looks like to every process on it. No file may
grow beyond so many bytes; 0 is no bound.
"""

from __future__ import annotations

import resource
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

from syndicate.app import clock
from syndicate.cli import main


def now() -> datetime:
    """The machine's clock, as somebody set it."""
    return datetime.now(UTC) + timedelta(seconds=float(Path(sys.argv[1]).read_text(encoding="ascii")))


if __name__ == "__main__":
    room = int(sys.argv[2])
    if room:
        resource.setrlimit(resource.RLIMIT_FSIZE, (room, room))
    clock.now = now
    main(sys.argv[3:])
