"""What tests of processes and threads wait for, and where they listen."""

from __future__ import annotations

import socket
import threading


def wait_for(condition, seconds=30):
    """Until it holds; the test's own patience, not the product's."""
    pause = threading.Event()
    for _ in range(int(seconds / 0.05)):
        if condition():
            return True
        pause.wait(0.05)
    return False


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def accepts(port):
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
