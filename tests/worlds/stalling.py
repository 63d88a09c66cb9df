"""A wire between a process and a server on which nothing moves while it is `stalled`, as where a network is parted."""

from __future__ import annotations

import socket
import threading
from contextlib import suppress


class Stalling:
    """Listens on `port` and passes on what is said, both ways, while it is not stalled; nothing is lost meanwhile."""

    def __init__(self, port: int) -> None:
        self._server = port
        self._moves = threading.Event()
        self._moves.set()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self._sockets: list[socket.socket] = [self._listener]
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def stalled(self) -> bool:
        """Whether nothing moves."""
        return not self._moves.is_set()

    @stalled.setter
    def stalled(self, now: bool) -> None:
        (self._moves.clear if now else self._moves.set)()

    def close(self) -> None:
        """Cut everything."""
        self._moves.set()
        for each in self._sockets:
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
            each.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                server = socket.create_connection(("127.0.0.1", self._server))
                self._sockets += [client, server]
                for one, other in ((client, server), (server, client)):
                    threading.Thread(target=self._pass_on, args=(one, other), daemon=True).start()

    def _pass_on(self, one: socket.socket, other: socket.socket) -> None:
        with suppress(OSError):
            while said := one.recv(65536):
                self._moves.wait()
                other.sendall(said)
        for each in (one, other):
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
