"""Three workers share a thousand stories: `make fleet-demo` (ARGS=--stay keeps it running, ARGS="--stories 100").

From nothing: a PostgreSQL server in a folder, the ledger in it, stand-ins for the networks, a site, and three
`syndicate worker` processes that poll and post together. While they do, one is killed in the middle of its work.
Then the posts are counted where they arrived. Nothing leaves this machine, and nothing needs root. Ends with 1 if any
story is missing on an account, or there twice.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from urllib.request import urlopen

sys.path.insert(0, str(Path(__file__).parents[1]))

from database import Database
from demo import OUT, Talk
from wire import Wire

WORKERS = 3
PORTIONS = 10
PATIENCE = 900.0  # seconds until it gives up
ACCOUNTS = {
    "mastodon": "{platform: mastodon, url: 'https://social.example', token: '${DEMO}', api_url: 'URL'}",
    "bluesky": "{platform: bluesky, handle: gazette.bsky.example, app_password: '${DEMO}', api_url: 'URL'}",
    "facebook": "{platform: facebook, page_id: '100200300', page_token: '${DEMO}', api_url: 'URL'}",
}
CONFIG = """\
site: {{name: The Example Gazette, url: "{site}/", language: en}}
database: {database}
sources:
  wire: {{url: "{site}/rss.xml", every: 1s, burst: off, similar: post}}
lease: 10s
network: {{timeout: 5s}}
defaults: {{image: none, settle: 5s, schedule: {{catch_up: all}}}}
accounts:
{accounts}
"""


class Fleet:
    """A config between a site, a database and the stand-ins, and the workers on it."""

    def __init__(self, home: Path, site: Wire, database: Database, sandbox: str, talk: Talk) -> None:
        self.site, self.talk, self._sandbox = site, talk, sandbox
        self._path, self._log = home / "config.yaml", home / "workers.log"
        accounts = "\n".join(f"  {name}: {line.replace('URL', sandbox)}" for name, line in ACCOUNTS.items())
        text = CONFIG.format(site=site.url, database=database.url, accounts=accounts)
        self._path.write_text(text, encoding="utf-8")
        self._environ = os.environ | {"DEMO": "not-a-secret", "SYNDICATE_KEY": _key()}
        self.workers: list[subprocess.Popen[bytes]] = []

    def syndicate(self, *words: str) -> None:
        """Run a command, and show it. Raises SystemExit where it fails."""
        self.talk.command(["syndicate", *words])
        done = subprocess.run(self._command(*words), capture_output=True, text=True, env=self._environ, check=False)
        self.talk.lines(done.stdout + done.stderr)
        if done.returncode:
            raise SystemExit(1)

    def start(self) -> None:
        """One more worker."""
        with self._log.open("ab") as log:
            words = self._command("worker", "--concurrency", "4")
            self.workers.append(subprocess.Popen(words, stdout=log, stderr=log, env=self._environ))

    def kill(self) -> int:
        """Pull the plug of the first worker, as a power cut would; its number."""
        victim = self.workers.pop(0)
        victim.kill()
        victim.wait()
        return victim.pid

    def stop(self) -> None:
        """Tell all to end, and wait until they have."""
        for worker in self.workers:
            worker.terminate()
        for worker in self.workers:
            worker.wait()

    def arrived(self) -> Counter[tuple[str, str]]:
        """How often each story stands on each network, as the network says."""
        with urlopen(f"{self._sandbox}/_sandbox/posts", timeout=60) as answer:
            posts = json.load(answer)
        return Counter((post["platform"], post["link"].partition("?")[0]) for post in posts)

    def keep_page(self, file: Path) -> None:
        """Save the page of the stand-ins, which shows what they received."""
        file.parent.mkdir(exist_ok=True)
        with urlopen(self._sandbox, timeout=60) as answer:
            file.write_bytes(answer.read())

    def said(self) -> str:
        """The end of what the workers said."""
        return self._log.read_text(encoding="utf-8")[-2000:]

    def _command(self, *words: str) -> list[str]:
        return [sys.executable, "-m", "syndicate", "-c", str(self._path), *words]


def _key() -> str:
    from cryptography.fernet import Fernet

    return Fernet.generate_key().decode()


def work(fleet: Fleet, stories: int) -> Counter[tuple[str, str]]:
    """Publish in portions while the workers post; one is killed at a third. What arrived in the end."""
    wanted, killed, published, begun = stories * len(ACCOUNTS), False, 0, time.monotonic()
    while time.monotonic() < begun + PATIENCE:
        if published < stories:
            published = min(published + max(1, stories // PORTIONS), stories)
            fleet.site.publish(published)
        arrived = fleet.arrived()
        spent = time.monotonic() - begun
        fleet.talk.say(f"{spent:6.1f} s  {published:5} stories are on the site, {arrived.total():5} posts have arrived")
        if not killed and arrived.total() >= wanted // 3:
            killed = True
            fleet.talk.say(
                fleet.talk.painted(f"          worker {fleet.kill()} is killed, in the middle of it", "1;31")
            )
        if arrived.total() >= wanted and killed:
            break
        time.sleep(2)
    fleet.talk.say(f"{arrived.total() / (time.monotonic() - begun):.0f} posts a second, all on this machine")
    return arrived


def play(talk: Talk, stories: int, *, stay: bool) -> int:
    """The whole; 1 if anything is missing or doubled."""
    print(talk.painted(f"syndicate: {stories} stories, {WORKERS} workers, one ledger, on this machine only", "1"))
    with contextlib.ExitStack() as stack:
        home = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="syndicate-fleet-")))
        talk.step("1. A database, a site, and stand-ins for three networks")
        database = stack.enter_context(Database())
        talk.say(f"PostgreSQL runs in {database.folder}, as no user in particular")
        site, sandbox = stack.enter_context(Wire()), stack.enter_context(_stand_ins())
        fleet = Fleet(home, site, database, sandbox, talk)
        stack.callback(fleet.stop)
        fleet.syndicate("db", "upgrade")
        fleet.syndicate("post")
        talk.step(f"2. {WORKERS} workers begin, and the newsroom publishes")
        talk.command(["syndicate", "worker", "--concurrency", "4", f"   # {WORKERS} times"])
        for _ in range(WORKERS):
            fleet.start()
        arrived = work(fleet, stories)
        fleet.keep_page(OUT / "fleet.html")
        return _ended(fleet, sandbox, stories, arrived, stay=stay)


@contextlib.contextmanager
def _stand_ins() -> Iterator[str]:
    """The address of the stand-ins, in a process of their own."""
    command = [sys.executable, "-m", "syndicate", "sandbox", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        assert process.stdout is not None
        yield process.stdout.readline().strip()
        process.terminate()


def _ended(fleet: Fleet, sandbox: str, stories: int, arrived: Counter[tuple[str, str]], *, stay: bool) -> int:
    talk = fleet.talk
    talk.step("Counted at the networks")
    links = [fleet.site.link(number) for number in range(1, stories + 1)]
    wrong = _faults(arrived, links)
    for name in ACCOUNTS:
        times = [arrived[name, link] for link in links]
        talk.say(
            f"{name:<9} {sum(map(bool, times)):5} of {stories} stories, {sum(max(0, n - 1) for n in times)} doubled"
        )
    talk.say(f"{OUT / 'fleet.html'}: all posts, as the stand-ins received them")
    if wrong:
        talk.step(talk.painted("Something is wrong", "1;31"))
        for line in (*wrong[:10], *fleet.said().splitlines()[-10:]):
            talk.say(line)
        return 1
    talk.step(talk.painted(f"Each of {stories} stories once on each of {len(ACCOUNTS)} networks", "1;32"))
    if stay:
        talk.say(f"Still running, until Ctrl-C: {sandbox} and {fleet.site.url}")
        with contextlib.suppress(KeyboardInterrupt):
            threading.Event().wait()
    return 0


def _faults(arrived: Counter[tuple[str, str]], links: Sequence[str]) -> list[str]:
    """Each story that is not there once, and whatever nobody published."""
    wanted = Counter({(name, link): 1 for name in ACCOUNTS for link in links})
    return [
        f"{name}: {link} stands there {arrived[name, link]} times"
        for name, link in sorted({*wanted, *arrived})
        if arrived[name, link] != wanted[name, link]
    ]


def main() -> int:
    """Run it; 0 when every story is once on every account."""
    parser = argparse.ArgumentParser(description="Have three workers post many stories to stand-ins, and kill one.")
    parser.add_argument("--stories", type=int, default=1000)
    parser.add_argument("--stay", action="store_true", help="keep the stand-ins running at the end")
    wishes = parser.parse_args()
    try:
        return play(Talk(), wishes.stories, stay=wishes.stay)
    except FileNotFoundError as fault:
        print(fault, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
