"""A proxy between a process and PostgreSQL that can lose the answer to a COMMIT, which was carried out."""

from __future__ import annotations

import socket
import threading
from contextlib import suppress


class LostAnswers:
    """Listens on `port`. Once `armed`, the next message with `marks` reaches the server, and its answer nobody."""

    def __init__(self, port: int, marks: bytes = b"COMMIT") -> None:
        self._server, self._marks = port, marks
        self.armed = False
        self.lost = 0
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self._sockets: list[socket.socket] = [self._listener]
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        """Cut everything."""
        for each in self._sockets:
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
            each.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                try:
                    server = socket.create_connection(("127.0.0.1", self._server))
                except OSError:  # it is just started again
                    client.close()
                    continue
                self._sockets += [client, server]
                muted = threading.Event()
                threading.Thread(target=self._forward, args=(client, server, muted), daemon=True).start()
                threading.Thread(target=self._answer, args=(server, client, muted), daemon=True).start()

    def _forward(self, client: socket.socket, server: socket.socket, muted: threading.Event) -> None:
        with suppress(OSError):  # a client that was killed may leave a reset behind
            while said := client.recv(65536):
                if self.armed and self._marks in said:
                    self.armed = False
                    muted.set()
                server.sendall(said)
        with suppress(OSError):
            server.shutdown(socket.SHUT_WR)

    def _answer(self, server: socket.socket, client: socket.socket, muted: threading.Event) -> None:
        with suppress(OSError):
            while said := server.recv(65536):
                if muted.is_set():  # the server has done it
                    self.lost += 1
                    break
                client.sendall(said)
        for each in (client, server):
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
