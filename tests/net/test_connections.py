"""How `requests` is loaded: without what it does not need, and without harm to whoever needs that."""

from __future__ import annotations

import sys

from tests import processes

SCRIPT = """
import sys
from syndicate.net.connections import load_requests
load_requests()
load_requests()
import requests
from urllib3 import http2
print(sorted({"charset_normalizer", "chardet", "importlib.metadata"} & set(sys.modules)))
print(http2.version("requests") == requests.__version__)
import importlib.metadata
print(importlib.metadata.version("requests") == requests.__version__, len(importlib.metadata.entry_points()) > 0)
import charset_normalizer
print(str(charset_normalizer.from_bytes("Grüße aus Köln".encode()).best()))
answer = requests.Response()
answer._content = "Grüße".encode()
print(answer.text)
"""


def test_what_requests_does_not_need_is_loaded_when_somebody_asks_for_it():
    command = [sys.executable, "-W", "error", "-X", "utf8", "-c", SCRIPT]
    done = processes.run(command, encoding="utf-8")
    assert done.stderr == ""
    assert done.stdout.splitlines() == ["[]", "True", "True True", "Grüße aus Köln", "Grüße"]
