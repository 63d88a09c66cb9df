"""Accounts of the sandbox to which somebody signs in, by the real command as a process of its own."""

from __future__ import annotations

import json
import os
import sqlite3
import sys
from subprocess import PIPE
from urllib.error import HTTPError
from urllib.request import HTTPRedirectHandler, build_opener

from tests import processes
from tests.waiting import PATIENCE

CONFIG = """\
site: {{name: Gazette, url: "https://gazette.example/"}}
accounts:
  masto: {{platform: mastodon, url: "https://social.example", api_url: "{url}"}}
  bsky: {{platform: bluesky, handle: gazette.example, api_url: "{url}"}}
  hook: {{platform: webhook, url: "{url}/webhook/one"}}
"""


class Stay(HTTPRedirectHandler):
    def redirect_request(self, *_):
        return None


class House:
    """A config, a sandbox, and the command as a process of its own."""

    def __init__(self, folder, sandbox):
        self.folder, self.sandbox = folder, sandbox
        self.port = processes.free_port()
        self.environ = dict(os.environ)
        (folder / "config.yaml").write_text(CONFIG.format(url=sandbox.url), encoding="utf-8")

    def start(self, *words, stdin=PIPE):
        command = [sys.executable, "-m", "syndicate", *words]
        return processes.start(
            command, stdin=stdin, stdout=PIPE, stderr=PIPE, text=True, cwd=self.folder, env=self.environ
        )

    def run(self, *words, typed=""):
        process = self.start(*words)
        out, err = process.communicate(typed, timeout=PATIENCE)
        return process.returncode, out, err

    def login(self, *words, account="masto"):
        """A login under way, and the address that it asks to open."""
        process = self.start("accounts", "login", account, "--port", str(self.port), *words)
        self.said = []
        for line in process.stderr:
            self.said.append(line)
            if line.strip().endswith("the code:"):
                return process, next(each.strip() for each in self.said if each.strip().startswith("http"))
        raise AssertionError(f"it asks for no page: {self.said}")

    def list(self):
        return {row["account"]: row for row in map(json.loads, self.run("accounts", "list", "--json")[1].splitlines())}

    def stored(self):
        with sqlite3.connect(self.folder / "syndicate.db") as database:
            found = database.execute("SELECT account FROM credential WHERE data <> ''").fetchall()
        database.close()
        return sorted(name for (name,) in found)


def allowed(address, member="gazette", answer="yes"):
    """Where the page leads when its member has answered."""
    try:
        build_opener(Stay).open(f"{address}&allow={answer}&as={member}", timeout=PATIENCE)
    except HTTPError as redirect:
        with redirect:
            return redirect.headers["Location"]
    raise AssertionError("the page leads nowhere")


def ends(process, typed=None):
    out, err = process.communicate(typed, timeout=PATIENCE)
    return process.returncode, out, err
