"""Somebody who reads the documentation and types its commands: in a folder, with a site and the sandbox on loopback."""

from __future__ import annotations

import json
import os
import re
import shlex
import signal
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from subprocess import PIPE, STDOUT, Popen

import pytest

from syndicate.cli import main
from syndicate.sandbox.server import Sandbox
from tests import processes
from tests.waiting import PATIENCE
from tests.worlds.site import Site

STORIES = {
    "harbour-clock": ("The harbour clock runs again after eleven years", "News > City"),
    "night-train": ("The night train to the coast returns in spring", "News > Travel"),
    "school-kitchen": ("A school kitchen cooks for the whole street", "News > Schools"),
    "ferry-cat": ("The ferry’s cat has crossed the river ten thousand times", "News > City"),
}
SUMMARIES = {
    "night-train": "Six carriages, one dining car and a ticket for thirty euros: the railway brings back a line"
    " that closed in 2009.",
    "ferry-cat": "Her name is Maré, she boards at seven and she has never paid.",
}
SECRETS = {"MASTODON_TOKEN": "masto-token", "BLUESKY_APP_PASSWORD": "bsky-password", "LISTEN_TOKEN": "0123456789abcdef"}
ACCOUNTS = {
    "masto": {"platform": "mastodon", "url": "https://social.example", "token": "${MASTODON_TOKEN}"},
    "bsky": {"platform": "bluesky", "handle": "gazette.example", "app_password": "${BLUESKY_APP_PASSWORD}"},
    "newsletter": {"platform": "webhook", "url": "https://letters.example/webhook/newsletter"},
}
KEEPS_RUNNING = ("daemon", "demo", "sandbox", "worker")
"""Commands that run until they are told to stop."""


class Gazette(Site):
    """The site whose stories the pages show. `files` are what else it has: by path, type and content."""

    def __init__(self) -> None:
        super().__init__()
        self.files: dict[str, tuple[str, bytes]] = {}

    def answer(self, path: str, tag: str | None) -> tuple[int, str, bytes, str | None]:
        return (200, *self.files[path], None) if path in self.files else super().answer(path, tag)

    def write(self, slug: str, *, ago: timedelta = timedelta(0)) -> str:
        """Publish a story; its address."""
        title, section = STORIES[slug]
        summary = SUMMARIES.get(slug, "What happened, in one line.")
        when = datetime.now(UTC) - ago
        [story] = self.publish(
            slug=slug, title=title, summary=summary, categories=(section,), published=when, photo=True
        )
        return self.link(story)

    def item(self, story):
        whole = super().item(story)
        whole = whole.replace("The harbour at dawn", "The harbour at dawn, with the clock tower on the left")
        return whole.replace("A. Sample", "Inês Prado")


class Reader:
    """Types commands, in a folder of its own."""

    def __init__(self, folder: Path, site: Gazette, sandbox: Sandbox, capsys: pytest.CaptureFixture[str]) -> None:
        self.folder, self.site, self.sandbox, self._capsys = folder, site, sandbox, capsys
        self.hooks = ""  # where a daemon answers hooks
        program = folder / ".bin" / "syndicate"
        program.parent.mkdir()
        program.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -m syndicate "$@"\n', encoding="utf-8")
        program.chmod(0o755)
        self._path = os.pathsep.join([str(program.parent), os.environ["PATH"]])

    def config(self, *accounts: str, **settings: object) -> None:
        """Write config.yaml: the site, its feed, accounts that lead to the sandbox, and these settings."""
        chosen = {name: ACCOUNTS[name] for name in accounts or ACCOUNTS}
        self.write_config({"accounts": chosen} | settings)

    def write_config(self, settings: dict[str, object]) -> None:
        """Write config.yaml: these settings, the site and its feed; no account leads off this machine."""
        site = {"name": "The Example Gazette", "url": f"{self.site.url}/", "language": "en"}
        news = {"type": "feed", "url": f"{self.site.url}/rss.xml"}
        whole = {"sources": {"news": news}} | settings | {"site": site}
        for account in whole["accounts"].values():  # type: ignore[attr-defined]
            account |= {"api_url": self.sandbox.url}
        (self.folder / "config.yaml").write_text(json.dumps(whole), encoding="utf-8")

    def here(self, command: str) -> str:
        """The command with the addresses of this machine in place of those of the page."""
        command = command.replace("https://push.gazette.example", self.hooks)
        command = command.replace("https://gazette.example/2026/", f"{self.site.url}/news/")
        command = command.replace("http://127.0.0.1:8700", self.sandbox.url).replace("--port 8700", "--port 0")
        command = re.sub(r"^syndicate demo$", "syndicate demo --port 0", command)
        return command.replace("https://gazette.example", self.site.url)

    def types(self, command: str, shown: int = 0) -> tuple[int, list[str]]:
        """Its exit status, and every line it printed. What keeps running is told to stop after `shown` lines."""
        words = shlex.split(command)
        if words[0] != "syndicate" or " | " in command:
            return self._in_a_shell(command)
        if words[1] in KEEPS_RUNNING:
            return self._until_told(words[1:], shown or 1)
        self._capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            main(words[1:])
        said = self._capsys.readouterr()
        return int(ended.value.code or 0), (said.out + said.err).splitlines()

    def start(self, *words: str) -> Popen[str]:
        """A command in a process of its own."""
        command = [sys.executable, "-m", "syndicate", *words]
        return processes.start(command, stdout=PIPE, stderr=STDOUT, text=True, cwd=self.folder)

    def _in_a_shell(self, command: str) -> tuple[int, list[str]]:
        ended = processes.run(
            ["bash", "-o", "pipefail", "-c", command],
            cwd=self.folder, env=os.environ | {"PATH": self._path}, check=False,
        )  # fmt: skip
        return ended.returncode, (ended.stdout + ended.stderr).splitlines()

    def _until_told(self, words: list[str], lines: int) -> tuple[int, list[str]]:
        with pytest.MonkeyPatch.context() as patched:
            if words[0] == "sandbox":
                patched.delenv("SYNDICATE_SANDBOX_PORT", raising=False)  # it is the reader's own, beside the other
            running = self.start(*words)
        assert running.stdout
        printed = [running.stdout.readline().rstrip("\n") for _ in range(lines)]
        running.send_signal(signal.SIGTERM)
        rest, _ = running.communicate(timeout=PATIENCE)
        code = running.returncode
        return 0 if code in (0, 128 + signal.SIGTERM) else code, [*printed, *rest.splitlines()]
