"""Names the process that holds a claim (host, boot, process id, its start), so that a dead one is noticed at once."""

from __future__ import annotations

import functools
import json
import os
import socket
from pathlib import Path


@functools.cache
def _boot() -> str:
    """An id of this start of the machine; "" where the system gives none."""
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
    except OSError:
        return _asked(["sysctl", "-n", "kern.boottime"])


def _started(pid: int) -> str:
    """When a process started, in the form that the system gives; "" if there is no such process, or it has ended and
    only waits for its parent to hear of that, as where a container has no init process.

    Linux: fields 3 (state), 20 (threads) and 22 (start) of /proc/PID/stat (man 5 proc), counted after the name's
    closing parenthesis, since a name may hold spaces. One whose first thread alone has ended still runs.
    """
    try:
        text = Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace")
        fields = text[text.rindex(")") + 2 :].split()
        return "" if fields[0] in "ZX" and int(fields[17]) < 2 else fields[19]
    except OSError:
        return "" if Path("/proc/self").exists() else _asked(["ps", "-o", "lstart=", "-p", str(pid)])


def _asked(command: list[str]) -> str:
    import subprocess

    try:
        return subprocess.run(command, capture_output=True, text=True, check=False, timeout=5).stdout.strip()  # noqa: S603 - fixed words
    except (OSError, subprocess.SubprocessError):
        return ""


@functools.cache
def _of(pid: int) -> str:
    return json.dumps({"host": socket.gethostname(), "boot": _boot(), "pid": pid, "started": _started(pid)})


def me() -> str:
    """The name of this process in a claim."""
    return _of(os.getpid())


def dead(claimant: str | None) -> bool:
    """Whether the claimant surely no longer runs. False for another host's, of which nothing can be known here."""
    if not claimant or claimant == me():
        return False
    known = json.loads(claimant)
    if known["host"] != socket.gethostname():
        return False
    if known["boot"] != _boot():
        return True
    return bool(known["started"]) and _started(known["pid"]) != known["started"]
