"""How long the stories of other titles wait where one title has ten thousand, one account is throttled for ever, and
one title has a broken template.

`python -m tests.chaos.fairness [--stories 10000] [--titles 5] [--ledger sqlite postgresql] [--engine daemon post]`
prints a line for each: seconds until each of the other titles' stories is out, without the flood and with it.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import signal
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cryptography.fernet import Fernet

from syndicate.sandbox.server import Sandbox
from tests import processes
from tests.worlds.postgres import Server
from tests.worlds.site import Site

MOST = 480.0  # seconds that are waited for a story
TITLE = """site: {{name: {name}, url: "{url}/", language: en}}
sources: {{news: {{url: "{url}/rss.xml", every: 1s, burst: off, preflight: off}}}}
templates: ./{name}
defaults: {{image: none, max_age: 48h}}
accounts:
  {account}: {settings}
"""
MASTODON = "{{platform: mastodon, url: 'https://social.example', token: token-{name}, api_url: '{sandbox}'}}"
FACEBOOK = "{{platform: facebook, page_id: '4711', page_token: token-{name}, api_url: '{sandbox}'}}"
FLOOD, THROTTLED, BROKEN = "flood", "throttled", "broken"


@dataclass(frozen=True, slots=True)
class Measured:
    """Seconds until the first and the last of the other titles' stories was out, and how many of the flood were out
    by then.
    """

    first: float
    last: float
    flood: int


def measured(folder: Path, engine: str, stories: int, titles: int, server: Server | None) -> Measured:
    """Measure one engine over one kind of ledger; with no stories there is no flood, nor the other two."""
    names = [f"title{number}" for number in range(titles)]
    trouble = [FLOOD, THROTTLED, BROKEN] if stories else []
    with contextlib.ExitStack() as stack:
        sandbox = stack.enter_context(Sandbox(port=0))
        sites = {name: Site() for name in (*names, *trouble)}
        for site in sites.values():
            stack.callback(site.close)
        _write(folder, sandbox.url, sites, server)
        if server is not None:
            _run(folder, "db", "upgrade")
        _run(folder, "post")
        if stories:
            sandbox.add_faults([{"platform": "facebook", "fault": "429", "count": None}])
        for name, site in sites.items():
            site.publish(stories if name == FLOOD else 1)
        return _watched(folder, engine, sandbox, names)


def _write(folder: Path, sandbox: str, sites: dict[str, Site], server: Server | None) -> None:
    place = f"database: {server.address(server.empty())}\n" if server else ""
    (folder / "sites").mkdir()
    (folder / "config.yaml").write_text(f"{place}sites: ./sites\n", encoding="utf-8")
    for name, site in sites.items():
        account, settings = ("fb", FACEBOOK) if name == THROTTLED else ("masto", MASTODON)
        written = settings.format(name=name, sandbox=sandbox)
        text = TITLE.format(name=name, url=site.url, account=account, settings=written)
        (folder / "sites" / f"{name}.yaml").write_text(text, encoding="utf-8")
        own = folder / "sites" / name / "default"
        own.mkdir(parents=True)
        words = "{{ article.titel }}" if name == BROKEN else f"{name} {{{{ link }}}}"
        (own / "post.txt.j2").write_text(words, encoding="utf-8")


def _run(folder: Path, *words: str) -> None:
    processes.run(_command(folder, *words), env=_environ(), timeout=MOST)


def _command(folder: Path, *words: str) -> list[str]:
    return [sys.executable, "-m", "syndicate", "-c", str(folder / "config.yaml"), *words]


def _environ() -> dict[str, str]:
    return os.environ | {"SYNDICATE_KEY": KEY}


KEY = Fernet.generate_key().decode()


def _watched(folder: Path, engine: str, sandbox: Sandbox, names: list[str]) -> Measured:
    """Start the engine, and look until each of these titles has its story out."""
    with (folder / "said").open("wb") as said:
        running = processes.start(_command(folder, engine), env=_environ(), stdout=said, stderr=said)
        began, out = time.monotonic(), dict[str, float]()
        try:
            while len(out) < len(names) and time.monotonic() - began < MOST:
                words = [str(post["text"]).partition(" ")[0] for post in sandbox.posts()]
                for name in names:
                    if name in words:
                        out.setdefault(name, time.monotonic() - began)
                time.sleep(0.05)
        finally:
            running.send_signal(signal.SIGTERM)
            processes.end(running)
    assert len(out) == len(names), (folder / "said").read_text(encoding="utf-8")[-2000:]
    return Measured(min(out.values()), max(out.values()), words.count(FLOOD))


def all_measured(
    stories: int, titles: int, ledgers: list[str], engines: list[str]
) -> Iterator[tuple[str, str, Measured, Measured]]:
    """For each ledger and engine: without the flood, and with it."""
    for ledger in ledgers:
        with contextlib.closing(Server()) if ledger == "postgresql" else contextlib.nullcontext() as server:
            for engine in engines:
                found = []
                for number in (0, stories):
                    with tempfile.TemporaryDirectory() as folder:
                        found.append(measured(Path(folder), engine, number, titles, server))
                yield ledger, engine, found[0], found[1]


def main(arguments: Any) -> None:
    """Measure, and print a line for each ledger and engine."""
    for ledger, engine, calm, flood in all_measured(
        arguments.stories, arguments.titles, arguments.ledger, arguments.engine
    ):
        sys.stdout.write(
            f"{engine} on {ledger}: others' stories out after {calm.first:.1f} to {calm.last:.1f} s without the flood,"
            f" {flood.first:.1f} to {flood.last:.1f} s with it ({flood.flood:,} of {arguments.stories:,} were out)\n"
        )
        sys.stdout.flush()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--stories", type=int, default=10_000)
    parser.add_argument("--titles", type=int, default=5)
    parser.add_argument("--ledger", nargs="+", default=["sqlite", "postgresql"])
    parser.add_argument("--engine", nargs="+", default=["daemon", "post"])
    main(parser.parse_args())
