"""Every place that the setting `after` can name, down or slow now and then; what each was told can be read."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import random
import sys
import threading
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from tests.chaos.stories import Publisher
from tests.worlds.listener import Heard, Listener

SECRET = "sesame-open"
KEY = "syndication"
TELL = """import os, pathlib, random, sys
here, line = pathlib.Path(sys.argv[1]), sys.stdin.buffer.read()
dice = random.random() if not (here / "calm").exists() else 1.0
if dice < 0.05:
    sys.exit("not now")
told = os.open(here / "told", os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
short = os.write(told, b"\\n" + line) <= len(line)
sys.exit("the disk is full" if short else "heard, and no answer to it" if dice < 0.1 else 0)
"""
"""The publisher's command. A line that the disk had no room for is not whole, and was not heard."""


class Places:
    """`told_webhook` is what the webhook got: each with the status of its answer."""

    def __init__(self, folder: Path, site: Publisher, seed: int) -> None:
        self._folder, self._site = folder, site
        self._dice = random.Random(f"{seed} places")
        self.calm_now = False
        self.answered: list[tuple[Heard, int]] = []
        self.webhook = Listener(answer=self._answer)
        self.file = folder / "data" / "syndication.json"
        (folder / "tell.py").write_text(TELL, encoding="utf-8")

    def close(self) -> None:
        self.webhook.close()

    def config(self) -> str:
        command = json.dumps([sys.executable, "-S", "-E", str(self._folder / "tell.py"), str(self._folder)])
        return f"""after:
  file: {self.file}
  front_matter: {{source: blog, key: {KEY}}}
  wordpress: {{source: wp, user: bot, app_password: pass word, meta: syndication_links}}
  webhook: {{url: '{self.webhook.url}/social', secret: {SECRET}}}
  command: {command}
"""

    def calm(self) -> None:
        """From now on every place takes what it is told."""
        self.calm_now = True
        (self._folder / "calm").touch()

    def _answer(self, heard: Heard) -> tuple[int, object]:
        """Mostly 200; else it is down, refuses this event, or hears it and is too slow to say so."""
        chance = 1.0 if self.calm_now else self._dice.random()
        status = 503 if chance < 0.06 else 422 if chance < 0.09 else 200
        if 0.09 <= chance < 0.13:
            threading.Event().wait(1.3)  # longer than the time-out of a request
        self.answered.append((heard, status))
        return status, {}

    # What they know

    def told_webhook(self) -> list[dict[str, Any]]:
        """Each event that the webhook got, in the order in which it came; `taken` is whether it said so."""
        return [heard.json | {"taken": status == 200} for heard, status in list(self.answered)]

    def told_command(self) -> list[dict[str, Any]]:
        """Each event that the command wrote down as a whole, in order."""
        path = self._folder / "told"
        lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
        return [json.loads(line) | {"taken": True} for line in lines if line.endswith("}") and line.startswith('{"')]

    def badly_signed(self) -> int:
        """Requests to the webhook whose signature is not that of their body."""
        return sum(not is_signed(heard) for heard, _ in self.answered)

    def in_file(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.file.read_text(encoding="utf-8"))
        return found

    def in_front_matter(self) -> dict[int, list[dict[str, Any]]]:
        """The list in each Markdown file, by the number of the story."""
        found = {}
        for number in self._site.originals:
            said = YAML(typ="safe", pure=True).load(self._site.file(number).read_text("utf-8").split("---\n")[1])
            found[number] = said.get(KEY) or []
        return found

    def spoiled(self) -> list[int]:
        """Stories whose file says something else than what its author wrote, besides that list."""
        return [number for number, text in self._site.originals.items() if self._without_list(number) != text]

    def _without_list(self, number: int) -> str:
        lines = self._site.file(number).read_text("utf-8").splitlines(keepends=True)
        if f"{KEY}:\n" not in lines:
            return "".join(lines)
        start = lines.index(f"{KEY}:\n")
        end = next(place for place in range(start + 1, len(lines)) if not lines[place].startswith(" "))
        return "".join(lines[:start] + lines[end:])

    def in_wordpress(self) -> dict[int, list[str]]:
        return {number: post["meta"]["syndication_links"] for number, post in self._site.wordpress.posts.items()}


def is_signed(heard: Heard) -> bool:
    """As a receiver of Standard Webhooks checks it."""
    head = heard.headers
    said = f"{head['webhook-id']}.{head['webhook-timestamp']}.".encode() + heard.body
    made = base64.b64encode(hmac.new(SECRET.encode(), said, hashlib.sha256).digest()).decode()
    return head["webhook-signature"] == f"v1,{made}" and heard.json["id"] == head["webhook-id"]
