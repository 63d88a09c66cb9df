"""A plain client of the stand-ins: requests, a picture to upload, and what signs a call."""

from __future__ import annotations

import base64
import http.client
import json as json_module
import struct
import zlib
from dataclasses import dataclass
from urllib.parse import urlencode, urlsplit


@dataclass
class Got:
    status: int
    headers: dict
    body: bytes

    @property
    def json(self):
        return json_module.loads(self.body)


class Client:
    """A connection that stays open, and nothing clever."""

    def __init__(self, url):
        self.connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=10)

    def __call__(self, method, path, *, json=None, form=None, files=None, data=None, headers=None, query=None):
        sent = dict(headers or {})
        if json is not None:
            data, sent["Content-Type"] = json_module.dumps(json).encode(), "application/json"
        elif files is not None:
            data, sent["Content-Type"] = multipart(form or {}, files)
        elif form is not None:
            data, sent["Content-Type"] = urlencode(form).encode(), "application/x-www-form-urlencoded"
        target = f"{path}?{urlencode(query)}" if query else path
        try:
            self.connection.request(method, target, data, sent)
            reply = self.connection.getresponse()
            body = reply.read()
        except OSError:
            self.connection.close()
            raise
        return Got(reply.status, {name.lower(): value for name, value in reply.getheaders()}, body)

    def close(self):
        self.connection.close()


def multipart(fields, files):
    lines = []
    for name, value in fields.items():
        lines.append(f'--cut\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode())
    for name, (file, data, mime) in files.items():
        head = f'--cut\r\nContent-Disposition: form-data; name="{name}"; filename="{file}"\r\nContent-Type: {mime}'
        lines.append(head.encode() + b"\r\n\r\n" + data + b"\r\n")
    return b"".join(lines) + b"--cut--\r\n", "multipart/form-data; boundary=cut"


def png(width=3, height=2, size=0):
    """A PNG of these pixels; `size` pads it to so many bytes."""

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = zlib.compress(b"".join(b"\0" + b"\x20\x60\xc0" * width for _ in range(height)))
    head = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    body = head + chunk(b"IDAT", rows) + chunk(b"IEND", b"")
    return body + b"\0" * (size - len(body))


def signed(token="1-abc", **change):
    fields = {
        "oauth_consumer_key": "app",
        "oauth_token": token,
        "oauth_signature_method": "HMAC-SHA1",
        "oauth_timestamp": "1795430400",
        "oauth_nonce": "n",
        "oauth_version": "1.0",
        "oauth_signature": "c2lnbmF0dXJl%3D",
    } | change
    return {"Authorization": "OAuth " + ", ".join(f'{name}="{value}"' for name, value in fields.items() if value)}


def whsec(raw=b"a secret of thirty-two bytes ok!"):
    return "whsec_" + base64.b64encode(raw).decode()
