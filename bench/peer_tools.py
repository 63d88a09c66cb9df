"""The programs that `peers.py` measures beside ours: how each is installed, told what to post, and started."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import urllib.request
import venv
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

HERE = Path(__file__).parent
VENVS = HERE.parent / "build" / "peers"
COMMAND = str(Path(sys.executable).with_name("syndicate"))
AS_INSTALLED = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
BOTH = (1, 100)
OURS = """site: {{name: Bench, url: "https://gazette.example/"}}
database: sqlite:///{folder}/bench.db
sources:
  news: {{type: feed, url: "{url}/feed.xml", burst: off, preflight: off}}
defaults: {{image: none, max_age: 24h}}
accounts:
  masto: {{platform: mastodon, url: "https://social.example", token: bench, api_url: "{url}"}}
"""
FEEDIVERSE = """name: bench
url: {url}
client_id: bench
client_secret: bench
access_token: bench
updated: '2020-01-01T00:00:00+00:00'
dupecheck: []
feeds:
- {{url: '{url}/feed.xml', template: '{{title}} {{url}}', include_images: false}}
"""
FEED2TOOT = """[mastodon]
instance_url={url}
user_credentials={folder}/user
client_credentials={folder}/client
[cache]
cachefile={folder}/cache
[lock]
lock_file={folder}/lock
lock_timeout=1
[rss]
uri={url}/feed.xml
toot={{title}} {{link}}
"""
BARKR = """import sys
from barkr.connections import ConnectionMode, MastodonConnection, RSSConnection
from barkr.main import Barkr
feed = RSSConnection("feed", [ConnectionMode.READ], "{url}/feed.xml")
barkr = Barkr([feed, MastodonConnection("masto", [ConnectionMode.WRITE], "bench", "{url}")])
print("ready", file=sys.stderr, flush=True)
sys.stdin.read()
barkr.read()
barkr.write()
"""
STORY = """---
title: "Story {n}: the harbour opens again"
description: "What happened in story {n}, in one line."
date: 2026-01-01
canonical_url: https://gazette.example/{n}
---

What happened in story {n}.
"""


class Network:
    """The feed and the network, in a process of their own."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, str(HERE / "loopback.py")], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        assert self._process.stdout is not None
        self.url = self._process.stdout.readline().strip()

    def publish(self, stories: int) -> None:
        """Let the feed have so many stories."""
        self._call("PUT", f"/stories/{stories}")

    def asked(self) -> list[str]:
        """The requests since the last time."""
        found: list[str] = json.loads(self._call("GET", "/asked"))
        return found

    def lose(self, posts: int) -> None:
        """Take the next posts, and close their connections without an answer."""
        self._call("PUT", f"/lose/{posts}")

    def refuse(self, at: int) -> None:
        """Answer the post of this number, counted from now, with 500."""
        self._call("PUT", f"/refuse/{at}")

    def correct(self) -> None:
        """Give the newest story another headline."""
        self._call("PUT", "/correct/0")

    def delay(self, milliseconds: int) -> None:
        """Have each post take so long."""
        self._call("PUT", f"/delay/{milliseconds}")

    def forget(self) -> None:
        """Be another account, without posts."""
        self._call("PUT", "/forget/0")

    def times(self) -> dict[str, int]:
        """How often each story was posted, by its number."""
        found: dict[str, int] = json.loads(self._call("GET", "/times"))
        return found

    def posted(self) -> int:
        """How many posts arrived so far."""
        return int(self._call("GET", "/posted"))

    def close(self) -> None:
        """End the process."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.wait()
        self._process.stdout.close()

    def _call(self, method: str, path: str) -> bytes:
        with urllib.request.urlopen(urllib.request.Request(self.url + path, method=method)) as answer:
            body: bytes = answer.read()
            return body


@dataclass(frozen=True, slots=True)
class Program:
    """A program to measure: how it is prepared in a folder, and its command there for so many stories.

    `warm`: it posts what comes while it runs; it says that it is ready, and begins when its standard input ends.
    `counts`: the numbers of stories it can post with one process.
    """

    name: str
    prepare: Callable[[Path, Network], None]
    command: Callable[[Path, int], list[str]]
    warm: bool = False
    counts: tuple[int, ...] = BOTH


class Tool(NamedTuple):
    """A package on PyPI, and the program to measure once it is installed in a venv."""

    name: str
    program: Callable[[Path], Program]


def ours() -> Program:
    """`syndicate post`, with the feed's first run done."""

    def prepare(folder: Path, network: Network) -> None:
        (folder / "config.yaml").write_text(OURS.format(folder=folder, url=network.url))
        command = [COMMAND, "-c", str(folder / "config.yaml"), "post"]
        subprocess.run(command, check=True, capture_output=True, env=AS_INSTALLED)

    return Program("syndicate", prepare, lambda folder, _: [COMMAND, "-c", str(folder / "config.yaml"), "post"])


def feediverse(home: Path) -> Program:
    """It keeps the date of the newest story."""

    def prepare(folder: Path, network: Network) -> None:
        (folder / "feediverse").write_text(FEEDIVERSE.format(url=network.url))

    return Program(
        "feediverse", prepare, lambda folder, _: [str(home / "bin" / "feediverse"), "-c", str(folder / "feediverse")]
    )


def feed2toot(home: Path) -> Program:
    """It keeps a list of what it has posted, and takes ten stories of a feed unless it is told otherwise."""

    def prepare(folder: Path, network: Network) -> None:
        (folder / "config.ini").write_text(FEED2TOOT.format(url=network.url, folder=folder))
        (folder / "user").write_text(f"bench\n{network.url}\n")
        (folder / "client").write_text(f"bench\nbench\n{network.url}\n")

    def command(folder: Path, stories: int) -> list[str]:
        return [str(home / "bin" / "feed2toot"), "-c", str(folder / "config.ini"), "--limit", str(stories)]

    return Program("feed2toot", prepare, command)


def feed2fedi(home: Path) -> Program:
    """It keeps a database of what it has posted."""

    def prepare(folder: Path, network: Network) -> None:
        wanted = {
            "feeds": [{"url": f"{network.url}/feed.xml"}],
            "fedi_instance": network.url,
            "fedi_access_token": "bench",
            "cache_max_age": 30,
            "cache_db_path": str(folder / "cache.sqlite"),
            "bot_post_media": False,
            "bot_post_visibility": "public",
            "bot_post_template": "{title} {link}",
        }
        (folder / "config.json").write_text(json.dumps(wanted))

    def command(folder: Path, _: int) -> list[str]:
        return [str(home / "bin" / "feed2fedi"), "--config-file", str(folder / "config.json")]

    return Program("feed2fedi", prepare, command)


def barkr(home: Path) -> Program:
    """It posts what comes while it runs, and keeps nothing; one round of reading and writing here, without its wait."""

    def prepare(folder: Path, network: Network) -> None:
        (folder / "run.py").write_text(BARKR.format(url=network.url))

    return Program(
        "barkr", prepare, lambda folder, _: [str(home / "bin" / "python"), str(folder / "run.py")], warm=True
    )


def apprise(home: Path) -> Program:
    """It sends one message, and reads no feed."""
    address = Path("address")

    def prepare(folder: Path, network: Network) -> None:
        (folder / address).write_text(network.url.replace("http://", "mastodon://bench@"))

    def command(folder: Path, _: int) -> list[str]:
        text = "Story 1: the harbour opens again https://gazette.example/1"
        return [str(home / "bin" / "apprise"), "--body", text, (folder / address).read_text()]

    return Program("apprise", prepare, command, counts=(1,))


def crier(home: Path) -> Program:
    """It posts a file of Markdown that it has not posted yet, and keeps a database of that."""

    def prepare(folder: Path, network: Network) -> None:
        for number in range(1, 101):
            text = STORY.format(n=number)
            (folder / f"{number}.md").write_text(text)
        (folder / "key").write_text(f"{network.url}:bench")

    def command(folder: Path, stories: int) -> list[str]:
        said = {"CRIER_DB": folder / "crier.db", "CRIER_CONFIG": folder / "crier.yaml"}
        told = [f"{name}={value}" for name, value in said.items()]
        key = f"CRIER_MASTODON_API_KEY={(folder / 'key').read_text()}"
        words = ["publish", str(folder / "1.md"), "--to", "mastodon", "--batch"]
        if stories > 1:
            words = ["audit", str(folder), "--publish", "--to", "mastodon", "--batch"]
        return ["env", *told, key, str(home / "bin" / "crier"), *words]

    return Program("crier", prepare, command)


def installed(name: str) -> Path:
    """The venv of a peer; made, and filled from PyPI, if it is not there. Raises CalledProcessError."""
    home = VENVS / name
    if not (home / "done").exists():
        venv.create(home, with_pip=True, clear=True)
        pip = [str(home / "bin" / "python"), "-m", "pip", "install", "--quiet", name]
        subprocess.run(pip, check=True, capture_output=True, text=True)
        (home / "done").touch()
    return home


def version(home: Path, name: str) -> str:
    """The version that was installed."""
    asked = f"import importlib.metadata; print(importlib.metadata.version({name!r}))"
    done = subprocess.run([str(home / "bin" / "python"), "-c", asked], check=True, capture_output=True, text=True)
    return done.stdout.strip()


def told_by(errors: bytes | str) -> str:
    """The last line of what a program said, without what leads to this machine."""
    text = errors.decode(errors="replace") if isinstance(errors, bytes) else errors
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return (lines[-1] if lines else "nothing was said").replace(str(HERE.parent), ".")


TOOLS = (
    Tool("feediverse", feediverse),
    Tool("feed2toot", feed2toot),
    Tool("feed2fedi", feed2fedi),
    Tool("barkr", barkr),
    Tool("crier", crier),
    Tool("apprise", apprise),
)
