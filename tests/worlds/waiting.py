"""Whether somebody listens."""

from __future__ import annotations

import socket


def accepts(port):
    """Whether a port on this machine takes connections."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
