"""What the page answers on which a post is approved from a phone."""

from __future__ import annotations

import re
from html import unescape

FORM = {"Content-Type": "application/x-www-form-urlencoded"}


class Answered:
    def __init__(self, reply) -> None:
        self.status, self.headers = reply.status, reply.headers
        self.raw = reply.read().decode()
        self.text = unescape(self.raw)

    @property
    def heading(self) -> str:
        return re.search(r'<h1 dir="auto">(.*)</h1>', self.text)[1]

    @property
    def digests(self) -> dict[str, str]:
        return dict(re.findall(r'name="(digest-\w+)" value="(\w+)"', self.text))
