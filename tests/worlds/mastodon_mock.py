"""A `mastodon_mock` process, which a `PlatformContract` sees as a network."""

from __future__ import annotations

import json
import sys
import threading
from subprocess import PIPE, STDOUT
from urllib.request import Request, urlopen

import pytest

from tests import processes
from tests.waiting import PATIENCE


class Mock:
    """A `mastodon_mock` process: somebody else's idea of a Mastodon server."""

    def __init__(self):
        port = str(processes.free_port())
        self.url = f"http://127.0.0.1:{port}"
        command = [sys.executable, "-m", "mastodon_mock", "serve", "--in-memory", "--log-level", "info"]
        command += ["--host", "127.0.0.1", "--port", port]
        self._process = processes.start(command, stdout=PIPE, stderr=STDOUT, text=True)
        started = any("running on" in line for line in self._process.stdout)
        assert started, "mastodon_mock did not start"
        self._talk = threading.Thread(target=self._process.stdout.read)
        self._talk.start()

    def call(self, method, path, body=None):
        headers = {"Authorization": "Bearer mock_token", "Content-Type": "application/json"}
        data = None if body is None else json.dumps(body).encode()
        request = Request(self.url + path, data=data, headers=headers, method=method)
        with urlopen(request, timeout=PATIENCE) as reply:
            return json.loads(reply.read())

    def posts(self):
        account = self.call("GET", "/api/v1/accounts/verify_credentials")["id"]
        found = self.call("GET", f"/api/v1/accounts/{account}/statuses?limit=40")
        return [
            {
                "text": self.call("GET", f"/api/v1/statuses/{one['id']}/source")["text"],
                "media": [{"alt": media["description"]} for media in one["media_attachments"]],
            }
            for one in reversed(found)
        ]

    def add_faults(self, rules):
        """Its faults come before the request is looked at, so it cannot accept and then lose the answer."""
        for rule in rules:
            if rule["fault"] not in ("401", "429", "500", "503"):
                pytest.skip("mastodon_mock cannot do that")
            step = {"commit": ("POST", "/api/v1/statuses"), "upload": ("POST", "/api/v2/media"), "read": ("GET", "*")}
            step |= {"edit": ("PUT", "*"), "delete": ("DELETE", "*")}
            method, path = step[rule["step"]]
            headers = {"Retry-After": str(rule["retry_after"])} if "retry_after" in rule else {}
            effect = {"type": "status", "status": int(rule["fault"]), "headers": headers}
            match = {"methods": [method], "path": path}
            self.call("POST", "/api/v1/_mock/faults", {"match": match, "effect": effect, "count": 1})

    def reset(self):
        self.call("POST", "/api/v1/_mock/reset")
        self.call("DELETE", "/api/v1/_mock/faults")

    def close(self):
        self._process.kill()
        self._talk.join(PATIENCE)
        processes.end(self._process)
