"""The command line as a user has it: a config on disk, a site and the sandbox on loopback."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from subprocess import PIPE, Popen

import pytest

from syndicate.cli import main
from syndicate.sandbox.server import Sandbox
from tests import processes
from tests.worlds.site import Site

ACCOUNTS = {
    "masto": "{platform: mastodon, url: 'https://social.example', token: masto-token, api_url: 'URL'}",
    "bsky": "{platform: bluesky, handle: gazette.example, app_password: bsky-password, api_url: 'URL'}",
    "fb": "{platform: facebook, page_id: '4711', page_token: fb-token, api_url: 'URL'}",
    "x-main": "{platform: x, api_key: key1, api_secret: key2, access_token: key3, access_secret: key4, api_url: 'URL'}",
    "hook": "{platform: webhook, url: 'https://hook.example/webhook/in', secret: hook-secret, api_url: 'URL'}",
}


OTHERS = {
    "threads": "token: threads-token",
    "instagram": "token: instagram-token",
    "linkedin": "author: 'urn:li:organization:1', token: linkedin-token",
    "telegram": "bot_token: '123456789:telegram-token', chat: '@gazette'",
    "discord": "bot_token: discord-token, channel: '500000000000000001'",
    "slack": "bot_token: xoxb-slack-token, channel: C0123456789",
    "micropub": "endpoint: 'https://micro.example/micropub', token: micropub-token",
    "misskey": "url: 'https://misskey.example', token: misskey-token",
    "mattermost": "url: 'https://chat.example/hooks/mattermost-1'",
    "rocketchat": "url: 'https://chat.example/hooks/1/rocket-2'",
    "teams": "url: 'https://teams.example/workflows/1'",
    "googlechat": "url: 'https://chat.googleapis.com/v1/spaces/AAA/messages?key=key-1&token=token-2'",
    "ntfy": "url: 'https://ntfy.sh/gazette'",
}
"""The options of further networks, by their names."""


class Ended:
    """What a command said and how it ended."""

    def __init__(self, code: int, out: str, err: str) -> None:
        self.code, self.out, self.err = code, out, err

    @property
    def complaint(self) -> str:
        """The one line it has to say on standard error; the line at fault, a hint and the usage do not count."""
        said = [line for line in self.err.splitlines() if line.strip()]
        [line] = [line for line in said if not line.startswith(("  ", "hint: ", "Usage: ", "Try '"))]
        return line

    @property
    def rows(self) -> list[dict]:
        return [json.loads(line) for line in self.out.splitlines()]


class Desk:
    """A folder with a config; commands run in it, in this process or in one of their own."""

    def __init__(self, folder: Path, site: Site, sandbox: Sandbox, capsys) -> None:
        self.folder, self.site, self.sandbox, self._capsys = folder, site, sandbox, capsys
        self.path = folder / "config.yaml"

    def config(self, *accounts: str, extra: str = "", account: str = "", source: str = "") -> None:
        lines = [f"  {name}: {ACCOUNTS[name].replace('URL', self.sandbox.url)[:-1]}{account}}}" for name in accounts]
        listed = "accounts:\n" + "\n".join(lines) if lines else ""
        self.path.write_text(
            f"""site: {{name: The Test Gazette, url: "{self.site.url}/", language: en}}
sources:
  news: {{type: feed, url: "{self.site.url}/rss.xml"{source}}}
{listed}
{"" if "defaults:" in extra else "defaults: {image: photo}"}
{extra}
""",
            encoding="utf-8",
        )

    def __call__(self, *arguments: str) -> Ended:
        """In this process, for speed."""
        self._capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            main(["-c", str(self.path), *arguments])
        captured = self._capsys.readouterr()
        return Ended(int(ended.value.code or 0), captured.out, captured.err)

    def start(self, *arguments: str, environ: Mapping[str, str] | None = None, **options) -> Popen:
        """In a process of its own, for what ends one; `environ` is added to ours."""
        ours = {name: value for name, value in os.environ.items() if name != "SYNDICATE_CONFIG"}
        return processes.start(
            [sys.executable, "-m", "syndicate", "-c", str(self.path), *arguments],
            stdout=PIPE,
            stderr=PIPE,
            text=True,
            env=ours | dict(environ or {}),
            cwd=self.folder,
            **options,
        )

    def texts(self) -> list[str]:
        return [post["text"] for post in self.sandbox.posts()]
