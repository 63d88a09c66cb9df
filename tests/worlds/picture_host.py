"""A web server on this machine that has pictures, for networks that fetch them."""

from __future__ import annotations

import threading
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from syndicate.model import Media, Post


class PictureHost:
    """Serves the pictures that were put on it, by their file names, until it is closed."""

    def __init__(self) -> None:
        files = self._files = {}

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                data = files.get(self.path.rpartition("/")[2])
                self.send_response(404 if data is None else 200)
                self.send_header("Content-Length", str(len(data or b"")))
                self.end_headers()
                self.wfile.write(data or b"")

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01})
        self._thread.start()

    def put(self, media: Media) -> Media:
        """The picture with its address here."""
        self._files[media.file] = media.data
        return replace(media, url=f"{self.url}/pictures/{media.file}")

    def hosted(self, post: Post) -> Post:
        """The post with its pictures here."""
        return replace(post, media=tuple(self.put(media) for media in post.media))

    def close(self) -> None:
        """End it."""
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
