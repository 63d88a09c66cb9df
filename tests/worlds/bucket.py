"""A server with the API of S3, as far as pictures need it: it takes only requests that are signed right.

The signature is computed as the documentation says, by code of its own:
https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html
"""

from __future__ import annotations

import hashlib
import hmac
import re
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import quote, unquote, urlsplit

ACCESS, SECRET = "AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"


def signature(secret: str, scope: str, request: str, at: str) -> str:
    """Of a canonical request, at an instant such as 20130524T000000Z."""
    text = "\n".join(("AWS4-HMAC-SHA256", at, scope, hashlib.sha256(request.encode()).hexdigest()))
    key = f"AWS4{secret}".encode()
    for part in scope.split("/"):
        key = hmac.new(key, part.encode(), hashlib.sha256).digest()
    return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()


def canonical(method: str, path: str, headers: dict[str, str], signed: str, body: str) -> str:
    """A request without parameters in the form that is signed; `body` is its hash."""
    lines = [f"{name}:{' '.join(headers[name].split())}" for name in signed.split(";")]
    return "\n".join((method, quote(unquote(path), safe="/-._~"), "", *lines, "", signed, body))


class Bucket:
    """`objects` are the files by path, with their types; `refused` says what was wrong with requests."""

    def __init__(self) -> None:
        self.objects: dict[str, tuple[str, bytes]] = {}
        self.refused: list[str] = []
        self.fail: int | None = None
        self._http = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._http.daemon_threads = True
        self._thread = threading.Thread(target=self._http.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        self._thread.start()
        self.url = f"http://127.0.0.1:{self._http.server_address[1]}"

    def wrong(self, method: str, path: str, headers: dict[str, str], body: bytes) -> str:
        """What is wrong with a request; "" if nothing is."""
        found = re.fullmatch(
            r"AWS4-HMAC-SHA256 Credential=(\w+)/([^,]+), ?SignedHeaders=([^,]+), ?Signature=(\w+)",
            headers.get("authorization", ""),
        )
        if found is None:
            return "AccessDenied"
        access, scope, signed, given = found.groups()
        digest = headers.get("x-amz-content-sha256", "")
        if access != ACCESS:
            return "InvalidAccessKeyId"
        if digest != hashlib.sha256(body).hexdigest():
            return "XAmzContentSHA256Mismatch"
        if not {"host", "x-amz-date", "x-amz-content-sha256"} <= set(signed.split(";")):
            return "AccessDenied"
        request = canonical(method, urlsplit(path).path, headers, signed, digest)
        right = signature(SECRET, scope, request, headers["x-amz-date"])
        return "" if hmac.compare_digest(right, given) else "SignatureDoesNotMatch"

    def close(self) -> None:
        self._http.shutdown()
        self._http.server_close()
        self._thread.join()


def _handler(bucket: Bucket) -> type[BaseHTTPRequestHandler]:  # noqa: C901 - five short methods
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_PUT(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            if self._right(body):
                bucket.objects[urlsplit(self.path).path] = self.headers.get("Content-Type", ""), body
                self._answer(200)

        def do_DELETE(self) -> None:
            if self._right(b""):
                self._answer(204 if bucket.objects.pop(urlsplit(self.path).path, None) else 404)

        def do_GET(self) -> None:
            kind, body = bucket.objects.get(urlsplit(self.path).path, ("", b""))
            self._answer(200 if kind else 404, body)

        def _right(self, body: bytes) -> bool:
            wrong = bucket.wrong(self.command, self.path, {k.lower(): v for k, v in self.headers.items()}, body)
            if wrong or bucket.fail:
                bucket.refused.append(wrong)
                self._answer(bucket.fail or 403, f"<Error><Code>{wrong}</Code></Error>".encode())
            return not (wrong or bucket.fail)

        def _answer(self, status: int, body: bytes = b"") -> None:
            self.send_response_only(status)
            if status != 204:
                self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    return Handler
