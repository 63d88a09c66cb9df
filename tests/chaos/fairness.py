"""How long the stories of other titles wait where one title has ten thousand, one account is throttled for ever, and
one title has a broken template.

`python -m tests.chaos.fairness [--stories 10000] [--titles 5] [--ledger sqlite postgresql] [--engine daemon post]`
prints a line for each: seconds from when the other titles' stories are published until they are out, without the flood
and with it. With the daemon the others publish one each second, from before the flood is read until it goes out.
"""

from __future__ import annotations

import argparse
import contextlib
import itertools
import os
import signal
import statistics
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

MOST = 480.0  # seconds that are waited for all of it
SPAN = 20.0  # seconds in which the others publish, at least
LONG = 120.0  # and at most, however late the flood begins
ENOUGH = 300  # stories of the flood until they publish no more
TITLE = """site: {{name: {name}, url: "{url}/", language: en}}
sources: {{news: {{url: "{url}/rss.xml", every: {every}, burst: off, preflight: off}}}}
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
    """Seconds until the other titles' stories were out, each; and how many of the flood were out at the end."""

    waits: list[float]
    flood: int

    def __str__(self) -> str:
        return f"{statistics.median(self.waits):.1f} s, the slowest {max(self.waits):.1f} s"


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
            for number, story in enumerate(site.publish(stories if name == FLOOD else 1)):
                story.summary = f"What happened on day {number}, in one line."  # else they are all alike
        return _watched(folder, engine, sandbox, {name: sites[name] for name in names}, flood=stories)


def _write(folder: Path, sandbox: str, sites: dict[str, Site], server: Server | None) -> None:
    place = f"database: {server.address(server.empty())}\n" if server else ""
    (folder / "sites").mkdir()
    (folder / "config.yaml").write_text(f"{place}sites: ./sites\n", encoding="utf-8")
    for name, site in sites.items():
        account, settings = ("fb", FACEBOOK) if name == THROTTLED else ("masto", MASTODON)
        written = settings.format(name=name, sandbox=sandbox)
        every = "3s" if name == FLOOD else "1s"
        text = TITLE.format(name=name, url=site.url, every=every, account=account, settings=written)
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


def _watched(folder: Path, engine: str, sandbox: Sandbox, sites: dict[str, Site], *, flood: int) -> Measured:
    """Start the engine, and look until all stories of these titles are out."""
    published = {site.link(site.stories[0]): time.monotonic() for site in sites.values()}
    out, others, sent = dict[str, float](), itertools.cycle(sites.values()), 0
    with (folder / "said").open("wb") as said:
        running = processes.start(_command(folder, engine), env=_environ(), stdout=said, stderr=said)
        began = latest = time.monotonic()
        while time.monotonic() - began < MOST:
            texts = [str(post["text"]) for post in sandbox.posts()]
            sent = sum(text.startswith(FLOOD) for text in texts)
            for link in (text.rpartition(" ")[2] for text in texts if not text.startswith(FLOOD)):
                out.setdefault(link, time.monotonic())
            spent = time.monotonic() - began
            going = spent < SPAN or (sent < min(flood, ENOUGH) and spent < LONG)
            if engine == "daemon" and going and time.monotonic() - latest >= 1:
                latest, site = time.monotonic(), next(others)
                published[site.link(site.publish(1)[0])] = latest
            elif not (engine == "daemon" and going) and published.keys() <= out.keys():
                break
            time.sleep(0.1)
        running.send_signal(signal.SIGTERM)
        processes.end(running)
    assert published.keys() <= out.keys(), (folder / "said").read_text(encoding="utf-8")[-2000:]
    return Measured([out[link] - at for link, at in published.items()], sent)


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
            f"{engine} on {ledger}: half of the others' stories within {calm} without the flood; within {flood} with it"
            f" ({len(flood.waits)} stories; {flood.flood:,} of {arguments.stories:,} were out at the end)\n"
        )
        sys.stdout.flush()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--stories", type=int, default=10_000)
    parser.add_argument("--titles", type=int, default=5)
    parser.add_argument("--ledger", nargs="+", default=["sqlite", "postgresql"])
    parser.add_argument("--engine", nargs="+", default=["daemon", "post"])
    main(parser.parse_args())
