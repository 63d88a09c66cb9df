"""Sends the daemon's status to systemd, if systemd asked for it (man sd_notify). Needs no library."""

from __future__ import annotations

import os
import socket
from collections.abc import Mapping


def notify(words: str, environ: Mapping[str, str] = os.environ) -> bool:
    """Send `READY=1`, `WATCHDOG=1`, `STOPPING=1` or `STATUS=…`; False if nobody listens."""
    path = environ.get("NOTIFY_SOCKET", "")
    if not path:
        return False
    if path.startswith("@"):
        path = "\0" + path[1:]  # an abstract socket
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as line:
            line.connect(path)
            line.sendall(words.encode())
    except OSError:
        return False  # the daemon goes on, whether or not systemd gets this
    return True
